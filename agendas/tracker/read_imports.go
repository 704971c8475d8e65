package tracker

import (
	"encoding/json"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A Change is one field before and after, in words.
type Change struct {
	Field         Field
	Label         string // "Next EHCP review"
	Before, After string // "Not known", "4 March 2027"
}

// A StagedRow is a row of a staged import as its preview shows it.
type StagedRow struct {
	Row             int // the sheet's own number
	PersonReference string
	Name            string
	DateOfBirth     clock.Date
	Locality        string
	CaseNumber      string // of the case held, "" when new
	SomebodyElse    bool   // the case held has another name and another birthday
	Changes         []Change
}

// ReadImport finds an import by its id, for those who may import.
func ReadImport(tx db.Tx, importID uuid.UUID) (Import, error) {
	if err := mayImport(tx.Actor); err != nil {
		return Import{}, err
	}
	var found Import
	if err := tx.Where("id = ?", importID).Limit(1).Find(&found).Error; err != nil {
		return Import{}, err
	}
	if found.ID == uuid.Nil {
		return Import{}, fault.New(fault.NotFound, "There is no such import. It may have been removed.")
	}
	return found, nil
}

// A PastImport is an import in the list of imports.
type PastImport struct {
	Import
	StagedByName  string // "" for the product's own command line
	SettledByName string
}

// LastImport is the one confirmed last and not undone, however long ago; nil when there is none.
func LastImport(tx db.Tx) (*PastImport, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var last []PastImport
	err := tx.Raw(pastImports + ` where i.status = 'confirmed' order by i.settled_at desc, i.id desc limit 1`).Scan(&last).Error
	if err != nil || len(last) == 0 {
		return nil, err
	}
	return &last[0], nil
}

// pastImports reads imports with the names of who staged and settled them.
const pastImports = `
	select i.*, coalesce(p.name, '') as staged_by_name, coalesce(s.name, '') as settled_by_name
	from tracker_import i left join person p on p.id = i.staged_by left join person s on s.id = i.settled_by`

// ListImports lists the newest imports first.
func ListImports(tx db.Tx, limit int) ([]PastImport, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var list []PastImport
	err := tx.Raw(pastImports+` order by i.staged_at desc, i.id desc limit ?`, limit).Scan(&list).Error
	return list, err
}

// ImportFacts says how many references of an import seem to belong to a different person, and who
// confirmed or abandoned it.
func ImportFacts(tx db.Tx, of Import) (somebodyElse int, settledBy string, err error) {
	if err := mayImport(tx.Actor); err != nil {
		return 0, "", err
	}
	row := tx.Raw(`
		select (select count(*) from tracker_import_row where import_id = i.id and somebody_else), coalesce(p.name, '')
		from tracker_import i left join person p on p.id = i.settled_by where i.id = ?`, of.ID).Row()
	err = row.Scan(&somebodyElse, &settledBy)
	return somebodyElse, settledBy, err
}

// ImportProblems reads one page of an import's warnings, or of its errors: references that seem to
// belong to somebody else first, then in the file's order.
func ImportProblems(tx db.Tx, importID uuid.UUID, severity string, offset, limit int) ([]Problem, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var stored []struct {
		RowNumber               int
		Heading, Value, Problem string
	}
	err := tx.Raw(`
		select row_number, heading, value, problem
		from tracker_import_problem where import_id = ? and severity = ? order by compared desc, row_number, position offset ? limit ?`, importID, severity, offset, limit).Scan(&stored).Error
	problems := make([]Problem, len(stored))
	for i, row := range stored {
		problems[i] = Problem{Row: row.RowNumber, Column: row.Heading, Value: row.Value, Problem: row.Problem, Severity: severity}
	}
	return problems, err
}

// StagedRows reads one page of the rows of a staged import that are new, changed or unchanged, those
// that seem to belong to somebody else first.
func StagedRows(tx db.Tx, importID uuid.UUID, kind string, offset, limit int) ([]StagedRow, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var stored []struct {
		RowNumber         int
		PersonReference   string
		Forename, Surname string
		DateOfBirth       clock.Date
		Locality          string
		SomebodyElse      bool
		Changes           json.RawMessage
		Number            *int64
	}
	err := tx.Raw(`
		select r.row_number, r.person_reference, r.forename, r.surname, r.date_of_birth, r.locality, r.somebody_else, case when r.kind = 'changed' then r.changes end as changes, c.number
		from tracker_import_row r left join cases c on c.id = r.case_id
		where r.import_id = ? and r.kind = ?
		order by r.somebody_else desc, r.row_number offset ? limit ?`, importID, kind, offset, limit).Scan(&stored).Error
	if err != nil {
		return nil, err
	}
	rows := make([]StagedRow, len(stored))
	for i, row := range stored {
		changes, err := changesInWords(row.Changes)
		if err != nil {
			return nil, err
		}
		rows[i] = StagedRow{
			Row: row.RowNumber, PersonReference: row.PersonReference, Name: row.Forename + " " + row.Surname, DateOfBirth: row.DateOfBirth, Locality: row.Locality,
			SomebodyElse: row.SomebodyElse, Changes: changes,
		}
		if row.Number != nil {
			rows[i].CaseNumber = CaseReference(*row.Number)
		}
	}
	return rows, nil
}

// An Absent is a case that a staged file does not name. Nothing happens to it.
type Absent struct {
	CaseNumber      string // "Q1042"
	PersonReference string
	Name            string
	DateOfBirth     clock.Date
	Locality        string
}

// AbsentCases reads one page of the cases held that a staged file does not name, in the order of their
// numbers. Once an import is settled its rows are gone, and this with them.
func AbsentCases(tx db.Tx, importID uuid.UUID, offset, limit int) ([]Absent, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var found []Case
	err := tx.Raw(`
		select c.* from `+absentCases+` order by c.number offset @offset limit @limit`, map[string]any{"import": importID, "offset": offset, "limit": limit}).Scan(&found).Error
	list := make([]Absent, len(found))
	for i, c := range found {
		list[i] = Absent{c.Reference(), c.PersonReference, c.Name(), c.DateOfBirth, c.Locality}
	}
	return list, err
}

// changesInWords reads {field: [before, after]} in the order a case page shows fields.
func changesInWords(raw json.RawMessage) ([]Change, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var stored map[Field][2]any
	if err := json.Unmarshal(raw, &stored); err != nil {
		return nil, err
	}
	var changes []Change
	for i := range fieldRules {
		rule := &fieldRules[i]
		values, changed := stored[rule.field]
		if !changed {
			continue
		}
		var before, after Case
		if err := rule.load(&before, values[0]); err != nil {
			return nil, err
		}
		if err := rule.load(&after, values[1]); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Field: rule.field, Label: sentenceCase(rule.label), Before: rule.field.Say(&before), After: rule.field.Say(&after)})
	}
	return changes, nil
}
