package escalations_test

import (
	"testing"

	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// What a filter hides by mistake, nobody works on.
func TestTheListIsFilteredAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	housing := w.raise()
	night, err := w.RaiseBlocker(t.Context(), w.clerk, escalations.Raise{
		ForumID: w.mapac.ID, Kind: escalations.Provider, Theme: "Night care", Needed: "A provider", OwnerID: w.member.PersonID, YoungPeople: 2, NeededBy: clock.MustDate("2026-11-27"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SnoozeBlocker(t.Context(), w.chair, housing.ID, escalations.Snooze{Until: clock.MustDate("2027-01-09"), Reason: "x", Version: housing.Version}); err != nil {
		t.Fatal(err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, night.ID, escalations.DisputeLevel, "x", night.Version); err != nil {
		t.Fatal(err)
	}
	w.clock.Set(clock.MustDate("2026-11-30").At(9, 0))
	member := w.member.PersonID
	for name, c := range map[string]struct {
		actor access.Actor
		ask   escalations.BlockerFilter
		want  int
	}{
		"all":                       {w.chair, escalations.BlockerFilter{}, 2},
		"of a forum":                {w.chair, escalations.BlockerFilter{Forum: w.mapac.Slug}, 2},
		"at a level":                {w.chair, escalations.BlockerFilter{Level: "MARP"}, 1},
		"of a kind":                 {w.chair, escalations.BlockerFilter{Kind: escalations.Housing}, 1},
		"of a theme":                {w.chair, escalations.BlockerFilter{Theme: "Night care"}, 1},
		"of an owner":               {w.chair, escalations.BlockerFilter{Owner: &member}, 1},
		"overdue":                   {w.chair, escalations.BlockerFilter{Overdue: true}, 1},
		"put off":                   {w.chair, escalations.BlockerFilter{Snoozed: true}, 1},
		"put off and overdue":       {w.chair, escalations.BlockerFilter{Snoozed: true, Overdue: true}, 0},
		"resolved":                  {w.chair, escalations.BlockerFilter{Resolved: true}, 0},
		"the forum that holds one":  {w.marpChair, escalations.BlockerFilter{}, 1},
		"an owner without a seat":   {w.owner, escalations.BlockerFilter{}, 1},
		"a board reads none of it":  {w.boardChair, escalations.BlockerFilter{}, 0},
		"an administrator, nothing": {w.admin, escalations.BlockerFilter{}, 0},
	} {
		c.ask.Limit = 50
		list, err := w.ListBlockers(t.Context(), c.actor, c.ask)
		if err != nil || list.Total != c.want || len(list.Blockers) != c.want {
			t.Errorf("%s: %d of %d, want %d: %v", name, len(list.Blockers), list.Total, c.want, err)
		}
	}
	second, err := w.ListBlockers(t.Context(), w.chair, escalations.BlockerFilter{Limit: 1, Offset: 1})
	if err != nil || second.Total != 2 || len(second.Blockers) != 1 || second.Blockers[0].ID != housing.ID || len(second.Themes) != 2 || len(second.Owners) != 2 || len(second.Levels) != 2 {
		t.Errorf("the second page holds %+v: %v", second, err)
	}
}
