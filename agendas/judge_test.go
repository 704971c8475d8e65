package agendas

import (
	"slices"
	"strings"
	"testing"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
)

// Each rule a day, a pound or an age inside, the same outside, and with its date missing. A rule a
// day late is a birthday without a plan; a rule a day early is a list nobody reads.
func TestRulesJustInsideJustOutsideAndDateMissing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	judges, err := CompileRules(p.rules(), everyColumn)
	if err != nil {
		t.Fatal(err)
	}
	on := day("2026-12-08")
	none := clock.Date{}
	set := func(change func(c *tracker.Case)) func(*tracker.Case) { return change }
	yes := true
	pence := func(n int64) *int64 { return &n }

	for _, c := range []struct {
		name   string
		born   string
		change func(c *tracker.Case)
		rule   string // the one rule that lists; "" for none
		turns  string // the date behind it
		days   int
	}{
		{"everything on record", "2009-06-08", nil, "", "", 0},

		{"16½ today", "2010-06-08", set(func(c *tracker.Case) { c.ReferredOn = none }), "no_referral", "2026-12-08", 0},
		{"16½ tomorrow", "2010-06-09", set(func(c *tracker.Case) { c.ReferredOn = none }), "", "", 0},
		{"born 31 August, 16½ on 1 March", "2009-08-31", set(func(c *tracker.Case) { c.ReferredOn = none }), "no_referral", "2026-03-01", -282},

		{"referred 28 days ago", "2010-01-01", set(func(c *tracker.Case) { c.ReferredOn, c.AllocatedWorker = day("2026-11-10"), "" }), "referral_unallocated", "2026-12-08", 0},
		{"referred 27 days ago", "2010-01-01", set(func(c *tracker.Case) { c.ReferredOn, c.AllocatedWorker = day("2026-11-11"), "" }), "", "", 0},
		{"not referred and not allocated at 15", "2011-06-01", set(func(c *tracker.Case) { c.ReferredOn, c.AllocatedWorker = none, "" }), "", "", 0},

		{"17½ in 90 days", "2009-09-08", set(func(c *tracker.Case) { c.CareActAssessedOn = none }), "no_assessment", "2027-03-08", 90},
		{"17½ in 91 days", "2009-09-09", set(func(c *tracker.Case) { c.CareActAssessedOn = none }), "", "", 0},
		{"17½ passed", "2009-06-01", set(func(c *tracker.Case) { c.CareActAssessedOn = none }), "no_assessment", "2026-12-01", -7},

		{"18 in 120 days", "2009-04-07", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "no_support_plan", "2027-04-07", 120},
		{"18 in 121 days", "2009-04-08", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "", "", 0},
		{"18 passed without a plan", "2008-12-01", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "no_support_plan", "2026-12-01", -7},
		{"born 29 February, 18 on 1 March", "2008-02-29", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "no_support_plan", "2026-03-01", -282},
		{"25, still without a plan", "2000-12-09", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "no_support_plan", "2018-12-09", -2921},
		{"26, no longer ours", "2000-12-08", set(func(c *tracker.Case) { c.SupportPlanOn = none }), "", "", 0},

		{"not screened at 16½ with health money", "2010-06-08", set(func(c *tracker.Case) { c.CHCChecklistOn, c.CHCDecision, c.HealthWeeklyPence = none, "", pence(1) }), "chc_not_screened", "2026-12-08", 0},
		{"not screened the day before 16½", "2010-06-09", set(func(c *tracker.Case) { c.CHCChecklistOn, c.CHCDecision, c.HealthWeeklyPence = none, "", pence(1) }), "", "", 0},
		{"not screened and no health money", "2010-06-08", set(func(c *tracker.Case) { c.CHCChecklistOn, c.CHCDecision = none, "" }), "", "", 0},
		{"not screened, health money Not known", "2010-06-08", set(func(c *tracker.Case) { c.CHCChecklistOn, c.CHCDecision, c.HealthWeeklyPence = none, "", nil }), "", "", 0},

		{"no CHC decision at 17½", "2009-06-08", set(func(c *tracker.Case) { c.CHCDecision, c.HealthWeeklyPence = "", pence(39_42) }), "chc_no_decision", "2026-12-08", 0},
		{"CHC decision pending at 17½", "2009-06-08", set(func(c *tracker.Case) { c.CHCDecision, c.HealthWeeklyPence = "Pending – DST booked", pence(39_42) }), "chc_no_decision", "2026-12-08", 0},
		{"no CHC decision the day before 17½", "2009-06-09", set(func(c *tracker.Case) { c.CHCDecision, c.HealthWeeklyPence = "", pence(39_42) }), "", "", 0},
		{"no CHC decision and no health money", "2009-06-08", set(func(c *tracker.Case) { c.CHCDecision = "" }), "", "", 0},

		{"looked after, 16 today: amber", "2010-12-08", set(func(c *tracker.Case) { c.LegalStatus, c.PathwayPlanOn = "Section 20", none }), "no_pathway_plan", "2027-03-08", 90},
		{"looked after, 16 tomorrow", "2010-12-09", set(func(c *tracker.Case) { c.LegalStatus, c.PathwayPlanOn = "Section 20", none }), "", "", 0},
		{"looked after, 16 and 3 months yesterday: red", "2010-09-07", set(func(c *tracker.Case) { c.LegalStatus, c.PathwayPlanOn = "LAC (S31)", none }), "no_pathway_plan", "2026-12-07", -1},
		{"care leaver, not looked after", "2010-09-07", set(func(c *tracker.Case) { c.LegalStatus, c.PathwayPlanOn = "Care leaver", none }), "", "", 0},
		{"18, no longer looked after", "2008-12-08", set(func(c *tracker.Case) { c.LegalStatus, c.PathwayPlanOn = "Section 20", none }), "", "", 0},

		{"child protection at 17", "2009-12-08", set(func(c *tracker.Case) { c.SocialCareStatus = "Child protection" }), "safeguarding_at_17", "2026-12-08", 0},
		{"child protection the day before 17", "2009-12-09", set(func(c *tracker.Case) { c.SocialCareStatus = "Child protection" }), "", "", 0},
		{"care proceedings at 17", "2009-12-08", set(func(c *tracker.Case) { c.LegalStatus = "In care proceedings" }), "safeguarding_at_17", "2026-12-08", 0},
		{"Court of Protection at 17", "2009-12-08", set(func(c *tracker.Case) { c.LegalStatus = "CoP" }), "safeguarding_at_17", "2026-12-08", 0},
		{"referred to adult safeguarding", "2009-12-08", set(func(c *tracker.Case) {
			c.SocialCareStatus, c.AdultSafeguardedOn = "Child protection", day("2026-12-01")
		}), "", "", 0},
		{"disability route instead", "2009-12-08", set(func(c *tracker.Case) {
			c.SocialCareStatus, c.PrimaryNeed = "Child protection", "Severe learning difficulty"
		}), "", "", 0},
		{"need Not known takes no other route", "2009-12-08", set(func(c *tracker.Case) { c.SocialCareStatus, c.PrimaryNeed = "Child protection", "" }), "safeguarding_at_17", "2026-12-08", 0},
		{"child in need is neither", "2009-12-08", set(func(c *tracker.Case) { c.SocialCareStatus = "Child in need" }), "", "", 0},

		{"£50,000.08 a year at 17", "2009-01-08", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(961_54) }), "high_cost", "2027-01-08", 31},
		{"£49,999.56 a year at 17", "2009-01-08", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(961_53) }), "", "", 0},
		{"high cost, 18 tomorrow", "2008-12-09", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(2000_00) }), "high_cost", "2026-12-09", 1},
		{"high cost, 18 today", "2008-12-08", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(2000_00) }), "", "", 0},
		{"high cost, 14 today", "2012-12-08", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(2000_00) }), "high_cost", "2030-12-08", 1461},
		{"high cost, 14 tomorrow", "2012-12-09", set(func(c *tracker.Case) { c.WeeklyCostPence = pence(2000_00) }), "", "", 0},
		{"cost Not known", "2009-01-08", set(func(c *tracker.Case) { c.WeeklyCostPence = nil }), "", "", 0},

		{"out of county, ends in 9 months", "2009-06-08", set(func(c *tracker.Case) { c.OutOfCounty, c.PlacementEndsOn = &yes, day("2027-09-08") }), "out_of_county_ending", "2027-09-08", 274},
		{"out of county, ends in 9 months and a day", "2009-06-08", set(func(c *tracker.Case) { c.OutOfCounty, c.PlacementEndsOn = &yes, day("2027-09-09") }), "", "", 0},
		{"out of county, end Not known", "2009-06-08", set(func(c *tracker.Case) { c.OutOfCounty = &yes }), "", "", 0},
		{"in county, ends soon", "2009-06-08", set(func(c *tracker.Case) { c.PlacementEndsOn = day("2027-01-08") }), "", "", 0},

		{"liberty and no capacity assessment at 17", "2009-12-08", set(func(c *tracker.Case) {
			c.LibertyAuthorised, c.MentalCapacityOn, c.AdultSafeguardedOn = &yes, none, day("2026-12-01")
		}), "no_capacity_assessment", "2026-12-08", 0},
		{"liberty and no capacity assessment the day before 17", "2009-12-09", set(func(c *tracker.Case) {
			c.LibertyAuthorised, c.MentalCapacityOn, c.AdultSafeguardedOn = &yes, none, day("2026-12-01")
		}), "", "", 0},
		{"no capacity assessment, liberty Not known", "2009-12-08", set(func(c *tracker.Case) { c.LibertyAuthorised, c.MentalCapacityOn = nil, none }), "", "", 0},

		{"consent refused is its own reason", "2009-01-01", set(func(c *tracker.Case) { c.ConsentRefused, c.CareActAssessedOn, c.SupportPlanOn = &yes, none, none }), "consent_refused", "", 0},
		{"consent refused before 16", "2010-12-09", set(func(c *tracker.Case) { c.ConsentRefused, c.CareActAssessedOn, c.SupportPlanOn = &yes, none, none }), "", "", 0},
		{"consent refused after the plan was made", "2009-01-01", set(func(c *tracker.Case) { c.ConsentRefused = &yes }), "", "", 0},

		{"died", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.DiedOn = none, day("2026-12-08") }), "", "", 0},
		{"moved away", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.MovedAwayOn = none, day("2026-12-01") }), "", "", 0},
		{"moves away tomorrow", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.MovedAwayOn = none, day("2026-12-09") }), "no_support_plan", "2027-01-01", 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			person := young(c.born)
			if c.change != nil {
				c.change(&person)
			}
			findings, err := judges.Judge(person, on, usualYear)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.Rule)
			}
			if c.rule == "" {
				if len(got) > 0 {
					t.Fatalf("listed by %v, want nobody to list them", got)
				}
				return
			}
			if !slices.Equal(got, []string{c.rule}) {
				t.Fatalf("listed by %v, want %s", got, c.rule)
			}
			f := findings[0]
			if f.On.String() != c.turns || f.DaysLeft != c.days {
				t.Errorf("turns on %s with %d days left, want %s and %d", f.On, f.DaysLeft, c.turns, c.days)
			}
			if f.Law == "" || strings.ContainsAny(f.Text+f.Law, "{}[]") {
				t.Errorf("the reason has holes: %q, %q", f.Text, f.Law)
			}
		})
	}
}

