package tracker_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// words are what a staged import says of its file, a line each.
func words(t *testing.T, d *db.DB, of tracker.Import, severity string) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), importer, func(tx db.Tx) error {
		problems, err := tracker.ImportProblems(tx, of.ID, severity, 0, 100)
		for _, p := range problems {
			list = append(list, fmt.Sprintf("%d %s %s: %s", p.Row, p.Column, p.Value, p.Problem))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Nobody can tell which of two contradicting rows is right: taking either would be a guess about a child.
func TestTheSamePersonTwice(t *testing.T) {
	t.Parallel()
	d := setup(t)
	staged := stage(t, d, "Ref,Forename,Surname,DoB,RAG,Support plan\n"+
		"T1,Rosa,Walker,04/03/2009,Red,31/02/2026\n"+
		"T2,Ben,Khan,05/03/2009,Red,\n"+
		"T1,Rosa,Walker,04/03/2009,Red,\n"+
		"T2,Ben,Khan,06/03/2009,Green,\n"+
		"T3,Tara,Lewis,07/03/2009,,\n")
	if staged.NewCount != 2 || staged.ErrorRowCount != 2 || staged.ErrorCount != 2 || staged.WarningCount != 2 {
		t.Errorf("%+v", staged)
	}
	if diff := cmp.Diff([]string{
		"3 Ref T2: This reference is also in row 5 with a different date of birth and RAG. Correct or remove one of them.",
		"5 Ref T2: This reference is also in row 3 with a different date of birth and RAG. Correct or remove one of them.",
	}, words(t, d, staged, tracker.SeverityError)); diff != "" {
		t.Error(diff)
	}
	if warnings := words(t, d, staged, tracker.SeverityWarning); len(warnings) != 2 || warnings[1] != "4 Ref T1: This row says the same as row 2. The person is counted once." {
		t.Errorf("%q", warnings)
	}
	confirmed, err := storeOf(d).ConfirmHere(t.Context(), importer, staged.ID, staged.Version)
	if err != nil || confirmed.Status != tracker.Confirmed {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"T1", "T3"}, rows(t, d, `select person_reference from cases order by 1`)); diff != "" {
		t.Error(diff)
	}
}

// A person under another reference is for a person to judge; a person the file forgot stays.
func TestWhoMayBeTheSameAndWhoIsMissing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\nT2,Ben,Khan,05/03/2009\nT3,Tara,Lewis,06/03/2009\n"), tracker.ImportOptions{})
	staged := stage(t, d, "Ref,Forename,Surname,DoB\nX1,rosa,WALKER,04/03/2009\nX2,Owen,Hall,07/03/2009\nX3,Owen,Hall,07/03/2009\nT2,Ben,Khan,not a day\n")
	if diff := cmp.Diff([]string{
		"2 Ref X1: This may be the same person as case Q1001, who has this name and date of birth under another reference. Check before confirming: confirming makes a new case.",
		"4 Ref X3: This may be the same person as in row 3, who has this name and date of birth under another reference. Check before confirming: confirming makes a case of each.",
	}, words(t, d, staged, tracker.SeverityWarning)); diff != "" {
		t.Error(diff)
	}
	var absent []tracker.Absent
	err := d.Read(t.Context(), importer, func(tx db.Tx) (err error) {
		absent, err = tracker.AbsentCases(tx, staged.ID, 0, 10)
		return err
	})
	if err != nil || staged.AbsentCount != 2 || len(absent) != 2 || absent[0].CaseNumber != "Q1001" || absent[1].Name != "Tara Lewis" {
		t.Errorf("%d %+v %v", staged.AbsentCount, absent, err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, staged.ID, staged.Version); err != nil {
		t.Fatal(err)
	}
	if held := rows(t, d, `select count(*) from cases where died_on is null and moved_away_on is null`); held[0] != "6" {
		t.Errorf("%s cases held", held[0])
	}
}

// A tracker that still says the old reference means the same young person, and must not make another.
func TestAFormerReferenceLeadsToItsCase(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, "Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Red\n"), tracker.ImportOptions{})
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		person := uuid.New()
		if err := tx.Exec(`insert into person (id, name, email, created_at) values (?, 'Uma Finch', 'uma@example.org', ?)`, person, tx.Now).Error; err != nil {
			return err
		}
		if err := tx.Exec(`insert into reference_change (id, case_id, former, reference, changed_by, changed_at) select ?, id, 'T1', 'N1', ?, ? from cases`, uuid.New(), person, tx.Now).Error; err != nil {
			return err
		}
		return tx.Exec(`update cases set person_reference = 'N1', version = version + 1`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	result := run(t, d, text(t, "Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Amber\n"), tracker.ImportOptions{})
	if got := countsOf(result); got != (counts{0, 1, 0, 1, 0}) {
		t.Errorf("%+v", got)
	}
	result = run(t, d, text(t, "Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Red\nN1,Rosa,Walker,04/03/2009,Green\n"), tracker.ImportOptions{})
	if got := countsOf(result); got != (counts{0, 1, 0, 0, 1}) || result.Errors[0].Row != 2 {
		t.Errorf("both references: %+v %+v", got, result.Errors)
	}
	if diff := cmp.Diff([]string{"N1 Green"}, rows(t, d, `select person_reference || ' ' || rag from cases`)); diff != "" {
		t.Error(diff)
	}
}

