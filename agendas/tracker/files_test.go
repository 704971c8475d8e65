package tracker

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// A name in the wrong letters is another person's name, and nobody sees it unless the page says what was
// guessed.
func TestEveryEncodingKeepsNamesAndSaysWhatWasGuessed(t *testing.T) {
	t.Parallel()
	const text = "Person ref,Forename,Surname,D.O.B,Area,£ pw\r\nT1,Zoë,O’Shea,04/03/2009,North,£900\r\nT2,Émile,Núñez,05/03/2009,South – Thame,£10\r\n"
	const plain = "Person ref,Forename,Surname,D.O.B,Area,£ pw\r\nT1,Zoë,Shea,04/03/2009,North,£900\r\nT2,Émile,Núñez,05/03/2009,South,£10\r\n"
	for _, c := range []struct {
		name    string
		letters encoding.Encoding
		text    string
		notice  string // a part of it, "" for none
	}{
		{"UTF-8", unicode.UTF8, text, ""},
		{"UTF-8 with its mark", unicode.UTF8BOM, text, ""},
		{"UTF-16 little", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text, ""},
		{"UTF-16 big", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text, ""},
		{"UTF-16 without its mark", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text, "as UTF-16"},
		{"Windows-1252", charmap.Windows1252, text, "as Windows-1252"},
		{"ISO-8859-1", charmap.ISO8859_1, plain, "as ISO-8859-1"},
		{"Mac Roman", charmap.Macintosh, text, "as Mac Roman"},
		{"DOS", charmap.CodePage850, plain, "as DOS code page 850"},
	} {
		written, err := c.letters.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		reading := readText(t, written)
		if len(reading.Rows) != 2 {
			t.Errorf("%s: %+v", c.name, reading)
			continue
		}
		want := []string{"Zoë O’Shea", "Émile Núñez", "£900"}
		if c.text == plain {
			want[0] = "Zoë Shea"
		}
		got := []string{reading.Rows[0].Case.Name(), reading.Rows[1].Case.Name(), WeeklyCost.Say(&reading.Rows[0].Case)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		said := strings.Join(reading.Notices, " ")
		if c.notice == "" && said != "" || !strings.Contains(said, c.notice) {
			t.Errorf("%s says %q", c.name, said)
		}
	}
}

// One damaged letter must not turn every other accent of a UTF-8 file into two wrong letters.
func TestADamagedLetterIsShownNotGuessedRound(t *testing.T) {
	t.Parallel()
	rows := strings.Repeat("T%d,Zoë,Núñez,04/03/2009\n", 1)
	text := "Person ref,Forename,Surname,DoB\n"
	for n := range 10 {
		text += fmt.Sprintf(rows, n)
	}
	reading := readText(t, text+"T99,Jos\xE9,Walker,04/03/2009\n")
	if len(reading.Rows) != 11 || reading.Rows[0].Case.Name() != "Zoë Núñez" || reading.Rows[10].Case.Forename != "Jos�" {
		t.Fatalf("%+v", reading.Rows)
	}
	if len(reading.Notices) != 1 || !strings.Contains(reading.Notices[0], "1 of its letters is damaged") {
		t.Errorf("%q", reading.Notices)
	}
	if len(reading.Warnings) != 1 || !strings.Contains(reading.Warnings[0].Problem, "Check the name") || reading.Warnings[0].Row != 12 {
		t.Errorf("%+v", reading.Warnings)
	}
}

// Commas in a note must not cut the columns of a semicolon file.
func TestSeparators(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"semicolons and notes": "Tracker, as at 1 November, for North, South, Central;;;;\nPerson ref;Name;D.O.B;Area;Comments\nT1;\"O'Shea, Zoë\";04/03/2009;North;one, two, three, four, five, six, seven\nT2;Ben Khan;05/03/2009;South;none\n",
		"tabs":                 "Person ref\tName\tD.O.B\tArea\nT1\tZoë O'Shea\t04/03/2009\tNorth\nT2\tBen Khan\t05/03/2009\tSouth\n",
		"upright lines":        "Person ref|Name|D.O.B|Area\nT1|Zoë O'Shea|04/03/2009|North\nT2|Ben Khan|05/03/2009|South\n",
		"its own word":         "sep=|\nPerson ref|Name|D.O.B|Area\nT1|Zoë O'Shea|04/03/2009|North\nT2|Ben, Khan, , , ,|05/03/2009|South\n",
		"old Mac line ends":    "Person ref,Name,D.O.B,Area\rT1,\"O'Shea, Zoë\",04/03/2009,North\rT2,Ben Khan,05/03/2009,South",
		"spaces after quotes":  "Person ref,Name,D.O.B,Area\nT1,\"O'Shea, Zoë\" ,\"04/03/2009\" ,North\nT2,Ben Khan,05/03/2009,South\n",
		"a stray quote":        "Person ref,Name,D.O.B,Area\nT1,Zoë O'Shea,04/03/2009,\"North\"\nT2,\"Ben \"Bee\" Khan\",05/03/2009,South\n",
		"references kept":      "Person ref,Name,D.O.B,Area\n=\"T1\",\"O'Shea, Zoë\",04/03/2009,North\n\"=\"\"T2\"\"\",Ben Khan,05/03/2009,South\n",
	} {
		reading := readText(t, text)
		if len(reading.Rows) != 2 || len(reading.Warnings) != 0 || len(reading.Errors) != 0 {
			t.Errorf("%s: %+v", name, reading)
			continue
		}
		if c := reading.Rows[0].Case; c.Name() != "Zoë O'Shea" || c.Locality != "North" || c.PersonReference != "T1" || reading.Rows[1].Case.PersonReference != "T2" {
			t.Errorf("%s: %+v", name, reading.Rows)
		}
	}
}

