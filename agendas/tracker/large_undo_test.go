package tracker_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
)

// A clerk who sees at once that the wrong file went in waits for this. Most of it is the check of every
// key that leads to a case. By hand, with how many people:
// UNDO_PEOPLE=100000 go test ./agendas/tracker -run TestUndoOfManyIsQuick -v
func TestUndoOfManyIsQuick(t *testing.T) {
	people, err := strconv.Atoi(os.Getenv("UNDO_PEOPLE"))
	if err != nil {
		people = 3_000
	}
	d := setup(t)
	file := func(worker string) string {
		var all strings.Builder
		all.WriteString("Ref,Forename,Surname,DoB,Locality,EHCP,Allocated worker,Weekly cost,RAG,Notes\n")
		for n := range people {
			fmt.Fprintf(&all, "T%06d,Rosa,Walker%d,%02d/0%d/20%02d,North,Y,%s,%d.50,Red,Seen in %d\n", n, n, 1+n%28, 1+n%9, 8+n%4, worker, 100+n%900, n)
		}
		return all.String()
	}
	s := storeOf(d)
	first := run(t, d, text(t, file("R. Hale")), tracker.ImportOptions{}).Import
	second := run(t, d, text(t, file("P. Shah")), tracker.ImportOptions{}).Import
	if first.NewCount != people || second.ChangedCount != people {
		t.Fatalf("%d new and %d changed", first.NewCount, second.ChangedCount)
	}
	for _, of := range []tracker.Import{second, first} {
		began := time.Now()
		err := d.Read(t.Context(), importer, func(tx db.Tx) error {
			forecast, err := tracker.ForecastUndo(tx, of, 50)
			if err == nil && (forecast.Goes != of.NewCount || forecast.Restored != of.ChangedCount || len(forecast.Stay) > 0) {
				t.Errorf("the page would say %+v", forecast)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("forecast in %s", time.Since(began).Round(10*time.Millisecond))
		if _, err := s.Undo(t.Context(), importer, of.ID); err != nil {
			t.Fatal(err)
		}
		began = time.Now()
		if err := s.UndoImport(t.Context(), tracker.ImportToUndo{Import: of.ID}); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		t.Logf("%d new and %d changed undone in %s", of.NewCount, of.ChangedCount, took.Round(10*time.Millisecond))
		if perPerson := took / time.Duration(people); perPerson > 4*time.Millisecond { // twenty times what it takes
			t.Errorf("%s a person", perPerson)
		}
	}
	if left := rows(t, d, `select count(*) from cases`); left[0] != "0" {
		t.Errorf("%s cases are left", left[0])
	}
}
