package room

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// WithheldItems are the items of a meeting that the transaction's actor may not read, before, during
// or after it, because of an interest they declared, each with the reason they are told.
func WithheldItems(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]string, error) {
	var items []struct{ ItemID uuid.UUID }
	err := tx.Raw(`select item_id from interest where meeting_id = ? and person_id = ? and withdrawn_at is null`, meetingID, tx.Actor.PersonID).Scan(&items).Error
	withheld := make(map[uuid.UUID]string, len(items))
	for _, item := range items {
		withheld[item.ItemID] = "You left for this item: you declared an interest in it."
	}
	return withheld, err
}
