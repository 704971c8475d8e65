package calendar

import (
	"time"

	"quorate/server/base/clock"

	"github.com/teambition/rrule-go"
)

// OnHoliday is what happens to a meeting whose day is not a working day.
type OnHoliday string

// What happens to it.
const (
	MoveToNext     OnHoliday = "next_working_day"     // it is held on the next working day
	MoveToPrevious OnHoliday = "previous_working_day" // it is held on the working day before
	SkipIt         OnHoliday = "skip"                 // there is no meeting that time
)

// A Plan is everything that decides on which days a forum meets, but for the working days themselves.
type Plan struct {
	Rule      Rule
	StartsOn  clock.Date // the rule counts from this day
	EndsOn    clock.Date // the last day the rule is asked about; Not known: goes on
	OnHoliday OnHoliday
	Pauses    []Pause
}

// An Occurrence is one meeting a plan gives.
type Occurrence struct {
	Planned clock.Date // the day the rule says; it identifies the meeting in its series for good
	On      clock.Date // the day it is held
	Because string     // the bank holiday that moved it, "a weekend", or "" when it was not moved
}

// An Omission is a day the rule says on which there is no meeting all the same.
type Omission struct {
	Planned clock.Date
	Because string // "Pause: summer", "Easter Monday", "Another meeting is held on 7 April 2026"
}

// Dates lists the meetings whose planned day is from one day to another, both included. No two are
// held on one day and none in a pause. The answer for a planned day does not depend on the span asked
// for, so a series can be extended piece by piece. A weekend is kept only where the rule names it.
func (p Plan) Dates(from, to clock.Date, days WorkingDays) []Occurrence {
	held, _ := p.Look(from, to, days)
	return held
}

// Look is Dates, with the days that are left out and why.
func (p Plan) Look(from, to clock.Date, days WorkingDays) (held []Occurrence, left []Omission) {
	from, to = p.within(from, to)
	if to.Before(from) {
		return nil, nil
	}
	// Two meetings meet on one day only within a run of closed days; a fortnight spans the longest.
	firstLooked, lastLooked := p.within(from.AddDays(-14), to.AddDays(14))
	planned := p.Rule.planned(p.StartsOn, firstLooked, lastLooked)
	taken := make(map[clock.Date]bool, len(planned))
	for _, d := range planned {
		if p.Rule.closedBecause(d, days) == "" && p.pausedBecause(d) == "" {
			taken[d] = true
		}
	}
	for _, d := range planned {
		meeting, omitted := p.place(d, days, taken)
		switch {
		case omitted == "":
			taken[meeting.On] = true
			if !d.Before(from) && !d.After(to) {
				held = append(held, meeting)
			}
		case !d.Before(from) && !d.After(to):
			left = append(left, Omission{Planned: d, Because: omitted})
		}
	}
	return held, left
}

// place says on which day a planned meeting is held, or why it is not.
func (p Plan) place(d clock.Date, days WorkingDays, taken map[clock.Date]bool) (meeting Occurrence, omitted string) {
	if reason := p.pausedBecause(d); reason != "" {
		return meeting, reason
	}
	meeting = Occurrence{Planned: d, On: d, Because: p.Rule.closedBecause(d, days)}
	if meeting.Because == "" {
		return meeting, ""
	}
	switch p.OnHoliday {
	case SkipIt:
		return meeting, meeting.Because
	case MoveToPrevious:
		meeting.On = days.PreviousWorkingDay(d)
	default:
		meeting.On = days.NextWorkingDay(d)
	}
	if taken[meeting.On] {
		return meeting, meeting.Because + "; another meeting is held on " + meeting.On.Long()
	}
	if reason := p.pausedBecause(meeting.On); reason != "" {
		return meeting, meeting.Because + "; it would move to " + meeting.On.Long() + ". " + reason
	}
	return meeting, ""
}

// within keeps a span inside the plan's first and last day.
func (p Plan) within(from, to clock.Date) (clock.Date, clock.Date) {
	if from.Before(p.StartsOn) {
		from = p.StartsOn
	}
	if !p.EndsOn.IsZero() && to.After(p.EndsOn) {
		to = p.EndsOn
	}
	return from, to
}

// pausedBecause says which pause a day lies in, or "".
func (p Plan) pausedBecause(d clock.Date) string {
	for _, pause := range p.Pauses {
		if pause.Covers(d) {
			return "Pause: " + pause.Reason
		}
	}
	return ""
}

// closedBecause says why a planned day is moved, or "" when the meeting stays.
func (r Rule) closedBecause(d clock.Date, days WorkingDays) string {
	if name := days.BankHoliday(d); name != "" {
		return name
	}
	if days.IsWorkingDay(d) || len(r.days) > 0 { // a listed weekend is meant
		return ""
	}
	for _, day := range r.option.Byweekday {
		if weekdayName(day) == d.Weekday().String() {
			return ""
		}
	}
	return "a weekend"
}

// planned lists the days the rule itself gives, before any is moved.
func (r Rule) planned(seriesStart, from, to clock.Date) []clock.Date {
	var list []clock.Date
	if len(r.days) > 0 {
		for _, d := range r.days {
			if !d.Before(from) && !d.After(to) {
				list = append(list, d)
			}
		}
		return list
	}
	option := r.option
	option.Dtstart = midnightUTC(seriesStart)
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return nil // impossible: ParseRule, Weekly and Monthly give only rules that build
	}
	for _, t := range rule.Between(midnightUTC(from), midnightUTC(to), true) {
		list = append(list, clock.NewDate(t.Date()))
	}
	return list
}

func midnightUTC(d clock.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
