package calendar

import (
	"testing"
	"time"

	"quorate/server/base/clock"

	"pgregory.net/rapid"
)

var day = clock.MustDate

// anyDay draws a day from the years these panels will see, ends of years often.
func anyDay(t *rapid.T, label string) clock.Date {
	d := clock.NewDate(rapid.IntRange(2020, 2045).Draw(t, label+" year"), time.January, 1)
	if rapid.Bool().Draw(t, label+" at the year's end") {
		return d.AddDays(rapid.IntRange(-12, 8).Draw(t, label))
	}
	return d.AddDays(rapid.IntRange(0, 364).Draw(t, label))
}

// A meeting called on a bank holiday is a meeting nobody comes to.
func TestBankHolidaysAreEnglands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on, name string
	}{
		{"2026-01-01", "New Year's Day"},
		{"2026-04-03", "Good Friday"},
		{"2026-04-06", "Easter Monday"},
		{"2026-05-04", "Early May"},
		{"2026-05-25", "Spring Bank Holiday"},
		{"2026-08-31", "Summer Bank Holiday"},
		{"2026-12-25", "Christmas Day"},
		{"2026-12-28", "Boxing Day (substitute day)"},
		{"2027-12-27", "Christmas Day (substitute day)"},
		{"2027-12-28", "Boxing Day (substitute day)"},
		{"2022-12-26", "Boxing Day"},
		{"2022-12-27", "Christmas Day (substitute day)"},
		{"2028-01-03", "New Year's Day (substitute day)"},
		{"2020-05-08", "VE Day"},
		{"2020-05-04", ""}, // Early May moved to VE Day that year
		{"2026-12-26", ""}, // a Saturday: its substitute is kept
		{"2026-08-03", ""}, // Scotland's
	} {
		if got := (WorkingDays{}).BankHoliday(day(c.on)); got != c.name {
			t.Errorf("%s is %q, want %q", c.on, got, c.name)
		}
	}
	if got := len(WorkingDays{}.BankHolidays(2026)); got != 8 {
		t.Errorf("2026 has %d bank holidays, want 8", got)
	}
}

func TestOneOffDaysOverruleTheRules(t *testing.T) {
	t.Parallel()
	days := NewWorkingDays(
		OneOff{On: day("2026-06-15"), Name: "Day of national mourning"},
		OneOff{On: day("2026-05-04"), Name: "Early May moved", Worked: true},
	)
	if days.IsWorkingDay(day("2026-06-15")) || !days.IsWorkingDay(day("2026-05-04")) {
		t.Error("a one-off day was not kept, or a moved bank holiday was")
	}
	list := days.BankHolidays(2026)
	if len(list) != 8 || list[4].Name != "Day of national mourning" || list[3].On != day("2026-05-25") {
		t.Errorf("the year's list is %v", list)
	}
}

func TestNextAndPreviousStepOverWeekendsAndHolidays(t *testing.T) {
	t.Parallel()
	var days WorkingDays
	for _, c := range []struct{ from, next, previous string }{
		{"2026-04-02", "2026-04-07", "2026-04-01"}, // Easter
		{"2026-12-24", "2026-12-29", "2026-12-23"}, // Christmas on a Friday
		{"2026-12-31", "2027-01-04", "2026-12-30"},
		{"2026-03-29", "2026-03-30", "2026-03-27"}, // the clocks change this Sunday
		{"2026-10-25", "2026-10-26", "2026-10-23"},
	} {
		if got := days.NextWorkingDay(day(c.from)); got != day(c.next) {
			t.Errorf("after %s comes %s, want %s", c.from, got, c.next)
		}
		if got := days.PreviousWorkingDay(day(c.from)); got != day(c.previous) {
			t.Errorf("before %s comes %s, want %s", c.from, got, c.previous)
		}
	}
}

// A pack a day late is a member who could not read it, and a decision that can be challenged.
func TestClearWorkingDaysLeaveBothEndsOut(t *testing.T) {
	t.Parallel()
	var days WorkingDays
	for _, c := range []struct {
		meeting string
		n       int
		want    string
	}{
		{"2026-11-25", 5, "2026-11-17"},
		{"2026-11-25", 0, "2026-11-24"},
		{"2026-11-23", 5, "2026-11-13"}, // a Monday: the weekend before is not when papers are due
		{"2026-04-08", 5, "2026-03-27"}, // over Easter and the clock change
		{"2027-01-06", 10, "2026-12-17"},
		{"2026-11-28", 1, "2026-11-26"}, // an extraordinary Saturday
	} {
		if got := days.ClearWorkingDaysBefore(day(c.meeting), c.n); got != day(c.want) {
			t.Errorf("%d clear working days before %s is %s, want %s", c.n, c.meeting, got, c.want)
		}
	}
}

func TestClearWorkingDaysAgreeWithCountingThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := NewWorkingDays(OneOff{On: anyDay(t, "one-off"), Name: "Mourning"})
		meeting, n := anyDay(t, "meeting"), rapid.IntRange(0, 25).Draw(t, "n")
		due := days.ClearWorkingDaysBefore(meeting, n)

		clear := 0
		for d := due.AddDays(1); d.Before(meeting); d = d.AddDays(1) {
			if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && days.BankHoliday(d) == "" {
				clear++
			}
		}
		if clear != n || !days.IsWorkingDay(due) || !due.Before(meeting) {
			t.Fatalf("%s leaves %d clear working days before %s, want %d", due, clear, meeting, n)
		}
		if got := days.WorkingDaysBetween(meeting, due); got != n {
			t.Fatalf("WorkingDaysBetween counts %d, want %d", got, n)
		}
	})
}

func TestAddWorkingDaysComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var days WorkingDays
		from, n := days.OnOrAfter(anyDay(t, "from")), rapid.IntRange(-30, 30).Draw(t, "n")
		if back := days.AddWorkingDays(days.AddWorkingDays(from, n), -n); back != from {
			t.Fatalf("%s and %d working days and back is %s", from, n, back)
		}
	})
}
