package tracker

import (
	"strings"
	"testing"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
)

// A new case's history is written while the file is read, or from its row when it was compared again: both
// must say the same, or two young people of one file have different pasts.
func TestAHistoryBeginsTheSameFromTheFileAndFromTheRow(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	s := Store{DB: d, Files: files.InMemory()}
	job := access.System("test")
	sample, err := LoadFile("testdata/tracker-385.csv")
	if err != nil {
		t.Fatal(err)
	}
	const awkward = "Ref,Forename,Surname,DoB,EHCP,Weekly cost,Notes,Support plan agreed\n" +
		"T1,Zoë,\"O'Shea \"\"Jo\"\"\",04/03/2009,Y,1204.50,\"a\nb\tc \\ <d> & é 😀\",\nT2,Ben,Khan,05/03/2009,,,,01/02/2026\n"
	for name, content := range map[string]string{"sample": string(sample), "awkward": awkward} {
		chosen, err := s.Upload(t.Context(), job, name+".csv", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		staged, err := s.ReadHere(t.Context(), job, chosen.ID)
		if err != nil {
			t.Fatal(err)
		}
		var rows, differing int
		err = d.Read(t.Context(), job, func(tx db.Tx) error {
			return tx.Raw(`select count(*), count(*) filter (where changes is distinct from `+beginningOf(staged.supplied())+`)
				from tracker_import_row a where import_id = ?`, staged.ID).Row().Scan(&rows, &differing)
		})
		if err != nil || rows != staged.NewCount || rows == 0 || differing != 0 {
			t.Errorf("%s: %d of %d rows differ, %v", name, differing, rows, err)
		}
	}
}