func TestReasonsReadAsASentenceWithTheDateTheAgeAndTheMoney(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	judges, err := CompileRules(p.rules(), everyColumn)
	if err != nil {
		t.Fatal(err)
	}
	person := young("2009-09-04")
	person.CareActAssessedOn = clock.Date{}
	cost := int64(1204_50)
	person.WeeklyCostPence = &cost
	findings, err := judges.Judge(person, day("2026-12-08"), 52143)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"No Care Act assessment; 17½ on 4 March 2027 · Care Act 2014, section 58; local policy: complete by 17½",
		"Placement costs £62,806.24 a year; 18 on 4 September 2027 · Local policy: placements over £50,000 a year are watched from 14",
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.Text+" · "+f.Law)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// Listing everyone or no one for want of a column would hide that nobody can tell.
func TestRuleWithoutItsColumnSaysSo(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	judges, err := CompileRules(p.rules(), func(column string) bool { return column != "placement_ends_on" && column != "out_of_county" })
	if err != nil {
		t.Fatal(err)
	}
	if len(judges.Unjudged) != 1 || judges.Unjudged[0].Sentence() != "Cannot be judged: no column for out of county or placement end" {
		t.Errorf("unjudged: %+v", judges.Unjudged)
	}
	yes := true
	person := young("2009-06-08")
	person.OutOfCounty, person.PlacementEndsOn = &yes, day("2026-12-20")
	if findings, err := judges.Judge(person, day("2026-12-08"), usualYear); err != nil || len(findings) > 0 {
		t.Errorf("listed all the same: %+v %v", findings, err)
	}
}

