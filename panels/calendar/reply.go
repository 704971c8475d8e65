package calendar

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Reply is what somebody's calendar answers to an invitation (RFC 5546 section 3.2.3).
type Reply struct {
	UID      string
	Sequence int       // of the invitation they answered; 0 where the calendar does not say
	Stamp    time.Time // when they answered, UTC
	Attendee string    // their e-mail address, lower case
	Says     Participation
}

// Why a text is no reply to an invitation.
var (
	ErrNoReply      = errors.New("calendar: no reply to an invitation")
	ErrUnreadable   = errors.New("calendar: the reply cannot be read")
	ErrOtherMethod  = errors.New("calendar: not an answer but another proposal")
	ErrOneDayOfMany = errors.New("calendar: an answer about one day of a repeated meeting")
)

// The most a reply may hold: those seen in the wild are a tenth of it.
const (
	maxReplyBytes = 256 << 10
	maxReplyLines = 4000
)

// ReadReply reads what a calendar sends when somebody accepts or declines. It takes text as programs
// really write it: lines that end in LF alone, folded anywhere, with parameters and properties nobody
// asked for; it looks at one event and leaves alarms and time zones aside.
func ReadReply(text []byte) (Reply, error) {
	if len(text) > maxReplyBytes {
		return Reply{}, ErrUnreadable
	}
	var (
		reply   Reply
		method  string
		inside  []string // the components around the line
		events  int
		parties int
	)
	lines := unfolded(string(text))
	if len(lines) > maxReplyLines {
		return Reply{}, ErrUnreadable
	}
	for _, text := range lines {
		line, ok := readLine(text)
		if !ok {
			continue // a program's own oddity, outside what matters here
		}
		switch line.name {
		case "BEGIN":
			inside = append(inside, strings.ToUpper(line.value))
			if len(inside) == 2 && inside[1] == "VEVENT" {
				events++
			}
			continue
		case "END":
			if len(inside) > 0 {
				inside = inside[:len(inside)-1]
			}
			continue
		}
		switch {
		case len(inside) == 1 && inside[0] == "VCALENDAR" && line.name == "METHOD":
			method = strings.ToUpper(strings.TrimSpace(line.value))
		case len(inside) == 2 && inside[0] == "VCALENDAR" && inside[1] == "VEVENT" && events == 1:
			if line.name == "ATTENDEE" {
				parties++
			}
			if err := reply.take(line); err != nil {
				return Reply{}, err
			}
		}
	}
	switch {
	case method == "" || events == 0:
		return Reply{}, ErrNoReply
	case method != "REPLY":
		return Reply{}, ErrOtherMethod
	case events != 1 || parties != 1 || reply.UID == "" || reply.Attendee == "" || reply.Stamp.IsZero():
		return Reply{}, ErrUnreadable
	}
	return reply, nil
}

// take reads one property of the event.
func (r *Reply) take(line contentLine) error {
	value := strings.TrimSpace(line.value)
	switch line.name {
	case "UID":
		r.UID = value
	case "SEQUENCE":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return ErrUnreadable
		}
		r.Sequence = n
	case "DTSTAMP":
		at, err := time.Parse("20060102T150405Z", value)
		if err != nil {
			return ErrUnreadable
		}
		r.Stamp = at
	case "ATTENDEE":
		address, ok := cutPrefixFold(value, "mailto:")
		if !ok {
			return ErrUnreadable
		}
		r.Attendee = strings.ToLower(strings.TrimSpace(address))
		r.Says = Participation(strings.ToUpper(line.params["PARTSTAT"]))
	case "RECURRENCE-ID":
		return ErrOneDayOfMany
	}
	return nil
}

// contentLine is "NAME;PARAM=value;PARAM="value":value".
type contentLine struct {
	name   string
	params map[string]string // the first value of each
	value  string
}

// readLine reads a line; quotation marks keep colons and semicolons in a parameter.
func readLine(text string) (contentLine, bool) {
	quoted, from := false, 0
	var parts []string
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';':
			parts = append(parts, text[from:i])
			from = i + 1
		case c == ':':
			parts = append(parts, text[from:i])
			line := contentLine{name: strings.ToUpper(strings.TrimSpace(parts[0])), params: map[string]string{}, value: text[i+1:]}
			for _, param := range parts[1:] {
				name, value, _ := strings.Cut(param, "=")
				if name = strings.ToUpper(strings.TrimSpace(name)); line.params[name] == "" {
					line.params[name] = strings.Trim(strings.TrimSpace(value), `"`)
				}
			}
			return line, line.name != ""
		}
	}
	return contentLine{}, false
}

// unfolded gives the lines of a text, those that go on in the next joined.
func unfolded(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
	var lines []string
	var whole strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			whole.WriteString(line[1:])
			continue
		}
		lines = append(lines, whole.String())
		whole.Reset()
		whole.WriteString(line)
	}
	return append(lines, whole.String())
}

func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
