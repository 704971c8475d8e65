package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// forgottenDays is how long a file waits to be confirmed. It says things about young people, so it is
// not kept for ever.
const forgottenDays = 7

// AbandonForgotten abandons imports nobody confirmed within a week. It says how many.
func (s Store) AbandonForgotten(ctx context.Context) (int, error) {
	job := access.System("tracker")
	var forgotten []uuid.UUID
	err := s.DB.Read(ctx, job, func(tx db.Tx) error {
		return tx.Raw(`
			select id from tracker_import where status in ('chosen', 'looking', 'reading', 'staged', 'failed') and staged_at < ?
			order by staged_at limit 1000`, tx.Now.AddDate(0, 0, -forgottenDays)).Scan(&forgotten).Error
	})
	if err != nil {
		return 0, err
	}
	for i, id := range forgotten {
		if err := s.Abandon(ctx, job, id); err != nil {
			return i, err
		}
	}
	return len(forgotten), nil
}
