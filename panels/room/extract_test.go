package room_test

import (
	"testing"

	"quorate/agendas"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// One young person's part goes into another agency's system: without the others of that day, without
// siblings, only once the clerk has looked, and never for whoever left for the item.
func TestExtract(t *testing.T) {
	t.Parallel()
	h := setup(t)
	other, sibling := id(), id()
	h.owner(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at)
		values ($1, 'Wren-1', 'X1', 'Tara', 'Wälker', '2009-05-04', now(), now()), ($2, 'Wren-2', 'X2', 'Sumaya', 'Canary', '2010-05-04', now(), now())`, other, sibling)
	h.owner(`insert into case_sibling (one_id, other_id, linked_by, linked_at) values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3, now())`, h.caseID, sibling, h.clerk.PersonID)
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values ($1, $2, '4', 4, $3, $4, 10, now())`, id(), h.meeting.ID, string(agendas.CaseItem), other)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.inSession(h.ann)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "Noor could share with Tara Wälker. Sumaya visits. Her mother Amal agrees."})
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "What Tara’s social worker says", NextMeetingID: &h.next.ID})
	h.do(h.chair, room.CloseMeeting{})
	show := func(actor access.Actor) (e room.Extract, err error) {
		err = h.read(actor, func(tx db.Tx) error { e, err = room.ShowExtract(tx, h.meeting.ID, h.request.ID); return err })
		return e, err
	}
	open := func(actor access.Actor) (room.Extract, error) {
		return h.store.OpenExtract(t.Context(), actor, h.meeting.ID, h.request.ID, "pdf")
	}
	wants := func(what string, err error, kind fault.Kind) {
		t.Helper()
		if !fault.Is(err, kind) {
			t.Errorf("%s: %v, want %s", what, err, kind)
		}
	}
	_, err := show(h.clerk)
	wants("of a draft", err, fault.Conflict)
	_, err = h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID)
	h.must(err)

	e, err := show(h.clerk)
	h.must(err)
	if e.Wording != "Noor could share with [name left out]. [name left out] visits. Her mother Amal agrees." || e.Name != "Noor Canary" || len(e.Taken) != 3 || len(e.Shared) != 1 {
		t.Errorf("the extract says %q, took out %+v, shared %v", e.Wording, e.Taken, e.Shared)
	}
	for _, fact := range e.Decision.Facts {
		if fact.Name == "What is missing" && fact.Text != "What [name left out] social worker says" {
			t.Errorf("the decision says %q", fact.Text)
		}
	}
	_, err = open(h.ann)
	wants("before the clerk has looked", err, fault.Conflict)
	wants("let go by a member", h.store.ReleaseExtract(t.Context(), h.ann, h.meeting.ID, h.request.ID, nil, nil), fault.Denied)
	h.must(h.store.ReleaseExtract(t.Context(), h.clerk, h.meeting.ID, h.request.ID, []string{"Amal"}, nil))
	e, err = open(h.ann)
	h.must(err)
	if e.Wording != "Noor could share with [name left out]. [name left out] visits. Her mother [name left out] agrees." {
		t.Errorf("let go as %q", e.Wording)
	}
	_, err = open(h.eve)
	wants("whoever left for the item", err, fault.Denied)
	_, err = open(h.observer())
	wants("an observer", err, fault.NotFound)
	_, err = open(h.pia)
	wants("the presenter", err, fault.Denied)
	if n := h.count(`select count(*) from audit_entry where action = 'extract.downloaded'`); n != 1 {
		t.Errorf("%d downloads on the trail, want 1", n)
	}
	h.must(h.store.CorrectMinutes(t.Context(), h.clerk, h.meeting.ID, &h.request.ID, "Tara was not mentioned."))
	_, err = open(h.ann)
	wants("after the minutes changed", err, fault.Conflict)
	if e, err = show(h.clerk); err != nil || !e.Changed || e.Corrections[0] != "[name left out] was not mentioned." {
		t.Errorf("%v %+v", err, e)
	}
}
