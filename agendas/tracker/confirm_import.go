package tracker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ImportToConfirm is the event that a staged import is to be put into the cases.
type ImportToConfirm struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (ImportToConfirm) Kind() string { return "tracker.import_to_confirm" }

// errComparedAgain says that the cases moved on after the preview, which has been made again.
var errComparedAgain = fault.New(fault.Stale, comparedAgain)

const cannotBeConfirmed = "The import could not be carried out, and nothing has changed. Confirm it again. If it fails again, tell whoever looks after Quorate."

// Confirm has a staged import put into the cases, in the background: all of it or none. version is the
// preview's: an older one is a fault.Stale. When the cases have moved on since the preview was made, the
// import comes back staged, compared again, and its Trouble says so. Confirming twice changes nothing.
func (s Store) Confirm(ctx context.Context, actor access.Actor, importID uuid.UUID, version int) (Import, error) {
	return s.askToConfirm(ctx, actor, importID, version, db.Job{Args: ImportToConfirm{importID}})
}

// ConfirmHere confirms as Confirm does, in the caller's own time: for the command line, the demo and
// benchmarks. An import that had to be compared again comes back with a fault.Stale.
func (s Store) ConfirmHere(ctx context.Context, actor access.Actor, importID uuid.UUID, version int) (Import, error) {
	asked, err := s.askToConfirm(ctx, actor, importID, version)
	if err != nil || asked.Status != Confirming {
		return asked, err
	}
	if asked, err = s.confirm(ctx, importID); err != nil {
		return asked, errors.Join(err, s.notConfirmed(context.WithoutCancel(ctx), importID))
	}
	if asked.Status == Staged {
		err = errComparedAgain
	}
	return asked, err
}

func (s Store) askToConfirm(ctx context.Context, actor access.Actor, importID uuid.UUID, version int, jobs ...db.Job) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var staged Import
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		if staged, err = lockImport(tx, importID); err != nil {
			return err
		}
		switch {
		case staged.Status == Confirmed, staged.Status == Confirming:
			return nil
		case staged.Status != Staged:
			return staged.notStaged()
		case staged.Version != version:
			return errComparedAgain
		}
		if err := sayProgress(tx, importID, 0, int64(staged.NewCount+staged.ChangedCount)); err != nil {
			return err
		}
		if err := staged.move(tx, Confirming, "tracker.confirming", map[string]any{"trouble": "", "attempts": 0, "asked_by": who(actor)}); err != nil {
			return err
		}
		if len(jobs) == 0 {
			return nil
		}
		return tx.Enqueue(jobs...)
	})
	return staged, err
}

// notStaged says why an import that is not staged cannot be confirmed.
func (i Import) notStaged() error {
	switch i.Status {
	case Abandoned:
		return fault.New(fault.Conflict, "This import was abandoned. Choose the file again to import it.")
	case Undoing, Undone:
		return fault.New(fault.Conflict, "This import was undone. Choose the file again to import it.")
	default:
		return fault.New(fault.Conflict, "This file has not been read yet. Read it, check what would change, then confirm.")
	}
}

// ConfirmImport does what ImportToConfirm announces.
func (s Store) ConfirmImport(ctx context.Context, event ImportToConfirm) error {
	taken, err := s.take(ctx, event.Import, Confirming)
	if err != nil || taken == nil {
		return err
	}
	if taken.Attempts > maxAttempts {
		return s.notConfirmed(ctx, event.Import)
	}
	_, err = s.confirm(ctx, event.Import)
	return err
}

// confirm puts an import that is being confirmed into the cases, or compares it again when they have
// moved on. Anything that goes wrong leaves it as it was.
func (s Store) confirm(ctx context.Context, importID uuid.UUID) (Import, error) {
	var asked Import
	err := s.DB.Read(ctx, access.System("tracker"), func(tx db.Tx) error {
		return tx.Raw(`select * from tracker_import where id = ?`, importID).Scan(&asked).Error
	})
	if err != nil || asked.Status != Confirming {
		return asked, err
	}
	var done atomic.Int64
	end := s.tell(ctx, importID, int64(asked.NewCount+asked.ChangedCount), &done)
	defer end()
	collided := false
	for {
		var staged Import
		err := s.DB.Write(ctx, onBehalf(asked.AskedBy), func(tx db.Tx) (err error) {
			if staged, err = lockToSettle(tx, importID); err != nil || staged.Status != Confirming {
				return err
			}
			if err := inBulk(tx); err != nil {
				return err
			}
			if lost, err := rowsLost(tx, staged); err != nil || lost {
				return errors.Join(err, startAgain(tx, &staged))
			}
			if !collided {
				if collided, err = moved(tx, staged); err != nil {
					return err
				}
			}
			if collided {
				return compareAgain(tx, &staged)
			}
			return putIntoCases(tx, &staged, &done)
		})
		if errors.Is(err, gorm.ErrDuplicatedKey) && !collided { // somebody added one of the people just now
			collided = true
			continue
		}
		return staged, err
	}
}

