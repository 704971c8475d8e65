package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// GovNotify carries messages by GOV.UK Notify: its HTTP API, one email template whose subject is ((subject))
// and whose text is ((body)), and the service's own sender. It carries no calendars.
type GovNotify struct {
	base     *url.URL
	service  string // who we are to it: the token's issuer
	secret   []byte
	template uuid.UUID
	client   *http.Client
	now      func() time.Time
}

// GovNotifyURL is where GOV.UK Notify is.
const GovNotifyURL = "https://api.notifications.service.gov.uk"

const (
	uuidLength = 36
	mostAnswer = 4 << 20 // of 250 messages with their text
	mostPages  = 20      // of failures looked through at once: 5,000
)

// NewGovNotify reads an API key as Notify shows it, which ends in the service's id and the secret, the id of
// the template, and where the API is.
func NewGovNotify(key, template, base string) (*GovNotify, error) {
	g := &GovNotify{client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, now: time.Now}
	key = strings.TrimSpace(key)
	const ends = 2*uuidLength + 1
	if len(key) < ends+1 || key[len(key)-uuidLength-1] != '-' || key[len(key)-ends-1] != '-' {
		return nil, fault.New(fault.Invalid, "QUORATE_NOTIFY_KEY is not an API key of GOV.UK Notify. Copy it whole, with its name: name-service-secret.")
	}
	g.service = key[len(key)-ends : len(key)-uuidLength-1]
	g.secret = []byte(key[len(key)-uuidLength:])
	for _, part := range []string{g.service, string(g.secret)} {
		if _, err := uuid.Parse(part); err != nil {
			return nil, fault.New(fault.Invalid, "QUORATE_NOTIFY_KEY is not an API key of GOV.UK Notify. Copy it whole, with its name: name-service-secret.")
		}
	}
	var err error
	if g.template, err = uuid.Parse(strings.TrimSpace(template)); err != nil {
		return nil, fault.New(fault.Invalid, "QUORATE_NOTIFY_TEMPLATE is not the id of an email template of GOV.UK Notify. Its subject is ((subject)) and its message is ((body)).")
	}
	g.base, err = url.Parse(base)
	if err != nil || g.base.Host == "" || g.base.Scheme != "https" && !onThisMachine(g.base.Hostname()) {
		return nil, fault.New(fault.Invalid, "QUORATE_NOTIFY_URL is not an address like %s.", GovNotifyURL)
	}
	return g, nil
}

