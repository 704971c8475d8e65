package agendas

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// reasonLimit is the most characters a reason may have.
const reasonLimit = 500

// RemoveItem takes an item off the agenda with a reason, and building again does not put it back.
// Once the agenda has been published the item keeps its number and reads "Taken off", and what it
// says is closed at once. A funding request goes back to those waiting to be tabled.
func (s Store) RemoveItem(ctx context.Context, actor access.Actor, itemID uuid.UUID, version int, reason string) (meetingID uuid.UUID, err error) {
	reason = strings.TrimSpace(reason)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := lockItem(tx, itemID, version)
		meetingID = item.MeetingID
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why the item is taken off")
		form.Require(len([]rune(reason)) <= reasonLimit, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if item.State != Listed {
			return fault.New(fault.Conflict, "This item is off the agenda already.")
		}
		state, action := Removed, "removed"
		if item.Number != "" {
			state, action = TakenOff, "taken_off"
		}
		if item.RequestID != nil {
			if err := requests.MarkUntabled(tx, item.MeetingID, *item.RequestID); err != nil {
				return err
			}
		}
		return item.change(tx, meeting, action, map[string]any{"state": state, "removed_reason": reason})
	})
	return meetingID, err
}