// lockToSettle holds an import, and keeps every other from settling, until the transaction ends.
func lockToSettle(tx db.Tx, importID uuid.UUID) (Import, error) {
	if err := tx.Exec(`select pg_advisory_xact_lock(hashtext('tracker_import'))`).Error; err != nil {
		return Import{}, err
	}
	return lockImport(tx, importID)
}

// notConfirmed gives an import back to whoever wanted it confirmed.
func (s Store) notConfirmed(ctx context.Context, importID uuid.UUID) error {
	return s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		found, err := lockImport(tx, importID)
		if err != nil || found.Status != Confirming {
			return err
		}
		return found.move(tx, Staged, "tracker.not_confirmed", map[string]any{"trouble": cannotBeConfirmed})
	})
}

// moved locks the cases the import would change and reports whether any is not as it was compared.
func moved(tx db.Tx, of Import) (bool, error) {
	if of.ChangedCount > 0 {
		if err := tx.Exec(`
			select c.id from cases c join tracker_import_row r on r.case_id = c.id
			where r.import_id = ? and r.kind = 'changed' order by c.id for update of c`, of.ID).Error; err != nil {
			return false, err
		}
	}
	var moved bool
	err := tx.Raw(`
		select exists (
			select from tracker_import_row r left join `+heldUnder+` h on h.reference = r.person_reference
			where r.import_id = ? and r.kind <> 'error' and (h.id is distinct from r.case_id or coalesce(h.version, 0) <> r.case_version))`, of.ID).Scan(&moved).Error
	return moved, err
}

// settledAtOnce is how many rows one statement puts into the cases, between two signs of progress.
const settledAtOnce = 20_000

// putIntoCases writes the import's rows into cases and their history.
func putIntoCases(tx db.Tx, staged *Import, done *atomic.Int64) error {
	fields := staged.supplied()
	added, err := addCases(tx, *staged, fields, done)
	if err != nil {
		return err
	}
	changed, err := changeCases(tx, *staged, fields, int64(added), done)
	if err != nil {
		return err
	}
	if added != staged.NewCount || changed != staged.ChangedCount {
		return fmt.Errorf("tracker: confirm: %d were added and %d changed where the preview showed %d and %d", added, changed, staged.NewCount, staged.ChangedCount)
	}
	if err := releaseKept(tx, *staged); err != nil {
		return err
	}
	for _, field := range fields {
		if err := tx.Exec(`
			insert into tracker_field (field, heading, import_id, at) values (?, ?, ?, ?)
			on conflict (field) do update set heading = excluded.heading, import_id = excluded.import_id, at = excluded.at`,
			field, staged.heading(field), staged.ID, tx.Now).Error; err != nil {
			return err
		}
	}
	if err := AnnounceChanged(tx, CasesChanged{Import: &staged.ID}); err != nil {
		return err
	}
	if err := tx.Enqueue(db.Job{Args: ImportSettled{staged.ID}}); err != nil {
		return err
	}
	return staged.move(tx, Confirmed, "tracker.imported", map[string]any{"settled_by": staged.AskedBy, "settled_at": tx.Now})
}

// addCases makes the new cases and begins their history, so many rows of the file at a time.
func addCases(tx db.Tx, of Import, fields []Field, done *atomic.Int64) (added int, err error) {
	if of.NewCount == 0 {
		return 0, nil
	}
	aliases, err := chooseAliases(tx, of.NewCount)
	if err != nil {
		return 0, err
	}
	last, err := lastRow(tx, of)
	if err != nil {
		return 0, err
	}
	for from := 0; from <= last && added < of.NewCount; from += settledAtOnce {
		to := from + settledAtOnce - 1
		cases := tx.Exec(`
			insert into cases (id, alias, created_at, updated_at, `+columnsOf(fields, "")+`)
			select a.fresh_id, given.alias, ?, ?, `+columnsOf(fields, "a")+`
			from (
				select *, row_number() over (order by row_number) as place
				from tracker_import_row where import_id = ? and kind = 'new' and row_number between ? and ?) a
			join unnest(?::text[]) with ordinality given(alias, place) on given.place = a.place`,
			tx.Now, tx.Now, of.ID, from, to, array(aliases[added:min(added+settledAtOnce, len(aliases))]))
		if cases.Error != nil {
			return 0, fmt.Errorf("tracker: add cases: %w", cases.Error)
		}
		histories := tx.Exec(`
			insert into case_history (case_id, at, import_id, first, changes)
			select a.fresh_id, ?, ?, true, coalesce(a.changes, `+beginningOf(fields)+`)
			from tracker_import_row a where a.import_id = ? and a.kind = 'new' and a.row_number between ? and ?`,
			tx.Now, of.ID, of.ID, from, to)
		if histories.Error != nil {
			return 0, fmt.Errorf("tracker: begin histories: %w", histories.Error)
		}
		if histories.RowsAffected != cases.RowsAffected { // more rows than the preview showed, and so than aliases
			return 0, fmt.Errorf("tracker: %d cases were added and %d histories begun", cases.RowsAffected, histories.RowsAffected)
		}
		added += int(cases.RowsAffected)
		done.Store(int64(added))
	}
	return added, nil
}

