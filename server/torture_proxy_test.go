package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy stands between browsers and the program. It hands connections to the replicas in turn, and is as
// bad a line as it is told to be.
type proxy struct {
	listener net.Listener
	targets  []string
	turn     atomic.Int64
	delay    atomic.Int64 // of each piece of data on its way, and up to as much again by chance
	ending   context.Context
	working  sync.WaitGroup

	mu    sync.Mutex
	lines map[*proxied]struct{} // protected by mu
}

// proxied is one connection through the proxy.
type proxied struct {
	ends [2]net.Conn // the browser's and the program's
	dead atomic.Bool // what is sent is swallowed, and nobody is told
}

// openProxy listens in front of the replicas at some addresses, until the test ends.
func openProxy(t *testing.T, targets ...string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ending, end := context.WithCancel(context.Background())
	x := &proxy{listener: listener, targets: targets, ending: ending, lines: map[*proxied]struct{}{}}
	x.working.Go(x.accept)
	t.Cleanup(func() {
		end()
		_ = listener.Close() // nobody comes any more
		x.reset()
		x.working.Wait()
	})
	return x
}

func (x *proxy) url() string {
	_, port, _ := net.SplitHostPort(x.listener.Addr().String())
	return "http://localhost:" + port
}

func (x *proxy) accept() {
	for {
		conn, err := x.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			x.working.Go(func() { x.join(conn) })
		}
	}
}

// join takes a connection to the replica whose turn it is, or when nobody answers there to the next.
func (x *proxy) join(browser net.Conn) {
	defer browser.Close()
	turn := int(x.turn.Add(1))
	for i := range x.targets {
		program, err := net.DialTimeout("tcp", x.targets[(turn+i)%len(x.targets)], time.Second)
		if err != nil {
			continue
		}
		line := &proxied{ends: [2]net.Conn{browser, program}}
		x.mu.Lock()
		x.lines[line] = struct{}{}
		x.mu.Unlock()
		var both sync.WaitGroup
		both.Go(func() { x.carry(line, browser, program) })
		both.Go(func() { x.carry(line, program, browser) })
		both.Wait()
		x.mu.Lock()
		delete(x.lines, line)
		x.mu.Unlock()
		return
	}
}

// carry takes what one end says to the other, until either is gone.
func (x *proxy) carry(line *proxied, from, to net.Conn) {
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 && !line.dead.Load() {
			if delay := x.delay.Load(); delay > 0 {
				select {
				case <-x.ending.Done():
				case <-time.After(time.Duration(delay + rand.Int64N(delay))):
				}
			}
			if _, err := to.Write(piece[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	if !line.dead.Load() { // one end of a dead line may go, and the other hears nothing of it
		_ = from.Close()
		_ = to.Close()
	}
}

// each does something to some of the open lines: about one in so many.
func (x *proxy) each(oneIn int, do func(*proxied)) (n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for line := range x.lines {
		if rand.IntN(oneIn) == 0 {
			do(line)
			n++
		}
	}
	return n
}

// cut resets about one line in so many, as a firewall does that has forgotten it.
func (x *proxy) cut(oneIn int) int { return x.each(oneIn, (*proxied).reset) }

// deaden leaves about one line in so many half open: nobody is told that nothing arrives any more.
func (x *proxy) deaden(oneIn int) int {
	return x.each(oneIn, func(line *proxied) { line.dead.Store(true) })
}

func (x *proxy) reset() { x.each(1, (*proxied).reset) }

func (l *proxied) reset() {
	l.dead.Store(false)
	for _, end := range l.ends {
		_ = end.(*net.TCPConn).SetLinger(0) // it fails only on a closed line
		_ = end.Close()
	}
}
