package tracker

import (
	"github.com/xuri/excelize/v2"
)

// A textWorkbook is one sheet of text. Every cell is text by its type and by its format, so whatever it
// begins with, = + - or @, no spreadsheet takes it for a formula, nor makes a date of it.
type textWorkbook struct {
	book        *excelize.File
	rows        *excelize.StreamWriter
	bold, plain int
	at          int
}

func newTextWorkbook(sheet string, widths ...float64) (*textWorkbook, error) {
	w := &textWorkbook{book: excelize.NewFile()}
	err := w.book.SetSheetName(w.book.GetSheetName(0), sheet)
	if err == nil {
		w.bold, err = w.book.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	}
	if err == nil {
		w.plain, err = w.book.NewStyle(&excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{Vertical: "top"}})
	}
	if err == nil {
		w.rows, err = w.book.NewStreamWriter(sheet)
	}
	if err == nil {
		err = w.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	for i, width := range widths {
		if err == nil {
			err = w.rows.SetColWidth(i+1, i+1, width)
		}
	}
	return w, err
}

const textFormat = 49 // “@”

// row adds a row; the first is the headings.
func (w *textWorkbook) row(texts ...string) error {
	style := w.plain
	if w.at++; w.at == 1 {
		style = w.bold
	}
	cells := make([]any, len(texts))
	for i, text := range texts {
		if text != "" {
			cells[i] = excelize.Cell{StyleID: style, Value: text}
		}
	}
	at, err := excelize.CoordinatesToCellName(1, w.at)
	if err != nil {
		return err
	}
	return w.rows.SetRow(at, cells)
}

// bytes ends the workbook.
func (w *textWorkbook) bytes() ([]byte, error) {
	defer w.book.Close()
	if err := w.rows.Flush(); err != nil {
		return nil, err
	}
	written, err := w.book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return written.Bytes(), nil
}
