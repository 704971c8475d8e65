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
	err := tx.Raw(selectBlockers+`
		where b.state = 'open' and (b.case_id in (select id from same_case(@case))
			or b.id in (select k.blocker_id from blocker_case k where k.case_id in (select id from same_case(@case))))
			and not exists (`+interestInBlocker("@me", "b.id")+`)
		order by b.raised_at, b.number limit 50`, map[string]any{"case": caseID, "me": tx.Actor.PersonID}).Scan(&all).Error
	if err != nil || len(all) == 0 {
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

// ForumsToRaiseAt are the forums at which the actor may raise a blocker about a case: those they chair or clerk
// that have had it on an agenda. The caller has checked that the actor may see the case.
func ForumsToRaiseAt(tx db.Tx, caseID uuid.UUID) ([]panels.Forum, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if !seat.Board && tx.Actor.May(access.RaiseBlocker, seat.ForumID) {
			ids = append(ids, seat.ForumID)
		}
	}
	if len(ids) == 1 {
		return nil, nil
	}
	var forums []panels.Forum
	err := tx.Raw(`
		select f.* from forum f
		where f.id in @forums and exists (
			select from agenda_item i join meeting m on m.id = i.meeting_id left join funding_request r on r.id = i.request_id
			where m.forum_id = f.id and coalesce(i.case_id, r.case_id) in (select id from same_case(@case)))
		order by f.name`, map[string]any{"forums": ids, "case": caseID}).Scan(&forums).Error
	return forums, err
}
