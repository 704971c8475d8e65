package notify

import (
	"context"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// An address that said there is no such mailbox is marked, and nothing more goes there: not an invitation
// either, because a dead mailbox answers none, and a sender who keeps writing to dead mailboxes is taken for a
// sender of junk by everybody's mail server. What was to go there is kept among what could not be delivered,
// and goes out once the address is corrected or an administrator says to try it again.

// returnsPrefix begins every address that a message comes back to.
const returnsPrefix = "bounce-"

// returnsKept is how long a bounce may take to come: servers give up after five days at most.
const returnsKept = 14 * 24 * time.Hour

// AddressFailed is told when a person's address begins to fail.
type AddressFailed struct {
	Person uuid.UUID `json:"person"`
}

// Kind names the job.
func (AddressFailed) Kind() string { return "notify.address_failed" }

// Report is what a mail server says became of a message (RFC 3464).
type Report struct {
	Action string // "failed", "delayed", "delivered", "relayed", "expanded"
	Status string // "5.1.1" (RFC 3463)
	Says   string // the other server's own words
}

// failure is what the report comes to; ok is false when it reports no failure.
func (r Report) failure() (failure *Failure, hard, ok bool) {
	class, rest, _ := strings.Cut(r.Status, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	said := errors.New(strings.TrimSpace(r.Status + " " + r.Says))
	switch {
	case r.Action == "delayed":
		return &Failure{Kind: Busy, Err: said}, false, true
	case r.Action != "failed":
		return nil, false, false
	case class == "4": // it was tried for days
		return &Failure{Kind: GaveUpLate, Err: said}, false, true
	}
	kind := ofStatus(false, 0, subject, detail)
	if kind == Refused {
		kind = CameBack
	}
	return &Failure{Kind: kind, Err: said}, kind.OfAddress(), true
}

// returnAddress makes the address one message comes back to.
func (s *Store) returnAddress(tx db.Tx, outbox, person uuid.UUID, email string) (string, error) {
	if s.Returns == "" {
		return "", nil
	}
	secret, _ := token.New()
	secret = strings.ToLower(secret) // mail servers may change the case
	err := tx.Exec(`insert into mail_return (outbox_id, person_id, email, digest, made_at) values (@outbox, @person, @email, @digest, @now)`,
		map[string]any{"digest": token.Digest(secret), "outbox": outbox, "person": person, "email": email, "now": tx.Now}).Error
	return returnsPrefix + secret + "@" + s.Returns, err
}

// sentMessage is a message whose return address is shown.
type sentMessage struct {
	OutboxID, PersonID uuid.UUID
	Email              string
}

func (s *Store) returned(tx db.Tx, address string) (m sentMessage, err error) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	secret, ours := strings.CutPrefix(local, returnsPrefix)
	if !ours || domain != strings.ToLower(s.Returns) || s.Returns == "" || !looksMade(secret) {
		return m, errNotOurs
	}
	err = tx.Raw(`select outbox_id, person_id, email from mail_return where digest = ?`, token.Digest(secret)).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = errNotOurs
	}
	return m, err
}

var errNotOurs = errors.New("notify: no message comes back to that address")

func looksMade(secret string) bool {
	_, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(secret))
	return err == nil && secret != ""
}

// Returns reports whether a message was sent that comes back to this address.
func (s *Store) ReturnsTo(ctx context.Context, address string) (bool, error) {
	err := s.DB.Read(ctx, sender, func(tx db.Tx) error {
		_, err := s.returned(tx, address)
		return err
	})
	if errors.Is(err, errNotOurs) {
		return false, nil
	}
	return err == nil, err
}

// TakeReport records what became of a message, by the address it came back to. Only this product knows that
// address, so nobody else can have an address marked.
func (s *Store) TakeReport(ctx context.Context, address string, report Report) error {
	return s.DB.Write(ctx, sender, func(tx db.Tx) error {
		m, err := s.returned(tx, address)
		if errors.Is(err, errNotOurs) {
			return fault.New(fault.NotFound, "No such address here.")
		}
		if err != nil {
			return err
		}
		return noteReport(tx, m, report)
	})
}

