package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// attempts bounds how often a transaction is run when Postgres asks for it again.
const attempts = 4

// Tx is one transaction: whose it is, when it is, and the way to the tables.
//
// The GORM handle inside is already bound to the transaction and its context; each statement begins
// from tx afresh, so `tx.Where(…).First(&forum)` needs no session.
type Tx struct {
	*gorm.DB
	Actor access.Actor // on whose authority
	Now   time.Time    // the clock, read once when the transaction began; UTC, to the microsecond
	run   *run
}

// run is what one attempt at a transaction gathers.
type run struct {
	db       *DB
	conn     *sql.Conn // the transaction's own connection
	tx       pgx.Tx    // which only begins and ends it; statements go through GORM
	writes   bool
	waiting  []waiting
	failed   error // why what waited could not be sent
	after    []func()
	notified []notice
}

type insideKey struct{}

// Read runs fn in a read-only transaction that sees the database as it was at one moment.
// Anybody may read; what they may see is for the caller's query to decide.
func (d *DB) Read(ctx context.Context, actor access.Actor, fn func(Tx) error) error {
	return d.transact(ctx, actor, readOneMoment, fn)
}

// Write runs fn in a transaction: all of it happens, jobs and audit included, or none of it. A panic
// rolls back and carries on up.
//
// fn may be run again when it met another transaction head-on, so it must do nothing that cannot be
// taken back; that is what AfterCommit is for. Inside fn everything goes through tx: a second
// connection could wait for ever on a full pool.
func (d *DB) Write(ctx context.Context, actor access.Actor, fn func(Tx) error) error {
	if !actor.IsKnown() {
		return fault.New(fault.SignedOut, "Sign in to continue.")
	}
	return d.transact(ctx, actor, writeLatest, fn)
}

// WriteBriefly is Write for what others wait for and that itself waits for nobody but the database. A
// process that is frozen or cut off in the middle of it loses it after seconds, well within the time that
// others wait for a lock: what it held is free, and they go on.
func (d *DB) WriteBriefly(ctx context.Context, actor access.Actor, fn func(Tx) error) error {
	if !actor.IsKnown() {
		return fault.New(fault.SignedOut, "Sign in to continue.")
	}
	return d.transact(ctx, actor, writeBriefly, fn)
}

// how a transaction begins.
type how string

const (
	readOneMoment how = "begin isolation level repeatable read read only"
	writeLatest   how = "begin"
	writeBriefly  how = "begin; set local idle_in_transaction_session_timeout = '" + idleBriefly + "'"
)

// How long Postgres waits for the next statement of a transaction before it ends it.
const (
	idleAtMost  = "60s"
	idleBriefly = "5s" // half of lock_timeout
)

func (d *DB) transact(ctx context.Context, actor access.Actor, how how, fn func(Tx) error) error {
	if ctx.Value(insideKey{}) != nil {
		return errors.New("db: a transaction was begun inside a transaction; pass tx on instead")
	}
	for attempt := 1; ; attempt++ {
		run := &run{db: d, writes: how != readOneMoment}
		err := d.once(context.WithValue(ctx, insideKey{}, run), run, actor, how, fn)
		if err == nil {
			run.committed(ctx)
			return nil
		}
		if attempt == attempts || !collided(err) {
			return translate(ctx, err)
		}
		select { // apart by chance, so that the same two do not meet again
		case <-ctx.Done():
			return translate(ctx, err)
		case <-time.After(time.Duration(attempt) * rand.N(20*time.Millisecond)):
		}
	}
}

func (d *DB) once(ctx context.Context, run *run, actor access.Actor, how how, fn func(Tx) error) error {
	return d.gorm.WithContext(ctx).Connection(func(c *gorm.DB) error {
		run.conn = c.Statement.ConnPool.(*sql.Conn)
		if err := run.begin(ctx, actor, how); err != nil {
			return err
		}
		ended := false
		defer func() {
			if !ended { // refused, failed, or on its way up in a panic
				run.rollback(ctx)
			}
		}()
		g := c.Session(&gorm.Session{NewDB: true, SkipHooks: true})
		if err := fn(Tx{DB: g, Actor: actor, Now: d.now(), run: run}); err != nil {
			return err
		}
		if err := run.flush(ctx); err != nil {
			return err
		}
		ended = true
		return run.driver(func(*pgx.Conn) error { return run.tx.Commit(ctx) })
	})
}

