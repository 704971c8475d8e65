package agendas

import (
	"cmp"
	"slices"
)

// Urgency is how soon and how much. A rule's weight counts twice its number; time counts one a day
// through the year before its date and for half a year after it. Then it stops growing, so that a
// gap nobody closed for six years does not stand above a birthday in three weeks.
const (
	yearAhead      = 365
	halfYearBehind = 180
	noDate         = yearAhead - 90 // a reason without a date stands as if three months off
	eachFurther    = 5              // what every further reason of the same case adds
)

// Urgency weighs one finding; higher comes first. It never falls as days run out or weight grows.
func (f Finding) Urgency() int {
	time := noDate
	if !f.On.IsZero() {
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