// What goes back to the office is opened in Excel: no cell of a tracker may run there.
func TestRowsToFixAreTheFilesOwnAndRunNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := storeOf(d)
	chosen, err := s.Upload(t.Context(), importer, "Tracker, autumn.csv", strings.NewReader(
		"Ref,Shoe,Forename,Surname,DoB,RAG,Notes\nT1,5,Rosa,Walker,04/03/2009,Purple,\"=cmd|' /C calc'!A0\"\nT2,6,Ben,Khan,31/02/2009,Red,+44\nT3,7,Tara,Lewis,06/03/2009,Red,@x\n"))
	if err != nil {
		t.Fatal(err)
	}
	staged, err := s.ReadHere(t.Context(), importer, chosen.ID)
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		name, file, err := s.RowsToFix(t.Context(), importer, staged.ID)
		if err != nil || name != "Tracker, autumn - rows to fix.xlsx" {
			t.Fatalf("%s: %q %v", when, name, err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		lines, err := book.GetRows("Rows to fix")
		want := [][]string{
			{"Ref", "Shoe", "Forename", "Surname", "DoB", "RAG", "Notes", "Row in the file", "What happens", "What is wrong, and how to mend it"},
			{"T1", "5", "Rosa", "Walker", "04/03/2009", "Purple", "=cmd|' /C calc'!A0", "2", "The row came in", "RAG, “Purple”: This is not Red, Amber or Green, so it is recorded as Not known."},
		}
		if err != nil || len(lines) != 3 || cmp.Diff(want, lines[:2]) != "" || lines[2][8] != "The row was left out" {
			t.Errorf("%s: %v %s", when, err, cmp.Diff(want, lines))
		}
		for _, at := range []string{"G2", "G3"} {
			kind, err := book.GetCellType("Rows to fix", at)
			formula, _ := book.GetCellFormula("Rows to fix", at)
			if err != nil || formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s: %s is %v, formula %q, %v", when, at, kind, formula, err)
			}
		}
	}
	check("preview")
	if _, err := s.ConfirmHere(t.Context(), importer, staged.ID, staged.Version); err != nil {
		t.Fatal(err)
	}
	if err := s.ClearSettled(t.Context(), tracker.ImportSettled{Import: staged.ID}); err != nil {
		t.Fatal(err)
	}
	check("result")
	run(t, d, text(t, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"), tracker.ImportOptions{})
	if _, _, err := s.RowsToFix(t.Context(), importer, staged.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("kept after the next import: %v", err)
	}
}

// Two clerks confirm two files about the same people at once: each file goes in whole, or is shown again.
func TestTwoImportsAtOnceDoNotMix(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := storeOf(d)
	file := func(rating string) string {
		var f strings.Builder
		f.WriteString("Ref,Forename,Surname,DoB,RAG\n")
		for n := range 400 {
			fmt.Fprintf(&f, "T%d,Rosa,Walker-%d,04/03/2009,%s\n", n, n, rating)
		}
		return f.String()
	}
	ratings := []string{"Red", "Amber", "Green"}
	var staged []tracker.Import
	for _, rating := range ratings {
		staged = append(staged, stage(t, d, file(rating)))
	}
	for round := range 4 { // each round one of those left goes in; the others are compared again
		var group sync.WaitGroup
		outcome := make([]tracker.Import, len(staged))
		for i := range staged {
			group.Go(func() {
				var err error
				if outcome[i], err = s.ConfirmHere(context.Background(), importer, staged[i].ID, staged[i].Version); err != nil && !fault.Is(err, fault.Stale) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		staged = slices.DeleteFunc(outcome, func(i tracker.Import) bool { return i.Status == tracker.Confirmed })
		if held := rows(t, d, `select count(*) || ' ' || count(distinct person_reference) || ' ' || count(distinct rag) from cases`); held[0] != "400 400 1" {
			t.Fatalf("round %d: %s", round, held[0])
		}
		if len(staged) == 0 {
			break
		}
	}
	if len(staged) != 0 {
		t.Errorf("%d are still not in", len(staged))
	}
	if history := rows(t, d, `select first || ' ' || count(*) from case_history group by first order by first`); cmp.Diff([]string{"false 800", "true 400"}, history) != "" {
		t.Error(history)
	}
}

// A server that dies over a file must not leave a clerk with a bar that never moves.
func TestAnImportLeftHalfReadIsTakenUp(t *testing.T) {
	t.Parallel()
	d, now := dbtest.NewAt(t)
	s := storeOf(d)
	chosen, err := s.Upload(t.Context(), importer, "tracker.csv", strings.NewReader("Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartReading(t.Context(), importer, chosen.ID); err != nil {
		t.Fatal(err)
	}
	half := func(statement string) {
		t.Helper()
		if err := d.Write(t.Context(), importer, func(tx db.Tx) error { return tx.Exec(statement, chosen.ID).Error }); err != nil {
			t.Fatal(err)
		}
	}
	half(`insert into tracker_import_row (import_id, row_number, fresh_id, person_reference) values (?, 9, gen_random_uuid(), 'T9')`)
	waiting := func() int { return len(dbtest.Jobs(t, d, tracker.FileToRead{}.Kind())) }
	if err := s.TakeUp(t.Context()); err != nil || waiting() != 1 {
		t.Errorf("%d jobs at once: %v", waiting(), err)
	}
	now.Advance(40 * time.Second)
	if err := s.TakeUp(t.Context()); err != nil || waiting() != 2 {
		t.Errorf("%d jobs after standing still: %v", waiting(), err)
	}
	for range 2 { // the job that died, and the one in its place
		if err := s.ReadFile(t.Context(), tracker.FileToRead{Import: chosen.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if read := rows(t, d, `select status || ' ' || new_count from tracker_import`); read[0] != "staged 1" {
		t.Errorf("%v", read)
	}
	if left := rows(t, d, `select person_reference from tracker_import_row`); cmp.Diff([]string{"T1"}, left) != "" {
		t.Error(left)
	}
	err = d.AsOwner(t.Context(), func(owner *sql.DB) error { // as a crash of Postgres leaves an unlogged table
		_, err := owner.ExecContext(t.Context(), `truncate tracker_import_row, tracker_import_progress`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.ConfirmHere(t.Context(), importer, chosen.ID, 1); err != nil || again.Status != tracker.BeingRead || again.Trouble == "" {
		t.Errorf("%+v %v", again, err)
	}
	if err := s.ReadFile(t.Context(), tracker.FileToRead{Import: chosen.ID}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		half(`update tracker_import set status = 'confirming', attempts = 3 where id = ?`)
		if err := s.ConfirmImport(t.Context(), tracker.ImportToConfirm{Import: chosen.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if ended := rows(t, d, `select status || ' ' || (trouble <> '') from tracker_import`); ended[0] != "staged true" {
		t.Errorf("after dying three times: %v", ended)
	}
}

// A file that turns out to be unreadable says so where the clerk looks, and another way of reading it works.
func TestAFileThatCannotBeReadSaysWhyAndCanBeReadAnotherWay(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := storeOf(d)
	chosen, err := s.Upload(t.Context(), importer, "tracker.csv", strings.NewReader("Ref,Forename,Surname,Begun\nT1,Rosa,Walker,04/03/2009\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadHere(t.Context(), importer, chosen.ID); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "date of birth") {
		t.Errorf("%v", err)
	}
	if failed := rows(t, d, `select status || ' ' || (trouble like '%date of birth%') from tracker_import`); failed[0] != "failed true" {
		t.Error(failed)
	}
	if _, err := s.Choose(t.Context(), importer, chosen.ID, tracker.Choice{Columns: map[string]tracker.Field{"D": tracker.DateOfBirth}}); err != nil {
		t.Fatal(err)
	}
	staged, err := s.ReadHere(t.Context(), importer, chosen.ID)
	if err != nil || staged.NewCount != 1 || staged.Choice.Columns["D"] != tracker.DateOfBirth {
		t.Errorf("%+v %v", staged, err)
	}
	if _, err := s.Upload(t.Context(), importer, "letter.pdf", strings.NewReader("%PDF-1.7")); !fault.Is(err, fault.Invalid) {
		t.Errorf("a PDF: %v", err)
	}
	if kept := rows(t, d, `select count(*) from tracker_import`); kept[0] != "1" {
		t.Errorf("%s imports", kept[0])
	}
}
