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
		if dealt, err := dealtWith(tx, item.ID); err != nil {
			return err
		} else if dealt {
			return fault.New(fault.Conflict, "The meeting has dealt with this item, so it stays on the agenda.")
		}
		state, action := Removed, "removed"
		if item.Number != "" {
			state, action = TakenOff, "taken_off"
		}
		if item.RequestID != nil {
			if _, err := requests.MarkUntabled(tx, item.MeetingID, *item.RequestID); err != nil {
				return err
			}
		}
		return item.change(tx, meeting, action, map[string]any{"state": state, "removed_reason": reason})
	})
	return meetingID, err
}

// dealtWith reports whether a meeting that was adjourned had opened the item before.
func dealtWith(tx db.Tx, itemID uuid.UUID) (dealt bool, err error) {
	err = tx.Raw(`select exists (select from item_progress where item_id = ? and progress <> 'passed')`, itemID).Scan(&dealt).Error
	return dealt, err
}
