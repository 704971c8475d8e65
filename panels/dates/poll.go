package dates

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// Status is where a poll has got to.
type Status string

// The statuses of a poll.
const (
	Open      Status = "open"      // answers are taken
	Closed    Status = "closed"    // its time is up; nobody has chosen yet
	Settled   Status = "settled"   // a date is chosen and the meeting made
	Withdrawn Status = "withdrawn" // no date is looked for any more
)

// How many dates a poll has, and how long it takes answers: as long as a link in an email may work.
const (
	FewestSlots = 2
	MostSlots   = 12
	MostPeople  = 200
	LongestOpen = 7 * 24 * time.Hour
)

// Poll asks people which of some dates suit them.
type Poll struct {
	ID              uuid.UUID
	ForumID         uuid.UUID
	Status          Status
	ClosesAt        time.Time
	ProposedBy      uuid.UUID
	ProposedAt      time.Time
	RemindedFor     *time.Time // the close of which those who had not answered were reminded
	EndedBy         *uuid.UUID
	EndedAt         *time.Time
	WithdrawnReason string
	MeetingID       *uuid.UUID // made on the chosen date
	Version         int
}

// TableName is date_poll.
func (Poll) TableName() string { return "date_poll" }

// IsOpen reports whether answers are taken now.
func (p Poll) IsOpen(now time.Time) bool { return p.Status == Open && now.Before(p.ClosesAt) }

// IsUnsettled reports whether a date can still be chosen.
func (p Poll) IsUnsettled() bool { return p.Status == Open || p.Status == Closed }

// takesAnswers says why a poll takes none any more.
func (p Poll) takesAnswers(now time.Time) error {
	switch {
	case p.IsOpen(now):
		return nil
	case p.Status == Settled:
		return fault.New(fault.Conflict, "A date has been chosen, so answers are no longer taken. Everyone who was asked is told the date by email.")
	case p.Status == Withdrawn:
		return fault.New(fault.Conflict, "The forum no longer looks for a date, so there is nothing to answer.")
	default:
		return fault.New(fault.Conflict, "Answers were taken until %s. You will be told by email which date is chosen. If that date would not suit you, tell the forum’s clerk.", clock.Moment(p.ClosesAt))
	}
}

// mayStillSettle says why nothing more can be done with a poll.
func (p Poll) mayStillSettle() error {
	switch p.Status {
	case Settled:
		return fault.New(fault.Conflict, "A date has already been chosen and the meeting made.")
	case Withdrawn:
		return fault.New(fault.Conflict, "This was withdrawn. Ask about other dates instead.")
	}
	return nil
}

// mayAskMore says why a poll takes no further dates or people.
func (p Poll) mayAskMore(now time.Time) error {
	if err := p.mayStillSettle(); err != nil {
		return err
	}
	if !p.IsOpen(now) {
		return fault.New(fault.Conflict, "This closed on %s. Give people more time first.", clock.Moment(p.ClosesAt))
	}
	return nil
}

// remindsAt is when those who have not answered are reminded: one working day before the close.
func (p Poll) remindsAt(days calendar.WorkingDays) time.Time {
	closes := p.ClosesAt.In(clock.London)
	return days.PreviousWorkingDay(clock.DateOf(closes)).At(closes.Hour(), closes.Minute())
}

// Slot is one date a poll asks about.
type Slot struct {
	ID          uuid.UUID
	PollID      uuid.UUID
	StartsAt    time.Time
	EndsAt      time.Time
	Venue       string
	JoiningLink string
	AddedAt     time.Time
}

// TableName is date_slot.
func (Slot) TableName() string { return "date_slot" }

// On is the slot's day in Europe/London.
func (s Slot) On() clock.Date { return clock.DateOf(s.StartsAt) }

// Words is "Tuesday 1 December 2026, 9:30am to 11am".
func (s Slot) Words() string { return clock.Moment(s.StartsAt) + " to " + s.until() }

func (s Slot) until() string {
	if clock.DateOf(s.EndsAt) != s.On() {
		return clock.Moment(s.EndsAt)
	}
	return clock.Time(s.EndsAt)
}

// meeting is the slot as the meeting it would be.
func (s Slot) meeting(forumID uuid.UUID) panels.Meeting {
	return panels.Meeting{ID: s.ID, ForumID: forumID, StartsAt: s.StartsAt, EndsAt: s.EndsAt, Venue: s.Venue, JoiningLink: s.JoiningLink}
}

// Invitee is somebody who is asked.
type Invitee struct {
	ID         uuid.UUID
	PollID     uuid.UUID
	PersonID   uuid.UUID
	Reason     string // why they are asked; "" for those who sit on the forum
	AskedBy    uuid.UUID
	AskedAt    time.Time // when they were last asked
	AnsweredAt *time.Time
	Comment    string
	EndedAt    *time.Time // they are no longer asked
}

// TableName is date_invitee.
func (Invitee) TableName() string { return "date_invitee" }

// Answer is what somebody says of a date.
type Answer string

// The answers; none given is "".
const (
	Yes      Answer = "yes"
	IfNeedBe Answer = "if_need_be"
	No       Answer = "no"
)

// AllAnswers are the answers as a form offers them.
var AllAnswers = []Answer{Yes, IfNeedBe, No}

// Words is the answer as people say it.
func (a Answer) Words() string {
	switch a {
	case Yes:
		return "Yes"
	case IfNeedBe:
		return "If need be"
	case No:
		return "No"
	default:
		return "Not answered"
	}
}

// Answers are one person's, by slot.
type Answers map[uuid.UUID]Answer
