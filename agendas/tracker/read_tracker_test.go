package tracker

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

var today = clock.MustDate("2026-11-22")

func openBytes(t *testing.T, name string, content []byte) *Workbook {
	t.Helper()
	book, err := Open(name, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("Open(%s): %v", name, err)
	}
	return book
}

// A heldReading is what Scan gave, kept whole.
type heldReading struct {
	*Reading
	Rows             []Row
	Warnings, Errors []Problem
}

func (h *heldReading) Person(row Row) error {
	h.Rows = append(h.Rows, row)
	return nil
}

func (h *heldReading) Problem(problem Problem) error {
	if problem.Severity == SeverityError {
		h.Errors = append(h.Errors, problem)
	} else {
		h.Warnings = append(h.Warnings, problem)
	}
	return nil
}

func readAll(book *Workbook) (*heldReading, error) { return readAs(book, Choice{}) }

func readAs(book *Workbook, choice Choice) (*heldReading, error) {
	var held heldReading
	reading, err := Scan(book, today, choice, &held)
	held.Reading = reading
	return &held, err
}

func readText(t *testing.T, text string) *heldReading {
	t.Helper()
	reading, err := readAll(openBytes(t, "tracker.csv", []byte(text)))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return reading
}

// told is what a problem says, without the row it stands in.
type told struct {
	row                    int
	column, value, problem string
}

func toldOf(problems []Problem) []told {
	var all []told
	for _, p := range problems {
		all = append(all, told{p.Row, p.Column, p.Value, p.Problem})
	}
	return all
}

// A sample misread is a young person missing from every agenda.
func TestBothSamplesReadWithoutAWarning(t *testing.T) {
	t.Parallel()
	for _, sample := range []struct {
		file, sheet string
		heading     int
		rows        int
		first, last int
		born        map[string]string // by reference
		names       map[string]string
		cost        map[string]int64
	}{
		{"testdata/tracker-385.csv", "", 1, 385, 2, 386,
			map[string]string{"T100000": "2011-09-29", "T100007": "2008-10-27"},
			map[string]string{"T100000": "Yusuf Abbott"},
			map[string]int64{"T100000": 19708, "T100014": 140429}},
		{"testdata/tracker-231.xlsx", "Tracker", 3, 231, 4, 237,
			map[string]string{"T101547": "2005-04-02", "T101603": "2009-08-11", "T100000": "2003-10-03"},
			map[string]string{"T101568": "Farah Żak", "T101554": "O’Shea Patel", "T101589": "Chloë O'Brien"},
			map[string]int64{"T100000": 186024, "T101596": 159899}},
	} {
		t.Run(sample.file, func(t *testing.T) {
			t.Parallel()
			book, err := OpenFile(sample.file)
			if err != nil {
				t.Fatal(err)
			}
			reading, err := readAll(book)
			if err != nil {
				t.Fatal(err)
			}
			if len(reading.Rows) != sample.rows || len(reading.Warnings) != 0 || len(reading.Errors) != 0 {
				t.Fatalf("%d rows, warnings %v, errors %v", len(reading.Rows), reading.Warnings, reading.Errors)
			}
			if reading.Sheet != sample.sheet || reading.HeadingRow != sample.heading {
				t.Errorf("read sheet %q, headings in row %d", reading.Sheet, reading.HeadingRow)
			}
			if first, last := reading.Rows[0].Number, reading.Rows[sample.rows-1].Number; first != sample.first || last != sample.last {
				t.Errorf("rows %d to %d", first, last)
			}
			if len(reading.Columns) != 30 || len(reading.Ignored) != 0 {
				t.Errorf("%d columns, ignored %v", len(reading.Columns), reading.Ignored)
			}
			people := map[string]Case{}
			for _, row := range reading.Rows {
				people[row.Case.PersonReference] = row.Case
			}
			for reference, born := range sample.born {
				if got := people[reference].DateOfBirth.String(); got != born {
					t.Errorf("%s born %s, want %s", reference, got, born)
				}
			}
			for reference, name := range sample.names {
				if got := people[reference].Name(); got != name {
					t.Errorf("%s is %q, want %q", reference, got, name)
				}
			}
			for reference, pence := range sample.cost {
				if got := people[reference].WeeklyCostPence; got == nil || *got != pence {
					t.Errorf("%s costs %v, want %d", reference, got, pence)
				}
			}
		})
	}
}

