// Package escalations keeps what is stuck: who owns it, how long it has waited, how it climbs to the board, and what the board answers.
package escalations

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Kind is what sort of thing stops a case, or many cases.
type Kind string

// The kinds of blocker.
const (
	FundingDispute     Kind = "funding_dispute"
	Housing            Kind = "housing"
	Provider           Kind = "provider"
	CHCEligibility     Kind = "chc_eligibility"
	AssessmentCapacity Kind = "assessment_capacity"
	DataOrConsent      Kind = "data_or_consent"
	CourtDelay         Kind = "court_delay"
	Other              Kind = "other"
)

// Kinds are the kinds in the order a form offers them.
var Kinds = []Kind{FundingDispute, Housing, Provider, CHCEligibility, AssessmentCapacity, DataOrConsent, CourtDelay, Other}

var kindWords = map[Kind]string{
	FundingDispute: "Funding dispute", Housing: "No suitable housing", Provider: "No provider",
	CHCEligibility: "NHS continuing health care eligibility", AssessmentCapacity: "Assessment capacity",
	DataOrConsent: "Data or consent", CourtDelay: "Court delay", Other: "Other",
}

// Words is the kind as people say it, "" for one that does not exist.
func (k Kind) Words() string { return kindWords[k] }

// State says whether a blocker still stops anything.
type State string

// The states of a blocker.
const (
	Open     State = "open"
	Resolved State = "resolved"
)

// Blocker is what stops a case, or many cases with one cause. It has an owner, a level and a clock.
type Blocker struct {
	ID             uuid.UUID
	Number         int64     `gorm:"->"` // the product's own number, safe in mail and addresses: B14
	ForumID        uuid.UUID // where it was raised and is resolved
	MeetingID      *uuid.UUID
	ItemID         *uuid.UUID
	CaseID         *uuid.UUID // nil: many cases with one cause, or a theme that names none
	RequestID      *uuid.UUID
	Kind           Kind
	Theme          string // what a board groups by; read by the board, so no names and no references
	Needed         string // what would free it; read by the board, so no names and no references
	Details        string // case content, for the forum alone
	OwnerID        uuid.UUID
	NeededBy       clock.Date
	WeeklyPence    *int64 // what is at stake a week; nil: Not known
	YoungPeople    int
	LinkedForumID  *uuid.UUID
	Level          LevelKey
	LevelName      string
	LevelForumID   *uuid.UUID // the forum that holds it now; nil at a level held by a person
	LevelPersonID  *uuid.UUID // who holds it at a level held by a person
	LevelSince     clock.Date
	LevelDays      int // calendar days it may stay there
	Stay           int // 1 for the first level it stood at, then 2, 3 …
	State          State
	Resolution     string
	RaisedBy       *uuid.UUID // nil: raised by rule
	RaisedAt       time.Time
	ResolvedAt     *time.Time
	AcknowledgeBy  clock.Date // the last working day for whoever holds the level to say that they have it
	AcknowledgedBy *uuid.UUID
	AcknowledgedAt *time.Time
	RemindedOn     clock.Date // when they were last reminded to
	SnoozedUntil   clock.Date // nothing moves it before; it ends by itself
	SnoozeReason   string
	JoinedInto     *uuid.UUID // the one of the same cause that goes on in its place
	SplitFrom      *uuid.UUID // the one it was part of
	Version        int
}

// TableName is blocker.
func (Blocker) TableName() string { return "blocker" }

// Reference is the blocker's number as people see it, "B14".
func (b Blocker) Reference() string { return Reference(b.Number) }

// Reference writes a blocker's number as people see it.
func Reference(number int64) string { return fmt.Sprintf("B%d", number) }

// StepKind is what happened to a blocker.
type StepKind string

// The kinds of step in a blocker's story.
const (
	StepRaised    StepKind = "raised"
	StepRisen     StepKind = "risen" // by rule
	StepMoved     StepKind = "moved" // because the chair said so
	StepAnswered  StepKind = "answered"
	StepAskedBack StepKind = "asked_back" // the board asks for more before it answers
	StepReplied   StepKind = "replied"    // to the board's question
	StepReported  StepKind = "reported"   // what became of the board's answer
	StepReturned  StepKind = "returned"   // to the board: its answer had no effect by its date
	StepChased    StepKind = "chased"
	StepPassedOn  StepKind = "passed_on" // to another owner
	StepJoined    StepKind = "joined"    // with another of the same cause, or a case joined it
	StepSplit     StepKind = "split"     // some of its cases became a blocker of their own
	StepResolved  StepKind = "resolved"

	StepAcknowledged StepKind = "acknowledged" // by whoever holds the level
	StepRaisedAgain  StepKind = "raised_again" // by rule, at the highest level there is
	StepSnoozed      StepKind = "snoozed"
	StepWoken        StepKind = "woken"  // a snooze has ended
	StepLadder       StepKind = "ladder" // the ladder under it changed

	StepDisputed StepKind = "disputed" // agencies do not agree
	StepStated   StepKind = "stated"   // an agency's position
	StepInterim  StepKind = "interim"  // who pays meanwhile
	StepSettled  StepKind = "settled"  // the dispute has ended
)

// Step is one line of a blocker's story, in words. It is never changed.
type Step struct {
	ID         uuid.UUID
	BlockerID  uuid.UUID
	Number     int
	Kind       StepKind
	FromLevel  string // as named then
	ToLevel    string
	Rule       Rule   // "" when a person acted
	Words      string // why, with the rule and the dates; the forum's eyes only
	BoardWords string // the same for a board: no birthdays, no names
	HappenedOn clock.Date
	At         time.Time
	ByPerson   *uuid.UUID
}

// TableName is blocker_step.
func (Step) TableName() string { return "blocker_step" }

// AskState is whether a board has answered what was asked of it.
type AskState string

// The states of an escalation.
const (
	Waiting   AskState = "waiting"
	Answered  AskState = "answered"
	NotAgreed AskState = "not_agreed"
	Withdrawn AskState = "resolved" // resolved, or taken back, before the board answered
)

// Escalation is a blocker that has reached its board.
type Escalation struct {
	ID          uuid.UUID
	BlockerID   uuid.UUID
	BoardID     uuid.UUID
	Stay        int // the blocker's stay at the board's level
	AskedAt     time.Time
	ReachedOn   clock.Date
	AnswerDueOn clock.Date
	State       AskState
	ChasedOn    clock.Date
	FollowsID   *uuid.UUID // the one whose answer had no effect by its date
	Version     int
}

// TableName is escalation.
func (Escalation) TableName() string { return "escalation" }

// Answer is what a board said: a direction with an owner and a date, or "not agreed, because".
type Answer struct {
	ID           uuid.UUID
	EscalationID uuid.UUID
	Agreed       bool
	Direction    string
	OwnerID      *uuid.UUID
	ActBy        clock.Date
	Reason       string
	AnsweredBy   uuid.UUID
	AnsweredFor  *uuid.UUID // in whose name a delegate answered
	AnsweredAt   time.Time
	MeetingID    *uuid.UUID // in whose room it was given
	LookOn       clock.Date // without effect by then, it comes back to the board
	ChasedOn     clock.Date
}

// TableName is board_answer.
func (Answer) TableName() string { return "board_answer" }
