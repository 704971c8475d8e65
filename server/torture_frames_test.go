package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/bench/attend"
)

// Whatever somebody's broken or hostile browser sends, the others are not held up by it, nothing of it is
// recorded, and it leaves nothing behind in the program's memory.
func TestSurvivesBadFrames(t *testing.T) {
	ctx := t.Context()
	folder, database := dataFolder(ctx, t)
	program := start(ctx, t, freePort(t), "QUORATE_DATA_DIR="+folder, "QUORATE_DATABASE_URL=", "QUORATE_BASE_URL=")
	p := openPanel(ctx, t, database, program.URL)
	chair, voter := p.people[0], p.people[1]
	old := p.record.entries()[0] // to be played again
	session, err := attend.SignIn(ctx, program.URL, old.person)
	p.must(err)

	quiet := healthy(ctx, p, chair, voter, func() bool { return true }, 40)
	frames := int64(times(2_000, 10_000))
	before := memoryOf(t, program)
	var sent atomic.Int64
	var hostile sync.WaitGroup
	for range 4 {
		hostile.Go(func() {
			for sent.Load() < frames && ctx.Err() == nil {
				line, err := attend.Join(ctx, program.URL, session, p.Meeting.ID, 0)
				if err != nil {
					t.Errorf("a hostile browser could not come back: %v", err)
					return
				}
				go drain(line)
				for sent.Load() < frames && misbehave(line, old, rand.IntN(len(misbehaviours))) == nil {
					sent.Add(1)
				}
				line.Close()
			}
		})
	}
	during := healthy(ctx, p, chair, voter, func() bool { return sent.Load() >= frames }, 40)
	hostile.Wait()
	after := memoryOf(t, program)
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.survived(within, len(p.record.entries())); err != nil {
		t.Fatal(err)
	}
	for _, who := range []*person{chair, voter} {
		who.mu.Lock()
		if len(who.byes) > 0 {
			t.Errorf("%s, who did nothing wrong, was told %q", who.Name, who.byes)
		}
		who.mu.Unlock()
	}
	t.Logf("%d bad frames: a healthy click took %s (%s before) in the middle and %s at p95; memory %d MB, %d MB before",
		sent.Load(), percentileOf(during, 50), percentileOf(quiet, 50), percentileOf(during, 95), after>>20, before>>20)
	if grown := after - before; grown > 64<<20 {
		t.Errorf("the program grew by %d MB", grown>>20)
	}
	if slow := percentileOf(during, 95); slow > time.Second {
		t.Errorf("a healthy click took %s at p95", slow)
	}
}

// misbehaviours are what may be wrong with a message.
var misbehaviours = []func(line *attend.Line, old acknowledged) error{
	func(l *attend.Line, _ acknowledged) error { // malformed
		return l.WriteMessage(websocket.TextMessage, []byte(`{"type":"command","id":`+strings.Repeat("[", rand.IntN(2000))))
	},
	func(l *attend.Line, _ acknowledged) error {
		return l.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 0xff})
	},
	func(l *attend.Line, _ acknowledged) error {
		return l.WriteMessage(websocket.TextMessage, []byte{0xc3, 0x28})
	}, // no letters
	func(l *attend.Line, _ acknowledged) error { // unknown
		return l.WriteJSON(map[string]any{"type": "command", "id": uuid.NewString(), "command": "ballot.steal", "data": map[string]any{}})
	},
	func(l *attend.Line, _ acknowledged) error { // oversized: over 64 kB, which closes the socket
		return l.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 65<<10+rand.IntN(200<<10)))
	},
	func(l *attend.Line, _ acknowledged) error { // unfinished: a frame that promises more than comes
		_, err := l.NetConn().Write([]byte{0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 'a'})
		l.Close()
		return err
	},
	func(l *attend.Line, _ acknowledged) error { // unfinished: a message whose first part never ends
		_, err := l.NetConn().Write([]byte{0x01, 0x81, 1, 2, 3, 4, 'a'})
		return err
	},
	func(l *attend.Line, _ acknowledged) error { // out of order: a continuation of nothing
		_, err := l.NetConn().Write([]byte{0x80, 0x81, 1, 2, 3, 4, 'a'})
		return err
	},
	func(l *attend.Line, _ acknowledged) error { // out of order: the end of a vote that never was
		return l.Send(uuid.New(), room.CloseVote{VoteID: uuid.New()})
	},
	func(l *attend.Line, old acknowledged) error { return l.Send(old.id, old.change) },              // replayed
	func(l *attend.Line, old acknowledged) error { return l.Send(old.id, room.FinishItem{}) },       // replayed as something else
	func(l *attend.Line, _ acknowledged) error { return l.Send(uuid.Nil, room.RecordAttendance{}) }, // of no request
	func(l *attend.Line, _ acknowledged) error {
		_, err := l.NetConn().Write([]byte("GET / HTTP/1.1\r\n\r\n"))
		return err
	}, // no frame at all
}

func misbehave(line *attend.Line, old acknowledged, how int) error {
	if err := line.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	return misbehaviours[how](line, old)
}

// drain reads what the server answers, as a browser does.
func drain(line *attend.Line) {
	for {
		if _, _, err := line.NextReader(); err != nil {
			return
		}
	}
}

// healthy has one person act and another see it, until enough is done and that many times at least.
func healthy(ctx context.Context, p *panel, acts, sees *person, enough func() bool, least int) (took []time.Duration) {
	for n := 0; n < least || !enough(); n++ {
		within, cancel := context.WithTimeout(ctx, patience)
		began := time.Now()
		p.must(acts.do(within, comeAndGo(acts, n)))
		entries := p.record.entries()
		_, err := sees.reaches(within, entries[len(entries)-1].seq)
		p.must(err)
		took = append(took, time.Since(began))
		cancel()
		time.Sleep(5 * time.Millisecond) // people do not click without a pause
	}
	return took
}

func percentileOf(took []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[(len(sorted)-1)*percent/100].Round(100 * time.Microsecond)
}

// memoryOf is what a program holds in memory, in bytes.
func memoryOf(t *testing.T, program *attend.Program) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", program.Pid()))
	if err != nil {
		t.Skipf("this machine does not say what a process holds in memory: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if kilobytes, found := strings.CutPrefix(line, "VmRSS:"); found {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kilobytes), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("no memory in its status")
	return 0
}