// A date cell read month first is a wrong 18th birthday.
func TestRealDateCellsKeepTheirDay(t *testing.T) {
	t.Parallel()
	for _, from1904 := range []bool{false, true} {
		for _, format := range []string{"mm-dd-yy", "dd/mm/yyyy", "[$-809]d mmmm yyyy;@", "m/d/yy h:mm"} {
			book := excelize.NewFile()
			if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
				t.Fatal(err)
			}
			style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			set(t, book, "Sheet1", [][]any{
				{"Person ID", "First name", "Surname", "DOB", "Care Act assessment"},
				{"000123", "Rosa", "Walker", nil, "05/03/2026"},
			})
			if err := book.SetCellValue("Sheet1", "D2", clock.MustDate("2009-03-04").Start().UTC()); err != nil {
				t.Fatal(err)
			}
			if err := book.SetCellStyle("Sheet1", "D2", "D2", style); err != nil {
				t.Fatal(err)
			}
			reading := readBook(t, book)
			if len(reading.Rows) != 1 || len(reading.Warnings) != 0 {
				t.Fatalf("%s: %+v", format, reading)
			}
			got := reading.Rows[0].Case
			if got.DateOfBirth != clock.MustDate("2009-03-04") || got.CareActAssessedOn != clock.MustDate("2026-03-05") || got.PersonReference != "000123" {
				t.Errorf("1904 %v, %s: %s born %s, assessed %s", from1904, format, got.PersonReference, got.DateOfBirth, got.CareActAssessedOn)
			}
		}
	}
}

