package tracker_test

import (
	"testing"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
)

// A clerk who tries many files must still be told which one the cases come from.
func TestTheLastImportIsFoundBehindFilesThatWereOnlyTried(t *testing.T) {
	t.Parallel()
	d := setup(t)
	run(t, d, text(t, "Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"), tracker.ImportOptions{})
	tried := stage(t, d, "Ref,Forename,Surname,DoB\nT2,Ben,Khan,05/03/2009\n")
	if err := storeOf(d).Abandon(t.Context(), importer, tried.ID); err != nil {
		t.Fatal(err)
	}
	err := d.Read(t.Context(), importer, func(tx db.Tx) error {
		last, err := tracker.LastImport(tx)
		if err != nil {
			return err
		}
		newest, err := tracker.ListImports(tx, 1)
		if last == nil || last.Status != tracker.Confirmed || last.NewCount != 1 || len(newest) != 1 || newest[0].ID != tried.ID {
			t.Errorf("the last import is %+v, the newest file %+v", last, newest)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
