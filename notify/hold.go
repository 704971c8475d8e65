package notify

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// staleAfter is how old what was held may be before an administrator may choose not to send it any more.
const staleAfter = 24 * time.Hour

// Hold is that all mail is held: nothing goes out, everything waits, nothing is lost.
type Hold struct {
	ID     uuid.UUID
	HeldAt time.Time
	HeldBy string // a name
	Reason string
}

// HoldMail holds all mail from the next message on, or says anew why it is held. A message that is with the
// mail server at this moment is not called back.
func (s *Store) HoldMail(ctx context.Context, actor access.Actor, why string) error {
	if err := actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	var form fault.Form
	form.Require(why != "", "reason", "Say why mail is held: the other administrators read it")
	form.Require(len([]rune(why)) <= 300, "reason", "Use 300 characters or fewer")
	if err := form.Err(); err != nil {
		return err
	}
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		hold := uuid.Must(uuid.NewV7())
		err := tx.Raw(`
			insert into mail_hold (id, held_at, held_by, reason) values (?, ?, ?, ?)
			on conflict ((true)) where lifted_at is null do update set reason = excluded.reason
			returning id`, hold, tx.Now, actor.PersonID, why).Row().Scan(&hold)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "mail.held", ObjectKind: "mail_hold", ObjectID: hold.String(), After: map[string]any{"reason": why}})
	})
}

// LiftHold lets mail go again: all that was held, or only what is no older than a day. What is no longer true
// when its turn comes is not sent either way. seen is the hold the administrator read about.
func (s *Store) LiftHold(ctx context.Context, actor access.Actor, seen uuid.UUID, dropOld bool) (going, dropped int, err error) {
	if err := actor.Check(access.ManageMail, uuid.Nil); err != nil {
		return 0, 0, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		lifted := tx.Exec(`update mail_hold set lifted_at = ?, lifted_by = ? where id = ? and lifted_at is null`, tx.Now, actor.PersonID, seen)
		if lifted.Error != nil {
			return lifted.Error
		}
		if lifted.RowsAffected == 0 {
			return fault.New(fault.Stale, "Somebody else has let mail go already, or holds it anew. Look at it again.")
		}
		dropped = 0
		if dropOld {
			old := tx.Exec(`update outbox set state = 'dropped', last_error = 'not sent when mail was let go: it was older than a day' where state = 'waiting' and created_at <= ?`,
				tx.Now.Add(-staleAfter))
			if old.Error != nil {
				return old.Error
			}
			dropped = int(old.RowsAffected)
			if err := tx.Exec(`update mail_hold set dropped = ? where id = ?`, dropped, seen).Error; err != nil {
				return err
			}
		}
		if err := tx.Raw(`select count(*) from outbox where state = 'waiting' and due_at <= ?`, tx.Now).Row().Scan(&going); err != nil {
			return err
		}
		if err := tx.Enqueue(db.Job{Args: MailGoesAgain{}}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "mail.let_go", ObjectKind: "mail_hold", ObjectID: seen.String(), After: map[string]any{"sent": going, "dropped": dropped}})
	})
	return going, dropped, err
}

// HoldNow is the hold in force, nil when there is none.
func HoldNow(tx db.Tx) (*Hold, error) {
	var h Hold
	err := tx.Raw(`select h.id, h.held_at, p.name as held_by, h.reason from mail_hold h join person p on p.id = h.held_by where h.lifted_at is null`).Take(&h).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &h, nil
}
