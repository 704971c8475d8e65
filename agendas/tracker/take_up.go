package tracker

import (
	"context"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// stillFor is how long an import may stand without a sign of life before another process takes it up.
const stillFor = 30 * time.Second

// TakeUp goes on with imports whose process died, and has files read again whose rows were lost with
// the database. What is still in hand elsewhere is not disturbed: a second process finds nothing to do.
func (s Store) TakeUp(ctx context.Context) error {
	return s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		var still []struct {
			ID     uuid.UUID
			Status ImportStatus
		}
		err := tx.Raw(`
			select i.id, i.status from tracker_import i left join tracker_import_progress p on p.import_id = i.id
			where i.status in ('looking', 'reading', 'confirming', 'undoing') and coalesce(p.at < ?, true)`, tx.Now.Add(-stillFor)).Scan(&still).Error
		if err != nil {
			return err
		}
		for _, i := range still {
			job := db.Job{Args: FileToRead{i.ID}}
			switch i.Status {
			case LookedAt:
				job.Args = WordsToFind{i.ID}
			case Confirming:
				job.Args = ImportToConfirm{i.ID}
			case Undoing:
				job.Args = ImportToUndo{i.ID}
			}
			if err := sayProgress(tx, i.ID, 0, 0); err != nil { // it has half a minute from now
				return err
			}
			if err := tx.Enqueue(job); err != nil {
				return err
			}
		}
		var emptied []Import
		err = tx.Raw(`
			select * from tracker_import i where status = 'staged' and new_count + changed_count + unchanged_count > 0
			and not exists (select from tracker_import_row r where r.import_id = i.id and r.kind <> 'error') for update skip locked`).Scan(&emptied).Error
		if err != nil {
			return err
		}
		for at := range emptied {
			if err := startAgain(tx, &emptied[at]); err != nil {
				return err
			}
		}
		return nil
	})
}
