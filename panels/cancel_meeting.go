package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CancelMeeting cancels a meeting, saying why. It stays in the list and in its series, so the series
// never makes it again. A meeting that has begun or is over is never cancelled.
func (s Store) CancelMeeting(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string) (meeting Meeting, err error) {
	reason = strings.TrimSpace(reason)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if meeting, err = lockToSchedule(tx, id); err != nil {
			return err
		}
		if err := meeting.mayStillChange("cancelled"); err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why the meeting is cancelled")
		form.Require(len(reason) <= 500, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		meeting.Version = version
		meeting.ByHand = true
		if err := cancel(tx, meeting, reason); err != nil {
			return err
		}
		meeting.Status, meeting.CancelledReason = Cancelled, reason
		meeting.Sequence, meeting.ChangedAt, meeting.Version = meeting.Sequence+1, tx.Now, version+1
		return announce(tx, meeting.ID)
	})
	return meeting, err
}

// cancel cancels a meeting; meeting.ByHand says whether that is about this meeting alone.
func cancel(tx db.Tx, meeting Meeting, reason string) error {
	err := db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, meeting.Version).Updates(map[string]any{
		"status": Cancelled, "cancelled_reason": reason, "by_hand": meeting.ByHand,
		"sequence": meeting.Sequence + 1, "changed_at": tx.Now, "version": meeting.Version + 1,
	}))
	if err != nil {
		return err
	}
	return record(tx, "meeting.cancelled", meeting.ID, meeting.ForumID, whenAndWhere(meeting),
		map[string]any{"status": Cancelled, "reason": reason})
}
