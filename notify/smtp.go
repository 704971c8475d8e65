package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"quorate/server/base/fault"
)

// SMTP carries messages to a mail server.
type SMTP struct {
	host    string
	options []mail.Option
	from    string
}

// NewSMTP reads the mail server's address (QUORATE_SMTP_URL) and the sender's (QUORATE_MAIL_FROM):
//
//	smtp://user:password@mail.example.org:587
//
// smtps:// speaks TLS from the first byte. smtp:// insists on STARTTLS, unless the server is on this
// machine; ?tls=opportunistic and ?tls=none relax it. Without a port it is 587, or 465 for smtps.
func NewSMTP(address, from string) (*SMTP, error) {
	bad := func(cause error) error {
		return fault.New(fault.Invalid, "QUORATE_SMTP_URL is not the address of a mail server. Write it like smtp://user:password@mail.example.org:587.").Because(cause)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, bad(errors.New("it cannot be read")) // the parser's own words may hold the password
	}
	host := u.Hostname()
	if host == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, bad(fmt.Errorf("scheme %q, host %q", u.Scheme, host))
	}
	// Timeouts are for a server that hangs, not for one that is slow.
	s := &SMTP{host: host, from: from, options: []mail.Option{mail.WithTimeout(30 * time.Second)}}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		s.options = append(s.options, mail.WithSSL())
	} else {
		policy, ok := tlsPolicies[u.Query().Get("tls")]
		if !ok {
			return nil, bad(fmt.Errorf("tls=%q; it is mandatory, opportunistic or none", u.Query().Get("tls")))
		}
		if u.Query().Get("tls") == "" && onThisMachine(host) {
			policy = mail.TLSOpportunistic
		}
		s.options = append(s.options, mail.WithTLSPolicy(policy))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, bad(err)
		}
	}
	s.options = append(s.options, mail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	if _, err := mail.NewClient(s.host, s.options...); err != nil {
		return nil, bad(err)
	}
	if err := mail.NewMsg().From(s.from); err != nil {
		return nil, fault.New(fault.Invalid, "QUORATE_MAIL_FROM is not an e-mail address. Write it like quorate@example.org.").Because(err)
	}
	return s, nil
}

var tlsPolicies = map[string]mail.TLSPolicy{
	"": mail.TLSMandatory, "mandatory": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "none": mail.NoTLS,
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// From is the address messages come from.
func (s *SMTP) From() string { return s.from }

// Domain is the part of From after the at sign, for Message-IDs.
func (s *SMTP) Domain() string { return s.from[strings.LastIndexByte(s.from, '@')+1:] }

// Check says whether the server answers and lets us in. Nothing is sent.
func (s *SMTP) Check(ctx context.Context) error {
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fault.New(fault.Unavailable, "The mail server does not answer, or does not accept the name and password.").Because(err)
	}
	return client.Close()
}

// Deliver hands a message over. A message the server refuses is Permanent when its answer says so
// (5xx to the sender, the recipient or the message). A server that cannot be reached, or that does not
// let us in, refuses nothing yet: that is for an administrator to mend, and the message waits.
func (s *SMTP) Deliver(ctx context.Context, m Message) error {
	msg, err := s.write(m)
	if err != nil {
		return Permanent{err}
	}
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("the mail server cannot be reached: %w", err)
	}
	err = client.Send(msg)
	client.Close() // the server has answered for the message already
	if msg.IsDelivered() {
		return nil
	}
	var refused *mail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 && refused.ErrorCode() < 600 {
		return Permanent{err}
	}
	if err == nil {
		return errors.New("notify: the mail server gave no answer")
	}
	return err
}

func (s *SMTP) write(m Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	from := m.From
	if from == (Sender{}) {
		from = Sender{Name: "Quorate", Email: s.from}
	}
	msg.FromMailAddress(&netmail.Address{Name: from.Name, Address: from.Email})
	if err := msg.EnvelopeFrom(s.from); err != nil { // what cannot be delivered comes back to the product's own sender
		return nil, err
	}
	if err := msg.To(m.To); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies, please
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	if m.Picture != nil {
		if err := msg.EmbedReader(PictureID+".png", bytes.NewReader(m.Picture.PNG), mail.WithFileContentID(PictureID), mail.WithFileContentType("image/png")); err != nil {
			return nil, err
		}
	}
	if m.Calendar != nil {
		msg.AddAlternativeString(mail.ContentType("text/calendar; method="+m.Calendar.Method), string(m.Calendar.Text))
		if err := msg.AttachReader("invite.ics", bytes.NewReader(m.Calendar.Text), mail.WithFileContentType("application/ics")); err != nil {
			return nil, err
		}
	}
	return msg, nil
}
