package tracker

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A sheetStream reads a sheet's cells from its XML one row at a time: each cell's stored value, its
// type and its style, which is all a tracker needs and a fraction of a whole workbook in memory.
type sheetStream struct {
	part          *zip.File
	formats       []numberFormat
	shared        []string
	hiddenColumns []int // known once rows has begun
}

func (s *sheetStream) rows(yield func(sheetRow) bool) error {
	stream, err := openPart(s.part)
	if err != nil {
		return err
	}
	defer stream.Close()
	decoder := xml.NewDecoder(bufio.NewReaderSize(stream, 64<<10))
	s.hiddenColumns = nil
	last := 0
	for {
		token, err := decoder.RawToken()
		if err != nil { // the end of the file too: its rows never ended
			return readFailure(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			if end, ok := token.(xml.EndElement); ok && end.Name.Local == "sheetData" {
				return nil
			}
			continue
		}
		switch start.Name.Local {
		case "col":
			s.noteHidden(start)
		case "row":
			row := sheetRow{number: last + 1, hidden: isTrue(attribute(start, "hidden"))}
			if number, err := strconv.Atoi(attribute(start, "r")); err == nil && number > last {
				row.number = number
			}
			if row.number > 1_048_576 {
				return tooMany()
			}
			last = row.number
			if err := s.readRow(decoder, &row); err != nil {
				return err
			}
			if !yield(row) {
				return nil
			}
		}
	}
}

func readFailure(err error) error {
	if errors.Is(err, errPartTooLarge) {
		return tooMany()
	}
	return damaged(err)
}

func (s *sheetStream) noteHidden(column xml.StartElement) {
	from, errFrom := strconv.Atoi(attribute(column, "min"))
	to, errTo := strconv.Atoi(attribute(column, "max"))
	if !isTrue(attribute(column, "hidden")) || errFrom != nil || errTo != nil {
		return
	}
	for at := max(from, 1); at <= min(to, maxColumns); at++ {
		s.hiddenColumns = append(s.hiddenColumns, at-1)
	}
}

// readRow reads the cells up to the end of the row.
func (s *sheetStream) readRow(decoder *xml.Decoder, row *sheetRow) error {
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return readFailure(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if token.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if token.Name.Local != "c" {
				continue
			}
			column := len(row.cells)
			if place := attribute(token, "r"); place != "" {
				named, _, ok := parsePlace(place)
				if !ok {
					return damaged(errors.New("a cell has no place"))
				}
				column = named
			}
			value, err := s.readCell(decoder, token)
			if err != nil {
				return err
			}
			if value.kind == blankCell || column < len(row.cells) {
				continue
			}
			if column >= maxColumns {
				return tooMany()
			}
			for len(row.cells) < column {
				row.cells = append(row.cells, cell{})
			}
			row.cells = append(row.cells, value)
		}
	}
}

// readCell reads one cell up to its end, by the type the workbook gives it.
func (s *sheetStream) readCell(decoder *xml.Decoder, start xml.StartElement) (cell, error) {
	kind := attribute(start, "t")
	var value strings.Builder
	inValue, inline := false, ""
	for done := false; !done; {
		token, err := decoder.RawToken()
		if err != nil {
			return cell{}, readFailure(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "v":
				inValue = true
			case "is":
				if inline, err = richText(decoder, "is"); err != nil {
					return cell{}, readFailure(err)
				}
			}
		case xml.EndElement:
			inValue = false
			done = token.Name.Local == "c"
		case xml.CharData:
			if inValue && value.Len() < maxCellBytes {
				value.Write(token[:min(len(token), maxCellBytes)])
			}
		}
	}
	return s.typed(kind, attribute(start, "s"), value.String(), inline), nil
}

func (s *sheetStream) typed(kind, style, value, inline string) cell {
	text := func(text string) cell {
		if text == "" {
			return cell{}
		}
		return cell{kind: textCell, text: text}
	}
	switch kind {
	case "s":
		if at, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && at >= 0 && at < len(s.shared) {
			return text(s.shared[at])
		}
		return cell{}
	case "inlineStr":
		return text(tidy(inline))
	case "str", "d": // what a formula gave, or an ISO day
		return text(tidy(unescape(value)))
	case "e":
		return cell{kind: errorCell, text: tidy(value)}
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return cell{}
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return text(tidy(value))
	}
	if kind == "b" {
		return cell{kind: boolCell, number: number}
	}
	result := cell{kind: numberCell, number: number}
	if id, err := strconv.Atoi(style); err == nil && id >= 0 && id < len(s.formats) {
		result.date, result.pad = s.formats[id].date, s.formats[id].pad
	}
	return result
}

// merged lists the sheet's merged cells, which its XML names after its rows.
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
	decoder := xml.NewDecoder(bytes.NewReader(tail))
	for {
		token, err := decoder.RawToken()
		if err != nil { // what follows the rows is not needed to read them
			return ranges, nil
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "mergeCell" {
			continue
		}
		from, to, _ := strings.Cut(attribute(start, "ref"), ":")
		left, top, ok1 := parsePlace(from)
		right, bottom, ok2 := parsePlace(to)
		if ok1 && ok2 {
			ranges = append(ranges, mergedRange{top: top, left: left, bottom: bottom, right: right})
		}
	}
}

// after skips to just behind the first place mark stands and returns at most 4 MB of what follows.
func after(stream io.Reader, mark []byte) ([]byte, error) {
	const most = 4 << 20
	held := make([]byte, 0, 128<<10)
	buffer := make([]byte, 64<<10)
	for {
		n, err := stream.Read(buffer)
		held = append(held, buffer[:n]...)
		if at := bytes.Index(held, mark); at >= 0 {
			return io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(held[at+len(mark):]), stream), most))
		}
		if keep := len(mark) - 1; len(held) > keep {
			held = append(held[:0], held[len(held)-keep:]...)
		}
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, attribute := range element.Attr {
		if attribute.Name.Local == name && attribute.Name.Space == "" {
			return attribute.Value
		}
	}
	return ""
}

func isTrue(value string) bool { return value == "1" || value == "true" }

// parsePlace reads a cell's place, "AB12", as a zero-based column and a row number.
func parsePlace(place string) (column, row int, ok bool) {
	i := 0
	for ; i < len(place) && place[i] >= 'A' && place[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(place[i]-'A') + 1
	}
	row, err := strconv.Atoi(place[i:])
	return column - 1, row, i > 0 && err == nil && row > 0
}
