package escalations

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// noEffect is the rule by which what a board answered comes back to it.
const noEffect Rule = "no_effect"

// warnDays is how long before its date somebody who carries out a board's answer is reminded.
const warnDays = 7

// returnAnswers brings back to a board, as a new ask with its story, what it answered and what is still
// blocked after the answer's date. It runs on working days, so what falls due acts on the next of them.
func (s *Store) returnAnswers(ctx context.Context) error {
	var due []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Raw(`
			select e.id from board_answer a join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id
			where a.look_on < @today and b.state = 'open' and b.level = 'board' and b.stay = e.stay and (b.snoozed_until is null or b.snoozed_until <= @today)
			order by a.look_on, e.id`, map[string]any{"today": tx.Today()}).Scan(&due).Error
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range due {
		if err := s.returnAnswer(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("return escalation %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Store) returnAnswer(ctx context.Context, id uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, id)
		if err != nil {
			return err
		}
		var a Answer
		if err := tx.Where("escalation_id = ?", e.ID).Take(&a).Error; err != nil {
			return err
		}
		if b.State != Open || b.Level != BoardLevel || b.Stay != e.Stay || !a.LookOn.Before(tx.Today()) {
			return nil
		}
		ladder, err := ladderOf(tx, b.ForumID)
		if err != nil {
			return err
		}
		board, leads := ladder.Level(BoardLevel)
		if !leads {
			return nil // the forum leads to no board any more: its officers move it
		}
		words := "Still blocked after " + a.LookOn.Long() + ", the date of the board’s answer of " + clock.DateOf(a.AnsweredAt).Long() + ", so it came back to the board by itself."
		if _, err := enter(tx, &b, board, Step{Kind: StepReturned, Rule: noEffect, Words: words, BoardWords: words}); err != nil {
			return err
		}
		return agendas.MarkDoneAt(tx, e.BoardID, "answer", e.ID)
	})
}

// answeredBefore is the last answer a board gave about a blocker, as the next ask tells it, and the
// escalation it answered; "" before the first.
func answeredBefore(tx db.Tx, blockerID uuid.UUID) (words string, follows *uuid.UUID, err error) {
	var found []struct {
		ID uuid.UUID
		Answer
		Owner string
	}
	err = tx.Raw(`
		select e.id, a.agreed, a.direction, a.reason, a.act_by, a.answered_at, coalesce(p.name, '') as owner
		from escalation e join board_answer a on a.escalation_id = e.id
		left join direction_owner o on o.answer_id = a.id left join person p on p.id = o.owner_id
		where e.blocker_id = ? order by e.stay desc limit 1`, blockerID).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return "", nil, err
	}
	last := found[0]
	return " Answered before, on " + clock.DateOf(last.AnsweredAt).Long() + ", and still blocked: " + last.Words(last.Owner), &last.ID, nil
}

// warn reminds whoever a board directed a week before the date, once.
func (s *Store) warn(ctx context.Context) error {
	var near []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Raw(`
			select e.id from board_answer a join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id
			where a.agreed and a.chased_on is null and a.act_by between @today and @soon and a.answered_at < @begun and b.state = 'open' and `+stillToDo+`
			order by a.act_by, e.id`,
			map[string]any{"today": tx.Today(), "soon": tx.Today().AddDays(warnDays), "begun": tx.Today().Start()}).Scan(&near).Error
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range near {
		failed = append(failed, s.warnOwner(ctx, id))
	}
	return errors.Join(failed...)
}

func (s *Store) warnOwner(ctx context.Context, escalationID uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, escalationID)
		if err != nil {
			return err
		}
		var a Answer
		if err := tx.Where("escalation_id = ?", e.ID).Take(&a).Error; err != nil {
			return err
		}
		if b.State != Open || !a.ChasedOn.IsZero() || a.ActBy.Before(tx.Today()) {
			return nil
		}
		return chased(tx, e, b, a, NoticeDirectionDue, "Reminded: what the board directed is to be done by "+a.ActBy.Long()+".")
	})
}

// chased notes that whoever carries out an answer was reminded, and reminds them.
func chased(tx db.Tx, e Escalation, b Blocker, a Answer, kind notify.Kind, words string) error {
	after := a
	after.ChasedOn = tx.Today()
	if err := tx.Exec(`update board_answer set chased_on = ? where id = ?`, after.ChasedOn, a.ID).Error; err != nil {
		return err
	}
	if _, err := addStep(tx, b.ID, Step{Kind: StepChased, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
		return err
	}
	var owner uuid.UUID
	if err := tx.Raw(`select owner_id from direction_owner where answer_id = ?`, a.ID).Row().Scan(&owner); err != nil {
		return err
	}
	if err := tellEach(tx, kind, e, []uuid.UUID{owner}); err != nil {
		return err
	}
	return record(tx, "board_answer.chased", a.ID, e.BoardID, a, after)
}

// chaseReplies reminds a forum of what its board asked and it has not replied to in time, once a week.
func (s *Store) chaseReplies(ctx context.Context) error {
	var open []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Raw(`
			select q.escalation_id from board_question q join escalation e on e.id = q.escalation_id
			where q.replied_at is null and e.state = 'waiting' and q.reply_by < @today and (q.chased_on is null or q.chased_on <= @before)
			order by q.reply_by, q.id`,
			map[string]any{"today": tx.Today(), "before": tx.Today().AddDays(-chaseEvery)}).Scan(&open).Error
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range open {
		failed = append(failed, s.chaseReply(ctx, id))
	}
	return errors.Join(failed...)
}

func (s *Store) chaseReply(ctx context.Context, escalationID uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, escalationID)
		if err != nil {
			return err
		}
		q, err := openQuestion(tx, e.ID)
		if err != nil || q == nil || e.State != Waiting || !overdueSince(tx, q.ReplyBy, q.ChasedOn) {
			return err
		}
		after := *q
		after.ChasedOn = tx.Today()
		if err := tx.Exec(`update board_question set chased_on = ? where id = ?`, after.ChasedOn, q.ID).Error; err != nil {
			return err
		}
		words := "The forum was reminded: its reply to the board was due by " + q.ReplyBy.Long() + "."
		if _, err := addStep(tx, b.ID, Step{Kind: StepChased, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		people, err := officers(tx, b.ForumID, access.Chair, access.Clerk)
		if err != nil {
			return err
		}
		if err := tellEach(tx, NoticeQuestion, e, once(append(people, b.OwnerID))); err != nil {
			return err
		}
		return record(tx, "board_question.chased", q.ID, e.BoardID, q, after)
	})
}
