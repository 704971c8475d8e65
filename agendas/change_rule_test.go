package agendas

import (
	"maps"
	"testing"

	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A period that is local policy must be the council's to set, and what was published must still say
// by which version it was built.
func TestChangingARuleMakesAVersionAndMovesWhoIsListed(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	c := young("2009-06-01") // 18 in 187 days
	c.SupportPlanOn = clock.Date{}
	p.add(&c)
	count := func() (row RuleRow) {
		t.Helper()
		if err := p.read(p.admin, func(tx db.Tx) (err error) { row, err = ShowRule(tx, "no_support_plan"); return err }); err != nil {
			t.Fatal(err)
		}
		return row
	}
	before := count()
	if before.Version != 1 || before.Lists != 0 {
		t.Fatalf("before: version %d lists %d", before.Version, before.Lists)
	}
	change := before.Change()
	change.Parameters[1].Value = 187 // notice
	rule, err := p.ChangeRule(t.Context(), p.admin, "no_support_plan", 1, change)
	if err != nil || rule.Version != 2 {
		t.Fatalf("version %d, %v", rule.Version, err)
	}
	if after := count(); after.Version != 2 || after.Lists != 1 {
		t.Errorf("after: version %d lists %d", after.Version, after.Lists)
	}
	if _, err := p.ChangeRule(t.Context(), p.admin, "no_support_plan", 1, change); !fault.Is(err, fault.Stale) {
		t.Errorf("changed from a version that is not in force: %v", err)
	}
	change.Applies = "missing(suport_plan_on)"
	if _, err := p.ChangeRule(t.Context(), p.admin, "no_support_plan", 2, change); !fault.Is(err, fault.Invalid) {
		t.Errorf("kept a rule that cannot be read: %v", err)
	}
	forum := p.forum("locality", "North")
	if _, err := p.ChangeRule(t.Context(), p.clerk(forum), "no_support_plan", 2, before.Change()); !fault.Is(err, fault.Denied) {
		t.Errorf("a clerk changed a rule: %v", err)
	}
	if count().Version != 2 {
		t.Error("a refused change left a version")
	}

	off := count().Change()
	off.Enabled = false
	if _, err := p.ChangeRule(t.Context(), p.admin, "no_support_plan", 2, off); err != nil {
		t.Fatal(err)
	}
	meeting := p.meeting(forum, "2026-12-08")
	p.build(p.clerk(forum), meeting)
	for _, item := range p.items(meeting.ID) {
		if item.Kind == CaseItem {
			t.Errorf("a rule switched off listed somebody: %+v", item.Reasons)
		}
	}
	if row := count(); row.Enabled || row.Lists != 1 {
		t.Errorf("switched off: %+v", row)
	}
}

func TestRulesPageCountsEveryRule(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.importSample()
	var before map[string]int
	for _, behind := range []bool{true, false} {
		if !behind {
			p.refresh()
		}
		var page RulesPage
		if err := p.read(p.admin, func(tx db.Tx) (err error) { page, err = ShowRules(tx); return err }); err != nil {
			t.Fatal(err)
		}
		if page.Cases != 385 || page.Behind() != behind {
			t.Errorf("%d cases, behind %t", page.Cases, page.Behind())
		}
		lists := map[string]int{}
		for _, row := range page.Rules {
			lists[row.Key] = row.Lists
			if (row.Unjudged == nil) != (row.Lists > 0) {
				t.Errorf("%s lists %d, unjudged %v", row.Key, row.Lists, row.Unjudged)
			}
			if row.Behind != behind || (row.Judged == 385) == behind {
				t.Errorf("%s has heard %d cases, behind %t", row.Key, row.Judged, row.Behind)
			}
		}
		if before != nil && !maps.Equal(lists, before) {
			t.Errorf("judged on the page %v, kept %v", before, lists)
		}
		before = lists
	}
}
