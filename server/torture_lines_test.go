package main

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

// Lines that are slow, are reset, or die without a word are what people have. They may cost time, and
// never a position or a note.
func TestSurvivesBadLines(t *testing.T) {
	ctx := t.Context()
	x := openPair(ctx, t)
	p := openPanel(ctx, t, x.db, x.front.url())
	p.silence = 3 * time.Second // the page gives a line forty seconds; a test has less
	for _, kind := range []struct {
		name  string
		delay time.Duration
		harm  func() int
	}{
		{"late by 100 to 200 ms each way", 100 * time.Millisecond, func() int { return 0 }},
		{"reset", 0, func() int { return x.front.cut(2) }},
		{"half open", 0, func() int { return x.front.deaden(3) }},
		{"late, reset and half open", 20 * time.Millisecond, func() int { return x.front.cut(3) + x.front.deaden(4) }},
	} {
		began, since := time.Now(), p.record.size.Load()
		hurt := 0
		for range times(3, 40) {
			before := p.record.size.Load()
			x.front.delay.Store(int64(kind.delay))
			rest := make(chan struct{})
			finished := p.act(ctx, rest)
			for range 3 {
				p.waitForAcknowledgements(p.record.size.Load() + 3 + rand.N(int64(8)))
				hurt += kind.harm()
			}
			close(rest)
			p.must(finished())
			x.front.delay.Store(0)
			within, cancel := context.WithTimeout(ctx, 2*patience)
			if err := p.survived(within, int(before)); err != nil {
				t.Fatalf("lines %s: %v", kind.name, err)
			}
			cancel()
		}
		t.Logf("lines %s: %d hurt, %d commands acknowledged, lost 0, %.1f s", kind.name, hurt, p.record.size.Load()-since, time.Since(began).Seconds())
	}
}
