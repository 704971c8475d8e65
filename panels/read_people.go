package panels

import (
	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// ActorFor is what a person may act as on a day: their roles and the seats they hold then.
func ActorFor(tx db.Tx, person Person, on clock.Date) (access.Actor, error) {
	actor := access.Actor{
		PersonID: person.ID, Name: person.Name,
		Administrator: person.Administrator, Auditor: person.Auditor, Presenter: person.Presenter,
	}
	if person.AgencyID != nil {
		actor.AgencyID = *person.AgencyID
	}
	var err error
	actor.Seats, err = SeatsHeldBy(tx, person.ID, on)
	return actor, err
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

// WorkingDays are England's working days with the partnership's own one-off days.
func WorkingDays(tx db.Tx) (calendar.WorkingDays, error) {
	var days []calendar.OneOff
	err := tx.Raw(`select day as "on", name, working as worked from one_off_holiday`).Scan(&days).Error
	return calendar.NewWorkingDays(days...), err
}
