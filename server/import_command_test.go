package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

const oddTracker = "TRANSITIONS TRACKER;;;;;\n;;;;;\nMosaic ID;Name;D.O.B;Patch;Lives at;EHC Plan?\n" +
	"M1;Ann Example;04/03/09;Nth;Foster care;see notes\nM2;Ben Example;31/02/2009;North;;Y\nM3;Cal Example;05/03/2009;North;;Y\nTOTAL;;;;;\n"

// commandRun imports a file as the command does.
func commandRun(t *testing.T, store tracker.Store, file string, dryRun bool, mapping importMapping) (importResult, error) {
	t.Helper()
	content, err := tracker.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	book, err := tracker.Open(file, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	command := importCommand{File: file, DryRun: dryRun}
	return command.importBook(t.Context(), store, book, content, mapping)
}

// An office that schedules the command must be told what the pages would have told it.
func TestTheCommandCountsWhatTheWizardCounts(t *testing.T) {
	t.Parallel()
	odd := filepath.Join(t.TempDir(), "odd.csv")
	if err := os.WriteFile(odd, []byte(oddTracker), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"../agendas/tracker/testdata/tracker-385.csv", "../agendas/tracker/testdata/tracker-231.xlsx", odd} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			d, _ := dbtest.NewAt(t)
			store, ctx, clerk := tracker.Store{DB: d, Files: files.InMemory()}, context.Background(), access.System("wizard")
			said, err := commandRun(t, store, file, true, importMapping{})
			if err != nil {
				t.Fatal(err)
			}
			content, err := tracker.LoadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			chosen, err := store.Upload(ctx, clerk, filepath.Base(file), bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := store.OpenFile(ctx, clerk, chosen.ID)
			if err != nil {
				t.Fatal(err)
			}
			look, err := opened.Book.LookAs(opened.Choice())
			if err != nil {
				t.Fatal(err)
			}
			columns := map[string]tracker.Field{}
			for _, column := range look.Columns {
				columns[column.Letter] = column.Field
			}
			next, err := store.MatchColumns(ctx, clerk, opened, columns)
			if err != nil {
				t.Fatal(err)
			}
			if next == tracker.AskWords { // left as they are, as the command leaves them
				if _, err := store.StartReading(ctx, clerk, chosen.ID); err != nil {
					t.Fatal(err)
				}
			}
			if err := store.ReadFile(ctx, tracker.FileToRead{Import: chosen.ID}); err != nil {
				t.Fatal(err)
			}
			progress, err := store.Progress(ctx, clerk, chosen.ID)
			if err != nil {
				t.Fatal(err)
			}
			i := progress.Import
			wizard := []int{i.NewCount, i.ChangedCount, i.UnchangedCount, i.AbsentCount, i.WarningCount, i.ErrorCount, i.ErrorRowCount}
			command := []int{said.New, said.Changed, said.Unchanged, said.Absent, len(said.Warnings), len(said.Errors), said.ErrorRows}
			if diff := cmp.Diff(wizard, command); diff != "" {
				t.Errorf("wizard and command differ:\n%s", diff)
			}
		})
	}
}

// What guessing cannot find is said once in a file, and a slip in that file is told and never passed over.
func TestAMappingFixesWhatCannotBeGuessed(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	store := tracker.Store{DB: d, Files: files.InMemory()}
	folder := t.TempDir()
	odd := filepath.Join(folder, "odd.csv")
	if err := os.WriteFile(odd, []byte(oddTracker), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped := func(content string) (importMapping, error) {
		path := filepath.Join(folder, "mapping.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return readMapping(path)
	}
	guessed, err := commandRun(t, store, odd, true, importMapping{})
	if err != nil {
		t.Fatal(err)
	}
	if guessed.HeadingRow != 3 || !strings.Contains(strings.Join(guessed.Ignored, ";"), "Lives at") || len(guessed.UnknownWords) != 1 || guessed.UnknownWords[0] != (importWord{tracker.EHCP, "see notes", 1}) {
		t.Errorf("guessed: row %d, ignored %v, unknown %v", guessed.HeadingRow, guessed.Ignored, guessed.UnknownWords)
	}
	mapping, err := mapped(`{"heading_row": 3, "columns": {"lives at": "Placement", "D": ""}, "values": {"ehcp": {"See notes": "No"}}}`)
	if err != nil {
		t.Fatal(err)
	}
	done, err := commandRun(t, store, odd, false, mapping)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]tracker.Field{}
	for _, column := range done.Columns {
		read[column.Letter] = column.Field
	}
	want := map[string]tracker.Field{"A": tracker.PersonReference, "B": tracker.FullName, "C": tracker.DateOfBirth, "E": tracker.Placement, "F": tracker.EHCP}
	if diff := cmp.Diff(want, read); diff != "" || done.New != 2 || done.ErrorRows != 1 || len(done.UnknownWords) != 0 {
		t.Errorf("new %d, rows left out %d, unknown %v, columns:\n%s", done.New, done.ErrorRows, done.UnknownWords, diff)
	}
	again, err := commandRun(t, store, odd, true, importMapping{})
	if err != nil || again.Unchanged != 2 || again.Changed != 0 || len(again.UnknownWords) != 0 {
		t.Errorf("remembered without the mapping: %+v, %v", again, err)
	}

	for content, says := range map[string]string{
		`{"colums": {}}`:                              "unknown field",
		`{"columns": {"Shoe size": ""}}`:              "which row 3 of the file does not have",
		`{"columns": {"Lives at": "address"}}`:        "which is no field",
		`{"values": {"shoes": {"4": "5"}}}`:           "which is no field",
		"{\n\"sheet\": \"odd.csv\",\n\"columns\": [}": "line 3",
		`{"heading_row": 5000}`:                       "The headings cannot be in row 5000",
	} {
		mapping, err := mapped(content)
		if err == nil {
			_, err = commandRun(t, store, odd, true, mapping)
		}
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, says) {
			t.Errorf("%s: %v, want words with %q", content, err, says)
		}
	}
}

// Other programs read the JSON: each name is there, and a list is a list when it is empty.
func TestTheJSONHasEveryName(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	result, err := commandRun(t, tracker.Store{DB: d, Files: files.InMemory()}, "../agendas/tracker/testdata/tracker-385.csv", true, importMapping{})
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := result.printJSON(&printed); err != nil {
		t.Fatal(err)
	}
	var said map[string]json.RawMessage
	if err := json.Unmarshal(printed.Bytes(), &said); err != nil {
		t.Fatal(err)
	}
	help := importCommand{}.Help()
	for name, value := range said {
		if string(value) == "null" || !strings.Contains(help, name) {
			t.Errorf("%s is %s, and the help must name it", name, value)
		}
	}
	if len(said) != 16 {
		t.Errorf("%d names: %s", len(said), printed.String()[:200])
	}
}
