package tracker_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/files"
)

// One cell with a pasted document in it must not keep everybody else out.
func TestAnyLengthOfAnyTextIsImportedOrNotKnown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	chance := rand.New(rand.NewPCG(1, 2))
	words := make([]rune, 7_900) // nothing that can be squeezed
	for i := range words {
		words[i] = rune(0x4E00 + chance.IntN(20_000))
	}
	headings, cells := "Ref,Forename,Surname,DoB", "T1,Rosa,Walker,04/03/2009"
	for _, field := range tracker.Fields() {
		if field.Shape() == tracker.Words && field != tracker.PersonReference && field != tracker.Forename && field != tracker.Surname {
			headings += "," + field.Title()
			cells += "," + string(words)
		}
	}
	long := run(t, d, text(t, headings+"\n"+cells+"\nT2,"+string(words[:200])+","+string(words[200:400])+",04/03/2009\n"), tracker.ImportOptions{})
	if long.Import.Status != tracker.Confirmed || long.Import.NewCount != 2 {
		t.Fatalf("%+v", long)
	}
	if got := rows(t, d, `select concat_ws(' ', person_reference, length(notes), length(locality)) from cases order by 1`); fmt.Sprint(got) != "[T1 7900 0 T2 0 0]" {
		t.Errorf("%v", got)
	}
}

// A field another system sends is still there when a file that had it too is taken back: its rules are judged.
func TestUndoingAFileLeavesTheFieldsAnotherSystemSends(t *testing.T) {
	t.Parallel()
	const supplied = `select concat_ws(' ', field, heading) from tracker_field where field in ('rag', 'notes') order by field`
	for name, sentFirst := range map[string]bool{"sent before": true, "sent after": false} {
		d := setup(t)
		send := func() {
			if _, err := tracker.UpsertCases(t.Context(), d, importer, "another system", []tracker.Said{{
				tracker.PersonReference: "T1", tracker.Forename: "Rosa", tracker.Surname: "Walker", tracker.DateOfBirth: "2009-03-04", tracker.RAG: "Red"}}); err != nil {
				t.Fatal(err)
			}
		}
		if sentFirst {
			send()
		}
		done := run(t, d, text(t, "Ref,Forename,Surname,DoB,RAG,Notes\nT1,Rosa,Walker,04/03/2009,Red,x\n"), tracker.ImportOptions{})
		if !sentFirst {
			send()
		}
		undo(t, d, done.Import.ID)
		if got := rows(t, d, supplied); fmt.Sprint(got) != "[rag rag]" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A tracker of which no import came is a file about young people that nobody would ever find again.
func TestAFileOfWhichNoImportCameIsDeleted(t *testing.T) {
	t.Parallel()
	d := setup(t)
	store := storeOf(d)
	chosen, err := store.Upload(t.Context(), importer, "tracker.csv", strings.NewReader("Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := rows(t, d, `select args ->> 'import' from job_later where kind = 'tracker.file_kept'`); fmt.Sprint(got) != "["+chosen.ID.String()+"]" {
		t.Errorf("who would look: %v", got)
	}
	lost := uuid.New()
	if _, err := store.Files.Write(t.Context(), "tracker/"+lost.String(), bytes.NewReader([]byte("T1"))); err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{chosen.ID, lost, lost} {
		if err := store.DropUnclaimed(t.Context(), tracker.FileKept{Import: id}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Files.Open(t.Context(), "tracker/"+lost.String()); !errors.Is(err, files.ErrMissing) {
		t.Errorf("it is still there: %v", err)
	}
	kept, err := store.Files.Open(t.Context(), "tracker/"+chosen.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if content, err := io.ReadAll(kept); err != nil || len(content) == 0 {
		t.Errorf("%q, %v", content, err)
	}
}
