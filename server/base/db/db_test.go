package db_test

import (
	"context"
	"database/sql"
	"errors"

	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(holderVariable); folder != "" {
		hold(folder)
	}
	goleak.VerifyTestMain(m)
}

var (
	clerk = access.Actor{PersonID: uuid.MustParse("01990000-0000-7000-8000-000000000001")}
	job   = access.System("test")
)

type cancelled struct {
	MeetingID uuid.UUID `json:"meeting_id"`
}

func (cancelled) Kind() string { return "test.cancelled" }

// A note is kept in a table of the tests' own.
type note struct {
	ID        int64
	Text      string
	Version   int
	CreatedAt time.Time
	Replies   []reply `gorm:"foreignKey:NoteID"`
}

type reply struct {
	ID     int64
	NoteID int64
	Text   string
}

func (note) TableName() string  { return "test_note" }
func (reply) TableName() string { return "test_reply" }

func setup(t *testing.T, config db.Config) *db.DB {
	t.Helper()
	if config.URL == "" {
		config.URL = dbtest.NewURL(t)
	}
	if config.MaxConns == 0 {
		config.MaxConns = 4
	}
	if config.Clock == nil {
		config.Clock = func() time.Time { return dbtest.Begin }
	}
	d := dbtest.Open(t, config)
	owner(t, d, `create table test_note (
			id bigint generated always as identity primary key,
			text text not null constraint test_note_text_key unique constraint test_note_text_check check (text <> ''),
			version int not null default 1, created_at timestamptz);
		create table test_reply (id bigint generated always as identity primary key,
			note_id bigint not null constraint test_reply_note_fkey references test_note, text text not null)`)
	return d
}

