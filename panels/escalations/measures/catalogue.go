package measures

import (
	"quorate/agendas/tracker"
	"quorate/server/base/access"
)

const (
	gone           = "People who had died or moved away by then. A case merged into another is counted once, as the case that stayed."
	goneNow        = "People who have died or moved away. A case merged into another is counted once, as the case that stayed."
	reports        = "Councils’ published reports, 2021 to 2025"
	anotherPlaces  = "These are other places’ figures. They show what has been reached elsewhere, and are no target."
	decisionYear   = "the last twelve whole months"
	nothingOfNames = "It counts what forums did, and says nothing of who a decision was about, so nothing is held back."
)

var whoHasLeft = []tracker.Field{tracker.Died, tracker.MovedAway}

// All are the measures, in the order of the page.
var All = []Definition{
	{
		Key: AssessedBy18, Name: "Assessed by the 18th birthday", Section: Ready, query: "assessed_by_18", Shape: Share, People: true,
		Counted: "Young people whose Care Act assessment is dated on or before their 18th birthday.",
		Over:    "Everybody on the tracker whose 18th birthday was in the quarter.",
		By:      "The 18th birthday. Somebody born on 29 February turns 18 on 1 March.",
		LeftOut: gone + " People without an assessment who refused consent to one are told beside the table: they are neither assessed nor late.",
		Target:  &Target{Percent: 100, Why: "every young person who is to be assessed is assessed before adult law applies to them"},
		History: []Stated{
			{"Before the team", "58%", 58, "Assessed by the 18th birthday", reports},
			{"2022", "85%", 85, "Of people open to the team", reports},
			{"June 2024", "87%", 87, "Of people referred", reports},
			{"2025", "96%", 96, "Of young people", reports},
		},
		Compare: "The published figures were counted in three different ways, so they stand as points and no line joins them. None of them counts everybody on a tracker, as is done here.",
		Needs:   []tracker.Field{tracker.CareActAssessed}, Prefers: append([]tracker.Field{tracker.ConsentRefused}, whoHasLeft...),
		Heading: "18th birthday in", Whole: "Turned 18", Parts: []string{"Assessed", "Not assessed"}, Beside: []string{"Refused consent and not assessed"}, BesideNeeds: []tracker.Field{tracker.ConsentRefused},
		rows: quarterRows, period: turning18, years: true, chart: overTime, finding: shareFinding("were assessed by their 18th birthday", "Nobody turned 18"),
	},
	{
		Key: PlannedBy18, Name: "Support plan by the 18th birthday", Section: Ready, query: "planned_by_18", Shape: Share, People: true,
		Counted: "Young people whose support plan is dated on or before their 18th birthday.",
		Over:    "Everybody on the tracker whose 18th birthday was in the quarter, whether or not they will need a plan: a tracker does not say who will not.",
		By:      "The 18th birthday. Somebody born on 29 February turns 18 on 1 March.",
		LeftOut: gone + " People without a plan who refused consent are told beside the table.",
		Target:  &Target{Percent: 100, Why: "the support plan is in force on the birthday"},
		History: []Stated{
			{"first", "20%", 20, "Support plan in place by 18", reports},
			{"then", "89%", 89, "Support plan in place by 18", reports},
			{"latest", "93%", 93, "Support plan in place by 18", reports},
		},
		Compare: "The reports give these three figures one after the other. " + anotherPlaces,
		Needs:   []tracker.Field{tracker.SupportPlan}, Prefers: append([]tracker.Field{tracker.ConsentRefused}, whoHasLeft...),
		Heading: "18th birthday in", Whole: "Turned 18", Parts: []string{"Support plan", "No support plan"}, Beside: []string{"Refused consent and without a plan"}, BesideNeeds: []tracker.Field{tracker.ConsentRefused},
		rows: quarterRows, period: turning18, years: true, chart: overTime, finding: shareFinding("had a support plan by their 18th birthday", "Nobody turned 18"),
	},
	{
		Key: FoundEligible, Name: "Assessed, and found eligible", Section: Ready, query: "found_eligible", Shape: Share, People: true,
		Counted: "Young people who were found eligible for adult social care.",
		Over:    "Everybody with a Care Act assessment dated in the quarter whose outcome is “Eligible” or “Not eligible”.",
		By:      "The day of the assessment.",
		LeftOut: "Assessments whose outcome is not known yet are told beside the table. A case merged into another is counted once.",
		History: []Stated{{"2022 to 2025", "43%", 43, "Of about 70 people assessed in a year", "Leicester"}},
		Compare: anotherPlaces + " How many are found eligible says as much of who is referred as of who assesses.",
		Needs:   []tracker.Field{tracker.CareActAssessed, tracker.CareActOutcome},
		Heading: "Assessed in", Whole: "Assessed", Parts: []string{"Found eligible", "Not eligible"}, Beside: []string{"Assessed, and the outcome not known"},
		rows: quarterRows, period: lastQuarters, years: true, chart: overTime, finding: shareFinding("of those assessed were found eligible", "No assessment has a known outcome"),
	},
	{
		Key: ReferredAt16, Name: "Referred at 16", Section: Coming, query: "referred_at_16", Shape: Share, People: true,
		Counted: "Referrals to the adult team received while the young person was 16.",
		Over:    "Every referral received in the quarter.",
		By:      "From the 16th birthday until the day before the 17th.",
		LeftOut: "Nobody: a referral stays received whatever happened afterwards. A case merged into another is counted once.",
		History: []Stated{
			{"first", "5%", 5, "Referrals received at 16", reports},
			{"then", "21%", 21, "Referrals received at 16", reports},
			{"latest", "35%", 35, "Referrals received at 16", reports},
		},
		Compare: "The published figures were counted in the same way, so they lie across the chart. " + anotherPlaces,
		Needs:   []tracker.Field{tracker.Referred},
		Heading: "Referred in", Whole: "Referrals", Parts: []string{"At 16", "At another age"},
		rows: quarterRows, period: lastQuarters, years: true, chart: overTimeAcross, finding: shareFinding("were referred at 16", "Nobody was referred"),
	},
	{
		Key: SourcesYear, Name: "Referrals by source, a year", Section: Coming, query: "referrals_by_source", Shape: Count, People: true,
		Counted: "Referrals to the adult team, by who made them. Each tracker’s own words are counted as one of these sources.",
		Over:    "Every referral received in the last twelve whole months.", By: "The day the referral was received.",
		LeftOut: "Nobody: a referral stays received whatever happened afterwards. A case merged into another is counted once.",
		History: []Stated{
			{"a year", "153 referrals", 0, "Disability team 43, social care 35, SEN 23, careers 18, health 12, self 10, other 10, education 2", reports},
			{"2021", "14 to 17 a month", 0, "Referrals", "Dorset"},
		},
		Compare: anotherPlaces, Needs: []tracker.Field{tracker.Referred, tracker.ReferralSource},
		Heading: "Source", Parts: []string{"Referrals"}, rows: sourceRows, period: lastYear, chart: asBars, finding: sourcesFinding,
	},
	{
		Key: SourcesMonth, Name: "Referrals by source, a month", Section: Coming, query: "referrals_by_source", Shape: Count, People: true, total: true,
		Counted: "Referrals to the adult team, by who made them.",
		Over:    "Every referral received in the last whole month.", By: "The day the referral was received.",
		LeftOut: "Nobody: a referral stays received whatever happened afterwards. A case merged into another is counted once.",
		History: []Stated{{"2021", "14 to 17 a month", 0, "Referrals", "Dorset"}},
		Compare: anotherPlaces, Needs: []tracker.Field{tracker.Referred, tracker.ReferralSource},
		Heading: "Source", Parts: []string{"Referrals"}, rows: sourceRows, period: lastMonth, chart: asBars, finding: sourcesFinding,
	},
	{
		Key: LateAt17, Name: "Late referrals at 17, by source", Section: Coming, query: "late_at_17_by_source", Shape: Share, People: true,
		Counted: "Referrals received while the young person was 17.",
		Over:    "Every referral received in the last twelve whole months, by who made it.",
		By:      "From the 17th birthday until the day before the 18th.",
		LeftOut: "Nobody. Referrals after the 18th birthday are among those at another age. A case merged into another is counted once.",
		Needs:   []tracker.Field{tracker.Referred, tracker.ReferralSource},
		Heading: "Source", Whole: "Referrals", Parts: []string{"At 17", "At another age"},
		rows: sourceRows, period: lastYear, chart: asBars, finding: lateFinding,
	},
	{
		Key: WaitingByAge, Name: "Waiting for an assessment, by age", Section: Coming, query: "waiting_by_age", Shape: Count, People: true,
		Counted: "Young people who were referred and have no Care Act assessment yet.",
		Over:    "Everybody on the tracker under 26 with a referral date.", By: "Today.",
		LeftOut: goneNow + " People who refused consent are told beside the table: they do not wait.",
		History: []Stated{
			{"a waiting list", "93 people", 0, "36 aged 15, 47 aged 16, 4 aged 17, the rest younger", reports},
			{"the same team", "6 to 8 a month", 0, "Assessments finished: thirteen months to clear the list", reports},
		},
		Compare: anotherPlaces, Needs: []tracker.Field{tracker.Referred, tracker.CareActAssessed}, Prefers: append([]tracker.Field{tracker.ConsentRefused}, whoHasLeft...),
		Heading: "Age", Parts: []string{"People"}, Beside: []string{"Refused consent and not assessed", "Assessments finished in the last three months"}, BesideNeeds: []tracker.Field{tracker.ConsentRefused},
		rows:   fixedRows("0", "Under 14", "14", "14", "15", "15", "16", "16", "17", "17", "18", "18 and over"),
		period: now(0, 26), chart: asBars, finding: waitingFinding,
	},
	{
		Key: HighCostByAge, Name: "High-cost placements, by age", Section: Costs, query: "high_cost_by_age", Shape: Count, People: true,
		Counted: "Young people whose weekly cost comes to more than {limit} in a year of 52 weeks. The sum is the one that the agenda rule “High-cost placement” uses.",
		Over:    "Everybody on the tracker under 18 with a weekly cost.", By: "Today.", LeftOut: goneNow,
		History: []Stated{{"by age", "16 people", 0, "1 aged 14, 3 aged 15, 10 aged 16, 2 aged 17, over £50,000 a year", reports}},
		Compare: anotherPlaces, Needs: []tracker.Field{tracker.WeeklyCost}, Prefers: whoHasLeft,
		Heading: "Age", Parts: []string{"People"}, rows: fixedRows("0", "Under 14", "14", "14", "15", "15", "16", "16", "17", "17"),
		period: now(0, 18), chart: asBars, finding: highCostFinding,
	},
	{
		Key: CostBands, Name: "Weekly cost bands", Section: Costs, query: "weekly_cost_bands", Shape: Bands, People: true,
		Counted: "People by what they cost a week, and what each band costs together. £100 is in the band that begins at £100.",
		Over:    "Everybody on the tracker from 18 to 25 with a weekly cost, whatever their needs. Somebody who costs nothing is in the first band.", By: "Today.", LeftOut: goneNow + " People whose weekly cost is not known are told beside the table.",
		Rounded: "Costs are added up in pence and shown to the penny; a year is 52 weeks; shares are rounded once, to a tenth of a per cent.",
		History: []Stated{
			{"2021", "£0 to £99", 0, "23 people, £1,328 a week", "Dorset"}, {"2021", "£100 to £299", 0, "43 people, £7,809 a week", "Dorset"},
			{"2021", "£300 to £499", 0, "25 people, £9,934 a week", "Dorset"}, {"2021", "£500 to £799", 0, "21 people, £13,054 a week", "Dorset"},
			{"2021", "£800 to £999", 0, "6 people, £5,458 a week", "Dorset"}, {"2021", "£1,000 to £2,000", 0, "27 people, £36,736 a week", "Dorset"},
			{"2021", "£2,000 and over", 0, "27 people, £113,696 a week: 60.5% of £188,014 a week, £9,776,719 a year", "Dorset"},
		},
		Compare: "Dorset counted 172 people from 18 to 25 with a learning disability. " + anotherPlaces,
		Needs:   []tracker.Field{tracker.WeeklyCost}, Prefers: whoHasLeft,
		Heading: "A week", Parts: []string{"People"}, Beside: []string{"Weekly cost not known"},
		rows: fixedRows("0", "£0 to £99.99", "10000", "£100 to £299.99", "30000", "£300 to £499.99", "50000", "£500 to £799.99", "80000", "£800 to £999.99",
			"100000", "£1,000 to £1,999.99", "200000", "£2,000 and over"),
		period: now(18, 26), chart: asBars, finding: bandsFinding,
	},
	{
		Key: TotalCost, Name: "Total cost, with transport", Section: Costs, query: "total_cost", Shape: Money, People: true,
		Counted: "What is paid a week, by who pays it, and what transport costs a week beside it.",
		Over:    "Everybody on the tracker from 14 to 25 with a cost. Somebody whose cost is shared is counted at each payer, and once in the total.", By: "Today.", LeftOut: goneNow,
		Rounded: "Costs are added up in pence; a year is 52 weeks. What is left of a weekly cost when the payers’ shares are taken off it stands under “No payer named”: less than nothing, where the shares come to more.",
		Needs:   []tracker.Field{tracker.WeeklyCost}, Prefers: whoHasLeft,
		RowNeeds: map[string][]tracker.Field{
			"asc": {tracker.ASCWeekly}, "csc": {tracker.CSCWeekly}, "education": {tracker.EducationWeekly}, "health": {tracker.HealthWeekly}, "transport": {tracker.TransportWeekly},
		},
		Heading: "Paid by", Parts: []string{"People"},
		rows:   fixedRows("asc", "Adult social care", "csc", "Children’s social care", "education", "Education", "health", "Health", "unsplit", "No payer named", "transport", "Transport"),
		period: now(14, 26), chart: asBars, finding: totalFinding,
	},
	{
		Key: TabledToDecided, Name: "From tabled to decided", Section: Deciding, query: "tabled_to_decided", Shape: Count, ListAction: access.ReadDecisions,
		Counted: "Decisions that settled something, by the days since it was first on a published agenda of that forum: a request since it was first tabled, a case since it was last decided there.",
		Over:    "Every decision confirmed in " + decisionYear + ", other than to defer, escalate, refer on or withdraw. Decisions brought from before Quorate are not among them.", By: "The day the decision was confirmed.", LeftOut: "Nothing else. " + nothingOfNames,
		Heading: "Days", Parts: []string{"Decisions"},
		rows:   fixedRows("0", "The same day", "28", "1 to 28 days", "56", "29 to 56 days", "84", "57 to 84 days", "over", "Over 84 days"),
		period: lastYear, chart: asBars, finding: tabledFinding,
	},
	{
		Key: DeferredTwice, Name: "Deferred twice or more", Section: Deciding, query: "deferred_twice", Shape: Count, People: true, ListAction: access.ReadDecisions,
		Counted: "Cases, and requests about no one case, that the same forum deferred twice or more.",
		Over:    "Every decision to defer confirmed in " + decisionYear + ".", By: "The end of last month.", LeftOut: goneNow,
		Heading: "Deferred", Parts: []string{"Cases"}, rows: fixedRows("2", "Twice", "3", "Three times", "4", "Four times or more"),
		period: lastYear, chart: asBars, finding: deferredFinding,
	},
	{
		Key: WithoutQuorum, Name: "Decisions without a quorum avoided", Section: Deciding, query: "without_quorum", Shape: Count, ListAction: access.ReadDecisions,
		Counted: "What would have been decided without a quorum, and bound nobody: conclusions that needed an agency’s endorsement, and votes that closed without a quorum and led to no decision.",
		Over:    "Every decision confirmed and every vote closed in " + decisionYear + ".", By: "What has become of it by today.", LeftOut: "Nothing. " + nothingOfNames,
		Heading: "What became of it", Parts: []string{"Times"},
		rows: fixedRows("endorsed", "Concluded provisionally, and endorsed since", "waits", "Concluded provisionally, and still to be endorsed", "refused", "Concluded provisionally, and not endorsed",
			"vote", "A vote at a meeting without a quorum, and no decision", "writing", "A vote in writing without a quorum, and no decision"),
		period: lastYear, chart: asBars, finding: quorumFinding,
	},
	{
		Key: ConsentFailures, Name: "Votes that failed for want of a funder’s consent", Section: Deciding, query: "consent_failures", Shape: Spread, ListAction: access.ReadDecisions,
		Counted: "Agencies that were asked to pay and did not consent, each time a vote under funder consent failed.",
		Over:    "Every such vote that closed in " + decisionYear + ".", By: "The close of the vote.", LeftOut: "Shares of nothing. A body whose funders are counted together gave one position for all of them. " + nothingOfNames,
		Heading: "Agency", Whole: "Times", Parts: []string{"Refused", "Abstained", "Gave no position"}, period: lastYear, chart: asBars, finding: consentFinding,
	},
	{
		Key: LettersLate, Name: "Letters sent late", Section: Deciding, query: "letters_late", Shape: Share, ListAction: access.WriteLetters,
		Counted: "Letters about decisions that went out after the day they were due, or were due and have not gone out.",
		Over:    "Every letter due in the twelve months up to yesterday.", By: "The day each letter was due by its forum’s terms of reference.",
		LeftOut: "Letters that were set aside. Letters held for a reason, such as a protected address, are told beside the table. " + nothingOfNames,
		Target:  &Target{Percent: 0, Why: "no letter goes out late", AtMost: true},
		Heading: "Written to", Whole: "Letters due", Parts: []string{"Late", "In time"}, Beside: []string{"Held for a reason"},
		rows:   fixedRows("funder", "Funders", "referrer", "Referrers", "brokerage", "Brokerage", "young_person", "Young people", "parent", "Parents"),
		period: yearToday, chart: asBars, finding: lettersFinding,
	},
	{
		Key: BlockersByAge, Name: "Blockers, by age and kind", Section: Stuck, query: "blockers_by_age", Shape: Spread, ListAction: access.ReadBlockers,
		Counted: "Blockers that are open, by kind and by how long they have been, and the young people they hold up.",
		Over:    "Every open blocker that a forum raised.", By: "Today.", LeftOut: "Nothing. A board is told of each blocker anyway, by an alias, so nothing is held back.",
		Heading: "Kind", Whole: "Blockers", Parts: []string{"Up to 28 days", "29 to 56 days", "Over 56 days"}, Amount: "Young people", period: yearToday, chart: asBars, finding: blockersFinding,
	},
}
