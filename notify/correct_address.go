package notify

import (
	"context"
	"errors"
	"net/mail"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CorrectAddress gives a person another email address, which they sign in with from now on too. The mark on
// the old one says nothing of the new. What could not be delivered because of the old is sent again when
// resend says so.
func (s *Store) CorrectAddress(ctx context.Context, actor access.Actor, person uuid.UUID, version int, email string, resend bool) (sent int, err error) {
	if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
		return 0, err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	var form fault.Form
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
		form.Add("email", "Enter an email address in the correct format, like name@example.org")
	}
	if err := form.Err(); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var held struct {
			Email   string
			Version int
		}
		if err := tx.Raw(`select email, version from person where id = ? for update`, person).Take(&held).Error; errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.New(fault.NotFound, "There is no such person.")
		} else if err != nil {
			return err
		}
		if held.Version != version {
			return fault.New(fault.Stale, "Somebody else changed this person while you were reading. Look at the address again.")
		}
		if held.Email == email {
			var same fault.Form
			same.Add("email", "That is the address they have. Enter another, or send again to try it once more.")
			return same.Err()
		}
		if err := tx.Exec(`update person set email = ?, version = version + 1 where id = ?`, email, person).Error; err != nil {
			return err
		}
		err := audit.Record(tx, audit.Entry{Action: "person.email_corrected", ObjectKind: "person", ObjectID: person.String(), Before: map[string]any{"email": held.Email}, After: map[string]any{"email": email}})
		if err != nil || !resend {
			return err
		}
		sent, err = s.sendAgain(tx, `recipient = ? and failure in ?`, person, ofAddress)
		return err
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		var taken fault.Form
		taken.Add("email", "Somebody already has that email address. Enter another.")
		return 0, taken.Err()
	}
	return sent, err
}
