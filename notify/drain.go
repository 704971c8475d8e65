package notify

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

const (
	// maxTries with the waits of backOff is three days and some hours: longer than a weekend without a mail server.
	maxTries = 20
	// claimFor is how long a message may be with the mail server before we take it that the process
	// holding it has died, and offer it again under the same Message-ID.
	claimFor = 5 * time.Minute
	longest  = 6 * time.Hour
)

// Message is a mail on its way to one address.
type Message struct {
	ID      string // the Message-ID, without angle brackets; the same at every try
	To      string
	Subject string
	Text    string
	HTML    string
	At      time.Time

	From      Sender    // zero: the product's own
	Calendar  *Calendar // nil: none
	Picture   *Picture  // nil: none
	delivered func(tx db.Tx) error
}

// Driver carries messages. An error it marks Permanent is not tried again.
type Driver interface {
	Deliver(ctx context.Context, m Message) error
}

// Permanent marks a refusal that trying again cannot mend.
type Permanent struct{ Err error }

func (p Permanent) Error() string { return p.Err.Error() }
func (p Permanent) Unwrap() error { return p.Err }

// Store sends what is in the outbox.
type Store struct {
	DB      *db.DB
	Driver  Driver // nil: nothing is sent yet, everything waits
	BaseURL string // where links lead: "https://quorate.example.org", without a slash at the end
	Domain  string // of Message-IDs

	kinds map[Kind]written
}

var sender = access.System("notify")

