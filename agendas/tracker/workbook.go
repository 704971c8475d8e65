package tracker

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quorate/server/base/fault"
)

// The most a tracker file may hold. A partnership's tracker is a few thousand rows; these bounds
// only stop a file that would exhaust the server.
const (
	MaxFileBytes  = 64 << 20  // as sent
	maxPartBytes  = 512 << 20 // one unzipped part of a workbook, which is streamed
	maxListBytes  = 16 << 20  // one that is held: the lists of sheets, parts and formats
	maxDirectory  = 4 << 20   // a workbook’s list of what is in the zip archive
	maxSheets     = 512
	maxTotalBytes = 640 << 20 // all unzipped parts of a workbook
	maxRows       = 200_000   // below the headings
	maxSheetRows  = 1_048_576 // blank ones and all, which is Excel's own limit
	maxColumns    = 512
	maxCell       = 32_767                      // characters of one cell, which is Excel's own limit
	maxCellBytes  = (maxCell + 1) * utf8.UTFMax // of a longer text no more is read: it is too long anyhow
	maxSheetText  = 96 << 20                    // all text a workbook shares, which is held
	maxAllText    = 512 << 20                   // all text of a sheet, where a workbook repeats one text in many cells
)

// A Workbook is a tracker file opened for reading: one or more sheets of typed cells. Nothing in
// it is ever calculated or run.
type Workbook struct {
	Name      string // the file's own name, without its folder
	Converted []byte // the Excel workbook it was converted to, when it was another kind: whoever keeps the file keeps this
	sheets    []sheet
	system    dateSystem
	notices   []string // what to know about the file, whichever sheet is read
}

// A sheet yields its rows in order, as often as asked; blank rows may be left out.
type sheet struct {
	name   string
	hidden bool
	rows   func(yield func(sheetRow) bool) error
	merged func() ([]mergedRange, error)
	hides  func() []int               // zero-based columns hidden from people
	bytes  int64                      // of its rows, unpacked
	extent func() (rows int, ok bool) // how many rows it says it has, when reading it through would take long
}

// size is how many rows hold anything.
func (s sheet) size() (int, error) {
	if s.extent != nil {
		if rows, ok := s.extent(); ok {
			return rows, nil
		}
	}
	rows := 0
	err := s.rows(func(row sheetRow) bool {
		if slices.ContainsFunc(row.cells, func(c cell) bool { return c.kind != blankCell }) {
			rows++
		}
		return true
	})
	return rows, err
}

type sheetRow struct {
	number int // as the spreadsheet numbers it, from 1
	hidden bool
	cells  []cell
}

// bounded yields rows while their text is what a tracker can hold: a workbook of a few kilobytes may
// unzip to a name of a hundred megabytes.
func bounded(rows func(func(sheetRow) bool) error) func(func(sheetRow) bool) error {
	return func(yield func(sheetRow) bool) error {
		held := 0
		var refusal error
		err := rows(func(row sheetRow) bool {
			for _, c := range row.cells {
				if held += len(c.text); held > maxAllText {
					refusal = tooMany()
					return false
				}
				if len(c.text) > maxCell && utf8.RuneCountInString(c.text) > maxCell {
					refusal = fault.New(fault.TooLarge, "A cell in row %d holds more than %d characters. Shorten it and choose the file again.", row.number, maxCell)
					return false
				}
			}
			return yield(row)
		})
		if refusal != nil {
			return refusal
		}
		return err
	}
}

// at is the cell in a zero-based column, blank past the row's end.
func (r sheetRow) at(column int) cell {
	if column < 0 || column >= len(r.cells) {
		return cell{}
	}
	return r.cells[column]
}

// kept is the row for keeping: a sheet may use a row's cells again for the next.
func (r sheetRow) kept() sheetRow {
	r.cells = slices.Clone(r.cells)
	return r
}

// maxMerged is how many merged ranges are looked at: headings have a few.
const maxMerged = 10_000

