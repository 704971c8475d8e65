package documents

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"quorate/panels/escalations"
)

// A theme that begins like a formula must not run in somebody's spreadsheet.
func TestABlockersThemeIsNoFormulaInExcel(t *testing.T) {
	t.Parallel()
	weekly := int64(120450)
	file, err := BlockersWorkbook([]escalations.BlockerRow{{Blocker: escalations.Blocker{
		Number: 14, Kind: escalations.Housing, Theme: `=HYPERLINK("https://example.org")`, Needed: "+1", WeeklyPence: &weekly, YoungPeople: 3,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for cell, want := range map[string]string{"A2": "B14", "C2": `'=HYPERLINK("https://example.org")`, "D2": "'+1", "F2": "3", "N2": "£1,204.50"} {
		if got, err := book.GetCellValue("Blockers", cell); err != nil || got != want {
			t.Errorf("%s holds %q, want %q: %v", cell, got, want, err)
		}
	}
}
