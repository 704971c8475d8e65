package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"quorate/server/base/fault"
)

// SMTP carries messages to a mail server.
type SMTP struct {
	client  *mail.Client
	opener  *mail.Client // opens lines: whoever greets is expected to be quicker than whoever reads a message
	address string       // host and port, for people
	user    string       // "": it does not sign in
	safety  string       // what it asks of the line: "TLSMandatory", "SSL" …
	from    string
	lines   lines
}

// NewSMTP reads the mail server's address (QUORATE_SMTP_URL) and the sender's (QUORATE_MAIL_FROM):
//
//	smtp://user:password@mail.example.org:587
//
// smtps:// speaks TLS from the first byte. smtp:// insists on STARTTLS, unless the server is on this
// machine; ?tls=opportunistic and ?tls=none relax it. ?ca=/etc/ssl/ours.pem trusts the authority in that file
// and no other, for a mail server whose certificate the organisation made itself. Without a port it is 587, or
// 465 for smtps.
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
	s := &SMTP{from: from}
	options := []mail.Option{mail.WithTimeout(answerTimeout), mail.WithoutNoop()} // a line that was idle is asked by itself
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		s.safety = "TLS from the first byte"
		options = append(options, mail.WithSSL())
	} else {
		policy, ok := tlsPolicies[u.Query().Get("tls")]
		if !ok {
			return nil, bad(fmt.Errorf("tls=%q; it is mandatory, opportunistic or none", u.Query().Get("tls")))
		}
		if u.Query().Get("tls") == "" && onThisMachine(host) {
			policy = mail.TLSOpportunistic
		}
		s.safety = tlsWords[policy]
		options = append(options, mail.WithTLSPolicy(policy), mail.WithDialContextFunc(reach))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, bad(err)
		}
	}
	if file := u.Query().Get("ca"); file != "" {
		trusted, err := os.ReadFile(file)
		if err != nil {
			return nil, bad(err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(trusted) {
			return nil, bad(fmt.Errorf("%s holds no certificate", file))
		}
		options = append(options, mail.WithTLSConfig(&tls.Config{RootCAs: pool, ServerName: host, MinVersion: tls.VersionTLS12}))
	}
	options = append(options, mail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.user = u.User.Username()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.user), mail.WithPassword(password))
	}
	if s.client, err = mail.NewClient(host, options...); err != nil {
		return nil, bad(err)
	}
	if s.opener, err = mail.NewClient(host, append(options, mail.WithTimeout(reachTimeout))...); err != nil {
		return nil, bad(err)
	}
	s.address = net.JoinHostPort(host, strconv.Itoa(port))
	if err := mail.NewMsg().From(s.from); err != nil {
		return nil, fault.New(fault.Invalid, "QUORATE_MAIL_FROM is not an e-mail address. Write it like quorate@example.org.").Because(err)
	}
	return s, nil
}

var tlsPolicies = map[string]mail.TLSPolicy{
	"": mail.TLSMandatory, "mandatory": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "none": mail.NoTLS,
}

var tlsWords = map[mail.TLSPolicy]string{
	mail.TLSMandatory: "STARTTLS, required", mail.TLSOpportunistic: "STARTTLS where it is offered", mail.NoTLS: "no TLS",
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Describe says where messages go and how safe the way is, without the password.
func (s *SMTP) Describe() string {
	how := "SMTP to " + s.address + ", " + s.safety
	if s.user == "" {
		return how + ", without signing in"
	}
	return how + ", signed in as " + s.user
}

// From is the address messages come from.
func (s *SMTP) From() string { return s.from }

// Domain is the part of From after the at sign, for Message-IDs.
func (s *SMTP) Domain() string { return s.from[strings.LastIndexByte(s.from, '@')+1:] }

// Check says whether the server answers and lets us in. Nothing is sent.
func (s *SMTP) Check(ctx context.Context) error {
	line, err := s.dial(ctx)
	if err != nil {
		return fault.New(fault.Unavailable, "%s. %s.", err.Kind.Words(), err.Kind.Mend()).Because(err)
	}
	return s.client.CloseWithSMTPClient(line)
}

// Deliver hands a message over, on a line that is open already when there is one. What goes wrong is a
// *Failure: until the recipient is named it is the server's trouble, afterwards the message's.
func (s *SMTP) Deliver(ctx context.Context, m Message) error {
	msg, err := s.write(m)
	if err != nil {
		return &Failure{Kind: NoSuchAddress, Err: err}
	}
	line, used, failure := s.line(ctx)
	if failure != nil {
		return failure
	}
	if most := mostBytes(line); most > 0 {
		size, err := msg.WriteTo(io.Discard)
		if err != nil {
			return &Failure{Kind: Refused, Err: err}
		}
		if size > most {
			s.keep(line, used)
			return &Failure{Kind: TooLarge, Err: fmt.Errorf("the message has %d bytes and the mail server takes %d", size, most)}
		}
	}
	err = s.client.SendWithSMTPClient(line, msg)
	if msg.IsDelivered() {
		if err == nil {
			s.keep(line, used+1)
		} else {
			s.hangUp(line)
		}
		return nil // it has answered for the message, whatever became of the line
	}
	if err == nil {
		err = errors.New("the mail server gave no answer")
	}
	told := smtpFailure(err)
	if told.Kind == NoSuchAddress || told.Kind == Busy {
		s.keep(line, used+1) // the line is as good as before: the library has begun anew
	} else {
		s.hangUp(line)
	}
	return told
}

// mostBytes is the size of the largest message the server takes (RFC 1870); nought when it does not say.
func mostBytes(line *smtp.Client) int64 {
	_, said := line.Extension("SIZE")
	most, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		return 0
	}
	return most
}

func (s *SMTP) write(m Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	from := m.From
	if from == (Sender{}) {
		from = Sender{Name: "Quorate", Email: s.from}
	}
	msg.FromMailAddress(&netmail.Address{Name: from.Name, Address: from.Email})
	if err := msg.EnvelopeFrom(cmp.Or(m.ReturnTo, s.from)); err != nil { // where it comes back to when it cannot be delivered
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
	if m.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	if m.Picture != nil {
		if err := msg.EmbedReader("chart.png", bytes.NewReader(m.Picture.PNG), mail.WithFileContentID("<"+PictureID+">"), mail.WithFileContentType("image/png")); err != nil {
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
