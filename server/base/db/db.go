// Package db is the only way to the database: a reading or a change, by somebody, in one transaction.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// AppRole is the role the server works as. It owns nothing, so it can neither change a table nor
// escape row-level security, and it may not change or delete audit entries and seals.
const AppRole = "quorate_app"

// Limits of one session. A request that takes longer than these is broken, not slow. No statement is
// compiled before it runs: ours end sooner than the compiling would.
const sessionSettings = `set timezone = 'UTC';
set statement_timeout = '30s';
set lock_timeout = '10s';
set idle_in_transaction_session_timeout = '` + idleAtMost + `';
set jit = off`

// Config says which database, and how to use it.
type Config struct {
	// URL of a database that already runs (QUORATE_DATABASE_URL). Its user is either AppRole itself or
	// a member of it: each session begins with SET ROLE. Empty means the private Postgres of DataDir.
	URL string
	// DirectURL goes around a connection pooler such as PgBouncer (QUORATE_DATABASE_DIRECT_URL): for
	// migrations, which hold a session lock, and for LISTEN. Its user owns the tables. Empty means URL.
	DirectURL string
	// DataDir holds the private Postgres (QUORATE_DATA_DIR). Empty means DefaultDataDir.
	DataDir string
	// MaxConns bounds the pool; 0 means 16. Two are enough for everything to work.
	MaxConns int
	// Clock is what transactions read the time from; nil means the machine's.
	Clock clock.Clock
	// Log hears of slow statements, by their text without values; nil means slog.Default.
	Log *slog.Logger
	// Tracer hears of each statement the pool runs, with its values. For tests only: dbtest.Statements.
	Tracer pgx.QueryTracer
	// FsyncOff makes the private Postgres fast and forgetful. For tests only.
	FsyncOff bool
}

// DB is the product's database.
type DB struct {
	pool    *pgxpool.Pool
	gorm    *gorm.DB
	sql     *sql.DB
	river   *river.Client[pgx.Tx] // inserts only: the workers are in package jobs
	owner   *pgx.ConnConfig       // who migrates
	direct  *pgx.ConnConfig       // who listens
	pooled  bool                  // a pooler stands between: a session cannot LISTEN through it
	clock   clock.Clock
	log     *slog.Logger
	private *Private // nil for a database that already ran
}

// Open reaches the database, starting or adopting the private Postgres when no URL is given. The
// tables may not be there yet: migrate first (AsOwner), then read and write.
func Open(ctx context.Context, config Config) (_ *DB, err error) {
	d := &DB{clock: config.Clock, log: config.Log}
	if d.clock == nil {
		d.clock = clock.System
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	appURL, ownerURL := config.URL, config.DirectURL
	if ownerURL == "" {
		ownerURL = appURL
	}
	if appURL == "" {
		folder := config.DataDir
		if folder == "" {
			folder = DefaultDataDir()
		}
		d.private, err = OpenPrivate(ctx, PrivateConfig{DataDir: folder, FsyncOff: config.FsyncOff, Log: d.log})
		if err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, d.private.Release(context.WithoutCancel(ctx)))
			}
		}()
		appURL, ownerURL = d.private.AppURL(""), d.private.OwnerURL("")
	}
	if d.owner, err = pgx.ParseConfig(ownerURL); err != nil {
		return nil, badURL(err)
	}
	d.owner.RuntimeParams["application_name"] = "quorate-owner"
	poolConfig, err := pgxpool.ParseConfig(appURL)
	if err != nil {
		return nil, badURL(err)
	}
	poolConfig.MaxConns = int32(config.MaxConns)
	if config.MaxConns == 0 {
		poolConfig.MaxConns = 16
	}
	poolConfig.ConnConfig.RuntimeParams["application_name"] = "quorate"
	poolConfig.AfterConnect = workAsApp
	poolConfig.ConnConfig.Tracer = config.Tracer
	d.direct = poolConfig.ConnConfig.Copy()
	if config.URL != "" && config.DirectURL != "" && config.DirectURL != config.URL {
		d.pooled = true
		d.direct = d.owner.Copy()
	}
	d.direct.RuntimeParams["application_name"] = "quorate-listen"
	if err := d.checkServer(ctx); err != nil {
		return nil, err
	}
	if d.pool, err = pgxpool.NewWithConfig(ctx, poolConfig); err != nil {
		return nil, translate(ctx, err)
	}
	defer func() {
		if err != nil {
			d.pool.Close()
		}
	}()
	d.sql = stdlib.OpenDBFromPool(d.pool)
	if d.gorm, err = d.openGORM(); err != nil {
		return nil, err
	}
	d.river, err = river.NewClient(riverpgxv5.New(d.pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	return d, nil
}

func badURL(err error) error {
	return fault.New(fault.Unavailable, "QUORATE_DATABASE_URL is not the address of a Postgres database. Write it like postgres://quorate:password@db.example.org:5432/quorate.").Because(err)
}

// workAsApp makes every session of the pool the server's role, whoever signed in.
func workAsApp(ctx context.Context, conn *pgx.Conn) error {
	statements := sessionSettings
	if conn.Config().User != AppRole {
		statements += ";\nset role " + AppRole
	}
	_, err := conn.PgConn().Exec(ctx, statements).ReadAll()
	switch sqlState(err) {
	case "22023":
		return fault.New(fault.Unavailable, "The database is not prepared yet. Run: quorate migrate").Because(err)
	case "42501":
		return fault.New(fault.Unavailable, "The database's user may not work as %s. As an administrator of the database, run: GRANT %s TO %q", AppRole, AppRole, conn.Config().User).Because(err)
	}
	return err
}

// checkServer makes sure that there is a Postgres, and that it is new enough.
func (d *DB) checkServer(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, d.owner.Copy())
	if err != nil {
		return translate(ctx, err)
	}
	defer conn.Close(ctx)
	var version int
	if err := conn.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&version); err != nil {
		return translate(ctx, err)
	}
	if version < oldestPostgres*10000 {
		return fault.New(fault.Unavailable, "The database is Postgres %d. Quorate needs Postgres %d or later.", version/10000, oldestPostgres)
	}
	return nil
}

