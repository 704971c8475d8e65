// Package access says who is acting and what each role may do: nothing, unless a seat or a role allows it.
package access

import "github.com/google/uuid"

// Office is what a seat is for in its forum.
type Office string

// The offices of a forum.
const (
	Chair       Office = "chair"
	DeputyChair Office = "deputy_chair"
	Clerk       Office = "clerk"
	Member      Office = "member"
)

// Standing says how far a seat takes part in decisions.
type Standing string

// The standings of a seat.
const (
	Deciding     Standing = "deciding"
	Advisory     Standing = "advisory"
	InAttendance Standing = "in_attendance"
)

// Seat is a place in a forum that the actor holds today, as holder or as named deputy.
type Seat struct {
	SeatID   uuid.UUID
	ForumID  uuid.UUID
	AgencyID uuid.UUID // uuid.Nil for a seat that belongs to no agency, such as an independent chair
	Office   Office
	Standing Standing
	Board    bool   // the forum is a strategic board: its members never see identities
	Locality string // the forum's locality, "" when it covers all
	Forum    string // the forum's name
	Deputy   bool   // held as a named deputy
}

// Guest is a place for one item of one meeting, for somebody whose agency has no seat on the forum. It
// opens the door to the room; what is behind it, the room decides item by item.
type Guest struct {
	ForumID   uuid.UUID
	MeetingID uuid.UUID
	ItemID    uuid.UUID
	Family    bool // a young person at their own item, or who supports them: they speak for no agency
}

// Delegation lets somebody answer a board's escalations in the name of a member of it, for a time.
type Delegation struct {
	BoardID  uuid.UUID
	MemberID uuid.UUID // in whose name
	Member   string    // the member's name
}

// Actor is a person, or a named job of the system, on whose authority something is read or changed.
type Actor struct {
	PersonID      uuid.UUID // uuid.Nil when System is set, or when signed out
	System        string    // the job's name: "import", "escalation"
	Name          string
	AgencyID      uuid.UUID
	Outside       bool // works for an agency that is not of the partnership
	Administrator bool
	Auditor       bool
	Presenter     bool // may bring cases and funding requests
	Seats         []Seat
	Guests        []Guest     // where they are or were a guest
	OfficerOf     []uuid.UUID // the agencies whose authorising officer they are
	Delegations   []Delegation
}

// System is the actor for a job of the product itself.
func System(job string) Actor { return Actor{System: job, Name: "Quorate"} }

// SignedOut is nobody.
var SignedOut = Actor{}

// IsPerson reports whether somebody is signed in.
func (a Actor) IsPerson() bool { return a.PersonID != uuid.Nil }

// IsKnown reports whether the actor is a person or a system job.
func (a Actor) IsKnown() bool { return a.IsPerson() || a.System != "" }

// String names the actor for logs and audit: never by name.
func (a Actor) String() string {
	switch {
	case a.System != "":
		return "system:" + a.System
	case a.IsPerson():
		return "person:" + a.PersonID.String()
	default:
		return "signed out"
	}
}

// SeatsOn lists the actor's seats on a forum.
func (a Actor) SeatsOn(forumID uuid.UUID) []Seat {
	var seats []Seat
	for _, s := range a.Seats {
		if s.ForumID == forumID {
			seats = append(seats, s)
		}
	}
	return seats
}

// Holds reports whether the actor holds any of the offices on the forum.
func (a Actor) Holds(forumID uuid.UUID, offices ...Office) bool {
	for _, s := range a.Seats {
		if s.ForumID != forumID {
			continue
		}
		for _, office := range offices {
			if s.Office == office {
				return true
			}
		}
	}
	return false
}

// DelegationsOn lists in whose names the actor may answer for a board today.
func (a Actor) DelegationsOn(boardID uuid.UUID) []Delegation {
	var list []Delegation
	for _, d := range a.Delegations {
		if d.BoardID == boardID {
			list = append(list, d)
		}
	}
	return list
}

// OffBoards is the actor without their seats on strategic boards: what they may do among cases.
func (a Actor) OffBoards() Actor {
	var seats []Seat
	for _, s := range a.Seats {
		if !s.Board {
			seats = append(seats, s)
		}
	}
	a.Seats = seats
	return a
}