func set(t *testing.T, book *excelize.File, sheet string, rows [][]any) {
	t.Helper()
	for i, row := range rows {
		if err := book.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
}

func bookBytes(t *testing.T, book *excelize.File) []byte {
	t.Helper()
	written, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

func readBook(t *testing.T, book *excelize.File) *heldReading {
	t.Helper()
	reading, err := readAll(openBytes(t, "tracker.xlsx", bookBytes(t, book)))
	if err != nil {
		t.Fatal(err)
	}
	return reading
}

// A value understood differently from how the office meant it is a decision on wrong facts.
func TestValuesReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		column, value string
		field         Field
		want          string // as Say writes it
		problem       string // a part of the warning, "" for none
	}{
		{"Care Act assessment", "2026-03-05", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "05/03/2026", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "5.3.26", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "5 March 2026", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "Thurs 5th Mar 2026", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "March 5, 2026", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "2026-03-05 00:00:00", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "05/03/2026 09:30", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "46086", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "20260305", CareActAssessed, "5 March 2026", ""},
		{"Care Act assessment", "29/02/2028", CareActAssessed, "29 February 2028", ""},
		{"Care Act assessment", "TBC", CareActAssessed, "Not known", ""},
		{"Care Act assessment", "N/A", CareActAssessed, "Not known", ""},
		{"Care Act assessment", "-", CareActAssessed, "Not known", ""},
		{"Care Act assessment", "31/02/2026", CareActAssessed, "Not known", "February 2026 has 28 days"},
		{"Care Act assessment", "03/25/2026", CareActAssessed, "Not known", "no month 25"},
		{"Care Act assessment", "2062-03-05", CareActAssessed, "Not known", "from now"},
		{"Care Act assessment", "05/03/2001", CareActAssessed, "Not known", "before the person was born"},
		{"Care Act assessment", "w/c 14/11", CareActAssessed, "Not known", "a week, not a day"},
		{"Care Act assessment", "14/11", CareActAssessed, "Not known", "no year"},
		{"Care Act assessment", "14th November", CareActAssessed, "Not known", "no year"},
		{"Care Act assessment", "Nov 2026", CareActAssessed, "Not known", "no day"},
		{"Care Act assessment", "Y", CareActAssessed, "Not known", "not a whole date"},
		{"EHCP review", "05/03/2034", EHCPReview, "5 March 2034", ""},
		{"EHCP", "Y", EHCP, "Yes", ""},
		{"EHCP", "TRUE", EHCP, "Yes", ""},
		{"EHCP", "1", EHCP, "Yes", ""},
		{"EHCP", "no", EHCP, "No", ""},
		{"EHCP", "n/a", EHCP, "Not known", ""},
		{"EHCP", "maybe", EHCP, "Not known", "neither Yes nor No"},
		{"Total £ p/w", "£1,204.50", WeeklyCost, "£1,204.50", ""},
		{"Total £ p/w", "2,500 pw", WeeklyCost, "£2,500", ""},
		{"Total £ p/w", "£2,500 per week", WeeklyCost, "£2,500", ""},
		{"Total £ p/w", "0", WeeklyCost, "£0", ""},
		{"Total £ p/w", "TBC", WeeklyCost, "Not known", ""},
		{"Total £ p/w", "£52,000 pa", WeeklyCost, "Not known", "yearly"},
		{"Total £ p/w", "12,04", WeeklyCost, "Not known", "not an amount"},
		{"Total £ p/w", "-40", WeeklyCost, "Not known", "less than nothing"},
		{"Total £ p/w", "50:50", WeeklyCost, "Not known", "how a cost is split"},
		{"Total £ p/w", "60% health", WeeklyCost, "Not known", "how a cost is split"},
		{"Total £ p/w", "£900 pcm", WeeklyCost, "Not known", "monthly"},
		{"Legal status", "S20", LegalStatus, "Section 20", ""},
		{"LAC status", "ICO", LegalStatus, "Section 38", ""},
		{"S31", "Y", LegalStatus, "Section 31", ""},
		{"CP", "yes", SocialCareStatus, "Child protection", ""},
		{"CIN/CP", "C.P.", SocialCareStatus, "Child protection", ""},
		{"CIN/CP", "CIN since May", SocialCareStatus, "CIN since May", ""},
		{"NHS No", "9434765919", NHSNumber, "943 476 5919", ""},
		{"NHS number", "943 476 5919", NHSNumber, "943 476 5919", ""},
		{"NHS number", "9434765919.0", NHSNumber, "943 476 5919", ""},
		{"NHS number", "943 476 5918", NHSNumber, "Not known", "does not match the others"},
		{"NHS number", "943 476 591", NHSNumber, "Not known", "has 10 digits"},
		{"UPN", "h801200001001", UPN, "H801200001001", ""},
		{"UPN", "A801200001001", UPN, "Not known", "first letter does not match"},
		{"UPN", "801200001001", UPN, "Not known", "12 more characters"},
		{"Interpreter", "none", Interpreter, "Not known", ""},
		{"Interpreter", "Polish", Interpreter, "Polish", ""},
		{"Advocate", "Y", Advocate, "Needed", ""},
		{"Adults ID", "000123.0", AdultsReference, "000123", ""},
		{"RAG rating", "amber", RAG, "Amber", ""},
		{"RAG rating", "Purple", RAG, "Not known", "not Red, Amber or Green"},
		{"Comments", "=HYPERLINK(1)", Notes, "=HYPERLINK(1)", ""},
		{"Patch", "  North ", Locality, "North", ""},
		{"CIN/CP", "None", SocialCareStatus, "None", ""},
	} {
		reading := readText(t, "Mosaic ID\tFirst name\tSurname\tDoB\t"+c.column+"\nT1\tRosa\tWalker\t04/03/2009\t"+c.value+"\n")
		if len(reading.Rows) != 1 || len(reading.Errors) != 0 {
			t.Errorf("%s %q: rows %v, errors %v", c.column, c.value, reading.Rows, reading.Errors)
			continue
		}
		if got := c.field.Say(&reading.Rows[0].Case); got != c.want {
			t.Errorf("%s %q reads %q, want %q", c.column, c.value, got, c.want)
		}
		switch {
		case c.problem == "" && len(reading.Warnings) == 0:
		case c.problem == "" || len(reading.Warnings) != 1:
			t.Errorf("%s %q warns %v", c.column, c.value, reading.Warnings)
		default:
			warning := reading.Warnings[0]
			if !strings.Contains(warning.Problem, c.problem) || warning.Row != 2 || warning.Column != c.column || warning.Value != strings.TrimSpace(c.value) {
				t.Errorf("%s %q warns %+v", c.column, c.value, warning)
			}
		}
	}
}

// A birthday decides everything: a wrong one is refused, never guessed.
func TestBirthdays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, want, problem string }{
		{"04/03/09", "2009-03-04", ""},
		{"3 March 2009", "2009-03-03", ""},
		{"29/02/2008", "2008-02-29", ""},
		{"22/11/26", "2026-11-22", ""},
		{"01/12/98", "1998-12-01", ""},
		{"31/02/2009", "", "no such day"},
		{"29/02/2009", "", "no such day"},
		{"04/03/1931", "", "95 years old"},
		{"23/11/2026", "", "still to come"},
		{"", "", "no date of birth"},
		{"TBC", "", "no date of birth"},
		{"17", "", "not a whole date"},
	} {
		reading := readText(t, "Person ref,Forename,Surname,Date of birth\nT1,Rosa,Walker,"+c.value+"\n")
		switch {
		case c.problem == "":
			if len(reading.Rows) != 1 || reading.Rows[0].Case.DateOfBirth.String() != c.want {
				t.Errorf("%q: %+v %+v", c.value, reading.Rows, reading.Errors)
			}
		case len(reading.Rows) != 0 || len(reading.Errors) != 1 || !strings.Contains(reading.Errors[0].Problem, c.problem) || reading.Errors[0].Column != "Date of birth":
			t.Errorf("%q: %+v %+v", c.value, reading.Rows, reading.Errors)
		}
	}
}

