package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// VacateSeat ends a holding after its last day. The seat stays empty until somebody fills it. What the
// person owns on that forum passes on at once, as handing says.
func (s Store) VacateSeat(ctx context.Context, actor access.Actor, holdingID uuid.UUID, version int, lastDay clock.Date, handing Handing) error {
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
		var form fault.Form
		form.Require(!lastDay.IsZero(), "to", "Enter the last day")
		form.Require(lastDay.IsZero() || !lastDay.Before(tx.Today().AddDays(-1)), "to", "The last day must be yesterday or later: past meetings keep who sat where")
		form.Require(lastDay.IsZero() || !lastDay.Before(holding.FromDate), "to", "The last day must be on or after the first, "+holding.FromDate.Long())
		if err := form.Err(); err != nil {
			return err
		}
		err = endHolding(tx, seat, Holder{
			HoldingID: holding.ID, SeatID: seat.ID, PersonID: holding.PersonID, DeputyOrder: holding.DeputyOrder,
			FromDate: holding.FromDate, ToDate: holding.ToDate, Version: version,
		}, lastDay)
		if err != nil {
			return err
		}
		person, err := PersonByID(tx, holding.PersonID)
		if err != nil {
			return err
		}
		if err := s.handOver(tx, person, seat.ForumID, false, handing); err != nil {
			return err
		}
		return announceSeats(tx, seat.ForumID)
	})
}

func endHolding(tx db.Tx, seat Seat, held Holder, lastDay clock.Date) error {
	err := db.RequireOne(tx.Model(&SeatHolding{}).Where("id = ? and version = ?", held.HoldingID, held.Version).
		Updates(map[string]any{"to_date": lastDay, "version": held.Version + 1}))
	if err != nil {
		return err
	}
	return record(tx, "seat.holding_ended", seat.ID, seat.ForumID,
		map[string]any{"holding": held.HoldingID, "person": held.PersonID, "to_date": held.ToDate},
		map[string]any{"holding": held.HoldingID, "person": held.PersonID, "to_date": lastDay})
}
