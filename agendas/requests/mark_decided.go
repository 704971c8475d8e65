package requests

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// MarkDecided says that the panel has decided a request: nobody changes or tables it again.
func MarkDecided(tx db.Tx, id uuid.UUID) error {
	return tx.Exec(`update funding_request set state = 'decided', decided_at = ?, version = version + 1
		where id = ? and state = 'tabled'`, tx.Now, id).Error
}

// MarkWaiting puts a request that a panel deferred or referred among those waiting for a panel, the
// same or another, so that it can be tabled again.
func MarkWaiting(tx db.Tx, id, forumID uuid.UUID) error {
	return tx.Exec(`update funding_request set state = 'submitted', meeting_id = null, forum_id = ?, version = version + 1
		where id = ? and state = 'tabled'`, forumID, id).Error
}
