package room

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// CommentsClose is the event that the last day for comments on a meeting's minutes is over.
type CommentsClose struct {
	MeetingID uuid.UUID  `json:"meeting_id"`
	Until     clock.Date `json:"until"`
}

// Kind names the event for good.
func (CommentsClose) Kind() string { return "minutes.comments_close" }

// commentsCloseHour is when the clerk is told, on the day after.
const commentsCloseHour = 7

// closeComments has the forum's clerks told on the morning after the last day.
func (m *minutesTask) closeComments(until clock.Date) error {
	return m.Enqueue(db.Job{Args: CommentsClose{MeetingID: m.meeting.ID, Until: until}, At: until.AddDays(1).At(commentsCloseHour, 0)})
}

// TellCommentsClosed tells the clerks of a forum that its minutes take no more comments. Minutes that were given
// another day, or are final, are left to that.
func (s *Store) TellCommentsClosed(ctx context.Context, due CommentsClose) error {
	return s.DB.Write(ctx, access.System("minutes"), func(tx db.Tx) error {
		row, err := minutesOf(tx, due.MeetingID)
		if err != nil || row.State != ForComment || row.CommentsUntil != due.Until {
			return err
		}
		meeting, err := panels.MeetingByID(tx, due.MeetingID)
		if err != nil {
			return err
		}
		var clerks []uuid.UUID
		err = tx.Raw(`
			select distinct h.person_id
			from seat s join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
			join person p on p.id = h.person_id and p.ended_on is null
			where s.forum_id = @forum and s.office = 'clerk'`,
			map[string]any{"forum": meeting.ForumID, "today": tx.Today()}).Scan(&clerks).Error
		if err != nil {
			return err
		}
		notices := make([]notify.Notice, len(clerks))
		for i, clerk := range clerks {
			notices[i] = notify.Notice{Kind: NoticeCommentsClosed, IDs: notify.IDs{"meeting": meeting.ID}, To: clerk}
		}
		return notify.Send(tx, notices...)
	})
}
