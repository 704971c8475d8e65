package history

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
)

// StageImport compares what a file says with what is held and keeps both for a preview, for whoever
// chose the file. It changes nothing else; ConfirmImport does.
func StageImport(ctx context.Context, d *db.DB, actor access.Actor, reading *Reading) (Import, error) {
	if err := mayBring(actor); err != nil {
		return Import{}, err
	}
	var staged Import
	err := d.Write(ctx, actor, func(tx db.Tx) error {
		c, err := compareRows(tx, reading.Rows, reading.Problems)
		if err != nil {
			return err
		}
		staged = Import{
			ID: newID(), Version: 1, Status: Staged, FileName: reading.File, Notices: append(append([]string{}, reading.Notices...), c.notices...),
			StagedBy: who(actor), StagedAt: tx.Now, Sheets: []SheetCount{},
		}
		for _, kind := range SheetKinds {
			if name, there := reading.Sheets[kind]; there && !c.refused[kind] {
				staged.Sheets = append(staged.Sheets, SheetCount{Kind: kind, Name: name})
			}
		}
		problems := c.problems
		for _, p := range reading.Problems {
			if maySheet(actor, p.Sheet) {
				problems = append(problems, p)
			}
		}
		staged.count(c.rows, problems)
		if err := tx.Create(&staged).Error; err != nil {
			return err
		}
		if err := storeRows(tx, staged, c.rows); err != nil {
			return err
		}
		if err := storeProblems(tx, staged.ID, problems); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "history.staged", ObjectKind: "history_import", ObjectID: staged.ID.String(), After: staged.Sheets})
	})
	return staged, err
}

// count fills in the sheets' totals and the digest of what the preview shows.
func (i *Import) count(rows []compared, problems []Problem) {
	at := map[SheetKind]*SheetCount{}
	for s := range i.Sheets {
		i.Sheets[s] = SheetCount{Kind: i.Sheets[s].Kind, Name: i.Sheets[s].Name}
		at[i.Sheets[s].Kind] = &i.Sheets[s]
	}
	for _, row := range rows {
		switch row.kind {
		case New:
			at[row.Sheet].New++
		case Changed:
			at[row.Sheet].Changed++
		default:
			at[row.Sheet].Unchanged++
		}
	}
	left := map[Problem]bool{}
	for _, p := range problems {
		sheet := at[p.Sheet]
		if !p.Error {
			sheet.Warnings++
			continue
		}
		sheet.Errors++
		if row := (Problem{Sheet: p.Sheet, Row: p.Row}); !left[row] {
			left[row] = true
			sheet.ErrorRows++
		}
	}
	i.Digest = digestOf(rows)
}

func (k SheetKind) place() int {
	for i, kind := range SheetKinds {
		if kind == k {
			return i
		}
	}
	return len(SheetKinds)
}

func storeRows(tx db.Tx, staged Import, rows []compared) error {
	columns := []string{"import_id", "sheet", "row_number", "kind", "words", "changes", "said"}
	return tx.Copy("history_import_row", columns, func(yield func([]any, error) bool) {
		for _, row := range rows {
			changes := row.changes
			if changes == nil {
				changes = []Change{}
			}
			changed, err := json.Marshal(changes)
			said, saidErr := json.Marshal(row.Row)
			if err == nil {
				err = saidErr
			}
			if !yield([]any{staged.ID, row.Sheet.place(), row.Number, row.kind, row.words, changed, said}, err) {
				return
			}
		}
	})
}

func storeProblems(tx db.Tx, importID uuid.UUID, problems []Problem) error {
	columns := []string{"import_id", "position", "sheet", "severity", "row_number", "heading", "value", "problem"}
	return tx.Copy("history_import_problem", columns, func(yield func([]any, error) bool) {
		for i, p := range problems {
			severity := "warning"
			if p.Error {
				severity = "error"
			}
			if !yield([]any{importID, i, p.Sheet.place(), severity, p.Row, p.Column, p.Value, p.Problem}, nil) {
				return
			}
		}
	})
}
