package tracker

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ImportToUndo is the event that a confirmed import is to be taken out of the cases again.
type ImportToUndo struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (ImportToUndo) Kind() string { return "tracker.import_to_undo" }

// Undo has a confirmed import taken out of the cases again, in the background. Every value it changed
// goes back to what it was, unless somebody has changed it since; every case it made goes, unless
// something hangs on it since. What stays is listed by StayedAfterUndo. The newest import is undone
// first, because a later one was compared with what this one left. Undoing twice changes nothing.
func (s Store) Undo(ctx context.Context, actor access.Actor, importID uuid.UUID) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var confirmed Import
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		if confirmed, err = lockImport(tx, importID); err != nil {
			return err
		}
		switch confirmed.Status {
		case Undoing, Undone:
			return nil
		case Confirmed:
		default:
			return fault.New(fault.Conflict, "This import has not been confirmed, so there is nothing to undo.")
		}
		if err := noneLater(tx, confirmed); err != nil {
			return err
		}
		if err := sayProgress(tx, importID, 0, confirmed.toUndo()); err != nil {
			return err
		}
		if err := confirmed.move(tx, Undoing, "tracker.undoing", map[string]any{"trouble": "", "attempts": 0, "asked_by": who(actor)}); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: ImportToUndo{importID}})
	})
	return confirmed, err
}

// MayUndo reports whether an import is the one that can be undone: the newest that was confirmed.
func MayUndo(tx db.Tx, of Import) (bool, error) {
	if of.Status != Confirmed || mayImport(tx.Actor) != nil {
		return false, nil
	}
	err := noneLater(tx, of)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// noneLater says which later import stands on this one.
func noneLater(tx db.Tx, of Import) error {
	var later []Import
	err := tx.Raw(`
		select * from tracker_import where status in ('confirmed', 'undoing') and (settled_at, id) > (?, ?)
		order by settled_at desc, id desc limit 1`, of.SettledAt, of.ID).Scan(&later).Error
	if err == nil && len(later) > 0 {
		err = fault.New(fault.Conflict, "A later import stands on this one. Undo “%s” of %s first.", later[0].FileName, clock.Moment(*later[0].SettledAt))
	}
	return err
}

// UndoImport does what ImportToUndo announces: all of it or none.
func (s Store) UndoImport(ctx context.Context, event ImportToUndo) error {
	taken, err := s.take(ctx, event.Import, Undoing)
	if err != nil || taken == nil {
		return err
	}
	var done atomic.Int64
	end := s.tell(ctx, event.Import, taken.toUndo(), &done)
	err = s.DB.Write(ctx, onBehalf(taken.AskedBy), func(tx db.Tx) error {
		confirmed, err := lockToSettle(tx, event.Import)
		if err != nil || confirmed.Status != Undoing {
			return err
		}
		if err := noneLater(tx, confirmed); fault.Is(err, fault.Conflict) { // confirmed in between
			return confirmed.move(tx, Confirmed, "tracker.not_undone", map[string]any{"trouble": fault.As(err).Sentence})
		} else if err != nil {
			return err
		}
		if err := inBulk(tx); err != nil {
			return err
		}
		return undo(tx, &confirmed, &done)
	})
	end()
	if err != nil && taken.Attempts >= maxAttempts {
		return s.notUndone(ctx, event.Import)
	}
	return err
}

const cannotBeUndone = "The import could not be undone, and nothing has changed. Undo it again. If it fails again, tell whoever looks after Quorate."

// notUndone gives an import back to whoever wanted it undone.
func (s Store) notUndone(ctx context.Context, importID uuid.UUID) error {
	return s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		found, err := lockImport(tx, importID)
		if err != nil || found.Status != Undoing {
			return err
		}
		return found.move(tx, Confirmed, "tracker.not_undone", map[string]any{"trouble": cannotBeUndone})
	})
}

// toUndo is how many cases an undo goes through.
func (i Import) toUndo() int64 { return int64(i.NewCount + i.ChangedCount) }

