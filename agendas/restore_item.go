package agendas

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RestoreItem puts back an item that was removed or taken off, where it was, under the number it had. For one
// that was put over for want of time it makes room: the item is pinned, so that no rebuild puts it over again.
func (s Store) RestoreItem(ctx context.Context, actor access.Actor, itemID uuid.UUID, version int) (meetingID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := lockItem(tx, itemID, version)
		meetingID = item.MeetingID
		if err != nil {
			return err
		}
		if item.State == Listed {
			return fault.New(fault.Conflict, "This item is on the agenda already.")
		}
		if item.RequestID != nil {
			request, err := requests.Lock(tx, *item.RequestID)
			if err != nil {
				return err
			}
			if gone, err := mayComeAgain(tx, request, item, meeting); gone != nil || err != nil {
				return cmp.Or(err, gone)
			}
			tabled, err := requests.MarkTabled(tx, item.MeetingID, request.ID)
			if err != nil {
				return err
			}
			if tabled == 0 {
				return fault.New(fault.Conflict, "This funding request has been returned, decided or tabled at another meeting since.")
			}
			return item.comeBack(tx, meeting, request, "")
		}
		return item.change(tx, meeting, "restored", map[string]any{"state": Listed, "removed_reason": "", "pinned": item.Pinned || item.State == PutOver})
	})
	return meetingID, err
}
