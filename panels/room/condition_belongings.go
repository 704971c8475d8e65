package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Conditions are the conditions that people are to show, for when they leave a seat.
type Conditions struct{}

// Owned lists the conditions a person has still to show, of decisions that may yet bind. What one says is
// for those who may read the forum's decisions and have not left for the item.
func (Conditions) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		ID, ForumID uuid.UUID
		Forum, Text string
		DueOn       clock.Date
		StartsAt    time.Time
		Left        bool
	}
	err := tx.Raw(`
		select c.id, d.forum_id, f.name as forum, c.text, n.due_on, m.starts_at, exists (select from left_item l where l.item_id = d.item_id and l.person_id = @me) as left
		from condition_now n
		join decision_condition c on c.id = n.condition_id
		join decision d on d.id = n.decision_id
		join forum f on f.id = d.forum_id
		join meeting m on m.id = d.meeting_id
		where n.owner_id = @person and n.state <> 'met' and (d.forum_id = @forum or @everywhere)
			and not exists (select from decision_answer a where a.decision_id = d.id and not a.agreed)
		order by n.due_on, c.id`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil, "me": tx.Actor.PersonID}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		things[i] = panels.Owned{
			Kind: panels.OwnedCondition, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum,
			What: "Condition due " + row.DueOn.Long() + ", from the meeting of " + clock.DateOf(row.StartsAt).Long(),
		}
		if tx.Actor.May(access.ReadDecisions, row.ForumID) && !row.Left {
			things[i].Details = row.Text
		}
	}
	return things, err
}

// PassOn makes a condition somebody else's to show. The decision still says whose it was.
func (Conditions) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	var found struct{ Mine, Left bool }
	err := tx.Raw(`
		select n.owner_id = @from as mine, exists (select from left_item l join decision d on d.item_id = l.item_id where d.id = n.decision_id and l.person_id = @to) as left
		from condition_now n where n.condition_id = @id`, map[string]any{"id": thing.ID, "from": from.ID, "to": to.ID}).Take(&found).Error
	switch {
	case err != nil:
		return err
	case !found.Mine:
		return fault.New(fault.Conflict, "That condition is somebody else’s by now. Refresh the page and try again.")
	case found.Left:
		return fault.New(fault.Invalid, "%s left for what this is about. Choose somebody else", to.Name)
	}
	return tx.Exec(`insert into condition_handing (id, condition_id, owner_id, handed_by, handed_at) values (?, ?, ?, ?, ?)`,
		newID(), thing.ID, to.ID, tx.Actor.PersonID, tx.Now).Error
}