// Every way a real date cell may come in must give the same eighteenth birthday.
func TestTheFourthOfMarchByEveryRoute(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, reading *heldReading) {
		t.Helper()
		if len(reading.Rows) != 1 || len(reading.Warnings) != 0 || len(reading.Errors) != 0 {
			t.Fatalf("%+v", reading)
		}
		if c := reading.Rows[0].Case; c.DateOfBirth != clock.MustDate("2009-03-04") || c.PersonReference != "000123" || c.Name() != "Zoë O’Shea" {
			t.Errorf("%s %s born %s", c.PersonReference, c.Name(), c.DateOfBirth)
		}
	}
	for _, written := range []string{"04/03/2009", "4.3.09", "4 March 2009", "2009-03-04", "2009-03-04T00:00:00", "39876", "20090304", "04-Mar-2009", "Wed 4th March 2009"} {
		check(t, readText(t, "Mosaic ID,First name,Surname,DoB\n000123,Zoë,O’Shea,"+written+"\n"))
	}
	for _, from1904 := range []bool{false, true} {
		book := excelize.NewFile()
		if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
			t.Fatal(err)
		}
		set(t, book, "Sheet1", [][]any{{"Mosaic ID", "First name", "Surname", "DoB"}, {"000123", "Zoë", "O’Shea", clock.MustDate("2009-03-04").Start().UTC()}})
		check(t, readBook(t, book))
	}
	for _, file := range []string{"libreoffice.xlsx", "libreoffice.ods", "libreoffice.xls"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("soffice"); err != nil && file != "libreoffice.xlsx" {
				t.Skip("LibreOffice is not installed: nothing can convert this file")
			}
			book, err := OpenFile("testdata/" + file)
			if err != nil {
				t.Fatalf("%v: %v", err, errors.Unwrap(err))
			}
			reading, err := readAll(book)
			if err != nil {
				t.Fatal(err)
			}
			check(t, reading)
			if c := reading.Rows[0].Case; WeeklyCost.Say(&c) != "£1,204.50" || EHCP.Say(&c) != "Yes" {
				t.Errorf("%s a week, EHCP %s", WeeklyCost.Say(&c), EHCP.Say(&c))
			}
			if converted := file != "libreoffice.xlsx"; converted != slices.ContainsFunc(reading.Notices, func(n string) bool { return strings.Contains(n, "was converted") }) {
				t.Errorf("notices %q", reading.Notices)
			}
		})
	}
}

// Without LibreOffice a clerk must learn how to save the file, not that something went wrong.
func TestOldFilesSayHowToSaveThemWithoutLibreOffice(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, file := range []string{"testdata/libreoffice.ods", "testdata/libreoffice.xls"} {
		_, err := OpenFile(file)
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, "Save As, Excel Workbook (.xlsx)") || !strings.Contains(f.Sentence, "LibreOffice") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Macros in a clerk's workbook are theirs: it is read, they are not run, and the page says so.
func TestAMacroWorkbookIsReadAndItsMacrosAreNot(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"Person ref", "Forename", "Surname", "DoB"}, {"T1", "Rosa", "Walker", "04/03/2009"}})
	reading, err := readAll(openBytes(t, "tracker.xlsm", withPart(t, bookBytes(t, book), "xl/vbaProject.bin", "Sub Auto_Open()")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"The workbook holds macros. They were not run."}, reading.Notices); diff != "" || len(reading.Rows) != 1 {
		t.Errorf("%d rows, %s", len(reading.Rows), diff)
	}
}

