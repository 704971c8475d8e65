package db

import (
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
)

// Copy adds rows to a table by COPY, many times faster than inserting them one by one. Each row
// holds a value for each of the columns; a row's error ends the copy and the transaction.
func (tx Tx) Copy(table string, columns []string, rows iter.Seq2[[]any, error]) error {
	if !tx.run.writes {
		return errors.New("db: Copy in a Read")
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	if err := tx.run.flush(tx.Context()); err != nil {
		return err
	}
	return tx.run.driver(func(conn *pgx.Conn) error {
		_, err := conn.CopyFrom(tx.Context(), pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
			row, err, more := next()
			if !more {
				return nil, nil
			}
			return row, err
		}))
		if err != nil {
			return fmt.Errorf("db: copy into %s: %w", table, err)
		}
		return nil
	})
}
