package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
)

// StageImport compares what a file says with the cases held and keeps both for a preview. It changes
// no case; ConfirmImport does.
func StageImport(ctx context.Context, d *db.DB, actor access.Actor, reading *Reading) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var staged Import
	err := d.Write(ctx, actor, func(tx db.Tx) error {
		compared, err := compare(tx, reading.Rows, reading.Supplied())
		if err != nil {
			return err
		}
		if staged, err = newImport(tx, reading, compared); err != nil {
			return err
		}
		if err := tx.Create(&staged).Error; err != nil {
			return err
		}
		if err := storeRows(tx, staged.ID, compared, reading.Supplied()); err != nil {
			return err
		}
		if _, err := storeComparedProblems(tx, &staged, compared); err != nil {
			return err
		}
		if err := storeProblems(tx, staged.ID, reading.Errors, "error", false, 0); err != nil {
			return err
		}
		if err := storeProblems(tx, staged.ID, reading.Warnings, "warning", false, len(reading.Errors)); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "tracker.staged", ObjectKind: "tracker_import", ObjectID: staged.ID.String(), After: staged.counts()})
	})
	return staged, err
}

// newImport describes a file and its comparison.
func newImport(tx db.Tx, reading *Reading, compared []comparison) (Import, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Import{}, err
	}
	staged := Import{
		ID: id, Version: 1, Status: Staged,
		FileName: reading.File, Sheet: reading.Sheet, HeadingRow: reading.HeadingRow,
		Columns: make([]ImportColumn, len(reading.Columns)), Ignored: append([]string{}, reading.Ignored...), Notices: append([]string{}, reading.Notices...),
		ErrorCount: len(reading.Errors), WarningCount: len(reading.Warnings),
		StagedBy: who(tx.Actor), StagedAt: tx.Now,
	}
	for i, column := range reading.Columns {
		staged.Columns[i] = ImportColumn{column.Field, column.Heading, column.Letter}
	}
	staged.count(compared)
	for i := range compared {
		if compared[i].somebodyElse() {
			staged.WarningCount++
		}
	}
	last := 0
	for _, problem := range reading.Errors {
		if problem.Row != last {
			staged.ErrorRowCount++
			last = problem.Row
		}
	}
	var held int
	if err := tx.Raw(`select count(*) from cases where merged_into is null`).Scan(&held).Error; err != nil {
		return Import{}, err
	}
	staged.AbsentCount = held - staged.ChangedCount - staged.UnchangedCount
	return staged, nil
}

// counts are what the audit trail keeps of an import: numbers, never a name.
func (i Import) counts() map[string]int {
	return map[string]int{
		"new": i.NewCount, "changed": i.ChangedCount, "unchanged": i.UnchangedCount, "warnings": i.WarningCount, "errors": i.ErrorCount,
	}
}
