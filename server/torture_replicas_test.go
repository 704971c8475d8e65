package main

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/bench/attend"
)

// One of two replicas dies, or stands still for half a minute in the middle of a change, whichever it hits.
// The people of both go on through the other, and what each was told is recorded, once.
func TestSurvivesAReplicaKilledOrFrozen(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t)
	p := openPanel(ctx, t, x.db, x.front.url())
	p.silence = 6 * time.Second // then a browser tries another line; a page waits longer, and this is a test
	still := 7 * time.Second    // longer than a change may stand still
	if os.Getenv("QUORATE_TORTURE") != "" {
		still = 30 * time.Second
	}
	began, killed, frozen, inside, afterKill, afterFreeze := time.Now(), 0, 0, 0, time.Duration(0), time.Duration(0)
	for round := range times(4, 40) {
		before := p.record.size.Load()
		rest := make(chan struct{})
		finished := p.act(ctx, rest)
		p.waitForAcknowledgements(before + 10 + rand.N(int64(20)))
		hit := rand.IntN(len(x.replicas))
		if round%2 == 0 {
			killed++
			p.must(x.replicas[hit].Kill())
			hurt := time.Now()
			p.waitForAcknowledgements(p.record.size.Load() + 10) // while it is away
			afterKill = max(afterKill, time.Since(hurt))
			x.start(ctx, hit)
		} else {
			frozen++
			held := x.freezeInside(ctx, hit)
			hurt := time.Now()
			p.waitForAcknowledgements(p.record.size.Load() + 10) // the meeting does not wait for it
			if afterFreeze = max(afterFreeze, time.Since(hurt)); held {
				inside++
			}
			close(rest)
			p.must(finished())
			<-time.After(still - time.Since(hurt))
			rest = make(chan struct{})
			finished = p.act(ctx, rest) // it wakes into a meeting that goes on
			p.must(x.replicas[hit].Thaw())
		}
		p.waitForAcknowledgements(p.record.size.Load() + 10)
		close(rest)
		p.must(finished())
		within, cancel := context.WithTimeout(ctx, 2*patience)
		if err := p.survived(within, int(before)); err != nil {
			t.Fatalf("after fault %d: %v", round+1, err)
		}
		cancel()
	}
	if inside == 0 {
		t.Error("no replica stood still in the middle of a change: nothing was tried")
	}
	t.Logf("%d kills, ten more commands within %d ms of one; %d freezes of %s, %d of them in the middle of a change, ten more within %d ms; %d commands acknowledged, lost 0, told to try again %d times, %.1f s",
		killed, afterKill.Milliseconds(), frozen, still, inside, afterFreeze.Milliseconds(), p.record.size.Load(), p.asked.Load(), time.Since(began).Seconds())
}

// freezeInside has a replica stand still in the middle of a change, so that it holds the meeting; if it is
// not caught there in many tries, wherever it is. It reports which.
func (x *pair) freezeInside(ctx context.Context, replica int) bool {
	x.t.Helper()
	for range 40 {
		if err := x.replicas[replica].Freeze(); err != nil {
			x.t.Fatal(err)
		}
		standing := x.changesBegun(ctx)
		time.Sleep(400 * time.Millisecond) // the other replica's end meanwhile
		if now := x.changesBegun(ctx); slices.ContainsFunc(standing, func(c string) bool { return slices.Contains(now, c) }) {
			return true
		}
		if err := x.replicas[replica].Thaw(); err != nil {
			x.t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
	if err := x.replicas[replica].Freeze(); err != nil {
		x.t.Fatal(err)
	}
	return false
}

// changesBegun names the transactions that have changed something and wait for their next statement.
func (x *pair) changesBegun(ctx context.Context) (begun []string) {
	x.t.Helper()
	err := x.db.AsOwner(ctx, func(owner *sql.DB) error {
		rows, err := owner.QueryContext(ctx, `select pid || ' ' || xact_start || ' ' || query_start from pg_stat_activity where application_name = 'quorate' and state = 'idle in transaction' and backend_xid is not null`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			begun = append(begun, one)
		}
		return rows.Err()
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return begun
}

// A browser that hears nothing sends again, to whichever replica answers, and must have clicked once.
func TestSurvivesTenClicksToBothReplicas(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t)
	p := openPanel(ctx, t, x.db, x.front.url())
	voter := p.people[1]
	clicks := times(5, 200)
	began := time.Now()
	lines := [2]*attend.Line{}
	for i, replica := range x.replicas {
		session, err := attend.SignIn(ctx, x.front.url(), voter.Person)
		p.must(err)
		if lines[i], err = attend.JoinAt(ctx, replica.URL, x.front.url(), session, p.Meeting.ID, 0); err != nil {
			t.Fatal(err)
		}
		defer lines[i].Close()
	}
	for n := range clicks {
		id, change := uuid.Must(uuid.NewV7()), changePosition(voter, n+1)
		var sending sync.WaitGroup
		seqs, failed := make([][]int64, len(lines)), make([]error, len(lines))
		for i, line := range lines {
			sending.Go(func() {
				for range 10 {
					if failed[i] = line.Send(id, change); failed[i] != nil {
						return
					}
				}
				for len(seqs[i]) < 10 && failed[i] == nil {
					reply, err := line.HearUntil(patience, func(m attend.Message) bool { return m.Type == "reply" && m.ID == id })
					if failed[i] = err; err == nil && reply.Error != nil {
						t.Errorf("click %d was refused: %s", n, reply.Error.Sentence)
					}
					seqs[i] = append(seqs[i], reply.Seq)
				}
			})
		}
		sending.Wait()
		for i := range lines {
			p.must(failed[i])
			for _, seq := range seqs[i] {
				if seq != seqs[0][0] {
					t.Fatalf("one click, sent twenty times, was answered %v", seqs)
				}
			}
		}
		p.record.write(acknowledged{id, seqs[0][0], voter.Person, change})
	}
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.must(p.survived(within, len(p.record.entries())))
	t.Logf("%d clicks, each sent ten times to both replicas: each happened once, %.1f s", clicks, time.Since(began).Seconds())
}
