package calendar

import (
	"testing"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/fault"

	"github.com/google/go-cmp/cmp"
)

func TestWordsAreAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, want string }{
		{"FREQ=WEEKLY;BYDAY=TU", "Every Tuesday"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Every second Tuesday"},
		{"FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "Every 3 weeks, on Monday and Thursday"},
		{"FREQ=MONTHLY;BYDAY=-1TH", "Monthly, on the last Thursday"},
		{"FREQ=MONTHLY;BYDAY=2TU,4TU", "Monthly, on the second and fourth Tuesday"},
		{"FREQ=MONTHLY;BYDAY=1MO,3WE", "Monthly, on the first Monday and the third Wednesday"},
		{"FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE", "Quarterly, on the first Wednesday"},
		{"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15", "Every 2 months, on the 15th"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "Monthly, on the last day"},
		{"FREQ=MONTHLY;BYMONTHDAY=1,22", "Monthly, on the 1st and 22nd"},
		{"FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=2FR", "On the second Friday of January, April, July and October"},
		{"FREQ=YEARLY;BYMONTH=6;BYDAY=-1FR", "Yearly, on the last Friday of June"},
		{"FREQ=WEEKLY;BYDAY=SU;COUNT=6", "Every Sunday, 6 times"},
		{"RDATE:20270309,20270112,20270112", "On 12 January 2027 and 9 March 2027"},
		{"RDATE:20270105,20270202,20270302,20270406,20270504", "On 5 listed days, from 5 January 2027 to 4 May 2027"},
		{"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20270304T000000Z", "Every Wednesday, until 4 March 2027"},
	} {
		rule, err := ParseRule(c.rule)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		if got := rule.Words(); got != c.want {
			t.Errorf("%s is %q, want %q", c.rule, got, c.want)
		}
	}
	if got := Weekly(2, time.Tuesday).String(); got != "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" {
		t.Errorf("Weekly wrote %s", got)
	}
	if got := Monthly(1, time.Tuesday, 2, 4); MustRule(got.String()).Words() != "Monthly, on the second and fourth Tuesday" {
		t.Errorf("Monthly wrote %s", got)
	}
}

func TestRulesNobodyCouldMeetByAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "fortnightly", "FREQ=DAILY", "FREQ=HOURLY;BYDAY=MO", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=2TU",
		"FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=6TU", "FREQ=MONTHLY;BYDAY=1TU;BYMONTHDAY=3",
		"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYDAY=1MO",
		"FREQ=WEEKLY;BYDAY=MO;BYHOUR=3", "FREQ=WEEKLY;BYDAY=MO;INTERVAL=-1", "FREQ=WEEKLY;BYDAY=MO;INTERVAL=1000",
		"RDATE:", "RDATE:20270230", "RDATE:12 January 2027",
		"DTSTART:20260101T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO",
	} {
		if rule, err := ParseRule(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was read as %q (%v)", text, rule.Words(), err)
		}
	}
}

func held(list []Occurrence) (days []string) {
	for _, o := range list {
		days = append(days, o.On.String())
	}
	return days
}

func TestDatesMoveOffBankHolidays(t *testing.T) {
	t.Parallel()
	monday := MustRule("FREQ=WEEKLY;BYDAY=MO")
	from, to := day("2026-03-30"), day("2026-04-13")
	for policy, want := range map[OnHoliday][]string{
		MoveToNext:     {"2026-03-30", "2026-04-07", "2026-04-13"},
		MoveToPrevious: {"2026-03-30", "2026-04-02", "2026-04-13"},
		SkipIt:         {"2026-03-30", "2026-04-13"},
	} {
		if diff := cmp.Diff(want, held(Plan{Rule: monday, StartsOn: from, OnHoliday: policy}.Dates(from, to, WorkingDays{}))); diff != "" {
			t.Errorf("%s: %s", policy, diff)
		}
	}
	easter := Plan{Rule: monday, StartsOn: from, OnHoliday: MoveToNext}.Dates(from, to, WorkingDays{})[1]
	if easter.Planned != day("2026-04-06") || easter.Because != "Easter Monday" {
		t.Errorf("the moved meeting is %+v", easter)
	}
}

