package tracker

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// batchRows is how many rows are kept in one transaction: few enough to hold three batches in memory
// and to show progress, many enough that the transactions cost nothing beside the rows.
const batchRows = 2_000

// A batch is what was read since the last one was kept.
type batch struct {
	rows     []Row
	leftOut  []Problem // one a row left out whose person can be told: they are in the file all the same
	problems []Problem
}

// stageBook reads a workbook into an import's staged rows and compares them with the cases held. One
// goroutine reads while another writes. Each batch is a transaction of its own, which says how far the
// reading is; write runs one.
func stageBook(book *Workbook, today clock.Date, of *Import, expected int64, write func(func(db.Tx) error) error) error {
	s := stager{of: *of, expected: expected, batches: make(chan batch, 1), stopped: make(chan struct{})}
	var reading *Reading
	failed := make(chan error, 1)
	go func() {
		defer close(s.batches)
		var err error
		if reading, err = Scan(book, today, of.Choice, &s); err == nil {
			err = s.send()
		}
		failed <- err
	}()
	err := s.write(write)
	close(s.stopped) // a reader whose batch nobody takes gives up
	for range s.batches {
	}
	if readErr := <-failed; err == nil && readErr != nil {
		err = readErr
	}
	if err != nil {
		return err
	}
	return write(func(tx db.Tx) (err error) {
		*of, err = s.finish(tx, reading)
		return err
	})
}

// A stager takes rows from the reader and puts them into the import.
type stager struct {
	of       Import
	next     batch
	batches  chan batch
	stopped  chan struct{}
	rows     int64 // kept
	expected int64 // 0 when that is not known
	place    int   // of the last problem kept
	undated  bool
	lastOut  int // the last row left out
}

// Person takes in a row that was read.
func (s *stager) Person(row Row) error {
	s.next.rows = append(s.next.rows, row)
	return s.sendFull()
}

// Problem takes in something a person should look at.
func (s *stager) Problem(problem Problem) error {
	problem.Cells = nil // the file is kept, and has them
	if problem.Severity == SeverityError && problem.reference != "" && problem.Row != s.lastOut {
		s.lastOut = problem.Row
		s.next.leftOut = append(s.next.leftOut, problem)
	}
	s.next.problems = append(s.next.problems, problem)
	return s.sendFull()
}

func (s *stager) sendFull() error {
	if len(s.next.rows) < batchRows && len(s.next.problems) < batchRows {
		return nil
	}
	return s.send()
}

func (s *stager) send() error {
	select {
	case s.batches <- s.next:
		s.next = batch{rows: make([]Row, 0, batchRows)}
		return nil
	case <-s.stopped:
		return errInHand
	}
}

// write keeps batch after batch until the reader has no more.
func (s *stager) write(write func(func(db.Tx) error) error) error {
	for full := range s.batches {
		err := write(func(tx db.Tx) error {
			if err := s.stillMine(tx); err != nil {
				return err
			}
			if err := copyRows(tx, s.of.ID, full.rows); err != nil {
				return err
			}
			if err := copyLeftOut(tx, s.of.ID, full.leftOut); err != nil {
				return err
			}
			if err := copyProblems(tx, s.of.ID, full.problems, s.place); err != nil {
				return err
			}
			return sayProgress(tx, s.of.ID, s.rows+int64(len(full.rows)+len(full.leftOut)), s.expected)
		})
		if err != nil {
			return err
		}
		s.rows += int64(len(full.rows) + len(full.leftOut))
		s.place += len(full.problems)
		for _, row := range full.rows {
			s.undated = s.undated || len(row.undated) > 0
		}
	}
	return nil
}

// stillMine keeps a process that was thought dead from writing into what another has begun afresh.
func (s *stager) stillMine(tx db.Tx) error {
	var mine bool
	err := tx.Raw(`select exists (select from tracker_import where id = ? and status = 'reading' and attempts = ? for share)`, s.of.ID, s.of.Attempts).Scan(&mine).Error
	if err == nil && !mine {
		err = errInHand
	}
	return err
}

