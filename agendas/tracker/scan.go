package tracker

import (
	"fmt"
	"slices"
	"strings"

	"quorate/server/base/clock"
)

// A Choice is what somebody chose about a file where guessing would not do. The zero Choice guesses
// everything; a field it leaves out is guessed.
type Choice struct {
	Sheet      string                      // "" finds the one that looks like a tracker
	HeadingRow int                         // as the sheet numbers its rows; 0 finds it
	Columns    map[string]Field            // by the column's letter; "" ignores the column
	Values     map[Field]map[string]string // what a cell says, in any case of letters, and how it is read
}

// A Sink is given what Scan reads, in the file's order: the problems of a row, then its person. A row
// with an error has no person. An error from the sink ends the reading and comes back from Scan.
type Sink interface {
	Person(Row) error
	Problem(Problem) error
}

// The severities of a problem.
const (
	SeverityError   = "error"   // the row is counted nowhere else
	SeverityWarning = "warning" // the row is read; the field is Not known, or should be looked at
)

// A Problem is something in the file that a person should look at: the row by the sheet's own
// number, the column by its heading, the value as the file has it, and what is wrong in words.
type Problem struct {
	Row      int
	Column   string
	Value    string
	Problem  string
	Severity string
	Cells    []string `gorm:"serializer:json"` // the whole row as the file shows it, under the reading's Headings

	reference string // of the row's person, when it can be read
}

// A Row is a person read from the file. Only the fields of the reading's columns are set.
type Row struct {
	Number  int
	Case    Case
	undated []Field // Died or MovedAway, said without a date: the day of reading stands for it
}

// A Reading is what a tracker file is: which of its columns were read and how many rows of what kind
// it holds. The rows themselves went to the sink.
type Reading struct {
	File       string
	Sheet      string // "" for CSV
	HeadingRow int
	Headings   []string // of every column from A on, "" where there is none
	Columns    []Column
	Ignored    []string // headings that are no field
	Missing    []Field  // fields no column supplies: rules on them cannot be judged from this file
	Notices    []string // about the file as a whole

	People       int // rows given to the sink as people
	WarningCount int
	ErrorCount   int
	ErrorRows    int // rows counted nowhere else
}

// Supplied lists the fields this file's columns supply.
func (r *Reading) Supplied() []Field {
	var fields []Field
	for _, column := range r.Columns {
		if column.Field == FullName {
			fields = append(fields, Forename, Surname)
		} else {
			fields = append(fields, column.Field)
		}
	}
	return fields
}

// Heading is the heading of the column that supplies a field, "" when none does.
func (r *Reading) Heading(field Field) string {
	for _, column := range r.Columns {
		if column.Field == field || column.Field == FullName && (field == Forename || field == Surname) {
			return column.Heading
		}
	}
	return ""
}

// Scan finds the tracker in a workbook, as far as it was not chosen, and reads its rows as they stand
// today into the sink, one at a time: however long the file, one row is held.
func Scan(book *Workbook, today clock.Date, choice Choice, sink Sink) (*Reading, error) {
	found, err := findLayout(book, choice)
	if err != nil {
		return nil, err
	}
	reading := &Reading{File: book.Name, HeadingRow: found.headingRow, Headings: found.headings, Columns: found.columns, Ignored: found.ignored}
	if len(book.sheets) > 1 || found.sheet.name != book.Name {
		reading.Sheet = found.sheet.name
	}
	supplied := reading.Supplied()
	for _, field := range Fields() {
		if !slices.Contains(supplied, field) {
			reading.Missing = append(reading.Missing, field)
		}
	}
	read := newRowReader(book, today, choice, sink, found, reading)
	if err := found.sheet.rows(read.row); err != nil {
		return nil, err
	}
	if read.stopped != nil {
		return nil, read.stopped
	}
	read.notices(book)
	return reading, nil
}

func (r *rowReader) notices(book *Workbook) {
	say := func(format string, args ...any) {
		r.reading.Notices = append(r.reading.Notices, fmt.Sprintf(format, args...))
	}
	r.reading.Notices = append(r.reading.Notices, book.notices...)
	if r.layout.sheet.hidden {
		say("The tracker was read from a hidden sheet, “%s”.", r.layout.sheet.name)
	}
	var unread []string
	for _, other := range book.sheets {
		if other.hidden && other.name != r.layout.sheet.name {
			unread = append(unread, other.name)
		}
	}
	if n := len(unread); n == 1 {
		say("The workbook has a hidden sheet, “%s”. It was not read.", unread[0])
	} else if n > 1 {
		say("The workbook has %d hidden sheets, the first of them “%s”. They were not read.", n, unread[0])
	}
	if len(r.layout.also) > 0 {
		say("“%s” was read. %s also looks like a tracker and was not.", r.layout.sheet.name, "“"+strings.Join(r.layout.also, "”, “")+"”")
	}
	if n := r.hidden; n.count == 1 {
		say("Row %d is hidden in the sheet. It was read too.", n.first)
	} else if n.count > 1 {
		say("%d rows are hidden in the sheet, the first of them row %d. They were read too.", n.count, n.first)
	}
	if n := r.totals; n.count == 1 {
		say("Row %d was taken for a total and left out.", n.first)
	} else if n.count > 1 {
		say("%d rows were taken for totals and left out, the first of them row %d.", n.count, n.first)
	}
	if n := r.titles; n.count == 1 {
		say("Row %d was taken for a title and left out.", n.first)
	} else if n.count > 1 {
		say("%d rows were taken for titles and left out, the first of them row %d.", n.count, n.first)
	}
	if n := r.rated; n.count == 1 {
		say("The RAG of row %d was told by the colour of its cell alone. It was read from the colour: check it.", n.first)
	} else if n.count > 1 {
		say("The RAG of %d rows was told by the colour of its cell alone, the first of them row %d. It was read from the colour: check them.", n.count, n.first)
	}
	if n := r.tinted; n.count > 0 {
		say("Some cells are red, amber or green, the first of them in row %d, and no column is the RAG. The colours were not read. If they are the RAG, add a column headed RAG that says Red, Amber or Green.", n.first)
	}
	if n := r.shared; n.count == 1 {
		say("What the payers of row %d pay was worked out from their shares of its weekly cost.", n.first)
	} else if n.count > 1 {
		say("What the payers of %d rows pay was worked out from their shares of the weekly cost of each, the first of them row %d.", n.count, n.first)
	}
	concealed := r.layout.sheet.hides()
	for _, column := range r.layout.columns {
		if slices.Contains(concealed, column.at) {
			say("Column %s (%s) is hidden in the sheet. It was read too.", column.Letter, column.Heading)
		}
	}
	if r.rows == 0 {
		say("There are no rows below the headings.")
	}
}
