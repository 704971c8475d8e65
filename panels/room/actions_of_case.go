package room

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ActionsOfCase lists the open actions about a young person, earliest due first: of the forums whose
// decisions the actor may read, and their own. The caller has checked that the actor may see the case.
func ActionsOfCase(tx db.Tx, caseID uuid.UUID) ([]ActionLine, error) {
	var all, lines []ActionLine
	err := tx.Raw(actionLines+` where a.case_id = @case and a.done_at is null and not f.board and not `+closedTo("@me")+`
		order by a.due_on, a.id limit 100`, map[string]any{"case": caseID, "me": tx.Actor.PersonID}).Scan(&all).Error
	for _, line := range all {
		if line.OwnedBy(tx.Actor.PersonID) || tx.Actor.May(access.ReadDecisions, line.ForumID) {
			lines = append(lines, line)
		}
	}
	return lines, err
}
