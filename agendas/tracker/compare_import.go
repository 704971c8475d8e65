package tracker

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// heldAtOnce bounds how many cases one query looks up by reference.
const heldAtOnce = 5_000

// A comparison is a row of the file beside the case held under its reference.
type comparison struct {
	row     Row
	kind    string
	held    *Case // nil when new
	changed []Field
	caseID  uuid.UUID
}

// somebodyElse reports whether the row gives both another name and another birthday than the case
// held: the reference probably belongs to a different person.
func (c *comparison) somebodyElse() bool {
	return c.held != nil && c.row.Case.DateOfBirth != c.held.DateOfBirth &&
		!strings.EqualFold(c.row.Case.Forename+" "+c.row.Case.Surname, c.held.Forename+" "+c.held.Surname)
}

// version is of the case compared with, 0 when new.
func (c *comparison) version() int {
	if c.held == nil {
		return 0
	}
	return c.held.Version
}

// changes are the fields that differ, as [before, after].
func (c *comparison) changes() map[Field][2]any {
	changes := make(map[Field][2]any, len(c.changed))
	for _, field := range c.changed {
		rule := ruleOf[field]
		changes[field] = [2]any{rule.stored(c.held), rule.stored(&c.row.Case)}
	}
	return changes
}

// compare looks up the cases held under the rows' references and says which rows are new, changed
// and unchanged. A field the file does not supply is never compared.
func compare(tx db.Tx, rows []Row, supplied []Field) ([]comparison, error) {
	held := make(map[string]*Case, len(rows))
	for chunk := range slices.Chunk(rows, heldAtOnce) {
		references := make([]string, len(chunk))
		for i, row := range chunk {
			references[i] = row.Case.PersonReference
		}
		var found []Case
		if err := tx.Where("person_reference in ? and merged_into is null", references).Find(&found).Error; err != nil {
			return nil, err
		}
		for i := range found {
			held[found[i].PersonReference] = &found[i]
		}
	}
	compared := make([]comparison, len(rows))
	for i, row := range rows {
		c := comparison{row: row, held: held[row.Case.PersonReference]}
		switch {
		case c.held == nil:
			c.kind = rowNew
			id, err := uuid.NewV7()
			if err != nil {
				return nil, err
			}
			c.caseID = id
		default:
			c.caseID = c.held.ID
			for _, field := range row.undated {
				if known := *ruleOf[field].date(c.held); !known.IsZero() {
					*ruleOf[field].date(&c.row.Case) = known // the day it was first imported stands
				}
			}
			for _, field := range supplied {
				if !ruleOf[field].same(&c.row.Case, c.held) {
					c.changed = append(c.changed, field)
				}
			}
			c.kind = rowUnchanged
			if len(c.changed) > 0 {
				c.kind = rowChanged
			}
		}
		compared[i] = c
	}
	return compared, nil
}

// somebodyElseProblem warns of a reference that seems to belong to a different person. It names
// nobody: the preview shows the names side by side to those who may see them.
func somebodyElseProblem(c *comparison, heading string) Problem {
	return Problem{Row: c.row.Number, Column: heading, Value: c.row.Case.PersonReference,
		Problem: "This reference is held for somebody with a different name and a different date of birth. Check whose it is: confirming puts this row in place of that person’s."}
}

// count puts the comparison's totals into the import.
func (i *Import) count(compared []comparison) {
	i.NewCount, i.ChangedCount, i.UnchangedCount = 0, 0, 0
	for _, c := range compared {
		switch c.kind {
		case rowNew:
			i.NewCount++
		case rowChanged:
			i.ChangedCount++
		default:
			i.UnchangedCount++
		}
	}
}

// storeRows copies the compared rows into the import.
func storeRows(tx db.Tx, importID uuid.UUID, compared []comparison, supplied []Field) error {
	columns := []string{"import_id", "row_number", "person_reference", "kind", "case_id", "case_version", "somebody_else", "said", "changes"}
	return tx.Copy("tracker_import_row", columns, func(yield func([]any, error) bool) {
		for i := range compared {
			c := &compared[i]
			saidText, err := json.Marshal(said(&c.row.Case, supplied))
			var changes any
			if err == nil && c.kind == rowChanged {
				changes, err = json.Marshal(c.changes())
			}
			if !yield([]any{importID, c.row.Number, c.row.Case.PersonReference, c.kind, c.caseID, c.version(), c.somebodyElse(), saidText, changes}, err) {
				return
			}
		}
	})
}

// storeComparedProblems writes the warnings that come from comparing, before all others: they are
// the ones to look at first.
func storeComparedProblems(tx db.Tx, i *Import, compared []comparison) (int, error) {
	var problems []Problem
	for at := range compared {
		if compared[at].somebodyElse() {
			problems = append(problems, somebodyElseProblem(&compared[at], i.heading(PersonReference)))
		}
	}
	return len(problems), storeProblems(tx, i.ID, problems, "warning", true, -len(problems))
}

// storeProblems copies problems into the import, in order from position.
func storeProblems(tx db.Tx, importID uuid.UUID, problems []Problem, severity string, fromComparing bool, position int) error {
	if len(problems) == 0 {
		return nil
	}
	columns := []string{"import_id", "position", "severity", "compared", "row_number", "heading", "value", "problem"}
	return tx.Copy("tracker_import_problem", columns, func(yield func([]any, error) bool) {
		for i, p := range problems {
			if !yield([]any{importID, position + i, severity, fromComparing, p.Row, p.Column, p.Value, p.Problem}, nil) {
				return
			}
		}
	})
}

// compareAgain compares a staged import with the cases as they are now. The caller holds its lock.
func compareAgain(tx db.Tx, staged *Import) error {
	var stored []importRow
	if err := tx.Where("import_id = ?", staged.ID).Order("row_number").Find(&stored).Error; err != nil {
		return err
	}
	rows := make([]Row, len(stored))
	for i, row := range stored {
		c, err := heard(row.Said)
		if err != nil {
			return err
		}
		rows[i] = Row{Number: row.RowNumber, Case: c}
	}
	supplied := staged.supplied()
	compared, err := compare(tx, rows, supplied)
	if err != nil {
		return err
	}
	if err := tx.Exec(`delete from tracker_import_row where import_id = ?`, staged.ID).Error; err != nil {
		return err
	}
	removed := tx.Exec(`delete from tracker_import_problem where import_id = ? and compared`, staged.ID)
	if removed.Error != nil {
		return removed.Error
	}
	if err := storeRows(tx, staged.ID, compared, supplied); err != nil {
		return err
	}
	added, err := storeComparedProblems(tx, staged, compared)
	if err != nil {
		return err
	}
	staged.count(compared)
	staged.WarningCount += added - int(removed.RowsAffected)
	staged.Version++
	return tx.Exec(`update tracker_import set version = ?, new_count = ?, changed_count = ?, unchanged_count = ?, warning_count = ? where id = ?`,
		staged.Version, staged.NewCount, staged.ChangedCount, staged.UnchangedCount, staged.WarningCount, staged.ID).Error
}
