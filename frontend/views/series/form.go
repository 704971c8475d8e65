// Package series shows when a forum meets: the form for a series of meetings, the dates it gives before
// they are saved, and what a change of it does.
package series

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/forums"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// How often a forum meets, as the form asks it.
const (
	ByWeeks  = "weeks"
	ByMonths = "months"
	ByDates  = "dates"
	AsItIs   = "as_it_is" // a pattern that the form cannot ask about
)

// Form is the form for a series of meetings, as typed.
type Form struct {
	Often                                     string
	Weeks, WeeksDay                           string
	Months, MonthsDay                         string
	Nth                                       []string
	Dates                                     string // a line a day
	Rule                                      string // for AsItIs
	StartTime, Duration, Venue, Link, Holiday string
	StartsOn, EndsOn                          govuk.TypedDate
	Pauses                                    []Pause
}

// Pause is a pause, as typed.
type Pause struct {
	From, To  govuk.TypedDate
	Reason    string
	EveryYear bool
}

// IsEmpty reports whether nothing was typed.
func (p Pause) IsEmpty() bool { return p.From.IsEmpty() && p.To.IsEmpty() && p.Reason == "" }

// roomForPauses are the pauses with an empty one to fill, two where there are none.
func (f Form) roomForPauses() []Pause {
	pauses := append(slices.Clone(f.Pauses), Pause{})
	if len(pauses) < 2 {
		pauses = append(pauses, Pause{})
	}
	return pauses
}

// Type shows a series in the form.
func Type(s panels.Series) Form {
	form := Form{
		Weeks: "1", Months: "1", StartTime: s.StartTime, Duration: strconv.Itoa(s.DurationMinutes), Venue: s.Venue, Link: s.JoiningLink, Holiday: s.BankHoliday,
		StartsOn: govuk.TypeDate(s.StartsOn), EndsOn: govuk.TypeDate(s.EndsOn),
	}
	if at, err := calendar.ParseTimeOfDay(s.StartTime); err == nil {
		form.StartTime = at.Words()
	}
	if form.Holiday == "" {
		form.Holiday = string(calendar.MoveToNext)
	}
	for _, p := range s.Pauses {
		form.Pauses = append(form.Pauses, Pause{govuk.TypeDate(p.From), govuk.TypeDate(p.To), p.Reason, p.EveryYear})
	}
	form.typeRule(s.Rule)
	return form
}

func (f *Form) typeRule(text string) {
	rule, err := calendar.ParseRule(text)
	if err != nil {
		return
	}
	pattern, ok := rule.Pattern()
	switch {
	case len(rule.Days()) > 0:
		f.Often, f.StartsOn, f.EndsOn = ByDates, govuk.TypedDate{}, govuk.TypedDate{}
		for _, day := range rule.Days() {
			f.Dates += day.Long() + "\n"
		}
	case ok && pattern.Weeks > 0:
		f.Often, f.Weeks, f.WeeksDay = ByWeeks, strconv.Itoa(pattern.Weeks), strconv.Itoa(int(pattern.Day))
	case ok:
		f.Often, f.Months, f.MonthsDay = ByMonths, strconv.Itoa(pattern.Months), strconv.Itoa(int(pattern.Day))
		for _, n := range pattern.Nth {
			f.Nth = append(f.Nth, strconv.Itoa(n))
		}
	default:
		f.Often, f.Rule = AsItIs, rule.String()
	}
}

// ReadRule writes the form's answer as a rule, or says which field to mend and how.
func (f Form) ReadRule() (rule, field, problem string) {
	switch f.Often {
	case ByWeeks:
		every, err := strconv.Atoi(f.Weeks)
		if err != nil || every < 1 || every > 52 {
			return "", "weeks_every", "Enter a number of weeks between 1 and 52"
		}
		day, ok := weekday(f.WeeksDay)
		if !ok {
			return "", "weeks_day", "Choose the day of the week"
		}
		return calendar.Weekly(every, day).String(), "", ""
	case ByMonths:
		every, err := strconv.Atoi(f.Months)
		if err != nil || every < 1 || every > 24 {
			return "", "months_every", "Enter a number of months between 1 and 24"
		}
		var nth []int
		for _, n := range f.Nth {
			if number, err := strconv.Atoi(n); err == nil && number >= -1 && number <= 5 && number != 0 {
				nth = append(nth, number)
			}
		}
		if len(nth) == 0 {
			return "", "cadence_nth", "Choose which of the month’s days, like the second"
		}
		day, ok := weekday(f.MonthsDay)
		if !ok {
			return "", "months_day", "Choose the day of the week"
		}
		return calendar.Monthly(every, day, nth...).String(), "", ""
	case ByDates:
		return readDates(f.Dates)
	case AsItIs:
		return f.Rule, "", ""
	default:
		return "", "cadence", "Choose how often the forum meets"
	}
}

