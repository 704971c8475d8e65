package letters

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/server/base/clock"
)

// AuthorisationKind is what an authorisation does.
type AuthorisationKind string

// The kinds.
const (
	NewPayment  AuthorisationKind = "new"
	Replacement AuthorisationKind = "replacement" // takes the place of an earlier one
	EndPayment  AuthorisationKind = "end"         // the agency pays no more
)

// Words is the kind as people say it.
func (k AuthorisationKind) Words() string {
	return map[AuthorisationKind]string{NewPayment: "New", Replacement: "Replacement", EndPayment: "End of payment"}[k]
}

// Authorisation is what one agency pays under one decision that binds. Once issued it never changes.
type Authorisation struct {
	ID               uuid.UUID
	Number           int64 `gorm:"->"` // the database counts them
	DecisionID       uuid.UUID
	ForumID          uuid.UUID
	AgencyID         uuid.UUID
	Kind             AuthorisationKind
	FollowsID        *uuid.UUID // the earlier one it names
	WeeklyPence      int64
	OneOffPence      int64
	StartOn          clock.Date
	EndOn            clock.Date
	ReviewOn         clock.Date
	WithoutPrejudice bool
	CommittedBy      *uuid.UUID // who gave the agency's position
	AuthorisedBy     *uuid.UUID // who authorised it
	RaisedAt         time.Time
	IssuedAt         *time.Time
	IssuedBy         *uuid.UUID
	Version          int
}

// TableName is funding_authorisation.
func (Authorisation) TableName() string { return "funding_authorisation" }

// AuthorisationReference is an authorisation's number as people see it, "F4001".
func AuthorisationReference(number int64) string { return fmt.Sprintf("F%d", number) }

// AuthorisationLine is what one kind of support comes to, and the code it is booked to.
type AuthorisationLine struct {
	AuthorisationID uuid.UUID
	Position        int
	Support         requests.LineKind // "" is the whole package
	WeeklyPence     int64
	OneOffPence     int64
	CostCode        string
}

// SupportWords is what the line pays for.
func (l AuthorisationLine) SupportWords() string { return supportWords(l.Support) }

func supportWords(kind requests.LineKind) string {
	if kind == "" {
		return "The whole package"
	}
	return kind.Words()
}

// AuthorisationRow is an authorisation with what its ids are called.
type AuthorisationRow struct {
	Authorisation
	Agency       string
	LegalBody    string
	Forum        string
	ForumSlug    string
	MeetingAt    time.Time
	ItemNumber   string
	CaseNumber   int64
	Follows      int64 // the number of the earlier one; 0 for none
	FollowedBy   int64 // of the one that came after; 0 for none
	FollowedByID *uuid.UUID
	Committed    string
	Authorised   string
	Issuer       string
	PaysProvider string              // the agency that pays the provider
	Lines        []AuthorisationLine `gorm:"-"`
}

// Reference is the authorisation's number as people see it.
func (r AuthorisationRow) Reference() string { return AuthorisationReference(r.Number) }

// Case is the case's number as people see it, or what stands in its place.
func (r AuthorisationRow) Case() string {
	if r.CaseNumber == 0 {
		return "Several young people"
	}
	return tracker.CaseReference(r.CaseNumber)
}

// Decision says where it was decided, as finance keeps it.
func (r AuthorisationRow) Decision() string {
	return r.Forum + ", " + clock.DateOf(r.MeetingAt).Long() + ", item " + r.ItemNumber
}
