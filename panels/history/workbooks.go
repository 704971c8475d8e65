package history

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Template is a workbook to fill in: a sheet for each kind with its headings and example rows, which
// are left out when it is read, and notes on every column.
func Template() ([]byte, error) {
	w, err := newWriter()
	if err != nil {
		return nil, err
	}
	for _, kind := range SheetKinds {
		w.sheet(kind.Title())
		var headings []string
		var examples [2][]string
		for _, c := range specs[kind].columns {
			headings = append(headings, c.heading)
			for i := range examples {
				examples[i] = append(examples[i], c.examples[i])
			}
		}
		w.heading(headings...)
		w.row(examples[0]...)
		w.row(examples[1]...)
	}
	w.sheet("Notes")
	w.heading("Sheet", "Column", "Needed", "What goes in it")
	for _, kind := range SheetKinds {
		for _, c := range specs[kind].columns {
			needed := "Optional"
			if c.required {
				needed = "Yes"
			}
			w.row(kind.Title(), c.heading, needed, c.note)
		}
	}
	w.row("")
	w.row("Dates may be real dates or text with the day first. n/a, TBC and a dash say nothing. Rows that begin with “Example:” are left out.")
	w.row("An administrator brings people and seats. Past decisions and open actions are brought by the clerk of each forum.")
	return w.bytes()
}

// ProblemsWorkbook lists everything wrong in a file, to mend it by. What the file said is put in as
// text that no spreadsheet takes for a formula.
func ProblemsWorkbook(problems []Problem) ([]byte, error) {
	w, err := newWriter()
	if err != nil {
		return nil, err
	}
	w.sheet("What to mend")
	w.heading("Sheet", "Row", "Column", "What the file says", "What is wrong, and how to mend it", "What happens")
	for _, p := range problems {
		what := "The row comes in"
		if p.Error {
			what = "The row is left out"
		}
		w.row(p.Sheet.Title(), strconv.Itoa(p.Row), p.Column, p.Value, p.Problem, what)
	}
	return w.bytes()
}

// writer fills a workbook row by row and keeps the first error.
type writer struct {
	book        *excelize.File
	bold, plain int
	name        string
	at          int
	err         error
}

func newWriter() (*writer, error) {
	w := &writer{book: excelize.NewFile()}
	var err error
	if w.bold, err = w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return nil, err
	}
	w.plain, err = w.book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // 49: text
	return w, err
}

func (w *writer) sheet(name string) {
	if w.name == "" {
		w.keep(w.book.SetSheetName(w.book.GetSheetName(0), name))
	} else {
		_, err := w.book.NewSheet(name)
		w.keep(err)
	}
	w.name, w.at = name, 0
	w.keep(w.book.SetColWidth(name, "A", "L", 24))
	w.keep(w.book.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

func (w *writer) heading(cells ...string) { w.write(w.bold, cells) }
func (w *writer) row(cells ...string)     { w.write(w.plain, cells) }

func (w *writer) write(style int, cells []string) {
	w.at++
	for i, text := range cells {
		cell, err := excelize.CoordinatesToCellName(i+1, w.at)
		w.keep(err)
		w.keep(w.book.SetCellStr(w.name, cell, harmless(text)))
		w.keep(w.book.SetCellStyle(w.name, cell, cell, style))
	}
}

func (w *writer) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) bytes() ([]byte, error) {
	defer w.book.Close()
	if w.err != nil {
		return nil, w.err
	}
	file, err := w.book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// harmless keeps text from being taken for a formula, also once the workbook is saved as CSV and
// opened again.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
