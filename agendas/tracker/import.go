package tracker

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
)

// ImportStatus says how far an import has come.
type ImportStatus string

// The states of an import. It is busy while a job looks through, reads, confirms or undoes it.
const (
	Chosen     ImportStatus = "chosen"     // the file is kept; sheet, headings, columns and values are being chosen
	LookedAt   ImportStatus = "looking"    // a large file is gone through for words nobody would understand
	BeingRead  ImportStatus = "reading"    // rows are being read and compared
	Staged     ImportStatus = "staged"     // compared with the cases held, waiting to be confirmed
	Confirming ImportStatus = "confirming" // being put into the cases, all of it or none
	Confirmed  ImportStatus = "confirmed"  // in the cases
	Undoing    ImportStatus = "undoing"    // being taken out again
	Undone     ImportStatus = "undone"     // taken out again, but for what was changed or used since
	Abandoned  ImportStatus = "abandoned"  // changed nothing
	Failed     ImportStatus = "failed"     // could not be read; Trouble says why and what to do
)

// Import is a tracker file somebody chose, and how it compared with the cases held.
type Import struct {
	ID             uuid.UUID
	Version        int // moves when the comparison is made again
	Status         ImportStatus
	Trouble        string // why it failed, or why it has to be looked at again; "" when all is well
	FileName       string
	FileBytes      int64
	Choice         Choice         `gorm:"serializer:json"`
	Sheet          string         // "" for CSV
	HeadingRow     int            // 0 until it is read
	Columns        []ImportColumn `gorm:"serializer:json"`
	Ignored        []string       `gorm:"serializer:json"` // headings that are no field
	Notices        []string       `gorm:"serializer:json"`
	NewCount       int
	ChangedCount   int
	UnchangedCount int
	WarningCount   int
	ErrorCount     int
	ErrorRowCount  int
	AbsentCount    int // cases held that the file does not name; nothing happens to them
	KeptCount      int // values from meetings that the file disagrees with
	StayedCount    int // what an undo left as it is
	StagedBy       *uuid.UUID
	StagedAt       time.Time
	AskedBy        *uuid.UUID // on whose word it is being read, confirmed or undone
	Attempts       int
	SettledBy      *uuid.UUID
	SettledAt      *time.Time
	UndoneBy       *uuid.UUID
	UndoneAt       *time.Time
}

// TableName is tracker_import.
func (Import) TableName() string { return "tracker_import" }

// ImportColumn is a column of the file that supplied a field.
type ImportColumn struct {
	Field   Field  `json:"field"`
	Heading string `json:"heading"`
	Letter  string `json:"letter"`
}

// IsBusy reports whether a job has the import in hand.
func (i Import) IsBusy() bool {
	return i.Status == LookedAt || i.Status == BeingRead || i.Status == Confirming || i.Status == Undoing
}

// Missing lists the fields no column of the file supplies.
func (i Import) Missing() []Field {
	supplied := i.supplied()
	return slices.DeleteFunc(Fields(), func(field Field) bool { return slices.Contains(supplied, field) })
}

// supplied lists the fields the file supplies; a column of full names supplies two.
func (i Import) supplied() []Field {
	fields := make([]Field, 0, len(i.Columns)+1)
	for _, column := range i.Columns {
		if column.Field == FullName {
			fields = append(fields, Forename, Surname)
		} else {
			fields = append(fields, column.Field)
		}
	}
	return fields
}

// heading is the heading of the column that supplies the field.
func (i Import) heading(field Field) string {
	for _, column := range i.Columns {
		if column.Field == field || column.Field == FullName && (field == Forename || field == Surname) {
			return column.Heading
		}
	}
	return field.Label()
}

// counts are what the audit trail keeps of an import: numbers, never a name.
func (i Import) counts() map[string]int {
	return map[string]int{
		"new": i.NewCount, "changed": i.ChangedCount, "unchanged": i.UnchangedCount,
		"warnings": i.WarningCount, "errors": i.ErrorCount, "kept": i.KeptCount,
	}
}

// mayImport lets clerks import, and the product's own command line.
func mayImport(actor access.Actor) error {
	if actor.System != "" {
		return nil
	}
	return actor.Check(access.ImportTracker, uuid.Nil)
}

// who is the actor's person, nil for a system job.
func who(actor access.Actor) *uuid.UUID {
	if !actor.IsPerson() {
		return nil
	}
	id := actor.PersonID
	return &id
}

// onBehalf is the actor of a job that does what somebody asked for: the trail names them.
func onBehalf(asked *uuid.UUID) access.Actor {
	if asked == nil {
		return access.System("tracker")
	}
	return access.Actor{PersonID: *asked}
}
