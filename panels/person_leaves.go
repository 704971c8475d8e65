package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// PersonLeaves ends somebody's part in the partnership after their last day: every place they hold in
// a seat, their account, and with handing all that they own. Past meetings keep who sat where, so a
// place that is told of late ends yesterday. Places still to begin are taken back.
func (s Store) PersonLeaves(ctx context.Context, actor access.Actor, personID uuid.UUID, version int, lastDay clock.Date, handing Handing) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
			return err
		}
		// Whoever is about to take something over is not let go meanwhile.
		if err := tx.Exec(`select from person where id = ? for no key update`, personID).Error; err != nil {
			return err
		}
		person, err := PersonByID(tx, personID)
		if err != nil {
			return err
		}
		if err := checkLeaving(tx, person, lastDay); err != nil {
			return err
		}
		forums, err := endPlaces(tx, person, later(lastDay, tx.Today().AddDays(-1)))
		if err != nil {
			return err
		}
		if err := s.handOver(tx, person, uuid.Nil, true, handing); err != nil {
			return err
		}
		gone := lastDay.AddDays(1)
		err = db.RequireOne(tx.Model(&Person{}).Where("id = ? and version = ?", person.ID, version).
			Updates(map[string]any{"ended_on": gone, "version": version + 1}))
		if err != nil {
			return err
		}
		if err := record(tx, "person.left", person.ID, uuid.Nil, nil, map[string]any{"last_day": lastDay}); err != nil {
			return err
		}
		for _, forum := range forums {
			if err := announceSeats(tx, forum); err != nil {
				return err
			}
		}
		return nil
	})
}

func checkLeaving(tx db.Tx, person Person, lastDay clock.Date) error {
	if !person.EndedOn.IsZero() {
		return fault.New(fault.Conflict, "%s has already left.", person.Name)
	}
	var form fault.Form
	switch {
	case lastDay.IsZero():
		form.Add("last_day", "Enter their last day")
	case lastDay.After(tx.Today()):
		form.Add("last_day", "The last day must be today or earlier. Until then, end their seats one by one with the day they leave each")
	}
	if person.ID == tx.Actor.PersonID {
		form.Add("last_day", "You cannot end your own account. Ask another administrator to do it")
	} else if person.Administrator {
		var others int
		if err := tx.Raw(`select count(*) from person where administrator and ended_on is null and id <> ?`, person.ID).Scan(&others).Error; err != nil {
			return err
		}
		form.Require(others > 0, "last_day", person.Name+" is the only administrator. Make somebody else one first")
	}
	return form.Err()
}

// endPlaces ends every place a person has or is to have, and says on which forums.
func endPlaces(tx db.Tx, person Person, lastDay clock.Date) ([]uuid.UUID, error) {
	var held []SeatHolding
	if err := tx.Where("person_id = ? and (to_date is null or to_date > ?)", person.ID, lastDay).Order("id").Find(&held).Error; err != nil {
		return nil, err
	}
	var forums []uuid.UUID
	for _, h := range held {
		seat, err := SeatByID(tx, h.SeatID)
		if err != nil {
			return nil, err
		}
		forums = append(forums, seat.ForumID)
		holder := Holder{HoldingID: h.ID, SeatID: seat.ID, PersonID: h.PersonID, DeputyOrder: h.DeputyOrder, FromDate: h.FromDate, ToDate: h.ToDate, Version: h.Version}
		if h.FromDate.After(lastDay) {
			if err := db.RequireOne(tx.Where("id = ? and version = ?", h.ID, h.Version).Delete(&SeatHolding{})); err != nil {
				return nil, err
			}
			err = record(tx, "seat.holding_withdrawn", seat.ID, seat.ForumID, holder, nil)
		} else {
			err = endHolding(tx, seat, holder, lastDay)
		}
		if err != nil {
			return nil, err
		}
	}
	return forums, nil
}
