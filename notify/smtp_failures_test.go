package notify_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"quorate/notify"
	"quorate/server/base/dbtest"
)

// scripted is a mail server that answers each command as it is told to, and otherwise well.
type scripted struct {
	address string

	mu      sync.Mutex
	answers map[string]string // by command; "" closes the line; protected by mu
	lines   int               // opened, protected by mu
	helos   []string          // the extensions it offers, protected by mu
	held    tls.Certificate
}

func script(t *testing.T, extensions []string, answers map[string]string) *scripted {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{address: listener.Addr().String(), answers: answers, helos: extensions, held: certificateFor(t, "nobody.example.org")}
	var together sync.WaitGroup
	together.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			together.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); together.Wait() })
	return s
}

func (s *scripted) answer(command, well string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if told, is := s.answers[command]; is {
		return told, told != ""
	}
	return well, true
}

func (s *scripted) talk(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	s.mu.Lock()
	s.lines++
	s.mu.Unlock()
	say := func(command, well string) bool {
		text, on := s.answer(command, well)
		if on {
			fmt.Fprintf(conn, "%s\r\n", text)
		}
		return on
	}
	if !say("greeting", "220 ready") {
		return
	}
	from := bufio.NewReader(conn)
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		well := "250 2.0.0 fine"
		switch command {
		case "EHLO":
			well = "250-here"
			for _, extension := range append(s.helos, "ENHANCEDSTATUSCODES") {
				well += "\r\n250-" + extension
			}
			well += "\r\n250 8BITMIME"
		case "DATA":
			well = "354 go on"
		case "STARTTLS":
			if !say(command, "220 go ahead") {
				return
			}
			if secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.held}}); secure.Handshake() != nil {
				return
			}
			return
		}
		text, on := s.answer(command, well)
		if !on {
			return
		}
		fmt.Fprintf(conn, "%s\r\n", text)
		if command == "QUIT" || strings.HasPrefix(text, "421") {
			return
		}
		if command == "DATA" && strings.HasPrefix(text, "354") {
			for line != ".\r\n" {
				if line, err = from.ReadString('\n'); err != nil {
					return
				}
			}
			if !say("content", "250 2.0.0 taken") {
				return
			}
		}
	}
}

// certificateFor is a certificate that vouches for itself alone.
func certificateFor(t *testing.T, host string) tls.Certificate {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{host}}
	return tls.Certificate{Certificate: [][]byte{must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))}, PrivateKey: key}
}

var hello = notify.Message{ID: "1@example.org", To: "priya@example.org", Subject: "Hello", Text: "Hello.", HTML: "<p>Hello.</p>", At: dbtest.Begin}

