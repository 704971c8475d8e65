package agendas

import (
	"cmp"
	"slices"
)

// Urgency is how soon and how much. A rule's weight counts twice its number; time counts one a day
// through the year before its date and for half a year after it. What nobody has closed for more
// than a year stands as if it were three months off: it keeps its place on the list, and never above
// a birthday in three weeks.
const (
	yearAhead      = 365
	halfYearBehind = 180
	longStanding   = -365
	noDate         = yearAhead - 90 // a reason without a date, too
	eachFurther    = 5              // what every further reason of the same case adds
)

// Urgency weighs one finding; higher comes first. It never falls as weight grows, nor as days run
// out until the date is a year past.
func (f Finding) Urgency() int {
	time := noDate
	if !f.On.IsZero() && f.DaysLeft >= longStanding {
		time = min(max(yearAhead-f.DaysLeft, 0), yearAhead+halfYearBehind)
	}
	return 2*f.Weight + time
}

// together merges the findings of one case: the most urgent reason first, the urgency of the whole,
// and the minutes its rules ask for at least.
func together(findings []Finding) (reasons []Reason, urgency, minutes int) {
	ordered := slices.Clone(findings)
	slices.SortStableFunc(ordered, func(a, b Finding) int { return cmp.Compare(b.Urgency(), a.Urgency()) })
	for i, f := range ordered {
		reasons = append(reasons, f.Reason)
		minutes = max(minutes, f.Minutes)
		if i == 0 {
			urgency = f.Urgency()
		} else {
			urgency += eachFurther
		}
	}
	return reasons, urgency, minutes
}
