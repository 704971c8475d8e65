package room

import (
	"strings"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform gives an action another day. Its owners cannot: who asked for it by a day decides whether it may
// take longer.
func (c ExtendAction) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	action, err := s.action(c.ActionID)
	if err != nil {
		return happened{}, err
	}
	if action.DoneAt != nil {
		return happened{}, fault.New(fault.Conflict, "This action is done, so its day cannot change. Reopen it to set another.")
	}
	reason := strings.TrimSpace(c.Text)
	form := newDay(c.DueOn, s.Today())
	form.Require(c.DueOn.IsZero() || c.DueOn != action.DueOn, "due_on", "Enter another day than the one it is due on now")
	form.Require(reason != "", "text", "Enter why the day changes")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = move(s.Tx, action, Step{MeetingID: s.meeting.ID, Kind: StepMoved, Text: reason}, c.DueOn)
	return s.stepped(action, "An action has a new day"), err
}

// newDay asks for a day that has not passed.
func newDay(day, today clock.Date) fault.Form {
	var form fault.Form
	form.Require(!day.IsZero(), "due_on", "Enter when it is due")
	form.Require(day.IsZero() || !day.Before(today), "due_on", "The action must be due today or later")
	return form
}
