package calendar

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
)

// A name with a quotation mark in it must not lose its owner the invitation.
func TestAnInvitationBearsAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`Siân "Shâni" O’Neill`, "Reeve, Kamal; NHS: south", "Two\r\nlines", "", strings.Repeat("Łongname ", 30), "Tab\there", "\x00bell\x07"} {
		invitation := Invitation{Entry: panelMeeting(), Organiser: Party{Name: name, Email: "mapac@example.org"}, Attendee: Party{Name: name, Email: "kamal.reeve@example.org"}}
		text, err := invitation.Text()
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		file, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
		if err != nil {
			t.Errorf("%q cannot be read: %v\n%s", name, err, text)
			continue
		}
		attendees := file.Events()[0].Props.Values(ical.PropAttendee)
		if len(attendees) != 1 || attendees[0].Value != "mailto:kamal.reeve@example.org" || attendees[0].Params.Get(ical.ParamParticipationStatus) != "NEEDS-ACTION" {
			t.Errorf("%q asks %+v", name, attendees)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
			if len(line) > 75 {
				t.Errorf("%q makes a line of %d octets", name, len(line))
			}
		}
	}
}

// What is not plainly one person's answer to one invitation is not taken for one.
func TestReadReplyTakesOnlyAnAnswer(t *testing.T) {
	t.Parallel()
	const good = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:a\nSEQUENCE:3\nDTSTAMP:20261126T094100Z\nATTENDEE;PARTSTAT=DECLINED:MAILTO:A@example.org\nEND:VEVENT\nEND:VCALENDAR\n"
	got, err := ReadReply([]byte(good))
	if want := (Reply{UID: "a", Sequence: 3, Stamp: time.Date(2026, 11, 26, 9, 41, 0, 0, time.UTC), Attendee: "a@example.org", Says: Declined}); err != nil || got != want {
		t.Fatalf("read as %+v, %v", got, err)
	}
	for _, c := range []struct {
		old, now string
		want     error
	}{
		{"METHOD:REPLY\n", "", ErrNoReply},
		{"METHOD:REPLY", "METHOD:REQUEST", ErrOtherMethod},
		{"METHOD:REPLY", "METHOD:CANCEL", ErrOtherMethod},
		{"VEVENT", "VTODO", ErrNoReply},
		{"UID:a\n", "", ErrUnreadable},
		{"DTSTAMP:20261126T094100Z", "DTSTAMP:yesterday", ErrUnreadable},
		{"SEQUENCE:3", "SEQUENCE:-1", ErrUnreadable},
		{"SEQUENCE:3", "SEQUENCE:99999999999999999999", ErrUnreadable},
		{"MAILTO:A@example.org", "urn:uuid:1", ErrUnreadable},
		{"MAILTO:A@example.org", "mailto:", ErrUnreadable},
		{"END:VEVENT", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.org\nEND:VEVENT", ErrUnreadable},
		{"END:VEVENT", "END:VEVENT\nBEGIN:VEVENT\nUID:b\nEND:VEVENT", ErrUnreadable},
		{"END:VEVENT", "RECURRENCE-ID:20261208T133000Z\nEND:VEVENT", ErrOneDayOfMany},
		{good, "", ErrNoReply},
		{good, strings.Repeat("X", maxReplyBytes+1), ErrUnreadable},
		{good, strings.Repeat("\n", maxReplyLines+1), ErrUnreadable},
	} {
		if got, err := ReadReply([]byte(strings.Replace(good, c.old, c.now, 1))); !errors.Is(err, c.want) {
			t.Errorf("%.40q for %.40q is read as %+v, %v; want %v", c.now, c.old, got, err, c.want)
		}
	}
}
