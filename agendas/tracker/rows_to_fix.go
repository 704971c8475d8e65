package tracker

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RowsToFix is a workbook of the rows of an import that have something to mend: the file's own columns
// in their order, then the row's number, what happens to it and what is wrong. It can be mended and
// imported by itself. The file is read once more, for as long as it is kept.
func (s Store) RowsToFix(ctx context.Context, actor access.Actor, importID uuid.UUID) (name string, workbook []byte, err error) {
	var of Import
	wrong := map[int]*toFix{}
	err = s.DB.Read(ctx, actor, func(tx db.Tx) (err error) {
		if of, err = ReadImport(tx, importID); err == nil {
			wrong, err = rowsToFix(tx, importID)
		}
		return err
	})
	if err != nil {
		return "", nil, err
	}
	if len(wrong) == 0 {
		return "", nil, fault.New(fault.NotFound, "No row of this import is kept as one to fix.")
	}
	book, err := s.book(ctx, of)
	if err != nil {
		return "", nil, err
	}
	found, err := findLayout(book, of.Choice)
	if err != nil {
		return "", nil, err
	}
	w, err := newTextWorkbook("Rows to fix")
	if err != nil {
		return "", nil, err
	}
	width := len(found.headings)
	if err := w.row(slices.Concat(found.headings, []string{"Row in the file", "What happens", "What is wrong, and how to mend it"})...); err != nil {
		return "", nil, err
	}
	var stopped error
	err = found.sheet.rows(func(row sheetRow) bool {
		fix := wrong[row.number]
		if fix == nil || row.number <= found.headingRow {
			return true
		}
		cells := make([]string, width, width+3)
		for i := range cells {
			cells[i] = row.at(i).shown(book.system)
		}
		what := "The row came in"
		if fix.leftOut {
			what = "The row was left out"
		}
		stopped = w.row(append(cells, strconv.Itoa(row.number), what, strings.Join(fix.words, "\n"))...)
		return stopped == nil
	})
	if err == nil {
		err = stopped
	}
	if err != nil {
		return "", nil, err
	}
	workbook, err = w.bytes()
	return strings.TrimSuffix(of.FileName, filepath.Ext(of.FileName)) + " - rows to fix.xlsx", workbook, err
}

// toFix is what is wrong with a row.
type toFix struct {
	leftOut bool
	words   []string
}

// rowsToFix reads what is wrong, by row.
func rowsToFix(tx db.Tx, importID uuid.UUID) (map[int]*toFix, error) {
	rows, err := tx.Raw(`
		select row_number, severity, heading, value, problem
		from tracker_import_problem where import_id = ? order by row_number, severity, position`, importID).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	wrong := map[int]*toFix{}
	for rows.Next() {
		var row int
		var severity, heading, value, problem string
		if err := rows.Scan(&row, &severity, &heading, &value, &problem); err != nil {
			return nil, err
		}
		fix := wrong[row]
		if fix == nil {
			fix = &toFix{}
			wrong[row] = fix
		}
		fix.leftOut = fix.leftOut || severity == SeverityError
		if value != "" {
			heading += ", “" + shorten(value, sampleWords) + "”"
		}
		fix.words = append(fix.words, heading+": "+problem)
	}
	return wrong, rows.Err()
}
