package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Somebody who comes back under a new reference must be asked about, side by side: matched in silence they
// may be a stranger, and taken for new they lose their past.
func TestANewReferenceOfSomebodyHeldIsAskedAboutAndSettled(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	store := storeOf(s.d)
	a := s.adds("C1", tracker.Case{NHSNumber: "9434765919", AdultsReference: "A7"})
	const file = "Ref,Forename,Surname,DoB,NHS No,School\n" +
		"A1,Rosalind,Walker-Hall,04/03/2009,943 476 5919,Hill\n" + // the number
		"A7,Ben,Khan,05/03/2010,,Hill\n" + // the reference is another’s number with adult services
		"A3,Rosa,Walker,04/03/2009,,Hill\n" + // name and birthday
		"A4,Tara,Lewis,06/03/2010,,Hill\n" // nobody’s
	upload := func() tracker.Import {
		chosen, err := store.Upload(t.Context(), s.clerk, "tracker.csv", strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		staged, err := store.ReadHere(t.Context(), s.clerk, chosen.ID)
		if err != nil {
			t.Fatal(err)
		}
		return staged
	}
	asked := func(of tracker.Import) (words []string) {
		err := s.d.Read(t.Context(), s.clerk, func(tx db.Tx) error {
			list, total, err := tracker.MaybeSameRows(tx, of.ID, 10)
			for _, row := range list {
				if row.Case.ID != a.ID {
					t.Errorf("row %d is put beside %s", row.Row, row.Case.Reference())
				}
				words = append(words, fmt.Sprintf("%d %s %s %s", row.Row, row.Said.PersonReference, row.Said.Name(), row.Signs))
			}
			n, countErr := tracker.CountMaybeSame(tx, of.ID)
			if total != len(list) || n != total {
				t.Errorf("%d and %d rows are counted, %d listed", total, n, len(list))
			}
			if countErr != nil {
				return countErr
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	staged := upload()
	if got := asked(staged); !slices.Equal(got, []string{"2 A1 Rosalind Walker-Hall [nhs_number]", "3 A7 Ben Khan [person_reference]", "4 A3 Rosa Walker [name]"}) {
		t.Fatalf("asked about %q", got)
	}
	if staged.NewCount != 4 || staged.WarningCount != 3 {
		t.Errorf("staged: %d new, %d warnings", staged.NewCount, staged.WarningCount)
	}
	settle := func(row int, same bool) error {
		return tracker.SettleMaybeSame(t.Context(), s.d, s.clerk, staged.ID, row, a.ID, same)
	}
	for _, row := range []int{3, 4} {
		if err := settle(row, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := settle(3, true); !fault.Is(err, fault.Stale) {
		t.Error("one that was settled:", err)
	}
	if err := settle(2, true); err != nil {
		t.Fatal(err)
	}
	if got := asked(staged); len(got) != 0 {
		t.Errorf("still asked about %q", got)
	}
	var now tracker.Import
	if err := s.d.Read(t.Context(), s.clerk, func(tx db.Tx) (err error) { now, err = tracker.ReadImport(tx, staged.ID); return err }); err != nil {
		t.Fatal(err)
	}
	if now.NewCount != 3 || now.ChangedCount != 1 || now.WarningCount != 0 || now.Version <= staged.Version {
		t.Errorf("the preview made again: %+v", now)
	}
	if _, err := store.ConfirmHere(t.Context(), s.clerk, staged.ID, staged.Version); !fault.Is(err, fault.Stale) {
		t.Error("an old preview:", err)
	}
	if _, err := store.ConfirmHere(t.Context(), s.clerk, staged.ID, now.Version); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s.d, `select person_reference || ' ' || (id = '`+a.ID.String()+`')::text || ' ' || adults_reference from cases order by 1`); !slices.Equal(got, []string{"A1 true A7", "A3 false ", "A4 false ", "A7 false "}) {
		t.Errorf("held: %q", got)
	}
	// The answer is remembered, and a file under the reference of before finds the same case.
	if got := asked(upload()); len(got) != 0 {
		t.Errorf("asked again about %q", got)
	}
}
