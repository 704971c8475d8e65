package live

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// corked is a connection that can hold back what is written to it, so that all the frames waiting for
// one browser leave in a single write: at a thousand browsers the writes are what costs.
type corked struct {
	net.Conn
	mu   sync.Mutex
	held []byte // protected by mu
	cork bool   // protected by mu
}

// hold keeps back what is written until release.
func (c *corked) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cork = true
}

// release writes what was held back, at once.
func (c *corked) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cork = false
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = c.held[:0]
	if cap(c.held) > mostHeld {
		c.held = nil
	}
	return err
}

// mostInFlight is how much the system keeps for a browser that does not read; the rest waits in the
// follower's queue, where it is counted.
const mostInFlight = 128 << 10

// mostHeld is how much room a quiet connection keeps for the next time.
const mostHeld = 32 << 10

func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cork {
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...) // copied: the writer may use p again
	return len(p), nil
}

// corking hands the websocket library a corked connection when it takes over the request's own.
type corking struct {
	http.ResponseWriter
	conn *corked
}

func (w *corking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if line, ok := conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		_ = line.SetWriteBuffer(mostInFlight) // the system's own bound still holds where ours is refused
	}
	w.conn = &corked{Conn: conn}
	return w.conn, buffers, nil
}
