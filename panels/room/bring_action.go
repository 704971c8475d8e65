package room

import (
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// BringAction keeps an action that a meeting raised before Quorate. From now on it is an action like
// any other: it has an owner, comes back to its forum's agendas and can be done. Nobody raised it here.
func BringAction(tx db.Tx, action Action, on clock.Date) error {
	return tx.Exec(`
		insert into action (id, meeting_id, forum_id, case_id, owner_id, agency_id, text, due_on, raised_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		action.ID, action.MeetingID, action.ForumID, action.CaseID, action.OwnerID, action.AgencyID, action.Text, action.DueOn, on.Start()).Error
}
