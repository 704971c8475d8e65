package panels

import (
	"testing"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Why somebody is away is theirs to tell.
func TestAbsencesTellOthersTheDaysAndNeverWhy(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum, other := p.forum("transitional_safeguarding", ""), p.forum("marp", "")
	clerk, stranger := p.clerkOf(forum), p.clerkOf(other)
	ann, bo := p.person("Ann Archer"), p.person("Bo Brown")
	p.sit(p.seat(forum, access.Chair), ann, 0)
	p.sit(p.seat(forum, access.DeputyChair), bo, 0)
	p.schedule(forum)
	mine := p.away(ann, "2026-12-01", "2026-12-11")
	written, err := p.RecordAbsence(t.Context(), clerk, NewAbsence{PersonID: bo.ID, From: day("2027-01-04"), Kind: InTraining})
	if err != nil || written.ToDate != day("2027-01-04") {
		t.Fatalf("%+v, %v", written, err)
	}
	_, err = p.RecordAbsence(t.Context(), stranger, NewAbsence{PersonID: bo.ID, From: day("2027-02-01"), Kind: OnLeave})
	wantFault(t, err, fault.Denied, "")
	_, err = p.RecordAbsence(t.Context(), p.admin, NewAbsence{PersonID: bo.ID, From: day("2027-02-01"), Kind: OnLeave})
	wantFault(t, err, fault.Denied, "")

	p.read(p.actor(ann), func(tx db.Tx) error {
		page, err := ShowAbsence(tx, mine.ID)
		if err == nil && (len(page.Meetings) != 1 || page.Meetings[0].Office != access.Chair || page.Meetings[0].Instead[0] != "Bo Brown") {
			t.Errorf("in Ann's leave fall %+v", page.Meetings)
		}
		return err
	})
	for name, actor := range map[string]access.Actor{"the clerk": clerk, "Bo": p.actor(bo), "the administrator": p.admin, "a stranger": stranger} {
		p.read(actor, func(tx db.Tx) error {
			_, err := ShowAbsence(tx, mine.ID)
			wantFault(t, err, fault.NotFound, "")
			away, err := AwayFromForum(tx, forum.ID, p.today(), p.today().AddMonths(6))
			if name == "a stranger" {
				wantFault(t, err, fault.Denied, "")
				return nil
			}
			if len(away) != 2 || away[0].Words() != "1 to 11 December" || away[1].Words() != "4 January" {
				t.Errorf("%s sees %+v", name, away)
			}
			return err
		})
	}
	for _, actor := range []access.Actor{clerk, p.actor(bo)} {
		p.read(actor, func(tx db.Tx) error { _, err := ShowAbsence(tx, written.ID); return err })
	}
	if p.audited("absence.recorded") != 2 {
		t.Error("an absence is not in the audit trail")
	}
}

func TestAbsencesAreChangedAndRemovedAndThePastStays(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	ann := p.person("Ann Archer")
	me := p.actor(ann)
	first := p.away(ann, "2026-11-30", "2026-12-11")
	for field, wanted := range map[string]NewAbsence{
		"from_date": {From: day("2026-12-11"), To: day("2026-12-14"), Kind: OnLeave},
		"to_date":   {From: day("2026-12-20"), To: day("2026-12-19"), Kind: OnLeave},
		"kind":      {From: day("2026-12-20"), To: day("2026-12-21"), Kind: "hospital"},
	} {
		wanted.PersonID = ann.ID
		_, err := p.RecordAbsence(t.Context(), me, wanted)
		wantFault(t, err, fault.Invalid, field)
	}
	_, err := p.RecordAbsence(t.Context(), me, NewAbsence{PersonID: ann.ID, From: day("2026-11-20"), To: day("2026-11-25"), Kind: OnLeave})
	wantFault(t, err, fault.Invalid, "to_date")

	changed, err := p.ChangeAbsence(t.Context(), me, first.ID, 1, NewAbsence{From: day("2026-12-01"), To: day("2026-12-12"), Kind: InTraining})
	if err != nil || changed.FromDate != day("2026-12-01") || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	_, err = p.ChangeAbsence(t.Context(), me, first.ID, 1, NewAbsence{From: day("2026-12-02"), To: day("2026-12-12"), Kind: InTraining})
	wantFault(t, err, fault.Stale, "")
	_, err = p.RemoveAbsence(t.Context(), p.actor(p.person("Bo Brown")), first.ID, 2)
	wantFault(t, err, fault.NotFound, "")

	p.clock.Set(at("2026-12-05", 9, 0))
	_, err = p.ChangeAbsence(t.Context(), me, first.ID, 2, NewAbsence{From: day("2026-12-06"), To: day("2026-12-12"), Kind: InTraining})
	wantFault(t, err, fault.Invalid, "from_date")
	back, err := p.RemoveAbsence(t.Context(), me, first.ID, 2)
	if err != nil || back.ToDate != day("2026-12-04") {
		t.Fatalf("back on %s (%v)", back.ToDate, err)
	}
	_, err = p.RemoveAbsence(t.Context(), me, first.ID, 3)
	wantFault(t, err, fault.Conflict, "")
	future := p.away(ann, "2027-02-01", "2027-02-05")
	must(t)(p.RemoveAbsence(t.Context(), me, future.ID, 1))
	p.read(me, func(tx db.Tx) error {
		coming, past, err := MyAbsences(tx)
		if len(coming) != 0 || len(past) != 1 || past[0].ToDate != day("2026-12-04") {
			t.Errorf("to come %v, past %v", coming, past)
		}
		return err
	})
	if p.audited("absence.changed") != 2 || p.audited("absence.removed") != 1 {
		t.Error("the changes are not in the audit trail")
	}
}
