package room

import (
	"strings"

	"quorate/agendas"
	"quorate/server/base/fault"
)

// perform says that an action is done. It may be done long after the meeting, by its owner, the clerk
// or the chair; from then on it comes back to no agenda.
func (c CompleteAction) perform(s *sitting) (happened, error) {
	var actions []Action
	if err := s.Raw(`select * from action where id = ? and meeting_id = ?`, c.ActionID, s.meeting.ID).Scan(&actions).Error; err != nil {
		return happened{}, err
	}
	if len(actions) == 0 {
		return happened{}, fault.New(fault.NotFound, "That action was not raised in this meeting.")
	}
	action := actions[0]
	if action.OwnerID != s.Actor.PersonID {
		if err := s.records(); err != nil {
			return happened{}, err
		}
	}
	if action.ItemID != nil && s.table.Left(s.Actor.PersonID, *action.ItemID) {
		return happened{}, fault.New(fault.Denied, "You have left for the item of this action, so somebody else must say that it is done.")
	}
	if action.DoneAt != nil {
		return happened{}, fault.New(fault.Conflict, "This action is already done.")
	}
	err := s.Exec(`update action set done_at = ?, done_by = ?, done_text = ? where id = ?`,
		s.Now, s.Actor.PersonID, strings.TrimSpace(c.Text), action.ID).Error
	if err != nil {
		return happened{}, err
	}
	return happened{itemID: action.ItemID, says: "An action is done", kind: "action", object: action.ID}, agendas.MarkDone(s.Tx, "action", action.ID)
}
