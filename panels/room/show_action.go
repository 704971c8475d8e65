package room

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ActionPage is an action with all that happened to it.
type ActionPage struct {
	ActionLine
	RaisedByName string // "" where it was brought from before Quorate
	TookOn       string // who took it on when it was raised
	Steps        []StepLine
}

// StepLine is a step with the names in it.
type StepLine struct {
	Step
	By, From, To string
}

// ShowAction shows an action to its owners and to those who read its forum's decisions. Whoever has left
// for what it is about is told that there is none.
func ShowAction(tx db.Tx, id uuid.UUID) (ActionPage, error) {
	var page ActionPage
	var lines []ActionLine
	err := tx.Raw(actionLines+` where a.id = @action and not `+closedTo("@me"), map[string]any{"action": id, "me": tx.Actor.PersonID}).Scan(&lines).Error
	if err != nil {
		return page, err
	}
	if len(lines) == 0 || !lines[0].OwnedBy(tx.Actor.PersonID) && !tx.Actor.May(access.ReadDecisions, lines[0].ForumID) {
		return page, fault.New(fault.NotFound, "There is no such action.")
	}
	page.ActionLine = lines[0]
	page.allow(tx.Actor)
	err = tx.Raw(`
		select coalesce((select p.name from person p where p.id = a.raised_by), ''),
			(select string_agg(p.name, ', ' order by o.position, p.name) from action_owner o join person p on p.id = o.person_id where o.action_id = a.id and o.took_on)
		from action a where a.id = ?`, id).Row().Scan(&page.RaisedByName, &page.TookOn)
	if err != nil {
		return page, err
	}
	err = tx.Raw(`
		select s.*, coalesce(b.name, '') as "by", coalesce(f.name, '') as "from", coalesce(t.name, '') as "to"
		from action_step s left join person b on b.id = s.by_id left join person f on f.id = s.from_id left join person t on t.id = s.to_id
		where s.action_id = ? order by s.id desc`, id).Scan(&page.Steps).Error
	return page, err
}
