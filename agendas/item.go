// Package agendas says what a meeting will discuss, and why each line is there.
package agendas

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// ItemKind is what an agenda item is about.
type ItemKind string

// The kinds of item.
const (
	StandingItem   ItemKind = "standing"   // welcome, declarations of interests, minutes …
	CaseItem       ItemKind = "case"       // a young person
	RequestItem    ItemKind = "request"    // a funding request
	AnswerItem     ItemKind = "answer"     // what the board answered
	EscalationItem ItemKind = "escalation" // on a board's agenda: what was escalated to it
	RatifyItem     ItemKind = "ratify"     // a decision taken between meetings
)

// ItemState says whether an item is on the agenda.
type ItemState string

// The states of an item.
const (
	Listed   ItemState = "listed"
	Removed  ItemState = "removed"   // taken out while the agenda was a draft, with a reason
	PutOver  ItemState = "put_over"  // there is no time for it: it comes to the next meeting
	TakenOff ItemState = "taken_off" // pulled after publication; keeps its number
)

// Reason is why a case is on an agenda: the rule, the date behind it, the days left, the law or policy.
// It is written when the item is added or the draft rebuilt, and kept as it was when published.
type Reason struct {
	Rule     string     `json:"rule"`      // the rule's key, or "deferred", "review", "action", "answer"
	Text     string     `json:"text"`      // "No Care Act assessment; 17½ on 4 March 2027"
	On       clock.Date `json:"on"`        // the date it turns on
	DaysLeft int        `json:"days_left"` // to that date from the meeting's day; negative is overdue
	Law      string     `json:"law"`       // "Care Act 2014, section 58"
}

// Nears reports whether the date behind the reason is ahead and within the year in which each day counts,
// as Urgency counts them. A rule gives its own notice, in days or months; one that lists a case for years
// before its date, as for the cost of a placement, watches it until then.
func (r Reason) Nears() bool { return !r.On.IsZero() && r.DaysLeft > 0 && r.DaysLeft <= yearAhead }

// Item is one line of a meeting's agenda.
type Item struct {
	ID            uuid.UUID
	MeetingID     uuid.UUID
	Number        string // given at publication and kept from then on: "5", "5a"
	Position      int
	Kind          ItemKind
	Title         string // for standing items and ratifications; a case's title is its case number, its name comes from the case
	CaseID        *uuid.UUID
	RequestID     *uuid.UUID
	EscalationID  *uuid.UUID // the escalation asked of a board, or whose answer has come home
	RatifiesID    *uuid.UUID // the decision taken between meetings that it puts before this one
	PresenterID   *uuid.UUID
	Minutes       int
	MinutesSet    bool // somebody chose the minutes; a rebuild keeps them
	Moved         bool // somebody chose its place; a rebuild keeps it
	State         ItemState
	RemovedReason string
	LateReason    string // why it was added after the agenda was published; "" when it was there in time
	Pinned        bool
	Urgency       int      // higher comes first
	Reasons       []Reason `gorm:"serializer:json"`
	CreatedAt     time.Time
	Version       int
}

// AboutMinutes reports whether an item is where a forum takes the minutes of its last meeting.
func (i Item) AboutMinutes() bool { return i.Kind == StandingItem && mentionsMinutes(i.Title) }

func mentionsMinutes(title string) bool { return strings.Contains(strings.ToLower(title), "minutes") }

// TableName is agenda_item.
func (Item) TableName() string { return "agenda_item" }

// Due is something that comes back to a forum on a date: a deferral, a review, an overdue action, an
// answer from the board. Whoever causes it calls PutDue in their own transaction; building an agenda reads it.
type Due struct {
	ID        uuid.UUID
	ForumID   uuid.UUID
	Kind      string     // "deferred", "referred", "review", "action", "answer", "request", "escalation", "ratify", "minutes", "condition" or "blocker"
	SourceID  uuid.UUID  // the decision, action or request; for an answer and an escalation, the escalation
	CaseID    *uuid.UUID // nil when it concerns no one case
	RequestID *uuid.UUID
	DueOn     clock.Date
	Title     string // of the line it asks for, where that is one of its own: a ratification
	Text      string // the reason as the agenda will give it
	Law       string
	DoneAt    *time.Time // no longer due
}
