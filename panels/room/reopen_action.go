package room

import (
	"strings"

	"quorate/server/base/fault"
)

// perform opens a done action again, with a reason and a day. Clerk or chair: what an owner calls done is
// the forum's to judge.
func (c ReopenAction) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	action, err := s.action(c.ActionID)
	if err != nil {
		return happened{}, err
	}
	if action.DoneAt == nil {
		return happened{}, fault.New(fault.Conflict, "This action is open already.")
	}
	reason := strings.TrimSpace(c.Text)
	form := newDay(c.DueOn, s.Today())
	form.Require(reason != "", "text", "Enter why it is opened again")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	if err := s.Exec(`update action set done_at = null, done_by = null, done_text = '' where id = ?`, action.ID).Error; err != nil {
		return happened{}, err
	}
	err = move(s.Tx, action, Step{MeetingID: s.meeting.ID, Kind: StepReopened, Text: reason}, c.DueOn)
	return s.stepped(action, "An action was opened again"), err
}
