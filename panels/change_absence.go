package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChangeAbsence changes the days or the kind of an absence. One that is over stays as it was, and of
// one that has begun the first day stays.
func (s Store) ChangeAbsence(ctx context.Context, actor access.Actor, id uuid.UUID, version int, wanted NewAbsence) (absence Absence, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		before, err := lockAbsence(tx, id)
		if err != nil {
			return err
		}
		absence = before
		absence.FromDate, absence.ToDate, absence.Kind = wanted.From, wanted.To, wanted.Kind
		if absence.ToDate.IsZero() {
			absence.ToDate = absence.FromDate
		}
		if before.FromDate.Before(tx.Today()) && absence.FromDate != before.FromDate {
			return formError("from_date", "This absence began on "+before.FromDate.Long()+". Its first day cannot be changed any more.")
		}
		if err := absence.check(tx); err != nil {
			return err
		}
		err = db.RequireOne(tx.Model(&Absence{}).Where("id = ? and version = ?", id, version).Updates(map[string]any{
			"from_date": absence.FromDate, "to_date": absence.ToDate, "kind": absence.Kind, "version": version + 1,
		}))
		if err != nil {
			return err
		}
		absence.Version = version + 1
		return record(tx, "absence.changed", id, uuid.Nil, before, absence)
	})
	return absence, err
}

// RemoveAbsence takes back an absence that has not begun. One that has begun ends yesterday; one that
// is over stays.
func (s Store) RemoveAbsence(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (absence Absence, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if absence, err = lockAbsence(tx, id); err != nil {
			return err
		}
		if !absence.FromDate.Before(tx.Today()) {
			err := db.RequireOne(tx.Where("id = ? and version = ?", id, version).Delete(&Absence{}))
			if err != nil {
				return err
			}
			return record(tx, "absence.removed", id, uuid.Nil, absence, nil)
		}
		before := absence
		absence.ToDate, absence.Version = tx.Today().AddDays(-1), version+1
		err := db.RequireOne(tx.Model(&Absence{}).Where("id = ? and version = ?", id, version).
			Updates(map[string]any{"to_date": absence.ToDate, "version": absence.Version}))
		if err != nil {
			return err
		}
		return record(tx, "absence.changed", id, uuid.Nil, before, absence)
	})
	return absence, err
}

// lockAbsence finds an absence that is not over for whoever may change it.
func lockAbsence(tx db.Tx, id uuid.UUID) (Absence, error) {
	var absence Absence
	err := tx.Raw(`select * from absence where id = ? for update`, id).Take(&absence).Error
	if err != nil {
		return absence, orNotFound(err, "There is no such absence.")
	}
	if err := mayKnowKind(tx, absence); err != nil {
		return absence, err
	}
	if absence.ToDate.Before(tx.Today()) {
		return absence, fault.New(fault.Conflict, "This absence is over, so it stays as it was.")
	}
	return absence, nil
}
