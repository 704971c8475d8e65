package tracker

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// UndoMerge makes two cases of a merged one again: each has what it had. A value that has changed since
// and whatever was added since stay with the case that stayed. That they are two people is remembered.
func UndoMerge(ctx context.Context, d *db.DB, actor access.Actor, mergeID uuid.UUID) (keptNumber int64, err error) {
	if err := maySettle(actor); err != nil {
		return 0, err
	}
	err = d.Write(ctx, actor, func(tx db.Tx) error {
		if err := lockTracker(tx); err != nil {
			return err
		}
		var merge struct {
			ID, KeptID, GoneID uuid.UUID
			Changes            json.RawMessage
			Undone             bool
			Later              *int64 // merged into the same case since
			Onward             *int64 // what the case that stayed has itself been merged into
		}
		if err := tx.Raw(`
			select m.id, m.kept_id, m.gone_id, m.changes, m.undone_at is not null as undone, o.number as onward,
				(select g.number from case_merge later join cases g on g.id = later.gone_id
					where later.kept_id = m.kept_id and later.undone_at is null and later.id > m.id order by later.id desc limit 1) as later
			from case_merge m join cases k on k.id = m.kept_id left join cases o on o.id = k.merged_into
			where m.id = ? for update of m`, mergeID).Scan(&merge).Error; err != nil {
			return err
		}
		switch {
		case merge.ID == uuid.Nil:
			return fault.New(fault.NotFound, "There is no such merge.")
		case merge.Onward != nil:
			return fault.New(fault.Conflict, "The case has since been merged into %s. Undo that first.", CaseReference(*merge.Onward))
		case merge.Later != nil && !merge.Undone:
			return fault.New(fault.Conflict, "%s has been merged into the case since. Undo that first.", CaseReference(*merge.Later))
		}
		kept, err := lockCase(tx, merge.KeptID, 0)
		if err != nil {
			return err
		}
		keptNumber = kept.Number
		if merge.Undone {
			return nil
		}
		var gone Case
		if err := tx.Raw(`select * from cases where id = ? for update`, merge.GoneID).Scan(&gone).Error; err != nil {
			return err
		}
		changes, values, err := restored(&kept, merge.Changes)
		if err != nil {
			return err
		}
		own := kept.PersonReference
		if back, changed := values[PersonReference]; changed {
			own = back.(string)
		}
		if own == gone.PersonReference {
			return fault.New(fault.Conflict, "%s has taken the reference of %s since. Change its reference first.", kept.Reference(), gone.Reference())
		}
		if err := moveBack(tx, merge.ID, kept.ID, gone.ID); err != nil {
			return err
		}
		if err := setFields(tx, kept.ID, values); err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update cases set merged_into = null, version = version + 1, updated_at = ? where id = ? and merged_into = ?`,
			tx.Now, gone.ID, kept.ID)); err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update case_merge set undone_by = ?, undone_at = ?, version = version + 1 where id = ? and undone_at is null`,
			actor.PersonID, tx.Now, merge.ID)); err != nil {
			return err
		}
		if err := tx.Exec(`update reference_change set undone_by = ?, undone_at = ? where merge_id = ? and undone_at is null`,
			actor.PersonID, tx.Now, merge.ID).Error; err != nil {
			return err
		}
		if err := writeHistory(tx, kept.ID, "The merge of "+gone.Reference()+" was undone", changes); err != nil {
			return err
		}
		if err := writeHistory(tx, gone.ID, "The merge into "+kept.Reference()+" was undone", nil); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "case.merge_undone", ObjectKind: "case", ObjectID: kept.ID.String(),
			Before: beforeOf(changes), After: map[string]any{"gone": gone.ID, "merge": merge.ID, "values": values}}); err != nil {
			return err
		}
		if err := sayDifferent(tx, kept.ID, gone.PersonReference); err != nil {
			return err
		}
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{kept.ID, gone.ID}})
	})
	return keptNumber, err
}

// restored are the values of a merge that still stand, put back to what they were before it.
func restored(kept *Case, raw json.RawMessage) (changes map[Field][2]any, values map[Field]any, err error) {
	var stored map[Field][2]any
	if err := json.Unmarshal(raw, &stored); err != nil {
		return nil, nil, err
	}
	changes, values = map[Field][2]any{}, map[Field]any{}
	for field, change := range stored {
		rule := ruleOf[field]
		if rule == nil {
			continue // a field of an older version
		}
		var before, after Case
		if err := rule.load(&before, change[0]); err != nil {
			return nil, nil, err
		}
		if err := rule.load(&after, change[1]); err != nil {
			return nil, nil, err
		}
		if rule.same(kept, &after) {
			values[field] = rule.stored(&before)
			changes[field] = [2]any{rule.stored(kept), rule.stored(&before)}
		}
	}
	return changes, values, nil
}
