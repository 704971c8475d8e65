package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quorate/panels/room"
	"quorate/server/bench/attend"
)

// The program is killed under a full house and everybody comes back at once, as pages do. Each is shown the
// meeting as it is, nobody stays out, and what the chair does next reaches all of them.
func TestSurvivesAStormOfReconnections(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	folder, database := dataFolder(ctx, t)
	settings := []string{"QUORATE_DATA_DIR=" + folder, "QUORATE_DATABASE_URL=", "QUORATE_BASE_URL="}
	port := freePort(t)
	program := start(ctx, t, port, settings...)
	p := openPanel(ctx, t, database, program.URL)
	session, err := attend.SignIn(ctx, program.URL, p.Others[0].Person)
	p.must(err)

	crowd := times(300, 2_000)
	at := make([]atomic.Int64, crowd) // the last event each screen shows
	var everybody sync.WaitGroup
	defer everybody.Wait()
	defer cancel()
	entering := make(chan struct{}, 64) // a browser is not refused for want of a place in our own queue
	for i := range crowd {
		everybody.Go(func() {
			for wait := 500 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, 10*time.Second) {
				entering <- struct{}{}
				line, err := attend.Join(ctx, program.URL, session, p.Meeting.ID, at[i].Load())
				<-entering
				if err == nil {
					stop := context.AfterFunc(ctx, func() { line.Close() })
					if showOn(line, &at[i]) {
						wait = 250 * time.Millisecond
					}
					stop()
					line.Close()
				}
				select {
				case <-ctx.Done():
				case <-time.After(wait + rand.N(wait/3)):
				}
			}
		})
	}
	came := p.allShow(t, at, p.lastSeq(ctx))
	before := memoryOf(t, program)
	p.must(program.Kill())
	for i := range at {
		at[i].Store(0) // each must be shown the whole meeting again
	}
	program = start(ctx, t, port, settings...)
	back := p.allShow(t, at, p.lastSeq(ctx))
	began := time.Now()
	p.must(p.people[0].do(ctx, room.RecordAttendance{Present: true, Remote: true}))
	p.allShow(t, at, p.lastSeq(ctx))
	t.Logf("%d sockets: in within %.1f s; after a kill all back within %.1f s of the start; the chair’s next step on every screen within %d ms; memory %d MB before, %d MB after",
		crowd, came.Seconds(), back.Seconds(), time.Since(began).Milliseconds(), before>>20, memoryOf(t, program)>>20)
	within, enough := context.WithTimeout(ctx, patience)
	defer enough()
	p.must(p.survived(within, 0))
}

// showOn takes in what a line says, and reports whether it showed the meeting at all.
func showOn(line *attend.Line, at *atomic.Int64) (shown bool) {
	for {
		_, text, err := line.ReadMessage()
		if err != nil {
			return shown
		}
		if seq := attend.FrameSeq(text); seq > 0 {
			at.Store(seq)
			shown = true
		}
	}
}

func (p *panel) lastSeq(ctx context.Context) int64 {
	p.t.Helper()
	state, err := p.state(ctx)
	p.must(err)
	return state.Seq()
}

// allShow waits until every screen shows an event, and says how long that took.
func (p *panel) allShow(t *testing.T, at []atomic.Int64, seq int64) time.Duration {
	t.Helper()
	began := time.Now()
	limit := time.After(2 * time.Minute)
	for i := range at {
		for at[i].Load() < seq {
			select {
			case <-limit:
				missing := 0
				for j := range at {
					if at[j].Load() < seq {
						missing++
					}
				}
				t.Fatalf("after two minutes %d of %d screens do not show event %d", missing, len(at), seq)
			case <-time.After(time.Millisecond):
			}
		}
	}
	return time.Since(began)
}
