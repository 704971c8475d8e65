package escalations

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// BlockersOfCase lists what stops a young person's case now, the longest waiting first, as far as the
// actor may read it. The caller has checked that the actor may see the case.
func BlockersOfCase(tx db.Tx, caseID uuid.UUID) ([]BlockerRow, error) {
	var all, rows []BlockerRow
	if err := tx.Raw(selectBlockers+`where b.case_id in (select id from same_case(?)) and b.state = ? order by b.raised_at, b.number limit 50`, caseID, Open).Scan(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	for _, row := range all {
		if tx.Actor.May(access.ReadBlockers, row.ForumID) || heldAndMay(tx.Actor, row.Blocker, access.ReadBlockers) || row.OwnerID == tx.Actor.PersonID {
			row.fill(tx.Today(), work)
			rows = append(rows, row)
		}
	}
	return rows, nil
}
