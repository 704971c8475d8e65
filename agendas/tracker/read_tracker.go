package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quorate/server/base/clock"
)

// A Problem is something in the file that a person should look at: the row by the sheet's own
// number, the column by its heading, the value as the file has it, and what is wrong in words.
type Problem struct {
	Row     int
	Column  string
	Value   string
	Problem string
}

// A Row is a person read from the file. Only the fields of the reading's columns are set.
type Row struct {
	Number  int
	Case    Case
	undated []Field // Died or MovedAway, said without a date: the day of reading stands for it
}

// A Reading is what a tracker file says, before it is compared with what is held.
type Reading struct {
	File       string
	Sheet      string // "" for CSV
	HeadingRow int
	Columns    []Column
	Ignored    []string // headings that are no field
	Missing    []Field  // fields no column supplies: rules on them cannot be judged from this file
	Notices    []string // about the file as a whole
	Rows       []Row    // people, each once, in the file's order
	Warnings   []Problem
	Errors     []Problem // rows counted nowhere else
}

// Supplied lists the fields this file's columns supply.
func (r *Reading) Supplied() []Field {
	var fields []Field
	for _, column := range r.Columns {
		if column.Field == fullName {
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
		if column.Field == field || column.Field == fullName && (field == Forename || field == Surname) {
			return column.Heading
		}
	}
	return ""
}

// ReadOptions choose among a workbook's sheets.
type ReadOptions struct {
	Sheet string // read this sheet; "" finds the one that looks like a tracker
}

// Read finds the tracker in a workbook and reads its rows as they stand today.
func Read(book *Workbook, today clock.Date, options ReadOptions) (*Reading, error) {
	found, err := findLayout(book, options.Sheet)
	if err != nil {
		return nil, err
	}
	reading := &Reading{File: book.Name, HeadingRow: found.headingRow, Columns: found.columns, Ignored: found.ignored}
	if len(book.sheets) > 1 || found.sheet.name != book.Name {
		reading.Sheet = found.sheet.name
	}
	supplied := reading.Supplied()
	for _, field := range Fields() {
		if !slices.Contains(supplied, field) {
			reading.Missing = append(reading.Missing, field)
		}
	}
	read := rowReader{reading: reading, layout: found, dates: dateReader{today: today, system: book.system}}
	if err := found.sheet.rows(read.row); err != nil {
		return nil, err
	}
	if read.tooMany {
		return nil, tooMany()
	}
	read.settleDuplicates()
	read.notices(book)
	return reading, nil
}

// A rowReader reads the rows below the headings, one at a time.
type rowReader struct {
	reading *Reading
	layout  layout
	dates   dateReader
	hidden  []int
	rows    int
	tooMany bool
}

func (r *rowReader) row(row sheetRow) bool {
	if row.number <= r.layout.headingRow || r.skips(row) {
		return true
	}
	if r.rows++; r.rows > maxRows {
		r.tooMany = true
		return false
	}
	if row.hidden {
		r.hidden = append(r.hidden, row.number)
	}
	person := Row{Number: row.number}
	undated, warnings, errors := r.person(row, &person.Case)
	if len(errors) > 0 {
		r.reading.Errors = append(r.reading.Errors, errors...)
		return true
	}
	person.undated = undated
	r.reading.Warnings = append(r.reading.Warnings, warnings...)
	r.reading.Rows = append(r.reading.Rows, person)
	return true
}

var totalWord = regexp.MustCompile(`(?i)^(grand |sub[- ]?)?(total|totals|sum|average|mean|count)\b`)

// skips reports whether a row is nobody's: blank, a total, or the headings once more.
func (r *rowReader) skips(row sheetRow) bool {
	values, money, repeated := 0, 0, 0
	firstText := ""
	for _, column := range r.layout.columns {
		c := row.at(column.at)
		if c.kind == blankCell {
			continue
		}
		values++
		if c.kind == textCell && c.text == column.Heading {
			repeated++
		}
		if rule := ruleOf[column.Field]; rule != nil && rule.kind == penceField {
			money++
		}
	}
	for _, c := range row.cells {
		if c.kind == textCell {
			firstText = c.text
			break
		}
	}
	if values == 0 { // blank, or only columns that are not read; a total may stand in one of those
		return true
	}
	born := row.at(r.layout.column(DateOfBirth).at)
	return money == values || repeated > 2 && repeated == values || born.kind == blankCell && totalWord.MatchString(firstText)
}

// person reads a row into a case. Errors mean that the row is nobody and its warnings do not count.
func (r *rowReader) person(row sheetRow, into *Case) (undated []Field, warnings, errors []Problem) {
	note := func(list *[]Problem, column *Column, shown, problem string) {
		*list = append(*list, Problem{Row: row.number, Column: column.Heading, Value: shown, Problem: problem})
	}
	shownAt := func(column *Column) (cell, string) {
		c := row.at(column.at)
		return c, c.shown(r.dates.system)
	}

	column := r.layout.column(PersonReference)
	c, shown := shownAt(column)
	reference, problem := readReference(shown)
	switch {
	case c.kind == errorCell || c.date:
		note(&errors, column, shown, "This is not a person reference. Enter the person’s reference.")
	case problem != "":
		note(&errors, column, shown, problem)
	case reference == "":
		note(&errors, column, shown, "There is no person reference. Enter it: the row cannot be matched without it.")
	}
	into.PersonReference = reference
	errors = append(errors, r.name(row, into)...)

	column = r.layout.column(DateOfBirth)
	c, shown = shownAt(column)
	born, problem := r.dates.read(c, shown, true)
	switch {
	case problem != "":
		note(&errors, column, shown, problem+" Enter the date of birth like 04/03/2009.")
	case born.IsZero():
		note(&errors, column, shown, "There is no date of birth. Enter it like 04/03/2009.")
	default:
		if problem := r.dates.birthdayProblem(born); problem != "" {
			note(&errors, column, shown, problem+" Check it and enter it like 04/03/2009.")
		}
	}
	into.DateOfBirth = born
	if len(errors) > 0 {
		return nil, nil, errors
	}
	for i := range r.layout.columns {
		column := &r.layout.columns[i]
		rule := ruleOf[column.Field]
		if rule == nil || slices.Contains(required, column.Field) {
			continue
		}
		c, shown := shownAt(column)
		if (rule.field == Died || rule.field == MovedAway) && saysYes(shown) {
			// Without this a person who has died would be listed for the next meeting.
			*rule.date(into) = r.dates.today
			undated = append(undated, rule.field)
			note(&warnings, column, shown, "There is no date, so the day this was first imported is recorded. Enter a date like 04/03/2027.")
			continue
		}
		if problem := r.optional(rule, c, shown, into); problem != "" {
			note(&warnings, column, shown, problem)
		}
	}
	return undated, warnings, nil
}

func (r *rowReader) name(row sheetRow, into *Case) (errors []Problem) {
	cellOf := func(column *Column) (text string, bad bool) {
		c := row.at(column.at)
		text = c.shown(r.dates.system)
		if saysNothing(text) {
			return "", false
		}
		return text, c.kind != textCell || utf8.RuneCountInString(text) > 200
	}
	if column := r.layout.column(fullName); column != nil {
		text, bad := cellOf(column)
		into.Forename, into.Surname = splitName(strings.ReplaceAll(text, "\n", " "))
		if bad || text == "" {
			return []Problem{{row.number, column.Heading, text, "There is no name. Enter the person’s forename and surname."}}
		}
		return nil
	}
	for _, field := range []Field{Forename, Surname} {
		column := r.layout.column(field)
		text, bad := cellOf(column)
		*ruleOf[field].text(into) = strings.ReplaceAll(text, "\n", " ")
		if bad || text == "" {
			errors = append(errors, Problem{row.number, column.Heading, text, fmt.Sprintf("There is no %s. Enter the person’s %s.", field.Label(), field.Label())})
		}
	}
	return errors
}

// optional reads one cell that may be blank. A problem leaves the field Not known.
func (r *rowReader) optional(rule *fieldRule, c cell, shown string, into *Case) (problem string) {
	if c.kind == errorCell {
		return "The spreadsheet shows an error here, so it is recorded as Not known. Mend the formula or enter the value."
	}
	if c.kind == blankCell {
		return ""
	}
	switch rule.kind {
	case dateField, planField:
		when, problem := r.dates.read(c, shown, false)
		if problem == "" && !when.IsZero() {
			problem = r.dates.dateProblem(rule, when, into.DateOfBirth)
		}
		if problem != "" {
			mend := " It is recorded as Not known. Enter a date like 04/03/2027."
			if rule.field == Died || rule.field == MovedAway {
				mend += " Until then the person is still listed for meetings."
			}
			return problem + mend
		}
		*rule.date(into) = when
	case flagField:
		*rule.flag(into), problem = readFlag(c, shown)
	case penceField:
		*rule.pence(into), problem = readPence(c, shown)
	case wordField:
		if saysNothing(shown) {
			return ""
		}
		word, known := rule.words[strings.ToLower(shown)]
		if !known {
			return "This is not Red, Amber or Green, so it is recorded as Not known."
		}
		*rule.text(into) = word
	default:
		if saysNothing(shown) {
			return ""
		}
		if utf8.RuneCountInString(shown) > maxText {
			return fmt.Sprintf("This is longer than %d letters, so it is recorded as Not known. Shorten it, or attach it as a paper.", maxText)
		}
		*rule.text(into) = shown
	}
	return problem
}

// settleDuplicates counts a person given twice once when both rows say the same, and makes all
// their rows errors when they do not: nobody can tell which is right.
func (r *rowReader) settleDuplicates() {
	places := make(map[string][]int, len(r.reading.Rows))
	for i := range r.reading.Rows {
		reference := r.reading.Rows[i].Case.PersonReference
		places[reference] = append(places[reference], i)
	}
	heading := r.layout.column(PersonReference).Heading
	dropped := map[int]bool{} // by the sheet's row number
	var kept []Row
	for i := range r.reading.Rows {
		row := &r.reading.Rows[i]
		group := places[row.Case.PersonReference]
		if len(group) == 1 {
			kept = append(kept, *row)
			continue
		}
		var differing []Field
		for _, other := range group {
			for _, field := range r.differing(&row.Case, &r.reading.Rows[other].Case) {
				if !slices.Contains(differing, field) {
					differing = append(differing, field)
				}
			}
		}
		allAlike := true
		for _, other := range group[1:] {
			allAlike = allAlike && len(r.differing(&r.reading.Rows[group[0]].Case, &r.reading.Rows[other].Case)) == 0
		}
		switch {
		case !allAlike:
			dropped[row.Number] = true
			r.reading.Errors = append(r.reading.Errors, Problem{row.Number, heading, row.Case.PersonReference,
				"This reference is also in " + r.otherRows(group, i) + r.differWords(differing) + ". Correct or remove one of them."})
		case i == group[0]:
			kept = append(kept, *row)
		default:
			dropped[row.Number] = true
			r.reading.Warnings = append(r.reading.Warnings, Problem{row.Number, heading, row.Case.PersonReference,
				fmt.Sprintf("This row says the same as row %d. The person is counted once.", r.reading.Rows[group[0]].Number)})
		}
	}
	duplicate := func(p Problem) bool { return p.Column == heading }
	r.reading.Warnings = slices.DeleteFunc(r.reading.Warnings, func(p Problem) bool { return dropped[p.Row] && !duplicate(p) })
	r.reading.Rows = kept
	byRow := func(a, b Problem) int { return a.Row - b.Row }
	slices.SortStableFunc(r.reading.Warnings, byRow)
	slices.SortStableFunc(r.reading.Errors, byRow)
}

func (r *rowReader) differing(a, b *Case) []Field {
	var fields []Field
	for i := range fieldRules {
		if !fieldRules[i].same(a, b) {
			fields = append(fields, fieldRules[i].field)
		}
	}
	return fields
}

func (r *rowReader) otherRows(group []int, self int) string {
	var numbers []string
	for _, i := range group {
		if i != self {
			numbers = append(numbers, strconv.Itoa(r.reading.Rows[i].Number))
		}
	}
	if len(numbers) == 1 {
		return "row " + numbers[0]
	}
	return "rows " + strings.Join(numbers[:len(numbers)-1], ", ") + " and " + numbers[len(numbers)-1]
}

func (r *rowReader) differWords(fields []Field) string {
	if len(fields) == 0 { // this row agrees with one of the others, which disagree among themselves
		return ", and they contradict each other"
	}
	labels := make([]string, 0, 4)
	for _, field := range fields[:min(3, len(fields))] {
		labels = append(labels, field.Label())
	}
	if more := len(fields) - 3; more > 0 {
		labels = append(labels, fmt.Sprintf("%d more", more))
	}
	return " with a different " + joinAnd(labels)
}

func joinAnd(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func (r *rowReader) notices(book *Workbook) {
	say := func(format string, args ...any) {
		r.reading.Notices = append(r.reading.Notices, fmt.Sprintf(format, args...))
	}
	if book.macros {
		say("The workbook holds macros. They were not run.")
	}
	if r.layout.sheet.hidden {
		say("The tracker was read from a hidden sheet, “%s”.", r.layout.sheet.name)
	}
	if len(r.layout.also) > 0 {
		say("“%s” was read. %s also looks like a tracker and was not.", r.layout.sheet.name, "“"+strings.Join(r.layout.also, "”, “")+"”")
	}
	if n := len(r.hidden); n == 1 {
		say("Row %d is hidden in the sheet. It was read too.", r.hidden[0])
	} else if n > 1 {
		say("%d rows are hidden in the sheet, the first of them row %d. They were read too.", n, r.hidden[0])
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
