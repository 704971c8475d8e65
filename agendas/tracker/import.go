package tracker

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
)

// ImportStatus says how far an import has come.
type ImportStatus string

// The states of an import.
const (
	Staged    ImportStatus = "staged"    // compared with the cases held, waiting to be confirmed
	Confirmed ImportStatus = "confirmed" // in the cases
	Abandoned ImportStatus = "abandoned" // changed nothing
)

// Import is a tracker file somebody chose, and how it compared with the cases held.
type Import struct {
	ID             uuid.UUID
	Version        int // moves when the comparison is made again
	Status         ImportStatus
	FileName       string
	Sheet          string // "" for CSV
	HeadingRow     int
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
	StagedBy       *uuid.UUID
	StagedAt       time.Time
	SettledBy      *uuid.UUID
	SettledAt      *time.Time
}

// TableName is tracker_import.
func (Import) TableName() string { return "tracker_import" }

// ImportColumn is a column of the file that supplied a field.
type ImportColumn struct {
	Field   Field  `json:"field"`
	Heading string `json:"heading"`
	Letter  string `json:"letter"`
}

// Missing lists the fields no column of the file supplies.
func (i Import) Missing() []Field {
	supplied := map[Field]bool{}
	for _, field := range i.supplied() {
		supplied[field] = true
	}
	var missing []Field
	for _, field := range Fields() {
		if !supplied[field] {
			missing = append(missing, field)
		}
	}
	return missing
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
		if column.Field == field {
			return column.Heading
		}
	}
	return field.Label()
}

// The ways a row may compare with the cases held.
const (
	rowNew       = "new"
	rowChanged   = "changed"
	rowUnchanged = "unchanged"
)

// importRow is a row of a staged import.
type importRow struct {
	ImportID        uuid.UUID
	RowNumber       int
	PersonReference string
	Kind            string
	CaseID          uuid.UUID
	CaseVersion     int
	SomebodyElse    bool
	Said            json.RawMessage `gorm:"type:jsonb"`
	Changes         json.RawMessage `gorm:"type:jsonb"`
}

func (importRow) TableName() string { return "tracker_import_row" }

// said is what a row says, field by field, as cases stores it.
func said(c *Case, supplied []Field) map[Field]any {
	values := make(map[Field]any, len(supplied))
	for _, field := range supplied {
		values[field] = ruleOf[field].stored(c)
	}
	return values
}

// heard is the case a row's stored fields describe.
func heard(raw json.RawMessage) (Case, error) {
	var values map[Field]any
	if err := json.Unmarshal(raw, &values); err != nil {
		return Case{}, err
	}
	var c Case
	for field, value := range values {
		rule := ruleOf[field]
		if rule == nil {
			continue // a field of an older version
		}
		if err := rule.load(&c, value); err != nil {
			return Case{}, err
		}
	}
	return c, nil
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
