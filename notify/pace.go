package notify

import (
	"context"
	"sync"
	"time"
)

// Pace lets so many messages a minute through, evenly. After a hold or an outage thousands wait: a mail server
// that is flooded shuts the door on everybody's mail.
type Pace struct {
	PerMinute int // 0: as fast as they are taken

	mu   sync.Mutex
	next time.Time // the next free moment, protected by mu
}

// turn waits until the next message may go.
func (p *Pace) turn(ctx context.Context) error {
	if p == nil || p.PerMinute <= 0 {
		return nil
	}
	p.mu.Lock()
	now := time.Now()
	at := p.next
	if at.Before(now) {
		at = now
	}
	p.next = at.Add(time.Minute / time.Duration(p.PerMinute))
	p.mu.Unlock()
	wait := time.NewTimer(at.Sub(now))
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
