package room

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Action is something one or more people are to do by a day.
type Action struct {
	ID        uuid.UUID
	MeetingID uuid.UUID
	ForumID   uuid.UUID
	ItemID    *uuid.UUID
	CaseID    *uuid.UUID
	AgencyID  *uuid.UUID
	Text      string
	DueOn     clock.Date
	DueSetAt  time.Time // when that day was set
	RaisedBy  *uuid.UUID
	RaisedAt  time.Time
	DoneAt    *time.Time
	DoneBy    *uuid.UUID
	DoneText  string

	OwnerIDs      People `gorm:"->"` // whose it is now
	Owner, Agency string `gorm:"->"` // names; several owners: "Ann Bell, Ben Dale"
}

// OwnedBy reports whether an action is somebody's to do now.
func (a Action) OwnedBy(person uuid.UUID) bool { return slices.Contains(a.OwnerIDs, person) }

// Due is how the action comes back to its forum's agendas.
func (a Action) Due(owner string) agendas.Due {
	return agendas.Due{
		ForumID: a.ForumID, Kind: "action", SourceID: a.ID, CaseID: a.CaseID, DueOn: a.DueOn,
		Text: "Action for " + owner + " due " + a.DueOn.Long() + ": " + a.Text,
	}
}

// People are ids that a query gathered with string_agg.
type People []uuid.UUID

// Scan reads them; nobody is none.
func (p *People) Scan(from any) error {
	*p = nil
	text, _ := from.(string)
	for id := range strings.SplitSeq(text, ",") {
		if id == "" {
			continue
		}
		read, err := uuid.Parse(id)
		if err != nil {
			return fmt.Errorf("room: people of an action: %w", err)
		}
		*p = append(*p, read)
	}
	return nil
}

// GormDataType says how a query brings them.
func (People) GormDataType() string { return "text" }

// OwnersOf is SQL for the names of those who are to do an action, like "Ann Bell, Ben Dale"; of is an
// expression for its id.
func OwnersOf(of string) string {
	return `(select string_agg(op.name, ', ' order by o.position, op.name) from action_owner o join person op on op.id = o.person_id
		where o.action_id = ` + of + ` and o.ended_at is null)`
}

// OwnedBy is SQL that finds whether an action is a person's to do now. Both are expressions.
func OwnedBy(person, action string) string {
	return `select from action_owner mine where mine.action_id = ` + action + ` and mine.person_id = ` + person + ` and mine.ended_at is null`
}

// ownerIDs is SQL for the ids of those who are to do the action a.
const ownerIDs = `(select string_agg(o.person_id::text, ',' order by o.position) from action_owner o where o.action_id = a.id and o.ended_at is null)`

// closedTo is SQL that finds whether the action a is about something a person has left for. It is an
// expression, like "@me".
func closedTo(person string) string {
	return `(exists (select from left_item n where n.item_id = a.item_id and n.person_id = ` + person + `)
		or exists (` + tracker.InterestIn(person, "a.case_id") + `))`
}

// The record names who took the action on, though it may have passed to somebody else since.
const actionsOfMeeting = `
	select a.*, ` + ownerIDs + ` as owner_ids, coalesce(g.name, '') as agency,
		(select string_agg(p.name, ', ' order by o.position, p.name) from action_owner o join person p on p.id = o.person_id
			where o.action_id = a.id and o.took_on) as owner
	from action a left join agency g on g.id = a.agency_id
	where a.meeting_id = ? order by a.id`

// StepKind is what happened to an action after it was raised.
type StepKind string

// The kinds of step.
const (
	StepProgress StepKind = "progress"
	StepNotDone  StepKind = "not_done" // a meeting came to it and it was not done
	StepDone     StepKind = "done"
	StepReopened StepKind = "reopened"
	StepMoved    StepKind = "moved"
	StepPassed   StepKind = "passed_on"
	StepBrought  StepKind = "brought_again" // a later import of the record before Quorate said otherwise
)

// Step is one thing that happened to an action. It is on the record and never changes.
type Step struct {
	ID        uuid.UUID
	ActionID  uuid.UUID
	MeetingID uuid.UUID // whose log has it
	Kind      StepKind
	Text      string
	DueWas    clock.Date // moved: the day before
	DueOn     clock.Date // moved: the day since
	FromID    *uuid.UUID // passed on: from whom
	ToID      *uuid.UUID // passed on: to whom
	ByID      *uuid.UUID
	At        time.Time
}

// TableName is action_step.
func (Step) TableName() string { return "action_step" }

// keep puts a step on the record of an action.
func (step Step) keep(tx db.Tx, action Action) error {
	step.ID, step.ActionID, step.At = newID(), action.ID, tx.Now
	if step.MeetingID == uuid.Nil {
		step.MeetingID = action.MeetingID
	}
	if tx.Actor.IsPerson() {
		step.ByID = &tx.Actor.PersonID
	}
	return tx.Create(&step).Error
}