// token is a JSON Web Token (RFC 7519) signed with the secret. It is good for thirty seconds, so each request
// has its own.
func (g *GovNotify) token() string {
	part := func(v any) string {
		text, _ := json.Marshal(v) // of strings and a number
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(map[string]string{"typ": "JWT", "alg": "HS256"}) + "." + part(map[string]any{"iss": g.service, "iat": g.now().Unix()})
	mac := hmac.New(sha256.New, g.secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Deliver hands a message over. Its reference is the Message-ID: before one is sent that may have been taken
// already, Notify is asked whether it was.
func (g *GovNotify) Deliver(ctx context.Context, m Message) error {
	if m.Repeat {
		taken, err := g.list(ctx, url.Values{"reference": {m.ID}, "template_type": {"email"}})
		if err != nil {
			return err
		}
		if len(taken.Notifications) > 0 {
			return nil
		}
	}
	return g.ask(ctx, http.MethodPost, g.base.JoinPath("/v2/notifications/email"), map[string]any{
		"email_address": m.To, "template_id": g.template, "reference": m.ID,
		"personalisation": map[string]string{"subject": m.Subject, "body": m.withoutCalendar()},
	}, nil)
}

// withoutCalendar is the text for whoever gets no calendar with it: how the meeting reaches theirs instead.
func (m Message) withoutCalendar() string {
	if m.Calendar == nil {
		return m.Text
	}
	says := "This email holds nothing for your calendar. To have your meetings there, subscribe to your own calendar in Quorate, or add this one from its page:"
	if m.Calendar.Method == "CANCEL" {
		says = "This email takes nothing out of your calendar. If you subscribe to your own calendar in Quorate, it is taken out there by itself:"
	}
	return m.Text + "\n" + says + "\n" + m.BaseURL + calendarPath + "\n"
}

// calendarPath is where a person finds the address of their own calendar.
const calendarPath = "/account/calendar"

// Check says whether Notify lets us in. Nothing is sent.
func (g *GovNotify) Check(ctx context.Context) error {
	err := g.ask(ctx, http.MethodGet, g.base.JoinPath("/v2/template", g.template.String()), nil, nil)
	var told *Failure
	if errors.As(err, &told) {
		return fault.New(fault.Unavailable, "%s. %s.", told.Kind.Words(), told.Kind.Mend()).Because(err)
	}
	return err
}

// Describe says where messages go, without the key.
func (g *GovNotify) Describe() string {
	return "GOV.UK Notify at " + g.base.Host + ", service " + g.service
}

// Domain is what Message-IDs end in.
func (g *GovNotify) Domain() string { return g.base.Hostname() }

// sentByNotify is a page of what Notify was given.
type sentByNotify struct {
	Notifications []struct {
		ID        string `json:"id"`
		Reference string `json:"reference"`
		Status    string `json:"status"`
	} `json:"notifications"`
}

// Returned is a message that was taken and could not be delivered after all.
type Returned struct {
	MessageID string
	Report    Report
}

// Returned lists what could not be delivered, the latest first, until known says of a page that all of it is.
func (g *GovNotify) Returned(ctx context.Context, known func(ctx context.Context, page []Returned) (all bool, err error)) error {
	filter := url.Values{"template_type": {"email"}, "status": {"permanent-failure", "temporary-failure", "technical-failure"}}
	for range mostPages {
		page, err := g.list(ctx, filter)
		if err != nil || len(page.Notifications) == 0 {
			return err
		}
		var list []Returned
		for _, n := range page.Notifications {
			if n.Reference != "" {
				list = append(list, Returned{n.Reference, reportOf(n.Status)})
			}
		}
		if all, err := known(ctx, list); all || err != nil {
			return err
		}
		filter.Set("older_than", page.Notifications[len(page.Notifications)-1].ID)
	}
	return nil
}

// reportOf is what Notify's words for a failure mean: the address was wrong; the mailbox was full or its
// filter would not have it, for three days; or the fault was between Notify and its own provider.
func reportOf(status string) Report {
	switch status {
	case "permanent-failure":
		return Report{"failed", "5.1.1", "GOV.UK Notify: the email address does not exist"}
	case "temporary-failure":
		return Report{"failed", "4.2.2", "GOV.UK Notify: the mailbox is full, or its filter refused the message"}
	default:
		return Report{"failed", "5.3.0", "GOV.UK Notify: a technical failure between Notify and its provider"}
	}
}

func (g *GovNotify) list(ctx context.Context, filter url.Values) (page sentByNotify, err error) {
	address := g.base.JoinPath("/v2/notifications")
	address.RawQuery = filter.Encode()
	return page, g.ask(ctx, http.MethodGet, address, nil, &page)
}

// ask sends a request and reads the answer. What goes wrong is a *Failure.
func (g *GovNotify) ask(ctx context.Context, method string, address *url.URL, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return &Failure{Kind: Refused, Err: err}
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(text))
	if err != nil {
		return &Failure{Kind: Unreachable, Err: err}
	}
	request.Header.Set("Authorization", "Bearer "+g.token())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Quorate")
	response, err := g.client.Do(request)
	if err != nil {
		return &Failure{Kind: Unreachable, Err: errors.New("GOV.UK Notify cannot be reached: " + withoutAddress(err))}
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return &Failure{Kind: BrokenOff, Err: err} // it may have been taken: asked before it is sent again
	}
	if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusCreated {
		if into == nil {
			return nil
		}
		if err := json.Unmarshal(answer, into); err != nil {
			return &Failure{Kind: ServerBusy, Err: fmt.Errorf("GOV.UK Notify answered what cannot be read: %w", err)}
		}
		return nil
	}
	return g.refused(response.StatusCode, answer)
}

// withoutAddress is a network's error without the address it was for, which holds the reference asked about.
func withoutAddress(err error) string {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err.Error()
	}
	return err.Error()
}

// refused reads an error by its status and type; its words may change and are for people alone.
func (g *GovNotify) refused(status int, answer []byte) error {
	var told struct {
		Errors []struct{ Error, Message string } `json:"errors"`
	}
	_ = json.Unmarshal(answer, &told) // what is no JSON says nothing more than the status
	kind, words := "", http.StatusText(status)
	if len(told.Errors) > 0 {
		kind, words = told.Errors[0].Error, told.Errors[0].Message
	}
	failure := &Failure{Err: fmt.Errorf("%d %s: %s", status, kind, words)}
	switch {
	case status == http.StatusTooManyRequests && kind == "TooManyRequestsError":
		failure.Kind, failure.Wait = LimitReached, untilMidnight(g.now())
	case status == http.StatusTooManyRequests: // so many in any sixty seconds
		failure.Kind, failure.Wait = ServerBusy, time.Minute
	case status == http.StatusForbidden && strings.Contains(words, "clock"):
		failure.Kind = ClockWrong // only words tell it from a wrong key; if they change it is still told at once
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		failure.Kind = SignInRefused
	case status == http.StatusRequestEntityTooLarge:
		failure.Kind = TooLarge
	case status == http.StatusBadRequest:
		failure.Kind = Refused
	default:
		failure.Kind = ServerBusy
	}
	return failure
}

// untilMidnight is when the day's limit ends, with a minute to spare: days are counted in UTC.
func untilMidnight(now time.Time) time.Duration {
	now = now.UTC()
	return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 1, 0, 0, time.UTC).Sub(now)
}
