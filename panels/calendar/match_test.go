package calendar

import (
	"testing"

	"quorate/server/base/clock"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whoever accepted a meeting keeps it in their calendar only when it is matched with itself.
func TestMatchKeepsWhatStays(t *testing.T) {
	t.Parallel()
	year := func(rule string, pauses ...Pause) (days []clock.Date) {
		plan := Plan{Rule: MustRule(rule), StartsOn: day("2027-01-01"), OnHoliday: SkipIt, Pauses: pauses}
		for _, o := range plan.Dates(day("2027-01-01"), day("2027-12-31"), WorkingDays{}) {
			days = append(days, o.Planned)
		}
		return days
	}
	tuesdays := year("FREQ=MONTHLY;BYDAY=2TU")
	for name, c := range map[string]struct {
		old, fresh []clock.Date
		want       []int
	}{
		"another weekday goes k-th with k-th": {tuesdays, year("FREQ=MONTHLY;BYDAY=-1TH"), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
		"a pause leaves one out, moves none":  {tuesdays, year("FREQ=MONTHLY;BYDAY=2TU", Pause{From: day("2027-08-01"), To: day("2027-08-31"), Reason: "Summer"}), []int{0, 1, 2, 3, 4, 5, 6, -1, 7, 8, 9, 10}},
		"twice a month keeps the first":       {tuesdays[:3], year("FREQ=MONTHLY;BYDAY=2TU,4TU")[:6], []int{0, 2, 4}},
		"a later start moves none":            {tuesdays[:4], year("FREQ=MONTHLY;BYDAY=2TU")[1:5], []int{-1, 0, 1, 2}},
		"nothing follows":                     {tuesdays[:2], nil, []int{-1, -1}},
	} {
		if diff := cmp.Diff(c.want, Match(c.old, c.fresh, len(c.fresh))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// The last of the year would slip past the horizon: a spare day takes it.
	if got := Match(tuesdays[11:], year("FREQ=MONTHLY;BYDAY=-1TH")[11:], 0); got[0] != 0 {
		t.Errorf("the last is matched with %d", got[0])
	}
}

func TestMatchKeepsTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := func(label string) []clock.Date {
			list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) clock.Date { return day("2027-01-01").AddDays(rapid.IntRange(0, 400).Draw(t, "day")) }), 1, 30).Draw(t, label)
			return OnDays(list...).Days()
		}
		old, fresh := days("old"), days("fresh")
		last := -1
		for i, j := range Match(old, fresh, len(fresh)) {
			if j < 0 {
				continue
			}
			if j <= last {
				t.Fatalf("the %dth goes with the %dth, after the %dth", i, j, last)
			}
			if gap := old[i].DaysUntil(fresh[j]); gap > 2*worthMoving || gap < -2*worthMoving {
				t.Fatalf("%s goes with %s", old[i], fresh[j])
			}
			last = j
		}
		same := Match(old, old, len(old))
		for i, j := range same {
			if i != j {
				t.Fatalf("the %dth of the same days goes with the %dth", i, j)
			}
		}
	})
}
