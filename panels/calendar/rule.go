package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/fault"

	"github.com/teambition/rrule-go"
)

// A Rule says on which days a forum meets. It is written as an RRULE of RFC 5545, kept to what
// people say out loud: every so many weeks on named days, or every so many months on the nth
// or last of a weekday or on a day of the month. Or it lists its days.
type Rule struct {
	option rrule.ROption
	days   []clock.Date // listed, in order; else the option holds
}

// Weekly meets on these days, every so many weeks.
func Weekly(every int, days ...time.Weekday) Rule {
	option := rrule.ROption{Freq: rrule.WEEKLY, Interval: interval(every)}
	for _, day := range days {
		option.Byweekday = append(option.Byweekday, ruleDays[day])
	}
	return Rule{option: option}
}

// Monthly meets on the nth of a weekday, every so many months: Monthly(1, time.Tuesday, 2, 4)
// is the second and fourth Tuesday. An nth of -1 is the last.
func Monthly(every int, day time.Weekday, nth ...int) Rule {
	option := rrule.ROption{Freq: rrule.MONTHLY, Interval: interval(every)}
	weekday := ruleDays[day]
	for _, n := range nth {
		option.Byweekday = append(option.Byweekday, weekday.Nth(n))
	}
	return Rule{option: option}
}

// interval leaves out what an RRULE takes for granted.
func interval(every int) int {
	if every == 1 {
		return 0
	}
	return every
}

var ruleDays = map[time.Weekday]rrule.Weekday{
	time.Monday: rrule.MO, time.Tuesday: rrule.TU, time.Wednesday: rrule.WE, time.Thursday: rrule.TH,
	time.Friday: rrule.FR, time.Saturday: rrule.SA, time.Sunday: rrule.SU,
}

// ParseRule reads an RRULE such as "FREQ=MONTHLY;BYDAY=2TU,4TU", or listed days such as
// "RDATE:20270112,20270309".
func ParseRule(text string) (Rule, error) {
	if days, listed := strings.CutPrefix(strings.TrimSpace(text), "RDATE:"); listed {
		return parseDays(days)
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "RRULE:")
	if strings.ContainsAny(text, "\r\n") || strings.Contains(text, "DTSTART") {
		return Rule{}, fault.New(fault.Invalid, "Enter one rule, without a start")
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return Rule{}, fault.New(fault.Invalid, "Enter how often the forum meets, like FREQ=MONTHLY;BYDAY=-1TH").Because(err)
	}
	rule := Rule{option: *option}
	if problem := rule.problem(); problem != "" {
		return Rule{}, fault.New(fault.Invalid, "%s", problem)
	}
	return rule, nil
}

// MustRule is ParseRule for what ships with the product; it panics on a bad rule.
func MustRule(text string) Rule {
	rule, err := ParseRule(text)
	if err != nil {
		panic(err)
	}
	return rule
}

// String is the RRULE, without a start, or the RDATE.
func (r Rule) String() string {
	if len(r.days) > 0 {
		return daysText(r.days)
	}
	return r.option.RRuleString()
}

// IsZero reports whether there is no rule.
func (r Rule) IsZero() bool {
	return r.option.Interval == 0 && len(r.option.Byweekday) == 0 && len(r.days) == 0
}

// problem says what keeps a rule from being used, or "".
func (r Rule) problem() string {
	o := r.option
	unused := len(o.Bysetpos) + len(o.Byyearday) + len(o.Byweekno) + len(o.Byhour) + len(o.Byminute) + len(o.Bysecond) + len(o.Byeaster)
	switch {
	case unused > 0:
		return "Use only FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, COUNT and UNTIL"
	case o.Interval < 0 || o.Interval > 60:
		return "Enter an interval between 1 and 60"
	case o.Count < 0 || o.Count > 1000:
		return "Enter a count between 1 and 1000"
	}
	switch o.Freq {
	case rrule.WEEKLY:
		if len(o.Byweekday) == 0 || len(o.Bymonthday) > 0 || slices.ContainsFunc(o.Byweekday, hasNth) {
			return "Say which days of the week the forum meets, like BYDAY=TU"
		}
	case rrule.MONTHLY, rrule.YEARLY:
		if o.Freq == rrule.YEARLY && len(o.Bymonth) == 0 {
			return "Say in which months the forum meets, like BYMONTH=6"
		}
		if (len(o.Byweekday) == 0) == (len(o.Bymonthday) == 0) {
			return "Say on which day of the month the forum meets, like BYDAY=2TU or BYMONTHDAY=15"
		}
		for _, day := range o.Byweekday {
			if day.N() == 0 || day.N() < -5 || day.N() > 5 {
				return "Say which of the month's days is meant, like BYDAY=2TU for the second Tuesday"
			}
		}
	default:
		return "A forum meets weekly, monthly or yearly"
	}
	r.option.Dtstart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // a leap year, so that 29 February is seen
	r.option.Until = time.Time{}
	probe, err := rrule.NewRRule(r.option)
	if err != nil {
		return "This rule is not written as a calendar rule should be"
	}
	if _, any := probe.Iterator()(); !any {
		return "No day fits this rule"
	}
	return ""
}

