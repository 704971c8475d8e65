package tracker

import (
	"context"
	"maps"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Choose keeps what a clerk chose of an import's sheet, headings, columns and values. What was read by
// an earlier choice is dropped. The choice is not checked here: StartReading reads by it and says what
// does not fit.
func (s Store) Choose(ctx context.Context, actor access.Actor, importID uuid.UUID, choice Choice) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var chosen Import
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		chosen, err = choose(tx, importID, choice)
		return err
	})
	return chosen, err
}

func choose(tx db.Tx, importID uuid.UUID, choice Choice) (Import, error) {
	chosen, err := lockImport(tx, importID)
	if err != nil {
		return Import{}, err
	}
	if err := chosen.mayChoose(); err != nil {
		return Import{}, err
	}
	if chosen.Status != Chosen {
		if err := forgetRows(tx, importID); err != nil {
			return Import{}, err
		}
	}
	if was := chosen.Choice; was.Sheet != choice.Sheet || was.HeadingRow != choice.HeadingRow || !maps.Equal(was.Columns, choice.Columns) {
		if err := keepWords(tx, importID, nil); err != nil { // they were those of other columns
			return Import{}, err
		}
	}
	if err := tx.Model(&Import{ID: importID}).Select("choice").Updates(&Import{Choice: choice}).Error; err != nil {
		return Import{}, err
	}
	return chosen, chosen.move(tx, Chosen, "tracker.chosen", map[string]any{"trouble": ""})
}

// mayChoose says why nothing more can be chosen about an import's file.
func (i Import) mayChoose() error {
	switch i.Status {
	case Chosen, Staged, Failed:
		return nil
	case Abandoned:
		return fault.New(fault.Conflict, "This import was abandoned. Choose the file again to import it.")
	case LookedAt:
		return fault.New(fault.Conflict, "This file is being looked through. Wait until it has been, then change how it is read.")
	case BeingRead:
		return fault.New(fault.Conflict, "This file is being read. Wait until it has been, then change how it is read.")
	case Confirming:
		return fault.New(fault.Conflict, "This import is being confirmed. Wait until it has been.")
	default:
		return fault.New(fault.Conflict, "This import has been confirmed. Choose the file again to import it another way.")
	}
}
