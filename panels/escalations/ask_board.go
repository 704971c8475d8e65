package escalations

import (
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/db"
)

// ask puts a blocker that has reached its board before it: an escalation with the day an answer is due
// by, and a line for the board's next agenda. Nothing of it leads to the case.
func ask(tx db.Tx, b Blocker, board Level) error {
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	_, follows, err := answeredBefore(tx, b.ID)
	if err != nil {
		return err
	}
	today := tx.Today()
	due := LeavesOn(today, board.Days, work)
	var decide []int // the days of its disputes
	if err := tx.Raw(`select days from dispute_now where stands_at = ?`, b.ID).Scan(&decide).Error; err != nil {
		return err
	}
	for _, days := range decide {
		due = earlier(due, LeavesOn(today, days, work))
	}
	e := Escalation{
		ID: newID(), BlockerID: b.ID, BoardID: board.ForumID, Stay: b.Stay, AskedAt: tx.Now, ReachedOn: today,
		AnswerDueOn: due, State: Waiting, FollowsID: follows, Version: 1,
	}
	if err := tx.Create(&e).Error; err != nil {
		return err
	}
	if err := putBeforeBoard(tx, b, e); err != nil {
		return err
	}
	return record(tx, "escalation.asked", e.ID, e.BoardID, nil, e)
}

// withdraw takes back what is still asked of a board about a blocker: it was resolved, or moved away.
func withdraw(tx db.Tx, blockerID uuid.UUID) error {
	var waiting []Escalation
	if err := tx.Raw(`select * from escalation where blocker_id = ? and state = 'waiting' for update`, blockerID).Scan(&waiting).Error; err != nil {
		return err
	}
	for _, e := range waiting {
		if err := settle(tx, e, Withdrawn); err != nil {
			return err
		}
	}
	return nil
}

// settle ends the waiting of a locked escalation, and takes it off what is due to the board.
func settle(tx db.Tx, e Escalation, state AskState) error {
	err := db.RequireOne(tx.Model(&Escalation{}).Where("id = ? and version = ?", e.ID, e.Version).
		Updates(map[string]any{"state": state, "version": e.Version + 1}))
	if err != nil {
		return err
	}
	if err := agendas.MarkDone(tx, "escalation", e.ID); err != nil {
		return err
	}
	after := e
	after.State = state
	return record(tx, "escalation."+string(state), e.ID, e.BoardID, e, after)
}
