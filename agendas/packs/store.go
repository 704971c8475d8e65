package packs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/server/base/db"
	"quorate/server/base/files"
)

// Press makes a pack into a PDF.
type Press interface {
	Prints() bool // whether it can
	// PDF prints the pack and puts in the papers that fit, each read with open.
	PDF(ctx context.Context, pack Pack, open OpenPaper) ([]byte, error)
}

// OpenPaper reads a paper as the pack's reader may; the caller closes it.
type OpenPaper func(ctx context.Context, id uuid.UUID) (io.ReadCloser, error)

// Store has packs made and keeps them for a while. A pack that is asked for waits as a row; each process
// makes one at a time.
type Store struct {
	DB       *db.DB
	Files    *files.Store
	Press    Press
	Papers   papers.Store
	Withheld agendas.Withheld
	Log      *slog.Logger
}

// State is how far a pack has got.
type State string

// The states.
const (
	NotAsked State = ""
	Asked    State = "asked"
	Making   State = "making"
	Made     State = "made"
	Failed   State = "failed"
)

// Printed is a pack as a PDF: to be made, being made, or there. It is one person's, of one version.
type Printed struct {
	ID        uuid.UUID
	MeetingID uuid.UUID
	Version   int
	PersonID  uuid.UUID
	Mark      string // of what it says
	State     State
	Tries     int
	Key       string
	Bytes     int64
	AskedAt   time.Time
	StartedAt *time.Time
	MadeAt    *time.Time
}

// TableName is pack.
func (Printed) TableName() string { return "pack" }

// Waits reports whether the pack is on its way.
func (p Printed) Waits() bool { return p.State == Asked || p.State == Making }

const (
	keptFor    = 24 * time.Hour  // after it was asked for
	stuckAfter = 3 * time.Minute // whoever was making it has died
	mostTries  = 3
	mostWait   = 200 // packs that may wait at once
)

// printedOf is a person's pack of a version, the zero value when there is none.
func printedOf(tx db.Tx, meetingID uuid.UUID, version int, person uuid.UUID) (p Printed, err error) {
	err = tx.Raw(`select * from pack where meeting_id = ? and version = ? and person_id = ?`, meetingID, version, person).Scan(&p).Error
	return p, err
}

// drop deletes files whose rows are gone. One that cannot be deleted now is tried again by nobody, and
// says nothing to whoever has no key.
func (s Store) drop(ctx context.Context, keys []string) error {
	var failed error
	for _, key := range keys {
		if key != "" {
			failed = errors.Join(failed, s.Files.Delete(ctx, key))
		}
	}
	return failed
}
