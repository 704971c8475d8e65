// Package meetings shows when forums meet, and one meeting with its deadlines.
package meetings

import (
	"fmt"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Href is the address of a meeting's page.
func Href(id uuid.UUID) string { return "/meetings/" + id.String() }

// Calendar is a month of meetings.
type Calendar struct {
	Month    clock.Date // its first day
	Today    clock.Date
	Grid     bool // as a grid of days; else as a list
	Meetings []panels.MeetingRow
	Forums   []panels.Forum // to filter by
	Forum    string         // the slug chosen; "" is all
	Holidays []calendar.Holiday
	MayMove  func(forum uuid.UUID) bool
}

func (c Calendar) href(month clock.Date, grid bool) string {
	query := url.Values{"month": {month.String()[:7]}}
	if c.Forum != "" {
		query.Set("forum", c.Forum)
	}
	if grid {
		query.Set("view", "grid")
	}
	return "/meetings?" + query.Encode()
}

func (c Calendar) title() string { return monthName(c.Month) }

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

func (c Calendar) chips() []govuk.Chip {
	if c.forumName() == "" {
		return nil
	}
	without := c
	without.Forum = ""
	return []govuk.Chip{{Text: c.forumName(), RemoveHref: without.href(c.Month, c.Grid)}}
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
	for _, o := range options {
		if o.Value == value {
			return options
		}
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
	var weeks [][]Day
	back := (int(c.Month.Weekday()) + 6) % 7
	for monday := c.Month.AddDays(-back); monday.Before(c.Month.AddMonths(1)); monday = monday.AddDays(7) {
		var week []Day
		for n := range 7 {
			var d Day
			if on := monday.AddDays(n); on.Month == c.Month.Month {
				d = c.day(on)
			}
			week = append(week, d)
		}
		weeks = append(weeks, week)
	}
	return weeks
}

func (c Calendar) day(on clock.Date) Day {
	d := Day{On: on, Holiday: c.holiday(on)}
	for _, m := range c.Meetings {
		if m.On() == on {
			d.Meetings = append(d.Meetings, m)
		}
	}
	return d
}

func (c Calendar) holiday(on clock.Date) string {
	for _, h := range c.Holidays {
		if h.On == on {
			return h.Name
		}
	}
	return ""
}

// when is "9:30am to midday", with the day where the meeting runs past midnight.
func when(m panels.Meeting) string {
	end := clock.Time(m.EndsAt)
	if clock.DateOf(m.EndsAt) != m.On() {
		end = clock.Moment(m.EndsAt)
	}
	return clock.Time(m.StartsAt) + " to " + end
}

func whole(m panels.Meeting) string { return m.On().LongWithWeekday() + ", " + when(m) }

// statusTag is nothing for a meeting that is simply to come.
func statusTag(m panels.Meeting) templ.Component {
	switch m.Status {
	case panels.Draft:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Grey}
	case panels.InSession:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Green}
	case panels.Adjourned:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Yellow}
	case panels.Cancelled:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Red}
	case panels.Closed:
		return govuk.Tag{Text: m.Status.Words(), Colour: govuk.Grey}
	default:
		if m.Extraordinary() {
			return govuk.Tag{Text: "Extraordinary", Colour: govuk.Purple}
		}
		return nil
	}
}

// Progress is how a deadline stands on a day.
func deadline(on, today clock.Date, done bool) string {
	if on.IsZero() {
		return "Not known"
	}
	words := on.LongWithWeekday()
	switch days := today.DaysUntil(on); {
	case done:
		return words
	case days == 0:
		return words + " (today)"
	case days == 1:
		return words + " (tomorrow)"
	case days > 1:
		return fmt.Sprintf("%s (in %d days)", words, days)
	default:
		return words + " (passed)"
	}
}

// Change is the form to move a meeting or call one, as typed.
type Change struct {
	Version                               int
	On                                    govuk.TypedDate
	StartTime, Duration, Venue, Link, Why string
	AgendaIsOut                           bool // the reader has said that they know the agenda is published
}

// TypeMeeting shows a meeting in the form.
func TypeMeeting(m panels.Meeting) Change {
	return Change{
		Version: m.Version, On: govuk.TypeDate(m.On()), StartTime: clock.Time(m.StartsAt),
		Duration: fmt.Sprint(int(m.Duration() / time.Minute)), Venue: m.Venue, Link: m.JoiningLink,
	}
}
