package room

import (
	"strings"

	"quorate/server/base/fault"
)

// perform keeps what an owner says of how an action goes. The clerk and the chair may write it down for
// them.
func (c NoteProgress) perform(s *sitting) (happened, error) {
	action, err := s.action(c.ActionID)
	if err != nil {
		return happened{}, err
	}
	if err := s.worksOn(action); err != nil {
		return happened{}, err
	}
	if action.DoneAt != nil {
		return happened{}, fault.New(fault.Conflict, "This action is done. The clerk or the chair must reopen it before anything is added to it.")
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter how the action is going")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = Step{MeetingID: s.meeting.ID, Kind: StepProgress, Text: text}.keep(s.Tx, action)
	return s.stepped(action, "Progress on an action was noted"), err
}
