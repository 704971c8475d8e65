package history

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// ReadImport finds an import for whoever chose its file.
func ReadImport(tx db.Tx, id uuid.UUID) (Import, error) { return byMe(tx, id, false) }

// ListImports lists the imports whose file the actor chose, the latest first.
func ListImports(tx db.Tx, limit int) ([]Import, error) {
	if err := mayBring(tx.Actor); err != nil {
		return nil, err
	}
	var list []Import
	err := tx.Where("staged_by = ?", tx.Actor.PersonID).Order("staged_at desc, id desc").Limit(limit).Find(&list).Error
	return list, err
}

// StagedRows reads one page of a sheet's rows that are new, changed or unchanged.
func StagedRows(tx db.Tx, of Import, sheet SheetKind, kind string, offset, limit int) ([]StagedRow, error) {
	var rows []StagedRow
	err := tx.Where("import_id = ? and sheet = ? and kind = ?", of.ID, sheet.place(), kind).Order("row_number").Offset(offset).Limit(limit).Find(&rows).Error
	return rows, err
}

// Problems reads everything that is wrong in a file, errors first, sheet by sheet and row by row. The
// caller has found the import for the actor.
func Problems(tx db.Tx, importID uuid.UUID) ([]Problem, error) {
	var stored []struct {
		Sheet     int
		Severity  string
		RowNumber int
		Heading   string
		Value     string
		Problem   string
	}
	err := tx.Raw(`select sheet, severity, row_number, heading, value, problem from history_import_problem where import_id = ? order by position`, importID).Scan(&stored).Error
	problems := make([]Problem, len(stored))
	for i, p := range stored {
		problems[i] = Problem{Sheet: SheetKinds[p.Sheet], Error: p.Severity == "error", Row: p.RowNumber, Column: p.Heading, Value: p.Value, Problem: p.Problem}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Sheet.place(), b.Sheet.place()), cmp.Compare(a.Row, b.Row))
	})
	return problems, err
}

func rank(p Problem) int {
	if p.Error {
		return 0
	}
	return 1
}
