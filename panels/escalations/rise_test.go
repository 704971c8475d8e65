package escalations

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

var work = calendar.NewWorkingDays()

// A day early takes a case from people still working on it; a day late is the failure the ladder exists to prevent.
func TestABlockerLeavesItsLevelOnTheRightWorkingDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, since, leaves string }{
		{"28 days later, a working day", "2026-11-26", "2026-12-24"},
		{"time up on Christmas Day, a Friday", "2026-11-27", "2026-12-29"}, // Monday is Boxing Day's substitute
		{"time up on a Saturday", "2026-10-03", "2026-11-02"},              // 31 October 2026 is a Saturday
		{"time up on New Year's Day", "2026-12-04", "2027-01-04"},
		{"across the spring change", "2027-03-01", "2027-03-30"}, // 29 March 2027 is Easter Monday
		{"across the autumn change", "2026-10-12", "2026-11-09"},
		{"time up on 29 February", "2028-02-01", "2028-02-29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := LeavesOn(clock.MustDate(c.since), 28, work).String(); got != c.leaves {
				t.Errorf("there since %s, it leaves on %s, want %s", c.since, got, c.leaves)
			}
		})
	}
}

// Each rule decides whether a young person's case reaches somebody who can act.
func TestJudge(t *testing.T) {
	t.Parallel()
	first, second := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	twice := []Event{{first, clock.MustDate("2026-09-08")}, {second, clock.MustDate("2026-10-13")}}
	rules := Rules{Deferrals: 2, BirthdayDays: 56, Disagreements: 1}
	fresh := Facts{LevelName: "MAPaC", Stay: 1, Since: clock.MustDate("2026-11-02"), Days: 28}
	with := func(change func(*Young)) Facts {
		f := fresh
		f.Young = []Young{{Case: "Q1042"}}
		change(&f.Young[0])
		return f
	}
	acted := func(f Facts, cause Cause) Facts { f.Acted = map[Cause]bool{cause: true}; return f }

	for _, c := range []struct {
		name  string
		facts Facts
		rules Rules
		today string
		want  []Cause // none: it stays
	}{
		{"before its time is up", fresh, rules, "2026-11-27", nil},
		{"on the day its time is up", fresh, rules, "2026-11-30", []Cause{{TimeUp, "stay 1"}}},
		{"caught up after days on which nobody looked", fresh, rules, "2026-12-03", []Cause{{TimeUp, "stay 1"}}},
		{"never on a Saturday", fresh, rules, "2026-12-05", nil},
		{"never on Christmas Day", fresh, rules, "2026-12-25", nil},
		{"deferred once", with(func(y *Young) { y.Deferrals = twice[:1] }), rules, "2026-11-03", nil},
		{"deferred twice", with(func(y *Young) { y.Deferrals = twice }), rules, "2026-11-03", []Cause{{DeferredRule, second.String()}}},
		{"deferred twice, and already risen for it",
			acted(with(func(y *Young) { y.Deferrals = twice }), Cause{DeferredRule, second.String()}), rules, "2026-11-03", nil},
		{"deferred twice with the rule off", with(func(y *Young) { y.Deferrals = twice }), Rules{}, "2026-11-03", nil},
		{"57 days to 18", with(func(y *Young) { y.Birthday18 = clock.MustDate("2026-12-30") }), rules, "2026-11-03", nil},
		{"56 days to 18", with(func(y *Young) { y.Birthday18 = clock.MustDate("2026-12-29") }), rules, "2026-11-03", []Cause{{BirthdayRule, "Q1042 2026-12-29"}}},
		{"18 already", with(func(y *Young) { y.Birthday18 = clock.MustDate("2026-11-01") }), rules, "2026-11-03", []Cause{{BirthdayRule, "Q1042 2026-11-01"}}},
		{"56 days to 18 with a plan", with(func(y *Young) {
			y.Birthday18, y.SupportPlanOn = clock.MustDate("2026-12-29"), clock.MustDate("2026-10-01")
		}), rules, "2026-11-03", nil},
		{"the funders did not agree", with(func(y *Young) { y.Disagreements = twice[:1] }), rules, "2026-11-03", []Cause{{FundersRule, first.String()}}},
		{"two causes on one day make one step", with(func(y *Young) { y.Deferrals = twice }), rules, "2026-11-30",
			[]Cause{{TimeUp, "stay 1"}, {DeferredRule, second.String()}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rise, rises := Judge(c.facts, c.rules, clock.MustDate(c.today), work)
			if rises != (len(c.want) > 0) {
				t.Fatalf("rises = %t, want %v", rises, c.want)
			}
			if len(rise.Causes) != len(c.want) {
				t.Fatalf("causes %v, want %v", rise.Causes, c.want)
			}
			for i := range c.want {
				if rise.Causes[i] != c.want[i] {
					t.Errorf("cause %v, want %v", rise.Causes[i], c.want[i])
				}
			}
		})
	}
}

