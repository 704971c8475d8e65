// Package calendar says which days people work, when a young person reaches an age, and on which days a forum meets.
package calendar

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"quorate/server/base/clock"

	"github.com/rickar/cal/v2/gb"
)

// A OneOff is a single day that the rules cannot know: a bank holiday proclaimed once, or a
// usual bank holiday that is worked because it was moved.
type OneOff struct {
	On     clock.Date
	Name   string // as people know it, "Day of national mourning"
	Worked bool   // true: a usual bank holiday that is an ordinary day this once
}

// WorkingDays knows the working days of England and Wales: Monday to Friday, without bank
// holidays and the days given in their place. The zero WorkingDays knows no one-off days.
type WorkingDays struct {
	oneOffs map[clock.Date]OneOff
}

// NewWorkingDays adds one-off days to the bank holidays that follow from the rules.
func NewWorkingDays(days ...OneOff) WorkingDays {
	oneOffs := make(map[clock.Date]OneOff, len(days))
	for _, day := range days {
		oneOffs[day.On] = day
	}
	return WorkingDays{oneOffs}
}

// A Holiday is a bank holiday on the day it is kept.
type Holiday struct {
	On   clock.Date
	Name string
}

// BankHoliday names the bank holiday kept on d, or returns "" when there is none.
func (w WorkingDays) BankHoliday(d clock.Date) string {
	if day, ok := w.oneOffs[d]; ok {
		if day.Worked {
			return ""
		}
		return day.Name
	}
	for _, holiday := range bankHolidays(d.Year) {
		if holiday.On == d {
			return holiday.Name
		}
	}
	return ""
}

// BankHolidays lists the bank holidays kept in a year, earliest first.
func (w WorkingDays) BankHolidays(year int) []Holiday {
	var list []Holiday
	for _, holiday := range bankHolidays(year) {
		if _, overruled := w.oneOffs[holiday.On]; !overruled {
			list = append(list, holiday)
		}
	}
	for _, day := range w.oneOffs {
		if day.On.Year == year && !day.Worked {
			list = append(list, Holiday{day.On, day.Name})
		}
	}
	slices.SortFunc(list, func(a, b Holiday) int { return cmp.Compare(b.On.DaysUntil(a.On), 0) })
	return list
}

// IsWorkingDay reports whether offices are open on d.
func (w WorkingDays) IsWorkingDay(d clock.Date) bool {
	if isWeekend(d) {
		return false
	}
	if day, ok := w.oneOffs[d]; ok {
		return day.Worked
	}
	return w.BankHoliday(d) == ""
}

// NextWorkingDay is the first working day after d.
func (w WorkingDays) NextWorkingDay(d clock.Date) clock.Date { return w.OnOrAfter(d.AddDays(1)) }

// PreviousWorkingDay is the last working day before d.
func (w WorkingDays) PreviousWorkingDay(d clock.Date) clock.Date { return w.OnOrBefore(d.AddDays(-1)) }

// OnOrAfter is d when it is a working day, else the next one: what falls due acts on this day.
func (w WorkingDays) OnOrAfter(d clock.Date) clock.Date {
	for !w.IsWorkingDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// OnOrBefore is d when it is a working day, else the one before.
func (w WorkingDays) OnOrBefore(d clock.Date) clock.Date {
	for !w.IsWorkingDay(d) {
		d = d.AddDays(-1)
	}
	return d
}

// AddWorkingDays is the nth working day after d, or before it when n is negative; d itself is
// never counted. With n nought it is OnOrAfter(d).
func (w WorkingDays) AddWorkingDays(d clock.Date, n int) clock.Date {
	if n == 0 {
		return w.OnOrAfter(d)
	}
	for ; n > 0; n-- {
		d = w.NextWorkingDay(d)
	}
	for ; n < 0; n++ {
		d = w.PreviousWorkingDay(d)
	}
	return d
}

// ClearWorkingDaysBefore is the latest working day that leaves n whole working days between
// itself and d. Neither end is counted, as notice of meetings is counted in law: papers due
// 5 clear working days before a Wednesday are due on the Tuesday of the week before.
func (w WorkingDays) ClearWorkingDaysBefore(d clock.Date, n int) clock.Date {
	return w.AddWorkingDays(d, -n-1)
}

// WorkingDaysBetween counts the working days after the earlier day and before the later one;
// neither end is counted.
func (w WorkingDays) WorkingDaysBetween(a, b clock.Date) int {
	if b.Before(a) {
		a, b = b, a
	}
	count := 0
	for d := a.AddDays(1); d.Before(b); d = d.AddDays(1) {
		if w.IsWorkingDay(d) {
			count++
		}
	}
	return count
}

func isWeekend(d clock.Date) bool {
	day := d.Weekday()
	return day == time.Saturday || day == time.Sunday
}

var holidaysByYear sync.Map // int → []Holiday; what the rules give for a year never changes

// bankHolidays are the days kept in a year under the Banking and Financial Dealings Act 1971
// and the proclamations made under it.
func bankHolidays(year int) []Holiday {
	if known, ok := holidaysByYear.Load(year); ok {
		return known.([]Holiday)
	}
	var list []Holiday
	for _, rule := range gb.Holidays {
		actual, kept := rule.Calc(year)
		if kept.IsZero() {
			continue
		}
		name := rule.Name
		if !kept.Equal(actual) {
			name += " (substitute day)"
		}
		// The times are midnights in the machine's own zone, so their own year, month and day are meant.
		list = append(list, Holiday{clock.NewDate(kept.Date()), name})
	}
	if clock.NewDate(year, time.December, 25).Weekday() == time.Sunday {
		// Boxing Day then keeps its own Monday, and it is Christmas Day that has the Tuesday.
		for i := range list {
			switch list[i].On {
			case clock.NewDate(year, time.December, 26):
				list[i].Name = gb.BoxingDay.Name
			case clock.NewDate(year, time.December, 27):
				list[i].Name = gb.ChristmasDay.Name + " (substitute day)"
			}
		}
	}
	holidaysByYear.Store(year, list)
	return list
}
