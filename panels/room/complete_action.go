package room

import (
	"strings"

	"quorate/agendas"
	"quorate/server/base/fault"
)

// perform says that an action is done, and what was done. It may be done long after the meeting, by any
// of its owners, the clerk or the chair; from then on it comes back to no agenda.
func (c CompleteAction) perform(s *sitting) (happened, error) {
	action, err := s.action(c.ActionID)
	if err != nil {
		return happened{}, err
	}
	if err := s.worksOn(action); err != nil {
		return happened{}, err
	}
	if action.DoneAt != nil {
		return happened{}, fault.New(fault.Conflict, "This action is already done.")
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter what was done")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = s.Exec(`update action set done_at = ?, done_by = ?, done_text = ? where id = ?`, s.Now, s.Actor.PersonID, text, action.ID).Error
	if err != nil {
		return happened{}, err
	}
	if err := (Step{MeetingID: s.meeting.ID, Kind: StepDone, Text: text}).keep(s.Tx, action); err != nil {
		return happened{}, err
	}
	return s.stepped(action, "An action is done"), agendas.MarkDone(s.Tx, "action", action.ID)
}
