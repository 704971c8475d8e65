package letters_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (w *world) authorisations(actor access.Actor) (rows []letters.AuthorisationRow) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), actor, func(tx db.Tx) error {
		list, err := letters.ListAuthorisations(tx, "")
		rows = list.Rows
		return err
	}))
	return rows
}

func (w *world) authorisationOf(agency, decision uuid.UUID) letters.AuthorisationRow {
	w.t.Helper()
	for _, a := range w.authorisations(w.clerk) {
		if a.AgencyID == agency && a.DecisionID == decision {
			return a
		}
	}
	w.t.Fatal("there is no such authorisation")
	return letters.AuthorisationRow{}
}

// Finance pays by this paper: it must say who committed what, once, under a code, and never change.
func TestAnAuthorisationIsRaisedCodedAndIssued(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.refused(w.SetCostCodes(ctx, w.clerk, w.asc.ID, letters.CostCodes{"": "A1"}), fault.Denied, "permission")
	w.refused(w.SetCostCodes(ctx, w.admin, w.asc.ID, letters.CostCodes{"": strings.Repeat("9", 61)}), fault.Invalid, "60 characters")
	w.must(w.SetCostCodes(ctx, w.admin, w.asc.ID, letters.CostCodes{"": "A1", requests.Transport: "T1"}))
	decision := w.agreed()
	asc, health := w.authorisationOf(w.asc.ID, decision), w.authorisationOf(w.health.ID, decision)
	if asc.Kind != letters.NewPayment || asc.WeeklyPence != 70000 || asc.Lines[0].CostCode != "A1" || health.Lines[0].CostCode != "" || asc.Case() != "Q1042" || asc.PaysProvider != "Adult social care" {
		t.Errorf("%+v\n%+v", asc, health)
	}
	w.refused(w.CodeAuthorisation(ctx, w.clerk, health.ID, health.Version, nil, true), fault.Invalid, "Enter the cost code")
	w.refused(w.CodeAuthorisation(ctx, w.hal, health.ID, health.Version, []string{"H1"}, true), fault.NotFound, "no such decision")
	if len(w.authorisations(w.hal)) != 0 {
		t.Error("a member sees an authorisation that is not issued")
	}
	w.must(w.CodeAuthorisation(ctx, w.clerk, health.ID, health.Version, []string{"H1"}, true))
	w.refused(w.CodeAuthorisation(ctx, w.clerk, health.ID, health.Version+1, []string{"H2"}, false), fault.Conflict, "stays as it is")
	if err := w.DB.Write(ctx, access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update authorisation_line set cost_code = 'X' where authorisation_id = ?`, health.ID).Error
	}); err == nil {
		t.Error("an issued authorisation was changed behind everybody's back")
	}
	if rows := w.authorisations(w.hal); len(rows) != 1 || rows[0].ID != health.ID {
		t.Errorf("health's member sees %d", len(rows))
	}
	if rows := w.authorisations(w.ann); len(rows) != 0 {
		t.Errorf("another agency's member sees %d", len(rows))
	}
	if told := w.told(letters.NoticeAuthorised); len(told) != 1 || told[0] != w.hal.PersonID {
		t.Errorf("told %v", told)
	}
	notifytest.Golden(t, w.post(), notify.Notice{Kind: letters.NoticeAuthorised, IDs: notify.IDs{"authorisation": health.ID}, To: w.hal.PersonID}, "authorisation_issued")
}

// An agency that goes on paying under a decision that was replaced pays twice.
func TestALaterDecisionNamesTheAuthorisationItFollows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.agreed()
	second := w.decide(decided{outcome: room.Agreed, start: "2027-03-01", replaces: first, shares: map[uuid.UUID][2]int64{w.asc.ID: {90000, 0}, w.edu.ID: {10000, 0}}})
	asc, edu, health := w.authorisationOf(w.asc.ID, second), w.authorisationOf(w.edu.ID, second), w.authorisationOf(w.health.ID, second)
	if asc.Kind != letters.Replacement || asc.Follows != w.authorisationOf(w.asc.ID, first).Number || edu.Kind != letters.NewPayment || edu.Follows != 0 {
		t.Errorf("%+v\n%+v", asc, edu)
	}
	if health.Kind != letters.EndPayment || health.WeeklyPence != 0 || health.StartOn != clock.MustDate("2027-03-01") || health.Follows == 0 {
		t.Errorf("health, which pays no more: %+v", health)
	}
	third := w.decide(decided{outcome: room.NotAgreed, replaces: second, columns: map[string]any{"meanwhile": "m", "challenge": "ehcp"}})
	if end := w.authorisationOf(w.asc.ID, third); end.Kind != letters.EndPayment || end.Follows != asc.Number {
		t.Errorf("%+v", end)
	}
}

func (w *world) recharge(actor access.Actor, month letters.Month) (s letters.Schedule) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), actor, func(tx db.Tx) (err error) {
		s, err = letters.ShowRecharge(tx, "mapac", month)
		return err
	}))
	return s
}

// What was issued was invoiced. A month that changes afterwards must say so in the next, and never be rewritten.
func TestAMonthIsIssuedOnceAndAdjustedInTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	december, january := letters.Month{Year: 2026, Month: 12}, letters.Month{Year: 2027, Month: 1}
	decision := w.agreed() // from 7 December: 25 days
	w.decide(decided{outcome: room.Agreed, start: "2026-12-01", interim: true, shares: map[uuid.UUID][2]int64{w.edu.ID: {70000, 0}, w.health.ID: {7000, 0}}})
	w.refused(w.IssueRecharge(ctx, w.clerk, "mapac", december), fault.Conflict, "The month is not over")
	w.clock.Set(clock.MustDate("2027-01-04").At(9, 0))
	w.refused(w.IssueRecharge(ctx, w.ann, "mapac", december), fault.NotFound, "not yours to issue")
	s := w.recharge(w.clerk, december)
	if totals := letters.Totals(s.All()); len(totals) != 2 || totals[0].Pence+totals[1].Pence != 50000*25/7+30000 || totals[0].InterimPence+totals[1].InterimPence != 31000 {
		t.Fatalf("%+v", totals)
	}
	w.must(w.IssueRecharge(ctx, w.clerk, "mapac", december))
	w.refused(w.IssueRecharge(ctx, w.clerk, "mapac", december), fault.Conflict, "was issued on 4 January 2027")
	w.must(w.SetPayingLead(ctx, w.clerk, decision, w.health.ID)) // so health had paid, and is repaid
	s = w.recharge(w.clerk, december)
	if len(s.Lines) != 2 || len(s.Since) != 2 || s.Lines[0].DebtorID != w.health.ID {
		t.Fatalf("issued %+v, since %+v", s.Lines, s.Since)
	}
	next := w.recharge(w.clerk, january)
	if len(next.Adjustments) != 2 || next.Adjustments[0].Pence+next.Adjustments[1].Pence == 0 {
		t.Fatalf("%+v", next.Adjustments)
	}
	w.clock.Set(clock.MustDate("2027-02-01").At(9, 0))
	w.must(w.IssueRecharge(ctx, w.clerk, "mapac", january))
	if s = w.recharge(w.clerk, december); len(s.Since) != 0 || len(s.Adjustments) != 0 {
		t.Errorf("still to adjust: %+v", s.Since)
	}
	if own := w.recharge(w.ann, december); len(own.Lines) != 1 || own.Since != nil {
		t.Errorf("adult social care's member sees %+v", own.Lines)
	}
	w.must(w.DB.Read(ctx, w.pia, func(tx db.Tx) error {
		if _, err := letters.ShowRecharge(tx, "mapac", december); !fault.Is(err, fault.NotFound) {
			t.Errorf("a presenter reads it: %v", err)
		}
		return nil
	}))
}
