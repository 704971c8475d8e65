package main

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy stands before the replicas and hands connections to them in turn.
type proxy struct {
	listener net.Listener
	targets  []string
	turn     atomic.Int64
	working  sync.WaitGroup
}

// openProxy listens in front of the replicas at some addresses, until the test ends.
func openProxy(t *testing.T, targets ...string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ending, end := context.WithCancel(context.Background())
	x := &proxy{listener: listener, targets: targets}
	x.working.Go(func() { x.accept(ending) })
	t.Cleanup(func() {
		_ = listener.Close() // nobody comes any more
		end()
		x.working.Wait()
	})
	return x
}

func (x *proxy) address() string { return x.listener.Addr().String() }

func (x *proxy) url() string { return originOf(x.address()) }

// originOf is the origin of what listens at a local address.
func originOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return "http://localhost:" + port
}

func (x *proxy) accept(ending context.Context) {
	for {
		browser, err := x.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			x.working.Go(func() { x.join(ending, browser) })
		}
	}
}

// join takes a connection to the replica whose turn it is, or when nobody answers there to the next. When
// one end goes, so does the other.
func (x *proxy) join(ending context.Context, browser net.Conn) {
	defer browser.Close()
	turn := int(x.turn.Add(1))
	for i := range x.targets {
		program, err := net.DialTimeout("tcp", x.targets[(turn+i)%len(x.targets)], time.Second)
		if err != nil {
			continue
		}
		hangUp := func() { browser.Close(); program.Close() }
		defer context.AfterFunc(ending, hangUp)()
		var both sync.WaitGroup
		both.Go(func() { defer hangUp(); _, _ = io.Copy(program, browser) }) // however it ends, it is over
		both.Go(func() { defer hangUp(); _, _ = io.Copy(browser, program) })
		both.Wait()
		return
	}
}
