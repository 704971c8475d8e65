package invitations

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SendAgain sends one person their invitation once more, at once: it was lost, refused or deleted.
func (s Store) SendAgain(ctx context.Context, actor access.Actor, meetingID, person uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, meetingID)
		if err != nil {
			return err
		}
		if !actor.May(access.Schedule, meeting.ForumID) && !actor.May(access.ReadMeeting, meeting.ForumID) {
			return fault.New(fault.NotFound, "There is no such meeting.")
		}
		if err := actor.Check(access.Schedule, meeting.ForumID); err != nil {
			return err
		}
		if !toCome(meeting) || !meeting.EndsAt.After(tx.Now) {
			return fault.New(fault.Conflict, "Invitations go out only for a meeting that is to come. This one has begun, is over or is cancelled.")
		}
		attendees, err := panels.Attendees(tx, meeting)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(attendees, func(a panels.Attendee) bool { return a.PersonID == person }) {
			return fault.New(fault.Conflict, "That person is no longer asked to come to this meeting, so there is no invitation to send.")
		}
		if err := tx.Exec(`update invitation set told_at = null where meeting_id = ? and person_id = ?`, meeting.ID, person).Error; err != nil {
			return err
		}
		err = audit.Record(tx, audit.Entry{
			Action: "invitation.sent_again", ObjectKind: "invitation", ObjectID: meeting.ID.String(), ForumID: meeting.ForumID, After: map[string]any{"person": person},
		})
		if err != nil {
			return err
		}
		return notify.Send(tx, notify.Notice{Kind: Notice, IDs: notify.IDs{"meeting": meeting.ID}, To: person, Urgent: true})
	})
}
