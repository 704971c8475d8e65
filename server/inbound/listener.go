// Package inbound hears what comes back by mail: the replies that Accept and Decline send, and the reports of mail servers that could not deliver. It refuses all other mail.
//
// It is off unless QUORATE_INBOUND_ADDR says where to listen. Mail for QUORATE_INBOUND_DOMAIN is
// delivered there by the organisation's own mail server. Every invitation has an address of its own
// that nobody can guess, so who writes to it answers that invitation; the text must still say so. Every
// message comes back to an address of its own in the same way, so who reports on it was given it. A reply or
// a report is recorded before the mail server hears 250.
//
// Its log says what kind of thing happened, never to or from whom, nor what was written.
package inbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"quorate/notify"
	"quorate/panels/calendar"
	"quorate/server/base/fault"
)

// The bounds. A reply is a few kilobytes and takes a second.
const (
	maxBytes       = 1 << 20
	maxConnections = 50
	commandTimeout = time.Minute
	longestVisit   = 5 * time.Minute // of one connection, whatever it does
	storeTimeout   = 20 * time.Second
)

// Replies is where replies go.
type Replies interface {
	// Knows reports whether an address was made for somebody's invitation.
	Knows(ctx context.Context, address string) (bool, error)
	// TakeReply records a reply to an address. A fault says why it is none.
	TakeReply(ctx context.Context, address string, reply calendar.Reply) error
}

// Bounces is where reports of what could not be delivered go.
type Bounces interface {
	// ReturnsTo reports whether a message was sent that comes back to this address.
	ReturnsTo(ctx context.Context, address string) (bool, error)
	// TakeReport records what a mail server says became of it.
	TakeReport(ctx context.Context, address string, report notify.Report) error
}

// Listener receives mail until it is stopped.
type Listener struct {
	server *smtp.Server
	addr   net.Addr
	done   chan error
}

// Listen begins to receive at an address. domain is how the listener calls itself.
func Listen(address, domain string, replies Replies, bounces Bounces, logger *slog.Logger) (*Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "Cannot listen for calendar replies on %s. Set QUORATE_INBOUND_ADDR to a free address.", address).Because(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &visit{replies: replies, bounces: bounces, log: logger}, nil
	}))
	server.Domain = domain
	server.MaxMessageBytes = maxBytes
	server.ReadTimeout, server.WriteTimeout = commandTimeout, commandTimeout
	server.ErrorLog = log.New(wordless{logger}, "", 0)
	l := &Listener{server: server, addr: listener.Addr(), done: make(chan error, 1)}
	go func() { l.done <- server.Serve(bounded{netutil.LimitListener(listener, maxConnections)}) }()
	return l, nil
}

// Addr is where it really listens.
func (l *Listener) Addr() net.Addr { return l.addr }

// Stop lets the messages in hand be answered until ctx ends, and takes no more.
func (l *Listener) Stop(ctx context.Context) error {
	err := l.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, l.server.Close())
	}
	if served := <-l.done; served != nil && !errors.Is(served, smtp.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// visit is one conversation with a mail server.
type visit struct {
	replies Replies
	bounces Bounces
	log     *slog.Logger
	to      string
	report  bool // to is an address that a message comes back to
}

func (v *visit) Reset()                               { v.to, v.report = "", false }
func (v *visit) Logout() error                        { return nil }
func (v *visit) Mail(string, *smtp.MailOptions) error { return nil } // a reply may come from an alias, or from nobody

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if v.to != "" {
		return v.refuse("too many recipients", 554, smtp.EnhancedCode{5, 5, 3}, "A reply goes to one invitation: send each by itself.")
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	known, err := v.replies.Knows(ctx, to)
	if err == nil && !known {
		known, err = v.bounces.ReturnsTo(ctx, to)
		v.report = known
	}
	if err != nil {
		return v.later(err)
	}
	if !known {
		return v.refuse("unknown address", 550, smtp.EnhancedCode{5, 1, 1}, "No such address here. Only replies to calendar invitations are taken.")
	}
	v.to = to
	return nil
}

func (v *visit) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		var refused *smtp.SMTPError
		if errors.As(err, &refused) {
			v.log.Info("a calendar reply was refused", "because", "too big, or cut off")
			return refused
		}
		return v.later(err)
	}
	if v.report {
		return v.takeReport(raw)
	}
	reply, err := ReadMail(bytes.NewReader(raw))
	if err != nil {
		return v.unread(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err = v.replies.TakeReply(ctx, v.to, reply)
	if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
		return v.refuse(string(f.Kind), 554, smtp.EnhancedCode{5, 7, 1}, f.Sentence)
	}
	if err != nil {
		return v.later(err)
	}
	v.log.Info("a calendar reply was taken")
	return nil
}

