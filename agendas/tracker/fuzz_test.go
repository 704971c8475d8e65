package tracker

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// onlyPeople fails when what was read has a row that is nobody, or a problem without words.
func onlyPeople(t *testing.T, content []byte) {
	t.Helper()
	book, err := Open("t", bytes.NewReader(content), int64(len(content)))
	if err == nil {
		_, err = book.Look()
	}
	var reading *heldReading
	if err == nil {
		reading, err = readAll(book)
	}
	if err != nil {
		if fault.As(err) == nil {
			t.Errorf("not a sentence for a person: %v", err)
		}
		return
	}
	for _, row := range reading.Rows {
		if c := row.Case; c.PersonReference == "" || c.Name() == " " || c.DateOfBirth.IsZero() || c.DateOfBirth.After(today) || calendar.Age(c.DateOfBirth, today) > oldest {
			t.Errorf("row %d is nobody: %+v", row.Number, c)
		}
	}
	for _, problem := range append(reading.Errors, reading.Warnings...) {
		if problem.Row <= reading.HeadingRow || problem.Problem == "" || problem.Column == "" || len(problem.Cells) == 0 {
			t.Errorf("a problem nobody could mend: %+v", problem)
		}
	}
	if len(reading.Rows) != reading.People || len(reading.Warnings) != reading.WarningCount || len(reading.Errors) != reading.ErrorCount {
		t.Errorf("counted %d, %d, %d and gave %d, %d, %d", reading.People, reading.WarningCount, reading.ErrorCount, len(reading.Rows), len(reading.Warnings), len(reading.Errors))
	}
}

// Whatever text arrives in an upload, the server answers with a reading or a sentence.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("Person ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"))
	f.Add([]byte("sep=;\nMosaic ID;Name;DoB;£ pw\n1;\"Walker, Rosa\";4 March 09;\"2,500 pw\"\n"))
	f.Add([]byte("Mosaic ID\tName\tDoB\tArea\r1\tZo\x91 \xD5\t4/3/09\tNorth\r"))
	f.Add([]byte("\xFF\xFEa\x00,\x00b\x00"))
	f.Add([]byte("Person ref|Name|DoB\n=\"001\"|\"Rosa \"Bee\" Walker\"|39876\nTOTAL||\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if !bytes.HasPrefix(content, []byte(oldOffice)) && !bytes.HasPrefix(content, []byte("PK")) { // LibreOffice is not what is tried here
			onlyPeople(t, content)
		}
	})
}

// What a spreadsheet program writes as CSV is read as the same cells, in the same rows.
func FuzzCSVAgainstTheStandardReader(f *testing.F) {
	f.Add("a,b\n1,\"x\ny\"\n\n2,\"say \"\"hello\"\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		standard := csv.NewReader(strings.NewReader(text))
		standard.FieldsPerRecord = -1
		records, err := standard.ReadAll()
		if err != nil || !utf8.ValidString(text) || strings.ContainsAny(text, "\r=\x00\uFEFF") {
			return
		}
		var again bytes.Buffer
		writer := csv.NewWriter(&again)
		if err := writer.WriteAll(records); err != nil || again.Len() == 0 {
			return
		}
		book, err := openCSV("t", bytes.NewReader(again.Bytes()), int64(again.Len()))
		if err != nil {
			return // nothing but blanks
		}
		if separator, skip := findSeparator(again.Bytes()); separator != ',' || skip > 0 {
			return
		}
		var mine [][]string
		err = book.sheets[0].rows(func(row sheetRow) bool {
			cells := make([]string, len(row.cells))
			for i, c := range row.cells {
				cells[i] = c.text
			}
			mine = append(mine, cells)
			return true
		})
		if fault.Is(err, fault.TooLarge) {
			return // more columns than a tracker has
		}
		if err != nil {
			t.Fatal(err)
		}
		var theirs [][]string
		for _, record := range records {
			for i, value := range record {
				record[i] = tidy(value)
			}
			for len(record) > 0 && record[len(record)-1] == "" {
				record = record[:len(record)-1]
			}
			if len(record) > 0 {
				theirs = append(theirs, record)
			}
		}
		if !slices.EqualFunc(mine, theirs, slices.Equal) {
			t.Errorf("read %q, want %q", mine, theirs)
		}
	})
}

