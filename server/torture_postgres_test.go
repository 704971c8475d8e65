package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// Postgres stops as in a power cut, again and again, under two replicas in which people act. Whatever
// somebody was told is recorded is there afterwards; the replicas find their way back by themselves.
func TestSurvivesPostgresStoppedImmediately(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t)
	p := openPanel(ctx, t, x.db, x.front.url())
	stops := times(3, 20)
	began, slowest := time.Now(), time.Duration(0)
	for round := 1; round <= stops; round++ {
		before := p.record.size.Load()
		rest := make(chan struct{})
		finished := p.act(ctx, rest)
		p.waitForAcknowledgements(before + 10 + rand.N(int64(30)))
		x.stopPostgres()
		x.startPostgres(ctx)
		up := time.Now()
		reachable(ctx, t, x.db)
		p.waitForAcknowledgements(p.record.size.Load() + 5) // the meeting goes on by itself
		slowest = max(slowest, time.Since(up))
		close(rest)
		p.must(finished())
		within, cancel := context.WithTimeout(ctx, patience)
		if err := p.survived(within, int(before)); err != nil {
			t.Fatalf("after stop %d: %v", round, err)
		}
		for listening(within, t, x.db) != len(x.replicas) {
			if within.Err() != nil {
				t.Fatalf("after stop %d not every replica listens again", round)
			}
			time.Sleep(20 * time.Millisecond) // between two looks at another process
		}
		cancel()
	}
	t.Logf("%d immediate stops of Postgres, %d commands acknowledged, lost 0, told to try again %d times, going on within %d ms, %.1f s",
		stops, p.record.size.Load(), p.asked.Load(), slowest.Milliseconds(), time.Since(began).Seconds())
	for i, replica := range x.replicas {
		if err := replica.Stop(ctx); err != nil {
			t.Errorf("replica %d: %v", i, err)
		}
	}
}

// The control: the same fault, with a Postgres that says a commit is durable before it is, must be seen
// to lose what was acknowledged. A test that such a Postgres passes would prove nothing.
func TestAForgetfulPostgresIsSeenToLose(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t,
		`alter database quorate set synchronous_commit = off`,
		`alter system set wal_writer_delay = '10s'`, // so that what it has not written is more than a moment's work
		`alter system set bgwriter_delay = '10s'`,
		`select pg_reload_conf()`)
	p := openPanel(ctx, t, x.db, x.front.url())
	told, lost := 0, error(nil)
	for attempt := 1; attempt <= 5 && lost == nil; attempt++ {
		rest := make(chan struct{})
		acting, stop := context.WithCancel(ctx)
		finished := p.act(acting, rest)
		p.waitForAcknowledgements(p.record.size.Load() + 60)
		x.stopPostgres()
		close(rest)
		stop() // nobody asks again: what is lost stays lost
		_ = finished()
		told = len(p.record.entries())
		x.startPostgres(ctx)
		reachable(ctx, t, x.db)
		read, err := p.rows(ctx)
		p.must(err)
		lost = acknowledgedAndGone(p.record.entries(), read)
	}
	if lost == nil {
		t.Fatal("Postgres forgot what it had said was durable and the ledger did not notice: the other tests prove nothing")
	}
	t.Logf("with synchronous_commit = off, of %d commands acknowledged %v", told, lost)
}

// acknowledgedAndGone says how many commands were acknowledged and are not in the database, or nil.
func acknowledgedAndGone(told []acknowledged, read rows) error {
	there := map[string]bool{}
	for _, event := range read.events {
		there[event.CommandID.String()] = true
	}
	gone := 0
	for _, a := range told {
		if !there[a.id.String()] {
			gone++
		}
	}
	if gone == 0 {
		return nil
	}
	return fmt.Errorf("%d are lost", gone)
}