// finish compares what was read with the cases held and shows it.
func (s *stager) finish(tx db.Tx, reading *Reading) (Import, error) {
	staged, err := lockImport(tx, s.of.ID)
	if err != nil {
		return staged, err
	}
	if staged.Status != BeingRead || staged.Attempts != s.of.Attempts {
		return staged, errInHand
	}
	staged.Columns = make([]ImportColumn, len(reading.Columns))
	for i, column := range reading.Columns {
		staged.Columns[i] = ImportColumn{column.Field, column.Heading, column.Letter}
	}
	staged.Sheet, staged.HeadingRow = reading.Sheet, reading.HeadingRow
	staged.Ignored, staged.Notices = append([]string{}, reading.Ignored...), append([]string{}, reading.Notices...)
	if err := inBulk(tx); err != nil {
		return staged, err
	}
	if err := settleDuplicates(tx, staged, s.place); err != nil {
		return staged, err
	}
	if s.undated {
		if err := keepKnownDays(tx, staged); err != nil {
			return staged, err
		}
	}
	if err := compare(tx, &staged); err != nil {
		return staged, err
	}
	err = tx.Model(&Import{ID: staged.ID}).Select("columns", "sheet", "heading_row", "ignored", "notices").Updates(&staged).Error
	if err != nil {
		return staged, err
	}
	return staged, staged.move(tx, Staged, "tracker.staged", nil)
}

// copyRows puts rows into the import as cases would hold them, and beside each what its history would
// begin with: most rows of a first import are new, and confirming need not work it out.
func copyRows(tx db.Tx, importID uuid.UUID, rows []Row) error {
	columns := []string{"import_id", "row_number", "fresh_id", "undated", "changes"}
	for _, rule := range fieldRules {
		columns = append(columns, string(rule.field))
	}
	return tx.Copy("tracker_import_row", columns, func(yield func([]any, error) bool) {
		values := make([]any, len(columns))
		var history []byte
		for i := range rows {
			row := &rows[i]
			id, err := uuid.NewV7()
			history = beginning(history[:0], &row.Case)
			values[0], values[1], values[2], values[3], values[4] = importID, row.Number, id, nil, history
			if len(row.undated) > 0 {
				values[3] = row.undated
			}
			for at := range fieldRules {
				values[5+at] = fieldRules[at].copied(&row.Case)
			}
			if !yield(values, err) {
				return
			}
		}
	})
}

// beginning writes {field: [null, after]} of what is known about a case, as JSON.
func beginning(to []byte, c *Case) []byte {
	to = append(to, '{')
	for at := range fieldRules {
		rule := &fieldRules[at]
		value := rule.known(c)
		if value == nil {
			continue
		}
		if len(to) > 1 {
			to = append(to, ',')
		}
		to = append(to, '"')
		to = append(to, rule.field...)
		to = append(to, `":[null,`...)
		switch value := value.(type) {
		case string:
			to = appendText(to, value)
		case bool:
			to = strconv.AppendBool(to, value)
		case int64:
			to = strconv.AppendInt(to, value, 10)
		}
		to = append(to, ']')
	}
	return append(to, '}')
}

// appendText writes a text as JSON. Few need more than quotation marks.
func appendText(to []byte, text string) []byte {
	for i := range len(text) {
		if letter := text[i]; letter < ' ' || letter == '"' || letter == '\\' {
			quoted, _ := json.Marshal(text) // of a string: it cannot fail
			return append(to, quoted...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

// copyLeftOut puts into the import whose rows were left out.
func copyLeftOut(tx db.Tx, importID uuid.UUID, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	columns := []string{"import_id", "row_number", "kind", "fresh_id", "person_reference"}
	return tx.Copy("tracker_import_row", columns, func(yield func([]any, error) bool) {
		for _, p := range problems {
			if !yield([]any{importID, p.Row, "error", uuid.Nil, p.reference}, nil) {
				return
			}
		}
	})
}

// copied is the field's value as COPY sends it; nil is NULL.
func (r *fieldRule) copied(c *Case) any {
	switch {
	case r.text != nil:
		return *r.text(c)
	case r.date != nil:
		if day := *r.date(c); !day.IsZero() {
			return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
		}
	case r.flag != nil:
		if flag := *r.flag(c); flag != nil {
			return *flag
		}
	default:
		if pence := *r.pence(c); pence != nil {
			return *pence
		}
	}
	return nil
}

// copyProblems puts problems into the import, in order after a place.
func copyProblems(tx db.Tx, importID uuid.UUID, problems []Problem, after int) error {
	if len(problems) == 0 {
		return nil
	}
	columns := []string{"import_id", "position", "severity", "row_number", "heading", "value", "problem"}
	return tx.Copy("tracker_import_problem", columns, func(yield func([]any, error) bool) {
		for i, p := range problems {
			if !yield([]any{importID, after + i + 1, p.Severity, p.Row, p.Column, p.Value, p.Problem}, nil) {
				return
			}
		}
	})
}
