package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// dataFolder is a folder for a private Postgres that Postgres's own account can enter.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "quorate-private-*")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if running(t, folder) {
			t.Error("Postgres was left running")
			if _, err := db.DiscardPrivate(context.Background(), folder); err != nil {
				t.Error(err)
			}
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func openPrivate(t *testing.T, folder string) *db.Private {
	t.Helper()
	p, err := db.OpenPrivate(t.Context(), db.PrivateConfig{DataDir: folder, FsyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func release(t *testing.T, p *db.Private) {
	t.Helper()
	if err := p.Release(context.Background()); err != nil {
		t.Error(err)
	}
}

func postmaster(t *testing.T, folder string) (pid int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "postgres", "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	pid, err = strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func running(t *testing.T, folder string) bool {
	t.Helper()
	pid := postmaster(t, folder)
	return pid != 0 && syscall.Kill(pid, 0) == nil
}

func ask(t *testing.T, url, statement string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), statement).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// Somebody who tries the product on a laptop closes it in the evening and expects their data, and no
// forgotten server, in the morning.
func TestPrivatePostgresKeepsItsDataAndStops(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	first := openPrivate(t, folder)
	conn, err := pgx.Connect(t.Context(), first.OwnerURL(""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `create table kept as select 'still here' as word; grant select on kept to quorate_app`); err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	release(t, first)
	if running(t, folder) {
		t.Fatal("the last one out left it running")
	}
	second := openPrivate(t, folder)
	if got := ask(t, second.AppURL(""), `select word || current_user from kept`); got != "still herequorate_app" {
		t.Errorf("kept: %s", got)
	}
	// Case content must not reach Postgres's log, and nobody on the network may knock.
	for setting, want := range map[string]string{
		"listen_addresses": "", "log_statement": "none", "log_error_verbosity": "terse", "TimeZone": "UTC", "log_min_error_statement": "panic",
	} {
		if got := ask(t, second.OwnerURL(""), `select current_setting('`+setting+`')`); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := ask(t, second.OwnerURL(""), `select string_agg(name, ' ' order by name) from (values ('Zoe'), ('Éve'), ('adam')) p (name)`); got != "adam Éve Zoe" {
		t.Errorf("names sort as %s", got)
	}
	release(t, second)
	release(t, second) // harmless
}

// A power cut is when the promise "nothing acknowledged is lost" is kept or broken.
func TestPrivatePostgresIsDurableOutsideTests(t *testing.T) {
	t.Parallel()
	p, err := db.OpenPrivate(t.Context(), db.PrivateConfig{DataDir: dataFolder(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer release(t, p)
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := ask(t, p.OwnerURL(""), `select current_setting('`+setting+`')`); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

// `quorate import` beside a running server must use the same database, and leave it running.
func TestPrivatePostgresIsSharedAndTheLastOneStopsIt(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	held := make([]*db.Private, 4)
	var together sync.WaitGroup
	for i := range held {
		together.Go(func() {
			p, err := db.OpenPrivate(context.Background(), db.PrivateConfig{DataDir: folder, FsyncOff: true})
			if err != nil {
				t.Error(err)
			}
			held[i] = p
		})
	}
	together.Wait()
	if t.Failed() {
		t.FailNow()
	}
	pid := postmaster(t, folder)
	for i, p := range held {
		if !running(t, folder) || postmaster(t, folder) != pid {
			t.Fatalf("stopped with %d holders left", len(held)-i)
		}
		if got := ask(t, p.AppURL(""), `select 'here'`); got != "here" {
			t.Error(got)
		}
		release(t, p)
	}
	if running(t, folder) {
		t.Error("the last one out left it running")
	}
}

// holderVariable makes the test program hold the private Postgres of a folder until it is killed or
// its input ends: another process, for the tests that need one.
const holderVariable = "QUORATE_TEST_HOLDER"

func hold(folder string) {
	p, err := db.OpenPrivate(context.Background(), db.PrivateConfig{DataDir: folder, FsyncOff: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("holding")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := p.Release(context.Background()); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

type holder struct {
	cmd  *exec.Cmd
	stop func() error // lets it finish in good order
}

func startHolder(t *testing.T, folder string) holder {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), holderVariable+"="+folder)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "holding\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return holder{cmd, func() error { in.Close(); return cmd.Wait() }}
}

// A server that is killed must leave the data whole for the next, and not stop its neighbour's database.
func TestKilledProcessLeavesPostgresToTheNext(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	other := startHolder(t, folder)
	pid := postmaster(t, folder)
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.cmd.Wait() // "signal: killed"
	if !running(t, folder) {
		t.Fatal("Postgres died with the process that started it")
	}
	mine := openPrivate(t, folder)
	if got := postmaster(t, folder); got != pid {
		t.Errorf("it was started again (%d, then %d) and not adopted", pid, got)
	}
	third := startHolder(t, folder)
	release(t, mine)
	if !running(t, folder) {
		t.Fatal("stopped while another process held it")
	}
	if err := third.stop(); err != nil {
		t.Error(err)
	}
	if running(t, folder) {
		t.Error("the last process out left it running")
	}
}

// After a power cut the number in postmaster.pid may belong to any program, even to us.
func TestStaleNotesDoNotKeepPostgresFromStarting(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	release(t, openPrivate(t, folder))
	stale := fmt.Sprintf("%d\n%s\n1700000000\n5432\n/nowhere\n\n\nready\n", os.Getpid(), filepath.Join(folder, "postgres"))
	if err := os.WriteFile(filepath.Join(folder, "postgres", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openPrivate(t, folder)
	if got := ask(t, p.AppURL(""), `select 'here'`); got != "here" {
		t.Error(got)
	}
	release(t, p)
}

// Tidying programs remove old sockets; the product must come up all the same.
func TestLostSocketIsMadeAgain(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	left := startHolder(t, folder)
	_ = left.cmd.Process.Kill()
	_ = left.cmd.Wait()
	text, err := os.ReadFile(filepath.Join(folder, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(strings.Split(string(text), "\n")[4]); err != nil {
		t.Fatal(err)
	}
	p := openPrivate(t, folder)
	if got := ask(t, p.AppURL(""), `select 'here'`); got != "here" {
		t.Error(got)
	}
	release(t, p)
}

// Whoever installs the product reads these sentences before any manual.
func TestFolderPostgresCannotEnterIsExplained(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs Postgres as somebody else")
	}
	closed := t.TempDir() // under a folder that only we can enter
	_, err := db.OpenPrivate(t.Context(), db.PrivateConfig{DataDir: filepath.Join(closed, "data"), FsyncOff: true})
	if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, "QUORATE_DATA_DIR") {
		t.Errorf("error: %v", err)
	}
}

// The whole product on its own database: open, and everything is there.
func TestOpenWithoutAnAddressUsesThePrivatePostgres(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	d, err := db.Open(t.Context(), db.Config{DataDir: folder, FsyncOff: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
