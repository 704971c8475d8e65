package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A rowReader reads the rows below the headings, one at a time.
type rowReader struct {
	reading *Reading
	layout  layout
	dates   dateReader
	sink    Sink
	said    map[Field]map[string]string
	hidden  []int
	rows    int
	stopped error // why reading ended early
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
		r.hidden = append(r.hidden, row.number)
	}
	person := Row{Number: row.number}
	undated, warnings, errors := r.person(row, &person.Case)
	person.undated = undated
	if len(errors) > 0 {
		r.reading.ErrorRows++
		r.stopped = r.tell(row, errors, SeverityError)
		return r.stopped == nil
	}
	r.reading.People++
	if r.stopped = r.tell(row, warnings, SeverityWarning); r.stopped == nil {
		r.stopped = r.sink.Person(person)
	}
	return r.stopped == nil
}

// tell gives a row's problems to the sink, each with the row it stands in.
func (r *rowReader) tell(row sheetRow, problems []Problem, severity string) error {
	if len(problems) == 0 {
		return nil
	}
	cells := make([]string, len(row.cells))
	for i, c := range row.cells {
		cells[i] = c.shown(r.dates.system)
	}
	for _, problem := range problems {
		problem.Severity, problem.Cells = severity, cells
		if severity == SeverityError {
			r.reading.ErrorCount++
		} else {
			r.reading.WarningCount++
		}
		if err := r.sink.Problem(problem); err != nil {
			return err
		}
	}
	return nil
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
		c = r.as(column.Field, c)
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
	if column := r.layout.column(FullName); column != nil {
		text, bad := cellOf(column)
		into.Forename, into.Surname = splitName(strings.ReplaceAll(text, "\n", " "))
		if bad || text == "" {
			return []Problem{{Row: row.number, Column: column.Heading, Value: text, Problem: "There is no name. Enter the person’s forename and surname."}}
		}
		return nil
	}
	for _, field := range []Field{Forename, Surname} {
		column := r.layout.column(field)
		text, bad := cellOf(column)
		*ruleOf[field].text(into) = strings.ReplaceAll(text, "\n", " ")
		if bad || text == "" {
			errors = append(errors, Problem{Row: row.number, Column: column.Heading, Value: text,
				Problem: fmt.Sprintf("There is no %s. Enter the person’s %s.", field.Label(), field.Label())})
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
		if rule.tells != nil {
			if shown, problem = rule.tells(shown); problem != "" {
				return problem + notKnownSoFar
			}
		}
		*rule.text(into) = shown
	}
	return problem
}

// as is the cell as somebody chose to read it.
func (r *rowReader) as(field Field, c cell) cell {
	chosen := r.said[field]
	if len(chosen) == 0 {
		return c
	}
	value, ok := chosen[strings.ToLower(c.shown(r.dates.system))]
	switch {
	case !ok:
		return c
	case value == "":
		return cell{}
	default:
		return cell{kind: textCell, text: value}
	}
}

// spoken are the chosen values by what a cell says in lower case.
func spoken(values map[Field]map[string]string) map[Field]map[string]string {
	said := make(map[Field]map[string]string, len(values))
	for field, words := range values {
		said[field] = make(map[string]string, len(words))
		for word, value := range words {
			said[field][strings.ToLower(tidy(word))] = tidy(value)
		}
	}
	return said
}
