package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
)

// Vote is one run of a vote on an item. A re-run is another Vote; the first stays.
type Vote struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	ItemID      uuid.UUID
	Run         int
	Rule        panels.VotingRule
	Method      panels.VotingMethod
	ByLegalBody bool    // funders of one legal body gave one position together
	Outcome     Outcome // proposed
	Text        string
	StartOn     clock.Date
	EndOn       clock.Date
	ReviewOn    clock.Date
	Provisional bool // opened without quorum
	OpenedAt    time.Time
	OpenedBy    uuid.UUID
	ClosedAt    *time.Time
	ClosedBy    *uuid.UUID

	// As it stood at the close; empty before.
	Quorate bool
	Quorum  string
	Counted string // who made the quorum up, and for whom
	Carried bool
	Tied    bool
	Result  string
	Voters  []Voter `gorm:"serializer:json"`

	ItemNumber string      `gorm:"->;-:migration"` // of the item on its agenda
	Shares     []VoteShare `gorm:"-"`
	Ballots    []Ballot    `gorm:"-"` // those that stand
}

// IsOpen reports whether positions may still be given.
func (v Vote) IsOpen() bool { return v.ClosedAt == nil }

// VoteShare is what one funder would pay if the proposal carries.
type VoteShare struct {
	VoteID           uuid.UUID
	AgencyID         uuid.UUID
	WeeklyPence      int64
	OneOffPence      int64
	WithoutPrejudice bool
	LegalBody        string `gorm:"->;-:migration"` // of the agency
}

// Ballot is one position given in a vote. It is never deleted: a change supersedes it.
type Ballot struct {
	ID             uuid.UUID
	VoteID         uuid.UUID
	VotesFor       uuid.UUID // the funder; under the other rules the member
	SeatID         uuid.UUID // or the guest's place
	PersonID       uuid.UUID
	Deputy         bool
	Position       Position
	Condition      string
	Reason         string
	CarriedFrom    *uuid.UUID // the ballot of an earlier run, where this funder's share has not changed
	Recommendation bool       // above the seat's delegated limit: binds nobody until authorised
	CastAt         time.Time
	RecordedBy     uuid.UUID
	SupersededAt   *time.Time

	AnswerBy   clock.Date // written down by somebody else: until when the person may answer; else Not known
	Disputed   bool       // what they said of it last
	AnswerText string     // disputed: what they say that they said
	AnsweredAt *time.Time // nil: they have not answered
}

// writtenDown reports whether somebody else wrote the position down.
func (b Ballot) writtenDown() bool { return b.RecordedBy != b.PersonID }

// Voter is one position a vote asks for, and who can give it now. It is kept with a closed vote, so
// its JSON names are for good.
type Voter struct {
	For      uuid.UUID `json:"for"` // the funder; under the other rules the member
	Name     string    `json:"name"`
	SeatID   uuid.UUID `json:"seat_id"`
	PersonID uuid.UUID `json:"person_id"` // nil when nobody who may is here
	Person   string    `json:"person"`
	Deputy   bool      `json:"deputy"`
	Absent   string    `json:"absent"` // why nobody can give it now, in words
}

func (v Vote) split() []Share {
	split := make([]Share, len(v.Shares))
	for i, share := range v.Shares {
		split[i] = Share{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, WithoutPrejudice: share.WithoutPrejudice}
	}
	return split
}

// fromSeat finds the ballot that stands for whoever sat in a seat.
func (v Vote) fromSeat(seatID uuid.UUID) (Ballot, bool) {
	for _, ballot := range v.Ballots {
		if ballot.SeatID == seatID {
			return ballot, true
		}
	}
	return Ballot{}, false
}

// standing finds the ballot that stands for a funder or member.
func (v Vote) standing(votesFor uuid.UUID) (Ballot, bool) {
	for _, ballot := range v.Ballots {
		if ballot.VotesFor == votesFor {
			return ballot, true
		}
	}
	return Ballot{}, false
}
