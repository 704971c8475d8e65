package escalations

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// LinkedDecision is a decision of the room that a blocker is about. Its content stays on its own page.
type LinkedDecision struct {
	ID          uuid.UUID
	ForumID     uuid.UUID
	ForumName   string
	ItemNumber  string
	Outcome     room.Outcome
	ConfirmedAt time.Time
	Readable    bool `gorm:"-"` // the reader may open it
}

// On is the day it was confirmed.
func (d LinkedDecision) On() clock.Date { return clock.DateOf(d.ConfirmedAt) }

const selectDecisions = `
	select d.id, d.forum_id, f.name as forum_name, i.number as item_number, d.outcome, d.confirmed_at
	from decision d join forum f on f.id = d.forum_id join agenda_item i on i.id = d.item_id `

// decisionsOf are the decisions a blocker is about, the latest first.
func decisionsOf(tx db.Tx, blockerID uuid.UUID) (linked []LinkedDecision, err error) {
	err = tx.Raw(selectDecisions+`
		join blocker_decision k on k.decision_id = d.id
		where k.blocker_id = ? order by d.confirmed_at desc, d.id limit 100`, blockerID).Scan(&linked).Error
	for i := range linked {
		linked[i].Readable = tx.Actor.May(access.ReadDecisions, linked[i].ForumID)
	}
	return linked, err
}

// decisionsToLink are the forum's decisions about a case or an item that a form offers to link.
func decisionsToLink(tx db.Tx, forumID uuid.UUID, caseID, itemID *uuid.UUID) (offered []LinkedDecision, err error) {
	if caseID == nil && itemID == nil || !tx.Actor.May(access.ReadDecisions, forumID) {
		return nil, nil
	}
	err = tx.Raw(selectDecisions+`
		where d.forum_id = @forum and (d.item_id = @item or d.case_id in (select id from same_case(@case)))
			and not exists (select from left_item n where n.item_id = d.item_id and n.person_id = @me)
		order by d.confirmed_at desc, d.id limit 10`,
		map[string]any{"forum": forumID, "item": itemID, "case": caseID, "me": tx.Actor.PersonID}).Scan(&offered).Error
	return offered, err
}

// linkDecisions says which decisions a blocker is about.
func linkDecisions(tx db.Tx, blockerID uuid.UUID, decisions []uuid.UUID) error {
	for _, id := range decisions {
		err := tx.Exec(`insert into blocker_decision (blocker_id, decision_id) values (?, ?) on conflict do nothing`, blockerID, id).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// decidedAbout gives the decisions that left a blocker's cases where they were, and of the one on its item.
func decidedAbout(tx db.Tx, b Blocker, facts Facts) (ids []uuid.UUID, err error) {
	if b.ItemID != nil {
		if err := tx.Raw(`select id from decision where item_id = ?`, b.ItemID).Scan(&ids).Error; err != nil {
			return nil, err
		}
	}
	for _, young := range facts.Young {
		for _, event := range append(young.Deferrals, young.Disagreements...) {
			ids = append(ids, event.ID)
		}
	}
	return ids, nil
}
