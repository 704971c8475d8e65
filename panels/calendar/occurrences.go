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

// An Occurrence is one meeting a rule gives.
type Occurrence struct {
	Planned clock.Date // the day the rule says; it identifies the meeting in its series for good
	On      clock.Date // the day it is held
	Because string     // the bank holiday that moved it, "a weekend", or "" when it was not moved
}

// Dates lists the meetings whose planned day is from one day to another, both included, of a
// rule counted from the day the series starts. No two are held on one day. The answer for a
// planned day does not depend on the span asked for, so a series can be extended piece by piece.
// A weekend is kept only where the rule names it.
func (r Rule) Dates(seriesStart, from, to clock.Date, policy OnHoliday, days WorkingDays) []Occurrence {
	if from.Before(seriesStart) {
		from = seriesStart
	}
	// Two meetings meet on one day only within a run of closed days; a fortnight spans the longest.
	planned := r.planned(seriesStart, from.AddDays(-14), to.AddDays(14))
	taken := make(map[clock.Date]bool, len(planned))
	for _, d := range planned {
		if r.closedBecause(d, days) == "" {
			taken[d] = true
		}
	}
	var list []Occurrence
	for _, d := range planned {
		meeting := Occurrence{Planned: d, On: d, Because: r.closedBecause(d, days)}
		if meeting.Because != "" {
			switch policy {
			case SkipIt:
				continue
			case MoveToPrevious:
				meeting.On = days.PreviousWorkingDay(d)
			default:
				meeting.On = days.NextWorkingDay(d)
			}
			if taken[meeting.On] {
				continue
			}
			taken[meeting.On] = true
		}
		if !d.Before(from) && !d.After(to) {
			list = append(list, meeting)
		}
	}
	return list
}

// closedBecause says why a planned day is moved, or "" when the meeting stays.
func (r Rule) closedBecause(d clock.Date, days WorkingDays) string {
	if name := days.BankHoliday(d); name != "" {
		return name
	}
	if days.IsWorkingDay(d) {
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
	option := r.option
	option.Dtstart = midnightUTC(seriesStart)
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return nil // impossible: ParseRule, Weekly and Monthly give only rules that build
	}
	var list []clock.Date
	for _, t := range rule.Between(midnightUTC(from), midnightUTC(to), true) {
		list = append(list, clock.NewDate(t.Date()))
	}
	return list
}

func midnightUTC(d clock.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
