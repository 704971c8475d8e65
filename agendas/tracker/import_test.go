package tracker_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

var importer = access.System("import")

type counts struct{ New, Changed, Unchanged, Warnings, Errors int }

func countsOf(r tracker.Result) counts {
	return counts{r.Import.NewCount, r.Import.ChangedCount, r.Import.UnchangedCount, len(r.Warnings), len(r.Errors)}
}

// A file is a tracker as somebody would choose it.
type file struct {
	name    string
	content []byte
}

func setup(t *testing.T) *db.DB {
	t.Helper()
	d, _ := dbtest.NewAt(t)
	return d
}

// uploads keeps the files of all tests; their keys are ids.
var uploads = files.InMemory()

func storeOf(d *db.DB) tracker.Store { return tracker.Store{DB: d, Files: uploads} }

func sample(t *testing.T, name string) file {
	t.Helper()
	content, err := tracker.LoadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return file{name, content}
}

func text(_ *testing.T, csv string) file { return file{"tracker.csv", []byte(csv)} }

func run(t *testing.T, d *db.DB, f file, options tracker.ImportOptions) tracker.Result {
	t.Helper()
	result, err := storeOf(d).RunImport(t.Context(), importer, f.name, f.content, options)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// stage has a file read and compared, as the job would.
func stage(t *testing.T, d *db.DB, csv string) tracker.Import {
	t.Helper()
	s := storeOf(d)
	chosen, err := s.Upload(t.Context(), importer, "tracker.csv", strings.NewReader(csv))
	if err != nil {
		t.Fatal(err)
	}
	staged, err := s.ReadHere(t.Context(), importer, chosen.ID)
	if err != nil {
		t.Fatal(err)
	}
	return staged
}

// rows describes a table, to see that something did or did not change.
func rows(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	var list []string
	if err := d.Read(context.Background(), importer, func(tx db.Tx) error { return tx.Raw(query).Scan(&list).Error }); err != nil {
		t.Fatal(err)
	}
	return list
}

const everyCase = `select (to_jsonb(c) - 'updated_at')::text from cases c order by number`

// A wrong count is a person lost between two lists.
func TestBothSamplesImportAndImportingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	began := time.Now()
	if got := countsOf(run(t, d, sample(t, "tracker-385.csv"), tracker.ImportOptions{DryRun: true})); got != (counts{385, 0, 0, 0, 0}) {
		t.Errorf("dry run: %+v", got)
	}
	if held := rows(t, d, everyCase); len(held) != 0 {
		t.Fatalf("a dry run kept %d cases", len(held))
	}
	t.Logf("tracker-385.csv, dry run: %v", time.Since(began))
	began = time.Now()
	if got := countsOf(run(t, d, sample(t, "tracker-385.csv"), tracker.ImportOptions{})); got != (counts{385, 0, 0, 0, 0}) {
		t.Errorf("first: %+v", got)
	}
	t.Logf("tracker-385.csv, 385 new: %v", time.Since(began))
	first := rows(t, d, everyCase)
	if got := countsOf(run(t, d, sample(t, "tracker-385.csv"), tracker.ImportOptions{})); got != (counts{0, 0, 385, 0, 0}) {
		t.Errorf("again: %+v", got)
	}
	if diff := cmp.Diff(first, rows(t, d, everyCase)); diff != "" {
		t.Error("importing again changed cases:\n", diff)
	}
	began = time.Now()
	// The second sample gives the first 231 references to other people: each is changed, and warned of.
	got := countsOf(run(t, d, sample(t, "tracker-231.xlsx"), tracker.ImportOptions{}))
	t.Logf("tracker-231.xlsx, 231 changed: %v", time.Since(began))
	if got.New != 0 || got.Changed != 231 || got.Unchanged != 0 || got.Errors != 0 || got.Warnings != 228 {
		t.Errorf("second sample: %+v", got)
	}
	if got := countsOf(run(t, d, sample(t, "tracker-231.xlsx"), tracker.ImportOptions{})); got != (counts{0, 0, 231, 0, 0}) {
		t.Errorf("second sample again: %+v", got)
	}
	if held := rows(t, d, `select count(*) from cases`); held[0] != "385" {
		t.Errorf("%s cases held", held[0])
	}
	if trail := rows(t, d, `select action || ' ' || count(*) from audit_entry group by action order by action`); cmp.Diff([]string{"tracker.chosen 8", "tracker.confirming 4", "tracker.imported 4", "tracker.reading 4", "tracker.staged 4"}, trail) != "" {
		t.Errorf("audit: %v", trail)
	}
	if history := rows(t, d, `select first || ' ' || count(*) from case_history group by first order by first`); cmp.Diff([]string{"false 231", "true 385"}, history) != "" {
		t.Errorf("history: %v", history)
	}
	if left := rows(t, d, `select count(*) from tracker_import_row`); left[0] != "0" {
		t.Errorf("%s staged rows are left behind", left[0])
	}
}

