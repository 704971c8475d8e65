package room

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// RecordOpening notes that somebody who is asked for an answer has opened what is decided between meetings.
// The first time counts.
func (s *Store) RecordOpening(ctx context.Context, actor access.Actor, meetingID uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		return tx.Exec(`
			insert into correspondence_opened (meeting_id, person_id, opened_at)
			select v.meeting_id, a.person_id, @now from correspondence_asked a join vote v on v.id = a.vote_id
			where v.meeting_id = @meeting and a.person_id = @me
				and not exists (select from left_item n where n.item_id = v.item_id and n.person_id = @me)
			on conflict do nothing`, map[string]any{"now": tx.Now, "meeting": meetingID, "me": actor.PersonID}).Error
	})
}
