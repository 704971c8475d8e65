package escalations

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Question is what a board asks of a forum before it answers, and what the forum replied.
type Question struct {
	ID           uuid.UUID
	EscalationID uuid.UUID
	Question     string
	ReplyBy      clock.Date
	AskedBy      uuid.UUID
	AskedFor     *uuid.UUID // in whose name a delegate asked
	AskedAt      time.Time
	Reply        string // read by the board: no names, no references
	RepliedBy    *uuid.UUID
	RepliedAt    *time.Time
	ChasedOn     clock.Date
}

// TableName is board_question.
func (Question) TableName() string { return "board_question" }

// BoardQuestion is what a board wants to know, and by when.
type BoardQuestion struct {
	For      uuid.UUID // the member in whose name a delegate asks
	Question string
	ReplyBy  clock.Date
}

// AskBack asks the forum for more before the board answers. The board's own time stands still until the
// reply is due, so that it is not chased for what it waits for.
func (s *Store) AskBack(ctx context.Context, actor access.Actor, id uuid.UUID, asked BoardQuestion) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		e, b, err := toAnswer(tx, id)
		if err != nil {
			return err
		}
		askedFor, err := inWhoseName(tx, e.BoardID, asked.For)
		if err != nil {
			return err
		}
		q := Question{
			ID: newID(), EscalationID: e.ID, Question: strings.TrimSpace(asked.Question), ReplyBy: asked.ReplyBy,
			AskedBy: actor.PersonID, AskedFor: askedFor, AskedAt: tx.Now,
		}
		var form fault.Form
		form.Require(q.Question != "", "question", "Enter what the board needs to know")
		form.Require(len([]rune(q.Question)) <= longestNeeded, "question", "The question must be 500 characters or fewer")
		form.Require(!q.ReplyBy.IsZero(), "reply_by", "Enter the date by which the board needs the reply")
		form.Require(q.ReplyBy.IsZero() || q.ReplyBy.After(tx.Today()), "reply_by", "The date must be after today")
		form.Require(tx.Today().DaysUntil(q.ReplyBy) <= longestDelegation, "reply_by", "The date must be within six months")
		if err := form.Err(); err != nil {
			return err
		}
		open, err := openQuestion(tx, e.ID)
		if err != nil {
			return err
		}
		if open != nil {
			return fault.New(fault.Conflict, "The board has asked already, and waits for the reply until %s.", open.ReplyBy.Long())
		}
		if err := tx.Create(&q).Error; err != nil {
			return err
		}
		after := e
		after.AnswerDueOn, after.Version = e.AnswerDueOn.AddDays(tx.Today().DaysUntil(q.ReplyBy)), e.Version+1
		err = db.RequireOne(tx.Model(&Escalation{}).Where("id = ? and version = ?", e.ID, e.Version).
			Select("answer_due_on", "version").Updates(after))
		if err != nil {
			return err
		}
		words := "The board asks, before it answers: " + sentence(q.Question) + " A reply is due by " + q.ReplyBy.Long() + "; the board’s answer is then due by " + after.AnswerDueOn.Long() + "."
		if _, err := addStep(tx, b.ID, Step{Kind: StepAskedBack, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		err = agendas.PutDue(tx, agendas.Due{
			ForumID: b.ForumID, Kind: "answer", SourceID: q.ID, CaseID: b.CaseID, DueOn: tx.Today(),
			Text: b.LevelName + " asks about blocker " + b.Reference() + ", before it answers: " + sentence(q.Question),
			Law:  "A reply is due by " + q.ReplyBy.Long(),
		})
		if err != nil {
			return err
		}
		people, err := hearers(tx, b)
		if err != nil {
			return err
		}
		if err := tellEach(tx, NoticeQuestion, e, people); err != nil {
			return err
		}
		return record(tx, "board_question.asked", q.ID, e.BoardID, nil, q)
	})
}

// openQuestion is what a board waits to hear about an escalation, or nil.
func openQuestion(tx db.Tx, escalationID uuid.UUID) (*Question, error) {
	var open []Question
	err := tx.Raw(`select * from board_question where escalation_id = ? and replied_at is null`, escalationID).Scan(&open).Error
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return &open[0], nil
}

// ReplyToBoard answers what a board asked about a blocker. The chair or clerk of its forum, or its owner.
func (s *Store) ReplyToBoard(ctx context.Context, actor access.Actor, blockerID uuid.UUID, reply string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, blockerID)
		if err != nil {
			return err
		}
		if err := mayTellBoard(tx, b); err != nil {
			return err
		}
		var e Escalation
		if err := tx.Raw(`select * from escalation where blocker_id = ? and state = 'waiting' for update`, b.ID).Take(&e).Error; err != nil {
			return orNothingAsked(err)
		}
		q, err := openQuestion(tx, e.ID)
		if err != nil {
			return err
		}
		if q == nil {
			return orNothingAsked(nil)
		}
		after := *q
		after.Reply, after.RepliedBy, after.RepliedAt = strings.TrimSpace(reply), &actor.PersonID, &tx.Now
		if err := boardReads(tx, b, "reply", after.Reply, "Enter the reply to the board"); err != nil {
			return err
		}
		err = db.RequireOne(tx.Exec(`update board_question set reply = ?, replied_by = ?, replied_at = ? where id = ? and replied_at is null`,
			after.Reply, after.RepliedBy, after.RepliedAt, q.ID))
		if err != nil {
			return err
		}
		words := "Replied to the board: " + sentence(after.Reply)
		if _, err := addStep(tx, b.ID, Step{Kind: StepReplied, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		if err := agendas.MarkDone(tx, "answer", q.ID); err != nil {
			return err
		}
		people, err := officers(tx, e.BoardID, access.Chair, access.Clerk)
		if err != nil {
			return err
		}
		if err := tellEach(tx, NoticeReply, e, once(append(people, q.AskedBy))); err != nil {
			return err
		}
		return record(tx, "board_question.replied", q.ID, e.BoardID, q, after)
	})
}

func orNothingAsked(err error) error {
	nothing := fault.New(fault.Conflict, "The board waits for no reply about this blocker.")
	if err == nil || fault.Is(orNotFound(err, ""), fault.NotFound) {
		return nothing
	}
	return err
}

// mayTellBoard: the chair and clerk of the forum that raised a blocker, and its owner, tell its board of it.
func mayTellBoard(tx db.Tx, b Blocker) error {
	readable, err := mayRead(tx, b)
	switch {
	case err != nil:
		return err
	case !readable:
		return noBlocker()
	case !tx.Actor.May(access.RaiseBlocker, b.ForumID) && b.OwnerID != tx.Actor.PersonID:
		return fault.New(fault.Denied, "Only the chair or clerk of the forum, or the blocker’s owner, can tell the board.")
	}
	return nil
}

// boardReads refuses words for a board that are missing, too long, or that say who a young person is.
func boardReads(tx db.Tx, b Blocker, field, text, missing string) error {
	var form fault.Form
	form.Require(text != "", field, missing)
	form.Require(len([]rune(text)) <= longestNeeded, field, "Shorten it to 500 characters or fewer")
	if err := form.Err(); err != nil {
		return err
	}
	// To somebody who may not know who it is, a refusal must not say that they guessed the name.
	var of []uuid.UUID
	readable, err := mayRead(tx, b)
	if err == nil && readable {
		of, err = concerned(tx, b.ID)
	}
	if err != nil {
		return err
	}
	if err := checkBoardSafe(tx, &form, of, map[string]string{field: text}); err != nil {
		return err
	}
	return form.Err()
}
