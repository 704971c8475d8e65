package escalations

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// WaitingAnswer is an escalation that waits for a board of the reader's. It says nothing of the case.
type WaitingAnswer struct {
	EscalationID uuid.UUID
	BoardName    string
	Number       int64 // of the blocker
	AnswerDueOn  clock.Date
}

// AnswersWaiting lists the escalations that the actor's boards have not answered, the oldest first.
func AnswersWaiting(tx db.Tx) (waiting []WaitingAnswer, err error) {
	var boards []uuid.UUID
	for _, seat := range tx.Actor.Seats {
		if tx.Actor.May(access.AnswerBoard, seat.ForumID) {
			boards = append(boards, seat.ForumID)
		}
	}
	for _, d := range tx.Actor.Delegations {
		boards = append(boards, d.BoardID)
	}
	if len(boards) == 0 {
		return nil, nil
	}
	err = tx.Raw(`
		select e.id as escalation_id, f.name as board_name, b.number, e.answer_due_on
		from escalation e join blocker b on b.id = e.blocker_id join forum f on f.id = e.board_id
		where e.board_id in ? and e.state = 'waiting'
			and not exists (select from board_question q where q.escalation_id = e.id and q.replied_at is null and q.reply_by >= ?)
		order by e.answer_due_on, e.id limit 20`, boards, tx.Today()).Scan(&waiting).Error
	return waiting, err
}

// WaitingBlocker is an open blocker that the reader owns.
type WaitingBlocker struct {
	BlockerID uuid.UUID
	Number    int64
	ForumName string
	LevelName string
	NeededBy  clock.Date
}

// BlockersOwned lists the open blockers that the actor owns, the most pressing first.
func BlockersOwned(tx db.Tx) (waiting []WaitingBlocker, err error) {
	err = tx.Raw(`
		select b.id as blocker_id, b.number, f.name as forum_name, b.level_name, b.needed_by
		from blocker b join forum f on f.id = b.forum_id
		where b.owner_id = @me and b.state = 'open' and not exists (`+interestInBlocker("@me", "b.id")+`)
		order by b.needed_by nulls last, b.id limit 20`, map[string]any{"me": tx.Actor.PersonID}).Scan(&waiting).Error
	return waiting, err
}
