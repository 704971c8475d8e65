package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"quorate/server/base/clock"
)

// A rowReader reads the rows below the headings, one at a time.
type rowReader struct {
	reading *Reading
	layout  layout
	columns []columnReader
	dates   dateReader
	sink    Sink

	rows                   int
	hidden, totals, titles numbered
	rated, tinted, shared  numbered // a RAG told by colour alone; colours that were not read; shares of the weekly cost
	stopped                error    // why reading ended early

	problems []Problem // of the row being read
	broken   bool      // one of them is an error: the row is nobody
}

// numbered counts rows and remembers the first.
type numbered struct{ count, first int }

func (n *numbered) add(number int) {
	if n.count++; n.count == 1 {
		n.first = number
	}
}

// A columnReader reads one column as its field.
type columnReader struct {
	*Column
	rule    *fieldRule        // nil for the whole name
	said    map[string]string // what somebody chose for what a cell says, in lower case
	percent bool              // the heading says that the column holds percentages
}

func newRowReader(book *Workbook, today clock.Date, choice Choice, sink Sink, found layout, reading *Reading) *rowReader {
	r := &rowReader{reading: reading, layout: found, dates: dateReader{today: today, system: book.system}, sink: sink}
	for i := range found.columns {
		column := &found.columns[i]
		said := make(map[string]string, len(choice.Values[column.Field]))
		for word, value := range choice.Values[column.Field] {
			said[strings.ToLower(tidy(word))] = tidy(value)
		}
		r.columns = append(r.columns, columnReader{column, ruleOf[column.Field], said, saysShare(column.Heading)})
	}
	return r
}

// column is the reader of a field's column, nil when there is none.
func (r *rowReader) column(field Field) *columnReader {
	for i := range r.columns {
		if r.columns[i].Field == field {
			return &r.columns[i]
		}
	}
	return nil
}

func (r *rowReader) row(row sheetRow) bool {
	if row.number <= r.layout.headingRow || r.skips(row) {
		return true
	}
	if r.rows++; r.rows > maxRows {
		r.stopped = tooMany()
		return false
	}
	if row.hidden {
		r.hidden.add(row.number)
	}
	r.problems, r.broken = r.problems[:0], false
	person := Row{Number: row.number}
	r.required(row, &person.Case)
	if !r.broken {
		person.undated = r.optionals(row, &person.Case)
	}
	if r.stopped = r.tell(row, person.Case.PersonReference); r.stopped != nil {
		return false
	}
	if r.broken {
		r.reading.ErrorRows++
		return true
	}
	r.reading.People++
	r.stopped = r.sink.Person(person)
	return r.stopped == nil
}

// note keeps a problem of the row until the row is read.
func (r *rowReader) note(severity string, row sheetRow, column *columnReader, c cell, problem string) {
	if severity == SeverityError {
		r.broken = true
	}
	r.problems = append(r.problems, Problem{Row: row.number, Column: column.Heading, Value: c.shown(r.dates.system), Problem: problem, Severity: severity})
}

// tell gives a row's problems to the sink, each with the whole row it stands in. Of a row in error only
// the errors are told.
func (r *rowReader) tell(row sheetRow, reference string) error {
	if len(r.problems) == 0 {
		return nil
	}
	cells := make([]string, len(row.cells))
	for i, c := range row.cells {
		cells[i] = c.shown(r.dates.system)
	}
	for _, problem := range r.problems {
		switch {
		case problem.Severity == SeverityError:
			r.reading.ErrorCount++
		case r.broken:
			continue
		default:
			r.reading.WarningCount++
		}
		problem.Cells, problem.reference = cells, reference
		if err := r.sink.Problem(problem); err != nil {
			return err
		}
	}
	return nil
}

var totalWord = regexp.MustCompile(`(?i)^(grand |sub[- ]?)?(total|totals|sum|average|mean|count)\b`)

