package tracker

import (
	"fmt"
	"strconv"
	"strings"

	"quorate/server/base/db"
)

// mentioned bounds how many other rows a sentence names.
const mentioned = 5

// settleDuplicates counts a person given twice once when all their rows say the same, and makes all
// their rows errors when they do not: nobody can tell which is right. place is of the last problem kept.
func settleDuplicates(tx db.Tx, of Import, place int) error {
	var groups []struct {
		PersonReference string
		Rows            string // row numbers in order, with commas
		Differing       string // fields, with commas
	}
	fields := of.supplied()
	err := tx.Raw(`
		select person_reference, string_agg(row_number::text, ',' order by row_number) as rows,
			concat_ws(',', `+each(fields, `case when count(distinct coalesce(%[1]s::text, '')) > 1 then '%[1]s' end`, ",\n")+`) as differing
		from tracker_import_row a
		where import_id = @import and kind <> 'error' and person_reference in (
			select person_reference from tracker_import_row where import_id = @import and kind <> 'error' group by 1 having count(*) > 1)
		group by person_reference order by min(row_number)`, map[string]any{"import": of.ID}).Scan(&groups).Error
	if err != nil || len(groups) == 0 {
		return err
	}
	heading := of.heading(PersonReference)
	var problems []Problem
	var wrong, again []string // row numbers
	for _, group := range groups {
		rows := strings.Split(group.Rows, ",")
		say := func(row, severity, sentence string) {
			number, _ := strconv.Atoi(row) // it came from an integer
			problems = append(problems, Problem{Row: number, Column: heading, Value: group.PersonReference, Problem: sentence, Severity: severity})
		}
		if group.Differing == "" {
			for _, row := range rows[1:] {
				say(row, SeverityWarning, "This row says the same as row "+rows[0]+". The person is counted once.")
			}
			again = append(again, rows[1:]...)
			continue
		}
		for i, row := range rows {
			say(row, SeverityError, "This reference is also in "+otherRows(rows, i)+differWords(strings.Split(group.Differing, ","))+". Correct or remove one of them.")
		}
		wrong = append(wrong, rows...)
	}
	if err := tx.Exec(`delete from tracker_import_problem where import_id = ? and severity = 'warning' and row_number = any(?::integer[])`,
		of.ID, array(append(append([]string{}, wrong...), again...))).Error; err != nil {
		return err
	}
	if err := tx.Exec(`update tracker_import_row set kind = 'error' where import_id = ? and row_number = any(?::integer[])`, of.ID, array(wrong)).Error; err != nil {
		return err
	}
	if err := tx.Exec(`delete from tracker_import_row where import_id = ? and row_number = any(?::integer[])`, of.ID, array(again)).Error; err != nil {
		return err
	}
	return copyProblems(tx, of.ID, problems, place)
}

// array writes numbers, or words of letters and digits, as Postgres reads an array of them.
func array[T any](values []T) string {
	text := strings.ReplaceAll(fmt.Sprint(values), " ", ",")
	return "{" + text[1:len(text)-1] + "}"
}

// otherRows names the rows beside one of them. It looks at no more than it names: a column that is no
// reference may say one thing in a hundred thousand rows.
func otherRows(rows []string, self int) string {
	others := make([]string, 0, mentioned+1)
	for i := 0; i < len(rows) && len(others) < mentioned; i++ {
		if i != self {
			others = append(others, rows[i])
		}
	}
	if more := len(rows) - 1 - len(others); more > 0 {
		others = append(others, fmt.Sprintf("%d more", more))
	}
	if len(others) == 1 {
		return "row " + others[0]
	}
	return "rows " + joinAnd(others)
}

// differWords says in which fields rows differ.
func differWords(fields []string) string {
	labels := make([]string, 0, 4)
	for _, field := range fields[:min(3, len(fields))] {
		labels = append(labels, Field(field).Label())
	}
	if more := len(fields) - 3; more > 0 {
		labels = append(labels, fmt.Sprintf("%d more", more))
	}
	return " with a different " + joinAnd(labels)
}
