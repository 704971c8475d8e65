package history

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// Decision is what a meeting held before Quorate concluded about a young person. It is a fact of
// record, brought from the partnership's own papers.
type Decision struct {
	ID          uuid.UUID
	ImportID    uuid.UUID
	MeetingID   uuid.UUID
	ForumID     uuid.UUID
	CaseID      uuid.UUID
	Item        string // tells two decisions of one meeting about one person apart
	Outcome     room.Outcome
	Words       string
	WeeklyPence *int64 // nil: Not known
	OneOffPence *int64
	ReviewOn    clock.Date
	Conditions  string
	BroughtBy   *uuid.UUID // nil: the product's own command line
	BroughtAt   time.Time
	Version     int
}

// TableName is brought_decision.
func (Decision) TableName() string { return "brought_decision" }

// Share is what one payer agreed to.
type Share struct {
	DecisionID  uuid.UUID
	AgencyID    uuid.UUID
	WeeklyPence int64
	OneOffPence int64
}

// TableName is brought_share.
func (Share) TableName() string { return "brought_share" }
