package clock

import (
	"testing"
	"time"
)

// A day one out here is a birthday missed.
func TestDateOfIsTheLondonDay(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC) // already 1 July in London
	if got := DateOf(late); got != MustDate("2026-07-01") {
		t.Errorf("DateOf(%v) = %v", late, got)
	}
}

func TestAtHoldsLocalTimeAcrossBothChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on        string
		hour, min int
		want      string
	}{
		{"2026-03-28", 9, 30, "2026-03-28T09:30:00Z"},
		{"2026-03-29", 9, 30, "2026-03-29T08:30:00Z"},
		{"2026-03-29", 1, 30, "2026-03-29T01:30:00Z"}, // skipped: read an hour later
		{"2026-10-25", 1, 30, "2026-10-25T00:30:00Z"}, // repeated: the first one
		{"2026-10-25", 9, 30, "2026-10-25T09:30:00Z"},
	} {
		if got := MustDate(c.on).At(c.hour, c.min).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s %d:%02d = %s, want %s", c.on, c.hour, c.min, got, c.want)
		}
	}
}

func TestAddMonthsHoldsToTheMonthEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2027-03-15", -3, "2026-12-15"},
		{"2026-12-31", 2, "2027-02-28"},
	} {
		if got := MustDate(c.from).AddMonths(c.n); got != MustDate(c.want) {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestTimeReadsAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	on := MustDate("2026-11-26")
	for _, c := range []struct {
		hour, min int
		want      string
	}{{12, 30, "12:30pm"}, {9, 0, "9am"}, {12, 0, "midday"}, {0, 0, "midnight"}, {0, 5, "12:05am"}} {
		if got := Time(on.At(c.hour, c.min)); got != c.want {
			t.Errorf("%d:%02d = %s, want %s", c.hour, c.min, got, c.want)
		}
	}
}

func TestDateSurvivesTextAndScan(t *testing.T) {
	t.Parallel()
	var d Date
	if err := d.Scan(time.Date(2009, 3, 4, 0, 0, 0, 0, time.UTC)); err != nil || d.Long() != "4 March 2009" {
		t.Errorf("Scan: %v %v", d.Long(), err)
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() || d.Long() != "Not known" {
		t.Errorf("Scan(nil): %v %v", d, err)
	}
	if _, err := ParseDate("2009-02-31"); err == nil {
		t.Error("31 February was read as a date")
	}
}
