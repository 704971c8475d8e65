package tracker

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// A sheetStream reads a sheet's cells from its XML one row at a time: each cell's stored value, its
// type and its style, which is all a tracker needs and a fraction of a whole workbook in memory.
type sheetStream struct {
	part          *zip.File
	styles        []cellStyle
	shared        []string
	hiddenColumns []int // known once rows has begun
}

// rows yields the sheet's rows. A row's cells are good until the next one is read.
func (s *sheetStream) rows(yield func(sheetRow) bool) error {
	stream, err := openPart(s.part)
	if err != nil {
		return err
	}
	defer stream.Close()
	s.hiddenColumns = nil
	read := cellReader{sheet: s, xml: newXMLScanner(stream), texts: textCache{}}
	last := 0
	for {
		piece, err := read.xml.next()
		switch {
		case err != nil: // the end of the file too: its rows never ended
			return readFailure(err)
		case piece == elementEnds && string(read.xml.name) == "sheetData":
			return nil
		case piece != elementBegins:
			continue
		}
		switch string(read.xml.name) {
		case "col":
			s.noteHidden(read.xml)
		case "row":
			row := sheetRow{number: last + 1}
			read.xml.eachAttribute(func(name, value []byte) bool {
				switch string(name) {
				case "r":
					if number, ok := wholeNumber(value); ok && number > last {
						row.number = number
					}
				case "hidden":
					row.hidden = isTrue(string(value))
				}
				return true
			})
			if row.number > maxSheetRows {
				return tooMany()
			}
			last = row.number
			if err := read.row(); err != nil {
				return err
			}
			row.cells = read.cells
			if !yield(row) {
				return nil
			}
		}
	}
}

func readFailure(err error) error {
	if errors.Is(err, errPartTooLarge) {
		return unpacksTooLarge()
	}
	return damaged(err)
}

func (s *sheetStream) noteHidden(column *xmlScanner) {
	from, errFrom := strconv.Atoi(column.attribute("min"))
	to, errTo := strconv.Atoi(column.attribute("max"))
	if !isTrue(column.attribute("hidden")) || errFrom != nil || errTo != nil {
		return
	}
	for at := max(from, 1); at <= min(to, maxColumns); at++ {
		s.hiddenColumns = append(s.hiddenColumns, at-1)
	}
}

// A cellReader reads the cells of one row after the other into the same slice.
type cellReader struct {
	sheet *sheetStream
	xml   *xmlScanner
	cells []cell
	value []byte
	texts textCache
}

// row reads the cells up to the end of the row.
func (r *cellReader) row() error {
	r.cells = r.cells[:0]
	for {
		piece, err := r.xml.next()
		if err != nil {
			return readFailure(err)
		}
		name := string(r.xml.name)
		switch {
		case piece == elementEnds && name == "row":
			return nil
		case piece != elementBegins || name != "c":
			continue
		}
		column, kind, style, placed := len(r.cells), valueNumber, -1, true
		r.xml.eachAttribute(func(name, value []byte) bool {
			if len(name) != 1 {
				return true
			}
			switch name[0] {
			case 'r':
				column, _, placed = parsePlace(value)
			case 's':
				if id, ok := wholeNumber(value); ok {
					style = id
				}
			case 't':
				kind = kindOfValue(value)
			}
			return placed
		})
		if !placed {
			return damaged(errors.New("a cell has no place"))
		}
		value, err := r.cell(kind, style)
		if err != nil {
			return err
		}
		if style >= 0 && style < len(r.sheet.styles) {
			value.fill = r.sheet.styles[style].fill
		}
		if value.kind == blankCell && (value.fill == noFill || column >= maxColumns) || column < len(r.cells) {
			continue
		}
		if column >= maxColumns {
			return tooMany()
		}
		for len(r.cells) < column {
			r.cells = append(r.cells, cell{})
		}
		r.cells = append(r.cells, value)
	}
}

// A valueKind is what a cell's type says its value is.
type valueKind uint8

const (
	valueNumber valueKind = iota
	valueShared           // a place in the shared text
	valueInline           // text inside the cell
	valueText             // what a formula gave, or an ISO day
	valueBool
	valueError
)

func kindOfValue(name []byte) valueKind {
	switch string(name) {
	case "s":
		return valueShared
	case "inlineStr":
		return valueInline
	case "str", "d":
		return valueText
	case "b":
		return valueBool
	case "e":
		return valueError
	default:
		return valueNumber
	}
}

