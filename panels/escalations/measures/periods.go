package measures

import (
	"time"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// period is the days a measure looks at, and what its query asks for.
type period struct {
	today    clock.Date
	quarters []clock.Date // the first day of each
	from, to clock.Date
	ask      map[string]any
}

const quartersShown = 8

// latestBorn is the last birthday with which somebody has reached an age on a day. Who is born on 29 February
// reaches it on 1 March of a common year.
func latestBorn(age int, on clock.Date) clock.Date {
	born := on.AddMonths(-12 * age)
	for calendar.Birthday(born.AddDays(1), age).Before(on.AddDays(1)) {
		born = born.AddDays(1)
	}
	return born
}

// quarterOf is the first day of the quarter of the year that holds a day.
func quarterOf(d clock.Date) clock.Date {
	return clock.NewDate(d.Year, d.Month-(d.Month-1)%3, 1)
}

// lastQuarters are eight quarters up to today: the last is not over.
func lastQuarters(today clock.Date) period {
	p := period{today: today, to: today}
	first := quarterOf(today).AddMonths(-3 * (quartersShown - 1))
	for i := range quartersShown {
		p.quarters = append(p.quarters, first.AddMonths(3*i))
	}
	p.from = first
	p.ask = map[string]any{"from": p.from, "to": p.to}
	return p
}

// turning18 are the same quarters, of 18th birthdays.
func turning18(today clock.Date) period {
	p := lastQuarters(today)
	p.ask = map[string]any{"born_after": latestBorn(18, p.from.AddDays(-1)), "born_by": latestBorn(18, today)}
	return p
}

// lastYear is the twelve whole months before this one.
func lastYear(today clock.Date) period {
	to := clock.NewDate(today.Year, today.Month, 1).AddDays(-1)
	return whole(today, to.AddDays(1).AddMonths(-12), to)
}

// lastMonth is the whole month before this one.
func lastMonth(today clock.Date) period {
	to := clock.NewDate(today.Year, today.Month, 1).AddDays(-1)
	return whole(today, to.AddDays(1).AddMonths(-1), to)
}

// yearToday is the twelve months that end today.
func yearToday(today clock.Date) period {
	return whole(today, today.AddMonths(-12).AddDays(1), today)
}

func whole(today, from, to clock.Date) period {
	return period{today: today, from: from, to: to, ask: map[string]any{
		"from": from, "to": to, "today": today, "from_instant": from.Start(), "to_instant": to.AddDays(1).Start(),
	}}
}

// now is today alone, of people above no age and under another; -1 and 0 are no bound.
func now(above, under int) func(clock.Date) period {
	return func(today clock.Date) period {
		p := period{today: today, from: today, to: today, ask: map[string]any{"today": today, "born_by": today, "born_after": latestBorn(under, today)}}
		if above > 0 {
			p.ask["born_by"] = latestBorn(above, today)
		}
		p.ask["finished_after"] = today.AddMonths(-3)
		return p
	}
}

// quarterRows are the rows of quarters.
func quarterRows(p period) []Row {
	rows := make([]Row, len(p.quarters))
	for i, first := range p.quarters {
		last := first.AddMonths(3).AddDays(-1)
		rows[i] = Row{Key: first.String()[:7], Name: monthName(first.Month) + " to " + monthName(last.Month) + " " + last.String()[:4]}
		if last.After(p.today) {
			rows[i].Name += ", so far"
		}
	}
	return rows
}

func monthName(m time.Month) string { return m.String() }

// fixedRows are rows that there always are.
func fixedRows(names ...string) func(period) []Row {
	return func(period) []Row {
		rows := make([]Row, 0, len(names)/2)
		for i := 0; i+1 < len(names); i += 2 {
			rows = append(rows, Row{Key: names[i], Name: names[i+1]})
		}
		return rows
	}
}