// A decision told to nobody because a server was busy for a minute, or a dead mailbox written to for three
// days: both come of not telling failures apart.
func TestAFailureIsWhoseTroubleItIs(t *testing.T) {
	t.Parallel()
	signIn := []string{"AUTH CRAM-MD5"}
	for _, c := range []struct {
		what       string
		extensions []string
		answers    map[string]string
		query      string
		want       notify.FailureKind
	}{
		{"the greeting says no service", nil, map[string]string{"greeting": "554 no SMTP service here"}, "", notify.ServerBusy},
		{"the greeting says later", nil, map[string]string{"greeting": "421 4.3.2 shutting down"}, "", notify.ServerBusy},
		{"it hangs up at once", nil, map[string]string{"greeting": ""}, "", notify.Unreachable},
		{"it needs STARTTLS and offers none", nil, nil, "tls=mandatory", notify.NotSafe},
		{"STARTTLS is not available now", []string{"STARTTLS"}, map[string]string{"STARTTLS": "454 4.7.0 TLS not available"}, "tls=mandatory", notify.NotSafe},
		{"its certificate is nobody’s", []string{"STARTTLS"}, nil, "tls=mandatory", notify.NotSafe},
		{"it wants a sign-in first", nil, map[string]string{"MAIL": "530 5.7.0 authentication required"}, "", notify.SignInRefused},
		{"the password is wrong", signIn, map[string]string{"AUTH": "535 5.7.8 authentication failed"}, "user", notify.SignInRefused},
		{"signing in is not possible now", signIn, map[string]string{"AUTH": "454 4.7.0 try later"}, "user", notify.ServerBusy},
		{"it offers no sign-in", nil, nil, "user", notify.SignInRefused},
		{"it offers only one that shows the password", []string{"AUTH PLAIN LOGIN"}, nil, "user", notify.SignInRefused},
		{"our sender is refused", nil, map[string]string{"MAIL": "550 5.7.1 not allowed to send as"}, "", notify.SenderRefused},
		{"it has no room now", nil, map[string]string{"MAIL": "452 4.3.1 insufficient storage"}, "", notify.ServerBusy},
		{"the size is too much for it", nil, map[string]string{"MAIL": "552 5.3.4 too big"}, "", notify.TooLarge},
		{"it says so before it is told", []string{"SIZE 100"}, nil, "", notify.TooLarge},
		{"no such mailbox", nil, map[string]string{"RCPT": "550 5.1.1 user unknown"}, "", notify.NoSuchAddress},
		{"no such mailbox, the old way", nil, map[string]string{"RCPT": "550 unknown"}, "", notify.NoSuchAddress},
		{"a mailbox that is not allowed", nil, map[string]string{"RCPT": "553 name not allowed"}, "", notify.NoSuchAddress},
		{"a domain that takes no mail", nil, map[string]string{"RCPT": "556 5.1.10 null MX"}, "", notify.Unroutable},
		{"a mailbox that is switched off", nil, map[string]string{"RCPT": "550 5.2.1 disabled"}, "", notify.Disabled},
		{"a full mailbox, for good", nil, map[string]string{"RCPT": "552 5.2.2 over quota"}, "", notify.MailboxFull},
		{"a full mailbox, for now", nil, map[string]string{"RCPT": "452 4.2.2 over quota"}, "", notify.Busy},
		{"a stranger has to come again", nil, map[string]string{"RCPT": "450 4.7.1 greylisted"}, "", notify.Busy},
		{"codes that contradict each other", nil, map[string]string{"RCPT": "550 4.7.1 greylisted"}, "", notify.Busy},
		{"a policy", nil, map[string]string{"RCPT": "554 5.7.1 relay access denied"}, "", notify.Refused},
		{"it leaves at the recipient", nil, map[string]string{"RCPT": "421 4.3.0 too many"}, "", notify.ServerBusy},
		{"it hangs up at the recipient", nil, map[string]string{"RCPT": ""}, "", notify.BrokenOff},
		{"no content is taken now", nil, map[string]string{"DATA": "451 4.3.0 later"}, "", notify.Busy},
		{"the content is taken for junk", nil, map[string]string{"content": "554 5.7.1 looks like spam"}, "", notify.Refused},
		{"the content is too large", nil, map[string]string{"content": "552 5.3.4 too large"}, "", notify.TooLarge},
		{"the content is too large for the mailbox", nil, map[string]string{"content": "552 5.2.3 too large"}, "", notify.TooLarge},
		{"the content is too large, the old way", nil, map[string]string{"content": "552 too much"}, "", notify.TooLarge},
		{"it looks at the content for now", nil, map[string]string{"content": "451 4.7.0 being looked at"}, "", notify.Busy},
		{"it hangs up at the end", nil, map[string]string{"content": ""}, "", notify.BrokenOff},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			s := script(t, c.extensions, c.answers)
			user, query := "", c.query
			switch query {
			case "":
				query = "tls=none"
			case "user":
				user, query = "quorate:secret@", "tls=none"
			}
			driver, err := notify.NewSMTP("smtp://"+user+s.address+"?"+query, "quorate@example.org")
			if err != nil {
				t.Fatal(err)
			}
			defer driver.Close()
			err = driver.Deliver(t.Context(), hello)
			var failure *notify.Failure
			if !errors.As(err, &failure) || failure.Kind != c.want {
				t.Fatalf("%+v, want %s", err, c.want)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "priya@") {
				t.Errorf("it says who or the password: %v", err)
			}
			if failure.Kind.Words() == "" || failure.Kind.Mend() == "" {
				t.Errorf("%s has no words", failure.Kind)
			}
		})
	}
}

// A server that is not there yet is no reason to give anything up.
func TestAServerThatIsNotThereIsTemporary(t *testing.T) {
	t.Parallel()
	driver, err := notify.NewSMTP("smtp://127.0.0.1:1?tls=none", "quorate@example.org")
	if err != nil {
		t.Fatal(err)
	}
	var failure *notify.Failure
	if err := driver.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != notify.Unreachable {
		t.Errorf("%+v", err)
	}
}

// A line for each message would take the mail server's patience, and ours, when thousands wait. A refused
// reader is no reason to open another, and a line the server has closed meanwhile loses nothing.
func TestALineCarriesManyMessages(t *testing.T) {
	t.Parallel()
	s := script(t, nil, map[string]string{})
	driver, err := notify.NewSMTP("smtp://"+s.address+"?tls=none", "quorate@example.org")
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close()
	deliver := func(times int) {
		t.Helper()
		for range times {
			if err := driver.Deliver(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
		}
	}
	opened := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.lines
	}
	set := func(command, answer string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if answer == "well" {
			delete(s.answers, command)
		} else {
			s.answers[command] = answer
		}
	}
	deliver(50)
	set("RCPT", "550 5.1.1 unknown")
	if err := driver.Deliver(t.Context(), hello); err == nil {
		t.Fatal("taken")
	}
	set("RCPT", "well")
	deliver(49)
	if n := opened(); n != 1 {
		t.Errorf("%d lines for a hundred messages", n)
	}
	deliver(1)
	if n := opened(); n != 2 {
		t.Errorf("%d lines for a hundred and one messages", n)
	}
	set("NOOP", "421 4.4.2 too long idle")
	deliver(1)
	if n := opened(); n != 3 { // nothing was offered on the old one
		t.Errorf("%d lines once the server has closed one", n)
	}
}
