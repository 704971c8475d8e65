package notify_test

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"quorate/notify"
)

// debian starts a mail server that others wrote, from Debian's package python3-aiosmtpd, in a temporary folder. The
// mail system of this machine is not touched.
func debian(t *testing.T) (address, authorities, kept string) {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's own, which has Debian's packages
	if err := exec.CommandContext(t.Context(), python, "-c", "import aiosmtpd").Run(); err != nil {
		t.Skip("no mail server to ask: install python3-aiosmtpd (apt-get install python3-aiosmtpd)")
	}
	folder := t.TempDir()
	kept = filepath.Join(folder, "mail")
	held := certificateFor(t, "localhost")
	key, err := x509.MarshalPKCS8PrivateKey(held.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	authorities = filepath.Join(folder, "certificate.pem")
	for name, block := range map[string]*pem.Block{authorities: {Type: "CERTIFICATE", Bytes: held.Certificate[0]}, filepath.Join(folder, "key.pem"): {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(python, "testdata/smtpd.py", kept, authorities, filepath.Join(folder, "key.pem"), port)
	var complaints strings.Builder
	server.Stderr = &complaints
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		if err := server.Wait(); err != nil {
			t.Errorf("the mail server: %v\n%s", err, &complaints)
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the mail server said %q: %v\n%s", line, err, &complaints)
	}
	return "localhost:" + port, authorities, kept
}

// The in-process server of the other tests is written with the same hands as the product. What somebody else's
// says and takes is another matter: STARTTLS, signing in, refusals, sizes, and the message as it arrives.
func TestAMailServerFromDebianTakesWhatWeSend(t *testing.T) {
	t.Parallel()
	address, authorities, kept := debian(t)
	deliver := func(user string, change func(*notify.Message)) error {
		t.Helper()
		driver := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+user+address+"?tls=mandatory&ca="+authorities, "quorate@example.org"))
		defer driver.Close()
		m := hello
		m.Subject, m.ReturnTo = "The agenda is out: MAPaC – 26 November", "bounce-x@reply.example.org"
		change(&m)
		return driver.Deliver(t.Context(), m)
	}
	right := "quorate:three%20random%20words@"
	if err := deliver(right, func(m *notify.Message) {
		m.Text = strings.Repeat("Ænean lines, longer than a line of mail may be. ", 40)
		m.Calendar = &notify.Calendar{Method: "REQUEST", Text: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")}
	}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(kept, "new", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d messages are kept: %v", len(files), err)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	arrived, err := mail.ReadMessage(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<1@example.org>", "X-Came-From": "bounce-x@reply.example.org", "X-Signed-In": "quorate", "Auto-Submitted": "auto-generated", "To": "<priya@example.org>",
	} {
		if got := arrived.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	same := func(*notify.Message) {}
	for what, c := range map[string]struct {
		err  error
		want notify.FailureKind
	}{
		"a mailbox that does not exist": {deliver(right, func(m *notify.Message) { m.To = "nobody@example.org" }), notify.NoSuchAddress},
		"a mailbox that is full":        {deliver(right, func(m *notify.Message) { m.To = "busy@example.org" }), notify.Busy},
		"a message that is too large":   {deliver(right, func(m *notify.Message) { m.Text = strings.Repeat("Long. ", 10000) }), notify.TooLarge},
		"a wrong password":              {deliver("quorate:secret@", same), notify.SignInRefused},
		"nobody signed in":              {deliver("", same), notify.SignInRefused},
	} {
		var failure *notify.Failure
		if !errors.As(c.err, &failure) || failure.Kind != c.want {
			t.Errorf("%s: %v, want %s", what, c.err, c.want)
		}
	}
	stranger := must[*notify.SMTP](t)(notify.NewSMTP("smtp://"+right+address+"?tls=mandatory", "quorate@example.org"))
	defer stranger.Close()
	var failure *notify.Failure
	if err := stranger.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != notify.NotSafe {
		t.Errorf("a certificate nobody vouches for: %v", err)
	}
}
