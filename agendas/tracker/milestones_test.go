package tracker_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
)

// usual is what the rules expect as they ship.
var usual = tracker.Limits{
	Referral: tracker.Limit{Count: 198}, Worker: tracker.Limit{Count: 28}, Checklist: tracker.Limit{Count: 198}, CHCDecision: tracker.Limit{Count: 210},
	PathwayPlan: tracker.Limit{Count: 195}, Capacity: tracker.Limit{Count: 204}, Assessment: tracker.Limit{Count: 210}, SupportPlan: tracker.Limit{Count: 216},
	Safeguarding: tracker.Limit{Count: 204},
}

func everyColumn() tracker.SuppliedFields {
	everything := tracker.SuppliedFields{}
	for _, field := range tracker.Fields() {
		everything[field] = true
	}
	return everything
}

func stepsOf(c tracker.Case, supplied tracker.SuppliedFields, limits tracker.Limits, today clock.Date) []string {
	var lines []string
	for _, m := range tracker.Milestones(c, supplied, limits, today) {
		line := fmt.Sprintf("%s %s: %s", m.On, m.Text, m.Progress)
		if m.Unjudged != "" {
			line += " unjudged"
		}
		if m.Refused {
			line += " refused"
		}
		if m.Booked {
			line += " booked"
		}
		lines = append(lines, line)
	}
	return lines
}

// A step shown as done that is not, or overdue when consent was refused, misleads the meeting.
func TestMilestones(t *testing.T) {
	t.Parallel()
	yes := true
	health := int64(100)
	today := clock.MustDate("2026-11-26")
	everything := everyColumn()
	born := clock.MustDate("2009-03-04") // 17 years and 8 months
	turned16 := "2025-03-04 16th birthday: they make their own decisions unless they cannot make one: completed"
	left := "2025-06-27 School age ends: completed"
	turns18 := "2027-03-04 18th birthday: due"
	for name, c := range map[string]struct {
		of       tracker.Case
		supplied tracker.SuppliedFields
		want     []string
	}{
		"nothing done": {tracker.Case{DateOfBirth: born}, everything, []string{
			turned16, left, "2025-09-04 Referral to the adult team: overdue", "2026-09-04 Care Act assessment: overdue", "2027-03-04 Support plan in force: due", turns18}},
		"consent refused": {tracker.Case{DateOfBirth: born, ConsentRefused: &yes, ReferredOn: clock.MustDate("2025-05-01"), AllocatedWorker: "R. Hale"}, everything, []string{
			turned16, "2025-05-29 A named worker: completed", left, "2025-09-04 Referral to the adult team: completed", "2026-09-04 Care Act assessment: due refused", "2027-03-04 Support plan in force: due", turns18}},
		"no columns": {tracker.Case{DateOfBirth: born}, nil, []string{
			turned16, left, "2025-09-04 Referral to the adult team: unknown unjudged", "2026-09-04 Care Act assessment: unknown unjudged", "2027-03-04 Support plan in force: unknown unjudged", turns18}},
		"much": {tracker.Case{DateOfBirth: born, LegalStatus: "LAC (S20)", EHCP: &yes, LibertyAuthorised: &yes, HealthWeeklyPence: &health, CHCDecision: "Eligible",
			ReferredOn: clock.MustDate("2025-05-01"), AllocatedOn: clock.MustDate("2025-05-09"), CareActAssessedOn: clock.MustDate("2026-12-01"), SupportPlanOn: clock.MustDate("2026-10-01"),
			AdultSafeguardedOn: clock.MustDate("2026-05-01"), CourtDateOn: clock.MustDate("2027-03-03")}, everything, []string{
			"2023-03-04 Children’s health services tell the adult continuing healthcare team: unknown", "2023-08-31 First preparing-for-adulthood review of the EHCP: unknown",
			"2024-12-04 Preparing the pathway plan begins: unknown", turned16, "2025-03-31 EHCP amended for the move to post-16: unknown", "2025-05-29 A named worker: completed",
			"2025-06-04 Pathway plan: overdue", "2025-06-27 School age ends: EHCP rights pass to the young person, or to who represents them: completed",
			"2025-09-04 Referral to the adult team: completed", "2025-09-04 CHC checklist: overdue",
			"2026-03-04 Referral to adult safeguarding: completed", "2026-03-04 Mental capacity assessment: overdue",
			"2026-09-04 Care Act assessment: due booked", "2026-09-04 CHC decision: Eligible: completed",
			"2026-09-04 Application to the Court of Protection, where restrictions continue: unknown", "2027-02-04 Safeguarding adults meeting held: due",
			"2027-03-03 Court or tribunal: due", "2027-03-04 Support plan in force: completed", turns18,
			"2034-03-04 25th birthday: the EHCP may run until the school year ends: due", "2034-03-04 25th birthday: a personal adviser until now: due"}},
		"moved away": {tracker.Case{DateOfBirth: born, MovedAwayOn: today}, everything, nil},
		"died":       {tracker.Case{DateOfBirth: born, DiedOn: today}, everything, nil},
	} {
		if diff := cmp.Diff(c.want, stepsOf(c.of, c.supplied, usual, today)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// Somebody born on 29 February is 18 on 1 March in a common year: a day early would end children's
// services while they are still a child.
func TestStepsOfALeapDay(t *testing.T) {
	t.Parallel()
	want := []string{
		"2024-02-29 16th birthday: they make their own decisions unless they cannot make one: completed",
		"2024-06-28 School age ends: completed", "2024-08-29 Referral to the adult team: overdue", "2025-08-29 Care Act assessment: overdue",
		"2026-03-01 Support plan in force: due", "2026-03-01 18th birthday: due",
	}
	if diff := cmp.Diff(want, stepsOf(tracker.Case{DateOfBirth: clock.MustDate("2008-02-29")}, everyColumn(), usual, clock.MustDate("2026-02-28"))); diff != "" {
		t.Error(diff)
	}
}

// What a clerk sets on the rules page is what the case page expects: two ages for one step would each
// be wrong to somebody.
func TestStepsFollowTheRules(t *testing.T) {
	t.Parallel()
	c := tracker.Case{DateOfBirth: clock.MustDate("2009-03-04")}
	today := clock.MustDate("2026-11-26")
	limits := usual
	limits.Referral.Count = 192
	limits.Assessment = tracker.Limit{} // no rule says when
	want := []string{
		"2025-03-04 16th birthday: they make their own decisions unless they cannot make one: completed", "2025-03-04 Referral to the adult team: overdue",
		"2025-06-27 School age ends: completed", "2027-03-04 Support plan in force: due", "2027-03-04 18th birthday: due",
	}
	if diff := cmp.Diff(want, stepsOf(c, everyColumn(), limits, today)); diff != "" {
		t.Error(diff)
	}
}
