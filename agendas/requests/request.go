package requests

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// State is where a request has got to.
type State string

// The states of a request.
const (
	Draft     State = "draft"     // its presenter is still writing it
	Submitted State = "submitted" // waits for the panel's clerk
	Returned  State = "returned"  // back with its presenter, with questions
	Tabled    State = "tabled"    // on a meeting's agenda
	Decided   State = "decided"
)

var stateWords = map[State]string{
	Draft: "Draft", Submitted: "Submitted", Returned: "Returned with questions", Tabled: "Tabled", Decided: "Decided",
}

// Words is the state as people read it.
func (s State) Words() string { return stateWords[s] }

// Request asks a panel to fund what a young person needs. What is already owed in law is named, so
// that the panel decides how it is met and who pays, never whether.
type Request struct {
	ID          uuid.UUID
	Number      int64 `gorm:"default:nextval('request_number')"`
	CaseID      uuid.UUID
	ForumID     uuid.UUID // the panel asked
	SubmittedBy uuid.UUID // the presenter
	State       State

	Need              string
	Outcomes          string
	OptionsConsidered string
	AlreadyOwed       string // EHCP sections F, G and H1; eligible needs; section 117; an order
	WeeklyPence       int64
	OneOffPence       int64
	StartsOn          clock.Date
	EndsOn            clock.Date // Not known: goes on
	ReviewOn          clock.Date

	Questions   string     // asked when it was returned
	MeetingID   *uuid.UUID // where it is tabled
	CreatedAt   time.Time
	SubmittedAt *time.Time
	DecidedAt   *time.Time
	Version     int
}

// TableName is funding_request.
func (Request) TableName() string { return "funding_request" }

// Reference is the request's number as people see it, "R2001".
func (r Request) Reference() string { return Reference(r.Number) }

// Reference writes a request's number as people see it.
func Reference(number int64) string { return fmt.Sprintf("R%d", number) }

// IsPresenters reports whether the request is with its presenter, to write or to mend.
func (r Request) IsPresenters() bool { return r.State == Draft || r.State == Returned }

// Share is what one funder is asked to pay.
type Share struct {
	RequestID   uuid.UUID
	AgencyID    uuid.UUID
	WeeklyPence int64
	OneOffPence int64
}

// TableName is request_share.
func (Share) TableName() string { return "request_share" }
