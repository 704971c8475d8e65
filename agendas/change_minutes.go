package agendas

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChangeMinutes gives an item the time it needs; building again keeps it.
func (s Store) ChangeMinutes(ctx context.Context, actor access.Actor, itemID uuid.UUID, version, minutes int) (meetingID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := lockItem(tx, itemID, version)
		meetingID = item.MeetingID
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(minutes >= 0 && minutes <= 240, "minutes", "Minutes must be a whole number from 0 to 240")
		if err := form.Err(); err != nil {
			return err
		}
		return item.change(tx, meeting, "minutes_changed", map[string]any{"minutes": minutes, "minutes_set": true})
	})
	return meetingID, err
}
