package escalations

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// chaseEvery is how many days pass before the same thing is chased again.
const chaseEvery = 7

// chase does what the date of a question or an answer demands: it reminds a board of what it has not
// answered in time, whoever a board directed of what is to be done or is not, and a forum of what its board
// asked, once a week each; and it brings back to the board what its answer did not free.
func (s *Store) chase(ctx context.Context) error {
	var unanswered, undone []uuid.UUID
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		since := map[string]any{"today": tx.Today(), "before": tx.Today().AddDays(-chaseEvery)}
		err := tx.Raw(`
			select id from escalation
			where state = 'waiting' and answer_due_on < @today and (chased_on is null or chased_on <= @before)
			order by answer_due_on`, since).Scan(&unanswered).Error
		if err != nil {
			return err
		}
		return tx.Raw(`
			select a.escalation_id
			from board_answer a join escalation e on e.id = a.escalation_id join blocker b on b.id = e.blocker_id
			where a.agreed and a.act_by < @today and b.state = 'open' and (a.chased_on is null or a.chased_on <= @before) and `+stillToDo+`
			order by a.act_by`, since).Scan(&undone).Error
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range unanswered {
		failed = append(failed, s.chaseAnswer(ctx, id))
	}
	for _, id := range undone {
		failed = append(failed, s.chaseAction(ctx, id))
	}
	failed = append(failed, s.warn(ctx), s.chaseReplies(ctx), s.returnAnswers(ctx), s.followAnswers(ctx), s.chaseRecommendations(ctx))
	return errors.Join(failed...)
}

// stillToDo: nobody says that what answer a directs is done, and the board has not answered anew.
const stillToDo = `not coalesce((select r.done from answer_report r where r.answer_id = a.id order by r.id desc limit 1), false)
	and not exists (select from escalation n where n.follows_id = e.id and n.state in ('answered', 'not_agreed'))`

func (s *Store) chaseAnswer(ctx context.Context, id uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, id)
		if err != nil {
			return err
		}
		if e.State != Waiting || !overdueSince(tx, e.AnswerDueOn, e.ChasedOn) {
			return nil
		}
		after := e
		after.ChasedOn, after.Version = tx.Today(), e.Version+1
		err = db.RequireOne(tx.Model(&Escalation{}).Where("id = ? and version = ?", e.ID, e.Version).
			Select("chased_on", "version").Updates(after))
		if err != nil {
			return err
		}
		words := "The board was reminded: its answer was due by " + e.AnswerDueOn.Long() + "."
		if _, err := addStep(tx, b.ID, Step{Kind: StepChased, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
			return err
		}
		people, err := officers(tx, e.BoardID, access.Chair, access.Clerk)
		if err != nil {
			return err
		}
		for _, person := range people {
			if err := notify.Send(tx, notify.Notice{Kind: NoticeOverdue, IDs: notify.IDs{"escalation": e.ID}, To: person}); err != nil {
				return err
			}
		}
		return record(tx, "escalation.chased", e.ID, e.BoardID, e, after)
	})
}

func (s *Store) chaseAction(ctx context.Context, escalationID uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, escalationID)
		if err != nil {
			return err
		}
		var a Answer
		if err := tx.Where("escalation_id = ?", e.ID).Take(&a).Error; err != nil {
			return err
		}
		if b.State != Open || !overdueSince(tx, a.ActBy, a.ChasedOn) {
			return nil
		}
		return chased(tx, e, b, a, NoticeUndone, "Reminded: what the board directed was to be done by "+a.ActBy.Long()+".")
	})
}

// overdueSince reports whether a day has passed and nobody was reminded of it this week.
func overdueSince(tx db.Tx, due, chased clock.Date) bool {
	return due.Before(tx.Today()) && (chased.IsZero() || !chased.AddDays(chaseEvery).After(tx.Today()))
}