func weekday(typed string) (time.Weekday, bool) {
	day, err := strconv.Atoi(typed)
	return time.Weekday(day), err == nil && day >= 0 && day <= 6
}

// readDates reads a line a day: "12 January 2027", "12/1/2027", "Tue 12th Jan 2027".
func readDates(lines string) (rule, field, problem string) {
	var days []clock.Date
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		day, ok := readDay(line)
		if !ok {
			return "", "dates", "“" + line + "” is not a date. Enter one on each line, like 12 January 2027 or 12/1/2027"
		}
		days = append(days, day)
	}
	if len(days) == 0 {
		return "", "dates", "Enter the dates of the meetings, one on each line"
	}
	return calendar.OnDays(days...).String(), "", ""
}

func readDay(line string) (clock.Date, bool) {
	parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t/-.,", r) })
	if len(parts) == 4 { // a weekday said before it
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return clock.Date{}, false
	}
	if year, err := strconv.Atoi(parts[0]); err == nil && year > 31 { // year first
		parts[0], parts[2] = parts[2], parts[0]
	}
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		parts[0] = strings.TrimSuffix(parts[0], ending)
	}
	if len(parts[2]) == 2 {
		parts[2] = "20" + parts[2]
	}
	day, problem := govuk.TypedDate{Day: parts[0], Month: parts[1], Year: parts[2]}.Date()
	return day, problem == ""
}

// Fields are what the form sends, to be sent again as it stands.
func (f Form) Fields() []govuk.Hidden {
	fields := []govuk.Hidden{
		{Name: "cadence", Value: f.Often}, {Name: "weeks_every", Value: f.Weeks}, {Name: "weeks_day", Value: f.WeeksDay},
		{Name: "months_every", Value: f.Months}, {Name: "months_day", Value: f.MonthsDay}, {Name: "dates", Value: f.Dates}, {Name: "cadence_rule", Value: f.Rule},
		{Name: "start_time", Value: f.StartTime}, {Name: "duration_minutes", Value: f.Duration}, {Name: "venue", Value: f.Venue},
		{Name: "joining_link", Value: f.Link}, {Name: "bank_holiday", Value: f.Holiday},
	}
	for _, n := range f.Nth {
		fields = append(fields, govuk.Hidden{Name: "cadence_nth", Value: n})
	}
	date := func(name string, d govuk.TypedDate) {
		fields = append(fields, govuk.Hidden{Name: name + "-day", Value: d.Day}, govuk.Hidden{Name: name + "-month", Value: d.Month}, govuk.Hidden{Name: name + "-year", Value: d.Year})
	}
	date("starts_on", f.StartsOn)
	date("ends_on", f.EndsOn)
	for i, p := range f.Pauses {
		name := panels.PauseField(i)
		date(name+"_from", p.From)
		date(name+"_to", p.To)
		fields = append(fields, govuk.Hidden{Name: name + "_reason", Value: p.Reason})
		if p.EveryYear {
			fields = append(fields, govuk.Hidden{Name: name + "_every_year", Value: "yes"})
		}
	}
	return fields
}

// Href is the address of a series of a forum.
func Href(forum panels.Forum, id uuid.UUID) string {
	return forums.Href(forum) + "/series/" + id.String()
}

// EndsOn names the field for the last day of one series among several.
func EndsOn(series uuid.UUID) string { return "ends_on_" + series.String() }

func holidayWords(policy string) string {
	for _, choice := range forums.HolidayChoices() {
		if choice.Value == policy {
			return choice.Text
		}
	}
	return ""
}

func timeWords(text string) string {
	at, err := calendar.ParseTimeOfDay(text)
	if err != nil {
		return text
	}
	return at.Words()
}

// facts are a series in words.
func facts(s panels.Series) []govuk.Fact {
	list := []govuk.Fact{
		{Key: "Meets", Text: forums.InWords(s.Rule)}, {Key: "Starts at", Text: timeWords(s.StartTime)}, {Key: "Lasts", Text: forums.Minutes(s.DurationMinutes)},
		{Key: "Last day", Text: forums.Until(s.EndsOn)}, {Key: "On a bank holiday", Text: holidayWords(s.BankHoliday)},
	}
	if len(s.Pauses) > 0 {
		var words []string
		for _, p := range s.Pauses {
			words = append(words, p.Words())
		}
		list = append(list, govuk.Fact{Key: "Pauses", Text: strings.Join(words, "; ")})
	}
	if s.Venue != "" || s.JoiningLink == "" {
		list = append(list, govuk.Fact{Key: "Venue", Text: s.Venue})
	}
	if s.JoiningLink != "" {
		list = append(list, govuk.Fact{Key: "Joining link", Text: s.JoiningLink})
	}
	return list
}
