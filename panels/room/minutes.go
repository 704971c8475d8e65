package room

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MinutesState is how far the minutes of a meeting have got. They only go forward.
type MinutesState string

// The states of minutes.
const (
	Drafted    MinutesState = "draft"       // the clerk words them
	ForComment MinutesState = "for_comment" // those who were asked to the meeting say what they think of them, until a day
	FinalOnes  MinutesState = "final"       // they are worded for good; the next meeting approves them
	Approved   MinutesState = "approved"    // as a correct record, and locked: the database refuses every change
)

var minutesWords = map[MinutesState]string{
	Drafted: "Draft", ForComment: "Sent for comment", FinalOnes: "Final", Approved: "Approved as a correct record",
}

// Words is the state as people say it.
func (m MinutesState) Words() string { return minutesWords[m] }

// minutesRow is the minutes of one meeting.
type minutesRow struct {
	MeetingID         uuid.UUID
	State             MinutesState
	CommentsUntil     clock.Date
	SentAt            *time.Time
	FinalAt           *time.Time
	Facts             json.RawMessage
	ApprovedAt        *time.Time
	ApprovedBy        *uuid.UUID
	ApprovedMeetingID *uuid.UUID
	Version           int
}

// minute is one item's.
type minute struct {
	ID      uuid.UUID
	ItemID  uuid.UUID
	Year    int
	Number  int
	Version int // of the wording; 0: what the notes say
	Facts   json.RawMessage
	Text    string // of that version
}

// label is the minute's number in its forum's calendar year, as minutes are cited: "20/26".
func (m minute) label() string { return fmt.Sprintf("%d/%02d", m.Number, m.Year%100) }

// minutesOf reads the minutes of a meeting; until somebody begins them they are a draft without a row.
func minutesOf(tx db.Tx, meetingID uuid.UUID) (minutesRow, error) {
	row := minutesRow{State: Drafted}
	err := tx.Raw(`select * from minutes where meeting_id = ?`, meetingID).Scan(&row).Error
	return row, err
}

func minuteRows(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]minute, error) {
	var rows []minute
	err := tx.Raw(`
		select m.id, m.item_id, m.year, m.number, m.version, m.facts, coalesce(v.text, '') as text
		from minute m left join minute_version v on v.minute_id = m.id and v.version = m.version
		where m.meeting_id = ?`, meetingID).Scan(&rows).Error
	byItem := make(map[uuid.UUID]minute, len(rows))
	for _, row := range rows {
		byItem[row.ItemID] = row
	}
	return byItem, err
}

// minutesTask is one change to the minutes of a meeting in progress: the meeting and its minutes locked.
type minutesTask struct {
	db.Tx
	meeting panels.Meeting
	forum   panels.Forum
	row     minutesRow
}

// workOnMinutes locks the minutes of a closed meeting for somebody who may do action on its forum, and
// begins them where nobody has.
func workOnMinutes(tx db.Tx, meetingID uuid.UUID, action access.Action) (*minutesTask, error) {
	meeting, err := panels.LockMeeting(tx, meetingID)
	if err != nil {
		return nil, err
	}
	if !tx.Actor.May(access.ReadMeeting, meeting.ForumID) {
		return nil, fault.New(fault.NotFound, "There is no such meeting.")
	}
	if err := tx.Actor.Check(action, meeting.ForumID); err != nil {
		return nil, err
	}
	if meeting.Brought {
		return nil, fault.New(fault.Conflict, "This meeting was held before Quorate. Its minutes are kept where they were written.")
	}
	if meeting.Status != panels.Closed {
		return nil, fault.New(fault.Conflict, "The minutes are written once the meeting is closed. Its chair closes it in the meeting room.")
	}
	task := &minutesTask{Tx: tx, meeting: meeting}
	if task.forum, err = panels.ForumByID(tx, meeting.ForumID); err != nil {
		return nil, err
	}
	if err := beginMinutes(tx, meeting); err != nil {
		return nil, err
	}
	err = tx.Raw(`select * from minutes where meeting_id = ? for update`, meeting.ID).Scan(&task.row).Error
	return task, err
}

