package tracker

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ImportProgress is how far the reading, confirming or undoing of an import is.
type ImportProgress struct {
	Import   Import
	Done     int64 // rows
	Expected int64 // rows; 0 when the file does not say how many it has
}

// Percent is how much of the work is done, and false when that is not known.
func (p ImportProgress) Percent() (int, bool) {
	if p.Expected <= 0 {
		return 0, false
	}
	return int(min(100, 100*p.Done/p.Expected)), true
}

// ReadProgress reads how far an import is, for those who may import. Every replica sees the same.
func ReadProgress(tx db.Tx, importID uuid.UUID) (ImportProgress, error) {
	found, err := ReadImport(tx, importID)
	progress := ImportProgress{Import: found}
	if err != nil || !found.IsBusy() {
		return progress, err
	}
	var row struct{ Done, Expected int64 } // nothing: it is about to begin
	err = tx.Raw(`select done, expected from tracker_import_progress where import_id = ?`, importID).Scan(&row).Error
	progress.Done, progress.Expected = row.Done, row.Expected
	return progress, err
}

// Progress reads how far an import is.
func (s Store) Progress(ctx context.Context, actor access.Actor, importID uuid.UUID) (progress ImportProgress, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		progress, err = ReadProgress(tx, importID)
		return err
	})
	return progress, err
}

// Wait waits until an import is no longer busy, atMost so long: a small file is read before anybody
// would see a progress bar.
func (s Store) Wait(ctx context.Context, actor access.Actor, importID uuid.UUID, atMost time.Duration) (ImportProgress, error) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		progress, err := s.Progress(context.WithoutCancel(ctx), actor, importID)
		if err != nil || !progress.Import.IsBusy() {
			return progress, err
		}
		select {
		case <-ctx.Done():
			return progress, nil
		case <-time.After(pause):
		}
	}
}

// sayProgress keeps how far an import is, and that somebody is at work on it.
func sayProgress(tx db.Tx, importID uuid.UUID, done, expected int64) error {
	return tx.Exec(`
		insert into tracker_import_progress (import_id, done, expected, at) values (?, ?, ?, ?)
		on conflict (import_id) do update set done = excluded.done, expected = excluded.expected, at = excluded.at`,
		importID, done, expected, tx.Now).Error
}

// tell says every second how far a long transaction is, beside it, until told to end. It gives up a
// turn when the pool is full.
func (s Store) tell(ctx context.Context, importID uuid.UUID, expected int64, done *atomic.Int64) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			turn, end := context.WithTimeout(ctx, 500*time.Millisecond)
			_ = s.DB.Write(turn, access.System("tracker"), func(tx db.Tx) error { // only a sign of life
				return sayProgress(tx, importID, done.Load(), expected)
			})
			end()
		}
	}()
	return func() {
		cancel()
		<-over
	}
}

// errInHand says that another process has taken up the import in the meantime.
var errInHand = fault.New(fault.Conflict, "Another process has this import in hand.")
