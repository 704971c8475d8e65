package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AbandonImport drops a staged import: no case changes, and what the file said is not kept.
// Abandoning it again changes nothing.
func AbandonImport(ctx context.Context, d *db.DB, actor access.Actor, importID uuid.UUID) error {
	if err := mayImport(actor); err != nil {
		return err
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		staged, err := lockImport(tx, importID)
		switch {
		case err != nil:
			return err
		case staged.Status == Abandoned:
			return nil
		case staged.Status == Confirmed:
			return fault.New(fault.Conflict, "This import has been confirmed and cannot be abandoned. Correct the tracker and import it again.")
		}
		if err := tx.Exec(`delete from tracker_import_problem where import_id = ?`, staged.ID).Error; err != nil {
			return err
		}
		return settle(tx, &staged, Abandoned, "tracker.abandoned")
	})
}
