package agendas

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ShowItem is one item of an agenda the actor may build, with its draft.
func ShowItem(tx db.Tx, itemID uuid.UUID, withheld Withheld) (DraftPage, Line, error) {
	var item Item
	found := tx.Where("id = ?", itemID).Limit(1).Find(&item)
	if found.Error != nil {
		return DraftPage{}, Line{}, found.Error
	}
	noItem := fault.New(fault.NotFound, "There is no such item. Somebody may have rebuilt the agenda.")
	if found.RowsAffected == 0 {
		return DraftPage{}, Line{}, noItem
	}
	draft, err := ShowDraft(tx, item.MeetingID, withheld)
	if err != nil {
		return DraftPage{}, Line{}, err
	}
	for _, line := range slices.Concat(draft.Listed, draft.PutOver, draft.Removed) {
		if line.ID == itemID {
			return draft, line, nil
		}
	}
	return DraftPage{}, Line{}, noItem
}
