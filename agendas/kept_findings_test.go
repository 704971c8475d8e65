package agendas

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// afresh is whom the rules list when nothing is kept and nothing is narrowed down: every case, one by one.
func (p *partnership) afresh(locality string, on clock.Date, weeks int) []string {
	p.t.Helper()
	judges, err := CompileRules(p.rules())
	if err != nil {
		p.t.Fatal(err)
	}
	var cases []tracker.Case
	heard, judged := map[string]clock.Date{}, map[string]clock.Date{}
	p.write(func(tx db.Tx) error {
		if err := tx.Raw(`select * from cases where merged_into is null order by number`).Scan(&cases).Error; err != nil {
			return err
		}
		var rows []struct {
			CaseID string
			On     clock.Date
		}
		err := tx.Raw(`select case_id, max(heard_on) as "on" from case_views where struck_at is null group by case_id`).Scan(&rows).Error
		for _, row := range rows {
			heard[row.CaseID] = row.On
		}
		if err != nil {
			return err
		}
		rows = nil
		err = tx.Raw(`select case_id, max(judged_on) as "on" from case_capacity where struck_at is null and outcome <> 'unsettled' group by case_id`).Scan(&rows).Error
		for _, row := range rows {
			judged[row.CaseID] = row.On
		}
		return err
	})
	var lines []string
	for _, c := range cases {
		if locality != "" && !strings.EqualFold(strings.TrimSpace(c.Locality), locality) {
			continue
		}
		if on := heard[c.ID.String()]; on.After(c.ViewsRecordedOn) {
			c.ViewsRecordedOn = on
		}
		if on := judged[c.ID.String()]; on.After(c.MentalCapacityOn) {
			c.MentalCapacityOn = on
		}
		findings, err := judges.Judge(&c, on, weeks)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, f := range findings {
			lines = append(lines, fmt.Sprintf("%s %s %s %d %s", c.Reference(), f.Rule, f.On, f.DaysLeft, f.Text))
		}
	}
	return lines
}

