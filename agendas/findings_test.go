package agendas

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// listed is whom the rules of a locality's meeting list, as lines to compare.
func (p *partnership) listed(locality string, on clock.Date, weeks int) []string {
	p.t.Helper()
	var lines []string
	err := p.read(p.admin, func(tx db.Tx) error {
		rules, err := rulesKept(tx)
		if err != nil {
			return err
		}
		list, err := selection{rules: rules, locality: locality, on: on, weeks: weeks}.listings(tx)
		for _, l := range list {
			for _, f := range l.findings {
				lines = append(lines, fmt.Sprintf("%s %s %s %d %s", l.Reference(), f.Rule, f.On, f.DaysLeft, f.Text))
			}
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return lines
}

// forget drops all that is kept, so that everything is judged in the build.
func (p *partnership) forget() {
	p.t.Helper()
	p.write(func(tx db.Tx) error {
		return tx.Exec(`with a as (delete from rule_judged), b as (delete from finding)
			insert into case_unjudged (case_id, version) select id, version from cases on conflict do nothing`).Error
	})
}

// What is kept must say what judging says, for whomever, whenever and however a year is counted: an
// agenda that differs by what a background job had done yet is an agenda nobody can trust.
func TestKeptFindingsSayWhatJudgingSays(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	random := rand.New(rand.NewPCG(20261126, 4))
	var people []*tracker.Case
	for range 300 {
		c := young(day("2000-01-01").AddDays(random.IntN(14 * 365)).String())
		c.Locality = []string{"North", " north", "South", ""}[random.IntN(4)]
		for _, date := range []*clock.Date{
			&c.ReferredOn, &c.CareActAssessedOn, &c.SupportPlanOn, &c.MentalCapacityOn, &c.CHCChecklistOn, &c.PathwayPlanOn,
			&c.AdultSafeguardedOn, &c.CourtDateOn, &c.PlacementEndsOn, &c.EHCPReviewOn,
		} {
			if *date = (clock.Date{}); random.IntN(3) == 0 {
				*date = day("2024-01-01").AddDays(random.IntN(5 * 365))
			}
		}
		for _, gone := range []*clock.Date{&c.DiedOn, &c.MovedAwayOn} {
			if random.IntN(20) == 0 {
				*gone = day("2025-01-01").AddDays(random.IntN(3 * 365))
			}
		}
		flag := func() *bool { yes := random.IntN(2) == 0; return &yes }
		c.OutOfCounty, c.LibertyAuthorised, c.ConsentRefused = flag(), flag(), flag()
		cost, health := int64(960_00+random.IntN(4_00)), int64(random.IntN(2))
		c.WeeklyCostPence, c.HealthWeeklyPence = &cost, &health
		c.LegalStatus = []string{"", "Section 20", "Care leaver"}[random.IntN(3)]
		c.SocialCareStatus = []string{"", "Child protection"}[random.IntN(2)]
		c.CHCDecision, c.AllocatedWorker = []string{"", "pending"}[random.IntN(2)], []string{"", "R. Hale"}[random.IntN(2)]
		people = append(people, &c)
	}
	p.add(people...)
	type question struct {
		locality string
		on       clock.Date
		weeks    int
	}
	var asked []question
	for range 40 {
		asked = append(asked, question{[]string{"North", "South", ""}[random.IntN(3)], day("2024-06-01").AddDays(random.IntN(6 * 365)), panels.WeeksPerYear[random.IntN(2)]})
	}
	judged := map[question][]string{}
	total := 0
	for _, q := range asked {
		judged[q] = p.listed(q.locality, q.on, q.weeks)
		total += len(judged[q])
	}
	if total < 2000 {
		t.Fatalf("only %d reasons in all: the people are not what they were", total)
	}
	p.refresh()
	for _, q := range asked {
		if kept := p.listed(q.locality, q.on, q.weeks); !slices.Equal(kept, judged[q]) {
			t.Errorf("%s on %s by %d: %d kept, %d judged", q.locality, q.on, q.weeks, len(kept), len(judged[q]))
		}
	}
}

// A case changed a moment before the clerk presses Build, by anybody and in any way, must be listed as
// it now is; and so when the background stops half way, or comes to it later.
func TestBuildIsRightBeforeTheBackgroundHasCaughtUp(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk := p.clerk(forum)
	inOrder, due, moves := young("2009-01-01"), young("2009-01-01"), young("2009-01-01")
	due.SupportPlanOn, moves.SupportPlanOn, moves.Locality = clock.Date{}, clock.Date{}, "South"
	p.add(&inOrder, &due, &moves)
	p.refresh()
	on := func() (names []string) {
		t.Helper()
		meeting := p.meeting(forum, "2026-12-08")
		p.build(clerk, meeting)
		for _, item := range p.items(meeting.ID) {
			if item.CaseID != nil {
				for name, c := range map[string]tracker.Case{"in order": inOrder, "due": due, "moves": moves} {
					if c.ID == *item.CaseID {
						names = append(names, name)
					}
				}
			}
		}
		slices.Sort(names)
		return names
	}
	check := func(when string, want ...string) {
		t.Helper()
		if got := on(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		p.refresh()
		if got := on(); !slices.Equal(got, want) {
			t.Errorf("%s, and the background came: %v, want %v", when, got, want)
		}
	}
	sql := func(statement string, values ...any) {
		t.Helper()
		p.write(func(tx db.Tx) error { return tx.Exec(statement, values...).Error })
	}
	check("as it was", "due")
	sql(`update cases set support_plan_on = null, version = version + 1 where id = ?`, inOrder.ID)
	sql(`update cases set support_plan_on = '2026-12-01', version = version + 1 where id = ?`, due.ID)
	check("one plan lost and one made", "in order")
	sql(`update cases set locality = ' NORTH ', version = version + 1 where id = ?`, moves.ID)
	check("moved into the locality", "in order", "moves")
	sql(`update cases set died_on = '2026-12-01', version = version + 1 where id = ?`, moves.ID)
	check("died", "in order")
	sql(`update cases set merged_into = ?, version = version + 1 where id = ?`, due.ID, inOrder.ID)
	check("found to be the same person as another")
	late := young("2009-01-01")
	late.SupportPlanOn = clock.Date{}
	p.add(&late)
	meeting := p.meeting(forum, "2026-12-08")
	if built := p.build(clerk, meeting); built.Added != len(panels.StandingItems())+1 {
		t.Errorf("a case added a moment ago is not listed: %+v", built)
	}
}

// A rule changed a moment before the clerk presses Build must be asked as it now is, whether none,
// half or all of the tracker has heard it.
func TestRuleThatChangedIsAskedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	var people []*tracker.Case
	for i := range casesAtOnce + 50 { // more than one batch
		c := young("2009-06-01") // 18 in 187 days on 26 November
		if i%90 == 0 {
			c.SupportPlanOn = clock.Date{}
		}
		people = append(people, &c)
	}
	p.addMany(people)
	p.refresh()
	count := func() int { return len(p.listed("North", day("2026-11-26"), usualYear)) }
	wants := (len(people) + 89) / 90
	if count() != 0 {
		t.Fatalf("%d are listed before the rule changed", count())
	}
	set := func(version, notice int) {
		t.Helper()
		if _, err := p.SetRule(t.Context(), p.admin, "no_support_plan", version, RuleSettings{Enabled: true, Values: map[string]int{"notice": notice}}); err != nil {
			t.Fatal(err)
		}
	}
	batch := func() {
		t.Helper()
		p.write(func(tx db.Tx) error { _, err := refreshBatch(tx); return err })
	}
	set(1, 187)
	if count() != wants {
		t.Errorf("%d listed by the rule as it now is, want %d", count(), wants)
	}
	if jobs := dbtest.Jobs(t, p.DB, RulesChanged{}.Kind()); len(jobs) == 0 {
		t.Error("nobody was told to judge the tracker anew")
	}
	batch()
	if count() != wants {
		t.Errorf("half way: %d listed, want %d", count(), wants)
	}
	// Half way through, one case changes and another rule does.
	p.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set support_plan_on = null, referred_on = null, version = version + 1 where id = ?`, people[1].ID).Error
	})
	if _, err := p.SetRule(t.Context(), p.admin, "no_referral", 1, RuleSettings{Enabled: true, Values: map[string]int{"at": 209}}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if got := count(); got != wants+2 {
			t.Errorf("with two rules at different places: %d listed, want %d", got, wants+2)
		}
		batch()
	}
	p.refresh()
	if count() != wants+2 {
		t.Errorf("all kept: %d listed, want %d", count(), wants+2)
	}
	set(2, 186)
	set(3, 187) // changed and changed back before anybody judged it
	batch()
	if count() != wants+2 {
		t.Errorf("changed back: %d listed", count())
	}
}

// A rule whose words alone changed says of each case what it said: judging a whole tracker again for a
// comma would be work for nothing, and the new words must be on the next agenda all the same.
func TestWordsOfARuleChangeWithoutJudgingAnew(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	c := young("2009-01-01")
	c.SupportPlanOn = clock.Date{}
	p.add(&c)
	p.refresh()
	change := p.rules()[3].Change()
	change.Text, change.Weight = "Without a plan: {at} on {on}", 12
	if _, err := p.ChangeRule(t.Context(), p.admin, "no_support_plan", 1, change); err != nil {
		t.Fatal(err)
	}
	if jobs := dbtest.Jobs(t, p.DB, RulesChanged{}.Kind()); len(jobs) != 0 {
		t.Errorf("%d jobs to judge anew", len(jobs))
	}
	if err := p.read(p.admin, func(tx db.Tx) error {
		row, err := ShowRule(tx, "no_support_plan")
		if row.Behind || row.Version != 2 {
			t.Errorf("version %d, behind %t", row.Version, row.Behind)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := p.listed("North", day("2026-12-08"), usualYear); len(got) != 1 || !strings.HasSuffix(got[0], "Without a plan: 18 on 1 January 2027") {
		t.Errorf("listed %q", got)
	}
}

// Two councils count a year's weeks differently, so £50,000 is another sum a week for each.
func TestCostOfAYearFollowsTheForumsWeeks(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	c := young("2009-06-08")
	cost := int64(960_00) // £49,920 in 52 weeks, £50,057.28 in 52.143
	c.WeeklyCostPence = &cost
	p.add(&c)
	for _, how := range []string{"judged", "kept"} {
		if how == "kept" {
			p.refresh()
		}
		if got := p.listed("North", day("2026-12-08"), 52000); len(got) != 0 {
			t.Errorf("%s, 52 weeks: %q", how, got)
		}
		if got := p.listed("North", day("2026-12-08"), 52143); len(got) != 1 || !strings.Contains(got[0], "£50,057.28 a year") {
			t.Errorf("%s, 52.143 weeks: %q", how, got)
		}
	}
}

// Two jobs at once, and changes while they work, must leave what is kept exactly right.
func TestJudgingInTwoPlacesAtOnceKeepsItRight(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	var people []*tracker.Case
	for range 400 {
		c := young("2009-01-01")
		c.SupportPlanOn = clock.Date{}
		people = append(people, &c)
	}
	p.addMany(people)
	failed := make(chan error, 3)
	for range 2 {
		go func() { failed <- p.RefreshFindings(t.Context()) }()
	}
	go func() {
		for i := range 40 {
			if err := p.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
				return tx.Exec(`update cases set support_plan_on = '2026-11-01', version = version + 1 where id = ?`, people[i*7].ID).Error
			}); err != nil {
				failed <- err
				return
			}
		}
		failed <- nil
	}()
	for range 3 {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	if got := len(p.listed("North", day("2026-12-08"), usualYear)); got != 360 {
		t.Errorf("%d listed before the rest is judged, want 360", got)
	}
	p.refresh()
	kept := p.listed("North", day("2026-12-08"), usualYear)
	p.forget()
	if judged := p.listed("North", day("2026-12-08"), usualYear); len(kept) != 360 || !slices.Equal(kept, judged) {
		t.Errorf("%d kept, %d judged, want 360", len(kept), len(judged))
	}
}