// Whatever a sheet's XML holds, the server answers with a reading or a sentence.
func FuzzXLSX(f *testing.F) {
	book := excelize.NewFile()
	if err := book.SetSheetRow("Sheet1", "A1", &[]any{"Person ref", "Forename", "Surname", "DoB"}); err != nil {
		f.Fatal(err)
	}
	if err := book.SetSheetRow("Sheet1", "A2", &[]any{"T1", "Rosa", "Walker", 39876}); err != nil {
		f.Fatal(err)
	}
	written, err := book.WriteToBuffer()
	if err != nil {
		f.Fatal(err)
	}
	whole := written.Bytes()
	archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		f.Fatal(err)
	}
	part := func(name string) []byte {
		stream, err := archive.Open(name)
		if err != nil {
			f.Fatal(err)
		}
		defer stream.Close()
		content, err := io.ReadAll(stream)
		if err != nil {
			f.Fatal(err)
		}
		return content
	}
	f.Add(part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"), part("xl/styles.xml"))
	f.Add([]byte(`<x:worksheet><cols><col min="1" max="2" hidden="1"/></cols><sheetData><row hidden="1"><c t="inlineStr"><is><t>a&amp;<![CDATA[b&]]></t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`),
		[]byte(`<sst><si><r><t>x</t></r><rPh><t>y</t></rPh></si></sst>`), []byte(`<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yy"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>`))
	f.Fuzz(func(t *testing.T, sheet, shared, styles []byte) {
		var content bytes.Buffer
		made := zip.NewWriter(&content)
		for _, old := range archive.File {
			body := map[string][]byte{"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared, "xl/styles.xml": styles}[old.Name]
			if body == nil {
				if err := made.Copy(old); err != nil {
					t.Fatal(err)
				}
				continue
			}
			part, err := made.CreateHeader(&zip.FileHeader{Name: old.Name})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(body); err != nil {
				t.Fatal(err)
			}
		}
		if err := made.Close(); err != nil {
			t.Fatal(err)
		}
		onlyPeople(t, content.Bytes())
	})
}

// Whatever is cut from or changed in a whole workbook, the server answers with a reading or a sentence.
func FuzzWorkbook(f *testing.F) {
	book := excelize.NewFile()
	if err := book.SetSheetRow("Sheet1", "A1", &[]any{"Person ref", "Forename", "Surname", "DoB"}); err != nil {
		f.Fatal(err)
	}
	written, err := book.WriteToBuffer()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(written.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if bytes.Contains(content, []byte("content.xml")) || bytes.HasPrefix(content, []byte(oldOffice)) { // LibreOffice is not what is tried here
			return
		}
		onlyPeople(t, content)
	})
}

// The scanner reads every piece of good XML as the standard decoder does.
func FuzzXMLAgainstTheStandardDecoder(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="UTF-8"?><a:b c="d>e" f='"'><g/>x &lt;&#65; <!-- y --><![CDATA[<z>]]></a:b>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		type piece struct{ kind, text string }
		var theirs []piece
		decoder := xml.NewDecoder(bytes.NewReader(text))
		decoder.Strict = true
		for {
			token, err := decoder.RawToken()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return // not good XML
			}
			switch token := token.(type) {
			case xml.Directive:
				return
			case xml.StartElement:
				said := token.Name.Local
				for _, attribute := range token.Attr {
					said += " " + attribute.Value
				}
				theirs = append(theirs, piece{"<", said})
			case xml.EndElement:
				theirs = append(theirs, piece{">", token.Name.Local})
			case xml.CharData:
				if n := len(theirs); n > 0 && theirs[n-1].kind == "t" {
					theirs[n-1].text += string(token)
				} else {
					theirs = append(theirs, piece{"t", string(token)})
				}
			}
		}
		if bytes.IndexByte(text, '\r') >= 0 || bytes.Contains(bytes.ToLower(text), []byte("encoding")) || bytes.Count(text, []byte(":")) != bytes.Count(text, []byte("a:b")) {
			return // line ends are the decoder's business; odd names are nobody's
		}
		var mine []piece
		scanner := newXMLScanner(bytes.NewReader(text))
		for {
			kind, err := scanner.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v after %q", err, mine)
			}
			switch kind {
			case elementBegins:
				said := string(scanner.name)
				scanner.eachAttribute(func(_, value []byte) bool {
					said += " " + string(plainText(nil, value))
					return true
				})
				mine = append(mine, piece{"<", said})
			case elementEnds:
				mine = append(mine, piece{">", string(scanner.name)})
			case characters:
				read := string(scanner.appendText(nil))
				if n := len(mine); n > 0 && mine[n-1].kind == "t" {
					mine[n-1].text += read
				} else {
					mine = append(mine, piece{"t", read})
				}
			}
		}
		if !slices.Equal(mine, theirs) {
			t.Errorf("read %q, want %q", mine, theirs)
		}
	})
}

