package requests

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// WaitingRequest is a request that waits for the reader.
type WaitingRequest struct {
	ID        uuid.UUID
	Number    int64
	ForumName string
	State     State // Returned: to its presenter; Submitted: to the panel's clerk
	Late      bool  // it came after the papers were due, and the clerk has still to say whether it may
}

// Waiting lists the requests that came back to the actor with questions, and those submitted to
// panels whose agenda the actor builds.
func Waiting(tx db.Tx) (waiting []WaitingRequest, err error) {
	panels := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if seat.Office == access.Clerk {
			panels = append(panels, seat.ForumID)
		}
	}
	err = tx.Raw(`
		select r.id, r.number, f.name as forum_name, r.state, r.state = 'submitted' and r.late_meeting_id is not null and r.late_answer = '' as late
		from funding_request r join forum f on f.id = r.forum_id
		where (r.submitted_by = @me and r.state = 'returned' or r.forum_id in @panels and r.state = 'submitted') and not exists (`+interest+`)
		order by r.submitted_at, r.id limit 20`, map[string]any{"me": tx.Actor.PersonID, "panels": panels}).Scan(&waiting).Error
	return waiting, err
}
