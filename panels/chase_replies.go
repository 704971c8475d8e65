package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Chased is what became of chasing: how many were written to, and how many had been today already.
type Chased struct{ Sent, Already int }

// ChaseReplies writes to everybody who has not answered about a meeting, each with a fresh link to
// reply by. Nobody is written to more than once a day about one meeting, however often it is asked.
func (s Store) ChaseReplies(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (chased Chased, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		chased = Chased{}
		meeting, err := LockMeeting(tx, meetingID)
		if err != nil {
			return err
		}
		if meeting.Status == Draft {
			return noSuchMeeting()
		}
		if err := mayRecordReplies(tx, meeting); err != nil {
			return err
		}
		if err := meeting.takesReplies(tx); err != nil {
			return err
		}
		attendees, err := Attendees(tx, meeting)
		if err != nil {
			return err
		}
		var people []uuid.UUID
		for _, a := range attendees {
			if a.Reply == nil {
				people = append(people, a.PersonID)
			}
		}
		var notices []notify.Notice
		for _, person := range people {
			insert := tx.Exec(`
				insert into reply_chase (meeting_id, person_id, chased_on, chased_by) values (?, ?, ?, ?)
				on conflict do nothing`, meeting.ID, person, tx.Today(), actor.PersonID)
			if insert.Error != nil {
				return insert.Error
			}
			if insert.RowsAffected == 0 {
				chased.Already++
				continue
			}
			notices = append(notices, notify.Notice{Kind: NoticeReplyChased, IDs: notify.IDs{"meeting": meeting.ID}, To: person})
		}
		if chased.Sent = len(notices); chased.Sent == 0 {
			return nil
		}
		if err := notify.Send(tx, notices...); err != nil {
			return err
		}
		return record(tx, "meeting.replies_chased", meeting.ID, meeting.ForumID, nil, chased)
	})
	return chased, err
}
