package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BoardAnswer is what a board says: a direction with an owner and a date, or "not agreed, because".
type BoardAnswer struct {
	Agreed    bool
	Direction string
	OwnerID   uuid.UUID
	ActBy     clock.Date
	Reason    string
}

// AnswerEscalation keeps the board's answer, puts it on the next agenda of the forum that asked, and
// tells that forum's chair and clerk, the blocker's owner and whoever is to act.
func (s *Store) AnswerEscalation(ctx context.Context, actor access.Actor, id uuid.UUID, given BoardAnswer) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, id)
		if err != nil {
			return err
		}
		if err := actor.Check(access.AnswerBoard, e.BoardID); err != nil {
			if !actor.May(access.ReadBoard, e.BoardID) {
				return noEscalation()
			}
			return err
		}
		switch e.State {
		case Waiting:
		case Withdrawn:
			return fault.New(fault.Conflict, "This is no longer asked of the board: the forum resolved it or took it back.")
		default:
			return fault.New(fault.Conflict, "The board has already answered this.")
		}
		answer, err := given.check(tx, e)
		if err != nil {
			return err
		}
		if err := tx.Create(&answer).Error; err != nil {
			return err
		}
		state := Answered
		if !answer.Agreed {
			state = NotAgreed
		}
		if err := settle(tx, e, state); err != nil {
			return err
		}
		owner := ""
		if answer.OwnerID != nil {
			person, err := panels.PersonByID(tx, *answer.OwnerID)
			if err != nil {
				return err
			}
			owner = person.Name
		}
		words := answer.Words(owner)
		if _, err := addStep(tx, b.ID, Step{Kind: StepAnswered, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		err = agendas.PutDue(tx, agendas.Due{
			ForumID: b.ForumID, Kind: "answer", SourceID: e.ID, CaseID: b.CaseID, DueOn: tx.Today(),
			Text: b.LevelName + " answered on " + tx.Today().Long() + ", about blocker " + b.Reference() + ". " + words,
			Law:  "Escalated on " + e.ReachedOn.Long(),
		})
		if err != nil {
			return err
		}
		if err := tellOfAnswer(tx, b, e, answer); err != nil {
			return err
		}
		return record(tx, "board_answer.given", answer.ID, e.BoardID, nil, answer)
	})
}

func noEscalation() error { return fault.New(fault.NotFound, "There is no such escalation.") }

// lockEscalation locks the blocker first and then what is asked about it, as everybody does.
func lockEscalation(tx db.Tx, id uuid.UUID) (Escalation, Blocker, error) {
	var e Escalation
	if err := tx.Where("id = ?", id).Take(&e).Error; err != nil {
		return e, Blocker{}, orNotFound(err, "There is no such escalation.")
	}
	b, err := lockBlocker(tx, e.BlockerID)
	if err != nil {
		return e, b, err
	}
	return e, b, tx.Raw(`select * from escalation where id = ? for update`, id).Take(&e).Error
}

func (given BoardAnswer) check(tx db.Tx, e Escalation) (Answer, error) {
	answer := Answer{ID: newID(), EscalationID: e.ID, Agreed: given.Agreed, AnsweredBy: tx.Actor.PersonID, AnsweredAt: tx.Now}
	var form fault.Form
	if given.Agreed {
		answer.Direction, answer.OwnerID, answer.ActBy = strings.TrimSpace(given.Direction), &given.OwnerID, given.ActBy
		form.Require(answer.Direction != "", "direction", "Enter what the board directs")
		form.Require(len([]rune(answer.Direction)) <= longestNeeded, "direction", "The direction must be 500 characters or fewer")
		form.Require(!given.ActBy.IsZero(), "act_by", "Enter the date by which it is to be done")
		form.Require(given.ActBy.IsZero() || !given.ActBy.Before(tx.Today()), "act_by", "The date must be today or later")
		if _, err := panels.PersonByID(tx, given.OwnerID); fault.Is(err, fault.NotFound) {
			form.Add("owner", "Select who is to do it")
		} else if err != nil {
			return answer, err
		}
	} else {
		answer.Reason = strings.TrimSpace(given.Reason)
		form.Require(answer.Reason != "", "reason", "Enter why the board does not agree")
		form.Require(len([]rune(answer.Reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
	}
	return answer, form.Err()
}

// Words is the answer as agendas and stories say it.
func (a Answer) Words(owner string) string {
	if !a.Agreed {
		return "Not agreed, because: " + a.Reason
	}
	return fmt.Sprintf("%s To be done by %s, by %s.", sentence(a.Direction), owner, a.ActBy.Long())
}

// sentence ends what somebody typed with a full stop, unless it ends by itself.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func tellOfAnswer(tx db.Tx, b Blocker, e Escalation, answer Answer) error {
	people, err := officers(tx, b.ForumID, access.Chair, access.Clerk)
	if err != nil {
		return err
	}
	people = append(people, b.OwnerID)
	told := map[uuid.UUID]bool{}
	for _, person := range people {
		if told[person] {
			continue
		}
		told[person] = true
		if err := notify.Send(tx, notify.Notice{Kind: NoticeAnswered, IDs: notify.IDs{"escalation": e.ID}, To: person}); err != nil {
			return err
		}
	}
	if answer.OwnerID != nil && !told[*answer.OwnerID] {
		return notify.Send(tx, notify.Notice{Kind: NoticeDirected, IDs: notify.IDs{"escalation": e.ID}, To: *answer.OwnerID})
	}
	return nil
}
