package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// HandoverPage is what is asked before somebody leaves a seat, or the partnership.
type HandoverPage struct {
	From    Person
	Forum   Forum     // the seat's; the zero Forum when they leave the partnership
	Seat    TableSeat // as it is today
	Holding Holder    // the place that ends
	Things  []Owned   // each with the new owner that suggests itself
	People  []Person  // who may take things over
	Places  []string  // when they leave the partnership: the places that end
	Today   clock.Date
}

// ShowEnding is what is asked before a place in a seat ends. successor is whoever takes the place, or
// uuid.Nil.
func (s Store) ShowEnding(tx db.Tx, holdingID, successor uuid.UUID) (page HandoverPage, err error) {
	var holding SeatHolding
	if err := tx.Where("id = ?", holdingID).Take(&holding).Error; err != nil {
		return page, orNotFound(err, "There is no such place in a seat.")
	}
	seat, err := SeatByID(tx, holding.SeatID)
	if err != nil {
		return page, err
	}
	if err := tx.Actor.Check(access.FillSeats, seat.ForumID); err != nil {
		return page, err
	}
	if page.Forum, err = ForumByID(tx, seat.ForumID); err != nil {
		return page, err
	}
	if page, err = s.handoverOf(tx, page, holding.PersonID, seat.ForumID); err != nil {
		return page, err
	}
	seats, err := SeatsOn(tx, seat.ForumID, page.Today)
	if err != nil {
		return page, err
	}
	page.Seat = TableSeat{Seat: seat}
	for _, around := range seats {
		if around.ID == seat.ID {
			page.Seat = around
		}
	}
	page.Holding = Holder{
		HoldingID: holding.ID, SeatID: seat.ID, PersonID: holding.PersonID, Name: page.From.Name, DeputyOrder: holding.DeputyOrder,
		FromDate: holding.FromDate, ToDate: holding.ToDate, Version: holding.Version,
	}
	if successor == uuid.Nil {
		successor = nextInSeat(page.Seat, holding.PersonID)
	}
	for i := range page.Things {
		page.Things[i].Suggested = successor
	}
	return page, nil
}

// ShowLeaving is what is asked before somebody leaves the partnership.
func (s Store) ShowLeaving(tx db.Tx, personID uuid.UUID) (page HandoverPage, err error) {
	if err := tx.Actor.Check(access.ManagePeople, uuid.Nil); err != nil {
		return page, err
	}
	if page, err = s.handoverOf(tx, page, personID, uuid.Nil); err != nil {
		return page, err
	}
	held, err := seatsHeldBy(tx, []uuid.UUID{personID}, page.Today)
	if err != nil {
		return page, err
	}
	next := map[uuid.UUID]uuid.UUID{} // by forum
	for _, place := range held[personID] {
		seats, err := SeatsOn(tx, place.ForumID, page.Today)
		if err != nil {
			return page, err
		}
		for _, seat := range seats {
			if seat.ID == place.SeatID {
				page.Places = append(page.Places, seat.Name+", "+place.Forum)
				if next[place.ForumID] == uuid.Nil {
					next[place.ForumID] = nextInSeat(seat, personID)
				}
			}
		}
	}
	for i := range page.Things {
		page.Things[i].Suggested = next[page.Things[i].ForumID]
	}
	return page, nil
}

func (s Store) handoverOf(tx db.Tx, page HandoverPage, person, forum uuid.UUID) (_ HandoverPage, err error) {
	page.Today = tx.Today()
	if page.From, err = PersonByID(tx, person); err != nil {
		return page, err
	}
	if page.Things, err = s.owned(tx, person, forum); err != nil {
		return page, err
	}
	page.People, err = People(tx)
	return page, err
}

// nextInSeat is whoever takes over by custom: the first deputy after a holder, the holder after a deputy.
func nextInSeat(seat TableSeat, leaving uuid.UUID) uuid.UUID {
	for _, holder := range seat.Holders {
		if holder.PersonID != leaving {
			return holder.PersonID
		}
	}
	return uuid.Nil
}

// Replaces finds whoever would lose their place to the wanted holding and not have it back; the zero
// Holder when nobody would.
func Replaces(tx db.Tx, wanted NewHolding) (Holder, error) {
	if wanted.From.IsZero() {
		wanted.From = tx.Today()
	}
	holders, err := Holdings(tx, wanted.SeatID)
	for _, other := range holders {
		overlaps := (other.ToDate.IsZero() || !other.ToDate.Before(wanted.From)) && (wanted.To.IsZero() || !other.FromDate.After(wanted.To))
		if overlaps && other.DeputyOrder == wanted.DeputyOrder && other.PersonID != wanted.PersonID && losesPlace(tx, other, wanted) {
			return other, err
		}
	}
	return Holder{}, err
}
