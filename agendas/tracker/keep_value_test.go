package tracker_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const keptHeading = "Ref,Forename,Surname,DoB,SW,RAG\n"

// meet is a meeting of the North locality forum.
func meet(t *testing.T, d *db.DB) uuid.UUID {
	t.Helper()
	forum, meeting := uuid.New(), uuid.New()
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		if err := tx.Exec(`insert into forum (id, slug, name, locality, created_at) values (?, ?, 'North locality', 'North', ?)`, forum, forum.String(), tx.Now).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`, meeting, forum, tx.Now, tx.Now.Add(time.Hour), tx.Now, tx.Now).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return meeting
}

// say writes values onto a case in a meeting.
func say(t *testing.T, d *db.DB, meeting uuid.UUID, reference string, values map[tracker.Field]any) {
	t.Helper()
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		var held tracker.Case
		if err := tx.Where("person_reference = ?", reference).Take(&held).Error; err != nil {
			return err
		}
		return tracker.SetInMeeting(tx, held.ID, meeting, values)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func keptIn(t *testing.T, d *db.DB, importID uuid.UUID) (list []tracker.Kept) {
	t.Helper()
	err := d.Read(t.Context(), importer, func(tx db.Tx) (err error) {
		list, err = tracker.KeptInImport(tx, importID, 0, 50)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const workersAndRatings = `select concat_ws(' ', person_reference, allocated_worker, rag) from cases order by person_reference`
const standing = `select concat_ws(' ', field, value, tracker_says) from kept_value where released_at is null order by field`

// What the room agreed must not go at the next export of a system nobody has typed it into yet.
func TestAMeetingsValueOutlivesAnImportUntilTheFileAgrees(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Green\nT2,Ben,Khan,05/03/2009,,\n"), tracker.ImportOptions{})
	meeting := meet(t, d)
	say(t, d, meeting, "T1", map[tracker.Field]any{tracker.AllocatedWorker: "P. Shah", tracker.RAG: "Red"})
	say(t, d, meeting, "T1", map[tracker.Field]any{tracker.AllocatedWorker: "P. Shah"}) // nothing new
	say(t, d, meeting, "T2", map[tracker.Field]any{tracker.RAG: "Amber"})
	if diff := cmp.Diff([]string{"T1 P. Shah Red", "T2  Amber"}, rows(t, d, workersAndRatings)); diff != "" {
		t.Fatal(diff)
	}

	disagrees := stage(t, d, keptHeading+"T1,Rosa,Walker,04/03/2009,T. Wren,Red\nT2,Ben,Khan,05/03/2009,R. Hale,\n")
	if disagrees.KeptCount != 2 || disagrees.ChangedCount != 1 || disagrees.UnchangedCount != 1 {
		t.Errorf("%+v", disagrees)
	}
	kept := keptIn(t, d, disagrees.ID)
	if len(kept) != 2 || kept[0].Said != "P. Shah" || kept[0].TrackerSays != "T. Wren" || kept[0].Forum != "North locality" || kept[0].CaseNumber != "Q1001" || kept[0].Row != 2 ||
		kept[1].Said != "Amber" || kept[1].TrackerSays != "Not known" {
		t.Fatalf("%+v", kept)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, disagrees.ID, disagrees.Version); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"T1 P. Shah Red", "T2 R. Hale Amber"}, rows(t, d, workersAndRatings)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`allocated_worker "P. Shah" "T. Wren"`, `rag "Amber" null`}, rows(t, d, standing)); diff != "" {
		t.Error("the file's value was lost, or the rating it agrees with still stands:\n", diff)
	}

	agrees := stage(t, d, keptHeading+"T1,Rosa,Walker,04/03/2009,P. Shah,Red\nT2,Ben,Khan,05/03/2009,R. Hale,Amber\n")
	if agrees.KeptCount != 0 || agrees.UnchangedCount != 2 {
		t.Errorf("%+v", agrees)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, agrees.ID, agrees.Version); err != nil {
		t.Fatal(err)
	}
	if left := rows(t, d, standing); len(left) != 0 {
		t.Errorf("still kept: %v", left)
	}
	if trail := rows(t, d, `select count(*) from audit_entry where action = 'tracker.kept_values_released'`); trail[0] != "2" {
		t.Errorf("%s releases in the trail", trail[0])
	}
}

// A clerk who knows that the tracker is right must be able to say so, for one value and not the other.
func TestAClerkMayChooseTheFilesValue(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Green\n"), tracker.ImportOptions{})
	say(t, d, meet(t, d), "T1", map[tracker.Field]any{tracker.AllocatedWorker: "P. Shah", tracker.RAG: "Red"})
	staged := stage(t, d, keptHeading+"T1,Rosa,Walker,04/03/2009,T. Wren,Amber\n")
	kept := keptIn(t, d, staged.ID)
	if len(kept) != 2 || staged.UnchangedCount != 1 {
		t.Fatalf("%+v %+v", staged, kept)
	}
	chosen, err := storeOf(d).ChooseKept(t.Context(), importer, staged.ID, staged.Version, true, kept[0].ID)
	if err != nil || chosen.KeptCount != 1 || chosen.ChangedCount != 1 || chosen.Version != staged.Version+1 {
		t.Fatalf("%+v %v", chosen, err)
	}
	if _, err := storeOf(d).ChooseKept(t.Context(), importer, staged.ID, staged.Version, false); !fault.Is(err, fault.Stale) {
		t.Errorf("chosen on a preview nobody sees any more: %v", err)
	}
	if back, err := storeOf(d).ChooseKept(t.Context(), importer, staged.ID, chosen.Version, false); err != nil || back.KeptCount != 2 || back.UnchangedCount != 1 {
		t.Errorf("taken back: %+v %v", back, err)
	}
	if chosen, err = storeOf(d).ChooseKept(t.Context(), importer, staged.ID, chosen.Version+1, true, kept[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := storeOf(d).ConfirmHere(t.Context(), importer, staged.ID, chosen.Version); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"T1 T. Wren Red"}, rows(t, d, workersAndRatings)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`rag "Red" "Amber"`}, rows(t, d, standing)); diff != "" {
		t.Error(diff)
	}
	undo(t, d, staged.ID)
	if diff := cmp.Diff([]string{"T1 P. Shah Red"}, rows(t, d, workersAndRatings)); diff != "" {
		t.Error("undone: ", diff)
	}
	if diff := cmp.Diff([]string{`allocated_worker "P. Shah" "R. Hale"`, `rag "Red" "Green"`}, rows(t, d, standing)); diff != "" {
		t.Error("undone: ", diff)
	}
}

// The list to key back is typed into a case system by somebody: a wrong line there is a wrong record.
func TestChangesToKeyBackAreTextWithTheirMeeting(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, keptHeading+"T1,Rosa,Walker,04/03/2009,R. Hale,Green\n"), tracker.ImportOptions{})
	say(t, d, meet(t, d), "T1", map[tracker.Field]any{tracker.AllocatedWorker: `=HYPERLINK("https://example.org")`, tracker.SupportPlan: "2026-11-20", tracker.WeeklyCost: int64(120450)})
	file, err := storeOf(d).ChangesToKey(t.Context(), importer)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	lines, err := book.GetRows("Changes to key back")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Person reference", "Name", "Case", "What to change", "Change it to", "The tracker says", "Meeting", "Meeting date", "Written down by"},
		{"T1", "Rosa Walker", "Q1001", "Allocated worker (“SW” in the tracker)", `=HYPERLINK("https://example.org")`, "R. Hale", "North locality", "26 November 2026"},
		{"T1", "Rosa Walker", "Q1001", "Support plan", "20 November 2026", "Not known", "North locality", "26 November 2026"},
		{"T1", "Rosa Walker", "Q1001", "Weekly cost", "£1,204.50", "Not known", "North locality", "26 November 2026"},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if formula, err := book.GetCellFormula("Changes to key back", "E2"); err != nil || formula != "" {
		t.Errorf("a formula: %q %v", formula, err)
	}
	if kind, err := book.GetCellType("Changes to key back", "E2"); err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
		t.Errorf("cell type %v %v", kind, err)
	}
}
