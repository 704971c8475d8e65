package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ArrangeSeat adds a seat to a forum's table when seat.ID is uuid.Nil, else changes the seat of that
// id and version. A seat's past is kept: who held it stays as it was.
func (s Store) ArrangeSeat(ctx context.Context, actor access.Actor, seat Seat) (Seat, error) {
	seat.Name = strings.TrimSpace(seat.Name)
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, seat.ForumID); err != nil {
			return err
		}
		if err := lockForum(tx, seat.ForumID); err != nil {
			return err
		}
		if err := checkSeat(tx, seat); err != nil {
			return err
		}
		table, err := SeatsOn(tx, seat.ForumID, tx.Today())
		if err != nil {
			return err
		}
		if seat.ID == uuid.Nil {
			seat.ID, seat.Version, seat.Position = newID(), 1, 1
			if len(table) > 0 {
				seat.Position = table[len(table)-1].Position + 1
			}
			if err := tx.Create(&seat).Error; err != nil {
				return err
			}
			return record(tx, "seat.added", seat.ID, seat.ForumID, nil, seat)
		}
		before, err := SeatByID(tx, seat.ID)
		if err != nil {
			return err
		}
		if before.ForumID != seat.ForumID {
			return fault.New(fault.NotFound, "There is no such seat.")
		}
		seat.Position = before.Position
		err = db.RequireOne(tx.Model(&Seat{}).Where("id = ? and version = ?", seat.ID, seat.Version).Updates(map[string]any{
			"agency_id": seat.AgencyID, "name": seat.Name, "office": seat.Office, "standing": seat.Standing,
			"delegated_limit_pence": seat.DelegatedLimitPence, "version": seat.Version + 1,
		}))
		if err != nil {
			return err
		}
		seat.Version++
		return record(tx, "seat.changed", seat.ID, seat.ForumID, before, seat)
	})
	return seat, err
}

func checkSeat(tx db.Tx, seat Seat) error {
	var form fault.Form
	form.Require(seat.Name != "", "name", "Enter what the seat is called, like Adult social care")
	form.Require(len(seat.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
	switch seat.Office {
	case access.Chair, access.DeputyChair, access.Clerk, access.Member:
	default:
		form.Add("office", "Choose chair, deputy chair, clerk or member")
	}
	switch seat.Standing {
	case access.Deciding, access.Advisory, access.InAttendance:
	default:
		form.Add("standing", "Choose deciding, advisory or in attendance")
	}
	form.Require(seat.Office != access.Clerk || seat.Standing == access.InAttendance, "standing", "A clerk does not vote: choose in attendance")
	form.Require(seat.DelegatedLimitPence >= 0, "delegated_limit", "Enter an amount a year, like 50000")
	if seat.AgencyID != nil {
		if _, err := AgencyByID(tx, *seat.AgencyID); fault.Is(err, fault.NotFound) {
			form.Add("agency", "Choose one of the partnership’s agencies")
		} else if err != nil {
			return err
		}
	}
	return form.Err()
}
