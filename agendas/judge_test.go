package agendas

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Each rule a day, a pound or an age inside, the same outside, and with its date missing, through the
// build that clerks press: once before anything is kept, once from what is kept. A rule a day late is
// a birthday without a plan; a rule a day early is a list nobody reads.
func TestRulesJustInsideJustOutsideAndDateMissing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	p.switchOn("ehcp_review")
	on := day("2026-12-08")
	none := clock.Date{}
	set := func(change func(c *tracker.Case)) func(*tracker.Case) { return change }
	yes := true
	pence := func(n int64) *int64 { return &n }

	table := []struct {
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

		{"court in 56 days", "2009-06-08", set(func(c *tracker.Case) { c.CourtDateOn = day("2027-02-02") }), "court_date", "2027-02-02", 56},
		{"court in 57 days", "2009-06-08", set(func(c *tracker.Case) { c.CourtDateOn = day("2027-02-03") }), "", "", 0},
		{"court on the day of the meeting", "2009-06-08", set(func(c *tracker.Case) { c.CourtDateOn = day("2026-12-08") }), "court_date", "2026-12-08", 0},
		{"court yesterday: too late to agree anything before it", "2009-06-08", set(func(c *tracker.Case) { c.CourtDateOn = day("2026-12-07") }), "", "", 0},

		{"EHCP review in 28 days", "2009-06-08", set(func(c *tracker.Case) { c.EHCPReviewOn = day("2027-01-05") }), "ehcp_review", "2027-01-05", 28},
		{"EHCP review in 29 days", "2009-06-08", set(func(c *tracker.Case) { c.EHCPReviewOn = day("2027-01-06") }), "", "", 0},
		{"EHCP review overdue", "2009-06-08", set(func(c *tracker.Case) { c.EHCPReviewOn = day("2026-11-08") }), "ehcp_review", "2026-11-08", -30},
		{"no EHCP, a review date left behind", "2009-06-08", set(func(c *tracker.Case) { c.EHCP, c.EHCPReviewOn = nil, day("2026-12-08") }), "", "", 0},

		{"died", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.DiedOn = none, day("2026-12-08") }), "", "", 0},
		{"moved away", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.MovedAwayOn = none, day("2026-12-01") }), "", "", 0},
		{"moves away tomorrow", "2009-01-01", set(func(c *tracker.Case) { c.SupportPlanOn, c.MovedAwayOn = none, day("2026-12-09") }), "no_support_plan", "2027-01-01", 24},
	}
	people := make([]*tracker.Case, len(table))
	for i, c := range table {
		person := young(c.born)
		if c.change != nil {
			c.change(&person)
		}
		people[i] = &person
	}
	p.add(people...)
	forum := p.forum("locality", "North")
	clerk := p.clerk(forum)
	p.meeting(forum, on.AddDays(28).String()) // the next one: what it can still hear in time may wait for it
	for _, how := range []string{"judged in the build", "kept"} {
		if how == "kept" {
			p.refresh()
		}
		meeting := p.meeting(forum, on.String())
		p.build(clerk, meeting)
		reasons := map[uuid.UUID][]Reason{}
		for _, item := range p.items(meeting.ID) {
			if item.CaseID != nil {
				reasons[*item.CaseID] = item.Reasons
			}
		}
		for i, c := range table {
			t.Run(how+"/"+c.name, func(t *testing.T) {
				var got []string
				for _, r := range reasons[people[i].ID] {
					got = append(got, r.Rule)
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
				r := reasons[people[i].ID][0]
				if r.On.String() != c.turns || r.DaysLeft != c.days {
					t.Errorf("turns on %s with %d days left, want %s and %d", r.On, r.DaysLeft, c.turns, c.days)
				}
				if r.Law == "" || strings.ContainsAny(r.Text+r.Law, "{}[]") {
					t.Errorf("the reason has holes: %q, %q", r.Text, r.Law)
				}
			})
		}
	}
}

