package panels

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MeetingRow is a meeting with its forum's name, as lists show it.
type MeetingRow struct {
	Meeting
	ForumName string
	ForumSlug string
	Board     bool
}

// MeetingByID finds a meeting. A draft is there only for those who may schedule its forum's meetings.
func MeetingByID(tx db.Tx, id uuid.UUID) (Meeting, error) {
	var meeting Meeting
	err := tx.Where("id = ?", id).Take(&meeting).Error
	return meeting, thereFor(tx.Actor, meeting, err)
}

// LockMeeting finds a meeting and keeps every other change to it waiting until the transaction ends.
// What only points to the meeting does not wait.
func LockMeeting(tx db.Tx, id uuid.UUID) (Meeting, error) {
	var meeting Meeting
	err := tx.Raw(`select * from meeting where id = ? for no key update`, id).Take(&meeting).Error
	return meeting, thereFor(tx.Actor, meeting, err)
}

// thereFor keeps a draft from those who may not see it.
func thereFor(actor access.Actor, meeting Meeting, err error) error {
	if err == nil && meeting.Status == Draft && !seesDrafts(actor, meeting.ForumID) {
		err = gorm.ErrRecordNotFound
	}
	return orNotFound(err, "There is no such meeting.")
}

// seesDrafts reports whether the actor may see a forum's draft meetings: whoever schedules them, and
// the product's own jobs.
func seesDrafts(actor access.Actor, forum uuid.UUID) bool {
	return actor.System != "" || actor.May(access.Schedule, forum)
}

// NotDraft is SQL that holds for each meeting m the reader may see for all that drafts are concerned.
// Every list of meetings that does not ask for a status has it in its where, with DraftsSeen's values.
const NotDraft = `(m.status <> 'draft' or @every_draft or m.forum_id in @draft_forums)`

// DraftsSeen adds to the values of a query what NotDraft asks for.
func DraftsSeen(actor access.Actor, values map[string]any) map[string]any {
	forums := []uuid.UUID{uuid.Nil}
	for _, forum := range seatForums(actor) {
		if seesDrafts(actor, forum) {
			forums = append(forums, forum)
		}
	}
	values["every_draft"], values["draft_forums"] = seesDrafts(actor, uuid.Max), forums
	return values
}

// NextMeetings lists a forum's next meetings that are not cancelled, one that is going on first; drafts
// for those who may see them.
func NextMeetings(tx db.Tx, forumID uuid.UUID, count int) ([]MeetingRow, error) {
	var rows []MeetingRow
	err := tx.Raw(selectMeetingRows+`
		where m.forum_id = @forum and m.starts_at > @after and m.ends_at >= @now and m.status in ('draft', 'scheduled', 'in_session', 'adjourned') and m.kind = 'held' and `+NotDraft+`
		order by m.starts_at, m.id limit @count`, DraftsSeen(tx.Actor, map[string]any{"forum": forumID, "after": tx.Now.Add(-longest), "now": tx.Now, "count": count})).Scan(&rows).Error
	return rows, err
}

// MeetingBefore is the forum's meeting last held before a meeting, whose minutes and actions come
// to it; ok is false for the first.
func MeetingBefore(tx db.Tx, meeting Meeting) (before Meeting, ok bool, err error) {
	var list []Meeting
	err = tx.Raw(`
		select * from meeting where forum_id = ? and starts_at < ? and status not in ('draft', 'cancelled') and kind = 'held'
		order by starts_at desc, id desc limit 1`, meeting.ForumID, meeting.StartsAt).Scan(&list).Error
	if err != nil || len(list) == 0 {
		return Meeting{}, false, err
	}
	return list[0], true, nil
}

// MeetingsToCome lists the meetings of a series that are still to come and not cancelled, for those who
// schedule them.
func MeetingsToCome(tx db.Tx, series uuid.UUID) ([]MeetingRow, error) {
	var rows []MeetingRow
	err := tx.Raw(selectMeetingRows+`
		where m.series_id = @series and m.occurrence_on >= @today and m.starts_at > @now and m.status in ('draft', 'scheduled')
		order by m.starts_at, m.id limit @limit`, map[string]any{"series": series, "today": tx.Today(), "now": tx.Now, "limit": listLimit}).Scan(&rows).Error
	return rows, err
}

// MeetingPage is everything about a meeting that is not its agenda, room or record.
type MeetingPage struct {
	Meeting     Meeting
	Forum       Forum
	Terms       Terms // in force on its day
	Seats       []TableSeat
	Chair       ChairedBy
	MaySchedule bool
	Over        bool // its start has passed
}

// ShowMeeting gathers what the meeting's page shows to whoever may know of the meeting. For others
// there is no such meeting.
func ShowMeeting(tx db.Tx, id uuid.UUID) (page MeetingPage, err error) {
	if page.Meeting, err = MeetingByID(tx, id); err != nil {
		return page, err
	}
	if err = tx.Actor.Check(access.ReadMeeting, page.Meeting.ForumID); fault.Is(err, fault.Denied) {
		return MeetingPage{}, fault.New(fault.NotFound, "There is no such meeting.")
	} else if err != nil {
		return MeetingPage{}, err
	}
	if page.Forum, err = ForumByID(tx, page.Meeting.ForumID); err != nil {
		return page, err
	}
	if page.Terms, err = TermsInForce(tx, page.Forum.ID, page.Meeting.On()); err != nil {
		return page, err
	}
	if page.Seats, err = SeatsOn(tx, page.Forum.ID, page.Meeting.On()); err != nil {
		return page, err
	}
	page.Chair, err = ChairOf(tx, page.Meeting)
	page.MaySchedule = tx.Actor.May(access.Schedule, page.Forum.ID)
	page.Over = !page.Meeting.StartsAt.After(tx.Now)
	return page, err
}

// Duration is how long the meeting is planned to last.
func (m Meeting) Duration() time.Duration { return m.EndsAt.Sub(m.StartsAt) }
