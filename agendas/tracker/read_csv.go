package tracker

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"quorate/server/base/fault"
)

// separators are what columns of a text file may be separated by, the likeliest first.
var separators = []byte{',', ';', '\t', '|'}

// openCSV reads text whose columns are separated by commas, semicolons, tabs or upright lines. It is
// read from the file each time its rows are asked for; one row is held.
func openCSV(name string, file io.ReaderAt, size int64) (*Workbook, error) {
	letters, err := findEncoding(file, size)
	if err != nil {
		return nil, err
	}
	decoded := func() io.Reader { return letters.reader(io.NewSectionReader(file, 0, size)) }
	head, err := io.ReadAll(io.LimitReader(decoded(), 64<<10))
	if err != nil {
		return nil, err
	}
	separator, skip := findSeparator(head)
	book := &Workbook{Name: name, sheets: []sheet{{
		name: name,
		rows: bounded(func(yield func(sheetRow) bool) error {
			records := csvReader{from: bufio.NewReaderSize(decoded(), 64<<10), separator: separator, texts: textCache{}}
			if _, err := records.from.Discard(skip); err != nil {
				return err
			}
			return records.rows(yield)
		}),
		merged: func() ([]mergedRange, error) { return nil, nil },
		hides:  func() []int { return nil },
		bytes:  size,
	}}}
	if letters.notice != "" {
		book.notices = append(book.notices, letters.notice)
	}
	return book, nil
}

// findSeparator tells how columns are separated, and how many bytes of the file's own "sep=" line to
// skip: by that line, or by what stands equally often, outside quotation marks, in most of the first
// lines. A note full of commas does not outweigh the semicolons of every row.
func findSeparator(head []byte) (separator byte, skip int) {
	if line, _, ended := bytes.Cut(head, []byte("\n")); len(line) >= 5 && strings.EqualFold(string(line[:4]), "sep=") && bytes.IndexByte(separators, line[4]) >= 0 {
		if skip = len(line); ended {
			skip++
		}
		return line[4], skip
	}
	lines := map[[2]int]int{} // how many lines hold a separator so many times
	count := make([]int, len(separators))
	endLine := func() {
		for at, n := range count {
			if n > 0 {
				lines[[2]int{at, n}]++
			}
			count[at] = 0
		}
	}
	quoted, seen := false, 0
	for _, letter := range head {
		if letter == '"' {
			quoted = !quoted
		} else if at := bytes.IndexByte(separators, letter); at >= 0 && !quoted {
			count[at]++
		} else if (letter == '\n' || letter == '\r') && !quoted {
			endLine()
			if seen++; seen > 60 {
				break
			}
		}
	}
	endLine()
	best, most := 0, 0
	for at := range separators {
		for seen, times := range lines {
			if weight := seen[1] * times; seen[0] == at && weight > most {
				best, most = at, weight
			}
		}
	}
	return separators[best], 0
}

// A csvReader splits text into rows numbered as a spreadsheet would number them: a quoted cell of three
// lines is in one row, and a blank line is a row of its own.
type csvReader struct {
	from      *bufio.Reader
	separator byte
	line      int // being read, from 0
	cells     []cell
	field     []byte
	texts     textCache
}

// The ends of a cell.
type cellEnd uint8

const (
	endsCell cellEnd = iota
	endsRow
	endsFile
)

// rows yields the rows that hold anything. A row's cells are good until the next one is read.
func (r *csvReader) rows(yield func(sheetRow) bool) error {
	for number := 1; ; number++ {
		if number > maxSheetRows {
			return tooMany()
		}
		r.cells = r.cells[:0]
		end, err := endsCell, error(nil)
		for column := 0; end == endsCell; column++ {
			if end, err = r.cell(); err != nil {
				return err
			}
			value := r.texts.tidy(unformula(r.field))
			if value == "" {
				continue
			}
			if column >= maxColumns {
				return tooMany()
			}
			for len(r.cells) < column {
				r.cells = append(r.cells, cell{})
			}
			r.cells = append(r.cells, cell{kind: textCell, text: value})
		}
		if len(r.cells) > 0 && !yield(sheetRow{number: number, cells: r.cells}) {
			return nil
		}
		if end == endsFile {
			return nil
		}
	}
}

// unformula is the text that ="00123" stands for: a formula by which an export keeps its leading zeros.
func unformula(field []byte) []byte {
	if inside, ok := bytes.CutPrefix(field, []byte(`="`)); ok && len(inside) > 0 && inside[len(inside)-1] == '"' {
		if inside = inside[:len(inside)-1]; bytes.IndexByte(inside, '"') < 0 {
			return inside
		}
	}
	return field
}

// read is the next byte, with every kind of line end as one newline.
func (r *csvReader) read() (byte, error) {
	letter, err := r.from.ReadByte()
	if err != nil {
		return 0, err
	}
	if letter == '\r' {
		if next, err := r.from.Peek(1); err == nil && next[0] == '\n' {
			_, _ = r.from.ReadByte()
		}
		letter = '\n'
	}
	if letter == '\n' {
		r.line++
	}
	return letter, nil
}

// cell reads one cell into field.
func (r *csvReader) cell() (cellEnd, error) {
	r.field = r.field[:0]
	for first := true; ; first = false {
		letter, err := r.read()
		switch {
		case errors.Is(err, io.EOF):
			return endsFile, nil
		case err != nil:
			return 0, err
		case letter == r.separator:
			return endsCell, nil
		case letter == '\n':
			return endsRow, nil
		case letter == '"' && first:
			return r.quoted()
		}
		r.keep(letter)
	}
}

// quoted reads a cell behind its opening quotation mark. One inside that is not doubled is kept, as in
// "5" pipe", while the cell stays on its line: past the line it shows that another was never closed.
func (r *csvReader) quoted() (cellEnd, error) {
	opened, stray := r.line, false
	for {
		letter, err := r.read()
		switch {
		case errors.Is(err, io.EOF):
			return 0, neverClosed(opened)
		case err != nil:
			return 0, err
		case letter == '\n' && stray:
			return 0, neverClosed(opened)
		case letter != '"':
			r.keep(letter)
			continue
		}
		spaces := 0
		letter, err = r.read()
		for ; err == nil && letter == ' ' && r.separator != ' '; letter, err = r.read() {
			spaces++
		}
		switch {
		case errors.Is(err, io.EOF):
			return endsFile, nil
		case err != nil:
			return 0, err
		case letter == r.separator:
			return endsCell, nil
		case letter == '\n':
			return endsRow, nil
		case letter == '"' && spaces == 0:
			r.keep('"')
			continue
		}
		stray = true
		if bytes.IndexByte(r.field, '\n') >= 0 {
			return 0, neverClosed(opened)
		}
		r.keep('"')
		for range spaces {
			r.keep(' ')
		}
		if err := r.from.UnreadByte(); err != nil {
			return 0, err
		}
	}
}

// keep adds a byte to the cell, as far as a cell may hold it.
func (r *csvReader) keep(letter byte) {
	if len(r.field) < maxCellBytes {
		r.field = append(r.field, letter)
	}
}

func neverClosed(line int) error {
	return fault.New(fault.Invalid, "A quotation mark is opened and never closed near line %d. Open the file in Excel, mend that row, save it again and choose it.", line+1)
}

func tooMany() error {
	return fault.New(fault.TooLarge, "The sheet has more than %d rows or %d columns. Save only the tracker's own rows and columns and choose it again.", maxRows, maxColumns)
}
