// Package planner shows a forum's year on one page, on a screen and on paper.
package planner

import (
	"fmt"
	"slices"
	"strings"

	"quorate/frontend/govuk"
	"quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Href is the address of a forum's planner from a month on.
func Href(forum panels.Forum, from clock.Date) string {
	return "/forums/" + forum.Slug + "/planner?from=" + from.String()[:7]
}

// Year is the planner's page.
type Year struct {
	panels.YearPlan
	Today clock.Date
}

// Month is a twelfth of the year.
type Month struct {
	First clock.Date
	Days  []Day // those on which something is planned
}

// Day is a day on which something is planned.
type Day struct {
	On      clock.Date
	Entries []Entry
}

// Entry is something planned on a day. A meeting leads to its page.
type Entry struct {
	Words   string
	Href    string
	Meeting bool // it is held
	Order   int
}

// months are the twelve, each with what is planned in it.
func (y Year) months() []Month {
	planned := map[clock.Date][]Entry{}
	add := func(on clock.Date, e Entry) {
		if !on.IsZero() {
			planned[on] = append(planned[on], e)
		}
	}
	for _, h := range y.Holidays {
		add(h.On, Entry{Words: h.Name})
	}
	for _, p := range y.Pauses {
		y.addPause(p, add)
	}
	for _, m := range y.Meetings {
		add(m.On(), Entry{Words: meeting(m.Meeting), Href: meetings.Href(m.ID), Meeting: m.Status != panels.Cancelled, Order: 1})
		if m.Status == panels.Cancelled {
			continue
		}
		of := " for " + short(m.On())
		add(m.PapersDueOn, Entry{Words: "Papers due" + of, Order: 2})
		add(m.AgendaOutOn, Entry{Words: "Agenda out" + of, Order: 3})
		add(m.MinutesOutOn, Entry{Words: "Minutes out" + of, Order: 4})
	}
	var months []Month
	for n := range 12 {
		month := Month{First: y.From.AddMonths(n)}
		for on := month.First; on.Month == month.First.Month; on = on.AddDays(1) {
			if entries := planned[on]; len(entries) > 0 {
				slices.SortStableFunc(entries, func(a, b Entry) int { return a.Order - b.Order })
				month.Days = append(month.Days, Day{On: on, Entries: entries})
			}
		}
		months = append(months, month)
	}
	return months
}

// addPause says of a pause on its first day, and on the first of each month that it reaches into.
func (y Year) addPause(p calendar.Pause, add func(clock.Date, Entry)) {
	for on := y.From; !on.After(y.To); on = on.AddDays(1) {
		if !p.Covers(on) || on.Day != 1 && p.Covers(on.AddDays(-1)) {
			continue
		}
		last := on
		for p.Covers(last.AddDays(1)) && last.Before(on.AddMonths(12)) {
			last = last.AddDays(1)
		}
		add(on, Entry{Words: "No meetings to " + short(last) + ": " + p.Reason, Order: 5})
	}
}

func meeting(m panels.Meeting) string {
	words := "Meeting, " + clock.Time(m.StartsAt)
	switch {
	case m.Status == panels.Cancelled:
		words = "Meeting cancelled"
	case m.Status == panels.Draft:
		words += " (draft)"
	case m.Extraordinary():
		words += " (extraordinary)"
	}
	return words
}

// class is the planner's, smaller on paper where much is planned in a month, so that the year still
// fits one sheet.
func class(months []Month) string {
	most := 0
	for _, m := range months {
		lines := 0
		for _, d := range m.Days {
			lines += len(d.Entries)
		}
		most = max(most, lines)
	}
	switch {
	case most > 20:
		return "q-planner q-planner--crowded"
	case most > 12:
		return "q-planner q-planner--full"
	}
	return "q-planner"
}

// short is "8 Sep".
func short(d clock.Date) string { return fmt.Sprintf("%d %s", d.Day, d.Month.String()[:3]) }

// weekday is "Tue 8".
func weekday(d clock.Date) string { return fmt.Sprintf("%s %d", d.Weekday().String()[:3], d.Day) }

func monthName(d clock.Date) string { return fmt.Sprintf("%s %d", d.Month, d.Year) }

func (y Year) span() string { return monthName(y.From) + " to " + monthName(y.To) }

// fromOptions are the months a planner may begin with: calendar years and school years around today,
// and each month of the year to come.
func (y Year) fromOptions() []govuk.Option {
	first := clock.NewDate(y.Today.Year, y.Today.Month, 1)
	var options []govuk.Option
	for n := -24; n <= 24; n++ {
		month := first.AddMonths(n)
		if n >= 0 && n < 12 || month.Month == 1 || month.Month == 4 || month.Month == 9 || month == y.From {
			options = append(options, govuk.Option{Value: month.String()[:7], Text: monthName(month)})
		}
	}
	value := y.From.String()[:7]
	if !slices.ContainsFunc(options, func(o govuk.Option) bool { return o.Value == value }) {
		options = append(options, govuk.Option{Value: value, Text: monthName(y.From)})
		slices.SortFunc(options, func(a, b govuk.Option) int { return strings.Compare(a.Value, b.Value) })
	}
	return options
}