func TestReasonsReadAsASentenceWithTheDateTheAgeAndTheMoney(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	judges, err := CompileRules(p.rules())
	if err != nil {
		t.Fatal(err)
	}
	person := young("2009-09-04")
	person.CareActAssessedOn = clock.Date{}
	cost := int64(1204_50)
	person.WeeklyCostPence = &cost
	findings, err := judges.Judge(&person, day("2026-12-08"), 52143)
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

// Listing everyone or no one for want of a column would hide that nobody can tell. When the column
// comes, what was kept of it while it was Not known must not be believed for those it now names.
func TestRuleWithoutItsColumnSaysSo(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply("support_plan_on", "out_of_county")
	yes := true
	person := young("2009-06-08")
	person.OutOfCounty, person.PlacementEndsOn = &yes, day("2026-12-20")
	p.add(&person)
	forum := p.forum("locality", "North")
	for _, how := range []string{"judged in the build", "kept"} {
		if how == "kept" {
			p.refresh()
		}
		meeting := p.meeting(forum, "2026-12-08")
		built := p.build(p.clerk(forum), meeting)
		at := slices.IndexFunc(built.Unjudged, func(u Unjudged) bool { return u.Rule == "out_of_county_ending" })
		if at < 0 || built.Unjudged[at].Sentence() != "Cannot be judged: no column for placement end" {
			t.Errorf("%s: unjudged: %+v", how, built.Unjudged)
		}
		for _, item := range p.items(meeting.ID) {
			if item.CaseID != nil {
				t.Errorf("%s: listed all the same: %+v", how, item.Reasons)
			}
		}
	}
	p.write(func(tx db.Tx) error {
		return tx.Exec(`insert into tracker_field (field, heading, import_id, at) select 'placement_ends_on', 'Ends', id, now() from tracker_import`).Error
	})
	meeting := p.meeting(forum, "2026-12-08")
	p.build(p.clerk(forum), meeting)
	if items := p.items(meeting.ID); !slices.ContainsFunc(items, func(i Item) bool { return i.CaseID != nil && i.Reasons[0].Rule == "out_of_county_ending" }) {
		t.Error("not listed once the tracker has the column")
	}
}

func TestEveryShippedRuleIsSound(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	rules := p.rules()
	if len(rules) != 14 {
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
	good := Rule{Key: "x", Name: "X", Text: "X on {on}", Law: "Policy", Templates: []string{"locality"}, Applies: "missing(referred_on)", TurnsOn: "at_age(born, at)", ToAge: 25,
		Parameters: []Parameter{{Name: "at", Label: "Age", Unit: AgeInMonths, Value: 198}}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Rule)
		want  string
	}{
		"unknown fact":           {func(r *Rule) { r.Applies = "missing(refered_on)" }, "There is no “refered_on” that a rule can use. Did you mean “referred_on”? (character 9, “refered_on”)"},
		"misspelt parameter":     {func(r *Rule) { r.TurnsOn = "at_age(born, att)" }, "There is no “att” that a rule can use. Did you mean “at”? (character 14, “att”)"},
		"on the second line":     {func(r *Rule) { r.Applies = "ehcp and\n  mising(referred_on)" }, "Did you mean “missing”? (line 2, character 3, “mising”)"},
		"no days of meetings":    {func(r *Rule) { r.ListedFrom = "meeting_on" }, "A rule cannot ask for the meeting’s day: what it says is kept, by dates. Say from which day it lists instead"},
		"no ages":                {func(r *Rule) { r.Applies = "age > 16" }, "Write an age as the day it is reached, such as at_age(born, 198) for 16½"},
		"not yes or no":          {func(r *Rule) { r.Applies = "weekly_pence" }, "This must be a yes or no, such as missing(support_plan_on), and it is a number"},
		"a date from a number":   {func(r *Rule) { r.TurnsOn = "weekly_pence" }, "This must be a date, such as at_age(born, 216), and it is a number"},
		"a yes or no at the end": {func(r *Rule) { r.ListedUntil = "ehcp" }, "This must be a date, such as at_age(born, 216), and it is a yes or no"},
		"wrong kind of fact":     {func(r *Rule) { r.TurnsOn = "at_age(locality, at)" }, "at_age(born, months) needs a date here, and this is text (character 8, “locality”)"},
		"too few facts":          {func(r *Rule) { r.TurnsOn = "at_age(born)" }, "at_age(born, months) needs more between its brackets"},
		"dates with <":           {func(r *Rule) { r.Applies = "referred_on < born" }, "“<” cannot stand between a date and a date. Dates are compared with is_before(…) and is_after(…)"},
		"one equals sign":        {func(r *Rule) { r.Applies = `locality = "North"` }, "Use == to compare two things"},
		"curly quotation marks":  {func(r *Rule) { r.Applies = "locality == “North”" }, "straight quotation marks"},
		"broken off":             {func(r *Rule) { r.Applies = "missing(referred_on" }, "stops before it is complete"},
		"a word missing":         {func(r *Rule) { r.Applies = "ehcp missing(referred_on)" }, "“missing” is not expected here. Is “and”"},
		"nothing at all":         {func(r *Rule) { r.Applies = " " }, "Enter which cases it concerns"},
		"too long":               {func(r *Rule) { r.Applies = "ehcp" + strings.Repeat(" and ehcp", 60) }, "This is too long for one rule"},
		"no other functions":     {func(r *Rule) { r.Applies = "len(repeat(locality, 1000000)) > 0" }, "There is no “len”"},
		"unknown hole":           {func(r *Rule) { r.Text = "X by {date}" }, "“date”"},
		"value out of range":     {func(r *Rule) { r.Parameters[0].Value = 9999 }, "whole number from 0 to 312"},
		"a setting named a fact": {func(r *Rule) { r.Parameters[0].Name = "ehcp" }, "“ehcp” already has a meaning"},
		"unknown column":         {func(r *Rule) { r.Columns = []string{"shoe_size"} }, "“shoe_size” is not a column"},
		"youngest over oldest":   {func(r *Rule) { r.FromAge = 26 }, "youngest"},
		"no law":                 {func(r *Rule) { r.Law = " " }, "law or policy"},
		"no forum":               {func(r *Rule) { r.Templates = nil }, "Select at least one kind of forum"},
		"a board":                {func(r *Rule) { r.Templates = []string{"strategic_board"} }, "no kind of forum that cases come to"},
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
