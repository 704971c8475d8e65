package tracker_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// undo takes an import back, as the job would.
func undo(t *testing.T, d *db.DB, importID uuid.UUID) tracker.Import {
	t.Helper()
	s := storeOf(d)
	if _, err := s.Undo(t.Context(), importer, importID); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a job is done at least once
		if err := s.UndoImport(t.Context(), tracker.ImportToUndo{Import: importID}); err != nil {
			t.Fatal(err)
		}
	}
	progress, err := s.Progress(t.Context(), importer, importID)
	if err != nil || progress.Import.Status != tracker.Undone {
		t.Fatalf("%+v %v", progress, err)
	}
	return progress.Import
}

// world is all that an import may change of what is held, but for versions and times.
func world(t *testing.T, d *db.DB) []string {
	t.Helper()
	return append(rows(t, d, `select (to_jsonb(c) - 'updated_at' - 'version')::text from cases c order by person_reference`),
		rows(t, d, `select concat_ws(' ', field, heading, import_id, at) from tracker_field order by field`)...)
}

// An undo that forgets one value leaves a young person's record half of one file and half of another.
func TestImportThenUndoIsAsBefore(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			chance := rand.New(rand.NewPCG(seed, 1))
			var imports []uuid.UUID
			worlds := [][]string{world(t, d)}
			for range 3 {
				imports = append(imports, run(t, d, text(t, anyTracker(chance)), tracker.ImportOptions{}).Import.ID)
				worlds = append(worlds, world(t, d))
			}
			for at := len(imports) - 1; at >= 0; at-- {
				if stayed := undo(t, d, imports[at]).StayedCount; stayed != 0 {
					t.Errorf("%d things stayed", stayed)
				}
				if diff := cmp.Diff(worlds[at], world(t, d)); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

// anyTracker is a tracker of some of twelve people in some of eight columns, in any order.
func anyTracker(chance *rand.Rand) string {
	columns := []string{"Locality", "RAG", "EHCP", "Weekly cost", "Support plan agreed", "Notes", "Allocated worker", "Date of death"}
	values := map[string][]string{
		"Locality": {"North", "South", ""}, "RAG": {"Red", "Amber", "Green", ""}, "EHCP": {"Y", "N", ""}, "Weekly cost": {"10", "1204.50", ""},
		"Support plan agreed": {"01/02/2026", "03/04/2026", ""}, "Notes": {"Call “home”", `back\slash`, ""}, "Allocated worker": {"R. Hale", "P. Shah", ""}, "Date of death": {"", "", "01/01/2026"},
	}
	chance.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	columns = columns[:1+chance.IntN(len(columns))]
	var file strings.Builder
	file.WriteString("Ref,Forename,Surname,DoB," + strings.Join(columns, ",") + "\n")
	for _, person := range chance.Perm(12)[:1+chance.IntN(12)] {
		fmt.Fprintf(&file, "T%d,Rosa,Walker-%c,04/03/20%02d", person, 'A'+person, 8+chance.IntN(2))
		for _, column := range columns {
			file.WriteString("," + values[column][chance.IntN(len(values[column]))])
		}
		file.WriteString("\n")
	}
	return file.String()
}

// What people did after the import is theirs: an undo must not take it with it, nor hide that it stayed.
func TestUndoLeavesWhatWasChangedOrUsedSince(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Green\n"), tracker.ImportOptions{})
	second := run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,T. Wren,Amber\nT2,Ben,Khan,05/03/2009,,\nT3,Tara,Lewis,06/03/2009,,\nT4,Owen,Hall,07/03/2009,,\n"), tracker.ImportOptions{}).Import
	meeting := meet(t, d)
	say(t, d, meeting, "T1", map[tracker.Field]any{tracker.RAG: "Red"})
	say(t, d, meeting, "T4", map[tracker.Field]any{tracker.RAG: "Red"})
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		return tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at)
			select ?, ?, '', 1, 'case', id, 10, ? from cases where person_reference = 'T2'`, uuid.New(), meeting, tx.Now).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	undone := undo(t, d, second.ID)
	if diff := cmp.Diff([]string{"T1 R. Hale Red", "T2  ", "T4  Red"}, rows(t, d, workersAndRatings)); diff != "" {
		t.Error(diff)
	}
	var stayed []tracker.Stayed
	err = d.Read(t.Context(), importer, func(tx db.Tx) (err error) {
		stayed, err = tracker.StayedAfterUndo(tx, second.ID, 0, 10)
		return err
	})
	want := []tracker.Stayed{{CaseNumber: "Q1001", Name: "Rosa Walker", Field: tracker.RAG}, {CaseNumber: "Q1002", Name: "Ben Khan"}, {CaseNumber: "Q1004", Name: "Owen Hall"}}
	if diff := cmp.Diff(want, stayed); err != nil || diff != "" || undone.StayedCount != 3 {
		t.Error(err, undone.StayedCount, diff)
	}
	if trail := rows(t, d, `select action from audit_entry where action like 'tracker.und%' order by id`); cmp.Diff([]string{"tracker.undoing", "tracker.undone"}, trail) != "" {
		t.Error(trail)
	}
	err = d.Read(t.Context(), importer, func(tx db.Tx) error {
		var held tracker.Case
		if err := tx.Where("person_reference = 'T1'").Take(&held).Error; err != nil {
			return err
		}
		page, err := tracker.History(tx, held.ID, 1)
		history := page.Entries
		if err == nil && (len(history) < 4 || !history[0].Undone || len(history[0].Changes) != 1 || history[0].Changes[0].After != "R. Hale") {
			t.Errorf("%+v", history)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A later file was compared with what this one left; taking this one from under it would change what it said.
func TestTheNewestImportIsUndoneFirst(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first := run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Green\n"), tracker.ImportOptions{}).Import
	second := run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Red\n"), tracker.ImportOptions{}).Import
	if _, err := storeOf(d).Undo(t.Context(), importer, first.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("the older was undone: %v", err)
	}
	undo(t, d, second.ID)
	undo(t, d, first.ID)
	if held := rows(t, d, `select count(*) from cases`); held[0] != "0" {
		t.Errorf("%s cases are left", held[0])
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, second.ID, second.Version); !fault.Is(err, fault.Conflict) {
		t.Errorf("an undone import was confirmed: %v", err)
	}
}