// A row counted twice, or the wrong one of two, gives a board a wrong number and a person a wrong plan.
func TestRowsCountOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	reading := readText(t, strings.Join([]string{
		"Transitions tracker – as at 1 November", // 1
		"", // 2
		"Person ref,Forename,Surname,DoB,RAG,£ pw,Shoe", // 3
		"T1,Rosa,Walker,04/03/2009,Red,10,4",            // 4
		"",                                              // 5
		",,,,,,",                                        // 6
		"T2,Ben,Khan,05/03/2009,Red,10,5",               // 7
		"North locality,,,,,,",                          // 8
		"T3,,,,,,",                                      // 9: a reference alone is somebody
		"Year 11 (2026/27),,,,,,",                       // 10
		",Hana,Young,06/03/2008,Green,10,",              // 11
		"T5,,Young,06/03/2008,Purple,10,",               // 12
		"\"T6\",\"Kofi\nJ\",Patel,07/03/2009,n/a,10,",   // 13, on two lines
		"Person ref,Forename,Surname,DoB,RAG,£ pw,Shoe", // 14
		"100234.0,Zoë,Patel,08/03/2009,,10,",            // 15
		"TOTAL,,,,,80,",                                 // 16
		",,,,,80,",                                      // 17
	}, "\r\n"))
	var kept []string
	for _, row := range reading.Rows {
		kept = append(kept, fmt.Sprintf("%d %s %s", row.Number, row.Case.PersonReference, row.Case.Name()))
	}
	if diff := cmp.Diff([]string{"4 T1 Rosa Walker", "7 T2 Ben Khan", "13 T6 Kofi J Patel", "15 100234 Zoë Patel"}, kept); diff != "" {
		t.Error(diff)
	}
	if len(reading.Warnings) != 0 || reading.WarningCount != 0 {
		t.Errorf("warnings %+v", reading.Warnings)
	}
	if diff := cmp.Diff([]told{
		{9, "Forename", "", "There is no forename. Enter the person’s forename."},
		{9, "Surname", "", "There is no surname. Enter the person’s surname."},
		{9, "DoB", "", "There is no date of birth. Enter it like 04/03/2009."},
		{11, "Person ref", "", "There is no person reference. Enter it: the row cannot be matched without it."},
		{12, "Forename", "", "There is no forename. Enter the person’s forename."},
	}, toldOf(reading.Errors), cmp.AllowUnexported(told{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Shoe"}, reading.Ignored); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"2 rows were taken for totals and left out, the first of them row 16.",
		"2 rows were taken for titles and left out, the first of them row 8.",
	}, reading.Notices); diff != "" {
		t.Error(diff)
	}
	if reading.People != 4 || reading.ErrorRows != 3 || reading.ErrorCount != 5 {
		t.Errorf("%d people, %d errors in %d rows", reading.People, reading.ErrorCount, reading.ErrorRows)
	}
	if diff := cmp.Diff([]string{"T5", "", "Young", "06/03/2008", "Purple", "10"}, reading.Errors[4].Cells); diff != "" {
		t.Error(diff)
	}
}