// changedByImport is what the history of an import says it changed, field by field, beside the case as it is now.
const changedByImport = `
	from case_history h join cases c on c.id = h.case_id cross join lateral jsonb_each(h.changes) f
	where h.import_id = @import and not h.first and not h.undone`

// notUndone holds for history l that still stands: what an undone import wrote does not count as since.
const notUndone = `not exists (select from tracker_import u where u.id = l.import_id and u.status = 'undone')`

// asImportLeftIt holds when nobody has changed the field since.
const asImportLeftIt = `coalesce(nullif(to_jsonb(c) -> f.key, '""'), 'null') = coalesce(nullif(f.value -> 1, '""'), 'null')
	and not exists (select from case_history l where l.case_id = h.case_id and l.id > h.id and jsonb_exists(l.changes, f.key) and ` + notUndone + `)`

// usedSince are the cases that an import made and on which something hangs: a row of another table, or a
// later entry of their history. Each table is gone through once, whatever the import made.
func usedSince(hanging string) string {
	return `
		select h.case_id from case_history h join (` + hanging + `) x on x.case_id = h.case_id where h.import_id = @import and h.first
		union
		select h.case_id from case_history h join case_history l on l.case_id = h.case_id and l.id <> h.id
		where h.import_id = @import and h.first and ` + notUndone
}

// undo puts back what an import changed and takes away the cases it made, as far as nobody has changed
// or used them since; so many cases at a time, between two signs of progress.
func undo(tx db.Tx, confirmed *Import, done *atomic.Int64) error {
	hanging, err := hangsOnCase(tx)
	if err != nil {
		return err
	}
	values := map[string]any{"import": confirmed.ID, "now": tx.Now}
	for _, step := range []string{
		`select c.id from cases c join case_history h on h.case_id = c.id where h.import_id = @import order by c.id for update of c`,

		`insert into tracker_import_stayed (import_id, case_id, field) select @import, h.case_id, f.key ` + changedByImport + ` and not (` + asImportLeftIt + `)`,

		`insert into tracker_import_stayed (import_id, case_id, field) select @import, u.case_id, '' from (` + usedSince(hanging) + `) u`,
	} {
		if err := tx.Exec(step, values).Error; err != nil {
			return err
		}
	}
	if err := takeOut(tx, *confirmed, done); err != nil {
		return err
	}
	for _, step := range []string{
		`update kept_value k set tracker_says = s.said_before from tracker_import_kept s
		where s.import_id = @import and k.id = s.kept_id and k.released_at is null`,

		`update kept_value k set released_at = null, released_by = null, release = null, release_import_id = null
		where k.release_import_id = @import and not exists (
			select from kept_value n where n.case_id = k.case_id and n.field = k.field and n.released_at is null)`,

		`delete from tracker_field where import_id = @import and not sent`,

		`update tracker_field set import_id = null, heading = field where import_id = @import`,

		`insert into tracker_field (field, heading, import_id, at)
		select distinct on (s.field) s.field, e.value ->> 'heading', i.id, i.settled_at
		from tracker_import i cross join lateral jsonb_array_elements(i.columns) e
		cross join lateral unnest(case when e.value ->> 'field' = '` + string(FullName) + `' then array['` + string(Forename) + `', '` + string(Surname) + `'] else array[e.value ->> 'field'] end) s(field)
		where i.status = 'confirmed' and i.id <> @import
		order by s.field, i.settled_at desc, i.id desc
		on conflict (field) do update set heading = excluded.heading, import_id = excluded.import_id, at = excluded.at where tracker_field.import_id is null`,
	} {
		if err := tx.Exec(step, values).Error; err != nil {
			return err
		}
	}
	var stayed int
	if err := tx.Raw(`select count(*) from tracker_import_stayed where import_id = ?`, confirmed.ID).Scan(&stayed).Error; err != nil {
		return err
	}
	if err := AnnounceChanged(tx, CasesChanged{Import: &confirmed.ID}); err != nil {
		return err
	}
	if err := tx.Enqueue(db.Job{Args: ImportSettled{confirmed.ID}}); err != nil {
		return err
	}
	return confirmed.move(tx, Undone, "tracker.undone", map[string]any{"undone_by": confirmed.AskedBy, "undone_at": tx.Now, "stayed_count": stayed})
}