func TestTheSecondSampleAloneIsNew(t *testing.T) {
	t.Parallel()
	d := setup(t)
	if got := countsOf(run(t, d, sample(t, "tracker-231.xlsx"), tracker.ImportOptions{})); got != (counts{231, 0, 0, 0, 0}) {
		t.Errorf("%+v", got)
	}
	if aliases := rows(t, d, `select count(distinct alias) from cases where alias ~ '^[A-Z][a-z]+-[0-9]+$'`); aliases[0] != "231" {
		t.Errorf("%s aliases", aliases[0])
	}
	if born := rows(t, d, `select date_of_birth::text from cases where person_reference = 'T101547'`); born[0] != "2005-04-02" {
		t.Errorf("born %s", born[0])
	}
}

// A file without a column must not wipe what another file told us.
func TestOnlyWhatTheFileSaysChanges(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, "Person ref,Forename,Surname,DoB,RAG,Notes,Support plan,£ pw\nT1,Rosa,Walker,04/03/2009,Red,Call,05/03/2026,10\nT2,Ben,Khan,05/03/2009,,,,\n"), tracker.ImportOptions{})
	result := run(t, d, text(t, "Person ref,Forename,Surname,DoB,RAG,Support plan\nT1,Rosa,Walker,04/03/2009,Amber,\nT2,Ben,Khan,05/03/2009,,31/02/2026\nT3,Zoë,Ó Súilleabháin,06/03/2009,,\n"), tracker.ImportOptions{})
	if got := countsOf(result); got != (counts{1, 1, 1, 1, 0}) {
		t.Errorf("%+v", got)
	}
	want := []string{
		"T1 Rosa Walker Amber Call - 1000 v2",
		"T2 Ben Khan   - - v1",
		"T3 Zoë Ó Súilleabháin   - - v1",
	}
	if diff := cmp.Diff(want, rows(t, d, `select concat_ws(' ', person_reference, forename, surname, rag, notes, coalesce(support_plan_on::text, '-'), coalesce(weekly_cost_pence::text, '-'), 'v' || version) from cases order by person_reference`)); diff != "" {
		t.Error(diff)
	}
	err := d.Read(t.Context(), importer, func(tx db.Tx) error {
		var held tracker.Case
		if err := tx.Where("person_reference = 'T1'").First(&held).Error; err != nil {
			return err
		}
		page, err := tracker.History(tx, held.ID, 1)
		if err != nil {
			return err
		}
		history := page.Entries
		if len(history) != 2 || !history[1].First || history[0].First {
			t.Fatalf("%+v", history)
		}
		want := []tracker.Change{
			{Field: tracker.SupportPlan, Label: "Support plan", Before: "5 March 2026", After: "Not known"},
			{Field: tracker.RAG, Label: "RAG", Before: "Red", After: "Amber"},
		}
		if diff := cmp.Diff(want, history[0].Changes); diff != "" {
			t.Error(diff)
		}
		supplied, err := tracker.Supplied(tx)
		if err != nil {
			return err
		}
		if !supplied.Has("weekly_cost_pence") || supplied.Has("health_weekly_pence") {
			t.Errorf("supplied: %v", supplied)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Somebody who has died must never be listed again, date or no date, and the day must not wander.
func TestDiedWithoutADateKeepsTheDayItWasFirstImported(t *testing.T) {
	t.Parallel()
	d, now := dbtest.NewAt(t)
	file := text(t, "Ref,Forename,Surname,DoB,Deceased\nT1,Rosa,Walker,04/03/2009,Y\nT2,Ben,Khan,05/03/2009,\n")
	for i, want := range []counts{{2, 0, 0, 1, 0}, {0, 0, 2, 1, 0}} {
		if got := countsOf(run(t, d, file, tracker.ImportOptions{})); got != want {
			t.Errorf("import %d: %+v", i, got)
		}
		now.Advance(72 * time.Hour)
	}
	if died := rows(t, d, `select coalesce(died_on::text, '-') from cases order by person_reference`); cmp.Diff([]string{"2026-11-26", "-"}, died) != "" {
		t.Error(died)
	}
}

// A reference given to somebody else would put one young person's plans on another's record.
func TestAReferenceOfSomebodyElseIsWarnedOfFirst(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, "Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Red\nT2,Ben,Khan,05/03/2009,Red\nT3,Tara,Lewis,06/03/2009,Red\nT4,Hana,Young,07/03/2009,Red\n"), tracker.ImportOptions{})
	const second = ("Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Purple\nT2,Ben,Khan-Hall,05/03/2009,Red\nT3,tara,LEWIS,06/03/2008,Red\nT4,Owen,Young,08/03/2009,Red\n")
	staged := stage(t, d, second)
	err := d.Read(t.Context(), importer, func(tx db.Tx) error {
		warnings, err := tracker.ImportProblems(tx, staged.ID, tracker.SeverityWarning, 0, 10)
		if err != nil {
			return err
		}
		if len(warnings) != 2 || warnings[0].Row != 5 || warnings[0].Column != "Ref" || warnings[0].Value != "T4" || warnings[1].Row != 2 || staged.WarningCount != 2 {
			t.Errorf("%+v", warnings)
		}
		changed, err := tracker.StagedRows(tx, staged.ID, "changed", 0, 10)
		if err != nil {
			return err
		}
		if len(changed) != 4 || changed[0].PersonReference != "T4" || !changed[0].SomebodyElse || changed[1].SomebodyElse || changed[0].CaseNumber != "Q1004" {
			t.Errorf("%+v", changed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if dry := run(t, d, text(t, second), tracker.ImportOptions{DryRun: true}); len(dry.Warnings) != 2 || dry.Warnings[0].Row != 5 {
		t.Errorf("%+v", dry.Warnings)
	}
}

// Two clerks press confirm at once: one person must not become two, nor a change be written twice.
func TestConfirmingAtOnceHappensOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	staged := stage(t, d, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\nT2,Ben,Khan,05/03/2009\n")
	var group sync.WaitGroup
	failures := make(chan error, 4)
	for range 4 {
		group.Go(func() {
			_, err := storeOf(d).ConfirmHere(context.Background(), importer, staged.ID, staged.Version)
			failures <- err
		})
	}
	group.Wait()
	for range 4 {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if got := rows(t, d, `select (select count(*) from cases) || ' ' || (select count(*) from case_history) || ' ' || (select count(*) from audit_entry where action = 'tracker.imported')`); got[0] != "2 2 1" {
		t.Error(got[0])
	}
}

// Two different files at once: the second must not overwrite, by an old comparison, what the first did.
func TestAPreviewMadeStaleIsMadeAgain(t *testing.T) {
	t.Parallel()
	d := setup(t)
	const heading = "Ref,Forename,Surname,DoB,RAG\n"
	run(t, d, text(t, heading+"T1,Rosa,Walker,04/03/2009,Red\n"), tracker.ImportOptions{})
	mine := stage(t, d, heading+"T1,Rosa,Walker,04/03/2009,Amber\nT2,Ben,Khan,05/03/2009,Red\n")
	theirs := stage(t, d, heading+"T1,Rosa,Walker,04/03/2009,Amber\nT2,Owen,Hall,06/03/2009,Green\n")
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, theirs.ID, theirs.Version); err != nil {
		t.Fatal(err)
	}
	before := rows(t, d, everyCase)
	again, err := storeOf(d).ConfirmHere(t.Context(), importer, mine.ID, mine.Version)
	if !fault.Is(err, fault.Stale) {
		t.Fatalf("confirmed a stale preview: %v", err)
	}
	if diff := cmp.Diff(before, rows(t, d, everyCase)); diff != "" {
		t.Error(diff)
	}
	if again.Version != mine.Version+1 || again.NewCount != 0 || again.ChangedCount != 1 || again.UnchangedCount != 1 || again.WarningCount != 1 {
		t.Errorf("%+v", again)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, mine.ID, mine.Version); !fault.Is(err, fault.Stale) {
		t.Errorf("confirmed a preview nobody has seen: %v", err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, mine.ID, again.Version); err != nil {
		t.Error(err)
	}
	if got := rows(t, d, `select concat_ws(' ', forename, rag, 'v' || version) from cases order by person_reference`); cmp.Diff([]string{"Rosa Amber v2", "Ben Red v2"}, got) != "" {
		t.Error(got)
	}
}

// An import that fails half way must leave no half of it.
func TestAFailedConfirmationLeavesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	staged := stage(t, d, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n")
	const left = `select (to_jsonb(i) - 'trouble' - 'attempts')::text from tracker_import i`
	before := rows(t, d, left)
	err := d.AsOwner(t.Context(), func(owner *sql.DB) error { // the step after the cases are written
		_, err := owner.ExecContext(t.Context(), `alter table tracker_field add constraint refused check (field <> 'forename')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, staged.ID, staged.Version); err == nil || fault.As(err) != nil {
		t.Errorf("the failing step gave %v", err)
	}
	if diff := cmp.Diff(before, rows(t, d, left)); diff != "" {
		t.Error(diff)
	}
	if left := rows(t, d, `select (select count(*) from cases) + (select count(*) from case_history) + (select count(*) from audit_entry where action = 'tracker.imported')`); left[0] != "0" {
		t.Errorf("%s rows are left behind", left[0])
	}
}

func TestAbandoningKeepsNothingOfTheFile(t *testing.T) {
	t.Parallel()
	d := setup(t)
	staged := stage(t, d, "Ref,Forename,Surname,DoB,RAG\nT1,Rosa,Walker,04/03/2009,Purple\n")
	for range 2 {
		if err := storeOf(d).Abandon(t.Context(), importer, staged.ID); err != nil {
			t.Fatal(err)
		}
	}
	if left := rows(t, d, `select (select count(*) from tracker_import_row) + (select count(*) from tracker_import_problem) + (select count(*) from cases)`); left[0] != "0" {
		t.Error(left)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, staged.ID, staged.Version); !fault.Is(err, fault.Conflict) {
		t.Errorf("an abandoned import was confirmed: %v", err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, uuid.New(), 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("no import was confirmed: %v", err)
	}
}

// A preview left lying about holds what the file said about young people.
func TestAForgottenPreviewIsAbandonedAfterAWeek(t *testing.T) {
	t.Parallel()
	d, now := dbtest.NewAt(t)
	stage(t, d, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n")
	now.Advance(6 * 24 * time.Hour)
	stage(t, d, "Ref,Forename,Surname,DoB\nT2,Ben,Khan,04/03/2009\n")
	for day, want := range []int{0, 0, 1, 0} {
		if got, err := storeOf(d).AbandonForgotten(t.Context()); err != nil || got != want {
			t.Errorf("day %d: %d abandoned, %v", day, got, err)
		}
		now.Advance(24 * time.Hour)
	}
	if left := rows(t, d, `select person_reference from tracker_import_row`); cmp.Diff([]string{"T2"}, left) != "" {
		t.Error(left)
	}
}

// Only clerks import: anybody else could rewrite every case.
func TestOnlyClerksImport(t *testing.T) {
	t.Parallel()
	d := setup(t)
	staged := stage(t, d, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n")
	chair := access.Actor{PersonID: uuid.New(), Seats: []access.Seat{{ForumID: uuid.New(), Office: access.Chair, Standing: access.Deciding}}}
	if _, err := storeOf(d).RunImport(t.Context(), chair, "tracker.csv", []byte("Ref,Forename,Surname,DoB\nT1,A,B,04/03/2009\n"), tracker.ImportOptions{DryRun: true}); !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), chair, staged.ID, staged.Version); !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
	if err := storeOf(d).Abandon(t.Context(), access.SignedOut, staged.ID); !fault.Is(err, fault.SignedOut) {
		t.Error(err)
	}
}

// Ten thousand people go in within the time a page may take.
func TestALargeTrackerImportsInSeconds(t *testing.T) {
	t.Parallel()
	d := setup(t)
	var written bytes.Buffer
	written.WriteString("Ref,Forename,Surname,DoB,Locality,RAG,£ pw\n")
	for i := range 10_000 {
		fmt.Fprintf(&written, "P%05d,Rosa,Walker-%d,%02d/03/2009,North,Red,%d\n", i, i, 1+i%28, i)
	}
	large := text(t, written.String())
	began := time.Now()
	if got := countsOf(run(t, d, large, tracker.ImportOptions{})); got != (counts{10_000, 0, 0, 0, 0}) {
		t.Errorf("%+v", got)
	}
	t.Logf("10,000 new: %v", time.Since(began))
	if got := countsOf(run(t, d, large, tracker.ImportOptions{})); got != (counts{0, 0, 10_000, 0, 0}) {
		t.Errorf("again: %+v", got)
	}
}
