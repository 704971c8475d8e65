// Package requests asks a panel for money: what a young person needs, what it costs and who is asked to pay which share.
package requests

import (
	"fmt"
	"strings"
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
	Kind        Kind
	CaseID      *uuid.UUID // nil: an uplift, whose lines name their cases
	ForumID     uuid.UUID  // the panel asked
	SubmittedBy uuid.UUID  // the presenter
	State       State

	Owed         []Owed `gorm:"serializer:json"`
	AlreadyOwed  string // Owed in words
	Reason       string // why a package changes, ends or goes up
	AuthorisedBy string // retrospective: who let it begin
	AuthorisedOn clock.Date
	WhyNotWait   string
	Provider     string // who gave notice
	NoticedOn    clock.Date
	NoticeEndsOn clock.Date // the provider's last day
	Need         string
	Outcomes     string
	Options      []Option `gorm:"serializer:json"`

	ClientWeeklyPence *int64 // what the young person pays themselves; nil: not answered
	WeeklyPence       int64  // to share: an average week, their contribution taken off; of an uplift, the rise
	OneOffPence       int64
	AnnualPence       int64     // of the weekly costs, as the lines add up
	Previous          *Previous `gorm:"serializer:json"`
	StartsOn          clock.Date
	EndsOn            clock.Date // Not known: goes on
	ReviewOn          clock.Date

	Questions      []Question `gorm:"serializer:json"` // asked when it was returned
	MeetingID      *uuid.UUID // where it is tabled
	LateMeetingID  *uuid.UUID // submitted after this meeting's papers were due, and asked to be taken there
	LateReason     string
	LateAnswer     LateAnswer
	LateAnsweredBy *uuid.UUID
	LateAnsweredAt *time.Time
	CreatedAt      time.Time
	SubmittedAt    *time.Time
	DecidedAt      *time.Time
	Version        int
}

// TableName is funding_request.
func (Request) TableName() string { return "funding_request" }

// Reference is the request's number as people see it, "R2001".
func (r Request) Reference() string { return Reference(r.Number) }

// Reference writes a request's number as people see it.
func Reference(number int64) string { return fmt.Sprintf("R%d", number) }

// Title is what its line on an agenda is called when no one young person names it.
func (r Request) Title() string {
	if r.Kind == Uplift {
		return "Annual uplift of packages"
	}
	return ""
}

// IsPresenters reports whether the request is with its presenter, to write or to mend.
func (r Request) IsPresenters() bool { return r.State == Draft || r.State == Returned }

// Cost is what funders are asked to share.
func (r Request) Cost() Cost {
	return Cost{WeeklyPence: r.WeeklyPence, OneOffPence: r.OneOffPence, AnnualPence: r.AnnualPence}
}

// EndsWords are the last day, or that there is none: what is left empty goes on.
func (r Request) EndsWords() string {
	if r.EndsOn.IsZero() {
		return "No end date"
	}
	return r.EndsOn.Long()
}

// ReviewWords are the day of the review, or that the request names none.
func (r Request) ReviewWords() string {
	if r.ReviewOn.IsZero() {
		return "No date asked for"
	}
	return r.ReviewOn.Long()
}

// Option is one way of meeting the need that was weighed.
type Option struct {
	What        string `json:"what"`
	Why         string `json:"why"` // why it is proposed, or why not
	Chosen      bool   `json:"chosen"`
	WeeklyPence int64  `json:"weekly_pence"`
	OneOffPence int64  `json:"one_off_pence"`
}

// OptionsText are all options, a line each.
func (r Request) OptionsText() string {
	lines := make([]string, len(r.Options))
	for i, option := range r.Options {
		lines[i] = option.Text()
	}
	return strings.Join(lines, "\n")
}

// Question is what a clerk asks about a section before the panel can take the request.
type Question struct {
	Section Section `json:"section"`
	Words   string  `json:"words"`
}

// QuestionAbout is what was asked about a section, "" when nothing.
func (r Request) QuestionAbout(section Section) string {
	for _, q := range r.Questions {
		if q.Section == section {
			return q.Words
		}
	}
	return ""
}

// LateAnswer is what the clerk says to a request that came after the papers were due.
type LateAnswer string

// The answers. None is given until the clerk has decided.
const (
	LateWaiting  LateAnswer = ""
	LateAccepted LateAnswer = "accepted" // for the meeting it was late for
	LateNext     LateAnswer = "next"     // put to the meeting after it
)

// IsLateFor reports whether a request came too late for a meeting and the clerk has not let it in.
func (r Request) IsLateFor(meetingID uuid.UUID) bool {
	return r.LateMeetingID != nil && *r.LateMeetingID == meetingID && r.LateAnswer != LateAccepted
}

// AwaitsLateAnswer reports whether the clerk has still to say whether it may come late.
func (r Request) AwaitsLateAnswer() bool {
	return r.State == Submitted && r.LateMeetingID != nil && r.LateAnswer == LateWaiting
}

// Share is what one funder is asked to pay.
type Share struct {
	RequestID   uuid.UUID
	AgencyID    uuid.UUID
	WeeklyPence int64
	OneOffPence int64
}

// TableName is request_share.
func (Share) TableName() string { return "request_share" }