func (d *DB) openGORM() (*gorm.DB, error) {
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: d.sql}), &gorm.Config{
		NamingStrategy:         schema.NamingStrategy{SingularTable: true},
		Logger:                 statementLog{log: d.log},
		NowFunc:                d.now,
		SkipDefaultTransaction: true, // every statement already runs in ours
		TranslateError:         true,
		DisableAutomaticPing:   true,
	})
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	// A row is saved when somebody says so, never because another row points to it.
	for _, remove := range []error{
		g.Callback().Create().Remove("gorm:save_before_associations"),
		g.Callback().Create().Remove("gorm:save_after_associations"),
		g.Callback().Update().Remove("gorm:save_before_associations"),
		g.Callback().Update().Remove("gorm:save_after_associations"),
		g.Callback().Delete().Remove("gorm:delete_before_associations"),
	} {
		if remove != nil {
			return nil, fmt.Errorf("db: %w", remove)
		}
	}
	if err := flushFirst(g); err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	return g, nil
}

// now is the clock's reading as Postgres can keep it: UTC, to the microsecond.
func (d *DB) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// Now is the clock's reading outside any transaction: for deciding what is due, and for pages that
// read nothing. Inside a transaction use tx.Now.
func (d *DB) Now() time.Time { return d.now() }

// Log is where the database reports to.
func (d *DB) Log() *slog.Logger { return d.log }

// Pool is the one pool of connections, for those who cannot work through Read and Write: River's
// workers, the session store, and the measures of how full it is.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Pooled reports whether a pooler stands between, through which no session can LISTEN.
func (d *DB) Pooled() bool { return d.pooled }

// Ping asks the database for an answer, as the server's role.
func (d *DB) Ping(ctx context.Context) error {
	return translate(ctx, d.pool.Ping(ctx))
}

// AsOwner runs fn on a connection of the tables' owner, outside the pool. It is for migrations, and
// for tests that do what the server must not be able to.
func (d *DB) AsOwner(ctx context.Context, fn func(*sql.DB) error) error {
	owner := stdlib.OpenDB(*d.owner)
	err := fn(owner)
	return errors.Join(err, owner.Close())
}

// Close waits for transactions to end, and stops the private Postgres if nobody else uses it.
func (d *DB) Close() error {
	err := d.sql.Close()
	d.pool.Close()
	if d.private == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return errors.Join(err, d.private.Release(ctx))
}