// A date nobody wrote decides a birthday; a text that is one must survive being written again.
func FuzzDates(f *testing.F) {
	for _, text := range []string{"04/03/2009", "4.3.09", "4th March 2009", "March 4, 2009", "2009-03-04T00:00:00", "39876", "20090304", "w/c 14/11", "31/02/2009", "TBC", "14/11", "Nov 2026"} {
		f.Add(text, 39876.5, false)
	}
	f.Fuzz(func(t *testing.T, text string, serial float64, from1904 bool) {
		read := dateReader{today: today, system: dateSystem{from1904}}
		for _, c := range []cell{{kind: textCell, text: tidy(text)}, {kind: numberCell, number: serial, date: true}, {kind: numberCell, number: serial}} {
			day, problem := read.read(c, true)
			if problem != "" && !day.IsZero() {
				t.Errorf("%+v is both %s and %q", c, day, problem)
			}
			if day.IsZero() || day.Year < 1 || day.Year > 9999 {
				continue
			}
			if day != clock.NewDate(day.Year, day.Month, day.Day) {
				t.Errorf("%+v is %+v, no day", c, day)
			}
			if again, problem := read.read(cell{kind: textCell, text: typedDay(day)}, true); again != day {
				t.Errorf("%s written and read is %s, %q", day, again, problem)
			}
		}
	})
}

// An amount is whole pence, never less than nothing, and the same when it is written again.
func FuzzMoney(f *testing.F) {
	for _, text := range []string{"£1,204.50", "2,500 pw", "-40", "(40)", "50:50", "£52,000 pa", "197.0833", "nil", "1e5", "NaN"} {
		f.Add(text, 1204.5)
	}
	f.Fuzz(func(t *testing.T, text string, number float64) {
		for _, c := range []cell{{kind: textCell, text: tidy(text)}, {kind: numberCell, number: number}} {
			pence, problem := readPence(c, c.shown(dateSystem{}))
			if pence == nil {
				continue
			}
			if problem != "" || *pence < 0 || *pence > mostPounds*100 {
				t.Errorf("%+v is %d pence, %q", c, *pence, problem)
			}
			said := WeeklyCost.Say(&Case{WeeklyCostPence: pence})
			if again, problem := readPence(cell{kind: textCell, text: said}, said); again == nil || *again != *pence {
				t.Errorf("%s read again: %v %q", said, again, problem)
			}
		}
	})
}

// A flag is yes, no or Not known; words are never two of them.
func FuzzFlags(f *testing.F) {
	for _, text := range []string{"Y", "no", "TRUE", "✓", "n/a", "maybe", "Yes.", "0"} {
		f.Add(text, 1.0)
	}
	f.Fuzz(func(t *testing.T, text string, number float64) {
		for _, c := range []cell{{kind: textCell, text: tidy(text)}, {kind: boolCell, number: number}, {kind: numberCell, number: number}, {kind: numberCell, number: number, date: true}} {
			flag, problem := readFlag(c, c.shown(dateSystem{}))
			if flag != nil && problem != "" {
				t.Errorf("%+v is %v and %q", c, *flag, problem)
			}
			if flag != nil && saysYes(c.shown(dateSystem{})) != *flag {
				t.Errorf("%+v is read as %v", c, *flag)
			}
		}
		if number, problem := readNHSNumber(text); problem == "" {
			if again, problem := readNHSNumber(sayNHSNumber(number)); again != number {
				t.Errorf("%s read again is %s, %q", number, again, problem)
			}
		}
		if upn, problem := readUPN(text); problem == "" && len(upn) != 13 {
			t.Errorf("%q is the UPN %q", text, upn)
		}
	})
}
