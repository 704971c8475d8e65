package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Status says how far an import has come.
type Status string

// The states of an import.
const (
	Staged    Status = "staged"    // compared with what is held, waiting to be confirmed
	Confirmed Status = "confirmed" // brought
	Abandoned Status = "abandoned" // changed nothing
)

// Import is a workbook somebody chose, and how it compared with what is held.
type Import struct {
	ID        uuid.UUID
	Version   int // moves when the comparison is made again
	Status    Status
	FileName  string
	Sheets    []SheetCount `gorm:"serializer:json"`
	Notices   []string     `gorm:"serializer:json"`
	Digest    string
	StagedBy  *uuid.UUID
	StagedAt  time.Time
	SettledAt *time.Time
}

// TableName is history_import.
func (Import) TableName() string { return "history_import" }

// SheetCount says how one sheet compared.
type SheetCount struct {
	Kind      SheetKind `json:"kind"`
	Name      string    `json:"name"` // in the file
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Warnings  int       `json:"warnings"`
	Errors    int       `json:"errors"`
	ErrorRows int       `json:"error_rows"` // rows left out
}

// Brings reports whether confirming would change anything.
func (i Import) Brings() bool {
	for _, sheet := range i.Sheets {
		if sheet.New+sheet.Changed > 0 {
			return true
		}
	}
	return false
}

// Errors is how many errors the file has.
func (i Import) Errors() (n int) {
	for _, sheet := range i.Sheets {
		n += sheet.Errors
	}
	return n
}

// The ways a row may compare with what is held.
const (
	New       = "new"
	Changed   = "changed"
	Unchanged = "unchanged"
)

// Change is one thing before and after, in words.
type Change struct {
	Label  string `json:"label"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// StagedRow is a row as its preview shows it.
type StagedRow struct {
	ImportID  uuid.UUID
	Sheet     int
	RowNumber int
	Kind      string
	Words     string
	Changes   []Change        `gorm:"serializer:json"`
	Said      json.RawMessage `gorm:"type:jsonb"`
}

// TableName is history_import_row.
func (StagedRow) TableName() string { return "history_import_row" }

// mayBring lets clerks, administrators and the product's own command line bring history at all; what
// of it each may bring is asked sheet by sheet and forum by forum.
func mayBring(actor access.Actor) error {
	if actor.System != "" {
		return nil
	}
	return actor.Check(access.BringHistory, uuid.Nil)
}

// maySheet says who brings which sheet. People and their seats are an administrator's; what was
// decided about young people is for clerks, each for their own forums, and never for an administrator.
func maySheet(actor access.Actor, kind SheetKind) bool {
	if actor.System != "" {
		return true
	}
	if kind == People || kind == Seats {
		return actor.May(access.ManagePeople, uuid.Nil)
	}
	return actor.MayAnywhere(access.BringDecisions)
}

// who is the actor's person, nil for the command line.
func who(actor access.Actor) *uuid.UUID {
	if !actor.IsPerson() {
		return nil
	}
	id := actor.PersonID
	return &id
}

// byMe finds an import for whoever chose its file: it may hold what was decided about young people,
// whom others may not see. lock keeps every other import from settling meanwhile.
func byMe(tx db.Tx, id uuid.UUID, lock bool) (Import, error) {
	var found Import
	if err := mayBring(tx.Actor); err != nil {
		return found, err
	}
	if lock {
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtext('history_import'))`).Error; err != nil {
			return found, err
		}
	}
	if err := tx.Where("id = ?", id).Limit(1).Find(&found).Error; err != nil {
		return found, err
	}
	mine := tx.Actor.System != "" || found.StagedBy != nil && *found.StagedBy == tx.Actor.PersonID
	if found.ID == uuid.Nil || !mine {
		return Import{}, fault.New(fault.NotFound, "There is no such import, or somebody else chose its file.")
	}
	return found, nil
}

// digestOf stands for a comparison: what the preview showed is what is confirmed.
func digestOf(rows []compared) string {
	hash := sha256.New()
	encoder := json.NewEncoder(hash)
	for _, row := range rows {
		_ = encoder.Encode([]any{row.Sheet, row.Number, row.kind, row.words, row.changes}) // a hash takes all it is given
	}
	return hex.EncodeToString(hash.Sum(nil))
}