// A name in the wrong letters is another person's name.
func TestEncodingsAndSeparators(t *testing.T) {
	t.Parallel()
	text := "Person ref;Name;D.O.B;Area\r\nT1;\"O’Brien, Zoë\";04/03/2009;£ North – Thame\r\n"
	windows, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	little, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	unmarked, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(strings.ReplaceAll(text, ";", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"UTF-8": text, "UTF-8 marked": "\xEF\xBB\xBF" + text, "Windows-1252": windows, "UTF-16": little, "UTF-16 unmarked, tabs": unmarked,
		"sep line": "sep=;\r\n" + text,
	} {
		reading, err := readAll(openBytes(t, "t.csv", []byte(content)))
		if err != nil || len(reading.Rows) != 1 {
			t.Errorf("%s: %v %+v", name, err, reading)
			continue
		}
		got := reading.Rows[0]
		if got.Case.Name() != "Zoë O’Brien" || got.Case.Locality != "£ North – Thame" || got.Number != 2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Workbooks as offices make them: a READ ME first, headings far down and merged, a hidden archive.
func TestTheTrackerIsFoundAmongSheets(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"READ ME"}, {"Person ref must be filled in. DOB too."}})
	for _, name := range []string{"Current", "Archive"} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		set(t, book, name, [][]any{
			{"TRANSITIONS TRACKER"}, {},
			{"LAS ID", "Name", nil, "Born (dd/mm/yyyy)", "Weekly cost", nil, nil, "Deceased", "Team"},
			{nil, nil, nil, nil, "ASC", "Health", "Colour", nil, nil},
			{100234, "Rosa", "Walker", "04/03/2009", 10.5, "£2,000", "blue", nil, "South"},
		})
		for _, merge := range [][2]string{{"A1", "I1"}, {"A3", "A4"}, {"B4", "C4"}, {"D3", "D4"}, {"E3", "G3"}, {"H3", "H4"}, {"I3", "I4"}} {
			if err := book.MergeCell(name, merge[0], merge[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := book.SetCellValue(name, "B4", "Name"); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetSheetVisible("Archive", false); err != nil {
		t.Fatal(err)
	}
	if err := book.SetColVisible("Current", "I", false); err != nil {
		t.Fatal(err)
	}
	reading := readBook(t, book)
	if reading.Sheet != "Current" || reading.HeadingRow != 4 || len(reading.Rows) != 1 {
		t.Fatalf("%+v", reading)
	}
	person := reading.Rows[0]
	if person.Number != 5 || person.Case.PersonReference != "100234" || person.Case.Name() != "Rosa Walker" || person.Case.Locality != "South" ||
		ASCWeekly.Say(&person.Case) != "£10.50" || HealthWeekly.Say(&person.Case) != "£2,000" {
		t.Errorf("%+v", person)
	}
	if diff := cmp.Diff([]string{"Colour"}, reading.Ignored); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"The workbook has a hidden sheet, “Archive”. It was not read.", "Column I (Team) is hidden in the sheet. It was read too."}, reading.Notices); diff != "" {
		t.Error(diff)
	}
	for _, field := range reading.Missing {
		if field == HealthWeekly || field == Forename {
			t.Errorf("%s is said to be missing", field)
		}
	}
}

// A file that is no tracker must say what to do, not leave a clerk guessing.
func TestFilesThatAreNoTrackerSayHowToMendThem(t *testing.T) {
	t.Parallel()
	encrypted := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600) + string(OfficeStreamName("EncryptedPackage"))
	noBirthday := excelize.NewFile()
	set(t, noBirthday, "Sheet1", [][]any{{"Person ref", "Forename", "Surname", "RAG"}, {"T1", "Rosa", "Walker", "Red"}})
	whole := bookBytes(t, noBirthday)
	for name, c := range map[string]struct{ content, sentence string }{
		"empty":             {"", "The file is empty"},
		"blank":             {" \r\n\r\n", "nothing but blanks"},
		"PDF":               {"%PDF-1.7 …", "is a PDF"},
		"picture":           {"\x89PNG\r\n\x1a\n", "is a picture"},
		"old Excel":         {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 Workbook", "old Office file"},
		"password":          {encrypted, "has a password"},
		"web page":          {"<html><table>", "web page"},
		"bytes":             {"\x00\x01\x02\x03\x04\x05\x06\xFF\x00", "not a spreadsheet"},
		"letter":            {"Dear clerk,\nplease find the tracker elsewhere.\n", "No row of headings"},
		"quotation mark":    {"Person ref,Forename,Surname,DoB\nT1,\"Rosa,Walker,04/03/2009\n", "quotation mark"},
		"cut short":         {string(whole[:len(whole)/2]), "damaged"},
		"no date of birth":  {string(whole), "no column for date of birth"},
		"zip of a document": {"PK\x05\x06" + strings.Repeat("\x00", 18), "zip archive"},
		"endless name":      {"Person ref,Forename,Surname,DoB\nT1,Rosa," + strings.Repeat("W", maxCell+1) + ",04/03/2009\n", "A cell in row 2 holds more than 32767 characters"},
		"odd separator":     {"sep=\"\nPerson ref,Forename\n", "No row of headings"},
	} {
		book, err := Open("t", strings.NewReader(c.content), int64(len(c.content)))
		if err == nil {
			_, err = readAll(book)
		}
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, c.sentence) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
