package notify

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// The bounds of a line to the mail server. The timeouts are for a server that hangs, not for one that is
// slow: one that has the whole message and looks at it for a while must not be given the same again.
const (
	reachTimeout  = 20 * time.Second
	answerTimeout = 90 * time.Second
	idleLine      = 2 * time.Second // a line nobody uses is given back: servers count them
	mostOnLine    = 100             // messages; many servers end a line sooner or later
)

// lines are the open lines that nobody is using. There are never more than those who deliver at once.
type lines struct {
	mu   sync.Mutex
	idle []*idle // protected by mu
}

type idle struct {
	client *smtp.Client
	used   int // messages
	ends   *time.Timer
}

// line is an open line and how many messages it has carried: one that is idle and still answers, or a new one.
func (s *SMTP) line(ctx context.Context) (*smtp.Client, int, *Failure) {
	for {
		kept := s.take()
		if kept == nil {
			break
		}
		if kept.client.UpdateDeadline(reachTimeout) == nil && kept.client.Noop() == nil {
			return kept.client, kept.used, nil
		}
		s.hangUp(kept.client)
	}
	opened, failure := s.dial(ctx)
	return opened, 0, failure
}

// dial opens a line.
func (s *SMTP) dial(ctx context.Context) (*smtp.Client, *Failure) {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	var reached reachedLine
	opened, err := s.opener.DialToSMTPClientWithContext(context.WithValue(ctx, reachedKey{}, &reached))
	if err != nil {
		if reached.Conn != nil {
			_ = reached.Close()
		}
		return nil, smtpFailure(err)
	}
	return opened, nil
}

// reachedLine is what was dialled: the library leaves a line open that it could not greet or sign in on.
type reachedLine struct{ net.Conn }

type reachedKey struct{}

// reach dials, and leaves word of it with whoever asked.
func reach(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if reached, asked := ctx.Value(reachedKey{}).(*reachedLine); asked && err == nil {
		reached.Conn = conn
	}
	return conn, err
}

// take is the idle line used last.
func (s *SMTP) take() *idle {
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	last := len(s.lines.idle) - 1
	if last < 0 {
		return nil
	}
	kept := s.lines.idle[last]
	s.lines.idle = s.lines.idle[:last]
	kept.ends.Stop() // if it has begun to end, it finds itself gone from the list
	return kept
}

// keep lets another message use the line, for a moment.
func (s *SMTP) keep(client *smtp.Client, used int) {
	if used >= mostOnLine {
		s.hangUp(client)
		return
	}
	kept := &idle{client: client, used: used}
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	kept.ends = time.AfterFunc(idleLine, func() {
		s.lines.mu.Lock()
		at := slices.Index(s.lines.idle, kept)
		if at >= 0 {
			s.lines.idle = slices.Delete(s.lines.idle, at, at+1)
		}
		s.lines.mu.Unlock()
		if at >= 0 {
			s.hangUp(client)
		}
	})
	s.lines.idle = append(s.lines.idle, kept)
}

// hangUp says goodbye, or just goes when the server does not answer that.
func (s *SMTP) hangUp(client *smtp.Client) {
	_ = client.UpdateDeadline(time.Second)
	if err := client.Quit(); err != nil {
		_ = client.Close()
	}
}

// Close gives idle lines back at once.
func (s *SMTP) Close() {
	for kept := s.take(); kept != nil; kept = s.take() {
		s.hangUp(kept.client)
	}
}
