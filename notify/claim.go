package notify

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// lookAt is how many of a person's notices the plan looks at.
const lookAt = 200

// Why a notice is not sent any more.
const (
	noLongerTrue = "no longer true when its turn came"
	hasLeft      = "the person no longer uses Quorate"
)

// lockRecipient keeps everybody else from a person's notices until the transaction ends.
func lockRecipient(tx db.Tx, person uuid.UUID) error {
	return tx.Exec(`select pg_advisory_xact_lock(hashtextextended('outbox ' || ?::text, 0))`, person).Error
}

// planFor reads a person's open notices and what decides about them.
func (s *Store) planFor(tx db.Tx, person uuid.UUID) (planned, error) {
	var rows []outboxRow
	err := tx.Raw(`
		select * from outbox
		where recipient = @person and state in ('waiting', 'sending') and not (state = 'waiting' and tries = 0 and due_at > @now)
		order by (urgent or kind in @urgent) desc, seq limit @most`,
		map[string]any{"person": person, "now": tx.Now, "urgent": s.urgentKinds(), "most": lookAt}).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return planned{}, err
	}
	chosen, err := choicesOf(tx, person)
	if err != nil {
		return planned{}, err
	}
	notices := make([]ready, len(rows))
	for i, row := range rows {
		nature := s.kinds[row.Kind].nature
		notices[i] = ready{row, nature, nature.door(chosen[row.Kind])}
	}
	var days func(clock.Date) bool
	var unread error // why the working days could not be read
	d := desk{now: tx.Now, hours: s.Hours, gather: s.Gather, working: func(day clock.Date) bool {
		if days == nil && unread == nil {
			days, unread = s.workingDays(tx)
		}
		return unread != nil || days(day)
	}}
	if s.Gather != (Gather{}) {
		err := tx.Raw(`select claimed_at from outbox where recipient = ? and paced and claimed_at > ? order by claimed_at`,
			person, tx.Now.Add(-max(time.Hour, s.Gather.Bundle))).Scan(&d.recent).Error
		if err != nil {
			return planned{}, err
		}
	}
	p := d.plan(notices)
	return p, unread
}

func (s *Store) urgentKinds() []Kind {
	kinds := []Kind{""} // no kind has no name, and SQL knows no empty list
	for kind, known := range s.kinds {
		if known.nature.Urgent {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// workingDays is the rule of the partnership's working days, or Monday to Friday where none was given.
func (s *Store) workingDays(tx db.Tx) (func(clock.Date) bool, error) {
	if s.WorkDays != nil {
		return s.WorkDays(tx)
	}
	return func(d clock.Date) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }, nil
}

// putAside writes down what is not for now, and comes back when it is.
func (p planned) putAside(tx db.Tx, person uuid.UUID) error {
	for _, n := range p.kept {
		if err := tx.Exec(`update outbox set state = 'kept' where id = ?`, n.ID).Error; err != nil {
			return err
		}
	}
	type when struct {
		until time.Time
		door  Door
	}
	together := map[when][]uuid.UUID{}
	for _, h := range p.held {
		together[when{h.until, h.door}] = append(together[when{h.until, h.door}], h.ID)
	}
	for w, notices := range together {
		if err := tx.Exec(`update outbox set due_at = ?, door = ? where id in ?`, w.until, w.door, notices).Error; err != nil {
			return err
		}
		if err := tx.Enqueue(db.Job{Args: DrainRecipient{Person: person}, At: w.until}); err != nil {
			return err
		}
	}
	return nil
}

// lockForMessage holds the notices of a message, with those that a message tried before carried, so that
// whoever adds to one of them waits until it is written or adds another.
func lockForMessage(tx db.Tx, notices []outboxRow) (rows []outboxRow, err error) {
	ids := make([]uuid.UUID, len(notices))
	for i, n := range notices {
		ids[i] = n.ID
	}
	err = tx.Raw(`select * from outbox where id in @ids or carried_by in @ids order by id <> @leader, seq for update`,
		map[string]any{"ids": ids, "leader": ids[0]}).Scan(&rows).Error
	return rows, err
}

// said is a notice as its kind's owner has written it.
type said struct {
	row  outboxRow
	mail Mail
}

// say writes the notices of a message; what is no longer true is dropped.
func (s *Store) say(tx db.Tx, rows []outboxRow) (list []said, err error) {
	var stale []outboxRow
	for _, row := range rows {
		mail, send, err := s.compose(tx, row.notice())
		switch {
		case err != nil:
			return nil, composeError{row, err}
		case send:
			list = append(list, said{row, mail})
		default:
			stale = append(stale, row)
		}
	}
	if len(list) > 0 && rows[0].MessageID != nil { // the message stays its first notice's, whatever it still tells
		stale = without(stale, rows[0].ID)
	}
	return list, drop(tx, noLongerTrue, stale...)
}

func without(rows []outboxRow, id uuid.UUID) (rest []outboxRow) {
	for _, row := range rows {
		if row.ID != id {
			rest = append(rest, row)
		}
	}
	return rest
}

// drop ends notices that are not told any more. Who has not seen one in their inbox finds it gone.
func drop(tx db.Tx, why string, rows ...outboxRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return errors.Join(
		tx.Exec(`update outbox set state = 'dropped', last_error = ? where id in ?`, why, ids).Error,
		tx.Exec(`delete from inbox where notice_id in ? and read_at is null`, ids).Error)
}

// giveUpAll puts a message that cannot be delivered among those, each of its notices by itself unless it was
// carried by another before.
func giveUpAll(tx db.Tx, rows []outboxRow, email string) error {
	for _, row := range rows {
		if row.CarriedBy != nil {
			continue
		}
		if err := giveUp(tx, row, email, &Failure{Kind: AddressFails}, row.Tries); err != nil {
			return err
		}
	}
	return nil
}

// markSending writes down, before the mail server is spoken to, which notices the message carries.
func (s *Store) markSending(tx db.Tx, leader outboxRow, to string, list []said) error {
	nature := s.kinds[leader.Kind].nature
	paced := leader.Door == Now && !ready{leader, nature, Now}.alone() && !ready{leader, nature, Now}.urgent()
	err := tx.Exec(`update outbox set state = 'sending', claimed_at = @now, tried_at = @now, sent_to = @to, message_id = @message, paced = @paced where id = @id`,
		map[string]any{"now": tx.Now, "to": to, "message": leader.MessageID, "paced": paced, "id": leader.ID}).Error
	var carried []uuid.UUID
	for _, one := range list {
		if one.row.ID != leader.ID {
			carried = append(carried, one.row.ID)
		}
	}
	if err != nil || len(carried) == 0 {
		return err
	}
	return tx.Exec(`update outbox set state = 'carried', carried_by = ? where id in ?`, leader.ID, carried).Error
}
