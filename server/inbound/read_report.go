package inbound

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"quorate/notify"
)

var errNoReport = errors.New("inbound: no delivery report")

// statusCode is a status as RFC 3463 writes it; what follows it is a comment.
var statusCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// mostSaid is as much of another server's words as an administrator needs.
const mostSaid = 300

// ReadReport finds what became of a message in a report of RFC 3464: multipart/report with a part
// message/delivery-status. Each message has one recipient; of several reports on them, after a list or a
// forwarding, the worst counts.
func ReadReport(r io.Reader) (notify.Report, error) {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return notify.Report{}, errNoReport
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") || params["boundary"] == "" {
		return notify.Report{}, errNoReport
	}
	parts := multipart.NewReader(part{encoding: message.Header.Get("Content-Transfer-Encoding"), body: message.Body}.decoded(), params["boundary"])
	for range maxParts {
		next, err := parts.NextRawPart()
		if err != nil {
			return notify.Report{}, errNoReport
		}
		kind, _, err := mime.ParseMediaType(next.Header.Get("Content-Type"))
		if err == nil && (kind == "message/delivery-status" || kind == "message/global-delivery-status") {
			return readStatus(part{encoding: next.Header.Get("Content-Transfer-Encoding"), body: next}.decoded())
		}
	}
	return notify.Report{}, errNoReport
}

// readStatus reads the groups of fields of a delivery status: one of the message, then one a recipient.
func readStatus(r io.Reader) (worst notify.Report, err error) {
	groups := textproto.NewReader(bufio.NewReader(r))
	for range maxParts {
		fields, err := groups.ReadMIMEHeader()
		if action := strings.ToLower(strings.TrimSpace(fields.Get("Action"))); action != "" {
			report := notify.Report{Action: action, Status: statusCode.FindString(strings.TrimSpace(fields.Get("Status"))), Says: said(fields.Get("Diagnostic-Code"))}
			if weight(report) > weight(worst) {
				worst = report
			}
		}
		if err != nil {
			break // the last group, or nonsense after what was read
		}
	}
	if worst.Action == "" || worst.Status == "" {
		return notify.Report{}, errNoReport
	}
	return worst, nil
}

func weight(r notify.Report) int {
	switch r.Action {
	case "":
		return 0
	case "failed":
		return 3
	case "delayed":
		return 2
	default:
		return 1
	}
}

// said are the other server's words, as text that can be shown.
func said(diagnostic string) string {
	if kind, words, found := strings.Cut(diagnostic, ";"); found && !strings.ContainsAny(strings.TrimSpace(kind), " \t") {
		diagnostic = words
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(diagnostic, ""))
	words := []rune(strings.Join(strings.Fields(plain), " "))
	return string(words[:min(len(words), mostSaid)])
}
