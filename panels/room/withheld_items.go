package room

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// WithheldItems are the items of a meeting that the transaction's actor may not read, before, during
// or after it, because of an interest they declared in it or in the young person, each with the reason they are told.
func WithheldItems(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]string, error) {
	var items []struct{ ItemID uuid.UUID }
	err := tx.Raw(`select distinct item_id from left_item where meeting_id = ? and person_id = ?`, meetingID, tx.Actor.PersonID).Scan(&items).Error
	withheld := make(map[uuid.UUID]string, len(items))
	for _, item := range items {
		withheld[item.ItemID] = "You left for this item: you declared an interest in it."
	}
	return withheld, err
}