// A mergedRange shows the value of its top-left cell over all its cells; zero-based columns,
// row numbers from 1.
type mergedRange struct{ top, left, bottom, right int }

type cellKind uint8

const (
	blankCell cellKind = iota
	textCell
	numberCell // any number that is not shown as a day, and any that is when date is true
	boolCell
	errorCell // #N/A and its kind
)

// A cell holds the stored value, never the text Excel would show for it: a real date cell shown
// as text may come month first, and that is a wrong birthday.
type cell struct {
	text   string
	number float64
	kind   cellKind
	date   bool  // a number whose format shows a day
	share  bool  // a number whose format shows a percentage
	pad    uint8 // a number whose format shows this many digits, leading zeros and all
	fill   fill  // the colour behind it
}

// Open reads a tracker from a file of size bytes. A file that is not a readable CSV or XLSX
// tracker gives a fault whose sentence says how to mend it.
func Open(name string, file io.ReaderAt, size int64) (*Workbook, error) {
	name = fileName(name)
	switch {
	case size == 0:
		return nil, refuse("The file is empty. Save the tracker again as an Excel workbook (.xlsx) or CSV and choose it.")
	case size > MaxFileBytes:
		return nil, fault.New(fault.TooLarge, "The file is larger than %d MB. Remove sheets and pictures that are not the tracker and save it again.", MaxFileBytes>>20)
	}
	head := make([]byte, min(size, 4096))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openXLSX(name, file, size)
	case bytes.HasPrefix(head, []byte("PK")):
		return nil, refuse("The file is an empty or split zip archive, not a workbook. Save the tracker as an Excel workbook (.xlsx) or CSV.")
	}
	if bytes.HasPrefix(head, []byte(oldOffice)) {
		switch {
		case holds(file, size, OfficeStreamName("EncryptedPackage")), lockedExcel(file, size):
			return nil, hasPassword()
		case holds(file, size, OfficeStreamName("Workbook")), holds(file, size, OfficeStreamName("Book")):
			return openConverted(name, file, size, oldExcel)
		}
	}
	if sentence := notATracker(head); sentence != "" {
		return nil, refuse(sentence)
	}
	return openCSV(name, file, size)
}

// maxNamed is how many letters are kept of the name of a file or a sheet.
const maxNamed = 100

