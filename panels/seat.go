package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// Seat is a place at a forum's table. It belongs to an agency, whoever holds it.
type Seat struct {
	ID                  uuid.UUID
	ForumID             uuid.UUID
	AgencyID            *uuid.UUID // nil: belongs to no agency, such as an independent chair
	Name                string     // "Adult social care team manager"
	Office              access.Office
	Standing            access.Standing
	Position            int   // order at the table
	DelegatedLimitPence int64 // pounds a year the holder may commit, in pence; above it a vote only recommends; 0 is no limit
	Version             int
}

// SeatHolding is who holds a seat, or deputises in it, from a day to a day. Changing the holder ends
// one holding and begins another, so past meetings keep theirs.
type SeatHolding struct {
	ID          uuid.UUID
	SeatID      uuid.UUID
	PersonID    uuid.UUID
	DeputyOrder int // 0 holds the seat; 1, 2 … are its named deputies in order
	FromDate    clock.Date
	ToDate      clock.Date // Not known: still held
	Version     int
}
