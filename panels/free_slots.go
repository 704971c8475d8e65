package panels

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// freeWithinDays is how far ahead a free day is looked for: half a year.
const freeWithinDays = 182

// usualWithinDays is how far ahead the forum's own day of the week is still better than a sooner one.
const usualWithinDays = 42

// FreeSlotsLike are the next slots after a day that fit a forum: on a working day outside its pauses on
// which it does not meet yet, with nothing against them. They have the time of day, the length and the
// room of a slot, for a meeting that may replace another; what the slot does not say is as usual. Within
// six weeks the day of the week of its terms comes before all others.
// It asks ten times however many days it looks through.
func FreeSlotsLike(tx db.Tx, forumID uuid.UUID, like Slot, except uuid.UUID, after clock.Date, count int) ([]Slot, error) {
	return freeSlots(tx, forumID, like, except, after, count, true)
}

// SoonestSlots are the first slots after a day that fit a forum as usual, whatever the day of the week:
// for a meeting that is called because the usual day is too late.
func SoonestSlots(tx db.Tx, forumID uuid.UUID, after clock.Date, count int) ([]Slot, error) {
	return freeSlots(tx, forumID, Slot{}, uuid.Nil, after, count, false)
}

func freeSlots(tx db.Tx, forumID uuid.UUID, like Slot, except uuid.UUID, after clock.Date, count int, usualFirst bool) ([]Slot, error) {
	terms, err := TermsInForce(tx, forumID, later(after, tx.Today()))
	if err != nil {
		return nil, err
	}
	at, err := calendar.ParseTimeOfDay(terms.StartTime)
	if err != nil {
		return nil, err
	}
	length := time.Duration(terms.DurationMinutes) * time.Minute
	venue := like.Venue
	if !like.StartsAt.IsZero() {
		start := like.StartsAt.In(clock.London)
		at, length = calendar.TimeOfDay{Hour: start.Hour(), Minute: start.Minute()}, like.EndsAt.Sub(like.StartsAt)
	}
	running, err := SeriesOf(tx, forumID, later(after, tx.Today()))
	if err != nil {
		return nil, err
	}
	if like.StartsAt.IsZero() && len(running) > 0 {
		venue = running[0].Venue
	}
	paused := func(on clock.Date) bool {
		return slices.ContainsFunc(running, func(s Series) bool {
			return slices.ContainsFunc(s.Pauses, func(p calendar.Pause) bool { return p.Covers(on) })
		})
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	meets, err := daysMet(tx, forumID, except, after)
	if err != nil {
		return nil, err
	}
	candidates := slices.DeleteFunc(slotsToTry(after, at, length, venue, tx.Now, days), func(slot Slot) bool {
		return paused(slot.On()) || meets[slot.On()]
	})
	clashes, err := ClashesOf(tx, forumID, candidates, except)
	if err != nil {
		return nil, err
	}
	usual := func(clock.Date) bool { return false }
	if rule, err := calendar.ParseRule(terms.Cadence); err == nil && usualFirst {
		if pattern, ok := rule.Pattern(); ok {
			usual = func(on clock.Date) bool { return on.Weekday() == pattern.Day && after.DaysUntil(on) <= usualWithinDays }
		}
	}
	return fittingSlots(candidates, clashes, usual, count), nil
}

// daysMet are the days on which the forum meets already: nobody wants it twice on one.
func daysMet(tx db.Tx, forumID, except uuid.UUID, after clock.Date) (map[clock.Date]bool, error) {
	var starts []time.Time
	err := tx.Raw(`
		select starts_at from meeting
		where forum_id = @forum and id <> @except and starts_at >= @from and starts_at < @to and status in ('draft', 'scheduled', 'in_session', 'adjourned') and kind = 'held'`,
		map[string]any{"forum": forumID, "except": except, "from": after.Start(), "to": after.AddDays(freeWithinDays + 1).Start()}).Scan(&starts).Error
	days := make(map[clock.Date]bool, len(starts))
	for _, start := range starts {
		days[clock.DateOf(start)] = true
	}
	return days, err
}

// slotsToTry are a slot on each working day after a day.
func slotsToTry(after clock.Date, at calendar.TimeOfDay, length time.Duration, venue string, now time.Time, days calendar.WorkingDays) []Slot {
	var slots []Slot
	for n := 1; n <= freeWithinDays; n++ {
		on := after.AddDays(n)
		start := at.On(on)
		if days.IsWorkingDay(on) && start.After(now) {
			slots = append(slots, Slot{StartsAt: start.UTC(), EndsAt: start.Add(length).UTC(), Venue: venue})
		}
	}
	return slots
}

// fittingSlots picks the first slots without a clash on the usual days and, where those are too few,
// the first on others; earliest first.
func fittingSlots(candidates []Slot, clashes []Clash, usual func(clock.Date) bool, count int) []Slot {
	clashing := map[int]bool{}
	for _, clash := range clashes {
		clashing[clash.Slot] = true
	}
	var fitting []Slot
	for _, asUsual := range []bool{true, false} {
		for i, slot := range candidates {
			if len(fitting) < count && !clashing[i] && usual(slot.On()) == asUsual {
				fitting = append(fitting, slot)
			}
		}
	}
	slices.SortFunc(fitting, func(a, b Slot) int { return a.StartsAt.Compare(b.StartsAt) })
	return fitting
}
