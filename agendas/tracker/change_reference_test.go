package tracker_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Somebody who moves to the adults' system must not become a second person, nor lose their past.
func TestAChangedReferenceLeadsToTheSamePersonBothWays(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	c, other := s.adds("C1", tracker.Case{}), s.adds("C2", tracker.Case{})
	change := func(of tracker.Case, version int, to string) error {
		_, err := tracker.ChangeReference(t.Context(), s.d, s.clerk, of.ID, version, to)
		return err
	}
	if err := change(c, 1, " a1 "); err != nil {
		t.Fatal(err)
	}
	leads := func() []string {
		return rows(t, s.d, `select reference || ' Q' || number from former_reference f join cases c on c.id = f.case_id order by 1`)
	}
	if got := leads(); !slices.Equal(got, []string{fmt.Sprintf("C1 Q%d", c.Number)}) {
		t.Errorf("former references: %q", got)
	}
	for to, want := range map[string]fault.Kind{"A1": fault.Invalid, "C2": fault.Invalid, "": fault.Invalid, "1.2e+10": fault.Invalid} {
		if err := change(c, 2, to); !fault.Is(err, want) {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if err := change(other, 1, "C1"); !fault.Is(err, fault.Invalid) {
		t.Error("a reference somebody else had before:", err)
	}
	if err := change(c, 1, "A2"); !fault.Is(err, fault.Stale) {
		t.Error("an old page:", err)
	}
	if _, err := tracker.ChangeReference(t.Context(), s.d, seated(s.forum, access.Chair, "", false), c.ID, 2, "A2"); !fault.Is(err, fault.Denied) {
		t.Error("a chair:", err)
	}
	if err := change(c, 2, "A2"); err != nil {
		t.Fatal(err)
	}
	changes := rows(t, s.d, `select id::text from reference_change order by changed_at, id`)
	undo := func(at int) error {
		_, err := tracker.UndoReferenceChange(t.Context(), s.d, s.clerk, uuid.MustParse(changes[at]))
		return err
	}
	if err := undo(0); !fault.Is(err, fault.Conflict) {
		t.Error("out of order:", err)
	}
	for _, at := range []int{1, 1, 0} { // twice is once
		if err := undo(at); err != nil {
			t.Fatal(err)
		}
	}
	if got := leads(); len(got) != 0 {
		t.Errorf("after both are undone: %q", got)
	}
	if got := rows(t, s.d, `select person_reference from cases order by number`); !slices.Equal(got, []string{"C1", "C2"}) {
		t.Errorf("held: %q", got)
	}
	if got := rows(t, s.d, `select action from audit_entry where object_kind = 'case' order by id`); !slices.Equal(got, []string{"case.reference_changed", "case.reference_changed", "case.reference_restored", "case.reference_restored"}) {
		t.Errorf("trail: %q", got)
	}
	if got := rows(t, s.d, `select source || ' ' || (changes -> 'person_reference')::text from case_history order by id`); len(got) != 4 || got[0] != `The reference in the tracker changed ["C1", "A1"]` {
		t.Errorf("history: %q", got)
	}
}

// Two people who share a number by a slip of the keyboard must be asked about, once, and never joined by themselves.
func TestCasesThatHoldOneNumberAreAskedAboutOnce(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	a := s.adds("R1", tracker.Case{NHSNumber: "9434765919", ChildrensReference: "77"})
	b := s.adds("R2", tracker.Case{NHSNumber: "9434765919"})
	c := s.adds("77", tracker.Case{})
	s.adds("R4", tracker.Case{AdultsReference: "78", ChildrensReference: "79"})
	s.adds("R5", tracker.Case{AdultsReference: "79", ChildrensReference: "78"}) // two systems may count alike
	asked := func() (words []string) {
		err := s.d.Read(t.Context(), s.clerk, func(tx db.Tx) error {
			pairs, total, err := tracker.MaybeOnePerson(tx, 10)
			for _, pair := range pairs {
				words = append(words, fmt.Sprint(pair.First-a.Number, pair.Second-a.Number, pair.Signs))
			}
			if total != len(pairs) {
				t.Errorf("%d in all, %d listed", total, len(pairs))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	if got := asked(); !slices.Equal(got, []string{"0 1 [nhs_number]", "0 2 [person_reference]"}) {
		t.Errorf("asked about %q", got)
	}
	err := s.d.Read(t.Context(), s.clerk, func(tx db.Tx) error {
		all, err := tracker.ReferencesOf(tx, a)
		if len(all.Maybe) != 2 || all.Maybe[0].Case.ID != b.ID || all.Maybe[0].Signs[0] != (tracker.Sign{Field: tracker.NHSNumber, Value: "9434765919"}) {
			t.Errorf("on its own page: %+v", all.Maybe)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := tracker.SayDifferent(t.Context(), s.d, s.clerk, b.ID, a.PersonReference); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{KeptID: a.ID, GoneID: c.ID}); err != nil {
		t.Fatal(err)
	}
	if got := asked(); len(got) != 0 {
		t.Errorf("still asked about %q", got)
	}
	if got := rows(t, s.d, `select count(*)::text from audit_entry where action = 'case.different_people'`); got[0] != "1" {
		t.Errorf("%s rows of the trail", got[0])
	}
}
