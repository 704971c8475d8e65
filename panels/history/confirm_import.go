package history

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ConfirmImport brings what a staged import holds, all of it or none. What is held now is compared
// once more: when that gives anything else than the preview showed, nothing is changed, the preview is
// made again and a fault.Stale says so. Confirming a confirmed import changes nothing.
func ConfirmImport(ctx context.Context, d *db.DB, actor access.Actor, importID uuid.UUID, version int) (Import, error) {
	var staged Import
	again := false
	err := d.Write(ctx, actor, func(tx db.Tx) (err error) {
		again = false
		if staged, err = byMe(tx, importID, true); err != nil {
			return err
		}
		switch staged.Status {
		case Confirmed:
			return nil
		case Abandoned:
			return fault.New(fault.Conflict, "This import was abandoned. Choose the file again to bring it.")
		}
		rows, err := stagedRows(tx, staged.ID)
		if err != nil {
			return err
		}
		c, err := compareRows(tx, rows, nil)
		if err != nil {
			return err
		}
		if digestOf(c.rows) != staged.Digest || staged.Version != version || len(c.rows) != len(rows) {
			again = true
			return showAgain(tx, &staged, c)
		}
		if err := bring(tx, staged.ID, c.rows); err != nil {
			return err
		}
		return settle(tx, &staged, Confirmed, "history.brought")
	})
	if err == nil && again {
		err = fault.New(fault.Stale, "What Quorate holds has changed since this preview was made, so it has been made again. Check it, then confirm.")
	}
	return staged, err
}

func stagedRows(tx db.Tx, importID uuid.UUID) ([]Row, error) {
	var stored []StagedRow
	if err := tx.Where("import_id = ?", importID).Order("sheet, row_number").Find(&stored).Error; err != nil {
		return nil, err
	}
	rows := make([]Row, len(stored))
	for i, row := range stored {
		if err := json.Unmarshal(row.Said, &rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// showAgain puts a fresh comparison in place of the preview's. What the file itself had wrong stays listed.
func showAgain(tx db.Tx, staged *Import, c comparison) error {
	if err := tx.Exec(`delete from history_import_row where import_id = ?`, staged.ID).Error; err != nil {
		return err
	}
	if err := storeRows(tx, *staged, c.rows); err != nil {
		return err
	}
	kept, err := Problems(tx, staged.ID)
	if err != nil {
		return err
	}
	for _, p := range c.problems {
		known := false
		for _, k := range kept {
			known = known || k == p
		}
		if !known {
			kept = append(kept, p)
		}
	}
	if err := tx.Exec(`delete from history_import_problem where import_id = ?`, staged.ID).Error; err != nil {
		return err
	}
	if err := storeProblems(tx, staged.ID, kept); err != nil {
		return err
	}
	staged.count(c.rows, kept)
	staged.Version++
	sheets, err := json.Marshal(staged.Sheets)
	if err != nil {
		return err
	}
	return tx.Exec(`update history_import set version = ?, sheets = ?::jsonb, digest = ? where id = ?`, staged.Version, string(sheets), staged.Digest, staged.ID).Error
}

// settle ends an import: its rows go, and so does what was wrong in the file; its counts stay.
func settle(tx db.Tx, staged *Import, status Status, action string) error {
	for _, table := range []string{"history_import_row", "history_import_problem"} {
		if status == Confirmed && table == "history_import_problem" {
			continue // the rows left out are still to be mended
		}
		if err := tx.Exec(`delete from `+table+` where import_id = ?`, staged.ID).Error; err != nil {
			return err
		}
	}
	now := tx.Now
	staged.Status, staged.SettledAt = status, &now
	err := db.RequireOne(tx.Exec(`update history_import set status = ?, settled_at = ? where id = ? and status = 'staged'`, status, now, staged.ID))
	if err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: "history_import", ObjectID: staged.ID.String(), After: staged.Sheets})
}
