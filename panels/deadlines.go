package panels

import (
	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Deadlines are the days by which a meeting's papers must be in, its agenda out and its minutes out.
type Deadlines struct {
	PapersDueOn, AgendaOutOn, MinutesOutOn clock.Date
}

// DeadlinesFor counts back clear working days for papers and agenda, and working days forward for
// minutes, from a meeting's day. A meeting called at shorter notice than that has until today.
func (t Terms) DeadlinesFor(on, today clock.Date, days calendar.WorkingDays) Deadlines {
	return Deadlines{
		PapersDueOn:  later(days.ClearWorkingDaysBefore(on, t.PapersDueDays), earlier(today, on)),
		AgendaOutOn:  later(days.ClearWorkingDaysBefore(on, t.AgendaOutDays), earlier(today, on)),
		MinutesOutOn: days.AddWorkingDays(on, t.MinutesOutDays),
	}
}

func later(a, b clock.Date) clock.Date {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return a
	}
	return b
}
