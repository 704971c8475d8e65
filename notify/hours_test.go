package notify

import (
	"testing"
	"time"

	"quorate/server/base/clock"
)

func london(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, clock.London)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Mail in the night and on Christmas Day teaches people to ignore it; mail that waits a day too long makes
// them miss what it asks.
func TestOrdinaryMailLeavesInOfficeHours(t *testing.T) {
	t.Parallel()
	hours, err := ParseHours("08:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	closed := map[clock.Date]bool{}
	for _, day := range []string{
		"2026-12-02",                             // proclaimed once
		"2026-12-25", "2026-12-28", "2027-01-01", // Boxing Day is a Saturday, and kept on Monday
		"2027-03-26", "2027-03-29", // Good Friday and Easter Monday
	} {
		closed[clock.MustDate(day)] = true
	}
	working := func(d clock.Date) bool {
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !closed[d]
	}
	for _, c := range []struct{ name, at, leaves, digest string }{
		{"in the morning", "2026-11-24 09:50", "2026-11-24 09:50", "2026-11-25 08:00"},
		{"at opening", "2026-11-24 08:00", "2026-11-24 08:00", "2026-11-24 08:00"},
		{"a minute before", "2026-11-24 07:59", "2026-11-24 08:00", "2026-11-24 08:00"},
		{"just after midnight", "2026-11-24 00:01", "2026-11-24 08:00", "2026-11-24 08:00"},
		{"Friday, a minute before closing", "2026-11-27 17:59", "2026-11-27 17:59", "2026-11-30 08:00"},
		{"Friday at closing", "2026-11-27 18:00", "2026-11-30 08:00", "2026-11-30 08:00"},
		{"Saturday", "2026-11-28 12:00", "2026-11-30 08:00", "2026-11-30 08:00"},
		{"before a one-off holiday", "2026-12-01 18:30", "2026-12-03 08:00", "2026-12-03 08:00"},
		{"Christmas Eve in the evening", "2026-12-24 19:00", "2026-12-29 08:00", "2026-12-29 08:00"},
		{"New Year’s Eve in the evening", "2026-12-31 20:00", "2027-01-04 08:00", "2027-01-04 08:00"},
		{"Maundy Thursday in the evening", "2027-03-25 18:00", "2027-03-30 08:00", "2027-03-30 08:00"},
		{"the Friday before clocks go forward", "2027-03-19 18:00", "2027-03-22 08:00", "2027-03-22 08:00"},
		{"the Sunday clocks go forward, Easter Day", "2027-03-28 00:30", "2027-03-30 08:00", "2027-03-30 08:00"},
		{"the Sunday clocks go forward", "2026-03-29 00:59", "2026-03-30 08:00", "2026-03-30 08:00"},
		{"the Sunday clocks go back", "2026-10-25 01:30", "2026-10-26 08:00", "2026-10-26 08:00"},
		{"the Friday before clocks go back", "2026-10-23 18:01", "2026-10-26 08:00", "2026-10-26 08:00"},
	} {
		if got := hours.next(london(t, c.at), working); !got.Equal(london(t, c.leaves)) {
			t.Errorf("%s: leaves at %s, want %s", c.name, got.In(clock.London), c.leaves)
		}
		if got := hours.nextMorning(london(t, c.at), working); !got.Equal(london(t, c.digest)) {
			t.Errorf("%s: the digest leaves at %s, want %s", c.name, got.In(clock.London), c.digest)
		}
		if got := (Hours{}).next(london(t, c.at), working); !got.Equal(london(t, c.at)) {
			t.Errorf("%s: with no quiet hours it waits until %s", c.name, got)
		}
	}
}

// Who publishes at 17:55 expects people to hear today, however much they were sent before.
func TestNothingIsGatheredPastClosing(t *testing.T) {
	t.Parallel()
	hours := Hours{8 * 60, 18 * 60}
	for _, c := range []struct{ at, until, want string }{
		{"2026-11-24 09:50", "2026-11-24 10:00", "2026-11-24 10:00"},
		{"2026-11-24 17:52", "2026-11-24 18:02", "2026-11-24 17:59"},
		{"2026-11-24 17:20", "2026-11-24 18:20", "2026-11-24 17:59"},
		{"2026-11-24 17:59", "2026-11-24 18:09", "2026-11-24 17:59"},
	} {
		if got := hours.gather(london(t, c.at), london(t, c.until)); !got.Equal(london(t, c.want)) {
			t.Errorf("at %s, until %s: held until %s, want %s", c.at, c.until, got.In(clock.London), c.want)
		}
	}
}

// A setting that is read wrongly silences everybody.
func TestHoursAreReadOrRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Hours{"always": {}, "08:00-18:00": {480, 1080}, "07:30-24:00": {450, 1440}} {
		if got, err := ParseHours(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "8-18", "18:00-08:00", "08:00", "08:00-25:00", "08:60-18:00", "-1:00-18:00", "08:00-08:00"} {
		if got, err := ParseHours(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}