func TestEverySecondWeekCountsFromTheStart(t *testing.T) {
	t.Parallel()
	rule := Weekly(2, time.Tuesday)
	got := held(Plan{Rule: rule, StartsOn: day("2026-11-03"), OnHoliday: MoveToNext}.Dates(day("2026-11-10"), day("2026-12-15"), WorkingDays{}))
	if diff := cmp.Diff([]string{"2026-11-17", "2026-12-01", "2026-12-15"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTwoMeetingsNeverShareADay(t *testing.T) {
	t.Parallel()
	rule := MustRule("FREQ=WEEKLY;BYDAY=MO,TU,FR")
	got := held(Plan{Rule: rule, StartsOn: day("2026-04-01"), OnHoliday: MoveToNext}.Dates(day("2026-04-01"), day("2026-04-10"), WorkingDays{}))
	if diff := cmp.Diff([]string{"2026-04-07", "2026-04-10"}, got); diff != "" {
		t.Error(diff)
	}
}

// Friday and Monday of Easter both move to Tuesday; asking only for the Monday must not bring it back.
func TestAPieceOfASeriesRemembersWhatCameBefore(t *testing.T) {
	t.Parallel()
	rule := MustRule("FREQ=WEEKLY;BYDAY=MO,FR")
	start := day("2026-03-01")
	if got := held(Plan{Rule: rule, StartsOn: start, OnHoliday: MoveToNext}.Dates(day("2026-04-04"), day("2026-04-09"), WorkingDays{})); len(got) != 0 {
		t.Errorf("a second meeting on %v", got)
	}
	rule = MustRule("FREQ=WEEKLY;BYDAY=MO,TU")
	if got := held(Plan{Rule: rule, StartsOn: start, OnHoliday: MoveToNext}.Dates(day("2026-04-04"), day("2026-04-06"), WorkingDays{})); len(got) != 0 {
		t.Errorf("Monday's meeting on %v, where Tuesday's is", got)
	}
}

func TestStartTimeHoldsAcrossBothClockChanges(t *testing.T) {
	t.Parallel()
	at, err := ParseTimeOfDay("9.30am")
	if err != nil {
		t.Fatal(err)
	}
	sundays := MustRule("FREQ=WEEKLY;BYDAY=SU")
	for _, change := range []string{"2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"} {
		before := day(change).AddDays(-7)
		plan := Plan{Rule: sundays, StartsOn: before, OnHoliday: MoveToNext}
		for _, o := range plan.Dates(before, before.AddDays(14), WorkingDays{}) {
			start := at.On(o.On)
			if clock.Time(start) != "9:30am" || clock.DateOf(start) != o.On {
				t.Errorf("on %s it starts at %s", o.On, clock.Moment(start))
			}
		}
		utcBefore, utcAfter := at.On(before).UTC().Hour(), at.On(day(change)).UTC().Hour()
		if utcBefore == utcAfter {
			t.Errorf("%s changed no clock", change)
		}
	}
}

func TestTimesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"9am": "09:00", "9:30am": "09:30", "9.30 AM": "09:30", "14:00": "14:00", "09:05:00": "09:05", "midday": "12:00",
		"noon": "12:00", "midnight": "00:00", "12:30pm": "12:30", "12am": "00:00", "7.15pm": "19:15",
	} {
		if got, err := ParseTimeOfDay(typed); err != nil || got.String() != want {
			t.Errorf("%q was read as %s (%v), want %s", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "25:00", "9:75", "half nine", "13pm", "930"} {
		if got, err := ParseTimeOfDay(typed); err == nil {
			t.Errorf("%q was read as %s", typed, got)
		}
	}
	if got := (TimeOfDay{14, 0}).Words(); got != "2pm" {
		t.Errorf("14:00 in words is %q", got)
	}
}
