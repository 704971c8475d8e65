package tracker

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quorate/server/base/fault"
)

// openCSV reads comma, semicolon or tab separated text in the encodings English systems write.
func openCSV(name string, file io.Reader) (*Workbook, error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, refuse("The file holds nothing but blanks. Save the tracker again as an Excel workbook (.xlsx) or CSV and choose it.")
	}
	text, separator := findSeparator(text)
	records, err := splitRecords(text, separator)
	if err != nil {
		return nil, err
	}
	return &Workbook{Name: name, sheets: []sheet{{
		name: name,
		rows: bounded(func(yield func(sheetRow) bool) error {
			for _, record := range records {
				if !yield(record) {
					return nil
				}
			}
			return nil
		}),
		merged: func() ([]mergedRange, error) { return nil, nil },
		hides:  func() []int { return nil },
	}}}, nil
}

// decode turns the file's bytes into UTF-8. Without a byte order mark, text that is not UTF-8 is
// read as Windows-1252, which is what Excel in England writes: guessing other alphabets from a few
// accents would change people's names.
func decode(raw []byte) ([]byte, error) {
	var text []byte
	var err error
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
	case utf16Without(raw, 1):
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
	case utf16Without(raw, 0):
		text, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
	case utf8.Valid(raw):
		text = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	default:
		text, err = charmap.Windows1252.NewDecoder().Bytes(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")))
	}
	if err != nil {
		return nil, refuse("The text of the file cannot be read. Open it in Excel, choose Save As, CSV UTF-8, and choose the new file.").Because(err)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, refuse("The file is not a spreadsheet. Choose the tracker, saved as an Excel workbook (.xlsx) or CSV.")
	}
	return text, nil
}

// utf16Without reports whether most letters have their zero byte at this place of each pair: text
// in UTF-16 that lacks its mark.
func utf16Without(raw []byte, place int) bool {
	if len(raw) < 4 || len(raw)%2 != 0 {
		return false
	}
	sample, zeros := raw[:min(len(raw), 2000)], 0
	for i := place; i < len(sample); i += 2 {
		if sample[i] == 0 {
			zeros++
		}
	}
	return zeros*2 > len(sample)*8/10
}

// findSeparator tells how columns are separated: by the file's own "sep=" line, or by what stands
// most often, outside quotation marks, in one of the first lines.
func findSeparator(text []byte) (rest []byte, separator rune) {
	if line, after, _ := bytes.Cut(text, []byte("\n")); len(line) >= 5 && strings.EqualFold(string(line[:4]), "sep=") && strings.IndexByte(",;\t|", line[4]) >= 0 {
		return after, rune(line[4])
	}
	best, most := ',', 0
	lines := 0
	count := map[rune]int{}
	quoted := false
	for _, letter := range string(text[:min(len(text), 64<<10)]) {
		switch {
		case letter == '"':
			quoted = !quoted
		case quoted:
		case letter == ',' || letter == ';' || letter == '\t':
			if count[letter]++; count[letter] > most {
				best, most = letter, count[letter]
			}
		case letter == '\n' || letter == '\r':
			clear(count)
			if lines++; lines > 60 {
				return text, best
			}
		}
	}
	return text, best
}

// splitRecords splits the text into rows numbered as a spreadsheet would number them: a quoted cell
// of three lines is in one row, and a blank line is a row of its own.
func splitRecords(text []byte, separator rune) ([]sheetRow, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	rows, err := splitWith(text, separator, false)
	var broken *csv.ParseError
	if errors.As(err, &broken) && errors.Is(broken.Err, csv.ErrBareQuote) {
		rows, err = splitWith(text, separator, true) // 5" pipe: a quotation mark inside plain text
		for _, row := range rows {
			for _, c := range row.cells {
				if strings.Count(c.text, "\n") > 20 {
					err = &csv.ParseError{StartLine: row.number, Err: csv.ErrQuote}
				}
			}
		}
	}
	if errors.As(err, &broken) {
		return nil, fault.New(fault.Invalid, "A quotation mark is opened and never closed near line %d. Open the file in Excel, mend that row, save it again and choose it.", broken.StartLine).Because(err)
	}
	return rows, err
}

func splitWith(text []byte, separator rune, lazy bool) ([]sheetRow, error) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord, reader.ReuseRecord = separator, lazy, -1, true
	var rows []sheetRow
	number, held, from := 0, 0, int64(0)
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		for at := from; at < int64(len(text)) && text[at] == '\n'; at++ {
			number++
		}
		number++
		from = reader.InputOffset()
		if number > maxRows || len(record) > maxColumns {
			return nil, tooMany()
		}
		for len(record) > 0 && record[len(record)-1] == "" {
			record = record[:len(record)-1]
		}
		if held += len(record); held > maxHeld {
			return nil, tooMany()
		}
		cells := make([]cell, len(record))
		for i, value := range record {
			if value = tidy(value[:min(len(value), maxCellBytes)]); value != "" {
				cells[i] = cell{kind: textCell, text: value}
			}
		}
		rows = append(rows, sheetRow{number: number, cells: cells})
	}
}

func tooMany() error {
	return fault.New(fault.TooLarge, "The sheet has more than %d rows or %d columns. Save only the tracker's own rows and columns and choose it again.", maxRows, maxColumns)
}