func TestEveryShippedRuleIsSound(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	rules := p.rules()
	if len(rules) != 12 {
		t.Errorf("%d rules ship", len(rules))
	}
	for _, rule := range rules {
		if err := rule.Validate(); err != nil {
			t.Errorf("%s: %v", rule.Key, err)
		}
		if strings.ContainsAny(rule.TextWords()+rule.LawWords(), "{}") {
			t.Errorf("%s reads %q, %q", rule.Key, rule.TextWords(), rule.LawWords())
		}
	}
}

func TestRuleThatCannotBeReadSaysWhere(t *testing.T) {
	t.Parallel()
	good := Rule{Key: "x", Name: "X", Text: "X on {on}", Law: "Policy", Applies: "missing(referred_on)", TurnsOn: "at_age(born, at)", ToAge: 25,
		Parameters: []Parameter{{Name: "at", Label: "Age", Unit: AgeInMonths, Value: 198}}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Rule)
		want  string
	}{
		"unknown fact":         {func(r *Rule) { r.Applies = "missing(refered_on)" }, "unknown name refered_on"},
		"misspelt parameter":   {func(r *Rule) { r.TurnsOn = "at_age(born, att)" }, "unknown name att"},
		"not yes or no":        {func(r *Rule) { r.Applies = "age" }, "expected bool"},
		"a date from a number": {func(r *Rule) { r.TurnsOn = "age" }, "must be a date"},
		"wrong kind of fact":   {func(r *Rule) { r.TurnsOn = "at_age(age, at)" }, "cannot use"},
		"too long":             {func(r *Rule) { r.Applies = "age > 1" + strings.Repeat(" and age > 1", 60) }, "exceeds maximum"},
		"no other functions":   {func(r *Rule) { r.Applies = "len(repeat(locality, 1000000)) > 0" }, "unknown name"},
		"unknown hole":         {func(r *Rule) { r.Text = "X by {date}" }, "“date”"},
		"value out of range":   {func(r *Rule) { r.Parameters[0].Value = 9999 }, "between 0 and 312"},
		"unknown column":       {func(r *Rule) { r.Columns = []string{"shoe_size"} }, "“shoe_size” is not a column"},
		"youngest over oldest": {func(r *Rule) { r.FromAge = 26 }, "youngest"},
		"no law":               {func(r *Rule) { r.Law = " " }, "law or policy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := good
			rule.Parameters = slices.Clone(good.Parameters)
			c.spoil(&rule)
			if err := rule.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want words about %q", err, c.want)
			}
		})
	}
}
