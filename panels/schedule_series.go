package panels

import (
	"context"
	"strconv"
	"strings"
	"time"

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
// a time: end the one before first. A draft may lie over the series that runs, until it is published.
func (s Store) ScheduleSeries(ctx context.Context, actor access.Actor, series Series) (Series, int, error) {
	made := 0
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var err error
		made, err = scheduleSeries(tx, &series)
		return err
	})
	return series, made, err
}

func scheduleSeries(tx db.Tx, series *Series) (made int, err error) {
	if err := tx.Actor.Check(access.Schedule, series.ForumID); err != nil {
		return 0, err
	}
	if err := lockForum(tx, series.ForumID); err != nil {
		return 0, err
	}
	if err := series.complete(tx, clock.Date{}); err != nil {
		return 0, err
	}
	if err := checkOnlySeries(tx, *series); err != nil {
		return 0, err
	}
	series.ID, series.Version = newID(), 1
	if err := tx.Create(series).Error; err != nil {
		return 0, err
	}
	if err := record(tx, "series.scheduled", series.ID, series.ForumID, nil, *series); err != nil {
		return 0, err
	}
	made, err = addMeetings(tx, *series)
	if err == nil && made == 0 && series.StartsOn.Before(tx.Today().AddMonths(horizonMonths)) {
		return 0, formError("ends_on", "No meeting falls between those days. Enter a later last day, or leave it empty")
	}
	return made, err
}

// SeriesPreview is what a series would give in the twelve months from its start.
type SeriesPreview struct {
	Series Series // with what came from the terms of reference
	Held   []calendar.Occurrence
	Left   []calendar.Omission
}

// Slots are the times of the meetings held, in their order.
func (p SeriesPreview) Slots() []Slot {
	at, err := calendar.ParseTimeOfDay(p.Series.StartTime)
	if err != nil {
		return nil // impossible: the series was checked
	}
	slots := make([]Slot, len(p.Held))
	for i, held := range p.Held {
		start := at.On(held.On)
		slots[i] = Slot{StartsAt: start, EndsAt: start.Add(time.Duration(p.Series.DurationMinutes) * time.Minute), Venue: p.Series.Venue}
	}
	return slots
}

// PreviewSeries lists the dates a series would have, and those left out, without saving anything.
func PreviewSeries(tx db.Tx, series Series) (SeriesPreview, error) {
	if err := tx.Actor.Check(access.Schedule, series.ForumID); err != nil {
		return SeriesPreview{}, err
	}
	if err := series.complete(tx, clock.Date{}); err != nil {
		return SeriesPreview{}, err
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return SeriesPreview{}, err
	}
	preview := SeriesPreview{Series: series}
	preview.Held, preview.Left = series.Plan().Look(series.StartsOn, series.StartsOn.AddMonths(horizonMonths), days)
	return preview, nil
}

// complete takes from the terms of reference what the series does not say, and checks it. was is the
// day on which a series that is changed began: it need not be today or later.
func (s *Series) complete(tx db.Tx, was clock.Date) error {
	s.begin(tx.Today())
	terms, err := TermsInForce(tx, s.ForumID, s.StartsOn)
	if err != nil {
		return err
	}
	s.fillFrom(terms)
	return s.check(tx.Today(), was)
}

// begin is when the series starts where it does not say so.
func (s *Series) begin(today clock.Date) {
	s.Rule = strings.TrimSpace(s.Rule)
	if rule, err := calendar.ParseRule(s.Rule); err == nil && len(rule.Days()) > 0 {
		days := rule.Days() // days that are listed say themselves when they begin and end
		s.StartsOn, s.EndsOn = days[0], days[len(days)-1]
	}
	if s.StartsOn.IsZero() {
		s.StartsOn = today
	}
}

// checkOnlySeries refuses a series that runs beside another of its forum: a draft beside a draft, any
// other beside any other.
func checkOnlySeries(tx db.Tx, series Series) error {
	var others []Series
	err := tx.Raw(`select * from series where forum_id = @forum and id <> @id and draft = @draft and (ends_on is null or ends_on >= @starts)
		and (cast(@ends as date) is null or starts_on <= @ends) order by starts_on`, map[string]any{
		"forum": series.ForumID, "id": series.ID, "draft": series.Draft, "starts": series.StartsOn, "ends": series.EndsOn,
	}).Scan(&others).Error
	if err != nil || len(others) == 0 {
		return err
	}
	words := calendar.MustRule(others[0].Rule).Words()
	if series.Draft {
		return fault.New(fault.Conflict, "This forum already has draft meetings: %s. Change that draft, or throw it away first.", words)
	}
	return fault.New(fault.Conflict, "This forum already has meetings scheduled: %s. End that series first, or start this one after it.", words)
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

func (s *Series) check(today, was clock.Date) error {
	var form fault.Form
	listed := false
	if rule, err := calendar.ParseRule(s.Rule); err != nil {
		form.Add("cadence", "%s", fault.As(err).Sentence)
	} else {
		s.Rule, listed = rule.String(), len(rule.Days()) > 0
	}
	if at, err := calendar.ParseTimeOfDay(s.StartTime); err != nil {
		form.Add("start_time", "%s", fault.As(err).Sentence)
	} else {
		s.StartTime = at.String()
	}
	form.Require(s.DurationMinutes >= 5 && s.DurationMinutes <= 600, "duration_minutes", "Enter how many minutes a meeting lasts, between 5 and 600")
	begins := !s.StartsOn.Before(today) || !was.IsZero() && (listed || s.StartsOn == was)
	if listed {
		form.Require(begins, "cadence", s.StartsOn.Long()+" has passed. Enter days from today on")
	} else {
		form.Require(begins, "starts_on", "The series must start today or later")
	}
	form.Require(s.EndsOn.IsZero() || !s.EndsOn.Before(s.StartsOn), "ends_on", "The last day must be on or after the first")
	switch calendar.OnHoliday(s.BankHoliday) {
	case calendar.MoveToNext, calendar.MoveToPrevious, calendar.SkipIt:
	default:
		form.Add("bank_holiday", "Choose what happens when a meeting falls on a bank holiday")
	}
	form.Require(len(s.Pauses) <= mostPauses, PauseField(0)+"_from", "Enter at most "+strconv.Itoa(mostPauses)+" pauses")
	for i, pause := range s.Pauses {
		pause.Check(&form, PauseField(i))
	}
	checkPlace(&form, s.Venue, s.JoiningLink)
	return form.Err()
}

const mostPauses = 20

// PauseField names the fields of a series' nth pause, counted from nought.
func PauseField(n int) string { return "pause_" + strconv.Itoa(n) }
