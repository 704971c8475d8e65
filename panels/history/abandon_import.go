package history

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AbandonImport gives up a staged import: nothing is changed, and nothing the file said is kept.
func AbandonImport(ctx context.Context, d *db.DB, actor access.Actor, importID uuid.UUID) error {
	return d.Write(ctx, actor, func(tx db.Tx) error {
		staged, err := byMe(tx, importID, true)
		switch {
		case err != nil || staged.Status == Abandoned:
			return err
		case staged.Status == Confirmed:
			return fault.New(fault.Conflict, "This import was already confirmed.")
		}
		return settle(tx, &staged, Abandoned, "history.abandoned")
	})
}

// keptDays is how long a preview waits to be confirmed, and how long the list of what was wrong in a
// file is kept for mending. Both hold what was decided about young people.
const keptDays = 7

// AbandonForgotten abandons imports nobody confirmed within a week, and forgets what was wrong in
// those that were. It says how many it abandoned.
func AbandonForgotten(ctx context.Context, d *db.DB) (int, error) {
	job := access.System("history")
	var forgotten []uuid.UUID
	err := d.Write(ctx, job, func(tx db.Tx) error {
		before := tx.Now.AddDate(0, 0, -keptDays)
		err := tx.Exec(`delete from history_import_problem p using history_import i where i.id = p.import_id and i.settled_at < ?`, before).Error
		if err != nil {
			return err
		}
		return tx.Raw(`select id from history_import where status = 'staged' and staged_at < ?`, before).Scan(&forgotten).Error
	})
	if err != nil {
		return 0, err
	}
	for i, id := range forgotten {
		if err := AbandonImport(ctx, d, job, id); err != nil {
			return i, err
		}
	}
	return len(forgotten), nil
}
