package calendar

import (
	"fmt"
	"testing"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/fault"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func anyRule(t *rapid.T) Rule {
	every := rapid.IntRange(1, 6).Draw(t, "every")
	weekday := rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR"})
	nth := rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1, -2})
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return MustRule(fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s,%s", every, weekday.Draw(t, "day"), weekday.Draw(t, "other day")))
	case 1:
		return MustRule(fmt.Sprintf("FREQ=MONTHLY;INTERVAL=%d;BYDAY=%d%s,%d%s", every, nth.Draw(t, "nth"), weekday.Draw(t, "day"), nth.Draw(t, "other nth"), weekday.Draw(t, "other day")))
	case 2:
		return MustRule(fmt.Sprintf("FREQ=MONTHLY;INTERVAL=%d;BYMONTHDAY=%d", every, rapid.IntRange(1, 28).Draw(t, "day of month")))
	case 3: // asked for at a weekend
		return Weekly(every, rapid.SampledFrom([]time.Weekday{time.Saturday, time.Sunday}).Draw(t, "weekend"))
	default:
		return OnDays(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) clock.Date { return anyDay(t, "listed") }), 1, 40).Draw(t, "days")...)
	}
}

// anyPlan starts where both changes of the clocks of 2026 and 2027 are near.
func anyPlan(t *rapid.T) Plan {
	plan := Plan{
		Rule: anyRule(t), StartsOn: day("2025-10-01").AddDays(rapid.IntRange(0, 800).Draw(t, "start")),
		OnHoliday: rapid.SampledFrom([]OnHoliday{MoveToNext, MoveToPrevious, SkipIt}).Draw(t, "policy"),
	}
	if len(plan.Rule.Days()) > 0 {
		plan.StartsOn = plan.Rule.Days()[0]
	}
	if rapid.Bool().Draw(t, "ends") {
		plan.EndsOn = plan.StartsOn.AddDays(rapid.IntRange(0, 700).Draw(t, "length"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		from := plan.StartsOn.AddDays(rapid.IntRange(-400, 500).Draw(t, "pause"))
		plan.Pauses = append(plan.Pauses, Pause{
			From: from, To: from.AddDays(rapid.IntRange(0, 60).Draw(t, "days of pause")), Reason: "Summer", EveryYear: rapid.Bool().Draw(t, "every year"),
		})
	}
	return plan
}

// inPause counts day by day from the pause's own days, year by year.
func inPause(p Pause, d clock.Date) bool {
	years := 0
	if p.EveryYear {
		years = 12
	}
	for n := 0; n <= years; n++ {
		from, to := p.From.AddMonths(12*n), p.To.AddMonths(12*n)
		for on := from; !on.After(to); on = on.AddDays(1) {
			if on == d {
				return true
			}
		}
	}
	return false
}

// A meeting scheduled twice, on a day when nobody works, or in a pause, is found out in the room.
func TestAnyPlanKeepsItsPromises(t *testing.T) {
	t.Parallel()
	nineThirty := TimeOfDay{9, 30}
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan(t)
		days := NewWorkingDays(OneOff{On: plan.StartsOn.AddDays(rapid.IntRange(0, 300).Draw(t, "one-off")), Name: "Mourning"})
		end := plan.StartsOn.AddMonths(24)
		held, left := plan.Look(plan.StartsOn, end, days)

		seen, planned := map[clock.Date]bool{}, map[clock.Date]bool{}
		for _, o := range held {
			if seen[o.On] {
				t.Fatalf("%s: two meetings on %s", plan.Rule, o.On)
			}
			seen[o.On], planned[o.Planned] = true, true
			weekendMeant := o.On == o.Planned && isWeekend(o.On) && days.BankHoliday(o.On) == "" &&
				(len(plan.Rule.days) > 0 || plan.Rule.option.Byweekday != nil && goWeekday(plan.Rule.option.Byweekday[0]) == o.On.Weekday())
			if !days.IsWorkingDay(o.On) && !weekendMeant {
				t.Fatalf("%s: a meeting on %s", plan.Rule, o.On.LongWithWeekday())
			}
			if (o.On == o.Planned) != (o.Because == "") {
				t.Fatalf("%s: %+v", plan.Rule, o)
			}
			for _, pause := range plan.Pauses {
				if inPause(pause, o.On) || inPause(pause, o.Planned) {
					t.Fatalf("%s: %+v lies in the pause of %s", plan.Rule, o, pause.Words())
				}
			}
			if o.Planned.Before(plan.StartsOn) || !plan.EndsOn.IsZero() && o.Planned.After(plan.EndsOn) {
				t.Fatalf("%s: %+v lies outside its series", plan.Rule, o)
			}
			if start := nineThirty.On(o.On); clock.Time(start) != "9:30am" || clock.DateOf(start) != o.On {
				t.Fatalf("on %s it starts at %s", o.On, clock.Moment(start))
			}
		}
		for _, o := range left {
			if planned[o.Planned] || o.Because == "" {
				t.Fatalf("%s: left out %+v", plan.Rule, o)
			}
		}
		last := end
		if !plan.EndsOn.IsZero() && plan.EndsOn.Before(end) {
			last = plan.EndsOn
		}
		if said := plan.Rule.planned(plan.StartsOn, plan.StartsOn, last); len(said) != len(held)+len(left) {
			t.Fatalf("%s says %d days: %d are held and %d left out", plan.Rule, len(said), len(held), len(left))
		}

		// Extending the series piece by piece gives what asking at once gives.
		var pieces []Occurrence
		for from := plan.StartsOn; !from.After(end); {
			to := from.AddDays(rapid.IntRange(0, 200).Draw(t, "piece"))
			if to.After(end) {
				to = end
			}
			pieces = append(pieces, plan.Dates(from, to, days)...)
			from = to.AddDays(1)
		}
		if diff := cmp.Diff(held, pieces); diff != "" {
			t.Fatalf("%s in pieces: %s", plan.Rule, diff)
		}
	})
}

