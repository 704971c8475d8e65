package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// forgottenDays is how long a preview waits to be confirmed. It holds what the file said about young
// people, so it is not kept for ever.
const forgottenDays = 7

// AbandonForgotten abandons imports nobody confirmed within a week. It says how many.
func AbandonForgotten(ctx context.Context, d *db.DB) (int, error) {
	job := access.System("tracker")
	var forgotten []uuid.UUID
	err := d.Read(ctx, job, func(tx db.Tx) error {
		return tx.Raw(`select id from tracker_import where status = 'staged' and staged_at < ?`, tx.Now.AddDate(0, 0, -forgottenDays)).Scan(&forgotten).Error
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
