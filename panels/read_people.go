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

// ActorsFor is ActorFor for several people in two queries. Those who have left are not in the answer.
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
	actors := make(map[uuid.UUID]access.Actor, len(people))
	for _, person := range people {
		actor := access.Actor{
			PersonID: person.ID, Name: person.Name, Seats: seats[person.ID],
			Administrator: person.Administrator, Auditor: person.Auditor, Presenter: person.Presenter,
		}
		if person.AgencyID != nil {
			actor.AgencyID = *person.AgencyID
		}
		actors[person.ID] = actor
	}
	return actors, nil
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
