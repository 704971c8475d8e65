package notify

import (
	"context"
	"errors"
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
	ReturnTo  string    // where it comes back to when it cannot be delivered; "": the product's own sender
	Calendar  *Calendar // nil: none
	Picture   *Picture  // nil: none
	Repeat    bool      // it may have been taken before
	BaseURL   string    // where links lead
	delivered func(tx db.Tx) error
}

// Driver carries messages. What it answers is nil or, as far as it can tell why, a *Failure.
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
	// SideBySide is how many people DrainDue writes to at once, and so how many lines it opens to the mail server; 0 is 1.
	SideBySide int
	Pace       *Pace  // nil: as fast as the mail server takes them
	Returns    string // the domain whose mail comes to this product, for what cannot be delivered; "": it comes to the sender's mailbox

	kinds map[Kind]written
}

var sender = access.System("notify")

// Drain sends one person everything that is due to them, in order. A message that has to wait holds
// back those behind it, so nobody hears of a change before the thing that changed.
func (s *Store) Drain(ctx context.Context, person uuid.UUID) error {
	_, err := s.drain(ctx, person)
	return err
}

// drain says how many messages the mail server took.
func (s *Store) drain(ctx context.Context, person uuid.UUID) (taken int, err error) {
	if s.Driver == nil {
		return 0, nil
	}
	for {
		row, message, err := s.claim(ctx, person)
		var unwritten composeError
		switch {
		case errors.As(err, &unwritten):
			// What broke is ours, not the mail server's; it waits for the repair like any other.
			err = s.settle(ctx, unwritten.row, nil, &Failure{Kind: Unwritten, Err: unwritten.err})
		case err != nil:
			return taken, err
		case row == nil:
			return taken, nil
		case message == nil:
			continue // dropped; the next may be due
		default:
			outcome := s.deliver(ctx, *message)
			if err = s.settle(ctx, *row, message.delivered, outcome); err == nil && outcome == nil {
				taken++
			}
		}
		if errors.Is(err, errWait) {
			return taken, nil
		}
		if err != nil {
			return taken, err
		}
	}
}

// deliver hands a message to the driver when its turn has come.
func (s *Store) deliver(ctx context.Context, m Message) error {
	if s.Pace.turn(ctx) != nil {
		return errNotOffered
	}
	return s.Driver.Deliver(ctx, m)
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
		if still, err := standsStill(tx); err != nil || still {
			return err
		}
		claimed = &row

		email, err := s.address(tx, person)
		if err != nil {
			return err
		}
		if email == "" {
			return drop(tx, row, "the person no longer uses Quorate")
		}
		if fails, err := addressFails(tx, person, email); err != nil {
			return err
		} else if fails {
			return giveUp(tx, row, email, &Failure{Kind: AddressFails}, row.Tries)
		}
		written, send, err := s.write(tx, row.notice())
		if err != nil {
			return composeError{row, err}
		}
		if !send {
			return drop(tx, row, "no longer true when its turn came")
		}
		repeat := row.MessageID != nil
		if !repeat {
			id := row.ID.String() + "@" + s.Domain
			row.MessageID = &id
		}
		written.ID, written.To, written.Repeat = *row.MessageID, email, repeat
		if written.ReturnTo, err = s.returnAddress(tx, row.ID, person, email); err != nil {
			return err
		}
		message = &written
		return tx.Exec(`update outbox set state = 'sending', claimed_at = @now, tried_at = @now, sent_to = @to, message_id = @message where id = @id`,
			map[string]any{"now": tx.Now, "to": email, "message": row.MessageID, "id": row.ID}).Error
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
