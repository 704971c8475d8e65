package escalations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Report is what somebody who carries out a board's answer says became of it.
type Report struct {
	ID         uuid.UUID
	AnswerID   uuid.UUID
	Done       bool
	Words      string // read by the board: no names, no references
	ReportedBy uuid.UUID
	ReportedAt time.Time
}

// TableName is answer_report.
func (Report) TableName() string { return "answer_report" }

// ReportAnswer says what became of a board's answer: done, or how far it is. Whoever the board directed,
// the chair or clerk of the forum, or the blocker's owner. The board reads it, and on its next agenda.
func (s *Store) ReportAnswer(ctx context.Context, actor access.Actor, escalationID uuid.UUID, done bool, words string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, escalationID)
		if err != nil {
			return err
		}
		var answers []Answer
		if err := tx.Raw(`select * from board_answer where escalation_id = ?`, e.ID).Scan(&answers).Error; err != nil {
			return err
		}
		may, err := mayReport(tx, e, b)
		switch {
		case err != nil:
			return err
		case !may && !actor.May(access.ReadBoard, e.BoardID):
			return noEscalation()
		case !may:
			return fault.New(fault.Denied, "Whoever the board directed says what became of it, or the forum.")
		case len(answers) == 0:
			return fault.New(fault.Conflict, "The board has not answered this yet.")
		case b.State != Open:
			return fault.New(fault.Conflict, "This blocker is resolved: the board sees that.")
		}
		words = strings.TrimSpace(words)
		if err := boardReads(tx, b, "words", words, "Enter what became of it"); err != nil {
			return err
		}
		r := Report{ID: newID(), AnswerID: answers[0].ID, Done: done, Words: words, ReportedBy: actor.PersonID, ReportedAt: tx.Now}
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		said := "Not done yet: " + sentence(words)
		if done {
			said = "Done: " + sentence(words)
		}
		if _, err := addStep(tx, b.ID, Step{Kind: StepReported, FromLevel: b.LevelName, Words: said, BoardWords: said}); err != nil {
			return err
		}
		if err := rewordBecame(tx, e); err != nil {
			return err
		}
		return record(tx, "board_answer.reported", answers[0].ID, e.BoardID, nil, r)
	})
}

// mayReport: whoever a board directed, and those of the forum who tell the board.
func mayReport(tx db.Tx, e Escalation, b Blocker) (bool, error) {
	var directed bool
	err := tx.Raw(`select exists (select from direction_owner where escalation_id = ? and owner_id = ?)`, e.ID, tx.Actor.PersonID).Scan(&directed).Error
	if err != nil || directed {
		return directed, err
	}
	err = mayTellBoard(tx, b)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		return false, nil
	}
	return err == nil, err
}