// The forum reads the dates; a birthday would tell a board who the young person is.
func TestWhyItRoseIsInWordsAndTheBoardReadsNoBirthday(t *testing.T) {
	t.Parallel()
	rise, _ := Judge(Facts{
		LevelName: "MAPaC", Stay: 1, Since: clock.MustDate("2026-11-28"), Days: 28,
		Young: []Young{{Case: "Q1042", Birthday18: clock.MustDate("2027-01-20")}},
	}, Rules{BirthdayDays: 56}, clock.MustDate("2026-12-29"), work)
	const timeUp = "Unresolved for 28 days at MAPaC: there since 28 November 2026, time up on 26 December 2026." +
		" That was not a working day, so it was due to rise on 29 December 2026."
	want := timeUp + " The 18th birthday, 20 January 2027, is within 56 days and no support plan is on record."
	if rise.Words != want {
		t.Errorf("forum reads\n%s\nwant\n%s", rise.Words, want)
	}
	if strings.Contains(rise.BoardWords, "January") || !strings.HasPrefix(rise.BoardWords, timeUp) {
		t.Errorf("board reads %q", rise.BoardWords)
	}
}

// Whatever the days, the outages and the holidays: once a stay, on the first working day anybody looked.
func TestABlockerRisesOnceAStayOnTheFirstWorkingDayLookedAt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		since := clock.NewDate(2026, time.January, 1).AddDays(rapid.IntRange(0, 1500).Draw(t, "since"))
		allowed := rapid.IntRange(1, 90).Draw(t, "days allowed")
		off := rapid.SliceOfDistinct(rapid.IntRange(0, 130), func(d int) int { return d }).Draw(t, "days nobody looked")
		f := Facts{LevelName: "the forum", Stay: 1, Since: since, Days: allowed, Acted: map[Cause]bool{}}

		asleep := map[int]bool{}
		for _, d := range off {
			asleep[d] = true
		}
		var risen []clock.Date
		var want clock.Date
		for d := 0; d <= 130; d++ {
			today := since.AddDays(d)
			if asleep[d] {
				continue
			}
			if want.IsZero() && d >= allowed && work.IsWorkingDay(today) {
				want = today
			}
			if rise, rises := Judge(f, Rules{}, today, work); rises {
				risen = append(risen, today)
				for _, cause := range rise.Causes {
					f.Acted[cause] = true
				}
			}
		}
		if want.IsZero() {
			if len(risen) != 0 {
				t.Fatalf("rose on %v, though nobody looked on a working day after its time", risen)
			}
			return
		}
		if len(risen) != 1 || risen[0] != want {
			t.Fatalf("rose on %v, want once on %v", risen, want)
		}
		if len(off) == 0 && want != LeavesOn(since, allowed, work) {
			t.Fatalf("rose on %v, but LeavesOn promised %v", want, LeavesOn(since, allowed, work))
		}
	})
}
