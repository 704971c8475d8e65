package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// mostListed bounds the days of one rule: ten years of fortnights.
const mostListed = 260

// OnDays meets on these days and no others. It is written as an RDATE of RFC 5545.
func OnDays(days ...clock.Date) Rule {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b clock.Date) int { return b.DaysUntil(a) })
	return Rule{days: slices.Compact(days)}
}

// Days are the days listed one by one; none where the rule repeats.
func (r Rule) Days() []clock.Date { return slices.Clone(r.days) }

// parseDays reads "20270112,20270309".
func parseDays(text string) (Rule, error) {
	var days []clock.Date
	for part := range strings.SplitSeq(text, ",") {
		t, err := time.Parse("20060102", strings.TrimSpace(part))
		if err != nil {
			return Rule{}, fault.New(fault.Invalid, "Enter the days of the meetings, like 12 January 2027")
		}
		days = append(days, clock.NewDate(t.Date()))
	}
	if len(days) > mostListed {
		return Rule{}, fault.New(fault.Invalid, "Enter at most %d days", mostListed)
	}
	return OnDays(days...), nil
}

func daysText(days []clock.Date) string {
	var text []string
	for _, d := range days {
		text = append(text, strings.ReplaceAll(d.String(), "-", ""))
	}
	return "RDATE:" + strings.Join(text, ",")
}

// daysWords is "On 12 January 2027 and 9 March 2027", or how many there are.
func daysWords(days []clock.Date) string {
	if len(days) > 4 {
		return "On " + strconv.Itoa(len(days)) + " listed days, from " + days[0].Long() + " to " + days[len(days)-1].Long()
	}
	return "On " + list(days, clock.Date.Long)
}
