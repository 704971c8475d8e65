package meetings

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Calendar is a month of meetings.
type Calendar struct {
	Month    clock.Date // its first day
	Today    clock.Date
	Grid     bool // as a grid of days; else as a list
	Meetings []panels.MeetingRow
	More     bool           // there are more meetings than are shown
	Forums   []panels.Forum // to filter by
	Forum    string         // the slug chosen; "" is all
	People   []panels.SeatedPerson
	Person   string    // "me", an id or ""
	Me       uuid.UUID // the reader
	Holidays []calendar.Holiday
	MayMove  func(forum uuid.UUID) bool
	Clashes  map[uuid.UUID][]panels.Clash // of the meetings the reader schedules
	Chairs   map[uuid.UUID]string         // who chairs, where two take turns
}

// Mine is the value of the person filter that means the reader.
const Mine = "me"

// MineHref is the calendar of the reader's own meetings.
const MineHref = "/meetings?person=" + Mine

func (c Calendar) href(month clock.Date, grid bool) string {
	query := url.Values{"month": {month.String()[:7]}}
	if c.Forum != "" {
		query.Set("forum", c.Forum)
	}
	if c.Person != "" {
		query.Set("person", c.Person)
	}
	if grid {
		query.Set("view", "grid")
	}
	return "/meetings?" + query.Encode()
}

func (c Calendar) title() string { return monthName(c.Month) }

// heading says whose meetings are listed: on paper nothing else does.
func (c Calendar) heading() string {
	words := "Meetings in " + c.title()
	if name := c.forumName(); name != "" {
		words += ", " + name
	}
	if name := c.personName(); name != "" {
		words += ", " + name
	}
	return words
}

func monthName(d clock.Date) string { return fmt.Sprintf("%s %d", d.Month, d.Year) }

func (c Calendar) forumName() string {
	for _, f := range c.Forums {
		if f.Slug == c.Forum {
			return f.Name
		}
	}
	return ""
}

func (c Calendar) forumOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "All my forums"}}
	for _, f := range c.Forums {
		options = append(options, govuk.Option{Value: f.Slug, Text: f.Name})
	}
	return options
}

func (c Calendar) personName() string {
	if c.Person == Mine {
		return "my own meetings"
	}
	for i, p := range c.People {
		if p.ID.String() == c.Person {
			return c.nameOf(i)
		}
	}
	return ""
}

// nameOf is a person's name, with their agency where two have the same.
func (c Calendar) nameOf(i int) string {
	p := c.People[i]
	same := func(j int) bool { return j >= 0 && j < len(c.People) && c.People[j].Name == p.Name }
	if p.AgencyName != "" && (same(i-1) || same(i+1)) {
		return p.Name + ", " + p.AgencyName
	}
	return p.Name
}

func (c Calendar) personOptions() []govuk.Option {
	options := []govuk.Option{{Value: "", Text: "Anybody"}, {Value: Mine, Text: "Only my own meetings"}}
	for i, p := range c.People {
		if p.ID != c.Me {
			options = append(options, govuk.Option{Value: p.ID.String(), Text: c.nameOf(i)})
		}
	}
	return options
}

func (c Calendar) chips() govuk.FilterChips {
	var chips []govuk.Chip
	if name := c.forumName(); name != "" {
		without := c
		without.Forum = ""
		chips = append(chips, govuk.Chip{Text: name, RemoveHref: without.href(c.Month, c.Grid)})
	}
	if name := c.personName(); name != "" {
		without := c
		without.Person = ""
		if c.Person == Mine {
			name = "Only my own meetings"
		}
		chips = append(chips, govuk.Chip{Text: name, RemoveHref: without.href(c.Month, c.Grid)})
	}
	if len(chips) < 2 {
		return govuk.FilterChips{Chips: chips}
	}
	without := c
	without.Forum, without.Person = "", ""
	return govuk.FilterChips{Chips: chips, ClearHref: without.href(c.Month, c.Grid)}
}

// monthOptions are the months a reader may want: half a year back, a year and a half ahead.
func (c Calendar) monthOptions() []govuk.Option {
	var options []govuk.Option
	first := clock.NewDate(c.Today.Year, c.Today.Month, 1)
	for n := -6; n <= 18; n++ {
		month := first.AddMonths(n)
		options = append(options, govuk.Option{Value: month.String()[:7], Text: monthName(month)})
	}
	value := c.Month.String()[:7]
	if slices.ContainsFunc(options, func(o govuk.Option) bool { return o.Value == value }) {
		return options
	}
	return append([]govuk.Option{{Value: value, Text: monthName(c.Month)}}, options...)
}

// Day is one day of the grid; a day outside the month has no date.
type Day struct {
	On       clock.Date
	Holiday  string
	Meetings []panels.MeetingRow
}

// weeks lays the month out from Monday to Sunday.
func (c Calendar) weeks() [][]Day {
	byDay := map[clock.Date][]panels.MeetingRow{}
	for _, m := range c.Meetings {
		byDay[m.On()] = append(byDay[m.On()], m)
	}
	var weeks [][]Day
	back := (int(c.Month.Weekday()) + 6) % 7
	for monday := c.Month.AddDays(-back); monday.Before(c.Month.AddMonths(1)); monday = monday.AddDays(7) {
		var week []Day
		for n := range 7 {
			var d Day
			if on := monday.AddDays(n); on.Month == c.Month.Month {
				d = Day{On: on, Holiday: c.holiday(on), Meetings: byDay[on]}
			}
			week = append(week, d)
		}
		weeks = append(weeks, week)
	}
	return weeks
}

func (c Calendar) holiday(on clock.Date) string {
	for _, h := range c.Holidays {
		if h.On == on {
			return h.Name
		}
	}
	return ""
}

// due is a deadline in a list: nothing for a meeting that is not held.
func due(m panels.Meeting, on clock.Date) string {
	if m.Status == panels.Cancelled || m.Between() {
		return ""
	}
	if on.IsZero() {
		return "Not known"
	}
	return on.Long()
}
