package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// A page that reads a hundred thousand rows before it answers looks broken, and is asked again.
func TestNoPageWaitsForTheWordsOfALargeFile(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := storeOf(d)
	var large strings.Builder
	large.WriteString("Ref,Forename,Surname,DoB,RAG,Notes\n")
	for n := range 20_000 {
		fmt.Fprintf(&large, "T%d,Rosa,Walker,04/03/2009,%s,%s\n", n, []string{"Red", "High"}[n%2], strings.Repeat("Seen at home. ", 16))
	}
	match := func() (tracker.Import, tracker.Step) {
		t.Helper()
		chosen, err := s.Upload(t.Context(), importer, "tracker.csv", strings.NewReader(large.String()))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := s.OpenFile(t.Context(), importer, chosen.ID)
		if err != nil {
			t.Fatal(err)
		}
		step, err := s.MatchColumns(t.Context(), importer, opened, map[string]tracker.Field{
			"A": tracker.PersonReference, "B": tracker.Forename, "C": tracker.Surname, "D": tracker.DateOfBirth, "E": tracker.RAG, "F": tracker.Notes})
		if err != nil {
			t.Fatal(err)
		}
		return chosen, step
	}
	status := func(of tracker.Import) tracker.ImportStatus {
		t.Helper()
		progress, err := s.Progress(t.Context(), importer, of.ID)
		if err != nil {
			t.Fatal(err)
		}
		return progress.Import.Status
	}
	first, step := match()
	if step != tracker.AskNothing || status(first) != tracker.LookedAt || len(dbtest.Jobs(t, d, tracker.WordsToFind{}.Kind())) != 1 {
		t.Fatalf("the page went on to %q, the import is %s", step, status(first))
	}
	if _, err := s.OpenFile(t.Context(), importer, first.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("it can be changed while it is looked through: %v", err)
	}
	for range 2 { // a job is done at least once
		if err := s.FindWords(t.Context(), tracker.WordsToFind{Import: first.ID}); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := s.OpenFile(t.Context(), importer, first.ID)
	if err != nil || status(first) != tracker.Chosen {
		t.Fatal(status(first), err)
	}
	want := []tracker.UnknownValue{{Field: tracker.RAG, Heading: "RAG", Value: "High", Count: 10_000}}
	if diff := cmp.Diff(want, opened.UnknownValues()); diff != "" {
		t.Fatal(diff)
	}
	if err := s.TellWords(t.Context(), importer, opened, map[tracker.Field]map[string]string{tracker.RAG: {"High": "Red"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.ReadFile(t.Context(), tracker.FileToRead{Import: first.ID}); err != nil {
		t.Fatal(err)
	}
	progress, err := s.Progress(t.Context(), importer, first.ID)
	if err != nil || progress.Import.Status != tracker.Staged {
		t.Fatal(progress.Import.Status, progress.Import.Trouble, err)
	}
	if _, err := s.ConfirmHere(t.Context(), importer, first.ID, progress.Import.Version); err != nil {
		t.Fatal(err)
	}

	// The next file says nothing new, so nobody is asked and it goes straight on to be read.
	second, _ := match()
	if err := s.FindWords(t.Context(), tracker.WordsToFind{Import: second.ID}); err != nil || status(second) != tracker.BeingRead {
		t.Errorf("%s %v", status(second), err)
	}

	// A file whose process died is looked through by another.
	third, _ := match()
	before := len(dbtest.Jobs(t, d, tracker.WordsToFind{}.Kind()))
	err = d.Write(t.Context(), importer, func(tx db.Tx) error {
		return tx.Exec(`update tracker_import_progress set at = at - interval '1 minute' where import_id = ?`, third.ID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.TakeUp(t.Context()); err != nil || len(dbtest.Jobs(t, d, tracker.WordsToFind{}.Kind())) != before+1 {
		t.Errorf("nobody took it up: %v", err)
	}
}
