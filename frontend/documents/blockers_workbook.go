package documents

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"quorate/panels/escalations"
	"quorate/server/base/clock"
)

// BlockersWorkbook is a list of blockers as one sheet: days are days and money is money, so that they sort and add
// up, and what people typed is text that no spreadsheet takes for a formula. A young person is their case number.
func BlockersWorkbook(list []escalations.BlockerRow) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	const sheet = "Blockers"
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return nil, err
	}
	dayFormat, poundFormat := "d mmmm yyyy", "£#,##0.00"
	styles := make([]int, 4)
	for i, style := range []*excelize.Style{
		{Font: &excelize.Font{Bold: true}}, {NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
		{CustomNumFmt: &dayFormat, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top"}}, {CustomNumFmt: &poundFormat},
	} {
		id, err := book.NewStyle(style)
		if err != nil {
			return nil, err
		}
		styles[i] = id
	}
	rows, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	headings := []any{}
	for i, column := range []struct {
		heading string
		width   float64
	}{
		{"Blocker", 10}, {"Kind", 26}, {"Theme", 36}, {"What is needed", 50}, {"Case", 10}, {"Young people", 10}, {"Forum", 30}, {"Level", 30}, {"At it since", 18},
		{"Goes up on", 18}, {"Owner", 26}, {"Needed by", 18}, {"Put off until", 18}, {"Money a week", 14}, {"Raised on", 18}, {"Age in days", 10}, {"Resolved on", 18},
	} {
		if err := rows.SetColWidth(i+1, i+1, column.width); err != nil {
			return nil, err
		}
		headings = append(headings, excelize.Cell{StyleID: styles[0], Value: column.heading})
	}
	if err := rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	if err := rows.SetRow("A1", headings); err != nil {
		return nil, err
	}
	said := func(s string) any { return excelize.Cell{StyleID: styles[1], Value: noFormula(s)} }
	on := func(d clock.Date) any {
		if d.IsZero() {
			return nil
		}
		return excelize.Cell{StyleID: styles[2], Value: time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)}
	}
	pounds := func(pence *int64) any {
		if pence == nil {
			return nil
		}
		return excelize.Cell{StyleID: styles[3], Value: float64(*pence) / 100}
	}
	for i, b := range list {
		err := rows.SetRow(fmt.Sprintf("A%d", i+2), []any{
			said(b.Reference()), said(b.Kind.Words()), said(b.Theme), said(b.Needed), said(b.CaseReference()), b.YoungPeople, said(b.ForumName), said(b.LevelName),
			on(b.LevelSince), on(b.RisesOn), said(b.OwnerName), on(b.NeededBy), on(b.SnoozedUntil), pounds(b.WeeklyPence), on(b.RaisedOn()), b.AgeDays, on(b.ResolvedOn()),
		})
		if err != nil {
			return nil, err
		}
	}
	if err := rows.Flush(); err != nil {
		return nil, err
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
