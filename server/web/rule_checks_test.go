package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quorate/server/base/access"
)

// Somebody types fast into a rule over a hundred thousand cases: each pause asks, and only the last answer
// is wanted. If the others ran on, a few people typing would slow the product for everybody.
func TestNextCheckOfWhatIsTypedEndsTheOneBefore(t *testing.T) {
	t.Parallel()
	var checks ruleChecks
	started, first := make(chan struct{}), make(chan error)
	runs := func(begun chan struct{}) func(context.Context) error {
		return func(ctx context.Context) error {
			close(begun)
			<-ctx.Done()
			return errors.New("the statement was cancelled")
		}
	}
	go func() { first <- checks.do(t.Context(), "mo no_plan", runs(started)) }()
	<-started
	other := make(chan struct{})
	ctx, gone := context.WithCancel(t.Context())
	second := make(chan error)
	go func() { second <- checks.do(ctx, "mo high_cost", runs(other)) }()
	<-other
	if err := checks.do(t.Context(), "mo no_plan", func(context.Context) error { return nil }); err != nil {
		t.Errorf("the newer check: %v", err)
	}
	if err := <-first; !errors.Is(err, errSuperseded) {
		t.Errorf("the one before ended with: %v", err)
	}
	select {
	case err := <-second:
		t.Errorf("the check of another rule ended too: %v", err)
	default:
	}
	gone()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("its reader went, and it ended with: %v", err)
	}
	if len(checks.typed) > 0 || len(checks.turns) > 0 {
		t.Errorf("left behind: %d typed, %d running", len(checks.typed), len(checks.turns))
	}
}

// However many type at once, only so many check; the others have their turn.
func TestOnlySoManyChecksRunAtOnce(t *testing.T) {
	t.Parallel()
	var checks ruleChecks
	var running, most, done atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			err := checks.do(t.Context(), "", func(context.Context) error {
				now := running.Add(1)
				for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
				}
				time.Sleep(time.Millisecond)
				running.Add(-1)
				return nil
			})
			if err == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	if most.Load() > checksAtOnce || done.Load() != 40 {
		t.Errorf("%d ran at once, %d were done", most.Load(), done.Load())
	}
}

// A reader who goes away while a check waits or runs leaves nothing running for them.
func TestCheckEndsWhenItsReaderGoes(t *testing.T) {
	t.Parallel()
	site, gone := &Site{}, make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // net/http looks for a reader who goes once all they sent is read
		gone <- site.ruleChecks.do(r.Context(), "", func(ctx context.Context) error {
			gone <- nil // it runs
			<-ctx.Done()
			return ctx.Err()
		})
	}))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader("applies=x"))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-gone
	leave()
	select {
	case err := <-gone:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on for nobody")
	}
}

// The route that checks as somebody types must be one that learns when they go: Fiber's never do.
func TestTypedChecksAreAskedOfAStream(t *testing.T) {
	t.Parallel()
	site := &Site{}
	for _, stream := range site.Streams() {
		if stream.Path == "/rules/check" && stream.Action == access.SetRules && stream.Method == http.MethodPost {
			return
		}
	}
	t.Error("POST /rules/check is no stream")
}