// skips reports whether a row is nobody's: blank, a total, a title between rows, or the headings once
// more.
func (r *rowReader) skips(row sheetRow) bool {
	values, money, repeated := 0, 0, 0
	for i := range r.columns {
		column := &r.columns[i]
		c := row.at(column.at)
		if c.kind == blankCell {
			continue
		}
		values++
		if c.kind == textCell && c.text == column.Heading {
			repeated++
		}
		if column.rule != nil && column.rule.kind == penceField {
			money++
		}
	}
	if values == 0 || repeated > 2 && repeated == values { // blank, or only columns that are not read; a total may stand in one of those
		return true
	}
	first, filled := cell{}, 0
	for _, c := range row.cells {
		if c.kind == blankCell {
			continue
		}
		if filled++; filled == 1 {
			first = c
		}
	}
	switch {
	case money == values, row.at(r.column(DateOfBirth).at).kind == blankCell && first.kind == textCell && totalWord.MatchString(first.text):
		r.totals.add(row.number)
		return true
	case filled == 1 && first.kind == textCell && isTitle(first.text):
		r.titles.add(row.number)
		return true
	}
	return false
}

// isTitle reports whether the one text of a row is a title over the rows that follow ("North locality",
// "Year 11"), not a reference that stands alone.
func isTitle(text string) bool {
	words, letters := strings.Fields(text), 0
	for _, word := range words {
		if len(strings.Trim(word, "0123456789/.,:;-–()")) > 2 {
			letters++
		}
	}
	return letters > 0 && (len(words) > 1 || !strings.ContainsAny(text, "0123456789"))
}

// required reads who the row is about. Without all of it the row is nobody.
func (r *rowReader) required(row sheetRow, into *Case) {
	column := r.column(PersonReference)
	c := row.at(column.at)
	shown := c.shown(r.dates.system)
	reference, problem := readReference(shown)
	switch {
	case c.kind == errorCell || c.date || c.kind == boolCell:
		problem = "This is not a person reference. Enter the person’s reference."
	case isFormula(shown):
		problem = "This begins with “=”, as a formula does. Enter the person’s reference as text."
	case c.kind == numberCell && c.number >= shortenedFrom:
		problem = shortenedReference
	case problem == "" && reference == "":
		problem = "There is no person reference. Enter it: the row cannot be matched without it."
	}
	if problem != "" {
		r.note(SeverityError, row, column, c, problem)
	}
	into.PersonReference = reference
	r.name(row, into)

	column = r.column(DateOfBirth)
	c = row.at(column.at)
	born, problem := r.dates.read(c, true)
	switch {
	case c.kind == errorCell:
		problem = "The spreadsheet shows an error here. Enter the date of birth like 04/03/2009."
	case problem != "":
		problem += " Enter the date of birth like 04/03/2009."
	case born.IsZero():
		problem = "There is no date of birth. Enter it like 04/03/2009."
	default:
		if problem = r.dates.birthdayProblem(born); problem != "" {
			problem += " Check it and enter it like 04/03/2009."
		}
	}
	if problem != "" {
		r.note(SeverityError, row, column, c, problem)
	}
	into.DateOfBirth = born
}

// isFormula reports whether a text would be calculated if it were put back into a spreadsheet's cell.
func isFormula(text string) bool { return strings.HasPrefix(text, "=") }

const maxName = 200 // letters, of a place too

func (r *rowReader) name(row sheetRow, into *Case) {
	read := func(column *columnReader, missing string) string {
		c := row.at(column.at)
		text := strings.ReplaceAll(c.shown(r.dates.system), "\n", " ")
		switch {
		case saysNothing(text):
			r.note(SeverityError, row, column, c, missing)
		case isFormula(text):
			r.note(SeverityError, row, column, c, "This begins with “=”, as a formula does, and is no name. Enter the person’s name.")
		case c.kind != textCell:
			r.note(SeverityError, row, column, c, "This is not a name. Enter the person’s name.")
		case utf8.RuneCountInString(text) > maxName:
			r.note(SeverityError, row, column, c, fmt.Sprintf("This is longer than the %d letters a name may have. Enter the name alone.", maxName))
		case strings.ContainsRune(text, utf8.RuneError):
			r.note(SeverityWarning, row, column, c, "A letter of this name could not be read and is shown as �. Check the name.")
		}
		return text
	}
	if column := r.column(FullName); column != nil {
		into.Forename, into.Surname = splitName(read(column, "There is no name. Enter the person’s forename and surname."))
		return
	}
	for _, field := range []Field{Forename, Surname} {
		*ruleOf[field].text(into) = read(r.column(field), fmt.Sprintf("There is no %s. Enter the person’s %s.", field.Label(), field.Label()))
	}
}

