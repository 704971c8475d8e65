package measures_test

import "testing"

func TestAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.supply("care_act_assessed_on", "support_plan_on", "referred_on", "referral_source", "weekly_cost_pence", "care_act_outcome", "transport_weekly_pence")
	w.young("2008-10-01", "care_act_assessed_on = '2026-09-01'")
	for _, actor := range []string{"", "board"} {
		who := w.clerk
		if actor == "board" {
			who = w.chair
		}
		for key, r := range w.reads(who, actor) {
			t.Log(key, r.Finding, r.Judged())
		}
	}
}
