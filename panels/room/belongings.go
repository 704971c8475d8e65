package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Belongings are the open actions people own, for when they leave a seat.
type Belongings struct{}

// Owned lists a person's open actions. What an action says is for those who may read the forum's
// decisions and have declared no interest in it.
func (Belongings) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		ID, ForumID uuid.UUID
		Forum, Text string
		DueOn       clock.Date
		StartsAt    time.Time
		Closed      bool
	}
	err := tx.Raw(`
		select a.id, a.forum_id, f.name as forum, a.text, a.due_on, m.starts_at,
			exists (select from left_item n where n.item_id = a.item_id and n.person_id = @me) or exists (`+tracker.InterestIn("@me", "a.case_id")+`) as closed
		from action a join forum f on f.id = a.forum_id join meeting m on m.id = a.meeting_id
		where exists (`+OwnedBy("@person", "a.id")+`) and a.done_at is null and (a.forum_id = @forum or @everywhere)
		order by a.due_on, a.id`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil, "me": tx.Actor.PersonID}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		things[i] = panels.Owned{
			Kind: panels.OwnedAction, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum,
			What: "Action due " + row.DueOn.Long() + ", from the meeting of " + clock.DateOf(row.StartsAt).Long(),
		}
		if tx.Actor.May(access.ReadDecisions, row.ForumID) && !row.Closed {
			things[i].Details = row.Text
		}
	}
	return things, err
}

// PassOn gives an open action to somebody else. The meeting's own record still says who took it on.
func (Belongings) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	action, err := lockAction(tx, thing.ID)
	if err != nil {
		return err
	}
	if action.DoneAt != nil {
		return fault.New(fault.Conflict, "That action has been done meanwhile. Refresh the page and try again.")
	}
	var left bool
	err = tx.Raw(`select exists (select from left_item n where n.item_id = @item and n.person_id = @to) or exists (`+tracker.InterestIn("@to", "@case")+`)`,
		map[string]any{"item": action.ItemID, "case": action.CaseID, "to": to.ID}).Scan(&left).Error
	if err != nil {
		return err
	}
	if left {
		return fault.New(fault.Invalid, "%s left for what this is about. Choose somebody else", to.Name)
	}
	err = db.RequireOne(tx.Exec(`update action_owner set ended_at = ? where action_id = ? and person_id = ? and ended_at is null`, tx.Now, action.ID, from.ID))
	if err != nil {
		return err
	}
	if err := takeOver(tx, action.ID, to.ID); err != nil {
		return err
	}
	if err := (Step{Kind: StepPassed, FromID: &from.ID, ToID: &to.ID}).keep(tx, action); err != nil {
		return err
	}
	if action, err = lockAction(tx, action.ID); err != nil {
		return err
	}
	return agendas.PutDue(tx, action.Due(action.Owner))
}

// takeOver makes somebody an owner of an action from now on, if they are not.
func takeOver(tx db.Tx, action, person uuid.UUID) error {
	return tx.Exec(`
		insert into action_owner (action_id, person_id, position, took_on)
		values (@action, @person, (select count(*) + 1 from action_owner where action_id = @action), false)
		on conflict (action_id, person_id) do update set ended_at = null`, map[string]any{"action": action, "person": person}).Error
}