// changeCases gives the cases held what the file says otherwise, and writes it into their history, so many
// rows of the file at a time. before is how much of the work is done already.
func changeCases(tx db.Tx, of Import, fields []Field, before int64, done *atomic.Int64) (changed int, err error) {
	if of.ChangedCount == 0 {
		return 0, nil
	}
	fields = slices.DeleteFunc(slices.Clone(fields), func(field Field) bool { return field == PersonReference }) // it led here, and may be a former one
	last, err := lastRow(tx, of)
	if err != nil {
		return 0, err
	}
	for from := 0; from <= last && changed < of.ChangedCount; from += settledAtOnce {
		to := from + settledAtOnce - 1
		cases := tx.Exec(`
			update cases c set version = c.version + 1, updated_at = ?, `+each(fields, "%[1]s = a.%[1]s", ", ")+`
			from tracker_import_row a where a.import_id = ? and a.kind = 'changed' and a.row_number between ? and ? and c.id = a.case_id`, tx.Now, of.ID, from, to)
		if cases.Error != nil {
			return 0, fmt.Errorf("tracker: change cases: %w", cases.Error)
		}
		err := tx.Exec(`
			insert into case_history (case_id, at, import_id, changes)
			select case_id, ?, import_id, changes from tracker_import_row where import_id = ? and kind = 'changed' and row_number between ? and ?`, tx.Now, of.ID, from, to).Error
		if err != nil {
			return 0, fmt.Errorf("tracker: write what changed: %w", err)
		}
		changed += int(cases.RowsAffected)
		done.Store(before + int64(changed))
	}
	return changed, nil
}

// lastRow is the number of the last row of an import's file.
func lastRow(tx db.Tx, of Import) (last int, err error) {
	err = tx.Raw(`select coalesce(max(row_number), 0) from tracker_import_row where import_id = ?`, of.ID).Scan(&last).Error
	return last, err
}

// releaseKept lets go of meetings' values that the file agrees with, or that the clerk gave up for the
// file's, and keeps what the tracker now says beside the others. A case that stays as it is is not locked:
// what a meeting says of it meanwhile was never compared, and moves its version.
func releaseKept(tx db.Tx, of Import) error {
	var released []struct {
		CaseID  uuid.UUID `json:"case"`
		Field   Field     `json:"field"`
		Release string    `json:"release"`
	}
	err := tx.Raw(`
		with settled as (
			select k.id, coalesce(s.take_file, false) as file_chosen
			from kept_value k join tracker_import_row r on r.import_id = @import and r.kind in ('changed', 'unchanged') and r.case_id = k.case_id
			join cases c on c.id = k.case_id and (r.kind = 'changed' or c.version = r.case_version)
			left join tracker_import_kept s on s.import_id = @import and s.kept_id = k.id
			where k.released_at is null and k.field in @fields and (s.kept_id is null or s.take_file))
		update kept_value k set released_at = @now, released_by = @by, release_import_id = @import,
			release = case when settled.file_chosen then 'file chosen' else 'agreed' end
		from settled where k.id = settled.id
		returning k.case_id, k.field, k.release`, map[string]any{"import": of.ID, "now": tx.Now, "by": of.AskedBy, "fields": of.supplied()}).Scan(&released).Error
	if err != nil {
		return err
	}
	if err := tx.Exec(`
		update kept_value k set tracker_says = s.file_says from tracker_import_kept s
		where s.import_id = ? and k.id = s.kept_id and k.released_at is null`, of.ID).Error; err != nil || len(released) == 0 {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "tracker.kept_values_released", ObjectKind: "tracker_import", ObjectID: of.ID.String(), After: released})
}