// withPart adds a part to a workbook.
func withPart(t *testing.T, workbook []byte, name, content string) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	made := zip.NewWriter(&written)
	for _, part := range old.File {
		if part.Name == name {
			continue
		}
		if err := made.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	part, err := made.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

// A few kilobytes that unpack to gigabytes must not take the server down for everyone.
func TestABombIsRefusedBeforeItUnpacks(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"Person ref", "Forename", "Surname", "DoB"}, {"T1", "Rosa", "Walker", "04/03/2009"}})
	honest := bookBytes(t, book)
	const honestly = 0 // as long as it is
	bomb := func(says uint64) []byte {
		old, err := zip.NewReader(bytes.NewReader(honest), int64(len(honest)))
		if err != nil {
			t.Fatal(err)
		}
		var written bytes.Buffer
		made := zip.NewWriter(&written)
		for _, part := range old.File {
			if part.Name != "xl/worksheets/sheet1.xml" {
				if err := made.Copy(part); err != nil {
					t.Fatal(err)
				}
				continue
			}
			headings := ""
			for _, heading := range []string{"Person ref", "Forename", "Surname", "DoB"} {
				headings += `<c t="inlineStr"><is><t>` + heading + `</t></is></c>`
			}
			content := []byte("<worksheet><sheetData><row>" + headings + "</row>" + strings.Repeat("<row></row>", 100_000))
			if says == honestly {
				says = uint64(len(content))
			}
			raw, err := made.CreateRaw(&zip.FileHeader{Name: part.Name, Method: zip.Store, CompressedSize64: uint64(len(content)), UncompressedSize64: says, CRC32: crc32.ChecksumIEEE(content)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.Write(content); err != nil {
				t.Fatal(err)
			}
		}
		if err := made.Close(); err != nil {
			t.Fatal(err)
		}
		return written.Bytes()
	}
	for name, c := range map[string]struct {
		says     uint64
		sentence string
	}{
		"a bomb that says so":     {maxPartBytes + 1, "unpacks to more than"},
		"a part that never ends":  {honestly, "damaged"},
		"a part that says less":   {100, "damaged"},
		"a part that says 4 GB":   {4 << 30, "unpacks to more than"},
		"all its parts too large": {maxPartBytes - 1, "damaged"},
	} {
		content := bomb(c.says)
		opened, err := Open("tracker.xlsx", bytes.NewReader(content), int64(len(content)))
		if err == nil {
			_, err = readAll(opened)
		}
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, c.sentence) {
			t.Errorf("%s: %v", name, err)
		}
	}
	endless := boundedPart{io.NopCloser(zeros{}), 1 << 20}
	if n, err := io.Copy(io.Discard, &endless); n != 1<<20 || !errors.Is(err, errPartTooLarge) {
		t.Errorf("a part that says less than it holds gave %d bytes, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A real password-protected workbook must say where to take the password off.
func TestAPasswordIsNamed(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"Person ref", "Forename", "Surname", "DoB"}, {"T1", "Rosa", "Walker", "04/03/2009"}})
	path := t.TempDir() + "/tracker.xlsx"
	if err := book.SaveAs(path, excelize.Options{Password: "hunter2"}); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile("testdata/libreoffice.xls")
	if err != nil {
		t.Fatal(err)
	}
	begins := bytes.Index(old, []byte("\x09\x08\x10\x00\x00\x06"))
	copy(old[begins+20:], "\x2F\x00")
	ods, err := os.ReadFile("testdata/libreoffice.ods")
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenFile(path)
	_, errOld := Open("tracker.xls", bytes.NewReader(old), int64(len(old)))
	locked := withPart(t, ods, "META-INF/manifest.xml", "<manifest:encryption-data/>")
	_, errODS := Open("tracker.ods", bytes.NewReader(locked), int64(len(locked)))
	for name, err := range map[string]error{"xlsx": err, "xls": errOld, "ods": errODS} {
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, "has a password") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A workbook of forty columns nobody needs must not hide the five that matter.
func TestFortyColumnsOfJunkAreListedAndLeft(t *testing.T) {
	t.Parallel()
	head, person := []any{}, []any{}
	for n := range 40 {
		head = append(head, fmt.Sprintf("Widget %d", n))
		person = append(person, n)
	}
	head = slices.Insert(head, 20, any("Mosaic ID"), any("YP name"), any("D.O.B."), any("Patch"))
	person = slices.Insert(person, 20, any(100234.0), any("WALKER, Rosa"), any("4/3/09"), any("North"))
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"15 sheets of this"}, nil, head, person})
	reading := readBook(t, book)
	if len(reading.Rows) != 1 || len(reading.Columns) != 4 || len(reading.Ignored) != 40 || len(reading.Headings) != 44 {
		t.Fatalf("%+v", reading)
	}
	if c := reading.Rows[0].Case; c.PersonReference != "100234" || c.Forename != "Rosa" || c.Locality != "North" || c.DateOfBirth != clock.MustDate("2009-03-04") {
		t.Errorf("%+v", c)
	}
}
