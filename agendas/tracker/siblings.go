package tracker

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// LinkSibling says that two cases are brother or sister. Clerks do this. Linking twice changes nothing.
func LinkSibling(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, reference string) error {
	return changeSibling(ctx, d, actor, "case.sibling_linked", caseID, reference, `
		insert into case_sibling (one_id, other_id, linked_by, linked_at) values (@one, @other, @me, @now) on conflict do nothing`)
}

// UnlinkSibling takes it back. Unlinking twice changes nothing.
func UnlinkSibling(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, reference string) error {
	return changeSibling(ctx, d, actor, "case.sibling_unlinked", caseID, reference,
		`delete from case_sibling where one_id = @one and other_id = @other`)
}

func changeSibling(ctx context.Context, d *db.DB, actor access.Actor, action string, caseID uuid.UUID, reference, statement string) error {
	if err := mayImport(actor); err != nil {
		return err
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		c, err := caseToRecord(tx, caseID)
		if err != nil {
			return err
		}
		var form fault.Form
		sibling, err := CaseFor(tx, reference)
		switch {
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		case err != nil:
			form.Add("sibling", "Enter the case number of the brother or sister, like Q1042")
		case sibling.ID == c.ID:
			form.Add("sibling", "%s is this case. Enter the case number of the brother or sister", c.Reference())
		}
		if err := form.Err(); err != nil {
			return err
		}
		one, other := c.ID, sibling.ID
		if bytes.Compare(one[:], other[:]) > 0 {
			one, other = other, one
		}
		done := tx.Exec(statement, map[string]any{"one": one, "other": other, "me": actor.PersonID, "now": tx.Now})
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return recordOfCase(tx, action, c.ID, nil, map[string]string{"sibling": sibling.ID.String()})
	})
}

// SiblingsOf lists the linked brothers and sisters whose cases the actor may see.
func SiblingsOf(tx db.Tx, caseID uuid.UUID) ([]Case, error) {
	var siblings []Case
	err := Visible(tx).Where(`cases.id in (
			select other_id from case_sibling where one_id = @case union select one_id from case_sibling where other_id = @case)`,
		map[string]any{"case": caseID}).Order("date_of_birth, number").Limit(20).Find(&siblings).Error
	return siblings, err
}
