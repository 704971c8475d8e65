package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ChangeAgency changes the agency of that id and version. Its seats and what it agreed to pay stay its own.
func (s Store) ChangeAgency(ctx context.Context, actor access.Actor, agency Agency) (Agency, error) {
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := agency.checkFor(tx); err != nil {
			return err
		}
		before, err := AgencyByID(tx, agency.ID)
		if err != nil {
			return err
		}
		err = db.RequireOne(tx.Model(&Agency{}).Where("id = ? and version = ?", agency.ID, agency.Version).Updates(map[string]any{
			"name": agency.Name, "short_name": agency.ShortName, "kind": agency.Kind, "legal_body": agency.LegalBody,
			"funder": agency.Funder, "outside": agency.Outside, "officer_id": agency.OfficerID, "version": agency.Version + 1,
		}))
		if err != nil {
			return err
		}
		agency.Version++
		if agency.OfficerID != nil && (before.OfficerID == nil || *before.OfficerID != *agency.OfficerID) {
			if err := tx.Enqueue(db.Job{Args: OfficerNamed{AgencyID: agency.ID}}); err != nil {
				return err
			}
		}
		return record(tx, "agency.changed", agency.ID, uuid.Nil, before, agency)
	})
	return agency, err
}