// cell reads one cell up to its end, by the type the workbook gives it.
func (r *cellReader) cell(kind valueKind, style int) (cell, error) {
	r.value = r.value[:0]
	inValue, inline := false, false
	for {
		piece, err := r.xml.next()
		if err != nil {
			return cell{}, readFailure(err)
		}
		switch piece {
		case elementBegins:
			switch string(r.xml.name) {
			case "v":
				inValue = true
			case "is":
				inline = true
				if r.value, err = richText(r.xml, "is", r.value[:0]); err != nil {
					return cell{}, readFailure(err)
				}
			}
		case elementEnds:
			inValue = false
			if string(r.xml.name) == "c" {
				if inline != (kind == valueInline) {
					r.value = r.value[:0]
				}
				return r.typed(kind, style), nil
			}
		case characters:
			if inValue && !inline {
				r.value = r.xml.appendText(r.value)
			}
		}
	}
}

func (r *cellReader) typed(kind valueKind, style int) cell {
	switch kind {
	case valueShared:
		if at, ok := wholeNumber(bytes.TrimSpace(r.value)); ok && at < len(r.sheet.shared) {
			return text(r.sheet.shared[at])
		}
		return cell{}
	case valueInline, valueText:
		return text(r.texts.tidyEscaped(r.value))
	case valueError:
		return cell{kind: errorCell, text: r.texts.tidyEscaped(r.value)}
	}
	value := bytes.TrimSpace(r.value)
	if len(value) == 0 {
		return cell{}
	}
	number, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return text(r.texts.tidyEscaped(value))
	}
	if kind == valueBool {
		return cell{kind: boolCell, number: number}
	}
	result := cell{kind: numberCell, number: number}
	if style >= 0 && style < len(r.sheet.styles) {
		format := r.sheet.styles[style].format
		result.date, result.share, result.pad = format.date, format.percent, format.pad
	}
	return result
}

func text(text string) cell {
	if text == "" {
		return cell{}
	}
	return cell{kind: textCell, text: text}
}

// appendText appends the text just read, as far as a cell may hold it.
func (x *xmlScanner) appendText(into []byte) []byte {
	if len(into) >= maxCellBytes {
		return into
	}
	piece := x.text[:min(len(x.text), maxCellBytes)]
	if x.plain {
		return append(into, piece...)
	}
	return plainText(into, piece)
}

// extent is how many rows a large sheet says it has. Of a small one it says nothing: it is read.
func (s *sheetStream) extent() (rows int, ok bool) {
	const small = 8 << 20
	if s.part.UncompressedSize64 <= small {
		return 0, false
	}
	stream, err := openPart(s.part)
	if err != nil {
		return 0, false
	}
	defer stream.Close()
	xml := newXMLScanner(stream)
	for {
		piece, err := xml.next()
		if err != nil {
			return 0, false
		}
		if piece != elementBegins {
			continue
		}
		switch string(xml.name) {
		case "dimension":
			_, last, _ := bytes.Cut([]byte(xml.attribute("ref")), []byte(":"))
			_, bottom, ok := parsePlace(last)
			return bottom, ok
		case "sheetData":
			return 0, false
		}
	}
}

// merged lists the sheet's merged cells where headings may be, which its XML names after its rows.
func (s *sheetStream) merged() ([]mergedRange, error) {
	stream, err := openPart(s.part)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	tail, err := after(stream, []byte("mergeCells"))
	if err != nil {
		return nil, readFailure(err)
	}
	var ranges []mergedRange
	xml := newXMLScanner(bytes.NewReader(tail))
	for {
		piece, err := xml.next()
		if err != nil { // what follows the rows is not needed to read them
			return ranges, nil
		}
		if piece != elementBegins || string(xml.name) != "mergeCell" {
			continue
		}
		from, to, _ := bytes.Cut([]byte(xml.attribute("ref")), []byte(":"))
		left, top, ok1 := parsePlace(from)
		right, bottom, ok2 := parsePlace(to)
		if ok1 && ok2 && top <= maxHeadingRow && left < maxColumns {
			ranges = append(ranges, mergedRange{top: top, left: left, bottom: bottom, right: right})
		}
	}
}

// after skips to just behind the first place mark stands and returns at most 4 MB of what follows.
func after(stream io.Reader, mark []byte) ([]byte, error) {
	const most = 4 << 20
	buffer, held := make([]byte, 64<<10), 0
	for {
		n, err := stream.Read(buffer[held:])
		held += n
		if at := bytes.Index(buffer[:held], mark); at >= 0 {
			return io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(bytes.Clone(buffer[at+len(mark):held])), stream), most))
		}
		if keep := len(mark) - 1; held > keep {
			held = copy(buffer, buffer[held-keep:held])
		}
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func isTrue(value string) bool { return value == "1" || value == "true" }

// wholeNumber reads a number of up to nine digits.
func wholeNumber(digits []byte) (n int, ok bool) {
	for _, digit := range digits {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = n*10 + int(digit-'0')
	}
	return n, len(digits) > 0 && len(digits) <= 9
}

// parsePlace reads a cell's place, "AB12", as a zero-based column and a row number.
func parsePlace(place []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(place) && place[i] >= 'A' && place[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(place[i]-'A') + 1
	}
	row, ok = wholeNumber(place[i:])
	return column - 1, row, i > 0 && ok && row > 0
}
