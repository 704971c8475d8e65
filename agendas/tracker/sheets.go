package tracker

import (
	"math"
	"strings"

	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// A Sheet is one sheet of a file, for whoever reads other things than a tracker out of it. It yields
// its rows in order; reading is bounded as it is for a tracker.
type Sheet struct {
	Name   string // "" in a CSV, which has one sheet without a name
	Hidden bool
	sheet  sheet
	system dateSystem
}

// Sheets are the sheets of the file, in its order.
func (w *Workbook) Sheets() []Sheet {
	sheets := make([]Sheet, len(w.sheets))
	for i, s := range w.sheets {
		sheets[i] = Sheet{Name: s.name, Hidden: s.hidden, sheet: s, system: w.system}
		if len(w.sheets) == 1 && s.name == w.Name {
			sheets[i].Name = ""
		}
	}
	return sheets
}

// Rows calls yield with each row's number, as the spreadsheet counts, and its cells, until it returns false.
func (s Sheet) Rows(yield func(number int, cells []Cell) bool) error {
	return s.sheet.rows(func(row sheetRow) bool {
		cells := make([]Cell, len(row.cells))
		for i, c := range row.cells {
			cells[i] = Cell{cell: c, system: s.system}
		}
		return yield(row.number, cells)
	})
}

// A Cell is one typed cell: a real date stays a day, a number a number.
type Cell struct {
	cell   cell
	system dateSystem
}

// Text is the cell as people see it, without what only says that nothing is known: "n/a", "TBC".
func (c Cell) Text() string {
	shown := strings.TrimSpace(c.Shown())
	if saysNothing(shown) {
		return ""
	}
	return shown
}

// Shown is the cell as people see it in the file.
func (c Cell) Shown() string { return c.cell.shown(c.system) }

// IsError reports whether the spreadsheet shows an error there, such as #N/A.
func (c Cell) IsError() bool { return c.cell.kind == errorCell }

// Date reads the cell as a day, text with the day first. It gives no day for a cell that says nothing,
// and a problem in words for one that is no day.
func (c Cell) Date(today clock.Date) (on clock.Date, problem string) {
	return dateReader{today: today, system: c.system}.read(c.cell, false)
}

// Flag reads Yes and No in their many spellings; nil is Not known.
func (c Cell) Flag() (flag *bool, problem string) {
	flag, problem = readFlag(c.cell, c.Shown())
	if problem != "" {
		problem = "This is neither Yes nor No. Enter Y or N."
	}
	return flag, problem
}

// Pence reads a weekly amount of pounds, or one paid once; nil is Not known.
func (c Cell) Pence(once bool) (pence *int64, problem string) {
	if once && c.cell.kind == numberCell && !c.cell.date && c.cell.number >= 0 && c.cell.number <= float64(money.Most)/100 {
		amount := int64(math.Round(c.cell.number * 100))
		return &amount, ""
	}
	if amount, err := money.Parse(c.Shown()); once && err == nil {
		return &amount, ""
	}
	if pence, problem = readPence(c.cell, c.Shown()); problem == "" {
		return pence, ""
	}
	sentence, _, _ := strings.Cut(problem, ", so it is")
	return nil, sentence + ". Enter pounds, like 1204.50."
}

// Reference reads a person reference, as the tracker's own rows give it.
func (c Cell) Reference() (reference, problem string) { return readReference(c.Shown()) }
