package dates

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Belongings are the requests for dates that people made and nobody has settled, for when they leave.
type Belongings struct{}

// Owned lists the polls of which a person is still to choose a date.
func (Belongings) Owned(tx db.Tx, person, forum uuid.UUID) ([]panels.Owned, error) {
	var rows []struct {
		Poll
		Forum string
	}
	err := tx.Raw(`
		select p.*, f.name as forum from date_poll p join forum f on f.id = p.forum_id
		where p.proposed_by = @person and p.status in ('open', 'closed') and (p.forum_id = @forum or @everywhere)
		order by p.closes_at, p.id`,
		map[string]any{"person": person, "forum": forum, "everywhere": forum == uuid.Nil}).Scan(&rows).Error
	things := make([]panels.Owned, len(rows))
	for i, row := range rows {
		things[i] = panels.Owned{
			Kind: panels.OwnedDatePoll, ID: row.ID, ForumID: row.ForumID, Forum: row.Forum,
			What: "Is to choose a date from the answers due by " + clock.Moment(row.ClosesAt),
		}
	}
	return things, err
}

// PassOn has somebody else choose the date: whoever may schedule for the forum once the answers are in.
func (Belongings) PassOn(tx db.Tx, thing panels.Owned, from, to panels.Person) error {
	poll, err := lockPoll(tx, thing.ID)
	if err != nil {
		return err
	}
	chosenOn := tx.Today()
	if closes := clock.DateOf(poll.ClosesAt); closes.After(chosenOn) {
		chosenOn = closes
	}
	actors, err := panels.ActorsFor(tx, []uuid.UUID{to.ID}, chosenOn)
	if err != nil {
		return err
	}
	if !actors[to.ID].May(access.Schedule, poll.ForumID) {
		return fault.New(fault.Invalid, "%s does not schedule this forum’s meetings. Choose somebody who does", to.Name)
	}
	return db.RequireOne(tx.Exec(`
		update date_poll set proposed_by = ?, version = version + 1
		where id = ? and proposed_by = ? and status in ('open', 'closed')`, to.ID, poll.ID, from.ID))
}
