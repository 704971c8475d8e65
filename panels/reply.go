package panels

import (
	"time"

	"github.com/google/uuid"
)

// Answer is what somebody says of coming to a meeting.
type Answer string

// The answers.
const (
	Attending     Answer = "attending"
	Tentative     Answer = "tentative" // a calendar's own "maybe": not counted on
	SendingDeputy Answer = "deputy"
	Apologies     Answer = "apologies"
)

// Via is the way an answer came.
type Via string

// The ways.
const (
	ByPage     Via = "page"
	ByLink     Via = "link"     // the link in an email, without signing in
	ByCalendar Via = "calendar" // the calendar’s own Accept or Decline
	ByClerk    Via = "clerk"    // recorded for them
	ByAPI      Via = "api"
)

// Reply is somebody's answer about a meeting. It is never changed: a later one follows it.
type Reply struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	PersonID   uuid.UUID
	Answer     Answer
	DeputyID   *uuid.UUID // who comes instead
	Via        Via
	RecordedBy *uuid.UUID // who recorded it for them; nil: themselves
	Sequence   int        // of the meeting they answered about
	AnsweredAt time.Time
	Current    bool
}

// StandsFor reports whether the answer is about the meeting as it is now timed: a meeting that has
// moved since asks everybody again.
func (r Reply) StandsFor(m Meeting) bool { return r.Current && r.Sequence >= m.TimedAtSequence }