// action reads and locks an action that this meeting may take up: one raised in it, or at an earlier
// meeting of its forum. Whoever left for what it is about is refused.
func (s *sitting) action(id uuid.UUID) (Action, error) {
	action, err := lockAction(s.Tx, id)
	if err != nil {
		return Action{}, err
	}
	earlier := false
	if action.ForumID == s.forum.ID && action.MeetingID != s.meeting.ID {
		err = s.Raw(`select starts_at < ? from meeting where id = ?`, s.meeting.StartsAt, action.MeetingID).Scan(&earlier).Error
	}
	switch {
	case err != nil:
		return Action{}, err
	case action.MeetingID != s.meeting.ID && !earlier:
		return Action{}, fault.New(fault.NotFound, "That action was not raised in this meeting, nor at an earlier one of this forum.")
	}
	var closed bool
	err = s.Raw(`select `+closedTo("@me")+` from action a where a.id = @action`, map[string]any{"me": s.Actor.PersonID, "action": id}).Scan(&closed).Error
	if err == nil && closed {
		err = fault.New(fault.Denied, "You have left for the item of this action, so somebody else must see to it.")
	}
	return action, err
}

func lockAction(tx db.Tx, id uuid.UUID) (Action, error) {
	var actions []Action
	err := tx.Raw(`
		select a.*, `+ownerIDs+` as owner_ids, `+OwnersOf("a.id")+` as owner from action a where a.id = ? for update of a`, id).Scan(&actions).Error
	if err != nil {
		return Action{}, err
	}
	if len(actions) == 0 {
		return Action{}, fault.New(fault.NotFound, "There is no such action.")
	}
	return actions[0], nil
}

// worksOn refuses everyone but the owners of an action, the clerk and the chair.
func (s *sitting) worksOn(action Action) error {
	if action.OwnedBy(s.Actor.PersonID) {
		return nil
	}
	return s.records()
}

// itemHere is the item of an action, where it stands on this meeting's agenda. What is said of another
// meeting's action names no item: the one it came from is not here to be hidden with.
func (s *sitting) itemHere(action Action) *uuid.UUID {
	if action.MeetingID == s.meeting.ID {
		return action.ItemID
	}
	return nil
}

// stepped is how a change to an action is told.
func (s *sitting) stepped(action Action, says string) happened {
	if action.MeetingID != s.meeting.ID {
		says = strings.Replace(says, "action", "action from an earlier meeting", 1)
	}
	return happened{itemID: s.itemHere(action), says: says, kind: "action", object: action.ID, before: action.state()}
}

// state is what the audit trail keeps of an action as it was.
func (a Action) state() map[string]any {
	return map[string]any{"due_on": a.DueOn, "done_at": a.DoneAt, "done_text": a.DoneText}
}

// owners reads those who are to do an action, in the order given, each once.
func (s *sitting) owners(ids []uuid.UUID) ([]panels.Person, error) {
	var people []panels.Person
	var form fault.Form
	for _, id := range ids {
		if slices.ContainsFunc(people, func(p panels.Person) bool { return p.ID == id }) {
			continue
		}
		var person []panels.Person
		if err := s.Raw(`select * from person where id = ? and ended_on is null for share`, id).Scan(&person).Error; err != nil {
			return nil, err
		}
		if len(person) == 0 {
			form.Add("owner_id", "Select who does it from the list")
			return nil, form.Err()
		}
		people = append(people, person[0])
	}
	return people, nil
}

// own gives an action its owners.
func own(tx db.Tx, action uuid.UUID, people ...uuid.UUID) error {
	var failed []error
	for i, person := range people {
		failed = append(failed, tx.Exec(`insert into action_owner (action_id, person_id, position, took_on) values (?, ?, ?, true)`, action, person, i+1).Error)
	}
	return errors.Join(failed...)
}

// move sets another day for an action, has it come back to the forum's agendas on that day, and keeps
// the day that was.
func move(tx db.Tx, action Action, step Step, to clock.Date) error {
	err := tx.Exec(`update action set due_on = ?, due_set_at = ? where id = ?`, to, tx.Now, action.ID).Error
	if err != nil {
		return err
	}
	step.DueWas, step.DueOn = action.DueOn, to
	if err := step.keep(tx, action); err != nil {
		return err
	}
	action.DueOn = to
	return agendas.PutDue(tx, action.Due(action.Owner))
}

// Referral sends a case to another forum.
type Referral struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	ItemID     uuid.UUID
	CaseID     uuid.UUID
	ToForumID  uuid.UUID
	Reason     string
	ReferredBy uuid.UUID
	ReferredAt time.Time

	ToForum string `gorm:"->"` // its name
}
