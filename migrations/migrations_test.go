package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx

	"quorate/migrations"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// emptyDatabase is a database without a table, and its owner: an ordinary role, as a council's own
// Postgres would give us, who may work as the server's role because an administrator said so.
func emptyDatabase(t *testing.T) (ownerURL string) {
	t.Helper()
	super := dbtest.NewURL(t) // its user may make roles and databases; that database is not used itself
	name := fmt.Sprintf("quorate_test_empty_%d_%s", os.Getpid(), strings.ToLower(t.Name()[len("Test"):]))
	run := func(statements ...string) {
		conn, err := pgx.Connect(context.Background(), super)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		for _, statement := range statements {
			if _, err := conn.Exec(context.Background(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	run("create role "+name+" login password 'test'", "create database "+name+" owner "+name)
	t.Cleanup(func() { run("drop database "+name+" with (force)", "drop role "+name) })
	address, err := url.Parse(super)
	if err != nil {
		t.Fatal(err)
	}
	address.User, address.Path = url.UserPassword(name, "test"), "/"+name
	return address.String()
}

func grantAppRole(t *testing.T, ownerURL string) {
	t.Helper()
	address, err := url.Parse(ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dbtest.NewURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "grant "+db.AppRole+" to "+address.User.Username()); err != nil {
		t.Fatal(err)
	}
}

func up(t *testing.T, ownerURL string) error {
	t.Helper()
	owner, err := sql.Open("pgx", ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	return migrations.Up(context.Background(), owner)
}

// Three replicas are started at once on a new database: none may fail, and no step may run twice.
func TestReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	ownerURL := emptyDatabase(t)
	grantAppRole(t, ownerURL)
	var together sync.WaitGroup
	for range 3 {
		together.Go(func() {
			if err := up(t, ownerURL); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	owner, err := sql.Open("pgx", ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if pending, err := migrations.Pending(t.Context(), owner); err != nil || pending {
		t.Errorf("pending %v, %v", pending, err)
	}
	var twice int
	err = owner.QueryRowContext(t.Context(), `select count(*) from (select from goose_db_version group by version_id having count(*) > 1) t`).Scan(&twice)
	if err != nil || twice != 0 {
		t.Errorf("%d steps ran twice, %v", twice, err)
	}
}

// On a council's own Postgres we are no superuser; the server must come up all the same, and as its
// own lowly role.
func TestOrdinaryOwnerIsEnough(t *testing.T) {
	t.Parallel()
	ownerURL := emptyDatabase(t)
	grantAppRole(t, ownerURL)
	if err := up(t, ownerURL); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, db.Config{URL: ownerURL, MaxConns: 2})
	var who string
	err := d.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select current_user`).Scan(&who).Error
	})
	if err != nil || who != db.AppRole {
		t.Errorf("works as %q, %v", who, err)
	}
}

// Every table there is, and every one to come, must be open to the server, or a page fails in service
// that worked for its author, who was the owner.
func TestServerMayUseEveryTable(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	rows, err := d.Pool().Query(t.Context(), `
		select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relname not like 'goose%' and (
			c.relkind in ('r', 'p', 'v') and not has_table_privilege(c.oid, 'select, insert')
			or c.relkind = 'S' and not has_sequence_privilege(c.oid, 'usage'))`)
	if err != nil {
		t.Fatal(err)
	}
	closed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(closed) != 0 {
		t.Errorf("closed to the server: %v, %v", closed, err)
	}
}

// What was set down must stay, even when a page of the server is broken into: these tables the
// server may add to and not rewrite. Those of the room and of digests are kept by triggers.
func TestServerMayNotRewriteRecords(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for table, kept := range map[string][]string{
		"audit_entry": {"update", "delete"}, "audit_seal": {"update", "delete"}, "audit_content": {"update"}, "agenda_version": {"update", "delete"},
		"rule": {"update", "delete"}, "terms_of_reference": {"update", "delete"}, "case_history": {"update"}, "board_answer": {"update", "delete"},
	} {
		for _, deed := range append(kept, "truncate") {
			var may bool
			if err := d.Pool().QueryRow(t.Context(), `select has_table_privilege(to_regclass($1), $2)`, table, deed).Scan(&may); err != nil {
				t.Errorf("%s %s: %v", deed, table, err)
			} else if may {
				t.Errorf("the server may %s %s", deed, table)
			}
		}
	}
}

// The person who installs it must read what their database's administrator has to do.
func TestMissingGrantIsExplained(t *testing.T) {
	t.Parallel()
	ownerURL := emptyDatabase(t)
	if err := up(t, ownerURL); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, db.Config{URL: ownerURL})
	f := fault.As(d.Ping(t.Context()))
	if f == nil || !strings.Contains(f.Sentence, "GRANT quorate_app TO") {
		t.Errorf("error: %v", f)
	}
}
