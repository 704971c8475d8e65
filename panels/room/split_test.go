package room_test

import (
	"testing"

	"pgregory.net/rapid"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// A year's cost is what an agency's limit is measured by: 52 weeks, or 52.143 where the forum says so.
func TestAnnualPence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weekly int64
		weeks  int
		want   int64
	}{
		{120450, 52000, 6263400}, {120450, 52143, 6280624}, {1, 52143, 52}, {0, 52000, 0}, {9_999_999_999, 52143, 521_429_999_948},
	} {
		if got := room.AnnualPence(c.weekly, c.weeks); got != c.want {
			t.Errorf("%d a week for %d thousandths of weeks: %d, want %d", c.weekly, c.weeks, got, c.want)
		}
	}
}

// What remains to be paid, shown before anybody votes.
func TestRemainingPence(t *testing.T) {
	t.Parallel()
	day := clock.MustDate
	for _, c := range []struct {
		from, until string
		want        int64
	}{
		{"2027-01-04", "2027-01-11", 70000 + 500}, {"2027-01-04", "2027-01-05", 10000 + 500}, {"2027-01-04", "2027-01-04", 500}, {"2027-01-04", "2026-01-04", 500},
	} {
		if got := room.RemainingPence(70000, 500, day(c.from), day(c.until)); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.until, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		weekly := rapid.Int64Range(0, 10_000_000).Draw(t, "weekly")
		weeks := rapid.IntRange(0, 2000).Draw(t, "weeks")
		from := day("2026-11-26")
		if got := room.RemainingPence(weekly, 0, from, from.AddDays(7*weeks)); got != weekly*int64(weeks) {
			t.Fatalf("%d whole weeks of %d come to %d", weeks, weekly, got)
		}
	})
}
