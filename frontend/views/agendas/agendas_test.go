package agendas

import (
	"testing"

	"quorate/agendas"
	"quorate/server/base/clock"
)

// An amber that stands on every date, however far off, is a warning nobody heeds.
func TestAmberIsForADateThatNears(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		left int
		want string
	}{
		{-3, "Red – overdue 3 days"},
		{0, "Red – due on the day"},
		{1, "Amber – 1 day left"},
		{90, "Amber – 90 days left"},
		{365, "Amber – 365 days left"},
		{366, "Watched – 366 days left"},
		{4 * 366, "Watched – 4 years left"},
	} {
		tag := tagOf(agendas.Reason{Rule: "high_cost", On: clock.MustDate("2027-03-04"), DaysLeft: test.left})
		if tag == nil || tag.Text != test.want {
			t.Errorf("%d days left: %v, not %q", test.left, tag, test.want)
		}
	}
}
