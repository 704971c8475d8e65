package tracker

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"quorate/server/base/fault"
)

// soonEnough is far longer than any of these files takes to read, and far shorter than each took by a way of
// reading that grew with the square of it.
const soonEnough = 8 * time.Second

// reads opens a file and reads it as far as it can be.
func reads(content []byte) (*Workbook, error) {
	book, err := Open("tracker.xlsx", bytes.NewReader(content), int64(len(content)))
	if err == nil {
		_, err = book.Look()
	}
	return book, err
}

// inTime fails when a file keeps a server busy.
func inTime(t *testing.T, what string, read func()) {
	t.Helper()
	began := time.Now()
	read()
	if took := time.Since(began); took > soonEnough {
		t.Errorf("%s took %s", what, took)
	}
}

func smallBook(t *testing.T) []byte {
	t.Helper()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{{"Person ref", "Forename", "Surname", "DoB"}, {"T1", "Rosa", "Walker", "04/03/2009"}})
	return bookBytes(t, book)
}

// partOf is the content of a part of a workbook.
func partOf(t *testing.T, workbook []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	content, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A list that unpacks to gigabytes is held whole, and would take the server down for everyone.
func TestListsThatAreHeldAreBounded(t *testing.T) {
	t.Parallel()
	small := smallBook(t)
	sheets := partOf(t, small, "xl/workbook.xml")
	styles := partOf(t, small, "xl/styles.xml")
	relations := partOf(t, small, "xl/_rels/workbook.xml.rels")
	many := maxListBytes / 40
	for name, c := range map[string]struct{ part, content string }{
		"sheets":    {"xl/workbook.xml", strings.Replace(sheets, "</sheets>", strings.Repeat(`<sheet name="a" sheetId="9" r:id="rId99"></sheet>`, many)+"</sheets>", 1)},
		"styles":    {"xl/styles.xml", strings.Replace(styles, "</cellXfs>", strings.Repeat(`<xf numFmtId="14" fontId="0" fillId="0"></xf>`, many)+"</cellXfs>", 1)},
		"relations": {"xl/_rels/workbook.xml.rels", strings.Replace(relations, "</Relationships>", strings.Repeat(`<Relationship Id="a" Target="worksheets/b"/>`, many)+"</Relationships>", 1)},
	} {
		_, err := reads(withPart(t, small, c.part, c.content))
		if f := fault.As(err); f == nil || f.Kind != fault.TooLarge || !strings.Contains(f.Sentence, "unpacks to more than") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := reads(small); err != nil {
		t.Errorf("the workbook itself: %v", err)
	}
}

// A few kilobytes may list one large sheet ten thousand times, and each would be read through.
func TestASheetListedManyTimesIsReadOnce(t *testing.T) {
	t.Parallel()
	small := smallBook(t)
	sheets := partOf(t, small, "xl/workbook.xml")
	again := strings.Repeat(`<sheet name="Again" sheetId="9" r:id="rId1"></sheet>`, 10_000)
	book, err := reads(withPart(t, small, "xl/workbook.xml", strings.Replace(sheets, "</sheets>", again+"</sheets>", 1)))
	if err != nil || len(book.sheets) != 1 {
		t.Fatalf("%d sheets, %v", len(book.sheets), err)
	}
}

// An archive of a million empty parts is a list of a million parts, held.
func TestAnArchiveOfCountlessPartsIsRefused(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	made := zip.NewWriter(&written)
	for n := range maxDirectory / 60 {
		if _, err := made.Create(fmt.Sprintf("part-%020d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := reads(written.Bytes())
	if f := fault.As(err); f == nil || f.Kind != fault.TooLarge {
		t.Fatal(err)
	}
}

// One tag of a megabyte must not keep a processor busy for minutes: it is read once.
func TestATagFullOfMarksIsReadOnce(t *testing.T) {
	t.Parallel()
	long := `<a x="` + strings.Repeat(">", maxTag-100) + `" y='2'/>`
	inTime(t, "the tag", func() {
		xml := newXMLScanner(strings.NewReader(strings.Repeat(long, 4)))
		for range 4 {
			if piece, err := xml.next(); err != nil || piece != elementBegins || xml.attribute("y") != "2" {
				t.Fatalf("%v, %v", piece, err)
			}
			if _, err := xml.next(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Merged cells are looked at for each heading: a hundred thousand of them are not looked at each time.
func TestCountlessMergedCellsAreLeftOut(t *testing.T) {
	t.Parallel()
	small := smallBook(t)
	var rows, merged strings.Builder
	for row := range headingDepth {
		fmt.Fprintf(&rows, `<row r="%d">`, row+1)
		for column := range maxColumns {
			fmt.Fprintf(&rows, `<c r="%s%d" t="str"><v>x%d</v></c>`, columnName(column), row+1, column)
		}
		rows.WriteString("</row>")
	}
	for n := range 120_000 {
		fmt.Fprintf(&merged, `<mergeCell ref="SS%d:ST%d"/>`, n%60+1, n%60+1)
	}
	sheet := `<worksheet><sheetData>` + rows.String() + `</sheetData><mergeCells>` + merged.String() + `</mergeCells></worksheet>`
	content := withPart(t, small, "xl/worksheets/sheet1.xml", sheet)
	inTime(t, "the sheet", func() {
		if _, err := reads(content); err != nil {
			t.Error(err)
		}
	})
}

// A clerk who matches the wrong column has a hundred thousand rows under one reference.
func TestOneReferenceInEveryRowIsSettledInTime(t *testing.T) {
	t.Parallel()
	rows := make([]string, maxRows)
	for i := range rows {
		rows[i] = fmt.Sprint(i + 2)
	}
	inTime(t, "naming the other rows", func() {
		for i := range rows {
			if said := otherRows(rows, i); !strings.HasSuffix(said, "199994 more") {
				t.Fatal(said)
			}
		}
	})
}

// Letters nobody sees must not make two people of one, nor turn round what stands beside them on a page.
func TestInvisibleLettersMakeNoSecondPerson(t *testing.T) {
	t.Parallel()
	reading := readText(t, "Person ref,Forename,Surname,DoB,Area\n"+
		"\u200eT\u20601\u200f,Zoe\u0308,\u202eWalker\u202c,04/03/2009,North\n"+
		"T\u200d2,Ben,Khan,05/03/2009,\u2066North\u2069\n")
	var got []string
	for _, row := range reading.Rows {
		got = append(got, fmt.Sprintf("%+q", row.Case.PersonReference+" "+row.Case.Name()+" "+row.Case.Locality))
	}
	if want := []string{`"T1 Zo\u00eb Walker North"`, `"T2 Ben Khan North"`}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

// A file's name is shown on pages and kept: it is nobody's to write pages with.
func TestNamesOfFilesAndSheetsAreTidy(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`C:\Old\tracker.csv`:                 "tracker.csv",
		"../../etc/tracker.csv":              "tracker.csv",
		"a\x00b\u202ecsv.exe.csv":            "abcsv.exe.csv",
		"caf\xe9.csv":                        "caf\ufffd.csv",
		strings.Repeat("x", 5_000) + ".xlsx": strings.Repeat("x", maxNamed-1) + "….xlsx",
		"x." + strings.Repeat("y", 5_000):    "x." + strings.Repeat("y", maxNamed-3) + "…",
	} {
		if got := fileName(given); got != want || fileName(got) != got {
			t.Errorf("%.50q is %q, not %q", given, got, want)
		}
	}
	small := smallBook(t)
	sheets := strings.Replace(partOf(t, small, "xl/workbook.xml"), `name="Sheet1"`, `name="`+strings.Repeat("N", 5_000)+`"`, 1)
	book, err := reads(withPart(t, small, "xl/workbook.xml", sheets))
	if err != nil || len([]rune(book.sheets[0].name)) != maxNamed {
		t.Errorf("%+v, %v", book, err)
	}
}

// The bounds of a conversion must hold under the plainest shell: without them one spreadsheet takes the machine.
func TestAConversionHasItsBounds(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "soffice")
	said := filepath.Join(t.TempDir(), "said")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n{ ulimit -f; ulimit -v; ulimit -t; pwd; } >"+said+"\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := convert(program, strings.NewReader("x"), 1, openDocument); err == nil {
		t.Error("a failed conversion gave a workbook")
	}
	got, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(got))
	if want := fmt.Sprint(MaxFileBytes/512, convertMemory, int(convertTime.Seconds())); strings.Join(lines[:3], " ") != want {
		t.Errorf("bounds %v, not %s", lines, want)
	}
	if _, err := os.Stat(lines[3]); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}

// A conversion that died with its process must not leave a tracker in a folder anybody backs up.
func TestWhatADeadConversionLeftIsClearedAway(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	old, young := filepath.Join(dir, conversionFolder+"1"), filepath.Join(dir, conversionFolder+"2")
	for _, folder := range []string{old, young} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "tracker.ods"), []byte("T1"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	sweepConversions()
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old one stays: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("another that is under way: %v", err)
	}
}

// A spreadsheet must not read this server's files into itself, nor tell another server that it was opened.
func TestAConversionFollowsNoLink(t *testing.T) {
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("LibreOffice is not installed")
	}
	asked := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		_, _ = io.WriteString(w, "CANARY\n")
	}))
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("CANARY,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	content := linkedSpreadsheet(t, server.URL, secret)
	book, err := Open("tracker.ods", bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range book.Sheets() {
		err := sheet.Rows(func(_ int, cells []Cell) bool {
			for _, c := range cells {
				if strings.Contains(c.Shown(), "CANARY") {
					t.Errorf("sheet %q reads %q", sheet.Name, c.Shown())
				}
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Contains(book.Converted, []byte("CANARY")) {
		t.Error("the workbook holds what a link leads to")
	}
	select {
	case path := <-asked:
		t.Errorf("another server was asked for %s", path)
	default:
	}
}

// linkedSpreadsheet is an OpenDocument spreadsheet with every kind of link to a server and to a file.
func linkedSpreadsheet(t *testing.T, server, file string) []byte {
	t.Helper()
	const spaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" ` +
		`xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
		`xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"`
	cell := func(formula, shown string) string {
		return `<table:table-cell ` + formula + ` office:value-type="string"><text:p>` + shown + `</text:p></table:table-cell>`
	}
	row := func(cells ...string) string {
		return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
	}
	rows := row(cell("", "Person ref"), cell("", "Forename"), cell("", "Surname"), cell("", "DoB"), cell("", "Notes"))
	for n, formula := range []string{
		`WEBSERVICE(&quot;` + server + `/service&quot;)`, `WEBSERVICE(&quot;file://` + file + `&quot;)`,
		`['file://` + file + `'#$secret.A1]`, `['` + server + `/other.csv'#$other.A1]`,
		`DDE(&quot;soffice&quot;;&quot;` + file + `&quot;;&quot;secret.A1&quot;)`,
	} {
		rows += row(cell("", fmt.Sprintf("T%d", n)), cell("", "Rosa"), cell("", "Walker"), cell("", "04/03/2009"), cell(`table:formula="of:=`+formula+`"`, ""))
	}
	rows += `<table:table-row><table:table-cell><draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="` + server + `/picture.png" xlink:type="simple"/></draw:frame>` +
		`<draw:frame svg:width="2cm" svg:height="2cm"><draw:object xlink:href="` + server + `/object.ods"/></draw:frame></table:table-cell></table:table-row>`
	linked := ""
	for n, from := range []string{"file://" + file, server + "/linked.csv"} {
		linked += fmt.Sprintf(`<table:table table:name="Linked%d"><table:table-source xlink:type="simple" xlink:href="%s" table:filter-name="Text - txt - csv (StarCalc)" table:filter-options="44,34,76,1"/>%s</table:table>`,
			n, from, row(cell("", "as it was")))
	}
	content := `<?xml version="1.0" encoding="UTF-8"?><office:document-content ` + spaces + ` office:version="1.2"><office:body><office:spreadsheet><table:table table:name="T">` + rows + `</table:table>` +
		linked + `</office:spreadsheet></office:body></office:document-content>`
	var written bytes.Buffer
	made := zip.NewWriter(&written)
	for _, part := range []struct {
		header  zip.FileHeader
		content string
	}{
		{zip.FileHeader{Name: "mimetype", Method: zip.Store}, "application/vnd.oasis.opendocument.spreadsheet"},
		{zip.FileHeader{Name: "content.xml", Method: zip.Deflate}, content},
		{zip.FileHeader{Name: "META-INF/manifest.xml", Method: zip.Deflate}, `<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">` +
			`<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`},
	} {
		to, err := made.CreateHeader(&part.header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, part.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}
