package notify

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// undeliveredPage is how many lines a page of what could not be delivered has.
const undeliveredPage = 50

// Undelivered is a notice that could not be delivered, as an administrator reads it: to whom and why, never
// what it says.
type Undelivered struct {
	ID        uuid.UUID
	Kind      Kind
	PersonID  uuid.UUID
	Name      string
	Email     string // their address now
	Version   int    // of the person
	SentTo    string // the address it was tried at
	Failure   FailureKind
	LastError string
	Tries     int
	CreatedAt time.Time
	TriedAt   *time.Time
	Failing   bool // their address now is marked
	Gone      bool // they have left since
}

// UndeliveredFilter narrows the list; the zero filter is all of it.
type UndeliveredFilter struct {
	Failure FailureKind
	Person  uuid.UUID
	Page    int // from 1
}

// UndeliveredList is a page of what could not be delivered.
type UndeliveredList struct {
	Rows     []Undelivered
	Total    int
	Pages    int
	Failures []FailureCount // of all there is, by kind
}

// FailureCount is how many notices failed for one reason.
type FailureCount struct {
	Failure FailureKind
	Count   int
}

// Undelivered lists what could not be delivered, the latest first.
func (s *Store) Undelivered(tx db.Tx, filter UndeliveredFilter) (list UndeliveredList, err error) {
	if err := tx.Actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return list, err
	}
	if err := tx.Raw(`select failure, count(*) as count from outbox where state = 'dead' group by failure order by count(*) desc, failure`).Scan(&list.Failures).Error; err != nil {
		return list, err
	}
	where, values := filter.where()
	if err := tx.Raw(`select count(*) from outbox o where `+where, values...).Row().Scan(&list.Total); err != nil {
		return list, err
	}
	list.Pages = max(1, (list.Total+undeliveredPage-1)/undeliveredPage)
	page := max(1, filter.Page)
	err = tx.Raw(selectUndelivered+` where `+where+` order by o.seq desc limit ? offset ?`, slices.Concat([]any{tx.Today()}, values, []any{undeliveredPage, (page - 1) * undeliveredPage})...).Scan(&list.Rows).Error
	return list, err
}

const selectUndelivered = `
	select o.id, o.kind, p.id as person_id, p.name, p.email, p.version, o.sent_to, o.failure, o.last_error, o.tries, o.created_at, o.tried_at,
	       exists (select from failing_address f where f.person_id = p.id) as failing,
	       coalesce(p.ended_on <= ?, false) as gone
	from outbox o join person p on p.id = o.recipient`

func (f UndeliveredFilter) where() (string, []any) {
	where, values := "o.state = 'dead'", []any{}
	if f.Failure != "" {
		where, values = where+" and o.failure = ?", append(values, f.Failure)
	}
	if f.Person != uuid.Nil {
		where, values = where+" and o.recipient = ?", append(values, f.Person)
	}
	return where, values
}

// FindUndelivered is one of them.
func (s *Store) FindUndelivered(tx db.Tx, id uuid.UUID) (u Undelivered, err error) {
	if err := tx.Actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return u, err
	}
	var rows []Undelivered
	if err := tx.Raw(selectUndelivered+` where o.id = ? and o.state = 'dead'`, tx.Today(), id).Scan(&rows).Error; err != nil {
		return u, err
	}
	if len(rows) == 0 {
		return u, fault.New(fault.NotFound, "This message is not among those that could not be delivered any more. It may have been sent again, or discarded.")
	}
	return rows[0], nil
}

// SendAgain offers notices to the mail server once more, as new messages, and takes the marks off their
// readers' addresses: an administrator says so. What is no longer true by then is not sent.
func (s *Store) SendAgain(ctx context.Context, actor access.Actor, ids []uuid.UUID) (sent int, err error) {
	return s.sendThese(ctx, actor, len(ids), `id in ?`, ids)
}

// SendAllAgain is SendAgain of all that a filter lists.
func (s *Store) SendAllAgain(ctx context.Context, actor access.Actor, filter UndeliveredFilter) (sent int, err error) {
	where, values := filter.where()
	return s.sendThese(ctx, actor, 1, `id in (select o.id from outbox o where `+where+`)`, values...)
}

func (s *Store) sendThese(ctx context.Context, actor access.Actor, chosen int, where string, values ...any) (sent int, err error) {
	if err := actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return 0, err
	}
	if chosen == 0 {
		return 0, nothingChosen("Choose what to send again")
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var people []uuid.UUID
		if err := tx.Raw(`select distinct recipient from outbox where state = 'dead' and `+where, values...).Scan(&people).Error; err != nil {
			return err
		}
		if len(people) == 0 {
			return fault.New(fault.Conflict, "Nothing of that is left: it was sent again or discarded meanwhile.")
		}
		if _, err := s.clearMarks(tx, people); err != nil {
			return err
		}
		if sent, err = s.sendAgain(tx, where, values...); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "mail.sent_again", ObjectKind: "outbox", ObjectID: "undelivered", After: map[string]any{"notices": sent, "people": people}})
	})
	return sent, err
}

// sendAgain puts what could not be delivered back among what waits. Each is another message from now on: some
// mail servers throw away one whose Message-ID they have seen.
func (s *Store) sendAgain(tx db.Tx, where string, values ...any) (int, error) {
	put := tx.Exec(`
		update outbox set state = 'waiting', tries = 0, failure = '', last_error = '', due_at = ?, resent = resent + 1, claimed_at = null,
		                  message_id = id || '.' || (resent + 1) || '@' || ?
		where state = 'dead' and `+where, append([]any{tx.Now, s.Domain}, values...)...)
	if put.Error != nil || put.RowsAffected == 0 {
		return 0, put.Error
	}
	return int(put.RowsAffected), tx.Enqueue(db.Job{Args: MailGoesAgain{}})
}

// Discard gives notices up for good, and says why.
func (s *Store) Discard(ctx context.Context, actor access.Actor, ids []uuid.UUID, why string) (discarded int, err error) {
	if err := actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, nothingChosen("Choose what to discard")
	}
	why = strings.TrimSpace(why)
	var form fault.Form
	form.Require(why != "", "reason", "Say why they are discarded")
	form.Require(len([]rune(why)) <= 300, "reason", "Use 300 characters or fewer")
	if err := form.Err(); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		gone := tx.Exec(`update outbox set state = 'dropped', last_error = 'discarded: ' || ? where state = 'dead' and id in ?`, why, ids)
		if gone.Error != nil {
			return gone.Error
		}
		if discarded = int(gone.RowsAffected); discarded == 0 {
			return fault.New(fault.Conflict, "Nothing of that is left: it was sent again or discarded meanwhile.")
		}
		return audit.Record(tx, audit.Entry{Action: "mail.discarded", ObjectKind: "outbox", ObjectID: "undelivered", After: map[string]any{"notices": ids, "reason": why}})
	})
	return discarded, err
}

func nothingChosen(sentence string) error {
	var form fault.Form
	form.Add("notice", "%s", sentence)
	return form.Err()
}
