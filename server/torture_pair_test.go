package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/bench/attend"
)

// pair is two replicas of the program on one careful Postgres, behind one address.
type pair struct {
	t        *testing.T
	folder   string
	private  []*db.Private // each time Postgres was started
	db       *db.DB
	front    *proxy
	ports    [2]int
	settings []string
	replicas [2]*attend.Program
}

// openPair starts them. before is done to the database when nobody uses it yet.
func openPair(ctx context.Context, t *testing.T, before ...string) *pair {
	t.Helper()
	x := preparePair(ctx, t, before...)
	x.serve(ctx, x.front.url())
	return x
}

// preparePair is all of it but the programs.
func preparePair(ctx context.Context, t *testing.T, before ...string) *pair {
	t.Helper()
	x := &pair{t: t, folder: shortFolder(t)}
	t.Cleanup(x.discard)
	x.startPostgres(ctx)
	x.db = dbtest.Open(t, db.Config{URL: x.private[0].OwnerURL(""), MaxConns: 4})
	err := x.db.AsOwner(ctx, func(owner *sql.DB) error {
		for _, statement := range before {
			if _, err := owner.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x.ports = [2]int{freePort(t), freePort(t)}
	x.front = openProxy(t, "localhost:"+strconv.Itoa(x.ports[0]), "localhost:"+strconv.Itoa(x.ports[1]))
	return x
}

// serve starts the programs for people who come by an address.
func (x *pair) serve(ctx context.Context, origin string) {
	x.t.Helper()
	x.settings = []string{"QUORATE_DATABASE_URL=" + x.private[0].OwnerURL(""), "QUORATE_DATABASE_DIRECT_URL=", "QUORATE_BASE_URL=" + origin, "QUORATE_DATA_DIR=" + x.folder}
	x.start(ctx, 0)
	x.start(ctx, 1)
}

// shortFolder is a scratch folder that Postgres may enter, and not t.TempDir: its long path has no room
// for a socket's name.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "quorate-torture-")
	if err == nil {
		err = os.Chmod(folder, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func (x *pair) start(ctx context.Context, replica int) {
	x.t.Helper()
	x.replicas[replica] = start(ctx, x.t, x.ports[replica], x.settings...)
}

func (x *pair) startPostgres(ctx context.Context) {
	x.t.Helper()
	private, err := db.OpenPrivate(ctx, db.PrivateConfig{DataDir: x.folder})
	if err != nil {
		x.t.Fatal(err)
	}
	x.private = append(x.private, private)
}

// discard leaves nothing behind, after the programs and the database are closed.
func (x *pair) discard() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var failed error
	for _, private := range x.private {
		failed = errors.Join(failed, private.Release(ctx))
	}
	if err := errors.Join(failed, os.RemoveAll(x.folder)); err != nil {
		x.t.Error(err)
	}
}

// stopPostgres stops it immediately: it writes nothing down and says goodbye to nobody.
func (x *pair) stopPostgres() {
	x.t.Helper()
	stopPostgresIn(x.t, filepath.Join(x.folder, "postgres"))
}

func stopPostgresIn(t *testing.T, cluster string) {
	t.Helper()
	notes, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(notes), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	limit := time.After(patience)
	for {
		if _, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd"); err != nil {
			return
		}
		select {
		case <-limit:
			t.Fatal("Postgres did not stop")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// reachable waits until the database answers, with none of the connections from before.
func reachable(ctx context.Context, t *testing.T, database *db.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	database.Pool().Reset()
	for database.Ping(ctx) != nil {
		select {
		case <-ctx.Done():
			t.Fatal("the database does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// listening counts the processes that hear each other through Postgres.
func listening(ctx context.Context, t *testing.T, database *db.DB) (n int) {
	t.Helper()
	err := database.Read(ctx, access.System("survival"), func(tx db.Tx) error {
		return tx.Raw(`select count(*) from pg_stat_activity where application_name = 'quorate-listen' and datname = current_database()`).Scan(&n).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
