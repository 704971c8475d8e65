package documents

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"quorate/panels/escalations/measures"
	"quorate/server/base/clock"
)

// measureFacts are a measure in words, as every file of it says them above its table.
func measureFacts(whose string, r measures.Reading) [][2]string {
	facts := [][2]string{{"Measure", r.Name}, {"Figures of", whose}, {"As at", r.AsAt.Long()}}
	add := func(name, said string) {
		if said != "" {
			facts = append(facts, [2]string{name, said})
		}
	}
	if r.Judged() {
		add("Finding", r.Finding)
		add("Change", r.Change)
	} else {
		add("Finding", r.CannotBeJudged())
	}
	add("Days", r.DaysWords())
	add("What is counted", r.Counted)
	add("Over whom", r.Over)
	add("By when", r.By)
	add("Left out", r.LeftOut)
	add("Rounding", r.Rounded)
	if r.Target != nil {
		add("Target", r.Target.Words())
	}
	for _, stated := range r.History {
		add("Published", stated.Line())
	}
	add("Comparing", r.Compare)
	for _, note := range r.Notes() {
		add("Note", note)
	}
	return facts
}

// measureRows are its table, with what stands beside it at the end.
func measureRows(r measures.Reading) [][]measures.Cell {
	if !r.Judged() {
		return nil
	}
	table := r.Table()
	rows := append(table.Rows, table.Totals...)
	for _, aside := range r.Asides {
		value := measures.Cell{Kind: measures.Number, N: int64(aside.N), Text: aside.Words()}
		if aside.Held || aside.Missing != "" {
			value.Kind = measures.Words
		}
		rows = append(rows, []measures.Cell{{Text: "Beside the table: " + aside.Name}, value})
	}
	return rows
}

// MeasuresCSV is measures as text for any spreadsheet, one after the other: each says what it counts and as at
// which day. Figures are plain numbers; money is in pounds.
func MeasuresCSV(whose string, readings []measures.Reading) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff") // without it Excel takes the £ for two letters
	w := csv.NewWriter(&out)
	write := func(cells ...string) {
		for i, cell := range cells {
			if !isNumber(cell) {
				cells[i] = harmless(cell)
			}
		}
		_ = w.Write(cells) // a buffer takes all; Error below says otherwise
	}
	for i, r := range readings {
		if i > 0 {
			write("")
		}
		for _, fact := range measureFacts(whose, r) {
			write(fact[0], fact[1])
		}
		var headings []string
		for _, column := range r.Table().Columns {
			headings = append(headings, column.Heading+unitOf(column.Kind))
		}
		write(headings...)
		for _, row := range measureRows(r) {
			cells := make([]string, len(row))
			for j, cell := range row {
				cells[j] = plainFigure(cell)
			}
			write(cells...)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return out.Bytes(), nil
}

func unitOf(kind measures.Kind) string {
	switch kind {
	case measures.Pence:
		return " (£)"
	case measures.Percent:
		return " (%)"
	default:
		return ""
	}
}

// plainFigure is a figure as a spreadsheet reads it.
func plainFigure(cell measures.Cell) string {
	switch cell.Kind {
	case measures.Number:
		return fmt.Sprint(cell.N)
	case measures.Pence:
		return fmt.Sprintf("%.2f", float64(cell.N)/100)
	case measures.Percent, measures.Average:
		return fmt.Sprintf("%.1f", float64(cell.N)/10)
	default:
		return cell.Text
	}
}

// isNumber reports whether text is a figure of ours: a minus before digits begins no formula.
func isNumber(text string) bool {
	for i, letter := range text {
		if (letter < '0' || letter > '9') && letter != '.' && (letter != '-' || i > 0 || len(text) == 1) {
			return false
		}
	}
	return text != ""
}

// MeasuresExcel is the same as a workbook: a sheet of all findings, and one for each measure.
func MeasuresExcel(whose string, readings []measures.Reading) ([]byte, error) {
	b := newBook()
	if len(readings) > 1 {
		b.sheet("Measures", []string{"Measure", "Finding", "Change", "As at", "Figures of"})
		for _, r := range readings {
			finding := r.Finding
			if !r.Judged() {
				finding = r.CannotBeJudged()
			}
			b.row(r.Name, finding, r.Change, r.AsAt.Long(), whose)
		}
	}
	for _, r := range readings {
		var headings []string
		for _, column := range r.Table().Columns {
			headings = append(headings, column.Heading+unitOf(column.Kind))
		}
		b.sheet(sheetName(string(r.Key)), headings)
		for _, row := range measureRows(r) {
			cells := make([]any, len(row))
			for i, cell := range row {
				cells[i] = figure(cell)
			}
			b.row(cells...)
		}
		b.row("")
		for _, fact := range measureFacts(whose, r) {
			b.row(fact[0], fact[1])
		}
	}
	return b.bytes()
}

func figure(cell measures.Cell) any {
	switch cell.Kind {
	case measures.Number:
		return int(cell.N)
	case measures.Pence:
		return pounds(cell.N)
	case measures.Percent, measures.Average:
		return pounds(cell.N * 10) // two places serve a tenth as well
	default:
		return cell.Text
	}
}

// sheetName is a name that a workbook takes: at most 31 letters.
func sheetName(name string) string { return name[:min(len(name), 31)] }

// MeasuresFileName names a file of measures: never what is in it.
func MeasuresFileName(which string, asAt clock.Date, ending string) string {
	return which + "-" + asAt.String() + "." + ending
}
