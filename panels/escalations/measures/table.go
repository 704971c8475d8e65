package measures

import (
	"fmt"

	"quorate/server/base/money"
)

// A Table is a reading as rows and columns: the page, the files and the chart all show it.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	Totals  [][]Cell
}

// Column is a heading, and what stands under it.
type Column struct {
	Heading string
	Kind    Kind
}

// Kind says how a value is written.
type Kind uint8

// The kinds.
const (
	Words   Kind = iota
	Number       // a count
	Pence        // money
	Percent      // tenths of a per cent
	Average      // tenths
)

// Cell is a value, or words where there is none to tell.
type Cell struct {
	Kind Kind
	N    int64
	Text string // as people read it
	Row  string // of the list behind it; "" when none is
	Part int    // of that list; -1 all
}

func words(text string) Cell { return Cell{Text: text, Part: -1} }

func number(n int) Cell { return Cell{Kind: Number, N: int64(n), Text: commas(n), Part: -1} }

func pounds(pence int64) Cell {
	return Cell{Kind: Pence, N: pence, Text: money.Pounds(pence), Part: -1}
}

// Table is the reading as a table.
func (r Reading) Table() Table {
	t := Table{Columns: r.columns()}
	for _, row := range r.Rows {
		t.Rows = append(t.Rows, r.cells(row, true))
	}
	if r.Total.Name == "" {
		return t
	}
	t.Totals = append(t.Totals, r.cells(r.Total, false))
	if r.years {
		t.Totals = append([][]Cell{r.cells(r.Before, false)}, t.Totals...)
	}
	return t
}

func (r Reading) columns() []Column {
	columns := []Column{{Heading: r.Heading}}
	switch r.Shape {
	case Share:
		columns = append(columns, Column{r.Whole, Number}, Column{r.Parts[0], Number}, Column{"Per cent", Percent})
	case Count:
		columns = append(columns, Column{r.Parts[0], Number})
		if r.Key == SourcesYear {
			columns = append(columns, Column{"Average a month", Average})
		}
	case Spread:
		for _, part := range r.Parts {
			columns = append(columns, Column{part, Number})
		}
		columns = append(columns, Column{r.Whole, Number})
		if r.Amount != "" {
			columns = append(columns, Column{r.Amount, Number})
		}
	case Bands:
		columns = append(columns, Column{"People", Number}, Column{"A week", Pence}, Column{"Share of the cost", Percent}, Column{"A year", Pence})
	case Money:
		columns = append(columns, Column{"People", Number}, Column{"A week", Pence}, Column{"A year", Pence})
	}
	return columns
}

// cells are a row of the table; of a total, listed is false, since no one list stands behind it.
func (r Reading) cells(row Row, listed bool) []Cell {
	cells := []Cell{words(row.Name)}
	if row.Missing != "" {
		return append(cells, words("Cannot be judged"))
	}
	add := func(c Cell, part int) {
		if row.Held {
			c = Cell{Text: heldWords, Part: -1}
		} else if listed && r.Lists && c.Kind == Number && c.N > 0 {
			c.Row, c.Part = row.Key, part
		}
		cells = append(cells, c)
	}
	sums := !r.board || !r.People || r.tellsSum()
	switch r.Shape {
	case Share:
		if row.Held && !listed && row.N() >= few { // its parts are held back; that there were so many is not
			cells = append(cells, number(row.N()))
		} else {
			add(number(row.N()), -1)
		}
		add(number(row.Counts[0]), 0)
		cells = append(cells, r.percentCell(row))
	case Count:
		add(number(row.N()), -1)
		if r.Key == SourcesYear {
			add(Cell{Kind: Average, N: int64((row.N()*20 + 12) / 24), Text: perMonth(row.N(), 12), Part: -1}, -1)
		}
	case Spread:
		for p, n := range row.Counts {
			add(number(n), p)
		}
		add(number(row.N()), -1)
		if r.Amount != "" {
			cells = append(cells, number(int(row.Amount)))
		}
	case Bands, Money:
		add(number(row.N()), -1)
		week, share := pounds(row.Amount), Cell{Kind: Percent, N: int64(shareOf(row.Amount, r.Total.Amount)), Part: -1}
		share.Text = percentTenths(int(share.N))
		year := pounds(row.Amount * weeks)
		if r.Shape == Bands {
			year = pounds(nearestPound(row.Amount * weeks))
		}
		if !listed && !sums {
			week, year, share = words(heldWords), words(heldWords), words(heldWords)
		}
		if !sums {
			share = words(heldWords)
		}
		add(week, -1)
		if r.Shape == Bands {
			add(share, -1)
		}
		add(year, -1)
	}
	return cells
}

func (r Reading) percentCell(row Row) Cell {
	if row.Held || row.N() == 0 {
		if listedHeld := row.Held && row.Name != r.Total.Name && row.Name != r.Before.Name; listedHeld {
			return words(heldWords)
		}
		return words(r.Percent(row))
	}
	return Cell{Kind: Percent, N: int64(row.tenths()), Text: percent(row.tenths()), Part: -1}
}

// DaysWords are the days a measure looks at: "1 November 2025 to 31 October 2026".
func (r Reading) DaysWords() string {
	if r.From == r.To {
		return r.AsAt.Long()
	}
	return fmt.Sprintf("%s to %s", r.From.Long(), r.To.Long())
}
