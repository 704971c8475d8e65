package agendas

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// CaseItemLine is a place where a case stands on a published agenda.
type CaseItemLine struct {
	ItemID    uuid.UUID
	MeetingID uuid.UUID
	StartsAt  time.Time
	ForumName string
	Number    string // of the item: "5", "5a"
	OwnItem   bool   // the reader presents it and has no seat on the forum: they see that item alone
}

// ItemsOfCase lists where a case stands on published agendas, the latest first: those of the forums
// whose agendas the actor may read, and the items they present. What was taken off is not listed.
func ItemsOfCase(tx db.Tx, caseID uuid.UUID) ([]CaseItemLine, error) {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if tx.Actor.May(access.ReadAgenda, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	var lines []CaseItemLine
	err := tx.Raw(`
		select i.id as item_id, i.meeting_id, m.starts_at, f.name as forum_name, i.number, m.forum_id not in @forums as own_item
		from agenda_item i
		join meeting m on m.id = i.meeting_id
		join forum f on f.id = m.forum_id
		left join funding_request r on r.id = i.request_id
		where (coalesce(i.case_id, r.case_id) in (select id from same_case(@case))
				or i.request_id in (select request_id from request_line where case_id in (select id from same_case(@case))))
			and i.state = 'listed' and i.number <> '' and m.agenda_version > 0
		  and not f.board and m.status <> 'cancelled' and (m.forum_id in @forums or i.presenter_id = @person)
		order by m.starts_at desc, i.number limit 50`,
		map[string]any{"forums": forums, "case": caseID, "person": tx.Actor.PersonID}).Scan(&lines).Error
	return lines, err
}