// Cases change, merge and part, rules are edited, days pass and the background comes or stops half way, in
// any order: the agenda must be the one that judging every case afresh would make. A person who is due and
// is missing from it is what this product exists to prevent.
func TestKeptFindingsEqualAFreshJudgementAfterAnything(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	random := rand.New(rand.NewPCG(29, 2))
	var people []*tracker.Case
	births := []string{"2008-02-29", "2012-02-29", "2009-08-31", "2008-03-01", "2010-12-31", "2001-01-01"}
	for n := range 120 {
		c := young(day("2000-06-01").AddDays(random.IntN(14 * 365)).String())
		if n < 30 {
			c.DateOfBirth = day(births[n%len(births)])
		}
		for _, date := range []*clock.Date{&c.ReferredOn, &c.CareActAssessedOn, &c.SupportPlanOn, &c.MentalCapacityOn, &c.CHCChecklistOn, &c.PathwayPlanOn, &c.ViewsRecordedOn} {
			if random.IntN(2) == 0 {
				*date = clock.Date{}
			}
		}
		people = append(people, &c)
	}
	p.addMany(people)
	own, err := p.CreateRule(t.Context(), p.admin, RuleChange{
		Name: "Not heard for a year", Enabled: true, Text: "Last heard long ago; {age} years old", Law: "Local policy", Templates: []string{"locality"}, ToAge: 25,
		Parameters: []Parameter{{Name: "every", Label: "Months", Unit: Months, Value: 12}},
		Applies:    "missing(views_recorded_on) or known(views_recorded_on)", ListedFrom: "latest(months_after(views_recorded_on, every), at_age(born, 168))", Weight: 20,
	})
	if err != nil {
		t.Fatal(err)
	}

	anyDate := func() any {
		if random.IntN(3) == 0 {
			return nil
		}
		return day("2023-01-01").AddDays(random.IntN(6 * 365))
	}
	anyCase := func() *tracker.Case { return people[random.IntN(len(people))] }
	exec := func(statement string, values ...any) {
		p.write(func(tx db.Tx) error { return tx.Exec(statement, values...).Error })
	}
	dates := []string{"referred_on", "care_act_assessed_on", "support_plan_on", "chc_checklist_on", "pathway_plan_on", "court_date_on", "placement_ends_on", "ehcp_review_on", "views_recorded_on", "died_on", "moved_away_on", "mental_capacity_on"}
	flags := []string{"out_of_county", "liberty_authorised", "consent_refused", "ehcp", "section_117"}
	texts := map[string][]string{
		"locality": {"North", " NORTH ", "South", "", "Ynys Môn", "YNYS MÔN"}, "legal_status": {"", "S20", "LAC (s31)", "Care leaver"},
		"social_care_status": {"", "Child protection", "CP plan"}, "chc_decision": {"", "Pending", "Eligible"}, "allocated_worker": {"", "R. Hale"},
	}
	steps := []struct {
		name string
		do   func()
	}{
		{"a date", func() {
			exec(`update cases set `+dates[random.IntN(len(dates))]+` = ?, version = version + 1 where id = ?`, anyDate(), anyCase().ID)
		}},
		{"a flag", func() {
			exec(`update cases set `+flags[random.IntN(len(flags))]+` = ?, version = version + 1 where id = ?`, []any{nil, true, false}[random.IntN(3)], anyCase().ID)
		}},
		{"a text", func() {
			columns := slices.Sorted(maps.Keys(texts))
			column := columns[random.IntN(len(columns))]
			exec(`update cases set `+column+` = ?, version = version + 1 where id = ?`, texts[column][random.IntN(len(texts[column]))], anyCase().ID)
		}},
		{"money", func() {
			exec(`update cases set weekly_cost_pence = ?, health_weekly_pence = ?, version = version + 1 where id = ?`, 958_90+random.IntN(4_00), random.IntN(2), anyCase().ID)
		}},
		{"a birthday", func() {
			exec(`update cases set date_of_birth = ?, version = version + 1 where id = ?`, day("2000-01-01").AddDays(random.IntN(14*365)), anyCase().ID)
		}},
		{"views", func() {
			born := day("2026-01-01").AddDays(random.IntN(300))
			exec(`insert into case_views (id, case_id, heard_on, how, verbatim, words, takes_part, recorded_by, recorded_at) values (?, ?, ?, 'themselves', true, 'w', 'words', ?, now())`,
				newID(), anyCase().ID, born, p.admin.PersonID)
		}},
		{"views taken back", func() {
			exec(`update case_views set struck_at = now(), struck_by = ?, struck_why = 'w' where id in (select id from case_views where struck_at is null order by id limit 1)`, p.admin.PersonID)
		}},
		{"capacity", func() {
			outcome := []tracker.CapacityOutcome{tracker.CanDecide, tracker.CannotDecide, tracker.CapacityUnsettled}[random.IntN(3)]
			exec(`insert into case_capacity (id, case_id, question, outcome, judged_on, judged_by, recorded_by, recorded_at) values (?, ?, 'q', ?, ?, 'j', ?, now())`,
				newID(), anyCase().ID, outcome, day("2026-01-01").AddDays(random.IntN(300)), p.admin.PersonID)
		}},
		{"capacity taken back", func() {
			exec(`update case_capacity set struck_at = now(), struck_by = ?, struck_why = 'w' where id in (select id from case_capacity where struck_at is null order by id limit 1)`, p.admin.PersonID)
		}},
		{"a merge", func() {
			one, other := anyCase(), anyCase()
			exec(`update cases set merged_into = ?, version = version + 1 where id = ? and id <> ? and merged_into is null
				and not exists (select from cases m where m.merged_into = cases.id) and exists (select from cases k where k.id = ? and k.merged_into is null)`, one.ID, other.ID, one.ID, one.ID)
		}},
		{"a parting", func() {
			exec(`update cases set merged_into = null, version = version + 1 where id = ?`, anyCase().ID)
		}},
		{"somebody new", func() {
			c := young(day("2008-01-01").AddDays(random.IntN(6 * 365)).String())
			c.SupportPlanOn = clock.Date{}
			p.write(func(tx db.Tx) error {
				c.ID, c.Version, c.CreatedAt, c.UpdatedAt, c.Number, c.PersonReference = newID(), 1, tx.Now, tx.Now, int64(90_000-len(people)), newID().String()
				c.Alias = c.PersonReference
				return tx.Create(&c).Error
			})
			people = append(people, &c)
		}},
		{"a rule", func() {
			rules := p.rules()
			rule := rules[random.IntN(len(rules))]
			change := rule.Change()
			switch random.IntN(4) {
			case 0:
				change.Enabled = !change.Enabled
			case 1:
				change.FromAge, change.ToAge = random.IntN(18), 18+random.IntN(8)
			case 2:
				change.Text += "."
			default:
				for i := range change.Parameters {
					most := map[Unit]int{AgeInMonths: 250, Days: 400, Months: 20, Pounds: 52_000}[change.Parameters[i].Unit]
					change.Parameters[i].Value = random.IntN(most)
				}
			}
			if rule.says() == rule.With(change).says() {
				return
			}
			if _, err := p.ChangeRule(t.Context(), p.admin, rule.Key, rule.Version, change); err != nil {
				t.Fatal(err)
			}
		}},
		{"an expression", func() {
			rule := p.rules()[14]
			change := rule.Change()
			change.Applies = []string{
				"missing(views_recorded_on)", "annual_pence > 50000 * 100 or ehcp", "locality contains \"o\" and not (legal_status in [\"S20\"])", "known(views_recorded_on)",
			}[random.IntN(4)]
			if rule.Key != own.Key || change.Applies == rule.Applies {
				return
			}
			if _, err := p.ChangeRule(t.Context(), p.admin, rule.Key, rule.Version, change); err != nil {
				t.Fatal(err)
			}
		}},
		{"a day", func() { p.clock.Advance(time.Duration(1+random.IntN(40*24)) * time.Hour) }},
		{"half a batch", func() { p.write(func(tx db.Tx) error { _, err := refreshBatch(tx); return err }) }},
		{"the background", func() { p.refresh() }},
	}
	listed := 0
	var done []string
	for n := range 400 {
		step := steps[random.IntN(len(steps))]
		step.do()
		done = append(done, step.name)
		if n%5 != 4 {
			continue
		}
		on := clock.DateOf(p.clock.Now()).AddDays(random.IntN(60))
		if random.IntN(6) == 0 { // the last day of February, and the first of March
			on = clock.NewDate(on.Year+random.IntN(3), 3, random.IntN(2))
		}
		weeks, locality := panels.WeeksPerYear[random.IntN(2)], []string{"North", "South", "", "Ynys Môn"}[random.IntN(4)]
		kept, fresh := p.listed(locality, on, weeks), p.afresh(locality, on, weeks)
		listed += len(fresh)
		if !slices.Equal(kept, fresh) {
			t.Fatalf("after %s: %q on %s by %d lists %d, judged afresh %d; first differing: %s", strings.Join(done[max(0, len(done)-5):], ", "), locality, on, weeks, len(kept), len(fresh), firstDiffering(kept, fresh))
		}
	}
	if listed < 2000 {
		t.Fatalf("only %d reasons in all: what changes is not what it was", listed)
	}
}

func firstDiffering(a, b []string) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "missing " + b[i]
		case i >= len(b):
			return "too many " + a[i]
		case a[i] != b[i]:
			return a[i] + " and " + b[i]
		}
	}
	return "none"
}
