package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewHolding asks that a person hold a seat, or deputise in it.
type NewHolding struct {
	SeatID      uuid.UUID
	PersonID    uuid.UUID
	DeputyOrder int        // 0 holds the seat; 1 is the first deputy, 2 the second …
	From        clock.Date // Not known: today
	To          clock.Date // Not known: until further notice
	Handing     Handing    // who takes over what whoever loses the place owns on that forum
}

// FillSeat gives a seat's place to a person from a day. Whoever had that place before leaves it the
// day before, and has it back after wanted.To when that is known; their past in it stays, so past
// meetings keep who sat where. Nobody but an administrator seats themselves: a clerk would give
// themselves a vote. What somebody who does not come back owns on the forum passes on at once.
func (s Store) FillSeat(ctx context.Context, actor access.Actor, wanted NewHolding) (holding SeatHolding, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		seat, err := SeatByID(tx, wanted.SeatID)
		if err != nil {
			return err
		}
		if err := actor.Check(access.FillSeats, seat.ForumID); err != nil {
			return err
		}
		if wanted.PersonID == actor.PersonID && !actor.Administrator {
			return fault.New(fault.Denied, "You cannot give yourself a seat. Ask an administrator to do it.")
		}
		if err := lockForum(tx, seat.ForumID); err != nil {
			return err
		}
		if wanted.From.IsZero() {
			wanted.From = tx.Today()
		}
		if err := checkHolding(tx, wanted); err != nil {
			return err
		}
		others, err := Holdings(tx, seat.ID)
		if err != nil {
			return err
		}
		for _, other := range others {
			if err := s.giveWay(tx, seat, other, wanted); err != nil {
				return err
			}
		}
		holding = SeatHolding{
			ID: newID(), SeatID: seat.ID, PersonID: wanted.PersonID, DeputyOrder: wanted.DeputyOrder,
			FromDate: wanted.From, ToDate: wanted.To, Version: 1,
		}
		if err := tx.Create(&holding).Error; err != nil {
			return err
		}
		if err := record(tx, "seat.filled", seat.ID, seat.ForumID, nil, holding); err != nil {
			return err
		}
		return announceSeats(tx, seat.ForumID)
	})
	return holding, err
}

func checkHolding(tx db.Tx, wanted NewHolding) error {
	var form fault.Form
	person, err := PersonByID(tx, wanted.PersonID)
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add("person", "Choose a person")
	case err != nil:
		return err
	case person.HasLeft(wanted.From):
		form.Add("person", "%s has left. Choose somebody else", person.Name)
	}
	form.Require(wanted.DeputyOrder >= 0 && wanted.DeputyOrder <= 9, "deputy_order", "Choose holder, or deputy 1 to 9")
	form.Require(wanted.To.IsZero() || !wanted.To.Before(wanted.From), "to", "The last day must be on or after the first")
	return form.Err()
}

// giveWay ends what another holding of the seat has in common with the wanted one, or says why it
// cannot be ended.
func (s Store) giveWay(tx db.Tx, seat Seat, other Holder, wanted NewHolding) error {
	overlaps := (other.ToDate.IsZero() || !other.ToDate.Before(wanted.From)) && (wanted.To.IsZero() || !other.FromDate.After(wanted.To))
	if !overlaps {
		return nil
	}
	samePlace := other.DeputyOrder == wanted.DeputyOrder
	switch {
	case other.PersonID == wanted.PersonID && samePlace:
		return formError("person", other.Name+" already has this place from "+other.FromDate.Long()+".")
	case other.PersonID == wanted.PersonID:
		return formError("person", other.Name+" already has a place in this seat at that time. End that place first, or choose somebody else.")
	case !samePlace:
		return nil
	case wanted.From.Before(tx.Today()):
		return formError("from", other.Name+" had this place then, and past meetings keep who sat where. Enter today or a later day.")
	case other.FromDate.After(wanted.From):
		return formError("to", other.Name+" has this place from "+other.FromDate.Long()+". Enter a last day before that.")
	case other.FromDate == wanted.From:
		// It begins today or later, so nobody has sat by it yet: the new holding takes its place.
		err := db.RequireOne(tx.Where("id = ? and version = ?", other.HoldingID, other.Version).Delete(&SeatHolding{}))
		if err != nil {
			return err
		}
		if err := record(tx, "seat.holding_withdrawn", seat.ID, seat.ForumID, other, nil); err != nil {
			return err
		}
	default:
		if err := endHolding(tx, seat, other, wanted.From.AddDays(-1)); err != nil {
			return err
		}
		if err := comeBack(tx, seat, other, wanted.To); err != nil {
			return err
		}
	}
	if !losesPlace(tx, other, wanted) {
		return nil
	}
	person, err := PersonByID(tx, other.PersonID)
	if err != nil {
		return err
	}
	return s.handOver(tx, person, seat.ForumID, false, wanted.Handing)
}

// losesPlace reports whether whoever has the place today would not have it back: somebody who is
// covered until a day keeps what they own.
func losesPlace(tx db.Tx, other Holder, wanted NewHolding) bool {
	return !other.FromDate.After(tx.Today()) && !comesBack(other, wanted.To)
}

func comesBack(before Holder, coverEnds clock.Date) bool {
	return !coverEnds.IsZero() && before.ToDate != coverEnds && (before.ToDate.IsZero() || before.ToDate.After(coverEnds))
}

// comeBack gives the place back after a cover that has a last day.
func comeBack(tx db.Tx, seat Seat, before Holder, coverEnds clock.Date) error {
	if !comesBack(before, coverEnds) {
		return nil
	}
	again := SeatHolding{
		ID: newID(), SeatID: seat.ID, PersonID: before.PersonID, DeputyOrder: before.DeputyOrder,
		FromDate: coverEnds.AddDays(1), ToDate: before.ToDate, Version: 1,
	}
	if err := tx.Create(&again).Error; err != nil {
		return err
	}
	return record(tx, "seat.filled", seat.ID, seat.ForumID, nil, again)
}
