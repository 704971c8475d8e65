package calendar

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"quorate/server/base/clock"

	"github.com/emersion/go-ical"
	"pgregory.net/rapid"
)

func panelMeeting() Entry {
	return Entry{
		UID: "0199-meeting@quorate.example.org", Sequence: 2, Stamp: day("2026-11-01").At(8, 0),
		Start: day("2026-10-26").At(9, 30), End: day("2026-10-26").At(12, 0),
		Title: "MAPaC decision panel, £ and “shares”; second, longer sitting in the council's largest room",
		Place: "Room 2\r\nCounty Hall", Link: "https://quorate.example.org/meetings/0199",
	}
}

// A line too long or ended wrongly makes Outlook drop the meeting without a word.
func TestICSIsWrittenAsTheStandardSays(t *testing.T) {
	t.Parallel()
	text, err := ICS(panelMeeting())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("bad line (%d octets): %q", len(line), line)
		}
	}
	for _, want := range []string{
		"UID:0199-meeting@quorate.example.org\r\n", "SEQUENCE:2\r\n", "DTSTAMP:20261101T080000Z\r\n", "STATUS:CONFIRMED\r\n",
		"DTSTART;TZID=Europe/London:20261026T093000\r\n", "LOCATION:Room 2\\nCounty Hall\r\n", "BEGIN:VTIMEZONE\r\n",
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestICSReadsBackAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entry := panelMeeting()
		entry.Title = "M" + strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return -1
			}
			return r
		}, rapid.String().Draw(t, "title"))
		entry.Start = anyDay(t, "day").At(rapid.IntRange(7, 20).Draw(t, "hour"), 15)
		entry.End = entry.Start.Add(90 * time.Minute)
		entry.Cancelled = rapid.Bool().Draw(t, "cancelled")

		text, err := ICS(entry)
		if err != nil {
			t.Fatal(err)
		}
		file, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		event := file.Events()[0]
		start, _ := event.DateTimeStart(clock.London)
		end, _ := event.DateTimeEnd(clock.London)
		title, _ := event.Props.Text(ical.PropSummary)
		status, _ := event.Status()
		if !start.Equal(entry.Start) || !end.Equal(entry.End) || title != entry.Title || (status == ical.EventCancelled) != entry.Cancelled {
			t.Fatalf("wrote %+v, read %s–%s %q %s", entry, start, end, title, status)
		}
	})
}
