package tracker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// A wrong NHS number leads to another patient's record, and one that two people share hides one of them.
func TestOtherReferencesAreTypedCorrectedAndWithdrawn(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	c, other := s.adds("C1", tracker.Case{}), s.adds("C2", tracker.Case{UPN: "H801200001001"})
	change := func(version int, typed map[tracker.Field]string) (tracker.Case, error) {
		return tracker.ChangeNumbers(t.Context(), s.d, s.clerk, c.ID, version, typed)
	}
	changed, err := change(1, map[tracker.Field]string{tracker.NHSNumber: " 943 476 5919 ", tracker.ChildrensReference: "lcs-7"})
	if err != nil || changed.Version != 2 {
		t.Fatal(changed.Version, err)
	}
	if _, err := change(1, map[tracker.Field]string{tracker.NHSNumber: "943 476 5919"}); !fault.Is(err, fault.Stale) {
		t.Error("an old page:", err)
	}
	for field, wrong := range map[tracker.Field]string{tracker.NHSNumber: "943 476 5918", tracker.UPN: "A801200001001"} {
		_, err := change(2, map[tracker.Field]string{field: wrong})
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != string(field) || !strings.Contains(f.Sentence, "does not match") {
			t.Errorf("%s %s: %v", field, wrong, err)
		}
	}
	for field, taken := range map[tracker.Field]string{tracker.UPN: "H801200001001", tracker.AdultsReference: "C2"} {
		_, err := change(2, map[tracker.Field]string{field: taken})
		if f := fault.As(err); f == nil || f.Sentence != other.Reference()+" holds this "+field.Label()+". If the two are one person, merge the cases. If not, check the number" {
			t.Errorf("%s of somebody else: %v", field, err)
		}
	}
	if _, err := tracker.ChangeNumbers(t.Context(), s.d, seated(s.forum, access.Chair, "", false), c.ID, 2, nil); !fault.Is(err, fault.Denied) {
		t.Error("a chair:", err)
	}
	if same, err := change(2, map[tracker.Field]string{tracker.NHSNumber: "9434765919", tracker.ChildrensReference: "LCS-7"}); err != nil || same.Version != 2 {
		t.Error("nothing new:", same.Version, err)
	}
	if _, err := change(2, map[tracker.Field]string{tracker.NHSNumber: "9434765919"}); err != nil { // the reference is withdrawn
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"9434765919 "}, rows(t, s.d, `select nhs_number || ' ' || childrens_reference from cases where person_reference = 'C1'`)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		`{"nhs_number": [null, "9434765919"], "childrens_reference": [null, "LCS-7"]}`, `{"childrens_reference": ["LCS-7", null]}`,
	}, rows(t, s.d, `select h.changes::text from case_history h join cases c on c.id = h.case_id where c.person_reference = 'C1' and h.source = 'References changed by hand' order by h.id`)); diff != "" {
		t.Error(diff)
	}
	if trail := rows(t, s.d, `select count(*) from audit_entry where action = 'case.numbers_changed'`); trail[0] != "2" {
		t.Errorf("the trail has %s", trail[0])
	}
}

// Two clocks for one trouble of one young person would take it to the board twice.
func TestOpenBlockersOfOneKindJoinWhenTheirCasesMerge(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	kept, gone := s.adds("C1", tracker.Case{}), s.adds("C2", tracker.Case{})
	s.thing("housing", kept.ID)
	s.thing("housing", gone.ID)
	s.thing("provider", gone.ID)
	s.exec(`update blocker set stay = 2 where case_id = ? and kind = 'housing'`, gone.ID) // it has risen, the other has not
	stand := func() []string {
		return rows(t, s.d, `select c.person_reference || ' ' || b.kind || ' ' || b.stay || ' ' || b.state || ' ' || (select count(*) from blocker_step n where n.blocker_id = b.id and n.kind = 'joined')
			from blocker b join cases c on c.id = b.case_id order by b.kind, b.stay`)
	}
	merge, err := tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{KeptID: kept.ID, GoneID: gone.ID, KeptVersion: 1, GoneVersion: 1})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"C1 housing 1 resolved 1", "C1 housing 2 open 1", "C1 provider 1 open 0"}, stand()); diff != "" {
		t.Error(diff)
	}
	if told := dbtest.Jobs(t, s.d, tracker.BlockersJoined{}.Kind()); len(told) != 1 {
		t.Errorf("their owners are told %d times", len(told))
	}
	if _, err := tracker.UndoMerge(t.Context(), s.d, s.clerk, merge); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"C1 housing 1 open 2", "C2 housing 2 open 1", "C2 provider 1 open 0"}, stand()); diff != "" {
		t.Error(diff)
	}
}
