package invitations

import (
	"context"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Adopt takes it that people's calendars hold every meeting to come as it is now, and tells nobody: for
// a partnership that arrives with its year already in everybody's calendar. Later changes are told.
func (s Store) Adopt(ctx context.Context, actor access.Actor) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, uuid.Nil); err != nil {
			return err
		}
		var meetings []panels.Meeting
		if err := tx.Raw(`select * from meeting where status = 'scheduled' and ends_at > ?`, tx.Now).Scan(&meetings).Error; err != nil || len(meetings) == 0 {
			return err
		}
		forums, err := forumsOf(tx, meetings)
		if err != nil {
			return err
		}
		attendees, err := panels.AttendeesOf(tx, meetings...)
		if err != nil {
			return err
		}
		told, err := invitationsTo(tx, meetings...)
		if err != nil {
			return err
		}
		var held []Invitation
		for _, m := range meetings {
			for _, a := range attendees[m.ID] {
				if told[m.ID][a.PersonID] != nil {
					continue
				}
				i := (*Invitation)(nil).next(Asked, copyFor(m, forums[m.ForumID].Name, &a), m)
				s.organise(&i, forums[m.ForumID])
				i.ID, i.PersonID, i.OfferedAt, i.ToldAt, i.Heard = uuid.Must(uuid.NewV7()), a.PersonID, tx.Now, &tx.Now, true
				held = append(held, i)
			}
		}
		if len(held) == 0 {
			return nil
		}
		return tx.CreateInBatches(held, 500).Error
	})
}
