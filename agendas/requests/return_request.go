package requests

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Return sends a submitted request back to its presenter with the questions to answer. One that is
// tabled is first taken off its agenda.
func (s Store) Return(ctx context.Context, actor access.Actor, id uuid.UUID, version int, questions string) error {
	questions = strings.TrimSpace(questions)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		r, err := LockForPanel(tx, id)
		if err != nil {
			return err
		}
		switch r.State {
		case Submitted:
		case Tabled:
			return fault.New(fault.Conflict, "This request is on an agenda. Take it off the agenda first, then return it.")
		default:
			return fault.New(fault.Conflict, "This request is not waiting for the panel, so there is nothing to return.")
		}
		var form fault.Form
		form.Require(questions != "", "questions", "Enter what the presenter must answer")
		form.Require(len([]rune(questions)) <= textLimit, "questions", "Shorten the questions to 4,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if err := r.change(tx, version, map[string]any{"state": Returned, "questions": questions}); err != nil {
			return err
		}
		return Record(tx, "returned", r, map[string]string{"questions": questions})
	})
}

// LockForPanel finds a request that the actor, as clerk or chair of the panel asked, may table or
// return, and keeps every other change to it waiting.
func LockForPanel(tx db.Tx, id uuid.UUID) (Request, error) {
	r, err := Lock(tx, id)
	if err != nil {
		return r, err
	}
	if _, err := mayRead(tx, r); err != nil {
		return r, err
	}
	return r, tx.Actor.Check(access.TableRequest, r.ForumID)
}
