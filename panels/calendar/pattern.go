package calendar

import (
	"time"

	"github.com/teambition/rrule-go"
)

// A Pattern is what a form asks about a rule: every so many weeks or months, on which day.
type Pattern struct {
	Weeks  int // every so many weeks; 0 when it goes by months
	Months int // every so many months; 0 when it goes by weeks
	Day    time.Weekday
	Nth    []int // which of the month's such days, -1 being the last; empty when it goes by weeks
}

// Pattern reads a rule back into what a form asks; ok is false for a rule that no form could say.
func (r Rule) Pattern() (p Pattern, ok bool) {
	o := r.option
	if len(o.Byweekday) == 0 || len(o.Bymonth) > 0 || len(o.Bymonthday) > 0 || o.Count > 0 || !o.Until.IsZero() {
		return Pattern{}, false
	}
	p.Day = goWeekday(o.Byweekday[0])
	for _, day := range o.Byweekday {
		if goWeekday(day) != p.Day {
			return Pattern{}, false
		}
		if day.N() != 0 {
			p.Nth = append(p.Nth, day.N())
		}
	}
	switch every := max(o.Interval, 1); o.Freq {
	case rrule.WEEKLY:
		p.Weeks = every
	case rrule.MONTHLY:
		p.Months = every
	default:
		return Pattern{}, false
	}
	return p, true
}

// Rule writes the pattern as a rule.
func (p Pattern) Rule() Rule {
	if p.Weeks > 0 {
		return Weekly(p.Weeks, p.Day)
	}
	return Monthly(p.Months, p.Day, p.Nth...)
}
