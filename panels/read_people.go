package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// ActorFor is what a person may act as on a day: their roles and the seats they hold then.
func ActorFor(tx db.Tx, person Person, on clock.Date) (access.Actor, error) {
	actors, err := actorsFor(tx, []Person{person}, on)
	return actors[person.ID], err
}

// ActorsFor is ActorFor for several people in five queries. Those who have left are not in the answer.
func ActorsFor(tx db.Tx, people []uuid.UUID, on clock.Date) (map[uuid.UUID]access.Actor, error) {
	var active []Person
	if err := tx.Where("id in ? and (ended_on is null or ended_on > ?)", people, on).Find(&active).Error; err != nil {
		return nil, err
	}
	return actorsFor(tx, active, on)
}

func actorsFor(tx db.Tx, people []Person, on clock.Date) (map[uuid.UUID]access.Actor, error) {
	ids := make([]uuid.UUID, len(people))
	for i, person := range people {
		ids[i] = person.ID
	}
	seats, err := seatsHeldBy(tx, ids, on)
	if err != nil {
		return nil, err
	}
	guests, err := guestsAre(tx, ids)
	if err != nil {
		return nil, err
	}
	outside, err := fromOutside(tx, people)
	if err != nil {
		return nil, err
	}
	officers, err := officersAre(tx, ids)
	if err != nil {
		return nil, err
	}
	delegations, err := delegatesAre(tx, ids, on)
	if err != nil {
		return nil, err
	}
	actors := make(map[uuid.UUID]access.Actor, len(people))
	for _, person := range people {
		actor := access.Actor{
			PersonID: person.ID, Name: person.Name, Seats: seats[person.ID], Guests: guests[person.ID], OfficerOf: officers[person.ID], Delegations: delegations[person.ID],
			Administrator: person.Administrator, Auditor: person.Auditor, Presenter: person.Presenter,
		}
		if person.AgencyID != nil {
			actor.AgencyID, actor.Outside = *person.AgencyID, outside[*person.AgencyID]
		}
		actors[person.ID] = actor
	}
	return actors, nil
}

// officersAre lists the agencies whose authorising officer each of these people is.
func officersAre(tx db.Tx, people []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []struct{ ID, OfficerID uuid.UUID }
	err := tx.Raw(`select id, officer_id from agency where officer_id in ? order by id`, people).Scan(&rows).Error
	officers := make(map[uuid.UUID][]uuid.UUID)
	for _, row := range rows {
		officers[row.OfficerID] = append(officers[row.OfficerID], row.ID)
	}
	return officers, err
}

// delegatesAre lists in the names of which members of boards each of these people may answer on a day. It
// ends with the member's own seat.
func delegatesAre(tx db.Tx, people []uuid.UUID, on clock.Date) (map[uuid.UUID][]access.Delegation, error) {
	var rows []struct {
		DelegateID uuid.UUID
		access.Delegation
	}
	err := tx.Raw(`
		select d.delegate_id, d.board_id, d.member_id, p.name as member
		from board_delegate d join person p on p.id = d.member_id
		where d.delegate_id in @people and d.ended_at is null and @on between d.from_on and d.until_on and exists (
			select from seat s join seat_holding h on h.seat_id = s.id
			where s.forum_id = d.board_id and s.office <> 'clerk' and h.person_id = d.member_id
				and h.from_date <= @on and (h.to_date is null or h.to_date >= @on))
		order by p.name, d.id`, map[string]any{"people": people, "on": on}).Scan(&rows).Error
	delegations := make(map[uuid.UUID][]access.Delegation)
	for _, row := range rows {
		delegations[row.DelegateID] = append(delegations[row.DelegateID], row.Delegation)
	}
	return delegations, err
}

// fromOutside are those of the people's agencies that are not of the partnership.
func fromOutside(tx db.Tx, people []Person) (map[uuid.UUID]bool, error) {
	var ids, found []uuid.UUID
	for _, person := range people {
		if person.AgencyID != nil {
			ids = append(ids, *person.AgencyID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	err := tx.Raw(`select id from agency where outside and id in ?`, ids).Scan(&found).Error
	outside := make(map[uuid.UUID]bool, len(found))
	for _, id := range found {
		outside[id] = true
	}
	return outside, err
}

// guestsAre lists where each of these people is or was a guest, the latest first.
func guestsAre(tx db.Tx, people []uuid.UUID) (map[uuid.UUID][]access.Guest, error) {
	var rows []struct {
		PersonID uuid.UUID
		access.Guest
	}
	err := tx.Raw(`
		select g.person_id, m.forum_id, g.meeting_id, g.item_id, a.kind = 'family' as family
		from meeting_guest g join meeting m on m.id = g.meeting_id join agency a on a.id = g.agency_id
		where g.person_id in ? and g.ended_at is null order by g.added_at desc, g.id`, people).Scan(&rows).Error
	guests := make(map[uuid.UUID][]access.Guest)
	for _, row := range rows {
		guests[row.PersonID] = append(guests[row.PersonID], row.Guest)
	}
	return guests, err
}

// HasLeft reports whether the person no longer uses the product on a day.
func (p Person) HasLeft(on clock.Date) bool { return !p.EndedOn.IsZero() && !p.EndedOn.After(on) }

// PersonByID finds a person.
func PersonByID(tx db.Tx, id uuid.UUID) (Person, error) {
	var person Person
	err := tx.Where("id = ?", id).Take(&person).Error
	return person, orNotFound(err, "There is no such person.")
}

// People lists everyone who has not left, by name.
func People(tx db.Tx) ([]Person, error) {
	var people []Person
	err := tx.Where("ended_on is null or ended_on > ?", tx.Today()).Order("name, id").Find(&people).Error
	return people, err
}

// AgencyByID finds an agency.
func AgencyByID(tx db.Tx, id uuid.UUID) (Agency, error) {
	var agency Agency
	err := tx.Where("id = ?", id).Take(&agency).Error
	return agency, orNotFound(err, "There is no such agency.")
}

// Agencies lists the partnership's agencies by name.
func Agencies(tx db.Tx) ([]Agency, error) {
	var agencies []Agency
	err := tx.Order("name").Find(&agencies).Error
	return agencies, err
}
