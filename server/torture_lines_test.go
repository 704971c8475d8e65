package main

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

// Lines that are slow, come in crumbs, are reset, or die without a word are what people have. They may cost
// time, and never a position or a note.
func TestSurvivesBadLines(t *testing.T) {
	ctx := t.Context()
	x := preparePair(ctx, t)
	sky := openWeather(t, x.front.address())
	x.serve(ctx, sky.url())
	p := openPanel(ctx, t, x.db, sky.url())
	p.silence = 3 * time.Second // a page gives a line forty seconds, and an answer twenty; a test has less
	for _, kind := range []struct {
		name   string
		turns  func() []toxic // for all lines from their beginning
		falls  func() []toxic // upon lines that were good
		slower time.Duration  // a click takes at least so long
		breaks bool           // lines are lost by it
	}{
		{name: "late by 50 to 150 ms each way", slower: 100 * time.Millisecond, turns: func() []toxic {
			return bothWays("latency", 1, map[string]int64{"latency": 100, "jitter": 50})
		}},
		{name: "in crumbs", turns: func() []toxic {
			return bothWays("slicer", 1, map[string]int64{"average_size": 400, "size_variation": 300, "delay": 100})
		}},
		// A reset_peer that befalls none of the lines has toxiproxy end each of them by a reset, not by a goodbye.
		{name: "reset in the middle", breaks: true, turns: func() []toxic {
			return append(bothWays("reset_peer", 0, map[string]int64{"timeout": 0}),
				toxic{"limit_data", "downstream", 0.5, map[string]int64{"bytes": 60_000 + rand.Int64N(120_000)}},
				toxic{"limit_data", "upstream", 0.2, map[string]int64{"bytes": 1_000 + rand.Int64N(1_000)}})
		}},
		{name: "half open", breaks: true, falls: func() []toxic {
			way := []string{"upstream", "downstream"}[rand.IntN(2)]
			return []toxic{{"timeout", way, 0.4, map[string]int64{"timeout": 0}}}
		}},
		{name: "late, and reset in the middle", breaks: true, turns: func() []toxic {
			return append(append(bothWays("latency", 0.5, map[string]int64{"latency": 20, "jitter": 20}),
				bothWays("reset_peer", 0, map[string]int64{"timeout": 0})...),
				toxic{"limit_data", "downstream", 0.5, map[string]int64{"bytes": 60_000 + rand.Int64N(120_000)}})
		}},
	} {
		began, since, lost := time.Now(), p.record.size.Load(), int64(0)
		// Chance decides which lines fall: it is given rounds until one has.
		for round := 0; round < times(2, 40) || kind.breaks && lost == 0 && round < 30; round++ {
			before := p.record.size.Load()
			if kind.turns != nil {
				p.comeBack(ctx, func() { sky.turns(kind.turns()...) })
			}
			fair := p.lost.Load()
			if kind.falls != nil {
				sky.falls(kind.falls()...)
			}
			if kind.slower > 0 {
				asked := time.Now()
				p.must(p.people[0].do(ctx, comeAndGo(p.people[0], 0)))
				if took := time.Since(asked); took < kind.slower {
					t.Errorf("a click over lines %s took %s", kind.name, took)
				}
			}
			rest := make(chan struct{})
			finished := p.act(ctx, rest)
			p.waitForAcknowledgements(before + 20 + rand.N(int64(30)))
			close(rest)
			p.must(finished())
			lost += p.lost.Load() - fair
			p.comeBack(ctx, func() { sky.turns() })
			within, cancel := context.WithTimeout(ctx, 2*patience)
			if err := p.survived(within, int(before)); err != nil {
				t.Fatalf("lines %s: %v", kind.name, err)
			}
			cancel()
		}
		if kind.breaks && lost == 0 {
			t.Errorf("no line was lost where lines are %s: nothing was tried", kind.name)
		}
		t.Logf("lines %s: %d ended, %d commands acknowledged, lost 0, %.1f s", kind.name, lost, p.record.size.Load()-since, time.Since(began).Seconds())
	}
}

// comeBack does something that ends every line, and waits until everybody has another.
func (p *panel) comeBack(ctx context.Context, ends func()) {
	p.t.Helper()
	var gone []<-chan struct{}
	for _, who := range p.people {
		who.mu.Lock()
		if who.line != nil {
			gone = append(gone, who.lost)
		}
		who.mu.Unlock()
	}
	ends()
	within, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	for _, lost := range gone {
		select {
		case <-lost:
		case <-within.Done():
			p.t.Fatal("a line that was ended goes on")
		}
	}
	for _, who := range p.people {
		if _, _, err := who.connected(within); err != nil {
			p.t.Fatal(err)
		}
	}
}
