package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// VotingMethod is how positions reach the record.
type VotingMethod string

// The voting methods.
const (
	Spoken  VotingMethod = "spoken"  // the chair states the outcome, the clerk records each position
	Devices VotingMethod = "devices" // each member gives their agency's position on their own screen
)

// VotingRule is what it takes to agree.
type VotingRule string

// The voting rules.
const (
	Consensus      VotingRule = "consensus"
	SimpleMajority VotingRule = "simple_majority"
	TwoThirds      VotingRule = "two_thirds"
	FunderConsent  VotingRule = "funder_consent" // each funder consents to its own share; nobody is outvoted into paying
)

// Chairing is how a forum is chaired.
type Chairing string

// The ways of chairing.
const (
	OneChair       Chairing = "one"             // with a deputy
	TwoAlternating Chairing = "two_alternating" // two chairs, taking the meetings in turn
	TwoJointly     Chairing = "two_jointly"     // two chairs, both at every meeting
)

// LetterApproval is who approves a forum's letters before they go out.
type LetterApproval string

// The approvals.
const (
	ClerkApproves LetterApproval = "clerk" // or the chair
	ChairApproves LetterApproval = "chair" // alone
)

// Forum is a meeting body: a locality meeting, a funding panel, a board.
type Forum struct {
	ID           uuid.UUID
	Slug         string // in addresses: "mapac"
	Name         string
	Template     string // the shipped template it was made from
	Locality     string // "" when it covers every locality
	Board        bool   // a strategic board: sees aliases and age bands, never identities
	EscalatesTo  *uuid.UUID
	MailboxEmail string
	CreatedAt    time.Time
	Version      int
}

// StandingItem is a line that every agenda of a forum carries.
type StandingItem struct {
	Title   string `json:"title"`
	Minutes int    `json:"minutes"`
	After   bool   `json:"after"` // comes after the cases, requests and escalations
}

// Terms is one version of a forum's terms of reference. A meeting is judged by the version in force
// on its day.
type Terms struct {
	ID         uuid.UUID
	ForumID    uuid.UUID
	Number     int // 1, 2, 3 …
	InForceOn  clock.Date
	Purpose    string
	CreatedBy  uuid.UUID
	CreatedAt  time.Time
	ReviewDate clock.Date

	QuorumMembers  int          // how many deciding members must be there
	QuorumAgencies []AgencyKind `gorm:"serializer:json"` // kinds of agency that must be there; for funding, every funder asked to pay as well

	Chairing          Chairing `gorm:"default:one"`
	BothChairsConfirm bool     // a decision binds once each of two chairs has confirmed it

	VotingMethod        VotingMethod
	VotingRule          VotingRule
	CastingVote         bool // never applies to funder consent
	ByLegalBody         bool // funders of one legal body are counted as one: one position, and one of them there is enough
	Decides             bool // false: recommends to each agency's named officer
	PrivateDeliberation bool // presenters, observers and family leave for it
	ListMode            bool // walks down many names without votes

	Cadence         string // RFC 5545 RRULE without DTSTART: "FREQ=MONTHLY;BYDAY=2TU"
	StartTime       string // "09:30", Europe/London
	DurationMinutes int
	MinutesPerItem  int

	PapersDueDays  int // clear working days before the meeting
	AgendaOutDays  int // clear working days before the meeting
	MinutesOutDays int // working days after the meeting
	LetterDays     int // working days after a decision
	AnswerDays     int `gorm:"default:5"` // working days an agency has to endorse or authorise a decision
	ConfirmDays    int `gorm:"default:5"` // working days a member has to confirm or dispute a position written down for them

	LetterApproval LetterApproval `gorm:"default:clerk"`

	StandingItems []StandingItem `gorm:"serializer:json"` // on every agenda, in order

	ObserversMax            int
	EscalateAfterDays       int // calendar days a blocker may stay at a level
	FirstReviewMonths       int // months after the start at which an agreed package comes back
	WeeksPerYearThousandths int // one of WeeksPerYear: 52000, or 52143 where the forum counts 52.143 weeks a year
}

// TableName is terms_of_reference.
func (Terms) TableName() string { return "terms_of_reference" }

// WeeksPerYear are the ways of counting a year that terms of reference may choose, in thousandths of a week.
var WeeksPerYear = []int{52000, 52143}
