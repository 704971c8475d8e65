package letters

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var anyForum = uuid.Nil

// ChangeTemplate puts a new version of a template in force. basedOn is the version that was read. Letters
// that are drafted already keep their words.
func (s Store) ChangeTemplate(ctx context.Context, actor access.Actor, key string, basedOn int, subject, body string) (Template, error) {
	t := Template{Key: key, Subject: strings.TrimSpace(subject), Body: normalLines(body)}
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeTemplates, anyForum); err != nil {
			return err
		}
		before, err := templateInForce(tx, key)
		if err != nil {
			return err
		}
		if err := t.Check(); err != nil {
			return err
		}
		if before.Number != basedOn {
			return fault.New(fault.Stale, "This template was changed while you were writing. Your words are still here: read the template in force below, then save again.")
		}
		t.Number, t.ChangedBy, t.ChangedAt = before.Number+1, &actor.PersonID, &tx.Now
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return record(tx, "letter_template.changed", uuid.NewSHA1(uuid.NameSpaceURL, []byte("letter_template/"+key)), anyForum, before, t)
	})
	return t, err
}