func hasNth(day rrule.Weekday) bool { return day.N() != 0 }

// Words is the rule as people say it: "Every Tuesday", "Every second Tuesday", "Monthly, on
// the second and fourth Tuesday", "Quarterly, on the last Thursday".
func (r Rule) Words() string {
	if len(r.days) > 0 {
		return daysWords(r.days)
	}
	o := r.option
	every := max(o.Interval, 1)
	var words string
	if o.Freq == rrule.WEEKLY {
		days := list(o.Byweekday, func(day rrule.Weekday) string { return weekdayName(day) })
		switch every {
		case 1:
			words = "Every " + days
		case 2:
			words = "Every second " + days
		default:
			words = fmt.Sprintf("Every %d weeks, on %s", every, days)
		}
	} else {
		months := every
		if o.Freq == rrule.YEARLY {
			months = every * 12
		}
		words = howOften(months) + ", on the "
		if months == 1 && len(o.Bymonth) > 0 {
			words = "On the " // the months named say how often
		}
		if len(o.Bymonthday) > 0 {
			words += list(o.Bymonthday, dayOfMonth)
		} else {
			words += nthDays(o.Byweekday)
		}
	}
	if len(o.Bymonth) > 0 {
		words += " of " + list(o.Bymonth, func(month int) string { return time.Month(month).String() })
	}
	if o.Count == 1 {
		words += ", once"
	} else if o.Count > 1 {
		words += fmt.Sprintf(", %d times", o.Count)
	}
	if !o.Until.IsZero() {
		words += ", until " + o.Until.Format("2 January 2006")
	}
	return words
}

func howOften(months int) string {
	switch {
	case months == 1:
		return "Monthly"
	case months == 3:
		return "Quarterly"
	case months == 12:
		return "Yearly"
	case months%12 == 0:
		return fmt.Sprintf("Every %d years", months/12)
	default:
		return fmt.Sprintf("Every %d months", months)
	}
}

// nthDays gathers what falls on one weekday: "second and fourth Tuesday".
func nthDays(days []rrule.Weekday) string {
	var groups []string
	for i := 0; i < len(days); {
		j := i
		for j < len(days) && days[j].Day() == days[i].Day() {
			j++
		}
		groups = append(groups, list(days[i:j], func(day rrule.Weekday) string { return nthWords[day.N()] })+" "+weekdayName(days[i]))
		i = j
	}
	return strings.Join(groups, " and the ")
}

var nthWords = map[int]string{
	1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth",
	-1: "last", -2: "second last", -3: "third last", -4: "fourth last", -5: "fifth last",
}

func weekdayName(day rrule.Weekday) string {
	return goWeekday(day).String()
}

// goWeekday: rrule counts from Monday, Go from Sunday.
func goWeekday(day rrule.Weekday) time.Weekday { return time.Weekday((day.Day() + 1) % 7) }

func dayOfMonth(n int) string {
	switch {
	case n == -1:
		return "last day"
	case n < 0:
		return ordinal(-n) + " last day"
	default:
		return ordinal(n)
	}
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

// list joins things as people do: "Monday", "Monday and Tuesday", "Monday, Tuesday and Friday".
func list[T any](things []T, name func(T) string) string {
	var names []string
	for _, thing := range things {
		names = append(names, name(thing))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
