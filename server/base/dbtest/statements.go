package dbtest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"quorate/server/base/db"
)

// Statements writes down what is asked of a database opened with it as its Tracer, so that a test can
// count it and ask how Postgres would do it.
type Statements struct {
	mu    sync.Mutex
	heard []Statement // protected by mu
}

// Statement is one statement with its values.
type Statement struct {
	SQL  string
	Args []any
}

// TraceQueryStart notes a statement; pgx calls it.
func (s *Statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, started pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, Statement{started.SQL, started.Args})
	return ctx
}

// TraceQueryEnd is nothing to us; pgx calls it.
func (s *Statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// During lists the statements that run while fn does, in their order.
func (s *Statements) During(fn func()) []Statement {
	s.mu.Lock()
	s.heard = nil
	s.mu.Unlock()
	fn()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// Plan is how Postgres would do a reading, without doing it.
func (q Statement) Plan(t testing.TB, d *db.DB) string {
	t.Helper()
	rows, err := d.Pool().Query(t.Context(), "explain "+q.SQL, q.Args...)
	if err != nil {
		t.Fatalf("explain: %v\n%s", err, q.SQL)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("explain: %v\n%s", err, q.SQL)
	}
	return strings.Join(lines, "\n")
}
