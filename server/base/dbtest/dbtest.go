// Package dbtest gives each test a database of its own, real, migrated and empty, in a moment.
package dbtest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"quorate/migrations"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Begin is when New's clock starts: a Thursday morning in term time, in winter, away from any change
// of the clocks.
var Begin = time.Date(2026, time.November, 26, 9, 30, 0, 0, time.UTC)

// New is a fresh database that reads the time from the machine's clock.
func New(t testing.TB) *db.DB {
	t.Helper()
	return NewWithClock(t, clock.System)
}

// NewAt is a fresh database and the clock it reads, standing at Begin until the test moves it.
func NewAt(t testing.TB) (*db.DB, *clock.Manual) {
	t.Helper()
	stopped := clock.NewManual(Begin)
	return NewWithClock(t, stopped.Now), stopped
}

// NewWithClock is a fresh database that reads the time from now.
func NewWithClock(t testing.TB, now clock.Clock) *db.DB {
	t.Helper()
	return Open(t, db.Config{URL: NewURL(t), Clock: now, MaxConns: 4})
}

// Open opens a database for the length of the test.
func Open(t testing.TB, config db.Config) *db.DB {
	t.Helper()
	if config.Log == nil {
		config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	d, err := db.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// NewURL is the address of a fresh, migrated database that goes away with the test; its user may
// migrate. It is for tests that open the database themselves, or start the program on it.
func NewURL(t testing.TB) string {
	t.Helper()
	group, err := groupOfTests()
	if err != nil {
		t.Fatalf("dbtest: tests need a Postgres: %v", err)
	}
	return group.copy(t, group.template)
}

// CopyURL is the address of a copy of a database that NewURL or CopyURL made: a world told once can be
// changed many times over. Nobody may be connected to the one it copies.
func CopyURL(t testing.TB, of string) string {
	t.Helper()
	group, err := groupOfTests()
	if err != nil {
		t.Fatalf("dbtest: tests need a Postgres: %v", err)
	}
	config, err := pgx.ParseConfig(of)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return group.copy(t, config.Database)
}

func (g *group) copy(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("quorate_test_%d_%d", os.Getpid(), made.Add(1))
	// The machine may be busy with other packages; a minute is patience, not a measure.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := g.run(ctx, "postgres", "create database "+name+" template "+template); err != nil {
		t.Fatalf("dbtest: copy the template: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := g.run(ctx, "postgres", "drop database if exists "+name+" with (force)"); err != nil {
			t.Errorf("dbtest: drop the database: %v", err)
		}
	})
	return g.url(name)
}

var made atomic.Int64 // databases made by this process

// group is the Postgres that all test processes of this user share, and the template in it.
type group struct {
	url      func(database string) string
	template string
}

var groupOfTests = sync.OnceValues(func() (*group, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	g := &group{template: "quorate_template_" + migrations.Fingerprint()}
	if given := os.Getenv("QUORATE_TEST_DATABASE_URL"); given != "" {
		address, err := url.Parse(given)
		if err != nil {
			return nil, errors.New("QUORATE_TEST_DATABASE_URL is not an address like postgres://user:password@localhost/postgres")
		}
		g.url = func(database string) string {
			a := *address
			a.Path = "/" + database
			return a.String()
		}
	} else {
		shared, err := shareServer(ctx)
		if err != nil {
			return nil, err
		}
		g.url = shared.OwnerURL
	}
	return g, g.makeTemplate(ctx)
})

// run runs one statement on a connection of its own.
func (g *group) run(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, g.url(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// makeTemplate migrates a database once for all who share the server and have the same migrations.
// It gets its name when it is finished, so that a process killed on the way leaves no half of one.
func (g *group) makeTemplate(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, g.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(hashtext('quorate template'))"); err != nil {
		return err
	}
	var ready bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", g.template).Scan(&ready); err != nil || ready {
		return err
	}
	unfinished := g.template + "_unfinished"
	for _, statement := range []string{"drop database if exists " + unfinished + " with (force)", "create database " + unfinished} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	config, err := pgx.ParseConfig(g.url(unfinished))
	if err != nil {
		return err
	}
	if err := migrate(ctx, stdlib.OpenDB(*config)); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "alter database "+unfinished+" rename to "+g.template)
	return err
}

func migrate(ctx context.Context, owner *sql.DB) error {
	return errors.Join(migrations.Up(ctx, owner), owner.Close())
}

// folder is where the tests' own Postgres lives: one for each user of the machine.
func folder() string {
	return filepath.Join(os.TempDir(), "quorate-test-"+strconv.Itoa(os.Geteuid()))
}

// shareServer starts the tests' Postgres or joins it, and makes sure that a keeper will stop it.
// Our share ends with the process, however it ends.
func shareServer(ctx context.Context) (*db.Private, error) {
	if err := os.Mkdir(folder(), 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	if info, err := os.Lstat(folder()); err != nil {
		return nil, err
	} else if !info.IsDir() || !ours(info) {
		return nil, fmt.Errorf("%s belongs to somebody else; remove it", folder())
	}
	// Afresh: after a crash of the machine it may be spoilt, for it does not wait for the disk.
	shared, err := db.OpenPrivate(ctx, db.PrivateConfig{DataDir: folder(), FsyncOff: true, Afresh: true})
	if err != nil {
		return nil, err
	}
	return shared, startKeeper()
}

// Queued is a job that waits to be done.
type Queued struct {
	Kind string
	Args json.RawMessage
	At   time.Time // when it is for; the zero time means now
}

// Jobs lists the jobs of one kind, or of all kinds when it is "", that wait in the order they were
// enqueued; those for later come after the others, by their time.
func Jobs(t testing.TB, d *db.DB, kind string) []Queued {
	t.Helper()
	rows, err := d.Pool().Query(t.Context(), `
		select kind, args, at from (
			select kind, args::text as args, null::timestamptz as at, id from river_job where state = 'available'
			union all
			select kind, args::text, due_at, id from job_later) waiting
		where $1 in ('', kind) order by at nulls first, id`, kind)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Queued, error) {
		var (
			q    Queued
			args string
			at   *time.Time
		)
		err := row.Scan(&q.Kind, &args, &at)
		q.Args = json.RawMessage(args)
		if at != nil {
			q.At = at.UTC()
		}
		return q, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}