// Drain sends one person everything that is due to them, in order. A message that has to wait holds
// back those behind it, so nobody hears of a change before the thing that changed.
func (s *Store) Drain(ctx context.Context, person uuid.UUID) error {
	if s.Driver == nil {
		return nil
	}
	for {
		row, message, err := s.claim(ctx, person)
		var unwritten composeError
		switch {
		case errors.As(err, &unwritten):
			// What broke is ours, not the mail server's; it waits for the repair like any other.
			err = s.settle(ctx, unwritten.row, nil, unwritten.err)
		case err != nil:
			return err
		case row == nil:
			return nil
		case message == nil:
			continue // dropped; the next may be due
		default:
			err = s.settle(ctx, *row, message.delivered, s.Driver.Deliver(ctx, *message))
		}
		if errors.Is(err, errWait) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// DrainDue sends whatever is due to anybody: what a lost job, a crash or an hour without a mail server
// left behind. It runs each minute.
func (s *Store) DrainDue(ctx context.Context) error {
	if s.Driver == nil {
		return nil
	}
	var people []uuid.UUID
	err := s.DB.Read(ctx, sender, func(tx db.Tx) error {
		return tx.Raw(`
			select recipient from outbox
			where (state = 'waiting' and due_at <= @now) or (state = 'sending' and claimed_at <= @stale)
			group by recipient order by min(seq) limit 500`,
			map[string]any{"now": tx.Now, "stale": tx.Now.Add(-claimFor)}).Scan(&people).Error
	})
	if err != nil {
		return err
	}
	var failed []error // what is wrong with one person's must not hold back another's
	for _, person := range people {
		failed = append(failed, s.Drain(ctx, person))
	}
	return errors.Join(failed...)
}

// composeError is a message that could not be written.
type composeError struct {
	row outboxRow
	err error
}

func (e composeError) Error() string { return e.err.Error() }

// claim takes the person's oldest notice and writes it. One that has not had its wait yet stands
// aside; one to be tried again does not. Both are nil when nothing is due, or when another process has
// one of theirs in hand; the message alone is nil when the notice was dropped. The transaction ends
// before the mail server is spoken to.
func (s *Store) claim(ctx context.Context, person uuid.UUID) (claimed *outboxRow, message *Message, err error) {
	err = s.DB.Write(ctx, sender, func(tx db.Tx) error {
		claimed, message = nil, nil
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('outbox ' || ?::text, 0))`, person).Error; err != nil {
			return err
		}
		var row outboxRow
		err := tx.Raw(`
			select * from outbox
			where recipient = @person and state in ('waiting', 'sending') and not (state = 'waiting' and tries = 0 and due_at > @now)
			order by seq limit 1 for update`, map[string]any{"person": person, "now": tx.Now}).Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.State == Sending && row.ClaimedAt.After(tx.Now.Add(-claimFor)) || row.State == Waiting && row.DueAt.After(tx.Now) {
			return nil
		}
		claimed = &row

		email, err := s.address(tx, person)
		if err != nil {
			return err
		}
		if email == "" {
			return drop(tx, row, "the person no longer uses Quorate")
		}
		written, send, err := s.write(tx, row.notice())
		if err != nil {
			return composeError{row, err}
		}
		if !send {
			return drop(tx, row, "no longer true when its turn came")
		}
		if row.MessageID == nil {
			id := row.ID.String() + "@" + s.Domain
			row.MessageID = &id
		}
		written.ID, written.To = *row.MessageID, email
		message = &written
		return tx.Exec(`update outbox set state = 'sending', claimed_at = ?, message_id = ? where id = ?`,
			tx.Now, row.MessageID, row.ID).Error
	})
	if err != nil {
		return nil, nil, err
	}
	return claimed, message, nil
}

// address is where a person is written to, or "" when they have left.
func (s *Store) address(tx db.Tx, person uuid.UUID) (string, error) {
	var row struct {
		Email   string
		EndedOn clock.Date
	}
	if err := tx.Raw(`select email, ended_on from person where id = ?`, person).Scan(&row).Error; err != nil {
		return "", err
	}
	if !row.EndedOn.IsZero() && !tx.Today().Before(row.EndedOn) {
		return "", nil
	}
	return row.Email, nil
}

func drop(tx db.Tx, row outboxRow, why string) error {
	return tx.Exec(`update outbox set state = 'dropped', last_error = ? where id = ?`, why, row.ID).Error
}

// errWait says that the person's next message has to wait.
var errWait = errors.New("notify: wait")

// settle records what became of a try. It outlives a shutdown that begins meanwhile: the mail server
// may have taken the message, and then only this row says so.
func (s *Store) settle(ctx context.Context, row outboxRow, delivered func(db.Tx) error, outcome error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var wait bool
	err := s.DB.Write(ctx, sender, func(tx db.Tx) error {
		wait = false
		if outcome == nil {
			if err := tx.Exec(`update outbox set state = 'sent', sent_at = ?, tries = tries + 1, last_error = '' where id = ?`, tx.Now, row.ID).Error; err != nil || delivered == nil {
				return err
			}
			return delivered(tx)
		}
		tries := row.Tries + 1
		var permanent Permanent
		if errors.As(outcome, &permanent) || tries >= maxTries {
			s.DB.Log().Error("a notice could not be delivered", "outbox", row.ID, "kind", row.Kind, "tries", tries)
			return tx.Exec(`update outbox set state = 'dead', tries = ?, last_error = ? where id = ?`, tries, reason(outcome), row.ID).Error
		}
		wait = true
		again := tx.Now.Add(backOff(tries))
		if err := tx.Exec(`update outbox set state = 'waiting', tries = ?, last_error = ?, due_at = ? where id = ?`,
			tries, reason(outcome), again, row.ID).Error; err != nil {
			return err
		}
		s.DB.Log().Log(tx.Context(), slog.LevelWarn, "a notice has to wait", "outbox", row.ID, "kind", row.Kind, "tries", tries, "until", again)
		return tx.Enqueue(db.Job{Args: DrainRecipient{Person: row.Recipient}, At: again})
	})
	if err == nil && wait {
		return errWait
	}
	return err
}

// backOff is how long to wait after so many tries: a minute, then twice as long each time, to six hours.
func backOff(tries int) time.Duration {
	if tries > 9 {
		return longest
	}
	return min(longest, time.Minute<<(tries-1))
}

// reason is the failure as the administrator reads it.
func reason(err error) string {
	text := err.Error()
	if len(text) > 500 {
		text = text[:500]
	}
	return text
}
