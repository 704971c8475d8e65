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
	err := tx.Raw(`
		select a.*, p.name as owner, coalesce(g.name, '') as agency, f.name as forum, m.starts_at, coalesce(i.number, '') as item_number
		from action a
		join person p on p.id = a.owner_id
		join forum f on f.id = a.forum_id and not f.board
		join meeting m on m.id = a.meeting_id
		left join agency g on g.id = a.agency_id
		left join agenda_item i on i.id = a.item_id
		where a.case_id = ? and a.done_at is null
			and not exists (select from left_item n where n.item_id = a.item_id and n.person_id = ?)
		order by a.due_on, a.id limit 100`, caseID, tx.Actor.PersonID).Scan(&all).Error
	for _, line := range all {
		if line.OwnerID == tx.Actor.PersonID || tx.Actor.May(access.ReadDecisions, line.ForumID) {
			lines = append(lines, line)
		}
	}
	return lines, err
}
