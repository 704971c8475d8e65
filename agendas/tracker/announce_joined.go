package tracker

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// BlockersJoined is the event that blockers were closed because another of the same young person goes on: their
// cases were merged.
type BlockersJoined struct {
	Ended []uuid.UUID `json:"ended"`
}

// Kind names the event for good.
func (BlockersJoined) Kind() string { return "tracker.blockers_joined" }

func announceJoined(tx db.Tx, mergeID uuid.UUID) error {
	var ended []uuid.UUID
	err := tx.Raw(`select thing_id from case_merge_thing where merge_id = ? and thing = 'blocker' and was = 'open' order by thing_id`, mergeID).Scan(&ended).Error
	if err != nil || len(ended) == 0 {
		return err
	}
	return tx.Enqueue(db.Job{Args: BlockersJoined{Ended: ended}})
}
