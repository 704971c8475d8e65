package calendar

import (
	"testing"

	"pgregory.net/rapid"
)

// The law changes overnight on the 18th birthday; a day out is a day without a service.
func TestAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dob, on string
		want    int
	}{
		{"2009-03-04", "2027-03-03", 17},
		{"2009-03-04", "2027-03-04", 18},
		{"2008-02-29", "2026-02-28", 17},
		{"2008-02-29", "2026-03-01", 18},
		{"2008-02-29", "2028-02-28", 19},
		{"2008-02-29", "2028-02-29", 20},
		{"2009-12-31", "2026-12-31", 17},
		{"2010-01-01", "2026-12-31", 16},
		{"2027-01-01", "2026-12-31", -1},
	} {
		if got := Age(day(c.dob), day(c.on)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.dob, c.on, got, c.want)
		}
	}
}

func TestDateAtAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dob           string
		years, months int
		want          string
	}{
		{"2009-03-04", 16, 6, "2025-09-04"},
		{"2009-03-04", 17, 6, "2026-09-04"},
		{"2009-03-04", 15, 9, "2024-12-04"},
		{"2009-10-04", 15, 9, "2025-07-04"},
		{"2008-08-31", 16, 6, "2025-03-01"},
		{"2008-11-30", 15, 3, "2024-03-01"}, // a leap year, and still no 30 February
		{"2008-08-29", 15, 6, "2024-02-29"},
		{"2008-02-29", 18, 0, "2026-03-01"},
		{"2008-02-29", 20, 0, "2028-02-29"},
	} {
		if got := DateAtAge(day(c.dob), c.years, c.months); got != day(c.want) {
			t.Errorf("born %s, %d years %d months: %s, want %s", c.dob, c.years, c.months, got, c.want)
		}
	}
}

func TestBirthdayIsTheFirstDayOfTheAge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dob, age := anyDay(t, "born"), rapid.IntRange(0, 26).Draw(t, "age")
		reached := Birthday(dob, age)
		if Age(dob, reached) != age || Age(dob, reached.AddDays(-1)) != age-1 {
			t.Fatalf("born %s: %s is not the day they reach %d", dob, reached, age)
		}
	})
}

func TestHalfAgesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dob, months := anyDay(t, "born"), rapid.IntRange(0, 310).Draw(t, "months")
		now, next := DateAtAge(dob, 0, months), DateAtAge(dob, 0, months+1)
		if gap := now.DaysUntil(next); gap < 28 || gap > 31 {
			t.Fatalf("born %s: month %d is %s, month %d is %s", dob, months, now, months+1, next)
		}
	})
}

// EHCP rights pass on this day; a letter to the wrong person breaks the law.
func TestEndOfSchoolAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dob, want string }{
		{"2010-09-01", "2027-06-25"},
		{"2010-08-31", "2026-06-26"}, // 16 after the leaving day, in the same school year
		{"2010-03-04", "2026-06-26"},
		{"2008-02-29", "2024-06-28"},
		{"2008-01-01", "2024-06-28"},
		{"2007-12-31", "2024-06-28"},
	} {
		if got := EndOfSchoolAge(day(c.dob)); got != day(c.want) {
			t.Errorf("born %s: %s, want %s", c.dob, got, c.want)
		}
	}
}

func TestYearGroup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dob, on, want string
	}{
		{"2012-09-01", "2026-09-01", "Year 9"},
		{"2012-08-31", "2026-09-01", "Year 10"},
		{"2012-08-31", "2026-08-31", "Year 9"},
		{"2008-09-02", "2026-12-31", "Year 13"},
		{"2022-08-31", "2026-09-01", "Reception"},
		{"2022-09-01", "2026-09-01", ""},
		{"2004-09-01", "2026-09-01", ""},
	} {
		if got := YearGroupWords(YearGroup(day(c.dob), day(c.on))); got != c.want {
			t.Errorf("born %s, on %s: %q, want %q", c.dob, c.on, got, c.want)
		}
	}
}

func TestAgeBand(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{
		13: "Under 14", 14: "14–15", 15: "14–15", 16: "16–17", 17: "16–17", 18: "18–25", 25: "18–25", 26: "26 and over",
	} {
		if got := AgeBand(age); got != want {
			t.Errorf("%d is in %q, want %q", age, got, want)
		}
	}
}