// optionals reads everything else. What cannot be read leaves its field Not known.
func (r *rowReader) optionals(row sheetRow, into *Case) (undated []Field) {
	var shares []share
	rated := false
	for i := range r.columns {
		column := &r.columns[i]
		if column.rule == nil || slices.Contains(required, column.Field) {
			continue
		}
		c := row.at(column.at)
		if column.Field == RAG {
			rated = true
		}
		if c.kind == blankCell {
			if column.Field == RAG {
				r.byColour(row, column, c, into)
			}
			continue
		}
		read := c
		if len(column.said) > 0 {
			if value, chosen := column.said[strings.ToLower(c.shown(r.dates.system))]; chosen {
				read = text(value)
			}
		}
		if (column.Field == Died || column.Field == MovedAway) && saysYes(read.shown(r.dates.system)) {
			// Without this a person who has died would be listed for the next meeting.
			*column.rule.date(into) = r.dates.today
			undated = append(undated, column.Field)
			r.note(SeverityWarning, row, column, c, "There is no date, so the day this was first imported is recorded. Enter a date like 04/03/2027.")
			continue
		}
		if column.Field.isPayer() && column.maySayShare(read) {
			if hundredths, told, problem := column.readShare(read, read.shown(r.dates.system)); problem != "" {
				r.note(SeverityWarning, row, column, c, problem)
				continue
			} else if told {
				shares = append(shares, share{column, c, hundredths})
				continue
			}
		}
		if problem := r.optional(column, read, into); problem != "" {
			r.note(SeverityWarning, row, column, c, problem)
		}
		if column.Field == RAG {
			r.byColour(row, column, c, into)
		}
	}
	r.workOut(row, shares, into)
	if !rated {
		r.noteColours(row)
	}
	return undated
}

func (r *rowReader) optional(column *columnReader, c cell, into *Case) (problem string) {
	rule := column.rule
	switch {
	case c.kind == blankCell:
		return ""
	case c.kind == errorCell:
		return "The spreadsheet shows an error here, so it is recorded as Not known. Mend the formula or enter the value."
	}
	switch rule.kind {
	case dateField, planField:
		when, problem := r.dates.read(c, false)
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
		return ""
	case flagField:
		*rule.flag(into), problem = readFlag(c, c.shown(r.dates.system))
		return problem
	case penceField:
		*rule.pence(into), problem = readPence(c, c.shown(r.dates.system))
		return problem
	}
	*rule.text(into), problem = rule.wording(column.Heading, c.shown(r.dates.system))
	return problem
}

// wording is a text as the field keeps it, "" for Not known, and what is wrong with it.
func (r *fieldRule) wording(headingText, shown string) (value, problem string) {
	if saysNothing(shown) {
		return "", ""
	}
	value = shown
	switch r.kind {
	case wordField:
		word, known := r.words[strings.ToLower(shown)]
		if !known {
			return "", "This is not Red, Amber or Green, so it is recorded as Not known."
		}
		value = word
	case statusField:
		value = readStatus(r, headingText, shown)
	case neededField:
		if value = shown; saysNone(shown) {
			value = ""
		} else if saysYes(shown) {
			value = "Needed"
		}
	}
	if r.tells != nil {
		if value, problem = r.tells(shown); problem != "" {
			return "", problem + notKnownSoFar
		}
	}
	most, mend := maxText, "Shorten it, or attach it as a paper."
	if r.field == Locality {
		most, mend = maxName, "Enter the locality alone."
	}
	if utf8.RuneCountInString(value) > most {
		return "", fmt.Sprintf("This is longer than %d letters, so it is recorded as Not known. %s", most, mend)
	}
	return value, ""
}
