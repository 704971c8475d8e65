package agendas

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A young person whom nobody told, and of whom the agenda says somebody did, is discussed behind
// their back; a basis nobody weighed is none.
func TestTablingIsRecordedSuggestedAndShownWhenMissing(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	ctx := t.Context()
	meeting, later := p.meeting(mapac, "2026-12-09"), p.meeting(mapac, "2026-12-23")
	if err := p.TableRequest(ctx, clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	item := p.requestItem(meeting.ID, request.ID)
	lineOf := func() (line Line) {
		t.Helper()
		err := p.DB.Read(ctx, clerk, func(tx db.Tx) (err error) { _, line, err = ShowItem(tx, item.ID, nil); return err })
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	if !lineOf().Untold() {
		t.Error("nobody has told them, and the agenda does not say so")
	}
	told := Tabling{Told: ToldBoth, ToldBy: "Pat Presenter", ToldOn: day("2026-11-02"), Representative: "Anna Walker, mother", Response: Objects, Said: "Not with the school there.", Basis: Safeguarding}
	for name, c := range map[string]struct {
		of    func(Tabling) Tabling
		wrong string
	}{
		"nothing":                  {func(Tabling) Tabling { return Tabling{} }, "told basis"},
		"nobody told, no reason":   {func(Tabling) Tabling { return Tabling{Told: ToldNobody, Basis: PublicTask} }, "why_not_told"},
		"consent not asked":        {func(Tabling) Tabling { return Tabling{Told: ToldNobody, WhyNotTold: "In hospital", Basis: Consent} }, "basis"},
		"consent and an objection": {func(t Tabling) Tabling { t.Basis = Consent; return t }, "basis"},
		"an objection to nothing":  {func(t Tabling) Tabling { t.Said = " "; return t }, "said"},
		"told tomorrow":            {func(t Tabling) Tabling { t.ToldOn = day("2036-11-02"); return t }, "told_on"},
		"whose representative":     {func(t Tabling) Tabling { t.Representative = ""; return t }, "representative"},
		"which court":              {func(t Tabling) Tabling { t.Basis = CourtOrder; return t }, "basis_detail"},
	} {
		f := fault.As(p.RecordTabling(ctx, presenter, item.ID, 0, c.of(told)))
		var fields []string
		if f != nil {
			for _, field := range f.Fields {
				fields = append(fields, field.Name)
			}
		}
		if strings.Join(fields, " ") != c.wrong {
			t.Errorf("%s: wrong are %v, want %q", name, fields, c.wrong)
		}
	}
	stranger := p.actor("Sol Stranger", func(a *access.Actor) { a.Presenter = true })
	member := p.actor("Mia Member", func(a *access.Actor) {
		a.Seats = []access.Seat{{ForumID: mapac.ID, Office: access.Member, Standing: access.Deciding}}
	})
	for name, actor := range map[string]access.Actor{"another presenter": stranger, "a member": member} {
		if err := p.RecordTabling(ctx, actor, item.ID, 0, told); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s recorded it: %v", name, err)
		}
	}
	if err := p.RecordTabling(ctx, presenter, item.ID, 0, told); err != nil {
		t.Fatal(err)
	}
	if line := lineOf(); line.Untold() || line.Tabling.Response != Objects || line.Tabling.Recorder != "Pat Presenter" {
		t.Errorf("recorded: %+v", line.Tabling)
	}
	if err := p.RecordTabling(ctx, clerk, item.ID, 0, told); !fault.Is(err, fault.Stale) {
		t.Errorf("written over what the presenter had just recorded: %v", err)
	}
	told.Response, told.Said = Content, ""
	if err := p.RecordTabling(ctx, clerk, item.ID, 1, told); err != nil || lineOf().Tabling.Response != Content {
		t.Errorf("changed by the clerk: %v", err)
	}

	next, err := p.AddCase(ctx, clerk, later.ID, p.reference(*item.CaseID), "To hear how it goes")
	if err != nil {
		t.Fatal(err)
	}
	var page TablingPage
	if err := p.DB.Read(ctx, clerk, func(tx db.Tx) (err error) { page, err = ShowTabling(tx, next); return err }); err != nil {
		t.Fatal(err)
	}
	if got := page.Tabling; page.Last == nil || got.Told != ToldBoth || got.Basis != Safeguarding || got.Response != "" || !got.ToldOn.IsZero() || got.Version != 0 {
		t.Errorf("what the last one suggests: %+v", got)
	}
	var trail []string
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select action from audit_entry where action like 'tabling.%' order by id`).Scan(&trail).Error
	})
	if strings.Join(trail, " ") != "tabling.recorded tabling.changed" {
		t.Error(trail)
	}
}

func (p *partnership) reference(caseID uuid.UUID) (reference string) {
	p.t.Helper()
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select 'Q' || number from cases where id = ?`, caseID).Row().Scan(&reference)
	})
	return reference
}

// The ages on a case page are those a clerk has set: a page that keeps its own would contradict the agenda.
func TestLimitsAreThoseOfTheRulesInForce(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	c := young("2009-03-04")
	c.SocialCareStatus, c.PrimaryNeed = "Child protection", "Autism"
	p.write(func(tx db.Tx) error {
		limits, err := LimitsFor(tx, c)
		if err != nil {
			return err
		}
		for name, limit := range map[string]int{
			"referral": limits.Referral.Count, "worker": limits.Worker.Count, "checklist": limits.Checklist.Count, "decision": limits.CHCDecision.Count, "pathway": limits.PathwayPlan.Count,
			"capacity": limits.Capacity.Count, "assessment": limits.Assessment.Count, "plan": limits.SupportPlan.Count, "safeguarding": limits.Safeguarding.Count,
		} {
			if limit == 0 {
				t.Errorf("no rule says when for %s", name)
			}
		}
		if !limits.Protection || limits.Assessment.Count != 210 || !strings.Contains(limits.Assessment.Law, "17½") {
			t.Errorf("%+v", limits)
		}
		if err := tx.Exec(`
			insert into rule (key, version, position, name, text, law, applies, turns_on, parameters, weight)
			select key, 2, position, name, text, law, applies, turns_on, '[{"name": "at", "label": "Age", "unit": "age", "value": 192}]', weight from rule where key = 'no_referral'`).Error; err != nil {
			return err
		}
		limits, err = LimitsFor(tx, c)
		if limits.Referral.Count != 192 {
			t.Errorf("changed to 16, and the page says %d months", limits.Referral.Count)
		}
		return err
	})
}
