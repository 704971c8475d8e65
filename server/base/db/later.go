package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// waiting is a statement that has not been sent yet, and how many rows it must change.
type waiting struct {
	sql    string
	values []any
	rows   int64
}

// Later has a statement wait, to be sent in one message with others: at the latest before the next that
// does not wait, or the commit. It is for a change whose answer nobody needs but that it was made, where the
// journeys to Postgres and back are what costs. It must change as many rows as said.
//
//	err := tx.Later(1, func(g *gorm.DB) *gorm.DB { return g.Create(&attendance) })
func (tx Tx) Later(rows int64, statement func(*gorm.DB) *gorm.DB) error {
	written := statement(tx.Session(&gorm.Session{DryRun: true}))
	if written.Error != nil {
		return written.Error
	}
	tx.run.waiting = append(tx.run.waiting, waiting{written.Statement.SQL.String(), written.Statement.Vars, rows})
	return nil
}

// flush sends what waits. Once that has failed nothing more is sent, nor committed, whatever became of the error.
func (r *run) flush(ctx context.Context) error {
	if r.failed != nil || len(r.waiting) == 0 {
		return r.failed
	}
	var batch pgx.Batch
	for _, w := range r.waiting {
		batch.Queue(w.sql, w.values...).Exec(func(done pgconn.CommandTag) error {
			if done.RowsAffected() != w.rows {
				return fmt.Errorf("db: %d rows changed where %d were meant", done.RowsAffected(), w.rows)
			}
			return nil
		})
	}
	r.waiting = nil
	r.failed = r.driver(func(conn *pgx.Conn) error { return conn.SendBatch(ctx, &batch).Close() })
	return r.failed
}

// flushFirst has GORM send what waits before any statement of its own.
func flushFirst(g *gorm.DB) error {
	flush := func(g *gorm.DB) {
		if run, inside := g.Statement.Context.Value(insideKey{}).(*run); inside && !g.DryRun && g.Error == nil {
			_ = g.AddError(run.flush(g.Statement.Context))
		}
	}
	const name = "quorate:flush"
	on := g.Callback()
	for _, failed := range []error{
		on.Create().Before("gorm:create").Register(name, flush), on.Query().Before("gorm:query").Register(name, flush),
		on.Update().Before("gorm:update").Register(name, flush), on.Delete().Before("gorm:delete").Register(name, flush),
		on.Row().Before("gorm:row").Register(name, flush), on.Raw().Before("gorm:raw").Register(name, flush),
	} {
		if failed != nil {
			return failed
		}
	}
	return nil
}
