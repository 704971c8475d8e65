package panels

import (
	"context"
	"strings"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// horizonMonths is how far ahead a series always has its meetings.
const horizonMonths = 12

// ScheduleSeries gives a forum a rule to meet by, and the meetings of the next twelve months.
// Empty rule, start time and duration come from the terms of reference. A forum has one series at
// a time: end the one before first.
func (s Store) ScheduleSeries(ctx context.Context, actor access.Actor, series Series) (Series, int, error) {
	made := 0
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.Schedule, series.ForumID); err != nil {
			return err
		}
		if err := lockForum(tx, series.ForumID); err != nil {
			return err
		}
		if series.StartsOn.IsZero() {
			series.StartsOn = tx.Today()
		}
		terms, err := TermsInForce(tx, series.ForumID, series.StartsOn)
		if err != nil {
			return err
		}
		series.fillFrom(terms)
		if err := series.check(tx.Today()); err != nil {
			return err
		}
		running, err := SeriesOf(tx, series.ForumID, series.StartsOn)
		if err != nil {
			return err
		}
		for _, other := range running {
			if series.EndsOn.IsZero() || !other.StartsOn.After(series.EndsOn) {
				return fault.New(fault.Conflict, "This forum already has meetings scheduled: %s. End that series first, or start this one after it.", calendar.MustRule(other.Rule).Words())
			}
		}
		series.ID, series.Version = newID(), 1
		if err := tx.Create(&series).Error; err != nil {
			return err
		}
		if err := record(tx, "series.scheduled", series.ID, series.ForumID, nil, series); err != nil {
			return err
		}
		made, err = addMeetings(tx, series)
		if err == nil && made == 0 && series.StartsOn.Before(tx.Today().AddMonths(horizonMonths)) {
			return formError("ends_on", "No meeting falls between those days. Enter a later last day, or leave it empty")
		}
		return err
	})
	return series, made, err
}

// PreviewSeries lists the dates a series would have in the twelve months from its start, without
// saving anything.
func PreviewSeries(tx db.Tx, series Series) ([]calendar.Occurrence, error) {
	if err := tx.Actor.Check(access.Schedule, series.ForumID); err != nil {
		return nil, err
	}
	if series.StartsOn.IsZero() {
		series.StartsOn = tx.Today()
	}
	terms, err := TermsInForce(tx, series.ForumID, series.StartsOn)
	if err != nil {
		return nil, err
	}
	series.fillFrom(terms)
	if err := series.check(tx.Today()); err != nil {
		return nil, err
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	return series.occurrences(series.StartsOn, series.StartsOn.AddMonths(horizonMonths), days), nil
}

// occurrences are the meetings a series gives between two planned days.
func (s Series) occurrences(from, to clock.Date, days calendar.WorkingDays) []calendar.Occurrence {
	return s.Plan().Dates(from, to, days)
}

// Plan is what the series says of its days.
func (s Series) Plan() calendar.Plan {
	return calendar.Plan{
		Rule: calendar.MustRule(s.Rule), StartsOn: s.StartsOn, EndsOn: s.EndsOn, OnHoliday: calendar.OnHoliday(s.BankHoliday), Pauses: s.Pauses,
	}
}

// termsOn picks from a forum's versions, newest first, the terms that a day is judged by.
func termsOn(versions []Terms, on clock.Date) Terms {
	chosen := versions[len(versions)-1]
	for _, terms := range versions {
		if !terms.InForceOn.After(on) && (chosen.InForceOn.After(on) || terms.InForceOn.After(chosen.InForceOn) ||
			terms.InForceOn == chosen.InForceOn && terms.Number > chosen.Number) {
			chosen = terms
		}
	}
	return chosen
}

// fillFrom takes from the terms of reference what the series does not say for itself.
func (s *Series) fillFrom(terms Terms) {
	s.Rule, s.StartTime = strings.TrimSpace(s.Rule), strings.TrimSpace(s.StartTime)
	s.Venue, s.JoiningLink = strings.TrimSpace(s.Venue), strings.TrimSpace(s.JoiningLink)
	if s.Rule == "" {
		s.Rule = terms.Cadence
	}
	if s.StartTime == "" {
		s.StartTime = terms.StartTime
	}
	if s.DurationMinutes == 0 {
		s.DurationMinutes = terms.DurationMinutes
	}
	if s.BankHoliday == "" {
		s.BankHoliday = string(calendar.MoveToNext)
	}
}

func (s *Series) check(today clock.Date) error {
	var form fault.Form
	if rule, err := calendar.ParseRule(s.Rule); err != nil {
		form.Add("cadence", "%s", fault.As(err).Sentence)
	} else {
		s.Rule = rule.String()
	}
	if at, err := calendar.ParseTimeOfDay(s.StartTime); err != nil {
		form.Add("start_time", "%s", fault.As(err).Sentence)
	} else {
		s.StartTime = at.String()
	}
	form.Require(s.DurationMinutes >= 5 && s.DurationMinutes <= 600, "duration_minutes", "Enter how many minutes a meeting lasts, between 5 and 600")
	form.Require(!s.StartsOn.Before(today), "starts_on", "The series must start today or later")
	form.Require(s.EndsOn.IsZero() || !s.EndsOn.Before(s.StartsOn), "ends_on", "The last day must be on or after the first")
	switch calendar.OnHoliday(s.BankHoliday) {
	case calendar.MoveToNext, calendar.MoveToPrevious, calendar.SkipIt:
	default:
		form.Add("bank_holiday", "Choose what happens when a meeting falls on a bank holiday")
	}
	checkPlace(&form, s.Venue, s.JoiningLink)
	return form.Err()
}
