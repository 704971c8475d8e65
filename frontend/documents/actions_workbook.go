package documents

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// actionColumns are the columns of the action tracker as a workbook. A young person is their case number.
var actionColumns = []struct {
	heading string
	width   float64
}{
	{"Action", 60}, {"Owners", 28}, {"Agency", 24}, {"Due", 14}, {"State", 14}, {"Days overdue", 10}, {"Forum", 28}, {"Meeting", 14}, {"Item", 8}, {"Case", 10},
	{"Latest progress", 50}, {"Times the day moved", 10}, {"Done on", 14}, {"What was done", 50},
}

// ActionsWorkbook is the action tracker as one sheet: days are days, so that they sort and filter, and
// what people typed is text that no spreadsheet takes for a formula.
func ActionsWorkbook(lines []room.ActionLine, today clock.Date) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	const sheet = "Actions"
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return nil, err
	}
	day, text := "d mmmm yyyy", 49 // 49: "@", text
	head, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	words, err := book.NewStyle(&excelize.Style{NumFmt: text, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	days, err := book.NewStyle(&excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	rows, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	for i, column := range actionColumns {
		if err := rows.SetColWidth(i+1, i+1, column.width); err != nil {
			return nil, err
		}
	}
	if err := rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	said := func(s string) any { return excelize.Cell{StyleID: words, Value: noFormula(s)} }
	number := func(n int) any { return excelize.Cell{StyleID: words, Value: n} }
	on := func(d clock.Date) any {
		if d.IsZero() {
			return nil
		}
		return excelize.Cell{StyleID: days, Value: time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)}
	}
	headings := make([]any, len(actionColumns))
	for i, column := range actionColumns {
		headings[i] = excelize.Cell{StyleID: head, Value: column.heading}
	}
	if err := rows.SetRow("A1", headings); err != nil {
		return nil, err
	}
	for i, line := range lines {
		var doneOn clock.Date
		if line.DoneAt != nil {
			doneOn = clock.DateOf(*line.DoneAt)
		}
		state := line.State(today)
		late := 0
		if state == room.ActionOverdue {
			late = line.DueOn.DaysUntil(today)
		}
		err := rows.SetRow(fmt.Sprintf("A%d", i+2), []any{
			said(line.Text), said(line.Owner), said(line.Agency), on(line.DueOn), said(stateWords[state]), number(late),
			said(line.Forum), on(clock.DateOf(line.StartsAt)), said(line.ItemNumber), said(line.Reference()),
			said(line.Latest), number(line.Moved), on(doneOn), said(line.DoneText),
		})
		if err != nil {
			return nil, err
		}
	}
	if err := rows.Flush(); err != nil {
		return nil, err
	}
	if err := book.AutoFilter(sheet, fmt.Sprintf("A1:N%d", len(lines)+1), nil); err != nil {
		return nil, err
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

var stateWords = map[room.ActionState]string{room.ActionOverdue: "Overdue", room.ActionDue: "Due", room.ActionDone: "Done"}

// noFormula keeps what was typed from being taken for a formula, also once the workbook is saved as CSV and
// opened again.
func noFormula(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