func owner(t *testing.T, d *db.DB, statement string) {
	t.Helper()
	err := d.AsOwner(context.Background(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(context.Background(), statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func notes(t *testing.T, d *db.DB) (texts []string) {
	t.Helper()
	err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
		return tx.Raw(`select text from test_note order by id`).Scan(&texts).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// Half a decision is worse than none: the row, the job and the audit entry stand or fall together.
func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	stop := errors.New("stop")
	change := func(tx db.Tx) error {
		tx.AfterCommit(func() { t.Error("AfterCommit ran") })
		return errors.Join(
			tx.Create(&note{Text: "a"}).Error,
			tx.Enqueue(db.Job{Args: cancelled{}, UniqueKey: "k"}, db.Job{Args: cancelled{}, At: tx.Now.Add(time.Hour)}),
			audit.Record(tx, audit.Entry{Action: "x", ObjectKind: "x", ObjectID: "x"}),
		)
	}
	if err := d.Write(t.Context(), clerk, func(tx db.Tx) error { return errors.Join(change(tx), stop) }); !errors.Is(err, stop) || err.Error() != "stop" {
		t.Fatalf("error: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = d.Write(t.Context(), clerk, func(tx db.Tx) error {
			if err := change(tx); err != nil {
				t.Error(err)
			}
			panic("stop")
		})
	}()
	if got := notes(t, d); len(got) != 0 {
		t.Errorf("notes: %v", got)
	}
	if got := dbtest.Jobs(t, d, ""); len(got) != 0 {
		t.Errorf("jobs: %v", got)
	}
	var left int
	if err := d.Pool().QueryRow(t.Context(), `select (select count(*) from audit_entry) + (select count(*) from job_key)`).Scan(&left); err != nil || left != 0 {
		t.Errorf("left: %d %v", left, err)
	}
}

// A worker that starts before the commit would act on a decision nobody has made.
func TestJobIsSeenOnlyAfterTheCommit(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	id := uuid.Must(uuid.NewV7())
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		if err := tx.Enqueue(db.Job{Args: cancelled{id}}); err != nil {
			return err
		}
		if got := dbtest.Jobs(t, d, "test.cancelled"); len(got) != 0 {
			t.Errorf("seen before the commit: %v", got)
		}
		return tx.Create(&note{Text: "the transaction goes on after the savepoint"}).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	got := dbtest.Jobs(t, d, "test.cancelled")
	if len(got) != 1 || !strings.Contains(string(got[0].Args), id.String()) || len(notes(t, d)) != 1 {
		t.Errorf("after the commit: %v", got)
	}
}

// Two reminders for one vote look like two votes.
func TestUniqueKeyIsEnqueuedOnce(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	enqueue := func(list ...db.Job) {
		if err := d.Write(t.Context(), job, func(tx db.Tx) error { return tx.Enqueue(list...) }); err != nil {
			t.Fatal(err)
		}
	}
	later := dbtest.Begin.Add(time.Hour)
	enqueue(db.Job{Args: cancelled{}, UniqueKey: "a"}, db.Job{Args: cancelled{}, UniqueKey: "a"})
	enqueue(db.Job{Args: cancelled{}, UniqueKey: "a", At: later}, db.Job{Args: cancelled{}, UniqueKey: "b", At: later})
	if _, err := d.Pool().Exec(t.Context(), `delete from river_job`); err != nil { // done, and tidied away
		t.Fatal(err)
	}
	enqueue(db.Job{Args: cancelled{}, UniqueKey: "a"})
	if got := dbtest.Jobs(t, d, ""); len(got) != 1 || !got[0].At.Equal(later) {
		t.Errorf("waiting: %v, want only b", got)
	}
}

// What nobody is answerable for must not happen.
func TestWriteNeedsAnActor(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	err := d.Write(t.Context(), access.SignedOut, func(tx db.Tx) error { return tx.Create(&note{Text: "a"}).Error })
	if !fault.Is(err, fault.SignedOut) || len(notes(t, d)) != 0 {
		t.Errorf("error %v, notes %v", err, notes(t, d))
	}
}

// Reading a page must never change a case.
func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	if err := d.Read(t.Context(), clerk, func(tx db.Tx) error { return tx.Create(&note{Text: "a"}).Error }); err == nil {
		t.Error("a Read wrote")
	}
	if err := d.Read(t.Context(), clerk, func(tx db.Tx) error { return tx.Enqueue(db.Job{Args: cancelled{}}) }); err == nil {
		t.Error("a Read enqueued")
	}
}

// Row-level security and the audit trail both rest on knowing who is asking; the next user of the
// connection must not inherit it.
func TestActorAndRoleAreSetForTheTransactionOnly(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{MaxConns: 1})
	who := func(actor access.Actor) (got string) {
		t.Helper()
		err := d.Read(t.Context(), actor, func(tx db.Tx) error {
			return tx.Raw(`select current_user || '/' || current_setting('quorate.actor') || '/' || current_setting('quorate.system') || '/' || current_setting('timezone')`).Scan(&got).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got, want := who(clerk), "quorate_app/"+clerk.PersonID.String()+"//UTC"; got != want {
		t.Errorf("in a person's transaction: %s, want %s", got, want)
	}
	if got, want := who(job), "quorate_app//test/UTC"; got != want {
		t.Errorf("in a job's transaction: %s, want %s", got, want)
	}
	var after string
	if err := d.Pool().QueryRow(t.Context(), `select current_user || current_setting('quorate.actor', true)`).Scan(&after); err != nil || after != "quorate_app" {
		t.Errorf("after: %q %v", after, err)
	}
}

// The role the server works as must not be a way round the rules of the tables.
func TestServersRoleOwnsNothing(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	var owned int
	var powerful bool
	err := d.Pool().QueryRow(t.Context(), `select
		(select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)),
		(select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user)`).Scan(&owned, &powerful)
	if err != nil || owned != 0 || powerful {
		t.Errorf("owns %d, powerful %v, %v", owned, powerful, err)
	}
	for _, statement := range []string{`create table sly ()`, `alter table test_note disable row level security`, `create role sly`} {
		if err := d.Write(t.Context(), job, func(tx db.Tx) error { return tx.Exec(statement).Error }); err == nil {
			t.Errorf("%s: allowed", statement)
		}
	}
}

// Forms say which field to mend by the constraint's name.
func TestBrokenConstraintsCanBeTold(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	for _, c := range []struct {
		statement  string
		is         error
		constraint string
	}{
		{`insert into test_note (text) values ('a'), ('a')`, gorm.ErrDuplicatedKey, "test_note_text_key"},
		{`insert into test_reply (note_id, text) values (9, 'a')`, gorm.ErrForeignKeyViolated, "test_reply_note_fkey"},
		{`insert into test_note (text) values ('')`, gorm.ErrCheckConstraintViolated, "test_note_text_check"},
	} {
		err := d.Write(t.Context(), job, func(tx db.Tx) error { return tx.Exec(c.statement).Error })
		if !errors.Is(err, c.is) || db.Constraint(err) != c.constraint {
			t.Errorf("%s: %v, constraint %q", c.statement, err, db.Constraint(err))
		}
	}
}

// What somebody typed must not reach a log by way of an error or a statement.
func TestValuesStayOutOfErrorsAndLogs(t *testing.T) {
	t.Parallel()
	const secret = "canary-surname"
	var log lockedText
	d := setup(t, db.Config{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	err := d.Write(t.Context(), job, func(tx db.Tx) error {
		return tx.Exec(`select ?::text::uuid, pg_sleep(0)`, secret).Error
	})
	if err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "22P02") {
		t.Errorf("error: %v", err)
	}
	err = d.Read(t.Context(), job, func(tx db.Tx) error {
		var found []struct{ Text string }
		return errors.Join(
			tx.Exec(`select pg_sleep(0.25), ?::text`, secret).Error,
			tx.Raw(`select ?::text as text, pg_sleep(0.25)`, secret).Scan(&found).Error,
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, secret) || strings.Count(text, "a slow statement") != 2 || !strings.Contains(text, "22P02") {
		t.Errorf("log: %s", text)
	}
}

// Of two people saving at once one must be told, not silently undone.
func TestStaleVersionIsTold(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	owner(t, d, `insert into test_note (text, version) values ('a', 2)`)
	save := func(version int) error {
		return d.Write(t.Context(), clerk, func(tx db.Tx) error {
			return db.RequireOne(tx.Model(&note{ID: 1}).Where("version = ?", version).
				Updates(map[string]any{"text": "b", "version": version + 1}))
		})
	}
	if err := save(1); !fault.Is(err, fault.Stale) {
		t.Errorf("an old version: %v", err)
	}
	if err := save(2); err != nil {
		t.Error(err)
	}
}

// Saving one thing must not quietly rewrite another that hangs on it.
func TestAssociationsAreNotSaved(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		n := note{Text: "a", Replies: []reply{{Text: "b"}}}
		if err := tx.Create(&n).Error; err != nil {
			return err
		}
		if n.ID == 0 || !n.CreatedAt.Equal(dbtest.Begin) || !tx.Now.Equal(dbtest.Begin) {
			t.Errorf("created %+v at %v", n, tx.Now)
		}
		var replies int64
		err := tx.Model(&reply{}).Count(&replies).Error
		if replies != 0 {
			t.Errorf("%d replies were saved", replies)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A statement that waited must be there for whatever asks next, and one that changed nothing must not pass
// for a change that was made.
func TestWhatWaitsIsSentInOrder(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	add := func(tx db.Tx, text string) error {
		return tx.Later(1, func(g *gorm.DB) *gorm.DB { return g.Create(&note{Text: text}) })
	}
	rename := func(tx db.Tx, from, to string) error {
		return tx.Later(1, func(g *gorm.DB) *gorm.DB { return g.Exec(`update test_note set text = ? where text = ?`, to, from) })
	}
	count := func(tx db.Tx, text string) (n int64) {
		if err := tx.Model(&note{}).Where("text = ?", text).Count(&n).Error; err != nil {
			t.Error(err)
		}
		return n
	}
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		if err := errors.Join(add(tx, "a"), rename(tx, "a", "b")); err != nil {
			return err
		}
		if count(tx, "b") != 1 {
			t.Error("a read did not see what waited before it")
		}
		return errors.Join(add(tx, "c"), tx.Enqueue(db.Job{Args: cancelled{}}), rename(tx, "b", "d"))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), clerk, func(tx db.Tx) error {
		if count(tx, "c") != 1 || count(tx, "d") != 1 {
			t.Error("what waited last was not made durable")
		}
		return errors.Join(add(tx, "e"), rename(tx, "nothing", "f"))
	})
	if err == nil {
		t.Error("a change of nothing passed for a change")
	}
	err = d.Write(t.Context(), clerk, func(tx db.Tx) error {
		if err := errors.Join(add(tx, "e"), rename(tx, "nothing", "f")); err != nil {
			return err
		}
		var n int64
		_ = tx.Raw(`select count(*) from test_note`).Scan(&n) // whoever does not look at the error
		return nil
	})
	if err == nil {
		t.Error("an error nobody looked at was committed")
	}
	_ = d.Read(t.Context(), clerk, func(tx db.Tx) error {
		if count(tx, "e") != 0 {
			t.Error("a refused transaction left something")
		}
		return nil
	})
}

// Two clerks who touch the same two things in opposite order must both get through.
func TestDeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	owner(t, d, `insert into test_note (text) values ('a'), ('b'); alter database "`+databaseName(t, d)+`" set deadlock_timeout = '20ms'`)
	var both sync.WaitGroup
	var meet [2]sync.Once
	met := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	tries := make(chan int, 20)
	for i := range 2 {
		both.Go(func() {
			err := d.Write(context.Background(), job, func(tx db.Tx) error {
				tries <- i
				if err := tx.Exec(`update test_note set version = version + 1 where id = ?`, i+1).Error; err != nil {
					return err
				}
				meet[i].Do(func() { close(met[i]) })
				<-met[1-i] // both hold their first lock
				return tx.Exec(`update test_note set version = version + 1 where id = ?`, 2-i).Error
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	var least, most int
	if err := d.Pool().QueryRow(t.Context(), `select min(version), max(version) from test_note`).Scan(&least, &most); err != nil || least != 3 || most != 3 {
		t.Errorf("versions %d to %d, want 3: each change once; %v", least, most, err)
	}
	if len(tries) < 3 {
		t.Errorf("%d tries: they never met", len(tries))
	}
}

func databaseName(t *testing.T, d *db.DB) (name string) {
	t.Helper()
	if err := d.Pool().QueryRow(t.Context(), `select current_database()`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

// A pool that is full of transactions each waiting for a second connection never moves again.
func TestPoolOfTwoIsEnough(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{MaxConns: 2})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for range 5 {
				err := d.Write(ctx, clerk, func(tx db.Tx) error {
					tx.Notify("test", "x")
					tx.AfterCommit(func() {
						if err := d.Ping(ctx); err != nil {
							t.Error(err)
						}
					})
					return errors.Join(
						tx.Create(&note{Text: uuid.NewString()}).Error,
						tx.Enqueue(db.Job{Args: cancelled{}, UniqueKey: uuid.NewString()}),
						audit.Record(tx, audit.Entry{Action: "x", ObjectKind: "x", ObjectID: "x"}),
					)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if got := notes(t, d); len(got) != 80 {
		t.Errorf("%d notes, want 80", len(got))
	}
}

// A browser that hangs up, or a server that stops, in the middle of a change must not half make it.
func TestCancelledWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{MaxConns: 1})
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, clerk, func(tx db.Tx) error {
			err := errors.Join(tx.Create(&note{Text: "a"}).Error, tx.Enqueue(db.Job{Args: cancelled{}}))
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error: %v", err)
		}
	}
	if got, waiting := notes(t, d), dbtest.Jobs(t, d, ""); len(got)+len(waiting) != 0 {
		t.Errorf("left: %v, %v", got, waiting)
	}
}

// The mistake that makes the pool stick is refused where it is made.
func TestTransactionInsideATransactionIsRefused(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		return d.Read(tx.Context(), clerk, func(db.Tx) error { return nil })
	})
	if err == nil || !strings.Contains(err.Error(), "inside a transaction") {
		t.Errorf("error: %v", err)
	}
}

// Two halves of one page must not disagree.
func TestReadSeesOneMoment(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
		var before, after int64
		if err := tx.Model(&note{}).Count(&before).Error; err != nil {
			return err
		}
		owner(t, d, `insert into test_note (text) values ('meanwhile')`)
		err := tx.Model(&note{}).Count(&after).Error
		if before != after {
			t.Errorf("%d notes, then %d", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A person should read "try again in a moment", not a stack trace; and the next request must work.
func TestLostConnectionIsUnavailable(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		var pid int
		if err := tx.Raw(`select pg_backend_pid()`).Scan(&pid).Error; err != nil {
			return err
		}
		owner(t, d, `do $$ begin perform pg_terminate_backend(`+strconv.Itoa(pid)+`, 5000); end $$`)
		return tx.Create(&note{Text: "lost"}).Error
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("error: %v", err)
	}
	if got := notes(t, d); len(got) != 0 {
		t.Errorf("notes: %v", got)
	}
}

// A process that its machine holds up in the middle of a change must not keep a whole meeting waiting for a
// minute, nor have those who wait refused.
func TestWhoeverStandsStillMakesWay(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	owner(t, d, `insert into test_note (text) values ('one')`)
	change := func(tx db.Tx) error { return tx.Exec(`update test_note set version = version + 1`).Error }
	held, wentOn := make(chan struct{}), make(chan struct{})
	var standing sync.WaitGroup
	standing.Go(func() {
		err := d.WriteBriefly(context.Background(), job, func(tx db.Tx) error {
			if err := change(tx); err != nil {
				return err
			}
			close(held)
			<-wentOn
			return change(tx)
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("whoever stood still was told %v", err)
		}
	})
	<-held
	if err := d.WriteBriefly(t.Context(), clerk, change); err != nil {
		t.Errorf("whoever waited was told %v", err)
	}
	close(wentOn)
	standing.Wait()
	var version int
	if err := d.Pool().QueryRow(t.Context(), `select version from test_note`).Scan(&version); err != nil || version != 2 {
		t.Errorf("version %d, want 2: the change of whoever waited, and no other (%v)", version, err)
	}
}

// Who waits longer than was allowed reads that, and not that something broke.
func TestPastItsTimeIsUnavailable(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := d.Write(ctx, clerk, func(tx db.Tx) error { return tx.Exec(`select pg_sleep(10)`).Error })
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error: %v", err)
	}
}

// Someone who sets the product up wrongly must read what to do.
func TestUnreachableDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for url, want := range map[string]string{
		"postgres://a:secret@" + closed.Addr().String() + "/a": "The database cannot be reached.",
		"postgres://a:secret@[":                                "QUORATE_DATABASE_URL is not the address",
	} {
		_, err := db.Open(t.Context(), db.Config{URL: url})
		if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || !strings.Contains(f.Sentence, want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

// A replica that missed a hint and never looked again would show yesterday's vote.
func TestListenHearsAfterCommitAndResyncsAfterABreak(t *testing.T) {
	t.Parallel()
	d := setup(t, db.Config{Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	heard, ready, over := make(chan string, 10), make(chan struct{}, 10), make(chan struct{})
	go func() {
		defer close(over)
		d.Listen(ctx, "meeting", func(payload string) { heard <- payload }, func() { ready <- struct{}{} })
	}()
	<-ready
	err := d.Write(t.Context(), clerk, func(tx db.Tx) error {
		tx.Notify("meeting", "one")
		tx.Notify("meeting", "one")
		tx.Notify("meeting", "two")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := <-heard, <-heard; a != "one" || b != "two" {
		t.Errorf("heard %s, %s", a, b)
	}
	_ = d.Write(t.Context(), clerk, func(tx db.Tx) error { tx.Notify("meeting", "never"); return errors.New("stop") })
	owner(t, d, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'quorate-listen' and datname = current_database()`)
	<-ready
	if err := d.Notify(t.Context(), "meeting", "three"); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "three" {
		t.Errorf("heard %s", got)
	}
	cancel()
	<-over
}

// lockedText is a log that several goroutines write.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder // protected by mu
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
