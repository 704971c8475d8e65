package room

import (
	"strings"

	"quorate/server/base/fault"
)

// perform records that the meeting came to an action and it was not done: it keeps its day, and returns
// at the next meeting.
func (c CarryAction) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	action, err := s.action(c.ActionID)
	if err != nil {
		return happened{}, err
	}
	if action.DoneAt != nil {
		return happened{}, fault.New(fault.Conflict, "This action is already done.")
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter why it is not done yet")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = Step{MeetingID: s.meeting.ID, Kind: StepNotDone, Text: text}.keep(s.Tx, action)
	return s.stepped(action, "An action is not done yet"), err
}
