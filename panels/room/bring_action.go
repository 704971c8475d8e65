package room

import (
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BringAction keeps an action that a meeting raised before Quorate. From now on it is an action like
// any other: it has an owner, comes back to its forum's agendas and can be done. Nobody raised it here.
func BringAction(tx db.Tx, action Action, owner panels.Person, on clock.Date) error {
	err := tx.Exec(`
		insert into action (id, meeting_id, forum_id, case_id, agency_id, text, due_on, due_set_at, raised_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		action.ID, action.MeetingID, action.ForumID, action.CaseID, action.AgencyID, action.Text, action.DueOn, tx.Now, on.Start()).Error
	if err != nil {
		return err
	}
	if err := own(tx, action.ID, owner.ID); err != nil {
		return err
	}
	return agendas.PutDue(tx, action.Due(owner.Name))
}

// BringActionAgain gives an open action the owner, agency and day that the record before Quorate says
// now. What they were stays in its history.
func BringActionAgain(tx db.Tx, id uuid.UUID, owner panels.Person, agency *uuid.UUID, due clock.Date) error {
	action, err := lockAction(tx, id)
	if err != nil {
		return err
	}
	if action.DoneAt != nil {
		return fault.New(fault.Conflict, "This action has been done in Quorate meanwhile.")
	}
	if err := tx.Exec(`update action set agency_id = ? where id = ?`, agency, id).Error; err != nil {
		return err
	}
	err = tx.Exec(`update action_owner set ended_at = ? where action_id = ? and person_id <> ? and ended_at is null`, tx.Now, id, owner.ID).Error
	if err != nil {
		return err
	}
	if err := takeOver(tx, id, owner.ID); err != nil {
		return err
	}
	action.Owner = owner.Name
	return move(tx, action, Step{Kind: StepBrought, Text: "As the imported record says"}, due)
}
