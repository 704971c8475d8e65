package requests

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// MarkTabled says which of these requests are now on a meeting's agenda: those that were waiting. It
// returns how many.
func MarkTabled(tx db.Tx, meetingID uuid.UUID, ids ...uuid.UUID) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	done := tx.Exec(`update funding_request set state = 'tabled', meeting_id = ?, version = version + 1 where id in ? and state = 'submitted'`, meetingID, ids)
	return done.RowsAffected, done.Error
}

// MarkUntabled puts a request that a meeting does not take up after all back among those waiting, and says
// whether it was tabled there.
func MarkUntabled(tx db.Tx, meetingID, id uuid.UUID) (untabled bool, err error) {
	done := tx.Exec(`update funding_request set state = 'submitted', meeting_id = null, version = version + 1
		where id = ? and state = 'tabled' and meeting_id = ?`, id, meetingID)
	return done.RowsAffected == 1, done.Error
}
