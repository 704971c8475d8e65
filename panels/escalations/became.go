package escalations

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Became is what became of a board's answer: a word for a tag, and the rest in a sentence.
type Became struct {
	State BecameState
	Words string // "MAPaC decided on 4 March 2027: agreed. …"; "" where nothing more is known
}

// BecameState is how far an answer has got.
type BecameState string

// The states of what was answered, as a board sees them.
const (
	BecameDone     BecameState = "Done"
	BecameReported BecameState = "Said to be done"
	BecameReturned BecameState = "Came back to the board"
	BecameLate     BecameState = "Not yet: overdue"
	BecameNotYet   BecameState = "Not yet"
)

// Became says what is known of an answer today. Without an answer it is the zero Became.
func (l BoardLine) Became() Became {
	if l.State != Answered && l.State != NotAgreed {
		return Became{}
	}
	b := Became{State: BecameNotYet}
	var words []string
	switch {
	case l.Resolved:
		b.State = BecameDone
		words = append(words, l.Forum+" resolved it on "+l.ResolvedOn.Long()+".")
	case !l.ReturnedOn.IsZero():
		b.State = BecameReturned
		words = append(words, "Without effect by its date, it came back on "+l.ReturnedOn.Long()+".")
	case l.ReportDone:
		b.State = BecameReported
	case l.Undone:
		b.State = BecameLate
	}
	if !l.Resolved && l.ReturnedOn.IsZero() {
		if l.Agreed {
			words = append(words, l.Owner+", by "+l.ActBy.Long()+".")
		} else {
			words = append(words, "Back with "+l.Forum+". It comes back to the board if it is still blocked after "+l.LookOn.Long()+".")
		}
	}
	if l.ReportWords != "" {
		words = append(words, "Reported on "+l.ReportedOn.Long()+": "+sentence(l.ReportWords))
	}
	if l.DecidedOutcome != "" {
		words = append(words, l.Forum+" decided on "+l.DecidedOn.Long()+": "+strings.ToLower(room.Outcome(l.DecidedOutcome).Words())+".")
	}
	b.Words = strings.Join(words, " ")
	return b
}

// said is the answer in the words of agendas.
func (l BoardLine) said() string {
	return Answer{Agreed: l.Agreed, Direction: l.Direction, ActBy: l.ActBy, Reason: l.Reason}.Words(l.Owner)
}

// becameText is what the board's next agenda says of an answer.
func (l BoardLine) becameText() string {
	became := l.Became()
	return "What became of the answer of " + l.AnsweredOn.Long() + " about " + l.Blocker + ", " + l.Kind.Words() + ": " + sentence(l.said()) + " " + string(became.State) + ". " + became.Words
}

// putBecame puts what becomes of an answer on the board's own next agenda.
func putBecame(tx db.Tx, e Escalation) error {
	lines, err := boardLines(tx, e.BoardID, e.ID)
	if err != nil || len(lines) != 1 {
		return err
	}
	return agendas.PutDue(tx, agendas.Due{
		ForumID: e.BoardID, Kind: "answer", SourceID: e.ID, DueOn: tx.Today(),
		Text: lines[0].becameText(), Law: "The board sees what became of its answers",
	})
}

// rewordBecame says it anew where it still stands on what is due to the board.
func rewordBecame(tx db.Tx, e Escalation) error {
	lines, err := boardLines(tx, e.BoardID, e.ID)
	if err != nil || len(lines) != 1 {
		return err
	}
	return agendas.RewordDue(tx, e.BoardID, "answer", e.ID, lines[0].becameText())
}

// followAnswers brings what each board's next agenda says of its answers up to date: a forum may have
// decided or resolved since.
func (s *Store) followAnswers(ctx context.Context) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		var boards []uuid.UUID
		err := tx.Raw(`select distinct d.forum_id from due d join forum f on f.id = d.forum_id and f.board where d.kind = 'answer' and d.done_at is null`).Scan(&boards).Error
		if err != nil {
			return err
		}
		for _, board := range boards {
			var open []uuid.UUID
			if err := tx.Raw(`select source_id from due where forum_id = ? and kind = 'answer' and done_at is null`, board).Scan(&open).Error; err != nil {
				return err
			}
			still := map[uuid.UUID]bool{}
			for _, id := range open {
				still[id] = true
			}
			lines, err := boardLines(tx, board, uuid.Nil)
			if err != nil {
				return err
			}
			for _, line := range lines {
				if !still[line.EscalationID] {
					continue
				}
				if err := agendas.RewordDue(tx, board, "answer", line.EscalationID, line.becameText()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// CaseAnswer is what a board answered about a young person's case, for those who may see the case.
type CaseAnswer struct {
	BlockerID  uuid.UUID
	Blocker    string // "B14"
	Board      string
	AnsweredOn clock.Date
	Words      string
	Became     Became
}

// AnswersOfCase lists what boards answered about a young person's blockers, resolved ones too, as far as
// the actor may read those; the latest first. The caller has checked that the actor may see the case.
func AnswersOfCase(tx db.Tx, caseID uuid.UUID) ([]CaseAnswer, error) {
	all, err := lines(tx, "escalations", askedAbout(nil, nil, &caseID, tx.Today()))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var blockers []Blocker
	err = tx.Raw(`
		select b.* from blocker b
		where exists (select from blocker_concerns k where k.blocker_id = b.id and k.case_id = standing_case(@case))
			and not exists (`+interestInBlocker("@me", "b.id")+`)
		order by b.number desc limit 100`, map[string]any{"case": caseID, "me": tx.Actor.PersonID}).Scan(&blockers).Error
	if err != nil {
		return nil, err
	}
	may := map[string]uuid.UUID{}
	for _, b := range blockers {
		if tx.Actor.May(access.ReadBlockers, b.ForumID) || heldAndMay(tx.Actor, b, access.ReadBlockers) || b.OwnerID == tx.Actor.PersonID {
			may[b.Reference()] = b.ID
		}
	}
	var answers []CaseAnswer
	for _, line := range slices.Backward(all) {
		if id, readable := may[line.Blocker]; readable && !line.AnsweredOn.IsZero() {
			answers = append(answers, CaseAnswer{BlockerID: id, Blocker: line.Blocker, Board: line.BoardName, AnsweredOn: line.AnsweredOn, Words: line.said(), Became: line.Became()})
		}
	}
	return answers, nil
}
