package letters

import (
	"fmt"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// DueOn is the day by which the letters of a decision are to be out: so many working days after it binds.
func DueOn(bound clock.Date, letterDays int, days calendar.WorkingDays) clock.Date {
	return days.AddWorkingDays(bound, letterDays)
}

// Lateness says in words how a letter that is not out stands to its day.
func Lateness(due, today clock.Date, days calendar.WorkingDays) (words string, late bool) {
	switch {
	case today.After(due):
		n := days.WorkingDaysBetween(due, today.AddDays(1))
		switch n {
		case 0:
			return "Late since " + due.Long(), true
		case 1:
			return "1 working day late", true
		}
		return fmt.Sprintf("%d working days late", n), true
	case today == due:
		return "Due today", false
	default:
		return "Due " + due.LongWithWeekday(), false
	}
}
