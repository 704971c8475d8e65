package agendas

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// reasonsOf are the rules by which a meeting's agenda lists each case, by its number.
func (p *partnership) reasonsOf(meeting panels.Meeting) map[uuid.UUID][]string {
	p.t.Helper()
	found := map[uuid.UUID][]string{}
	for _, item := range p.items(meeting.ID) {
		if item.CaseID != nil && item.State == Listed {
			for _, reason := range item.Reasons {
				found[*item.CaseID] = append(found[*item.CaseID], reason.Rule)
			}
		}
	}
	return found
}

// A quarterly forum that looks 56 days ahead would first hear of a hearing when it is over.
func TestTheLastMeetingBeforeACourtDateListsIt(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{true, false} { // whether or not the background has caught up
		p := newPartnership(t)
		p.supply()
		north := p.forum("locality", "North")
		now, next := p.meeting(north, "2026-12-08"), p.meeting(north, "2027-03-09")
		court := func(on, born string) *tracker.Case {
			c := young(born)
			c.CourtDateOn = day(on)
			return &c
		}
		between, onTheDay, afterNext, tooYoung := court("2027-03-08", "2009-06-08"), court("2027-03-09", "2009-06-08"), court("2027-03-10", "2009-06-08"), court("2027-03-08", "2013-01-08")
		p.add(between, onTheDay, afterNext, tooYoung)
		if kept {
			p.refresh()
		}
		p.build(p.clerk(north), now)
		listed := p.reasonsOf(now)
		for c, want := range map[*tracker.Case]bool{between: true, onTheDay: true, afterNext: false, tooYoung: false} {
			if got := slices.Contains(listed[c.ID], "court_date"); got != want {
				t.Errorf("findings kept %t: court on %s, born %s: listed %t", kept, c.CourtDateOn, c.DateOfBirth, got)
			}
		}
		p.build(p.clerk(north), next)
		if listed := p.reasonsOf(next); !slices.Contains(listed[afterNext.ID], "court_date") || slices.Contains(listed[between.ID], "court_date") {
			t.Errorf("findings kept %t: the next meeting lists %v", kept, listed)
		}
	}
}

// A rule that asks when somebody was last heard must not call for views that were written down here.
func TestARuleSeesViewsRecordedOnTheCasePage(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	north := p.forum("locality", "North")
	meeting := p.meeting(north, "2026-12-08")
	c := young("2009-06-08")
	c.ViewsRecordedOn = clock.Date{}
	p.add(&c)
	rule := Rule{
		Key: "unheard", Version: 1, Position: 90, Name: "Not heard", Text: "Their own views are not on record", Law: "Local policy", Applies: "missing(views_recorded_on)",
		Templates: []string{"locality"}, Columns: []string{}, Parameters: []Parameter{}, FromAge: 14, ToAge: 25, Weight: 50, Enabled: true,
	}
	p.write(func(tx db.Tx) error { rule.ChangedAt = tx.Now; return tx.Create(&rule).Error })
	p.refresh()
	lists := func() bool {
		p.build(p.clerk(north), meeting)
		return slices.Contains(p.reasonsOf(meeting)[c.ID], "unheard")
	}
	if !lists() {
		t.Fatal("nobody has heard them, and the rule is silent")
	}
	yes := true
	err := tracker.RecordViews(t.Context(), p.DB, p.clerk(north), c.ID, tracker.NewViews{
		HeardOn: clock.DateOf(p.DB.Now()).AddDays(-3), How: tracker.HeardThemselves, Verbatim: &yes, Words: "Near my friends", TakesPart: tracker.SendsWords})
	if err != nil {
		t.Fatal(err)
	}
	if lists() {
		t.Error("before the background has caught up, the rule still lists them")
	}
	p.refresh()
	if lists() {
		t.Error("the findings kept still list them")
	}
}

// A young person whose case was merged after publication must not stand on the same agenda twice.
func TestAPublishedLineOfAMergedCaseGetsNoSecondBesideIt(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	north := p.forum("locality", "North")
	clerk := p.clerk(north)
	meeting := p.meeting(north, "2026-12-08")
	gone, kept := young("2009-01-08"), young("2009-01-08")
	gone.SupportPlanOn = clock.Date{}
	p.add(&gone, &kept)
	p.refresh()
	p.build(clerk, meeting)
	p.publish(clerk, meeting)
	if _, err := tracker.MergeCases(t.Context(), p.DB, clerk, tracker.Merge{KeptID: kept.ID, GoneID: gone.ID, KeptVersion: 1, GoneVersion: 1, FromGone: []tracker.Field{tracker.SupportPlan}}); err != nil {
		t.Fatal(err)
	}
	p.build(clerk, meeting)
	var lines []Item
	for _, item := range p.items(meeting.ID) {
		if item.CaseID != nil {
			lines = append(lines, item)
		}
	}
	if len(lines) != 1 || *lines[0].CaseID != gone.ID || len(lines[0].Reasons) == 0 || lines[0].Reasons[0].Rule != "no_support_plan" {
		t.Errorf("the agenda has %+v", lines)
	}
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, kept.Reference(), "To be sure"); err == nil {
		t.Error("the case that stayed was added beside it by hand")
	}
}
