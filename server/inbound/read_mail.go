package inbound

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"quorate/panels/calendar"
)

// The most a message may be nested, and the most parts it may have. Outlook's replies have two levels,
// a forwarded one with a gateway's disclaimer four.
const (
	maxDepth = 8
	maxParts = 64
)

var errTooDeep = errors.New("inbound: too many parts")

// ReadMail finds the calendar's reply in a message: in the part that is one, or in an attached file,
// however deep, in whatever encoding.
func ReadMail(r io.Reader) (calendar.Reply, error) {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return calendar.Reply{}, calendar.ErrNoReply
	}
	s := search{err: calendar.ErrNoReply}
	s.part(part{
		contentType: message.Header.Get("Content-Type"), encoding: message.Header.Get("Content-Transfer-Encoding"),
		disposition: message.Header.Get("Content-Disposition"), body: message.Body,
	}, 0)
	return s.reply, s.err
}

// search walks a message until it has found a reply. err is what is to be said when it finds none.
type search struct {
	parts int
	found bool
	reply calendar.Reply
	err   error
}

type part struct {
	contentType, encoding, disposition string
	body                               io.Reader
}

func (s *search) part(p part, depth int) {
	s.parts++
	if depth > maxDepth || s.parts > maxParts {
		s.err = errTooDeep
		return
	}
	kind, params, err := mime.ParseMediaType(p.contentType)
	if err != nil && kind == "" {
		kind, params = "text/plain", nil
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		inner := multipart.NewReader(p.decoded(), params["boundary"])
		for !s.found && !errors.Is(s.err, errTooDeep) {
			next, err := inner.NextRawPart()
			if err != nil {
				return // the end, or a message cut short: what was found so far stands
			}
			s.part(part{
				contentType: next.Header.Get("Content-Type"), encoding: next.Header.Get("Content-Transfer-Encoding"),
				disposition: next.Header.Get("Content-Disposition"), body: next,
			}, depth+1)
		}
	case kind == "message/rfc822":
		message, err := mail.ReadMessage(p.decoded())
		if err != nil {
			return
		}
		s.part(part{
			contentType: message.Header.Get("Content-Type"), encoding: message.Header.Get("Content-Transfer-Encoding"),
			disposition: message.Header.Get("Content-Disposition"), body: message.Body,
		}, depth+1)
	case p.isCalendar(kind, params):
		text, err := io.ReadAll(p.decoded())
		if err != nil && len(text) == 0 {
			return
		}
		reply, err := calendar.ReadReply(utf8Of(text, params["charset"]))
		if err == nil {
			s.reply, s.err, s.found = reply, nil, true
		} else if errors.Is(s.err, calendar.ErrNoReply) {
			s.err = err
		}
	}
}

// isCalendar: most programs name the type, some only the file.
func (p part) isCalendar(kind string, params map[string]string) bool {
	if kind == "text/calendar" || kind == "application/ics" {
		return true
	}
	_, how, _ := mime.ParseMediaType(p.disposition)
	for _, name := range []string{params["name"], how["filename"]} {
		if strings.HasSuffix(strings.ToLower(name), ".ics") {
			return true
		}
	}
	return false
}

func (p part) decoded() io.Reader {
	switch strings.ToLower(strings.TrimSpace(p.encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(p.body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &base64Only{from: p.body})
	default:
		return p.body
	}
}

// base64Only drops what is no base64, as RFC 2045 section 6.8 asks: gateways add spaces and blank lines.
type base64Only struct{ from io.Reader }

func (b *base64Only) Read(p []byte) (int, error) {
	for {
		n, err := b.from.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}

// utf8Of is a text in UTF-8, whatever charset it is said to be in; one nobody knows is taken as it is.
func utf8Of(text []byte, charset string) []byte {
	encoding, err := htmlindex.Get(charset)
	if charset == "" || err != nil {
		return text
	}
	if decoded, err := encoding.NewDecoder().Bytes(text); err == nil {
		return decoded
	}
	return text
}
