package room

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ActionLine is an action in a list.
type ActionLine struct {
	Action
	Forum      string
	Board      bool
	ItemNumber string
	CaseNumber int64 // 0 without a case, and on a board
	StartsAt   time.Time
	Latest     string // what was last said of how it goes
	Moved      int    // how often its day was moved
	MayWork    bool   // the reader may say how it goes, and that it is done
	MayRecord  bool   // the reader may give it another day and open it again
}

// Reference is the case's number, "Q1042", or "".
func (a ActionLine) Reference() string {
	if a.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(a.CaseNumber)
}

// ActionState is how an action stands today.
type ActionState string

// The states of an action.
const (
	ActionOverdue ActionState = "overdue"
	ActionDue     ActionState = "due" // today or later
	ActionDone    ActionState = "done"
)

// ActionStates are the states in the order in which they matter.
var ActionStates = []ActionState{ActionOverdue, ActionDue, ActionDone}

// State is how the action stands on a day.
func (a Action) State(today clock.Date) ActionState {
	switch {
	case a.DoneAt != nil:
		return ActionDone
	case a.DueOn.Before(today):
		return ActionOverdue
	default:
		return ActionDue
	}
}

// ActionFilter narrows the action tracker. Nothing named narrows by nothing.
type ActionFilter struct {
	Mine     bool     // the reader's own alone
	Forums   []string // slugs
	Owners   []uuid.UUID
	Agencies []uuid.UUID
	Case     string        // a case number as typed
	States   []ActionState // none: what is not done
	Limit    int
	Offset   int
}

// FoundActions is a part of the action tracker.
type FoundActions struct {
	Lines    []ActionLine
	Total    int                 // in the states asked for
	Counts   map[ActionState]int // by the rest of the filter
	Forums   []panels.Forum      // those whose actions the reader may see
	Owners   []Choice            // whose actions there are for the reader to see
	Agencies []Choice
	CaseSaid string // what is wrong with the case number typed
}

// seenActions is SQL that holds the actions the reader may see: their own, and those of the forums whose
// decisions they read, but none about something they have left for.
const seenActions = `
	(a.id in (select action_id from action_owner where person_id = @me and ended_at is null) or a.forum_id in @readable)`

// FindActions lists actions: what is overdue first, then by day; done ones last, the latest first.
func FindActions(tx db.Tx, filter ActionFilter) (FoundActions, error) {
	var found FoundActions
	all, err := panels.Forums(tx)
	if err != nil {
		return found, err
	}
	readable, chosen := []uuid.UUID{uuid.Nil}, []uuid.UUID{}
	for _, forum := range all {
		if !tx.Actor.May(access.ReadDecisions, forum.ID) {
			continue
		}
		found.Forums, readable = append(found.Forums, forum), append(readable, forum.ID)
		if slices.Contains(filter.Forums, forum.Slug) {
			chosen = append(chosen, forum.ID)
		}
	}
	if len(chosen) < len(slices.Compact(slices.Sorted(slices.Values(filter.Forums)))) {
		return found, fault.New(fault.NotFound, "There is no such forum, or its actions are not for you.")
	}
	values := map[string]any{
		"me": tx.Actor.PersonID, "readable": readable, "forums": chosen, "owners": filter.Owners, "agencies": filter.Agencies,
		"today": tx.Today(), "limit": filter.Limit, "offset": filter.Offset,
	}
	where := seenActions + ` and not ` + closedTo("@me")
	if filter.Mine {
		where = `a.id in (select action_id from action_owner where person_id = @me and ended_at is null) and not ` + closedTo("@me")
	}
	if err := found.readChoices(tx, where, values); err != nil {
		return found, err
	}
	if len(chosen) > 0 {
		where += ` and a.forum_id in @forums`
	}
	if len(filter.Owners) > 0 {
		where += ` and exists (select from action_owner w where w.action_id = a.id and w.ended_at is null and w.person_id in @owners)`
	}
	if len(filter.Agencies) > 0 {
		where += ` and a.agency_id in @agencies`
	}
	if typed := strings.TrimSpace(filter.Case); typed != "" {
		number, ok := tracker.ParseCaseReference(typed)
		if !ok {
			found.CaseSaid = "Enter a case number like Q1042"
		}
		values["number"] = number
		where += ` and not f.board and standing_case(a.case_id) = (select standing_case(id) from cases where number = @number)`
	}
	if err := found.count(tx, where, values); err != nil {
		return found, err
	}
	states := filter.States
	if len(states) == 0 {
		states = []ActionState{ActionOverdue, ActionDue}
	}
	values["states"] = states
	for _, state := range ActionStates {
		if slices.Contains(states, state) {
			found.Total += found.Counts[state]
		}
	}
	err = tx.Raw(actionLines+` where `+where+` and `+stateOf+` in @states
		order by a.done_at is not null, a.done_at desc, a.due_on, a.id limit @limit offset @offset`, values).Scan(&found.Lines).Error
	for i := range found.Lines {
		found.Lines[i].allow(tx.Actor)
	}
	return found, err
}

const stateOf = `case when a.done_at is not null then 'done' when a.due_on < @today then 'overdue' else 'due' end`

// actionLines reads actions as a list shows them. A board is told of no case.
var actionLines = `
	select a.*, ` + ownerIDs + ` as owner_ids, ` + OwnersOf("a.id") + ` as owner, coalesce(g.name, '') as agency, f.name as forum, f.board, m.starts_at, coalesce(i.number, '') as item_number,
		case when f.board then 0 else coalesce(c.number, 0) end as case_number,
		coalesce((select t.text from action_step t where t.action_id = a.id and t.kind in ('progress', 'not_done') order by t.id desc limit 1), '') as latest,
		(select count(*) from action_step t where t.action_id = a.id and t.due_on is not null and t.due_on <> t.due_was) as moved
	from action a join forum f on f.id = a.forum_id join meeting m on m.id = a.meeting_id
	left join agency g on g.id = a.agency_id
	left join agenda_item i on i.id = a.item_id
	left join cases c on c.id = a.case_id`

func (a *ActionLine) allow(actor access.Actor) {
	a.MayRecord = actor.May(access.RecordMeeting, a.ForumID)
	a.MayWork = a.MayRecord || a.OwnedBy(actor.PersonID)
}

// readChoices reads what the filters offer.
func (found *FoundActions) readChoices(tx db.Tx, where string, values map[string]any) error {
	err := tx.Raw(`
		select p.id, p.name as text from person p
		where p.id in (select w.person_id from action_owner w join action a on a.id = w.action_id where w.ended_at is null and `+where+`)
		order by p.name limit 500`, values).Scan(&found.Owners).Error
	if err != nil {
		return err
	}
	return tx.Raw(`select g.id, g.name as text from agency g where g.id in (select a.agency_id from action a where `+where+`) order by g.name limit 500`, values).Scan(&found.Agencies).Error
}

func (found *FoundActions) count(tx db.Tx, where string, values map[string]any) error {
	var rows []struct {
		State ActionState
		Count int
	}
	err := tx.Raw(`select `+stateOf+` as state, count(*) as count from action a join forum f on f.id = a.forum_id where `+where+` group by 1`, values).Scan(&rows).Error
	found.Counts = map[ActionState]int{}
	for _, row := range rows {
		found.Counts[row.State] = row.Count
	}
	return err
}
