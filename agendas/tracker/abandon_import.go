package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Abandon drops an import that was not confirmed: no case changes, and what the file said is not kept.
// Abandoning it again changes nothing.
func (s Store) Abandon(ctx context.Context, actor access.Actor, importID uuid.UUID) error {
	if err := mayImport(actor); err != nil {
		return err
	}
	var dropped bool
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		found, err := lockImport(tx, importID)
		dropped = false
		switch {
		case err != nil:
			return err
		case found.Status == Abandoned:
			return nil
		case found.Status == Confirming:
			return fault.New(fault.Conflict, "This import is being confirmed and cannot be abandoned. Wait until it has been, then undo it.")
		case found.SettledAt != nil:
			return fault.New(fault.Conflict, "This import has been confirmed and cannot be abandoned. Undo it, or correct the tracker and import it again.")
		}
		dropped = true
		if err := forgetRows(tx, importID); err != nil {
			return err
		}
		if err := keepWords(tx, importID, nil); err != nil {
			return err
		}
		return found.move(tx, Abandoned, "tracker.abandoned", map[string]any{"settled_by": who(actor), "settled_at": tx.Now})
	})
	if err != nil || !dropped {
		return err
	}
	return s.forgetFile(ctx, importID)
}
