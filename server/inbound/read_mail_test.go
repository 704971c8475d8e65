package inbound_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quorate/notify"
	"quorate/panels/calendar"
	"quorate/server/inbound"
)

// calendarIn is the calendar part of a message, its lines unfolded and ended with LF.
func calendarIn(t *testing.T, raw []byte) string {
	t.Helper()
	text, err := notify.DemoMail{Raw: raw}.Calendar()
	if err != nil || text == nil {
		t.Fatalf("no calendar (%v) in\n%s", err, raw)
	}
	return strings.NewReplacer("\r\n ", "", "\r\n", "\n").Replace(string(text))
}

// Each of these is the shape in which a program that people really have sends its reply.
func TestRepliesAreReadInTheShapesProgramsSendThem(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/replies/*.eml")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for ending, message := range map[string][]byte{"LF": raw, "CRLF": bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))} {
			reply, err := inbound.ReadMail(bytes.NewReader(message))
			want := calendar.Declined
			if strings.Contains(file, "accept") {
				want = calendar.Accepted
			}
			if err != nil || reply.Says != want || reply.UID != "019a8f6c-0000-7000-8000-000000000001" || reply.Sequence != 2 ||
				reply.Attendee != "kamal.reeve@example.org" || reply.Stamp.Format("2006-01-02 15:04") != "2026-11-26 09:41" {
				t.Errorf("%s with %s is read as %+v, %v", file, ending, reply, err)
			}
		}
	}
}

const plainReply = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261126T094100Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// Whoever can send mail chooses these bytes: reading them must end, and never with a panic. What is read
// must be whole, so that half a reply is no reply.
func FuzzReadMail(f *testing.F) {
	files, _ := filepath.Glob("testdata/replies/*.eml")
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			f.Add(raw)
		}
	}
	var printable bytes.Buffer
	w := quotedprintable.NewWriter(&printable)
	_, _ = w.Write([]byte(plainReply))
	_ = w.Close()
	f.Add([]byte("Content-Type: text/calendar\r\n\r\n" + plainReply))
	f.Add([]byte("Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(plainReply))))
	f.Add([]byte("Content-Type: text/calendar\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + printable.String()))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/calendar\r\n\r\n" + plainReply + "--x--\r\n"))
	f.Add([]byte("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;CN=\"a;b:c\nATTENDEE;=:\n:\n;\nDTSTAMP:\nEND:\nEND:\nEND:\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		reply, err := inbound.ReadMail(bytes.NewReader(raw))
		if err != nil {
			known := errors.Is(err, calendar.ErrNoReply) || errors.Is(err, calendar.ErrUnreadable) || errors.Is(err, calendar.ErrOtherMethod) || errors.Is(err, calendar.ErrOneDayOfMany)
			if !known && err.Error() != "inbound: too many parts" {
				t.Fatalf("an error nobody answers: %v", err)
			}
			return
		}
		if reply.UID == "" || reply.Stamp.IsZero() || reply.Attendee == "" || reply.Sequence < 0 {
			t.Fatalf("half a reply is taken: %+v", reply)
		}
	})
}
