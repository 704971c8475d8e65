package tracker

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChangeReference gives a case the person reference its tracker now uses, as when somebody moves from the
// children's to the adults' system. The reference before leads to the case for good: a file may use either.
// A reference that leads to somebody else is refused: whether two cases are one person is for a merge.
func ChangeReference(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, version int, reference string) (changed Case, err error) {
	if err := maySettle(actor); err != nil {
		return changed, err
	}
	reference, problem := readReference(tidy(reference))
	if problem == "" && reference == "" {
		problem = "Enter the reference the tracker uses now"
	}
	if problem != "" {
		return changed, inField("reference", problem)
	}
	err = d.Write(ctx, actor, func(tx db.Tx) error {
		if err := lockTracker(tx); err != nil {
			return err
		}
		if changed, err = lockCase(tx, caseID, version); err != nil {
			return err
		}
		return changeReference(tx, &changed, reference, nil)
	})
	return changed, err
}

// changeReference gives a locked case a reference. A change that comes with a merge goes with it.
func changeReference(tx db.Tx, of *Case, reference string, merge *uuid.UUID) error {
	if reference == of.PersonReference {
		return inField("reference", "This is the reference the case has now. Enter the new one")
	}
	if merge == nil {
		if err := checkFree(tx, of.ID, reference); err != nil {
			return err
		}
	}
	former := of.PersonReference
	if err := tx.Exec(`
		insert into reference_change (id, case_id, former, reference, merge_id, changed_by, changed_at) values (?, ?, ?, ?, ?, ?, ?)`,
		uuid.Must(uuid.NewV7()), of.ID, former, reference, merge, tx.Actor.PersonID, tx.Now).Error; err != nil {
		return err
	}
	if merge != nil {
		return nil // the merge writes the case, its history and the trail
	}
	return writeReference(tx, of, reference, "case.reference_changed", "The reference in the tracker changed")
}

// writeReference writes a case's own reference, with its history and the trail.
func writeReference(tx db.Tx, of *Case, reference, action, source string) error {
	former := of.PersonReference
	if err := db.RequireOne(tx.Exec(`update cases set person_reference = ?, version = version + 1, updated_at = ? where id = ? and version = ?`,
		reference, tx.Now, of.ID, of.Version)); err != nil {
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return fault.New(fault.Conflict, "Another case has taken this reference just now. Look at both cases, then decide.")
		}
		return err
	}
	of.PersonReference, of.Version = reference, of.Version+1
	if err := writeHistory(tx, of.ID, source, map[Field][2]any{PersonReference: {former, reference}}); err != nil {
		return err
	}
	if err := audit.Record(tx, audit.Entry{Action: action, ObjectKind: "case", ObjectID: of.ID.String(),
		Before: map[Field]string{PersonReference: former}, After: map[Field]string{PersonReference: reference}}); err != nil {
		return err
	}
	return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{of.ID}})
}

// UndoReferenceChange gives a case back the reference it had before its latest change. What a file said
// under the new reference meanwhile stays.
func UndoReferenceChange(ctx context.Context, d *db.DB, actor access.Actor, changeID uuid.UUID) (changed Case, err error) {
	if err := maySettle(actor); err != nil {
		return changed, err
	}
	err = d.Write(ctx, actor, func(tx db.Tx) error {
		if err := lockTracker(tx); err != nil {
			return err
		}
		var change ReferenceChange
		if err := tx.Raw(`select * from reference_change where id = ? for update`, changeID).Scan(&change).Error; err != nil {
			return err
		}
		if change.ID == uuid.Nil || change.MergeID != nil {
			return fault.New(fault.NotFound, "There is no such change of a reference.")
		}
		if changed, err = lockCase(tx, change.CaseID, 0); err != nil {
			return err
		}
		if change.UndoneAt != nil {
			return nil
		}
		if changed.PersonReference != change.Reference {
			return fault.New(fault.Conflict, "The reference has changed again since. Undo the later change first.")
		}
		if err := checkFree(tx, changed.ID, change.Former); err != nil {
			if f := fault.As(err); f != nil {
				return fault.New(fault.Conflict, "%s", f.Sentence) // there is no field to mend
			}
			return err
		}
		if err := db.RequireOne(tx.Exec(`update reference_change set undone_by = ?, undone_at = ? where id = ? and undone_at is null`,
			tx.Actor.PersonID, tx.Now, change.ID)); err != nil {
			return err
		}
		return writeReference(tx, &changed, change.Former, "case.reference_restored", "A change of the reference was undone")
	})
	return changed, err
}

// maySettle lets clerks, by name, say who is the same person as whom. No job of the product's decides that.
func maySettle(actor access.Actor) error { return actor.Check(access.ImportTracker, uuid.Nil) }

// checkFree refuses a reference that leads to another case than this one.
func checkFree(tx db.Tx, caseID uuid.UUID, reference string) error {
	var other struct {
		ID     uuid.UUID
		Number int64
		Former bool
	}
	err := tx.Raw(`
		select id, number, false as former from cases where person_reference = @reference and merged_into is null
		union all
		select c.id, c.number, true from former_reference f join cases c on c.id = f.case_id where f.reference = @reference
		limit 1`, map[string]any{"reference": reference}).Scan(&other).Error
	if err != nil || other.ID == uuid.Nil || other.ID == caseID {
		return err
	}
	words := " is held under this reference. If the two are one person, merge the cases. If not, check the reference."
	if other.Former {
		words = " was held under this reference before. If the two are one person, merge the cases. If not, undo that change first."
	}
	return inField("reference", CaseReference(other.Number)+words)
}

// lockTracker keeps imports from settling until the transaction ends: they look cases up by reference.
func lockTracker(tx db.Tx) error {
	return tx.Exec(`select pg_advisory_xact_lock(hashtext('tracker_import'))`).Error
}

// lockCase locks a standing case that the actor may see. version is the one that was looked at; 0 takes
// the case as it is.
func lockCase(tx db.Tx, caseID uuid.UUID, version int) (Case, error) {
	var ids []uuid.UUID
	if err := Visible(tx).Where("cases.id = ?", caseID).Pluck("cases.id", &ids).Error; err != nil {
		return Case{}, err
	}
	if len(ids) == 0 {
		return Case{}, fault.New(fault.NotFound, "There is no such case that you may see. It may have been merged into another.")
	}
	var held Case
	if err := tx.Raw(`select * from cases where id = ? and merged_into is null for update`, caseID).Scan(&held).Error; err != nil {
		return Case{}, err
	}
	if held.ID == uuid.Nil || version != 0 && held.Version != version {
		return Case{}, fault.New(fault.Stale, "%s has changed since you looked. Look at it as it is now, then decide.", CaseReference(held.Number))
	}
	return held, nil
}

// writeHistory adds to a case's history what somebody did, in words.
func writeHistory(tx db.Tx, caseID uuid.UUID, source string, changes map[Field][2]any) error {
	if changes == nil {
		changes = map[Field][2]any{}
	}
	written, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	return tx.Exec(`insert into case_history (case_id, at, source, person_id, changes) values (?, ?, ?, ?, ?::jsonb)`,
		caseID, tx.Now, source, who(tx.Actor), string(written)).Error
}

// inField is a fault of one field of a form.
func inField(name, sentence string) error {
	var form fault.Form
	form.Add(name, "%s", sentence)
	return form.Err()
}