// begin opens the transaction and says in the same message whose it is: one journey to Postgres, not two.
func (r *run) begin(ctx context.Context, actor access.Actor, how how) error {
	return r.driver(func(conn *pgx.Conn) (err error) {
		r.tx, err = conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: fmt.Sprintf(
			`%s; select set_config('quorate.actor', %s, true), set_config('quorate.system', %s, true), set_config('role', '%s', true)`,
			how, literal(personID(actor)), literal(actor.System), AppRole)})
		return err
	})
}

// rollback takes everything back, also when whoever asked has gone. A connection on which that fails is
// closed, and with it its transaction.
func (r *run) rollback(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackWait)
	defer cancel()
	if err := r.driver(func(*pgx.Conn) error { return r.tx.Rollback(ctx) }); err != nil {
		r.db.log.Debug("a transaction was not rolled back; its connection is closed", "error", err)
	}
}

const rollbackWait = 5 * time.Second

// driver runs fn on the connection beneath GORM's.
func (r *run) driver(fn func(*pgx.Conn) error) error {
	return r.conn.Raw(func(driverConn any) error { return fn(driverConn.(*stdlib.Conn).Conn()) })
}

// literal is text as Postgres reads it in a statement.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// personID is what row-level security compares with: the person's id, or nothing.
func personID(actor access.Actor) string {
	if !actor.IsPerson() {
		return ""
	}
	return actor.PersonID.String()
}

// As goes on with the transaction on somebody else's authority: for those whose changes are made durable
// together.
func (tx Tx) As(actor access.Actor) (Tx, error) {
	if !actor.IsKnown() {
		return tx, fault.New(fault.SignedOut, "Sign in to continue.")
	}
	tx.Actor = actor
	return tx, tx.Later(1, func(g *gorm.DB) *gorm.DB {
		return g.Exec(`select set_config('quorate.actor', ?, true), set_config('quorate.system', ?, true)`, personID(actor), actor.System)
	})
}

// Context is the transaction's own: cancelled with the caller's, and refused by Read and Write.
func (tx Tx) Context() context.Context { return tx.Statement.Context }

// Today is the day in Europe/London.
func (tx Tx) Today() clock.Date { return clock.DateOf(tx.Now) }

// AfterCommit runs fn once the change is durable and the connection is free again, before Write
// returns. Nothing runs when the transaction fails. For hints to this process only: if the process
// dies first, fn is lost. What must happen is a job.
func (tx Tx) AfterCommit(fn func()) { tx.run.after = append(tx.run.after, fn) }

// Notify tells every listener on channel, in all processes, just after the commit: inside the
// transaction Postgres would hold one lock for all writers. It is a hint and may be lost; the same
// words are said once.
func (tx Tx) Notify(channel, payload string) {
	n := notice{channel, payload}
	if !slices.Contains(tx.run.notified, n) {
		tx.run.notified = append(tx.run.notified, n)
	}
}

func (r *run) committed(ctx context.Context) {
	for _, fn := range r.after {
		fn()
	}
	if len(r.notified) == 0 {
		return
	}
	// The change is made; its news goes out even if whoever asked has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, n := range r.notified {
		if err := r.db.Notify(ctx, n.channel, n.payload); err != nil {
			r.db.log.Warn("a hint to the other processes was lost", "channel", n.channel, "error", err)
		}
	}
}

// RequireOne is nil when a statement changed exactly one row, and fault.Stale when it found none: the
// version it asked for has moved on.
//
//	err := db.RequireOne(tx.Model(&forum).Where("version = ?", version).Updates(…))
func RequireOne(done *gorm.DB) error {
	switch {
	case done.Error != nil:
		return done.Error
	case done.RowsAffected == 0:
		return fault.New(fault.Stale, "Somebody else changed this while you were working on it. Look at what is there now, then make your change again.")
	case done.RowsAffected > 1:
		return fmt.Errorf("db: %d rows changed where one was meant", done.RowsAffected)
	}
	return nil
}

// RequireRows is nil when a statement changed exactly n rows.
func RequireRows(done *gorm.DB, n int64) error {
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected != n {
		return fmt.Errorf("db: %d rows changed where %d were meant", done.RowsAffected, n)
	}
	return nil
}
