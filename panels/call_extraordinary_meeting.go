package panels

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewMeeting asks for a meeting outside a forum's series.
type NewMeeting struct {
	ForumID     uuid.UUID
	StartsAt    time.Time
	Duration    time.Duration // nought: as the terms of reference say
	Venue       string
	JoiningLink string
}

// CallExtraordinaryMeeting makes a meeting outside the series, on any day: urgent business does not
// wait for a working day.
func (s Store) CallExtraordinaryMeeting(ctx context.Context, actor access.Actor, wanted NewMeeting) (meeting Meeting, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err = CallExtraordinaryMeeting(tx, wanted)
		return err
	})
	return meeting, err
}

// CallExtraordinaryMeeting is the same inside a transaction that brings it about, such as the choice
// of one of several dates.
func CallExtraordinaryMeeting(tx db.Tx, wanted NewMeeting) (Meeting, error) {
	if err := tx.Actor.Check(access.Schedule, wanted.ForumID); err != nil {
		return Meeting{}, err
	}
	wanted.Venue, wanted.JoiningLink = strings.TrimSpace(wanted.Venue), strings.TrimSpace(wanted.JoiningLink)
	meeting := Meeting{
		ID: newID(), ForumID: wanted.ForumID, StartsAt: wanted.StartsAt.UTC(),
		Venue: wanted.Venue, JoiningLink: wanted.JoiningLink, Status: Scheduled, CreatedAt: tx.Now, ChangedAt: tx.Now, Version: 1,
	}
	if wanted.Duration == 0 {
		terms, err := TermsInForce(tx, wanted.ForumID, meeting.On())
		if err != nil {
			return Meeting{}, err
		}
		wanted.Duration = time.Duration(terms.DurationMinutes) * time.Minute
	}
	if err := wanted.Check(tx.Now); err != nil {
		return Meeting{}, err
	}
	meeting.EndsAt = meeting.StartsAt.Add(wanted.Duration)
	if err := meeting.setDeadlines(tx); err != nil {
		return Meeting{}, err
	}
	if err := tx.Create(&meeting).Error; err != nil {
		return Meeting{}, err
	}
	if err := record(tx, "meeting.called", meeting.ID, meeting.ForumID, nil, whenAndWhere(meeting)); err != nil {
		return Meeting{}, err
	}
	return meeting, announce(tx, meeting.ID)
}

// Check says what is wrong with what was asked for, field by field.
func (wanted NewMeeting) Check(now time.Time) error {
	var form fault.Form
	form.Require(!wanted.StartsAt.IsZero(), "starts_on", "Enter the day and time")
	form.Require(wanted.StartsAt.IsZero() || !wanted.StartsAt.Before(now), "starts_on", "The day and time must be in the future")
	form.Require(wanted.StartsAt.Before(now.AddDate(2, 0, 0)), "starts_on", "The day must be within two years")
	checkDuration(&form, wanted.Duration)
	checkPlace(&form, wanted.Venue, wanted.JoiningLink)
	return form.Err()
}
