package tracker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// Upload keeps a tracker file that a clerk chose and begins an import of it. A file that is no
// readable tracker is refused in words that say how to mend it, and is not kept. Nothing is read yet:
// LookAt shows what is guessed, Choose corrects it, StartReading reads.
func (s Store) Upload(ctx context.Context, actor access.Actor, name string, content io.Reader) (Import, error) {
	if err := mayImport(actor); err != nil {
		return Import{}, err
	}
	whole, err := io.ReadAll(io.LimitReader(content, MaxFileBytes+1)) // Open says that more is too much
	if err != nil {
		return Import{}, err
	}
	book, err := Open(name, bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		return Import{}, err
	}
	if book.Converted != nil {
		whole = book.Converted
	}
	chosen, err := s.keep(ctx, actor, whole)
	if err != nil {
		return Import{}, err
	}
	chosen.FileName, chosen.StagedBy, chosen.AskedBy = book.Name, who(actor), who(actor)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		chosen.StagedAt = tx.Now
		if err := tx.Create(&chosen).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "tracker.chosen", ObjectKind: "tracker_import", ObjectID: chosen.ID.String(), After: map[string]any{"status": Chosen, "bytes": len(whole)}})
	})
	if err != nil {
		return Import{}, errors.Join(err, s.Files.Delete(context.WithoutCancel(ctx), fileKey(chosen.ID)))
	}
	return chosen, nil
}

// FileKept is the event that a file was about to be kept for an import to be.
type FileKept struct {
	Import uuid.UUID `json:"import"`
}

// Kind names the event for good.
func (FileKept) Kind() string { return "tracker.file_kept" }

// arrivesWithin is how long a file may take to be kept before it is given up.
const arrivesWithin = time.Hour

// DropUnclaimed deletes a file of which no import came, because the process died over it.
func (s Store) DropUnclaimed(ctx context.Context, event FileKept) error {
	var claimed bool
	err := s.DB.Read(ctx, access.System("tracker"), func(tx db.Tx) error {
		return tx.Raw(`select exists (select from tracker_import where id = ?)`, event.Import).Scan(&claimed).Error
	})
	if err != nil || claimed {
		return err
	}
	return s.Files.Delete(ctx, fileKey(event.Import))
}

// keep writes a file under the id of the import to be. That it will be asked for is written first.
func (s Store) keep(ctx context.Context, actor access.Actor, whole []byte) (Import, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Import{}, err
	}
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		return tx.Enqueue(db.Job{Args: FileKept{id}, At: tx.Now.Add(arrivesWithin)})
	})
	if err != nil {
		return Import{}, err
	}
	if _, err := s.Files.Write(ctx, fileKey(id), bytes.NewReader(whole)); err != nil {
		return Import{}, err
	}
	return Import{ID: id, Version: 1, Status: Chosen, FileBytes: int64(len(whole)), Columns: []ImportColumn{}, Ignored: []string{}, Notices: []string{}}, nil
}

// LookAt opens the file of an import and says what its sheets, headings and columns seem to be.
func (s Store) LookAt(ctx context.Context, actor access.Actor, importID uuid.UUID) (Import, Look, error) {
	var chosen Import
	err := s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		chosen, err = ReadImport(tx, importID)
		return err
	})
	if err != nil {
		return Import{}, Look{}, err
	}
	book, err := s.book(ctx, chosen)
	if err != nil {
		return chosen, Look{}, err
	}
	look, err := book.Look()
	return chosen, look, err
}

// book opens the file kept of an import.
func (s Store) book(ctx context.Context, of Import) (*Workbook, error) {
	whole, err := s.file(ctx, of)
	if err != nil {
		return nil, err
	}
	return Open(of.FileName, bytes.NewReader(whole), int64(len(whole)))
}

// file reads the file kept of an import.
func (s Store) file(ctx context.Context, of Import) ([]byte, error) {
	file, err := s.Files.Open(ctx, fileKey(of.ID))
	if errors.Is(err, files.ErrMissing) {
		return nil, fault.New(fault.Conflict, "The file %s is no longer kept. Choose it again.", of.FileName).Because(err)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
