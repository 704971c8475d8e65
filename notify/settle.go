package notify

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"quorate/server/base/db"
)

// errWait says that the person's next message has to wait.
var errWait = errors.New("notify: wait")

// errNotOffered says that a message never left: the program is stopping.
var errNotOffered = errors.New("notify: not offered to the mail server")

// settle records what became of a try. It outlives a shutdown that begins meanwhile: the mail server
// may have taken the message, and then only this row says so.
func (s *Store) settle(ctx context.Context, row outboxRow, delivered func(db.Tx) error, outcome error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var wait bool
	err := s.DB.Write(ctx, sender, func(tx db.Tx) error {
		wait = false
		if outcome == nil {
			if err := endTrouble(tx); err != nil {
				return err
			}
			if err := tx.Exec(`update outbox set state = 'sent', sent_at = ?, tries = tries + 1, failure = '', last_error = '' where id = ?`, tx.Now, row.ID).Error; err != nil || delivered == nil {
				return err
			}
			return delivered(tx)
		}
		if errors.Is(outcome, errNotOffered) {
			wait = true
			return putBack(tx, row, row.Tries, "", "", row.DueAt)
		}
		failure := failureOf(outcome)
		if failure.Kind.OfServer() {
			wait = true
			if err := putBack(tx, row, row.Tries, failure.Kind, reason(failure), row.DueAt); err != nil {
				return err
			}
			s.DB.Log().Error("mail stands still", "because", failure.Kind)
			return noteTrouble(tx, failure)
		}
		tries := row.Tries + 1
		if failure.Kind != Unwritten && failure.Kind != BrokenOff { // the mail server has answered
			if err := endTrouble(tx); err != nil {
				return err
			}
		}
		if tries >= maxTries {
			failure = &Failure{Kind: TriedLong, Err: failure.Err}
		}
		if failure.Kind.Permanent() {
			s.DB.Log().Error("a notice could not be delivered", "outbox", row.ID, "kind", row.Kind, "because", failure.Kind, "tries", tries)
			return giveUp(tx, row, "", failure, tries)
		}
		wait = true
		again := tx.Now.Add(max(backOff(tries), failure.Wait))
		if err := putBack(tx, row, tries, failure.Kind, reason(failure), again); err != nil {
			return err
		}
		s.DB.Log().Log(tx.Context(), slog.LevelWarn, "a notice has to wait", "outbox", row.ID, "kind", row.Kind, "because", failure.Kind, "tries", tries, "until", again)
		return tx.Enqueue(db.Job{Args: DrainRecipient{Person: row.Recipient}, At: again})
	})
	if err == nil && wait {
		return errWait
	}
	return err
}

// putBack lets a message wait for its next try.
func putBack(tx db.Tx, row outboxRow, tries int, kind FailureKind, answer string, due time.Time) error {
	return tx.Exec(`update outbox set state = 'waiting', tries = @tries, failure = @failure, last_error = @answer, due_at = @due where id = @id`,
		map[string]any{"tries": tries, "failure": kind, "answer": answer, "due": due, "id": row.ID}).Error
}

// giveUp puts a message among those that could not be delivered, where an administrator finds it. An address
// that fails is marked. to is where it would have gone, when it was not tried.
func giveUp(tx db.Tx, row outboxRow, to string, failure *Failure, tries int) error {
	err := tx.Exec(`
		update outbox set state = 'dead', tries = @tries, failure = @failure, last_error = @answer, sent_to = coalesce(nullif(@to, ''), sent_to), tried_at = coalesce(tried_at, @now)
		where id = @id`,
		map[string]any{"tries": tries, "failure": failure.Kind, "answer": reason(failure), "to": to, "now": tx.Now, "id": row.ID}).Error
	if err != nil || !failure.Kind.OfAddress() {
		return err
	}
	return markAddress(tx, row.ID, failure)
}
