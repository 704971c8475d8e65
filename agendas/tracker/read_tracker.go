package tracker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quorate/server/base/clock"
)

// ReadOptions choose among a workbook's sheets.
type ReadOptions struct {
	Sheet string // read this sheet; "" finds the one that looks like a tracker
}

// Read scans a workbook and holds all it says, each person once.
func Read(book *Workbook, today clock.Date, options ReadOptions) (*Reading, error) {
	var held heldRows
	reading, err := Scan(book, today, Choice{Sheet: options.Sheet}, &held)
	if err != nil {
		return nil, err
	}
	reading.Rows, reading.Warnings, reading.Errors = held.rows, held.warnings, held.errors
	reading.settleDuplicates()
	return reading, nil
}

// heldRows keeps all that is read.
type heldRows struct {
	rows             []Row
	warnings, errors []Problem
}

func (h *heldRows) Person(row Row) error {
	h.rows = append(h.rows, row)
	return nil
}

func (h *heldRows) Problem(problem Problem) error {
	if problem.Severity == SeverityError {
		h.errors = append(h.errors, problem)
	} else {
		h.warnings = append(h.warnings, problem)
	}
	return nil
}

// settleDuplicates counts a person given twice once when both rows say the same, and makes all
// their rows errors when they do not: nobody can tell which is right.
func (r *Reading) settleDuplicates() {
	places := make(map[string][]int, len(r.Rows))
	for i := range r.Rows {
		reference := r.Rows[i].Case.PersonReference
		places[reference] = append(places[reference], i)
	}
	heading := r.Heading(PersonReference)
	dropped := map[int]bool{} // by the sheet's row number
	var kept []Row
	for i := range r.Rows {
		row := &r.Rows[i]
		group := places[row.Case.PersonReference]
		if len(group) == 1 {
			kept = append(kept, *row)
			continue
		}
		var differing []Field
		for _, other := range group {
			for _, field := range r.differing(&row.Case, &r.Rows[other].Case) {
				if !slices.Contains(differing, field) {
					differing = append(differing, field)
				}
			}
		}
		allAlike := true
		for _, other := range group[1:] {
			allAlike = allAlike && len(r.differing(&r.Rows[group[0]].Case, &r.Rows[other].Case)) == 0
		}
		switch {
		case !allAlike:
			dropped[row.Number] = true
			r.Errors = append(r.Errors, Problem{Row: row.Number, Column: heading, Value: row.Case.PersonReference, Severity: SeverityError,
				Problem: "This reference is also in " + r.otherRows(group, i) + r.differWords(differing) + ". Correct or remove one of them."})
		case i == group[0]:
			kept = append(kept, *row)
		default:
			dropped[row.Number] = true
			r.Warnings = append(r.Warnings, Problem{Row: row.Number, Column: heading, Value: row.Case.PersonReference, Severity: SeverityWarning,
				Problem: fmt.Sprintf("This row says the same as row %d. The person is counted once.", r.Rows[group[0]].Number)})
		}
	}
	duplicate := func(p Problem) bool { return p.Column == heading }
	r.Warnings = slices.DeleteFunc(r.Warnings, func(p Problem) bool { return dropped[p.Row] && !duplicate(p) })
	r.Rows = kept
	byRow := func(a, b Problem) int { return a.Row - b.Row }
	slices.SortStableFunc(r.Warnings, byRow)
	slices.SortStableFunc(r.Errors, byRow)
}

func (r *Reading) differing(a, b *Case) []Field {
	var fields []Field
	for i := range fieldRules {
		if !fieldRules[i].same(a, b) {
			fields = append(fields, fieldRules[i].field)
		}
	}
	return fields
}

func (r *Reading) otherRows(group []int, self int) string {
	var numbers []string
	for _, i := range group {
		if i != self {
			numbers = append(numbers, strconv.Itoa(r.Rows[i].Number))
		}
	}
	if len(numbers) == 1 {
		return "row " + numbers[0]
	}
	return "rows " + strings.Join(numbers[:len(numbers)-1], ", ") + " and " + numbers[len(numbers)-1]
}

func (r *Reading) differWords(fields []Field) string {
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
