package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MoveDeputy moves a named deputy one place up or down among the seat's deputies, from today. Past
// meetings keep the order they had, so places that began before today end and begin anew.
func (s Store) MoveDeputy(ctx context.Context, actor access.Actor, holdingID uuid.UUID, version int, up bool) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var holding SeatHolding
		if err := tx.Where("id = ?", holdingID).Take(&holding).Error; err != nil {
			return orNotFound(err, "There is no such place in a seat.")
		}
		seat, err := SeatByID(tx, holding.SeatID)
		if err != nil {
			return err
		}
		if err := actor.Check(access.FillSeats, seat.ForumID); err != nil {
			return err
		}
		if err := lockForum(tx, seat.ForumID); err != nil {
			return err
		}
		deputies, err := deputiesOn(tx, seat, tx.Today())
		if err != nil {
			return err
		}
		at := -1
		for i, deputy := range deputies {
			if deputy.HoldingID == holdingID {
				at = i
			}
		}
		with := at + 1
		if up {
			with = at - 1
		}
		switch {
		case at < 0:
			return fault.New(fault.Conflict, "Only a deputy of today can be moved.")
		case deputies[at].Version != version:
			return fault.New(fault.Stale, "Somebody else changed this seat while you were working. Look at it as it is now, then make your change again.")
		case with < 0 || with >= len(deputies):
			return nil // already first, or last
		}
		one, other := deputies[at], deputies[with]
		if err := placeAnew(tx, seat, one, other.DeputyOrder); err != nil {
			return err
		}
		if err := placeAnew(tx, seat, other, one.DeputyOrder); err != nil {
			return err
		}
		return announceSeats(tx, seat.ForumID)
	})
}

func deputiesOn(tx db.Tx, seat Seat, on clock.Date) ([]Holder, error) {
	seats, err := SeatsOn(tx, seat.ForumID, on)
	for _, around := range seats {
		if around.ID == seat.ID {
			return around.Deputies(), err
		}
	}
	return nil, err
}

// placeAnew gives a deputy another place in the order from today on.
func placeAnew(tx db.Tx, seat Seat, deputy Holder, order int) error {
	today := tx.Today()
	if deputy.FromDate.Before(today) {
		if err := endHolding(tx, seat, deputy, today.AddDays(-1)); err != nil {
			return err
		}
		anew := SeatHolding{ID: newID(), SeatID: seat.ID, PersonID: deputy.PersonID, DeputyOrder: order, FromDate: today, ToDate: deputy.ToDate, Version: 1}
		if err := tx.Create(&anew).Error; err != nil {
			return err
		}
		return record(tx, "seat.deputy_moved", seat.ID, seat.ForumID, deputy, anew)
	}
	err := db.RequireOne(tx.Model(&SeatHolding{}).Where("id = ? and version = ?", deputy.HoldingID, deputy.Version).
		Updates(map[string]any{"deputy_order": order, "version": deputy.Version + 1}))
	if err != nil {
		return err
	}
	return record(tx, "seat.deputy_moved", seat.ID, seat.ForumID, deputy, map[string]any{"holding": deputy.HoldingID, "deputy_order": order})
}
