package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SwapChair gives a meeting that has not begun to the other of two chairs who take turns, with the
// reason. Nobody else's turn changes. Swapped again, it is back where the turns put it.
func (s Store) SwapChair(ctx context.Context, actor access.Actor, meetingID uuid.UUID, version int, reason string) (meeting Meeting, err error) {
	reason = strings.TrimSpace(reason)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if meeting, err = LockMeeting(tx, meetingID); err != nil {
			return err
		}
		if err := actor.Check(access.Schedule, meeting.ForumID); err != nil {
			return err
		}
		if meeting.Status != Scheduled && meeting.Status != Draft {
			return fault.New(fault.Conflict, "This meeting is %s, so its chair cannot be changed here. In the room either chair takes the chair.", strings.ToLower(meeting.Status.Words()))
		}
		chaired, err := ChairOf(tx, meeting)
		if err != nil {
			return err
		}
		if chaired.Other == nil {
			return fault.New(fault.Conflict, "This forum’s chairs do not take turns, so there is nothing to swap.")
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why the chairs are swapped")
		form.Require(len([]rune(reason)) <= 500, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		before := map[string]any{"chair_seat_id": chaired.Seats[0].ID, "reason": meeting.ChairReason}
		meeting.ChairSeatID, meeting.ChairReason = &chaired.Other.ID, reason
		err = db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, version).Updates(map[string]any{
			"chair_seat_id": meeting.ChairSeatID, "chair_reason": reason, "version": version + 1,
		}))
		if err != nil {
			return err
		}
		meeting.Version = version + 1
		return record(tx, "meeting.chair_swapped", meeting.ID, meeting.ForumID, before, map[string]any{"chair_seat_id": chaired.Other.ID, "reason": reason})
	})
	return meeting, err
}
