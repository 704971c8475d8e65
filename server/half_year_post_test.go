package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"quorate/server/base/clock"
)

// letterbox is a mail server that takes everything and writes down what came on which day.
type letterbox struct {
	address string
	clock   *clock.Manual
	mu      sync.Mutex
	came    []string // "2026-12-24 mapac.chair: Blocker B1 is now with MARP."; protected by mu
	letters int      // messages, of which each may tell of several things; protected by mu
	ids     map[string]bool
	texts   strings.Builder // protected by mu
	trouble []error         // protected by mu
}

func openLetterbox(t *testing.T, now *clock.Manual) *letterbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &letterbox{address: "smtp://" + listener.Addr().String() + "?tls=none", clock: now, ids: map[string]bool{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: box}, nil }))
	server.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return box
}

// delivery is one line to the mail server.
type delivery struct {
	box *letterbox
	to  []string
}

func (d *delivery) Reset()                               { d.to = nil }
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

func (d *delivery) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	d.box.take(d.to, raw)
	return nil
}

func (b *letterbox) take(to []string, raw []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, told, text, err := readLetter(raw)
	switch {
	case err != nil:
		b.trouble = append(b.trouble, err)
		return
	case len(to) != 1:
		b.trouble = append(b.trouble, fmt.Errorf("a message goes to %q", to))
	case b.ids[id]:
		b.trouble = append(b.trouble, fmt.Errorf("message %s came twice, to %s: %s", id, to[0], told[0]))
	}
	b.ids[id] = true
	b.letters++
	b.texts.WriteString(text)
	person, _, _ := strings.Cut(to[0], "@")
	for _, one := range told {
		b.came = append(b.came, fmt.Sprintf("%s %s: %s", clock.DateOf(b.clock.Now()), person, one))
	}
}

// readLetter says what a message tells: its subject, or the titles of the several things in it.
func readLetter(raw []byte) (id string, told []string, text string, err error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", nil, "", err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return "", nil, "", err
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, "", err
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart() // which reads quoted-printable
	if err != nil {
		return "", nil, "", err
	}
	content, err := io.ReadAll(part)
	if err != nil {
		return "", nil, "", err
	}
	for line := range strings.Lines(string(content)) {
		if title, titled := strings.CutPrefix(line, "* "); titled {
			told = append(told, strings.TrimSpace(title))
		}
	}
	if len(told) == 0 {
		told = []string{subject}
	}
	return message.Header.Get("Message-ID"), told, subject + "\n" + string(content), nil
}