// noteReport writes a report down: a failure of the address marks it, a failure puts the notice among what
// could not be delivered, a delay is counted.
func noteReport(tx db.Tx, m sentMessage, report Report) error {
	failure, hard, failed := report.failure()
	if !failed {
		return nil
	}
	if err := recordFailure(tx, m, failure, hard); err != nil || report.Action == "delayed" {
		return err
	}
	return tx.Exec(`update outbox set state = 'dead', failure = ?, last_error = ? where id = ? and state = 'sent'`, failure.Kind, reason(failure), m.OutboxID).Error
}

// markAddress marks the address a message was just refused at.
func markAddress(tx db.Tx, outbox uuid.UUID, failure *Failure) error {
	var m sentMessage
	if err := tx.Raw(`select id as outbox_id, recipient as person_id, sent_to as email from outbox where id = ?`, outbox).Scan(&m).Error; err != nil {
		return err
	}
	return recordFailure(tx, m, failure, true)
}

// recordFailure keeps what was told of an address, once for each message and kind, and announces when it
// begins to fail.
func recordFailure(tx db.Tx, m sentMessage, failure *Failure, hard bool) error {
	var known, failing bool
	err := tx.Raw(`
		select exists (select from address_failure where outbox_id = @outbox and person_id = @person and email = @email and failure = @failure and cleared_at is null),
		       exists (select from failing_address where person_id = @person)`,
		map[string]any{"outbox": m.OutboxID, "person": m.PersonID, "email": m.Email, "failure": failure.Kind}).Row().Scan(&known, &failing)
	if err != nil || known {
		return err
	}
	err = tx.Exec(`insert into address_failure (id, person_id, email, outbox_id, hard, failure, answer, at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
		uuid.Must(uuid.NewV7()), m.PersonID, m.Email, m.OutboxID, hard, failure.Kind, reason(failure), tx.Now).Error
	if err != nil || !hard || failing {
		return err
	}
	return tx.Enqueue(db.Job{Args: AddressFailed{Person: m.PersonID}})
}

// addressFails reports whether nothing is to be sent to a person at this address.
func addressFails(tx db.Tx, person uuid.UUID, email string) (fails bool, err error) {
	err = tx.Raw(`select exists (select from address_failure where person_id = ? and email = ? and hard and cleared_at is null)`, person, email).Row().Scan(&fails)
	return fails, err
}

// TryAddressAgain takes the mark off a person's address, and sends what was kept for it.
func (s *Store) TryAddressAgain(ctx context.Context, actor access.Actor, person uuid.UUID) (sent int, err error) {
	if err := actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		cleared, err := s.clearMarks(tx, []uuid.UUID{person})
		if err != nil {
			return err
		}
		if cleared == 0 {
			return fault.New(fault.Conflict, "That address is not marked any more.")
		}
		sent, err = s.sendAgain(tx, `recipient = ? and failure in ?`, person, ofAddress)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "mail.address_tried_again", ObjectKind: "person", ObjectID: person.String(), After: map[string]any{"sent_again": sent}})
	})
	return sent, err
}

// ofAddress are the failures that a corrected address may mend.
var ofAddress = func() []FailureKind {
	kinds := []FailureKind{AddressFails}
	for kind, rule := range failureRules {
		if rule.address {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}()

func (s *Store) clearMarks(tx db.Tx, people []uuid.UUID) (int64, error) {
	by := &tx.Actor.PersonID
	if !tx.Actor.IsPerson() {
		by = nil
	}
	cleared := tx.Exec(`update address_failure set cleared_at = ?, cleared_by = ? where person_id in ? and cleared_at is null`, tx.Now, by, people)
	return cleared.RowsAffected, cleared.Error
}

// ForgetReturns forgets the addresses that no bounce comes to any more.
func (s *Store) ForgetReturns(ctx context.Context) error {
	return s.DB.Write(ctx, sender, func(tx db.Tx) error {
		return tx.Exec(`delete from mail_return where made_at < ?`, tx.Now.Add(-returnsKept)).Error
	})
}
