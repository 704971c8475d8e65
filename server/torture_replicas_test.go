package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/bench/attend"
)

// One of two replicas dies, or stands still for half a minute, whichever it hits. The people of both go on
// through the other, and what each was told is recorded, once.
func TestSurvivesAReplicaKilledOrFrozen(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t)
	p := openPanel(ctx, t, x.db, x.front.url())
	p.silence = 4 * time.Second // then a browser tries another line; a page waits longer, and this is a test
	rounds, still := times(4, 40), 3*time.Second
	if times(0, 1) == 1 {
		still = 30 * time.Second
	}
	began, killed, frozen, slowest := time.Now(), 0, 0, time.Duration(0)
	for round := range rounds {
		before := p.record.size.Load()
		rest := make(chan struct{})
		finished := p.act(ctx, rest)
		p.waitForAcknowledgements(before + 10 + rand.N(int64(20)))
		hit := rand.IntN(len(x.replicas))
		hurt := time.Now()
		if round%2 == 0 {
			killed++
			p.must(x.replicas[hit].Kill())
			p.waitForAcknowledgements(p.record.size.Load() + 10) // while it is away
			slowest = max(slowest, time.Since(hurt))
			x.start(ctx, hit)
		} else {
			frozen++
			p.must(x.replicas[hit].Freeze())
			seen := p.record.size.Load()
			thaw := time.NewTimer(still)
			p.waitWhile(seen+10, thaw.C)
			slowest = max(slowest, time.Since(hurt))
			<-time.After(max(0, still-time.Since(hurt)))
			thaw.Stop()
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
	t.Logf("%d kills and %d freezes of %s, %d commands acknowledged, lost 0, told to try again %d times, ten more within %d ms, %.1f s",
		killed, frozen, still, p.record.size.Load(), p.asked.Load(), slowest.Milliseconds(), time.Since(began).Seconds())
}

// waitWhile returns when so many have been acknowledged, or when the other thing happens: a replica that
// stands still in the middle of a change holds the meeting until it goes on or the database ends its part.
func (p *panel) waitWhile(n int64, until <-chan time.Time) {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for p.record.size.Load() < n {
		select {
		case <-until:
			return
		case <-look.C:
		}
	}
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
