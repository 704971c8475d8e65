package agendas

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// PinItem keeps an item on the agenda whatever the rules say when it is built again; with pinned
// false it lets it go. It returns the item's meeting.
func (s Store) PinItem(ctx context.Context, actor access.Actor, itemID uuid.UUID, pinned bool) (meetingID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := lockItem(tx, itemID, 0)
		meetingID = item.MeetingID
		if err != nil || item.Pinned == pinned {
			return err
		}
		action := "pinned"
		if !pinned {
			action = "unpinned"
		}
		return item.change(tx, meeting, action, map[string]any{"pinned": pinned})
	})
	return meetingID, err
}