// beginMinutes gives a closed meeting its minutes, and each item that stands on its agenda the next
// number in the forum's calendar year. They then come back to the forum until they are approved. Minutes
// that were begun stay as they are.
func beginMinutes(tx db.Tx, meeting panels.Meeting) error {
	begun := tx.Exec(`insert into minutes (meeting_id) values (?) on conflict do nothing`, meeting.ID)
	if begun.Error != nil || begun.RowsAffected == 0 {
		return begun.Error
	}
	var items []uuid.UUID
	err := tx.Raw(`select id from agenda_item where meeting_id = ? and state = 'listed' order by position, id`, meeting.ID).Scan(&items).Error
	if err != nil {
		return err
	}
	year := meeting.On().Year
	if len(items) > 0 {
		var last int
		err = tx.Raw(`
			insert into minute_count (forum_id, year, last) values (@forum, @year, @items)
			on conflict (forum_id, year) do update set last = minute_count.last + excluded.last
			returning last`, map[string]any{"forum": meeting.ForumID, "year": year, "items": len(items)}).Scan(&last).Error
		if err != nil {
			return err
		}
		for i, item := range items {
			err := tx.Exec(`insert into minute (id, meeting_id, item_id, forum_id, year, number) values (?, ?, ?, ?, ?, ?)`,
				newID(), meeting.ID, item, meeting.ForumID, year, last-len(items)+i+1).Error
			if err != nil {
				return err
			}
		}
	}
	return agendas.PutDue(tx, agendas.Due{
		ForumID: meeting.ForumID, Kind: agendas.MinutesDue, SourceID: meeting.ID, DueOn: meeting.On().AddDays(1),
		Text: "The minutes of " + meeting.On().Long() + " are to be approved as a correct record",
	})
}

// minute finds an item's minute.
func (m *minutesTask) minute(itemID uuid.UUID) (minute, error) {
	rows, err := minuteRows(m.Tx, m.meeting.ID)
	if err != nil {
		return minute{}, err
	}
	row, found := rows[itemID]
	if !found {
		return minute{}, fault.New(fault.NotFound, "There is no minute of that item.")
	}
	return row, nil
}

// mayRead refuses somebody from whom the item is hidden.
func (m *minutesTask) mayRead(itemID uuid.UUID) (Item, error) {
	p, err := project(m.Tx, m.meeting.ID)
	if err != nil {
		return Item{}, err
	}
	item, found := p.State.item(itemID)
	if !found || p.viewer.omits(item) {
		return Item{}, fault.New(fault.NotFound, "There is no minute of that item.")
	}
	if why := p.viewer.hides(p.State, item); why != "" {
		return Item{}, fault.New(fault.Denied, "Item %s: %s. Its minute is not yours to work on.", item.Number, lowerFirst(why))
	}
	return item, nil
}

// worded refuses to reword minutes that are final.
func (m *minutesTask) worded() error {
	switch m.row.State {
	case FinalOnes:
		return fault.New(fault.Conflict, "These minutes are final, so their wording stays. Put a correction beside them instead.")
	case Approved:
		return lockedMinutes()
	}
	return nil
}

func lockedMinutes() error {
	return fault.New(fault.Conflict, "These minutes are approved as a correct record and locked. Nothing in them changes any more.")
}

// moves changes the minutes' row and says that it changed.
func (m *minutesTask) moves(set map[string]any) error {
	set["version"] = m.row.Version + 1
	return db.RequireOne(m.Table("minutes").Where("meeting_id = ? and version = ?", m.meeting.ID, m.row.Version).Updates(set))
}

func (m *minutesTask) record(action, kind string, object uuid.UUID, before, after any) error {
	return audit.Record(m.Tx, audit.Entry{Action: action, ObjectKind: kind, ObjectID: object.String(), ForumID: m.forum.ID, Before: before, After: after})
}
