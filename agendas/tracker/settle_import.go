package tracker

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ImportSettled is the event that an import was confirmed, undone or abandoned, so that most of what
// its file said need not be kept any longer.
type ImportSettled struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (ImportSettled) Kind() string { return "tracker.import_settled" }

// ClearSettled drops what settled imports no longer need: their rows, and all files and problems but
// those of the newest confirmed import, which are the ones to mend.
func (s Store) ClearSettled(ctx context.Context, event ImportSettled) error {
	var old []uuid.UUID
	err := s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		err := tx.Exec(`
			delete from tracker_import_row r using tracker_import i
			where r.import_id = ? and i.id = r.import_id and i.status in ('confirmed', 'undone', 'abandoned')`, event.Import).Error
		if err != nil {
			return err
		}
		if err := tx.Exec(`delete from tracker_import_word w using tracker_import i where i.id = w.import_id and i.settled_at is not null`).Error; err != nil {
			return err
		}
		if err := tx.Exec(`delete from tracker_import_progress p using tracker_import i where i.id = p.import_id and i.settled_at is not null and i.status <> 'undoing'`).Error; err != nil {
			return err
		}
		err = tx.Raw(`
			select id from tracker_import i where settled_at is not null and file_bytes > 0
			and id is distinct from (select id from tracker_import where status in ('confirmed', 'undoing') order by settled_at desc, id desc limit 1)
			order by settled_at limit 100`).Scan(&old).Error
		if err != nil || len(old) == 0 {
			return err
		}
		return tx.Exec(`delete from tracker_import_problem where import_id in ?`, old).Error
	})
	if err != nil {
		return err
	}
	for _, id := range old {
		err = errors.Join(err, s.forgetFile(ctx, id))
	}
	return err
}

// forgetFile deletes the file of an import, and writes that it is gone.
func (s Store) forgetFile(ctx context.Context, importID uuid.UUID) error {
	if err := s.Files.Delete(ctx, fileKey(importID)); err != nil {
		return err
	}
	return s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		return tx.Exec(`update tracker_import set file_bytes = 0 where id = ?`, importID).Error
	})
}

// rowsLost reports whether a staged import has lost its rows: they are kept in a table that a crash of
// the database empties.
func rowsLost(tx db.Tx, of Import) (lost bool, err error) {
	if of.NewCount+of.ChangedCount+of.UnchangedCount == 0 {
		return false, nil
	}
	err = tx.Raw(`select not exists (select from tracker_import_row where import_id = ?)`, of.ID).Scan(&lost).Error
	return lost, err
}

const readAgain = "The database was restarted and the preview was lost, so the file is read again. Check what would change, then confirm."

// startAgain has the file of an import read once more.
func startAgain(tx db.Tx, of *Import) error {
	if err := of.move(tx, BeingRead, "tracker.reading", map[string]any{"trouble": readAgain, "attempts": 0}); err != nil {
		return err
	}
	return tx.Enqueue(db.Job{Args: FileToRead{of.ID}})
}
