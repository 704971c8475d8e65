package calendar

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A form that shows another rule than the one it saves moves a year of meetings.
func TestPatternIsTheRuleReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Pattern{Day: time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))}
		if rapid.Bool().Draw(t, "by weeks") {
			p.Weeks = rapid.IntRange(1, 6).Draw(t, "weeks")
		} else {
			p.Months = rapid.IntRange(1, 6).Draw(t, "months")
			p.Nth = rapid.SliceOfNDistinct(rapid.SampledFrom([]int{1, 2, 3, 4, -1}), 1, 3, rapid.ID).Draw(t, "nth")
		}
		rule, err := ParseRule(p.Rule().String())
		if err != nil {
			t.Fatal(err)
		}
		back, ok := rule.Pattern()
		if diff := cmp.Diff(p, back); !ok || diff != "" {
			t.Fatalf("%s: %s", rule, diff)
		}
	})
	for _, text := range []string{
		"FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=MONTHLY;BYMONTH=1;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=6;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
	} {
		if p, ok := MustRule(text).Pattern(); ok {
			t.Errorf("%s was read as %+v", text, p)
		}
	}
}