// fileName is a file's own name, without its folder, as people see it: nothing unprintable, not too long.
func fileName(path string) string {
	name := strings.ReplaceAll(tidy(filepath.Base(strings.ReplaceAll(path, `\`, "/"))), "\n", " ")
	ending := filepath.Ext(name)
	if len(ending) > len(".xlsx") {
		ending = ""
	}
	return shorten(strings.TrimSuffix(name, ending), maxNamed) + ending
}

// OpenFile opens the tracker file at path.
func OpenFile(path string) (*Workbook, error) {
	whole, err := LoadFile(path)
	if err != nil {
		return nil, err
	}
	return Open(path, bytes.NewReader(whole), int64(len(whole)))
}

// LoadFile reads the file at path, into memory, so that it may be replaced meanwhile. Of a file that is
// too large it reads enough for Open to refuse it.
func LoadFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.New(fault.NotFound, "There is no file %s. Check its name and folder.", path).Because(err)
	case errors.Is(err, os.ErrPermission):
		return nil, fault.New(fault.Denied, "The file %s cannot be opened. Ask for permission to read it.", path).Because(err)
	case err != nil:
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, refuse("That is a folder. Choose the tracker file inside it.")
	}
	return io.ReadAll(io.LimitReader(file, MaxFileBytes+1))
}

// Check says what keeps a workbook from being read as it was chosen, before anything is.
func (w *Workbook) Check(choice Choice) error {
	_, err := findLayout(w, choice)
	return err
}

func refuse(sentence string) *fault.Fault { return fault.New(fault.Invalid, "%s", sentence) }

// notATracker says in words what a file is when its first bytes show that it cannot be a tracker.
func notATracker(head []byte) string {
	begins := func(magic ...string) bool {
		for _, m := range magic {
			if bytes.HasPrefix(head, []byte(m)) {
				return true
			}
		}
		return false
	}
	switch {
	case begins(oldOffice):
		return "The file is a Word document or another old Office file (.doc, .ppt or .msg). Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV."
	case begins("%PDF"):
		return "The file is a PDF. Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV."
	case begins("\x89PNG", "\xFF\xD8\xFF", "GIF8", "BM", "II*\x00", "MM\x00*", "RIFF"):
		return "The file is a picture. Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV."
	case begins("\x1F\x8B", "7z\xBC\xAF", "Rar!", "BZh", "\xFD7zXZ"):
		return "The file is a compressed archive. Take the tracker out of it and choose the Excel workbook (.xlsx) or CSV."
	case begins("{\\rtf"):
		return "The file is a Word document. Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV."
	}
	start := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")))
	for _, tag := range []string{"<!doctype", "<html", "<table", "<?xml", "<workbook"} {
		if strings.HasPrefix(start, tag) {
			return "The file is a web page or an XML file under another name. Open it in Excel, choose Save As, Excel Workbook (.xlsx), and choose the new file."
		}
	}
	return ""
}

// oldOffice begins the containers Office wrote until 2007, and still writes round what has a password.
const oldOffice = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

func hasPassword() error {
	return refuse("The workbook has a password, so it cannot be read. Open it in Excel, choose File, Info, Protect Workbook, Encrypt with Password, clear the password, save it and choose it again.")
}

// lockedExcel reports whether an old workbook's cells are locked with a password: the record that says
// so follows the one every workbook begins with.
func lockedExcel(file io.ReaderAt, size int64) bool {
	const sector = 512
	begin := []byte("\x09\x08\x10\x00\x00\x06")
	head := make([]byte, 22)
	for at := int64(sector); at < size; at += sector {
		if _, err := file.ReadAt(head, at); err != nil {
			return false
		}
		if bytes.HasPrefix(head, begin) {
			return head[20] == 0x2F && head[21] == 0
		}
	}
	return false
}

// holds reports whether the file's bytes contain want, reading it in pieces.
func holds(file io.ReaderAt, size int64, want []byte) bool {
	const piece = 1 << 20
	buffer := make([]byte, piece+len(want))
	for at := int64(0); at < size; at += piece {
		n, _ := file.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if bytes.Contains(buffer[:n], want) {
			return true
		}
	}
	return false
}

// OfficeStreamName is a stream's name as an old Office container spells it.
func OfficeStreamName(name string) []byte {
	spelt := make([]byte, 0, 2*len(name))
	for _, letter := range []byte(name) {
		spelt = append(spelt, letter, 0)
	}
	return spelt
}

// columnName is a zero-based column as a spreadsheet names it: A, Z, AA.
func columnName(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// columnPlace is the zero-based place of a column named by its letters.
func columnPlace(letters string) (at int, ok bool) {
	if len(letters) == 0 || len(letters) > 3 {
		return 0, false
	}
	for _, letter := range []byte(letters) {
		if letter < 'A' || letter > 'Z' {
			return 0, false
		}
		at = at*26 + int(letter-'A') + 1
	}
	return at - 1, true
}

// shown is the value as a person sees it in the file, for telling them which one is wrong.
func (c cell) shown(system dateSystem) string {
	switch {
	case c.kind == numberCell && c.date:
		if day, ok := system.day(c.number); ok {
			return typedDay(day)
		}
		return plainNumber(c.number)
	case c.kind == numberCell && c.share:
		return plainNumber(percentOf(c.number)) + "%"
	case c.kind == numberCell:
		digits := plainNumber(c.number)
		if missing := int(c.pad) - len(digits); missing > 0 && c.number >= 0 {
			return strings.Repeat("0", missing) + digits
		}
		return digits
	case c.kind == boolCell && c.number != 0:
		return "TRUE"
	case c.kind == boolCell:
		return "FALSE"
	default:
		return c.text
	}
}

// plainNumber writes a number without an exponent or needless decimals: 100234, 1204.5.
func plainNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
