package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// MeetingPages asks for meetings a page at a time.
type MeetingPages struct {
	Forums   []uuid.UUID // of these alone; who asks has been found to be let in to them
	From, To clock.Date  // both included
	AfterAt  time.Time   // the last meeting of the page before; zero for the first page
	AfterID  uuid.UUID
	Limit    int
}

// PageMeetings lists meetings of some forums, earliest first, and whether more follow. Cancelled ones
// are listed, so that whoever copied them learns of it; drafts are not. However far the page is, the
// index leads straight to it.
func PageMeetings(tx db.Tx, asked MeetingPages) (rows []MeetingRow, more bool, err error) {
	if len(asked.Forums) == 0 {
		return nil, false, nil
	}
	err = tx.Raw(selectMeetingRows+`
		where m.starts_at >= @from and m.starts_at < @to and (m.starts_at, m.id) > (@after_at, @after_id)
			and m.forum_id in @forums and m.status <> 'draft' and m.kind = 'held'
		order by m.starts_at, m.id limit @limit`, map[string]any{
		"from": asked.From.Start(), "to": asked.To.AddDays(1).Start(), "after_at": asked.AfterAt, "after_id": asked.AfterID,
		"forums": asked.Forums, "limit": asked.Limit + 1,
	}).Scan(&rows).Error
	if len(rows) > asked.Limit {
		return rows[:asked.Limit], true, err
	}
	return rows, false, err
}

// MeetingOf finds a meeting of one of some forums that is no draft, with its forum's name. A meeting
// elsewhere is not told from none.
func MeetingOf(tx db.Tx, id uuid.UUID, forums []uuid.UUID) (MeetingRow, error) {
	var row MeetingRow
	err := tx.Raw(selectMeetingRows+`where m.id = @id and m.forum_id in @forums and m.status <> 'draft' and m.kind = 'held'`,
		map[string]any{"id": id, "forums": append([]uuid.UUID{uuid.Nil}, forums...)}).Take(&row).Error
	return row, orNotFound(err, "There is no such meeting.")
}
