package letters

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/db"
)

// noticeDays is how many working days before letters are due that the clerk is reminded.
const noticeDays = 1

// ChaseLetters reminds the clerk of letters that are due by the next working day, and the clerk and the chair of
// those that are late. It runs each morning and acts on working days; each stage of a letter is chased once,
// and a forum's letters of a morning are one message.
func (s Store) ChaseLetters(ctx context.Context) (sent int, err error) {
	var forums []uuid.UUID
	err = s.DB.Read(ctx, drafter, func(tx db.Tx) error {
		days, err := panels.WorkingDays(tx)
		if err != nil || !days.IsWorkingDay(tx.Today()) {
			return err
		}
		return tx.Raw(`select distinct forum_id from letter where state in ('draft', 'approved') and due_on <= ? order by 1`, days.AddWorkingDays(tx.Today(), noticeDays)).Scan(&forums).Error
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, forum := range forums { // one transaction each, so that one bad forum does not silence the others
		told, err := s.chaseForum(ctx, forum)
		sent += told
		failed = append(failed, err)
	}
	return sent, errors.Join(failed...)
}

func (s Store) chaseForum(ctx context.Context, forumID uuid.UUID) (sent int, err error) {
	err = s.DB.Write(ctx, drafter, func(tx db.Tx) error {
		sent = 0
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		for _, stage := range []struct {
			name    string
			kind    notify.Kind
			where   string
			offices []string
		}{
			{"before", NoticeSoon, "due_on between @today and @soon", []string{"clerk"}},
			{"after", NoticeLate, "due_on < @today", []string{"clerk", "chair"}},
		} {
			var chased []uuid.UUID
			err := tx.Raw(`
				insert into letter_chase (letter_id, due_on, stage, chased_at)
				select id, due_on, @stage, @now from letter where forum_id = @forum and state in ('draft', 'approved') and `+stage.where+`
				on conflict do nothing returning letter_id`,
				map[string]any{"stage": stage.name, "now": tx.Now, "forum": forumID, "today": tx.Today(), "soon": days.AddWorkingDays(tx.Today(), noticeDays)}).Scan(&chased).Error
			if err != nil {
				return err
			}
			if len(chased) == 0 {
				continue
			}
			people, err := officers(tx, forumID, stage.offices...)
			if err != nil {
				return err
			}
			for _, person := range people {
				if err := notify.Send(tx, notify.Notice{Kind: stage.kind, IDs: notify.IDs{"forum": forumID}, To: person}); err != nil {
					return err
				}
				sent++
			}
			for _, id := range chased {
				if err := record(tx, "letter.chased", id, forumID, nil, stage.name); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return sent, err
}
