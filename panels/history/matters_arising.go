package history

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Arising is what a meeting takes up from those before it, as it stands now: what the last meeting
// decided, the actions still open, and the reviews that have come due.
type Arising struct {
	Last      *panels.Meeting // the forum's latest meeting before it; nil when there was none
	Decisions []ArisingDecision
	Actions   []ArisingAction // open, earliest due first; those overdue by the meeting's day come first
	Reviews   []ArisingReview
	Day       clock.Date // the meeting's own
}

// Empty reports whether nothing arises.
func (a Arising) Empty() bool { return len(a.Decisions)+len(a.Actions)+len(a.Reviews) == 0 }

// Overdue is how many of the actions are past their day on the day of the meeting.
func (a Arising) Overdue() (n int) {
	for _, action := range a.Actions {
		if action.DueOn.Before(a.Day) {
			n++
		}
	}
	return n
}

// ArisingDecision is something the last meeting decided, here or before Quorate.
type ArisingDecision struct {
	ID          uuid.UUID
	CaseNumber  int64 // 0 without a case, and on a board
	ItemNumber  string
	Outcome     room.Outcome
	WeeklyPence int64
	OneOffPence int64
	Brought     bool // from before Quorate
}

// Reference is the case's own number, or "".
func (d ArisingDecision) Reference() string { return reference(d.CaseNumber) }

// ArisingAction is an action still open.
type ArisingAction struct {
	ID         uuid.UUID
	CaseNumber int64
	Text       string
	Owner      string
	DueOn      clock.Date
	StartsAt   time.Time // of the meeting that raised it
}

// Reference is the case's own number, or "".
func (a ArisingAction) Reference() string { return reference(a.CaseNumber) }

// ArisingReview is a decision whose review has come due.
type ArisingReview struct {
	CaseNumber int64
	Text       string
	DueOn      clock.Date
}

// Reference is the case's own number, or "".
func (r ArisingReview) Reference() string { return reference(r.CaseNumber) }

func reference(number int64) string {
	if number == 0 {
		return ""
	}
	return tracker.CaseReference(number)
}

// arisingLimit bounds each list; the actions page and the register have the rest.
const arisingLimit = 100

// MattersArising gathers what arises at a meeting for those who may read its agenda. What is about a
// young person in whom the reader has declared an interest is left out, and a board sees no case.
func MattersArising(tx db.Tx, meetingID uuid.UUID) (Arising, error) {
	meeting, err := panels.MeetingByID(tx, meetingID)
	if err != nil {
		return Arising{}, err
	}
	if !tx.Actor.May(access.ReadAgenda, meeting.ForumID) {
		if err := tx.Actor.Check(access.BuildAgenda, meeting.ForumID); err != nil {
			return Arising{}, err
		}
	}
	a := Arising{Day: meeting.On()}
	values := map[string]any{"forum": meeting.ForumID, "me": tx.Actor.PersonID, "on": a.Day, "limit": arisingLimit, "last": uuid.Nil}
	var last []panels.Meeting
	err = tx.Raw(`select * from meeting where forum_id = ? and status = 'closed' and kind = 'held' and starts_at < ? order by starts_at desc limit 1`, meeting.ForumID, meeting.StartsAt).Scan(&last).Error
	if err != nil {
		return a, err
	}
	if len(last) > 0 {
		a.Last, values["last"] = &last[0], last[0].ID
	}
	err = tx.Raw(`
		select d.id, case when f.board then 0 else coalesce(c.number, 0) end as case_number, i.number as item_number, d.outcome, false as brought,
			coalesce((select sum(weekly_pence) from decision_share s where s.decision_id = d.id), 0)::bigint as weekly_pence,
			coalesce((select sum(one_off_pence) from decision_share s where s.decision_id = d.id), 0)::bigint as one_off_pence
		from decision d join forum f on f.id = d.forum_id join agenda_item i on i.id = d.item_id left join cases c on c.id = d.case_id
		where d.meeting_id = @last and not exists (select from left_item n where n.item_id = d.item_id and n.person_id = @me)
		union all
		select d.id, c.number, d.item, d.outcome, true, coalesce(d.weekly_pence, 0), coalesce(d.one_off_pence, 0)
		from brought_decision d join cases c on c.id = d.case_id
		where d.meeting_id = @last and not exists (`+tracker.InterestIn("@me", "d.case_id")+`)
		order by 5, 3, 2 limit @limit`, values).Scan(&a.Decisions).Error
	if err != nil {
		return a, err
	}
	err = tx.Raw(`
		select a.id, case when f.board then 0 else coalesce(c.number, 0) end as case_number, a.text, `+room.OwnersOf("a.id")+` as owner, a.due_on, m.starts_at
		from action a join forum f on f.id = a.forum_id join meeting m on m.id = a.meeting_id left join cases c on c.id = a.case_id
		where a.forum_id = @forum and a.done_at is null and a.meeting_id <> @this
			and not exists (select from left_item n where n.item_id = a.item_id and n.person_id = @me)
			and not exists (`+tracker.InterestIn("@me", "a.case_id")+`)
		order by a.due_on, a.id limit @limit`, with(values, "this", meeting.ID)).Scan(&a.Actions).Error
	if err != nil {
		return a, err
	}
	err = tx.Raw(`
		select coalesce(c.number, 0) as case_number, d.text, d.due_on
		from due d join forum f on f.id = d.forum_id and not f.board left join cases c on c.id = d.case_id
		where d.forum_id = @forum and d.kind = 'review' and d.done_at is null and d.due_on <= @on
			and not exists (`+tracker.InterestIn("@me", "d.case_id")+`)
		order by d.due_on, d.id limit @limit`, values).Scan(&a.Reviews).Error
	return a, err
}

func with(values map[string]any, name string, value any) map[string]any {
	values[name] = value
	return values
}