// takeReport records what a mail server says of a message that came back. A holiday notice comes to the same
// address and is none.
func (v *visit) takeReport(raw []byte) error {
	report, err := ReadReport(bytes.NewReader(raw))
	if err != nil {
		return v.refuse("no report in it", 554, smtp.EnhancedCode{5, 6, 0}, "This address takes only the reports of mail servers that could not deliver.")
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	err = v.bounces.TakeReport(ctx, v.to, report)
	if fault.Is(err, fault.NotFound) {
		return v.refuse("unknown address", 550, smtp.EnhancedCode{5, 1, 1}, "No such address here.")
	}
	if err != nil {
		return v.later(err)
	}
	v.log.Info("a report of what could not be delivered was taken", "action", report.Action)
	return nil
}

// unread says what is wrong with a message that holds no reply.
func (v *visit) unread(err error) error {
	say := "This address takes only what a calendar sends when you accept or decline. Write to the forum’s clerk instead."
	switch {
	case errors.Is(err, calendar.ErrOtherMethod):
		say = "Quorate takes accept, tentative and decline. To propose another time, write to the forum’s clerk."
	case errors.Is(err, calendar.ErrOneDayOfMany), errors.Is(err, calendar.ErrUnreadable):
		say = "The calendar reply cannot be read. Use the link in the invitation."
	case errors.Is(err, errTooDeep):
		say = "The message has too many parts. Use the link in the invitation."
	}
	return v.refuse("no reply in it", 554, smtp.EnhancedCode{5, 6, 0}, say)
}

func (v *visit) refuse(because string, code int, enhanced smtp.EnhancedCode, say string) error {
	v.log.Info("a calendar reply was refused", "because", because)
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: ascii(say)}
}

// later asks the mail server to come again: the fault is ours.
func (v *visit) later(err error) error {
	v.log.Error("a calendar reply could not be taken yet", "error", fmt.Sprintf("%T", err))
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
}

// ascii is an answer as every mail server can pass it on.
func ascii(text string) string {
	var plain []byte
	for _, r := range text {
		switch {
		case r == '’':
			plain = append(plain, '\'')
		case r >= ' ' && r < 0x7f:
			plain = append(plain, byte(r))
		}
	}
	return string(plain)
}

// wordless is where the SMTP library writes what went wrong: with the caller's address, and whatever a
// panic held. That there was something is all that is kept.
type wordless struct{ log *slog.Logger }

func (w wordless) Write(p []byte) (int, error) {
	w.log.Debug("a conversation with a mail server broke off")
	return len(p), nil
}

// bounded ends every connection when its time is up, however busy it is.
type bounded struct{ net.Listener }

func (b bounded) Accept() (net.Conn, error) {
	conn, err := b.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &boundedConn{Conn: conn, until: time.Now().Add(longestVisit)}, nil
}

type boundedConn struct {
	net.Conn
	until time.Time
}

func (c *boundedConn) SetReadDeadline(t time.Time) error  { return c.Conn.SetReadDeadline(c.least(t)) }
func (c *boundedConn) SetWriteDeadline(t time.Time) error { return c.Conn.SetWriteDeadline(c.least(t)) }
func (c *boundedConn) SetDeadline(t time.Time) error      { return c.Conn.SetDeadline(c.least(t)) }

func (c *boundedConn) least(t time.Time) time.Time {
	if t.IsZero() || t.After(c.until) {
		return c.until
	}
	return t
}
