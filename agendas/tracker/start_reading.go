package tracker

import (
	"bytes"
	"context"
	"errors"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// FileToRead is the event that an import's file is to be read.
type FileToRead struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (FileToRead) Kind() string { return "tracker.file_to_read" }

// StartReading has an import's file read, in the background, by what was chosen about it. It ends
// staged, or failed with what to do. Starting what is being read, or has been, changes nothing.
func (s Store) StartReading(ctx context.Context, actor access.Actor, importID uuid.UUID) (Import, error) {
	return s.startReading(ctx, actor, importID, db.Job{Args: FileToRead{importID}})
}

func (s Store) startReading(ctx context.Context, actor access.Actor, importID uuid.UUID, jobs ...db.Job) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	var chosen Import
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		if chosen, err = lockImport(tx, importID); err != nil || chosen.Status == BeingRead || chosen.Status == Staged {
			return err
		}
		if err := chosen.mayChoose(); err != nil {
			return err
		}
		if err := sayProgress(tx, importID, 0, 0); err != nil {
			return err
		}
		if err := chosen.move(tx, BeingRead, "tracker.reading", map[string]any{"trouble": "", "attempts": 0, "asked_by": who(actor)}); err != nil {
			return err
		}
		if len(jobs) == 0 {
			return nil
		}
		return tx.Enqueue(jobs...)
	})
	return chosen, err
}

// ReadHere reads as StartReading does, in the caller's own time. A file that cannot be read is a fault.
func (s Store) ReadHere(ctx context.Context, actor access.Actor, importID uuid.UUID) (Import, error) {
	if _, err := s.startReading(ctx, actor, importID); err != nil {
		return Import{}, err
	}
	if err := s.read(ctx, importID); err != nil {
		return Import{}, err
	}
	read, err := s.Progress(ctx, actor, importID)
	if err == nil && read.Import.Status == Failed {
		err = fault.New(fault.Invalid, "%s", read.Import.Trouble)
	}
	return read.Import, err
}

// ReadFile does what FileToRead announces.
func (s Store) ReadFile(ctx context.Context, event FileToRead) error {
	return s.read(ctx, event.Import)
}

// maxAttempts is how often a process may die over an import before somebody has to look.
const maxAttempts = 3

const cannotBeRead = "The file could not be read to its end, and nothing has changed. Read it again. If it fails again, save the tracker as a new Excel workbook (.xlsx) and choose that."

// read reads an import's file, stages its rows and compares them. A file that cannot be read fails the
// import with its sentence; anything else is an error, after which it may be called again.
func (s Store) read(ctx context.Context, importID uuid.UUID) error {
	chosen, err := s.take(ctx, importID, BeingRead)
	if err != nil || chosen == nil {
		return err
	}
	if chosen.Attempts > maxAttempts {
		return s.fail(ctx, *chosen, cannotBeRead)
	}
	whole, err := s.file(ctx, *chosen)
	var book *Workbook
	if err == nil {
		book, err = Open(chosen.FileName, bytes.NewReader(whole), int64(len(whole)))
	}
	if err == nil {
		actor := onBehalf(chosen.AskedBy)
		expected := book.rowsExpected(chosen.Choice, whole)
		err = stageBook(book, clock.DateOf(s.DB.Now()), chosen, expected, func(fn func(db.Tx) error) error { return s.DB.Write(ctx, actor, fn) })
	}
	switch f := fault.As(err); {
	case errors.Is(err, errInHand):
		return nil
	case f != nil && f.Kind != fault.Unavailable:
		return s.fail(ctx, *chosen, f.Sentence)
	default:
		return err
	}
}

// rowsExpected is about how many rows there are to read, for showing how far that is: a workbook's sheet
// says it, and a text file has lines. 0 is not known.
func (w *Workbook) rowsExpected(choice Choice, whole []byte) int64 {
	found, err := findLayout(w, choice)
	if err != nil { // reading says so
		return 0
	}
	if found.sheet.extent == nil {
		return int64(bytes.Count(whole, []byte("\n")))
	}
	rows, known := found.sheet.extent()
	if !known {
		return 0 // it is small
	}
	return int64(rows)
}

// take begins an attempt at an import that waits in a state, nil when it no longer does.
func (s Store) take(ctx context.Context, importID uuid.UUID, state ImportStatus) (*Import, error) {
	var taken *Import
	err := s.DB.Write(ctx, access.System("tracker"), func(tx db.Tx) error {
		taken = nil
		found, err := lockImport(tx, importID)
		if fault.Is(err, fault.NotFound) || err == nil && found.Status != state {
			return nil
		}
		if err != nil {
			return err
		}
		found.Attempts++
		if err := tx.Exec(`update tracker_import set attempts = ? where id = ?`, found.Attempts, importID).Error; err != nil {
			return err
		}
		if state == BeingRead {
			if err := forgetRows(tx, importID); err != nil {
				return err
			}
		}
		taken = &found
		return sayProgress(tx, importID, 0, 0)
	})
	return taken, err
}

// fail ends the looking through or reading of an import with what is wrong and what to do.
func (s Store) fail(ctx context.Context, of Import, sentence string) error {
	return s.DB.Write(ctx, onBehalf(of.AskedBy), func(tx db.Tx) error {
		found, err := lockImport(tx, of.ID)
		if err != nil || found.Status != of.Status || found.Attempts != of.Attempts {
			return err
		}
		if err := forgetRows(tx, of.ID); err != nil {
			return err
		}
		return found.move(tx, Failed, "tracker.failed", map[string]any{"trouble": sentence})
	})
}
