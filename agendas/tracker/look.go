package tracker

import (
	"slices"
	"strings"
)

// A Look is what a file holds, before anybody has said how to read it: its sheets, and for one of them
// the row of headings and what each column seems to be.
type Look struct {
	Sheets     []SheetLook
	Sheet      string // the one looked at
	HeadingRow int
	Guessed    bool // a row of headings was found; otherwise the first row with text stands in
	Columns    []ColumnLook
	Top        []RowLook // the sheet from its top past the row of headings, to choose that row by
	Preview    []RowLook // the first rows below the headings
	Missing    []Field   // fields every row must have that no column supplies yet
	Notices    []string
}

// A SheetLook is one of a file's sheets.
type SheetLook struct {
	Name   string
	Hidden bool
	Rows   int // that hold anything, or that it says it has when it is very large; 0 of the only sheet, which nobody has to choose
}

// A ColumnLook is a column and the field it seems to supply, "" for none.
type ColumnLook struct {
	Letter  string
	Heading string // "" when it has none
	Field   Field
	Hidden  bool
	Samples []string // up to three different values
}

// A RowLook is a row as the file shows it.
type RowLook struct {
	Number int
	Cells  []string
}

// How much of a file is shown.
const (
	sampleDepth = 200 // rows below the headings in which sample values are looked for
	samples     = 3
	sampleWords = 100 // letters of a cell shown
	topRows     = 12
	previewRows = 8
)

// Look guesses where the tracker is and what its columns are.
func (w *Workbook) Look() (Look, error) { return w.LookAs(Choice{}) }

// LookAs looks at the sheet and the row of headings chosen, and shows each column as it would be read.
func (w *Workbook) LookAs(choice Choice) (Look, error) {
	found, err := guessLayout(w, choice)
	if err != nil {
		return Look{}, err
	}
	look := Look{Guessed: found != nil}
	if found == nil {
		if found, err = w.anyLayout(choice); err != nil {
			return Look{}, err
		}
	}
	look.Sheet, look.HeadingRow, look.Missing = found.sheet.name, found.headingRow, found.missingRequired()
	for _, s := range w.sheets {
		rows := 0
		if len(w.sheets) > 1 {
			if rows, err = s.size(); err != nil {
				return Look{}, err
			}
		}
		look.Sheets = append(look.Sheets, SheetLook{Name: s.name, Hidden: s.hidden, Rows: rows})
	}
	return look, w.show(&look, found)
}

// anyLayout is the first row with text of the sheet chosen, or of the first that is not hidden.
func (w *Workbook) anyLayout(choice Choice) (*layout, error) {
	at := max(0, slices.IndexFunc(w.sheets, func(s sheet) bool { return !s.hidden }))
	if choice.Sheet != "" {
		at = slices.IndexFunc(w.sheets, func(s sheet) bool { return strings.EqualFold(s.name, choice.Sheet) })
	}
	top, err := topOf(w.sheets[at], headingDepth)
	if err != nil {
		return nil, err
	}
	row := slices.IndexFunc(top, func(row sheetRow) bool {
		return slices.ContainsFunc(row.cells, func(c cell) bool { return c.kind == textCell })
	})
	if row < 0 {
		row, top = 0, append([]sheetRow{{number: 1}}, top...)
	}
	found := readHeadings(top, row, nil, choice.Columns)
	found.sheet = w.sheets[at]
	return &found, nil
}

// show fills in what people see of the sheet: its top, its columns with samples, its first rows.
func (w *Workbook) show(look *Look, found *layout) error {
	width := len(found.headings)
	values := make([][]string, width)
	rated := -1 // the column of the RAG
	for _, supplies := range found.columns {
		if supplies.Field == RAG {
			rated = supplies.at
		}
	}
	err := found.sheet.rows(func(row sheetRow) bool {
		cells := make([]string, len(row.cells))
		for i, c := range row.cells {
			cells[i] = shorten(c.shown(w.system), sampleWords)
			if rating := c.fill.rating(); i == rated && c.kind == blankCell && rating != "" && row.number > found.headingRow {
				cells[i] = rating + ", by its colour"
			}
		}
		if row.number <= max(topRows, found.headingRow+3) && row.number > found.headingRow-topRows {
			look.Top = append(look.Top, RowLook{row.number, cells})
		}
		if row.number <= found.headingRow {
			return true
		}
		if len(look.Preview) < previewRows && slices.ContainsFunc(cells, func(text string) bool { return text != "" }) {
			look.Preview = append(look.Preview, RowLook{row.number, cells})
		}
		for len(values) < min(len(cells), maxColumns) {
			values = append(values, nil)
		}
		for i, text := range cells[:min(len(cells), maxColumns)] {
			if text != "" && len(values[i]) < samples && !slices.Contains(values[i], text) {
				values[i] = append(values[i], text)
			}
		}
		return row.number < found.headingRow+sampleDepth
	})
	if err != nil {
		return err
	}
	concealed := found.sheet.hides()
	for at := range values {
		column := ColumnLook{Letter: columnName(at), Samples: values[at], Hidden: slices.Contains(concealed, at)}
		if at < width {
			column.Heading = found.headings[at]
		}
		for _, supplies := range found.columns {
			if supplies.at == at {
				column.Field, column.Heading = supplies.Field, supplies.Heading
			}
		}
		if column.Heading != "" || column.Field != "" || len(column.Samples) > 0 {
			look.Columns = append(look.Columns, column)
		}
	}
	look.Notices = append(look.Notices, w.notices...)
	return nil
}

// shorten cuts a text to so many letters.
func shorten(text string, letters int) string {
	if len(text) <= letters {
		return text
	}
	if runes := []rune(text); len(runes) > letters {
		return string(runes[:letters-1]) + "…"
	}
	return text
}