// Members set their year by these dates: August and Christmas are free, and the preview says why.
func TestPausesLeaveMeetingsOutAndSayWhy(t *testing.T) {
	t.Parallel()
	plan := Plan{
		Rule: MustRule("FREQ=WEEKLY;BYDAY=MO"), StartsOn: day("2027-07-19"), OnHoliday: MoveToNext,
		Pauses: []Pause{{From: day("2026-08-01"), To: day("2026-08-31"), Reason: "Summer", EveryYear: true}, {From: day("2026-12-21"), To: day("2027-01-04"), Reason: "Christmas", EveryYear: true}},
	}
	held1, left := plan.Look(day("2027-07-19"), day("2027-09-06"), WorkingDays{})
	if diff := cmp.Diff([]string{"2027-07-19", "2027-07-26", "2027-09-06"}, held(held1)); diff != "" {
		t.Error(diff)
	}
	if len(left) != 5 || left[0].Because != "Pause: Summer" {
		t.Errorf("left out: %v", left)
	}
	if got := held(plan.Dates(day("2027-12-13"), day("2028-01-10"), WorkingDays{})); len(got) != 3 || got[2] != "2028-01-10" {
		t.Errorf("over Christmas: %v", got)
	}
	// Easter Monday would move to the Tuesday, which is in a pause.
	easter := Plan{Rule: plan.Rule, StartsOn: day("2027-03-22"), OnHoliday: MoveToNext, Pauses: []Pause{{From: day("2027-03-30"), To: day("2027-04-02"), Reason: "Year end"}}}
	_, left = easter.Look(day("2027-03-22"), day("2027-04-05"), WorkingDays{})
	if len(left) != 1 || left[0].Because != "Easter Monday; it would move to 30 March 2027. Pause: Year end" {
		t.Errorf("at Easter: %v", left)
	}
}

func TestListedDaysAreHeldAsListed(t *testing.T) {
	t.Parallel()
	rule := OnDays(day("2027-03-13"), day("2027-01-12"), day("2027-03-29"), day("2027-01-12")) // a Saturday that is meant, and Easter Monday
	if rule.String() != "RDATE:20270112,20270313,20270329" || MustRule(rule.String()).Words() != rule.Words() {
		t.Errorf("written as %s", rule)
	}
	got := held(Plan{Rule: rule, StartsOn: day("2027-01-01"), OnHoliday: MoveToNext}.Dates(day("2027-01-01"), day("2027-12-31"), WorkingDays{}))
	if diff := cmp.Diff([]string{"2027-01-12", "2027-03-13", "2027-03-30"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPauseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for field, pause := range map[string]Pause{
		"p_from":   {To: day("2027-08-31"), Reason: "Summer"},
		"p_to":     {From: day("2027-08-31"), To: day("2027-08-01"), Reason: "Summer"},
		"p_reason": {From: day("2027-08-01"), To: day("2027-08-31")},
	} {
		var form fault.Form
		pause.Check(&form, "p")
		if f := fault.As(form.Err()); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, form.Err())
		}
	}
	var form fault.Form
	Pause{From: day("2027-01-01"), To: day("2028-01-01"), Reason: "Rest"}.Check(&form, "p")
	if form.Err() == nil {
		t.Error("a pause of a year is taken")
	}
}

// Notice of a meeting is counted in law; a day too few and its decisions can be challenged.
func TestClearWorkingDaysAgreeWithCountingOneByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		on, n := anyDay(t, "meeting"), rapid.IntRange(0, 40).Draw(t, "clear days")
		days := NewWorkingDays(OneOff{On: on.AddDays(-rapid.IntRange(0, 30).Draw(t, "one-off")), Name: "Mourning"})
		due := days.ClearWorkingDaysBefore(on, n)
		clear := 0
		for d := due.AddDays(1); d != on; d = d.AddDays(1) {
			if name := days.BankHoliday(d); name == "" && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				clear++
			}
		}
		if clear != n || !days.IsWorkingDay(due) {
			t.Fatalf("%s leaves %d clear working days before %s, want %d", due, clear, on, n)
		}
		// No later working day leaves as many.
		if later := days.NextWorkingDay(due); later.Before(on) && days.WorkingDaysBetween(later, on) >= n {
			t.Fatalf("%s would do as well as %s", later, due)
		}
	})
}
