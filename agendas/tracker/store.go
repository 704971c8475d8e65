package tracker

import (
	"github.com/google/uuid"

	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// Store carries out what is asked of trackers. Each method is one use case; what pages and other
// packages read inside their own transaction are functions that take it.
type Store struct {
	DB    *db.DB
	Files *files.Store // the files chosen, as they came
}

// fileKey is where an import's file is kept.
func fileKey(importID uuid.UUID) string { return "tracker/" + importID.String() }

// lockImport holds an import until the transaction ends.
func lockImport(tx db.Tx, importID uuid.UUID) (Import, error) {
	var found Import
	if err := tx.Raw(`select * from tracker_import where id = ? for update`, importID).Scan(&found).Error; err != nil {
		return Import{}, err
	}
	if found.ID == uuid.Nil {
		return Import{}, fault.New(fault.NotFound, "There is no such import. It may have been removed.")
	}
	return found, nil
}

// move puts a locked import into another state, with what else changes, and records it.
func (i *Import) move(tx db.Tx, to ImportStatus, action string, changes map[string]any) error {
	if changes == nil {
		changes = map[string]any{}
	}
	changes["status"] = to
	if err := db.RequireOne(tx.Model(&Import{}).Where("id = ? and status = ?", i.ID, i.Status).Updates(changes)); err != nil {
		return err
	}
	before, now := i.Status, Import{}
	if err := tx.Where("id = ?", i.ID).Take(&now).Error; err != nil {
		return err
	}
	*i = now
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: "tracker_import", ObjectID: i.ID.String(),
		Before: map[string]any{"status": before}, After: map[string]any{"status": to, "counts": i.counts()}})
}

// forgetRows drops what an import's rows said.
func forgetRows(tx db.Tx, importID uuid.UUID) error {
	for _, statement := range []string{
		`delete from tracker_import_row where import_id = ?`,
		`delete from tracker_import_problem where import_id = ?`,
		`delete from tracker_import_kept where import_id = ?`,
		`delete from tracker_import_maybe where import_id = ?`,
	} {
		if err := tx.Exec(statement, importID).Error; err != nil {
			return err
		}
	}
	return nil
}

// inBulk has the transaction's statements join whole tables at once, and lets them take as long as a job
// may. Staged rows come and go faster than Postgres counts them, and what it takes for fifty rows may be a
// hundred thousand.
func inBulk(tx db.Tx) error {
	if err := tx.Exec(`set local enable_nestloop = off`).Error; err != nil {
		return err
	}
	return tx.Exec(`set local statement_timeout = '110s'`).Error
}
