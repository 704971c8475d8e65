package notify

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// waitingShown is how much of what waits is listed; its count says how much there is.
const waitingShown = 50

// MailNow is how the mail stands, for administrators: counts, kinds and people, never what is said.
type MailNow struct {
	NoDriver    bool // nothing is set up to carry mail
	Hold        *Hold
	Trouble     *Trouble
	Waiting     int // due now, or tried and to be tried again
	WaitingOld  int // of those, older than a day
	Later       int // not due yet
	Sent        int // in the last day
	Undelivered int
	Failing     int // people whose address fails
	Next        []WaitingNotice
}

// WaitingNotice is one that waits.
type WaitingNotice struct {
	Kind      Kind
	Name      string
	CreatedAt time.Time
	DueAt     time.Time
	Tries     int
	Failure   FailureKind
}

// MailNow reads how the mail stands.
func (s *Store) MailNow(tx db.Tx) (now MailNow, err error) {
	if err := tx.Actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return now, err
	}
	now.NoDriver = s.Driver == nil
	if now.Hold, err = HoldNow(tx); err != nil {
		return now, err
	}
	if now.Trouble, err = TroubleNow(tx); err != nil {
		return now, err
	}
	err = tx.Raw(`
		select count(*) filter (where due_at <= @now or tries > 0) as waiting,
		       count(*) filter (where (due_at <= @now or tries > 0) and created_at <= @old) as waiting_old,
		       count(*) filter (where due_at > @now and tries = 0) as later,
		       (select count(*) from outbox where state = 'sent' and sent_at > @day) as sent,
		       (select count(*) from outbox where state = 'dead') as undelivered,
		       (select count(*) from failing_address) as failing
		from outbox where state = 'waiting'`,
		map[string]any{"now": tx.Now, "old": tx.Now.Add(-staleAfter), "day": tx.Now.Add(-24 * time.Hour)}).Row().Scan(&now.Waiting, &now.WaitingOld, &now.Later, &now.Sent, &now.Undelivered, &now.Failing)
	if err != nil {
		return now, err
	}
	err = tx.Raw(`
		select o.kind, p.name, o.created_at, o.due_at, o.tries, o.failure
		from (select * from outbox where state = 'waiting' order by seq limit ?) o join person p on p.id = o.recipient order by o.seq`, waitingShown).Scan(&now.Next).Error
	return now, err
}

// NeedsMending counts what an administrator is to look at: what could not be delivered, and people whose
// address fails.
func NeedsMending(tx db.Tx) (undelivered, failing int, err error) {
	err = tx.Raw(`select (select count(*) from outbox where state = 'dead'), (select count(*) from failing_address)`).Row().Scan(&undelivered, &failing)
	return undelivered, failing, err
}

// FailingAddress is a person whom mail does not reach.
type FailingAddress struct {
	PersonID uuid.UUID
	Name     string
	Email    string
	Version  int
	Since    time.Time
	Failure  FailureKind
	Answer   string
	Kept     int // notices that would be sent again
}

// FailingAddresses lists them, the longest first.
func FailingAddresses(tx db.Tx) (list []FailingAddress, err error) {
	if err := tx.Actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return nil, err
	}
	err = tx.Raw(`
		select f.person_id, p.name, f.email, p.version, f.since, f.failure, f.answer,
		       (select count(*) from outbox o where o.recipient = f.person_id and o.state = 'dead' and o.failure in ?) as kept
		from failing_address f join person p on p.id = f.person_id order by f.since, p.name limit 200`, ofAddress).Scan(&list).Error
	return list, err
}

// KindWords say what a kind tells, for lists.
func (s *Store) KindWords(kind Kind) string {
	if known, is := s.kinds[kind]; is {
		return known.nature.Words
	}
	return string(kind)
}