// takeOut goes through what an import wrote into the history, in its order, puts back what it changed and
// takes away what it made.
func takeOut(tx db.Tx, of Import, done *atomic.Int64) error {
	var written struct{ First, Last int64 }
	err := tx.Raw(`select coalesce(min(id), 1) as first, coalesce(max(id), 0) as last from case_history where import_id = ? and not undone`, of.ID).Scan(&written).Error
	if err != nil {
		return err
	}
	fields := of.supplied()
	for from := written.First; from <= written.Last; from += settledAtOnce {
		values := map[string]any{"import": of.ID, "now": tx.Now, "from": from, "to": from + settledAtOnce - 1}
		for _, step := range []string{
			`with back as (
				insert into case_history (case_id, at, import_id, undone, changes)
				select h.case_id, @now, @import, true, jsonb_object_agg(f.key, jsonb_build_array(f.value -> 1, f.value -> 0)) ` + changedByImport + `
					and h.id between @from and @to and ` + asImportLeftIt + `
				group by h.case_id
				returning case_id, changes)
			update cases c set version = c.version + 1, updated_at = @now, ` + putBack(fields) + ` from back h where c.id = h.case_id`,

			`with gone as (
				select h.case_id from case_history h where h.import_id = @import and h.first and h.id between @from and @to
				and not exists (select from tracker_import_stayed s where s.import_id = @import and s.case_id = h.case_id and s.field = '')
			), history as (
				delete from case_history l using gone where l.case_id = gone.case_id)
			delete from cases where id in (select case_id from gone)`,
		} {
			if err := tx.Exec(step, values).Error; err != nil {
				return err
			}
		}
		done.Store(min(from+settledAtOnce-written.First, of.toUndo()))
	}
	return nil
}

// putBack sets the fields that a history entry h put back, and leaves the others.
func putBack(fields []Field) string {
	list := make([]string, len(fields))
	for i, field := range fields {
		list[i] = fmt.Sprintf("%[1]s = case when h.changes -> '%[1]s' is null then c.%[1]s else %[2]s end", field, spokenAs(field, fmt.Sprintf("(h.changes -> '%s' -> 1)", field)))
	}
	return strings.Join(list, ", ")
}

// hangsOnCase selects the cases that anything but their history refers to. Every table that refers to
// cases counts, those of packages that come later too; what would go with the case does not.
func hangsOnCase(tx db.Tx) (string, error) {
	var tables []string
	err := tx.Raw(`
		select format('select %I as case_id from %I where %I is not null', a.attname, t.relname, a.attname)
		from pg_constraint r join pg_class t on t.oid = r.conrelid join pg_attribute a on a.attrelid = r.conrelid and a.attnum = r.conkey[1]
		where r.contype = 'f' and r.confrelid = 'cases'::regclass and r.confdeltype <> 'c' and t.relname <> 'case_history'
		order by 1`).Scan(&tables).Error
	return strings.Join(tables, " union all "), err
}

// A Stayed is something an undo left as it is.
type Stayed struct {
	CaseNumber string // "Q1042"
	Name       string
	Field      Field // "" for the case itself, which was used since; otherwise this value was changed since
}

// StayedAfterUndo reads one page of what undoing an import left as it is.
func StayedAfterUndo(tx db.Tx, importID uuid.UUID, offset, limit int) ([]Stayed, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var found []struct {
		Number            int64
		Forename, Surname string
		Field             Field
	}
	err := tx.Raw(`
		select c.number, c.forename, c.surname, s.field from tracker_import_stayed s join cases c on c.id = s.case_id
		where s.import_id = ? order by c.number, s.field offset ? limit ?`, importID, offset, limit).Scan(&found).Error
	list := make([]Stayed, len(found))
	for i, row := range found {
		list[i] = Stayed{CaseReference(row.Number), row.Forename + " " + row.Surname, row.Field}
	}
	return list, err
}
