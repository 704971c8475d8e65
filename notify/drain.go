package notify

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

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

	From        Sender    // zero: the product's own
	ReturnTo    string    // where it comes back to when it cannot be delivered; "": the product's own sender
	Calendar    *Calendar // nil: none
	Picture     *Picture  // nil: none
	Unsubscribe string    // the https address that ends a subscription by a POST (RFC 8058); "": none
	Repeat      bool      // it may have been taken before
	BaseURL     string    // where links lead
	delivered   func(tx db.Tx) error
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

	Hours    Hours                                         // when ordinary mail leaves; zero: at any time
	Gather   Gather                                        // how much of it one person gets
	WorkDays func(tx db.Tx) (func(clock.Date) bool, error) // nil: Monday to Friday

	kinds map[Kind]written
}

var sender = access.System("notify")

// Drain puts what is due to one person into their inbox, and sends them what is to go by mail, in
// order. A message that has to wait holds back those behind it, so nobody hears of a change before the
// thing that changed.
func (s *Store) Drain(ctx context.Context, person uuid.UUID) error {
	_, err := s.drain(ctx, person)
	return err
}

// drain says how many messages the mail server took.
func (s *Store) drain(ctx context.Context, person uuid.UUID) (taken int, err error) {
	if err := s.stand(ctx, person); err != nil || s.Driver == nil {
		return 0, err
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

// claim puts together the next message to a person, by the plan, and writes it. Both are nil when nothing
// is to go now, or when another process has one of theirs in hand; the message alone is nil when what it
// would have told is no longer true. The transaction ends before the mail server is spoken to.
func (s *Store) claim(ctx context.Context, person uuid.UUID) (claimed *outboxRow, message *Message, err error) {
	err = s.DB.Write(ctx, sender, func(tx db.Tx) error {
		claimed, message = nil, nil
		if err := lockRecipient(tx, person); err != nil {
			return err
		}
		p, err := s.planFor(tx, person)
		if err != nil {
			return err
		}
		if err := p.putAside(tx, person); err != nil || len(p.send) == 0 {
			return err
		}
		if still, err := standsStill(tx); err != nil || still {
			return err
		}
		if p.send, err = lockForMessage(tx, p.send); err != nil || len(p.send) == 0 {
			return err
		}
		leader := &p.send[0]
		claimed = leader
		email, err := s.address(tx, person)
		if err != nil {
			return err
		}
		if email == "" {
			return drop(tx, hasLeft, p.send...)
		}
		if fails, err := addressFails(tx, person, email); err != nil {
			return err
		} else if fails {
			return giveUpAll(tx, p.send, email)
		}
		said, err := s.say(tx, p.send)
		if err != nil || len(said) == 0 {
			return err
		}
		repeat := leader.MessageID != nil
		if !repeat {
			leader = &said[0].row // what came before it stopped being true
			id := leader.ID.String() + "@" + s.Domain
			leader.MessageID = &id
		}
		claimed = leader
		written, err := s.message(tx, said, leader.Door == InDigest)
		if err != nil {
			return composeError{*leader, err}
		}
		written.ID, written.To, written.Repeat = *leader.MessageID, email, repeat
		if written.ReturnTo, err = s.returnAddress(tx, leader.ID, person, email); err != nil {
			return err
		}
		message = &written
		return s.markSending(tx, *leader, email, said)
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
