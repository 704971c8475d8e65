package calendar

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"quorate/server/base/clock"

	"github.com/emersion/go-ical"
)

// An Entry is one meeting in somebody's calendar. It carries the meeting's title and place
// only: never a case, a name or a reference.
type Entry struct {
	UID       string    // the same for the meeting's whole life
	Sequence  int       // one more at each change that people must see
	Stamp     time.Time // when this text was made
	Start     time.Time
	End       time.Time
	Title     string
	Place     string // venue or joining link; may be empty
	Words     string // a description; may be empty
	Link      string // the meeting's page, behind sign-in; may be empty
	Cancelled bool
}

// ICS writes entries as iCalendar text (RFC 5545): Europe/London times, CRLF, lines folded at
// 75 octets. Its media type is "text/calendar; charset=utf-8".
func ICS(entries ...Entry) ([]byte, error) {
	file := newFile("PUBLISH")
	for _, entry := range entries {
		file.Children = append(file.Children, entry.event().Component)
	}
	return written(file)
}

// newFile is a file without entries; its method says what a calendar is to do with them.
func newFile(method string) *ical.Calendar {
	file := ical.NewCalendar()
	file.Props.SetText(ical.PropVersion, "2.0")
	file.Props.SetText(ical.PropProductID, "-//Quorate//Meetings//EN")
	file.Props.SetText(ical.PropCalendarScale, "GREGORIAN")
	file.Props.SetText(ical.PropMethod, method)
	file.Children = append(file.Children, londonZone())
	return file
}

func written(file *ical.Calendar) ([]byte, error) {
	var text bytes.Buffer
	if err := ical.NewEncoder(&text).Encode(file); err != nil {
		return nil, fmt.Errorf("calendar: write iCalendar text: %w", err)
	}
	return fold(text.Bytes()), nil
}

func (e Entry) event() *ical.Event {
	event := ical.NewEvent()
	setText := func(name, text string) {
		if text != "" {
			event.Props.SetText(name, printable(text))
		}
	}
	setText(ical.PropUID, e.UID)
	setText(ical.PropSummary, e.Title)
	setText(ical.PropLocation, e.Place)
	setText(ical.PropDescription, e.Words)
	if e.Link != "" {
		link := ical.NewProp(ical.PropURL)
		link.SetValueType(ical.ValueURI)
		link.Value = printable(e.Link)
		event.Props.Set(link)
	}
	sequence := ical.NewProp(ical.PropSequence)
	sequence.Value = strconv.Itoa(e.Sequence)
	event.Props.Set(sequence)
	event.Props.SetDateTime(ical.PropDateTimeStamp, e.Stamp.UTC())
	event.Props.SetDateTime(ical.PropDateTimeStart, e.Start.In(clock.London))
	event.Props.SetDateTime(ical.PropDateTimeEnd, e.End.In(clock.London))
	if e.Cancelled {
		event.SetStatus(ical.EventCancelled)
	} else {
		event.SetStatus(ical.EventConfirmed)
	}
	return event
}

// londonZone describes Europe/London for readers that know no zone names: the clocks go
// forward on the last Sunday of March and back on the last Sunday of October, at 1am UTC.
func londonZone() *ical.Component {
	zone := ical.NewComponent(ical.CompTimezone)
	zone.Props.SetText(ical.PropTimezoneID, "Europe/London")
	zone.Children = []*ical.Component{
		change(ical.CompTimezoneDaylight, "BST", "+0000", "+0100", "19960331T010000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
		change(ical.CompTimezoneStandard, "GMT", "+0100", "+0000", "19961027T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
	}
	return zone
}

func change(kind, name, from, to, start, rule string) *ical.Component {
	c := ical.NewComponent(kind)
	for prop, value := range map[string]string{
		ical.PropTimezoneName: name, ical.PropTimezoneOffsetFrom: from, ical.PropTimezoneOffsetTo: to,
		ical.PropDateTimeStart: start, ical.PropRecurrenceRule: rule,
	} {
		p := ical.NewProp(prop)
		p.Value = value
		c.Props.Set(p)
	}
	return c
}

// printable keeps line ends as one character and drops other control characters, which
// iCalendar text may not hold.
func printable(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case r < ' ' || r == 0x7f:
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// fold breaks lines longer than 75 octets as RFC 5545 section 3.1 asks, never inside a character.
func fold(text []byte) []byte {
	var folded bytes.Buffer
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte("\r\n")), []byte("\r\n")) {
		room := 75
		for len(line) > room {
			cut := room
			for !utf8.RuneStart(line[cut]) {
				cut--
			}
			folded.Write(line[:cut])
			folded.WriteString("\r\n ")
			line, room = line[cut:], 74 // the space that begins a folded line counts
		}
		folded.Write(line)
		folded.WriteString("\r\n")
	}
	return folded.Bytes()
}
