package panels

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MoveMeeting asks that a meeting be held at another time or place.
type MoveMeeting struct {
	MeetingID   uuid.UUID
	Version     int
	StartsAt    time.Time
	Duration    time.Duration // nought: as before
	Venue       string
	JoiningLink string
	AgendaIsOut bool // whoever moves it knows that the agenda is published
}

// MoveMeeting moves a meeting. It keeps its place in its series, so the series never fills the old
// day again, and its deadlines are counted from the new one. A meeting that is going on or over is
// never moved; one that was adjourned goes on at the new time. Where the agenda is published, it is moved only when the caller says they know.
func (s Store) MoveMeeting(ctx context.Context, actor access.Actor, move MoveMeeting) (meeting Meeting, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if meeting, err = lockToSchedule(tx, move.MeetingID); err != nil {
			return err
		}
		if err := meeting.mayStillChange("moved"); err != nil {
			return err
		}
		if move.Duration == 0 {
			move.Duration = meeting.Duration()
		}
		if err := move.check(tx.Now); err != nil {
			return err
		}
		if meeting.AgendaVersion > 0 && !move.AgendaIsOut {
			return agendaIsOut()
		}
		before := whenAndWhere(meeting)
		version := meeting.Version
		if meeting.Status == Adjourned && meeting.FirstStartsAt == nil {
			first := meeting.StartsAt
			meeting.FirstStartsAt = &first
		}
		meeting.Sequence++
		if !meeting.StartsAt.Equal(move.StartsAt) || meeting.Duration() != move.Duration {
			meeting.TimedAtSequence = meeting.Sequence
		}
		meeting.StartsAt, meeting.EndsAt = move.StartsAt.UTC(), move.StartsAt.Add(move.Duration).UTC()
		meeting.Venue, meeting.JoiningLink = move.Venue, move.JoiningLink
		if err := meeting.setDeadlines(tx); err != nil {
			return err
		}
		err = db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, move.Version).Updates(map[string]any{
			"starts_at": meeting.StartsAt, "ends_at": meeting.EndsAt, "first_starts_at": meeting.FirstStartsAt, "venue": meeting.Venue, "joining_link": meeting.JoiningLink,
			"papers_due_on": meeting.PapersDueOn, "agenda_out_on": meeting.AgendaOutOn, "minutes_out_on": meeting.MinutesOutOn,
			"sequence": meeting.Sequence, "timed_at_sequence": meeting.TimedAtSequence, "changed_at": tx.Now, "by_hand": true, "version": version + 1,
		}))
		if err != nil {
			return err
		}
		meeting.ChangedAt, meeting.ByHand, meeting.Version = tx.Now, true, version+1
		if err := record(tx, "meeting.moved", meeting.ID, meeting.ForumID, before, whenAndWhere(meeting)); err != nil {
			return err
		}
		if meeting.Status == Draft {
			return nil // nobody is told of a draft
		}
		return announce(tx, meeting.ID)
	})
	return meeting, err
}

func agendaIsOut() error {
	const sentence = "The agenda of this meeting is published, and people may have planned by it. To move the meeting all the same, say that you know this"
	return &fault.Fault{Kind: fault.Conflict, Sentence: sentence, Fields: []fault.Field{{Name: "agenda_is_out", Sentence: sentence}}}
}

func (move MoveMeeting) check(now time.Time) error {
	var form fault.Form
	form.Require(!move.StartsAt.IsZero(), "starts_on", "Enter the new day and time")
	form.Require(move.StartsAt.IsZero() || move.StartsAt.After(now), "starts_on", "The new day and time must be in the future")
	form.Require(move.StartsAt.Before(now.AddDate(2, 0, 0)), "starts_on", "The new day must be within two years")
	checkDuration(&form, move.Duration)
	checkPlace(&form, move.Venue, move.JoiningLink)
	return form.Err()
}

// lockToSchedule finds and locks a meeting for an actor who may schedule it. For those who may not
// even know of it, there is no such meeting.
func lockToSchedule(tx db.Tx, id uuid.UUID) (Meeting, error) {
	meeting, err := LockMeeting(tx, id)
	if err != nil {
		return meeting, err
	}
	if !tx.Actor.May(access.Schedule, meeting.ForumID) && !tx.Actor.May(access.ReadMeeting, meeting.ForumID) {
		return meeting, fault.New(fault.NotFound, "There is no such meeting.")
	}
	return meeting, tx.Actor.Check(access.Schedule, meeting.ForumID)
}

// mayStillChange says why a meeting can no longer be moved or cancelled.
func (m Meeting) mayStillChange(how string) error {
	switch m.Status {
	case Scheduled:
		return nil
	case Draft:
		if how == "moved" {
			return nil
		}
		return fault.New(fault.Conflict, "This meeting is a draft. To leave its day out, give the series a pause on that day.")
	case InSession:
		return fault.New(fault.Conflict, "This meeting is in session, so it cannot be %s. Its chair can adjourn or close it.", how)
	case Adjourned:
		if how == "moved" {
			return nil // it goes on then
		}
		return fault.New(fault.Conflict, "This meeting has begun and was adjourned, so it cannot be %s. Its chair can resume or close it.", how)
	case Closed:
		return fault.New(fault.Conflict, "This meeting is over and recorded, so it cannot be %s.", how)
	default:
		return fault.New(fault.Conflict, "This meeting was cancelled, so it cannot be %s. Restore it first, or call another one instead.", how)
	}
}

// setDeadlines counts the deadlines from the meeting's day by the terms in force then.
func (m *Meeting) setDeadlines(tx db.Tx) error {
	terms, err := TermsInForce(tx, m.ForumID, m.On())
	if err != nil {
		return err
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return err
	}
	due := terms.DeadlinesFor(m.On(), tx.Today(), days)
	m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn = due.PapersDueOn, due.AgendaOutOn, due.MinutesOutOn
	return nil
}

// whenAndWhere is what the audit keeps of a meeting's scheduling.
func whenAndWhere(m Meeting) map[string]any {
	return map[string]any{
		"starts_at": m.StartsAt, "ends_at": m.EndsAt, "venue": m.Venue, "joining_link": m.JoiningLink, "status": m.Status,
	}
}

func checkDuration(form *fault.Form, d time.Duration) {
	form.Require(d >= 5*time.Minute && d <= 10*time.Hour, "duration_minutes", "Enter how many minutes the meeting lasts, between 5 and 600")
}

// checkPlace: a joining link is followed by a click, so only the web's own schemes will do.
func checkPlace(form *fault.Form, venue, link string) {
	form.Require(len(venue) <= 300, "venue", "Shorten the venue to 300 characters or fewer")
	if link == "" {
		return
	}
	address, err := url.Parse(link)
	ok := err == nil && (address.Scheme == "https" || address.Scheme == "http") && address.Host != "" && len(link) <= 2000
	form.Require(ok, "joining_link", "Enter the whole joining link, beginning https://")
}
