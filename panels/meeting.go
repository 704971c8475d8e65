package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// MeetingStatus is where a meeting has got to.
type MeetingStatus string

// The statuses of a meeting.
const (
	Draft     MeetingStatus = "draft" // of a draft series: only those who schedule see it, and nobody is told
	Scheduled MeetingStatus = "scheduled"
	InSession MeetingStatus = "in_session"
	Adjourned MeetingStatus = "adjourned"
	Closed    MeetingStatus = "closed"
	Cancelled MeetingStatus = "cancelled"
)

// Series is a rule that gives a forum its meetings.
type Series struct {
	ID              uuid.UUID
	ForumID         uuid.UUID
	Rule            string // RFC 5545: an RRULE without DTSTART, or an RDATE where each day is listed
	StartsOn        clock.Date
	EndsOn          clock.Date // Not known: goes on
	StartTime       string     // "09:30", Europe/London
	DurationMinutes int
	Venue           string
	JoiningLink     string
	BankHoliday     string           // next_working_day, previous_working_day or skip
	Pauses          []calendar.Pause `gorm:"serializer:json"`
	Draft           bool             // its meetings are drafts
	Version         int
}

// Meeting is one sitting of a forum.
type Meeting struct {
	ID              uuid.UUID
	ForumID         uuid.UUID
	Kind            MeetingKind `gorm:"default:held"`
	SeriesID        *uuid.UUID  // nil: extraordinary
	OccurrenceOn    clock.Date  // the day the series' rule gave, before bank holidays and moves
	StartsAt        time.Time
	EndsAt          time.Time
	Venue           string
	JoiningLink     string
	Status          MeetingStatus
	CancelledReason string
	PapersDueOn     clock.Date
	AgendaOutOn     clock.Date
	MinutesOutOn    clock.Date
	MinutesSentAt   *time.Time // nil: the minutes have not gone out
	ByHand          bool       // moved, cancelled or restored on its own: its series leaves it so
	ChairSeatID     *uuid.UUID // where two chair in turn: the chair this meeting was given by hand, or who took it; nil: as the turns fall
	ChairReason     string     // why it was given by hand
	AgendaVersion   int        // 0 until an agenda is published
	RoomSeq         int64      // the number of the room's last event
	CreatedAt       time.Time
	Sequence        int        // one more at each change of time, place or standing that people must see
	TimedAtSequence int        // the sequence of the last change of day or hour: replies to an earlier one are asked again
	ChangedAt       time.Time  // when the last change that people must see was made
	Brought         bool       // held before Quorate: what it decided was brought from its own record
	FirstStartsAt   *time.Time // adjourned to another day or hour: when it first sat; nil: StartsAt
	PausedAt        *time.Time // in session and paused since then
	PausedText      string     // what everybody was told about the pause
	ActingChairID   *uuid.UUID // who took the chair or was given it at this sitting; nil: as the seats say
	Version         int
}

// Extraordinary reports whether the meeting stands outside its forum's series.
func (m Meeting) Extraordinary() bool { return m.SeriesID == nil && !m.Brought && !m.Between() }

// On is the meeting's day in Europe/London.
func (m Meeting) On() clock.Date { return clock.DateOf(m.StartsAt) }
