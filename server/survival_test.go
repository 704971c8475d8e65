package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/bench/attend"
)

// The real program is built, started and killed while people act in a meeting over real sockets. What
// each of them was told had been recorded must be there, once, whatever happened to the program.

// TestMain takes away the program that the tests built.
func TestMain(m *testing.M) {
	code := m.Run()
	if builtFolder != "" {
		_ = os.RemoveAll(builtFolder) // the temporary folder is emptied by others too
	}
	os.Exit(code)
}

var builtFolder string // set once, by built

var built = sync.OnceValues(func() (binary string, err error) {
	if builtFolder, err = os.MkdirTemp("", "quorate-built-"); err != nil {
		return "", err
	}
	binary = filepath.Join(builtFolder, "quorate")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

const (
	startWithin = time.Minute      // the machine may be busy with other packages
	patience    = 20 * time.Second // for a message that must come
	joinWithin  = 5 * time.Second  // for a line, before another is tried
)

// times is how often a fault is brought about: a few times among all the tests, and in full for make
// torture, which sets QUORATE_TORTURE.
func times(few, full int) int {
	switch {
	case os.Getenv("QUORATE_TORTURE") != "":
		return full
	case testing.Short():
		return min(few, 3)
	}
	return few
}

// dataFolder is a scratch folder for a private Postgres with the settings people get, and the
// database in it. The Postgres goes when the test ends.
func dataFolder(ctx context.Context, t *testing.T) (string, *db.DB) {
	t.Helper()
	folder := shortFolder(t)
	t.Cleanup(func() { // after the database is closed
		gone, err := db.DiscardPrivate(context.WithoutCancel(ctx), folder)
		if err := errors.Join(err, os.RemoveAll(folder)); err != nil || !gone {
			t.Errorf("the private Postgres is gone: %t (%v)", gone, err)
		}
	})
	database := dbtest.Open(t, db.Config{DataDir: folder})
	return folder, database
}

func start(ctx context.Context, t *testing.T, port int, settings ...string) *attend.Program {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	program, err := attend.Start(ctx, binary, port, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := program.Kill(); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(program.Said()) {
			if t.Failed() && strings.Contains(line, "command failed") {
				t.Logf("the program at %s said: %s", program.URL, line)
			}
		}
	})
	return program
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := attend.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// A position somebody was told is recorded, and is not, is money that nobody agreed to pay.
func TestKilledAndStoppedNothingAcknowledgedIsLost(t *testing.T) {
	ctx := t.Context()
	folder, database := dataFolder(ctx, t)
	settings := []string{"QUORATE_DATA_DIR=" + folder, "QUORATE_DATABASE_URL=", "QUORATE_BASE_URL="}
	port := freePort(t)
	program := start(ctx, t, port, settings...)
	p := openPanel(ctx, t, database, program.URL)

	kills := times(12, 200)
	began := time.Now()
	for round := 1; round <= kills; round++ {
		before := p.record.size.Load()
		rest := make(chan struct{})
		finished := p.act(ctx, rest)
		p.waitForAcknowledgements(before + 10 + rand.N(int64(30)))
		p.must(program.Kill())
		close(rest)
		program = start(ctx, t, port, settings...)
		p.must(finished())
		within, cancel := context.WithTimeout(ctx, patience)
		if err := p.survived(within, int(before)); err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		cancel()
	}
	t.Logf("%d kills, %d commands acknowledged, lost 0, %.1f s", kills, p.record.size.Load(), time.Since(began).Seconds())

	p.stopsGracefully(ctx, program, func() *attend.Program { return start(ctx, t, port, settings...) })
	p.checkNoticesALoss(ctx)
}

// stopsGracefully stops the program while people act: each is told to come back, what was acknowledged
// is there, and the program ends well.
func (p *panel) stopsGracefully(ctx context.Context, program *attend.Program, again func() *attend.Program) {
	p.t.Helper()
	for _, who := range p.people {
		who.mu.Lock()
		who.byes = nil
		who.mu.Unlock()
	}
	before := p.record.size.Load()
	rest := make(chan struct{})
	finished := p.act(ctx, rest)
	p.waitForAcknowledgements(before + 20)
	stopping, cancel := context.WithTimeout(ctx, 2*stopTimeout)
	defer cancel()
	p.must(program.Stop(stopping))
	close(rest)
	again()
	p.must(finished())
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.survived(within, int(before)); err != nil {
		p.t.Fatalf("after a graceful stop: %v", err)
	}
	for _, who := range p.people {
		who.mu.Lock()
		if !slices.Equal(who.byes, []string{"restart"}) {
			p.t.Errorf("%s was told %q at the stop, want one “restart”", who.Name, who.byes)
		}
		who.mu.Unlock()
	}
}

// Two replicas of the program behind one name must be one meeting.
func TestTwoReplicasAreOneMeeting(t *testing.T) {
	ctx := t.Context()
	address := dbtest.NewURL(t)
	database := dbtest.Open(t, db.Config{URL: address})
	direct, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := direct.Query()
	query.Set("application_name", "direct")
	direct.RawQuery = query.Encode()
	// Behind a pooler no session can LISTEN, so every hint between the replicas is lost: what one does,
	// the other only finds by asking.
	settings := []string{"QUORATE_DATABASE_URL=" + address, "QUORATE_DATABASE_DIRECT_URL=" + direct.String(), "QUORATE_BASE_URL="}
	first := start(ctx, t, freePort(t), settings...)
	second := start(ctx, t, freePort(t), settings...)
	p := openPanel(ctx, t, database, first.URL)
	voter := p.people[1]
	there := p.join(ctx, voter.Sitter, second.URL, voter.next)
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, _, err = there.connected(within)
	p.must(err)

	var slowest time.Duration
	for n := range 8 {
		p.must(voter.do(within, changePosition(voter, n)))
		told := time.Now()
		_, err := there.reaches(within, p.record.entries()[p.record.size.Load()-1].seq)
		p.must(err)
		slowest = max(slowest, time.Since(told))
	}
	t.Logf("with every hint lost the other replica showed each of 8 changes within %d ms", slowest.Milliseconds())
	if slowest > 2*time.Second {
		t.Errorf("a change at one replica was seen at the other after %s, want within two seconds", slowest)
	}

	// One click, sent to both at once, by a browser that could not tell which had heard it.
	for n := range 10 {
		id, change := uuid.Must(uuid.NewV7()), changePosition(voter, n+1)
		var (
			asking  sync.WaitGroup
			replies [2]attend.Message
			failed  [2]error
		)
		for i, who := range []*person{voter, there} {
			asking.Go(func() { replies[i], failed[i] = who.ask(within, id, change) })
		}
		asking.Wait()
		p.must(errors.Join(failed[:]...))
		if replies[0].Error != nil || replies[1].Error != nil || replies[0].Seq != replies[1].Seq {
			t.Fatalf("the same click was answered %d (%v) and %d (%v)", replies[0].Seq, replies[0].Error, replies[1].Seq, replies[1].Error)
		}
		p.record.write(acknowledged{id, replies[0].Seq, voter.Person, change})
	}
	p.must(p.survived(within, len(p.record.entries())))
}
