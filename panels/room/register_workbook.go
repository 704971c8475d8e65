package room

import (
	"bytes"
	"strings"

	"github.com/xuri/excelize/v2"

	"quorate/server/base/clock"
)

func correctionWords(corrections []Correction) string {
	texts := make([]string, len(corrections))
	for i, c := range corrections {
		texts[i] = c.Words()
	}
	return strings.Join(texts, "\n")
}

func settledWords(settled []Settlement) string {
	texts := make([]string, len(settled))
	for i, s := range settled {
		texts[i] = s.Line()
	}
	return strings.Join(texts, "\n")
}

// RegisterWorkbook is a register of decisions as a workbook: days as days and money as money, so that
// they sort and add up; every word is text, so that none is taken for a formula.
func RegisterWorkbook(forum string, lines []RegisterLine) ([]byte, error) {
	book := excelize.NewFile()
	sheet := "Decisions"
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return nil, err
	}
	style := func(s excelize.Style) (id int, err error) { return book.NewStyle(&s) }
	bold, err := style(excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	dayFormat, poundFormat := "d mmmm yyyy", "£#,##0.00"
	day, err := style(excelize.Style{CustomNumFmt: &dayFormat})
	if err != nil {
		return nil, err
	}
	pounds, err := style(excelize.Style{CustomNumFmt: &poundFormat})
	if err != nil {
		return nil, err
	}
	text, err := style(excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, err
	}
	rows, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	for i, width := range []float64{22, 18, 24, 8, 10, 26, 40, 44, 14, 14, 18, 18, 14, 60, 60} {
		if err := rows.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	words := func(value string) excelize.Cell { return excelize.Cell{StyleID: text, Value: value} }
	on := func(d clock.Date) any {
		if d.IsZero() {
			return nil
		}
		return excelize.Cell{StyleID: day, Value: d.Start()}
	}
	money := func(pence int64) excelize.Cell { return excelize.Cell{StyleID: pounds, Value: float64(pence) / 100} }
	headings := []any{}
	for _, heading := range []string{"Forum", "Meeting", "How it was made", "Item", "Case", "Outcome", "How it stands", "Ratification", "A week", "Once", "Starts", "Review", "Conditions", "Corrections", "Disputes"} {
		headings = append(headings, excelize.Cell{StyleID: bold, Value: heading})
	}
	if err := rows.SetRow("A1", headings); err != nil {
		return nil, err
	}
	for i, line := range lines {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return nil, err
		}
		err = rows.SetRow(at, []any{
			words(forum), on(clock.DateOf(line.StartsAt)), words(line.KindWords()), words(line.ItemNumber), words(line.Reference()), words(line.Outcome.Words()), words(line.StandingWords()),
			words(line.RatificationWords(line.Outcome)),
			money(line.WeeklyPence), money(line.OneOffPence), on(line.StartOn), on(line.ReviewOn), words(line.ConditionWords()), words(correctionWords(line.Corrections)), words(settledWords(line.Settled)),
		})
		if err != nil {
			return nil, err
		}
	}
	if err := rows.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = book.Write(&out)
	return out.Bytes(), err
}
