package documents

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// People chase each other from this sheet: a row that moved a column, or a day that is text and sorts as text,
// sends them after the wrong thing.
func TestTheActionsWorkbookSaysWhatTheTrackerSays(t *testing.T) {
	t.Parallel()
	today := clock.MustDate("2026-12-08")
	done := clock.MustDate("2026-12-04").At(16, 30)
	met := clock.MustDate("2026-11-24").At(10, 0)
	line := func(a room.Action) room.ActionLine { return room.ActionLine{Action: a, Forum: "MAPaC", StartsAt: met} }
	lines := []room.ActionLine{
		line(room.Action{Text: "Send the referral", Owner: "Ann Bell and Ben Dale", Agency: "Adult social care", DueOn: clock.MustDate("2026-12-01")}),
		line(room.Action{Text: "=HYPERLINK(\"x\")", Owner: "Hal Hart", DueOn: clock.MustDate("2026-12-20")}),
		line(room.Action{Text: "Book the room", Owner: "Eve Lane", DueOn: clock.MustDate("2026-12-03"), DoneAt: &done, DoneText: "Booked"}),
	}
	lines[0].ItemNumber, lines[0].CaseNumber, lines[0].Latest, lines[0].Moved = "3", 1042, "Asked twice", 1
	file, err := ActionsWorkbook(lines, today)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Actions")
	if err != nil || len(rows) != len(lines)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	cell := func(line int, heading string) string {
		t.Helper()
		for i, name := range rows[0] {
			if name == heading && i < len(rows[line]) {
				return rows[line][i]
			}
		}
		return ""
	}
	for line, want := range map[int]map[string]string{
		1: {
			"Action": "Send the referral", "Owners": "Ann Bell and Ben Dale", "Agency": "Adult social care", "Due": "1 December 2026", "State": "Overdue", "Days overdue": "7",
			"Forum": "MAPaC", "Meeting": "24 November 2026", "Item": "3", "Case": "Q1042", "Latest progress": "Asked twice", "Times the day moved": "1", "Done on": "", "What was done": "",
		},
		2: {"Action": "'=HYPERLINK(\"x\")", "Agency": "", "State": "Due", "Days overdue": "0", "Case": "", "Times the day moved": "0"},
		3: {"State": "Done", "Days overdue": "0", "Done on": "4 December 2026", "What was done": "Booked"},
	} {
		for heading, says := range want {
			if got := cell(line, heading); got != says {
				t.Errorf("row %d, %s: %q, want %q", line, heading, got, says)
			}
		}
	}
	due, err := book.GetCellValue("Actions", "D2", excelize.Options{RawCellValue: true})
	if err != nil || due != excelDay(t, clock.MustDate("2026-12-01")) {
		t.Errorf("the day is kept as %q, %v: it does not sort as a day", due, err)
	}
	if formula, err := book.GetCellFormula("Actions", "A3"); err != nil || formula != "" {
		t.Errorf("what was typed became the formula %q, %v", formula, err)
	}
}

// excelDay is a day as a spreadsheet counts it, from the last day of 1899.
func excelDay(t *testing.T, day clock.Date) string {
	t.Helper()
	at := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
	return strconv.Itoa(int(at.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24))
}
