package panels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ExtendSeries adds to every series the meetings that have come within twelve months. It is the
// daily job: running it twice, or on two machines at once, adds nothing twice, and a meeting that
// was moved or cancelled stays as it is, because its planned day is taken.
func (s Store) ExtendSeries(ctx context.Context) (made int, err error) {
	actor := access.System("schedule")
	var ids []uuid.UUID
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		return tx.Raw(`select id from series where ends_on is null or ends_on >= ? order by id`, tx.Today()).Scan(&ids).Error
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, id := range ids { // one transaction each, so that one bad series does not stop the others' year
		added := 0
		err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
			var series Series
			err := tx.Raw(`select * from series where id = ? for no key update`, id).Take(&series).Error
			if errors.Is(err, gorm.ErrRecordNotFound) {
				return nil // a draft thrown away meanwhile
			}
			if err != nil {
				return err
			}
			added, err = addMeetings(tx, series)
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("panels: extend series %s: %w", id, err))
			continue
		}
		made += added
	}
	return made, errors.Join(failed...)
}

// addMeetings makes the meetings of a series from today to the horizon that it does not have yet.
func addMeetings(tx db.Tx, series Series) (int, error) {
	days, err := WorkingDays(tx)
	if err != nil {
		return 0, err
	}
	versions, err := TermsVersions(tx, series.ForumID)
	if err != nil {
		return 0, err
	}
	at, err := calendar.ParseTimeOfDay(series.StartTime)
	if err != nil {
		return 0, err
	}
	today, status := tx.Today(), Scheduled
	if series.Draft {
		status = Draft
	}
	var made []uuid.UUID
	for _, occurrence := range series.occurrences(today, today.AddMonths(horizonMonths), days) {
		start := at.On(occurrence.On)
		if start.Before(tx.Now) {
			continue
		}
		due := termsOn(versions, occurrence.On).DeadlinesFor(occurrence.On, today, days)
		meeting := Meeting{
			ID: newID(), ForumID: series.ForumID, SeriesID: &series.ID, OccurrenceOn: occurrence.Planned,
			StartsAt: start.UTC(), EndsAt: start.Add(time.Duration(series.DurationMinutes) * time.Minute).UTC(),
			Venue: series.Venue, JoiningLink: series.JoiningLink, Status: status,
			PapersDueOn: due.PapersDueOn, AgendaOutOn: due.AgendaOutOn, MinutesOutOn: due.MinutesOutOn,
			CreatedAt: tx.Now, ChangedAt: tx.Now, Version: 1,
		}
		done := tx.Clauses(onlyOnceAnOccurrence).Create(&meeting)
		if done.Error != nil {
			return len(made), done.Error
		}
		if done.RowsAffected == 0 {
			continue
		}
		made = append(made, meeting.ID)
		if err := record(tx, "meeting.scheduled", meeting.ID, series.ForumID, nil, whenAndWhere(meeting)); err != nil {
			return len(made), err
		}
	}
	if series.Draft {
		return len(made), nil // nobody is told of a draft
	}
	return len(made), announce(tx, made...)
}

// onlyOnceAnOccurrence leaves a meeting alone that the series already made for its planned day,
// whatever has become of it.
var onlyOnceAnOccurrence = clause.OnConflict{
	Columns:   []clause.Column{{Name: "series_id"}, {Name: "occurrence_on"}},
	DoNothing: true,
}
