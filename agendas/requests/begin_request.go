package requests

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Begin starts a request: what is asked for, for whom and of which panel. The rest is written section
// by section, with Save.
func (s Store) Begin(ctx context.Context, actor access.Actor, about AboutAnswer) (begun Request, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.MakeRequest, uuid.Nil); err != nil {
			return err
		}
		w := Written{Request: Request{ID: newID(), SubmittedBy: actor.PersonID, State: Draft, CreatedAt: tx.Now, Version: 1}}
		var form fault.Form
		if err := about.apply(tx, &form, &w); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		funders, err := Funders(tx)
		if err != nil {
			return err
		}
		if w.Previous, err = w.previous(tx, funders); err != nil {
			return err
		}
		w.Owed, w.Options, w.Questions = orNone(w.Owed), orNone(w.Options), orNone(w.Questions)
		if err := tx.Create(&w.Request).Error; err != nil {
			return err
		}
		begun = w.Request
		return Record(tx, "begun", begun, begun)
	})
	return begun, err
}
