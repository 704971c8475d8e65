package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/dbtest"
)

const (
	notifyService  = "26785a09-ab16-4eb0-8407-a37497a57506"
	notifySecret   = "3d844edf-8d35-48ac-975b-e847b4f122b0"
	notifyTemplate = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
	notifyKey      = "quorate_live-key-" + notifyService + "-" + notifySecret
)

// govNotify answers as GOV.UK Notify documents: who may ask, what is asked, and what it answers.
type govNotify struct {
	*httptest.Server

	mu      sync.Mutex
	late    time.Duration     // how far its clock is ahead; protected by mu
	fail    func() (int, any) // what it answers to a message; nil: it takes it; protected by mu
	lose    bool              // it takes the next message and its answer is lost; protected by mu
	taken   []notification    // the oldest first; protected by mu
	refused []string          // why requests were not as documented; protected by mu
}

type notification struct {
	ID        string            `json:"id"`
	Reference string            `json:"reference"`
	Status    string            `json:"status"`
	To        string            `json:"email_address"`
	Template  string            `json:"template_id"`
	Said      map[string]string `json:"personalisation"`
}

func serveGovNotify(t *testing.T) *govNotify {
	t.Helper()
	g := &govNotify{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/notifications/email", g.asked(g.send))
	mux.HandleFunc("GET /v2/notifications", g.asked(g.list))
	mux.HandleFunc("GET /v2/template/{id}", g.asked(func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != notifyTemplate {
			notifyError(w, 404, "NoResultFound", "No result found")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"id": notifyTemplate, "type": "email"})
	}))
	g.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		g.Close()
		if len(g.refused) > 0 {
			t.Errorf("asked otherwise than documented: %q", g.refused)
		}
	})
	return g
}

func notifyError(w http.ResponseWriter, status int, kind, words string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status_code": status, "errors": []map[string]string{{"error": kind, "message": words}}})
}

// asked looks at the token before anything else.
func (g *govNotify) asked(then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if r.Header.Get("Content-Type") != "application/json" {
			g.refused = append(g.refused, "Content-Type "+r.Header.Get("Content-Type"))
		}
		issued, err := readToken(r.Header.Get("Authorization"))
		switch {
		case err != nil:
			notifyError(w, 403, "AuthError", "Invalid token: "+err.Error())
		case time.Since(issued)+g.late > 30*time.Second || time.Since(issued)+g.late < -30*time.Second:
			notifyError(w, 403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
		default:
			then(w, r)
		}
	}
}

// readToken verifies a JSON Web Token by hand, as RFC 7519 and RFC 7515 say.
func readToken(authorization string) (issued time.Time, err error) {
	token, bearer := strings.CutPrefix(authorization, "Bearer ")
	parts := strings.Split(token, ".")
	if !bearer || len(parts) != 3 {
		return issued, errors.New("no token")
	}
	mac := hmac.New(sha256.New, []byte(notifySecret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, mac.Sum(nil)) {
		return issued, errors.New("API key not found")
	}
	var header struct{ Typ, Alg string }
	var claims struct {
		Iss string
		Iat int64
	}
	for i, into := range []any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return issued, err
		}
		if err := json.Unmarshal(text, into); err != nil {
			return issued, err
		}
	}
	if header.Typ != "JWT" || header.Alg != "HS256" || claims.Iss != notifyService {
		return issued, fmt.Errorf("%+v %+v", header, claims)
	}
	return time.Unix(claims.Iat, 0), nil
}

func (g *govNotify) send(w http.ResponseWriter, r *http.Request) {
	var n notification
	decode := json.NewDecoder(r.Body)
	decode.DisallowUnknownFields()
	if err := decode.Decode(&n); err != nil {
		notifyError(w, 400, "ValidationError", "Additional properties are not allowed: "+err.Error())
		return
	}
	if g.fail != nil {
		status, body := g.fail()
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
		return
	}
	switch {
	case !strings.Contains(n.To, "@"):
		notifyError(w, 400, "ValidationError", "email_address Not a valid email address")
		return
	case n.Template != notifyTemplate:
		notifyError(w, 400, "BadRequestError", "Template not found")
		return
	case n.Said["subject"] == "" || n.Said["body"] == "":
		notifyError(w, 400, "BadRequestError", "Missing personalisation: subject, body")
		return
	}
	n.ID, n.Status = uuid.NewString(), "sending"
	g.taken = append(g.taken, n)
	if g.lose {
		g.lose = false
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"id": n.ID, "reference": n.Reference})
}

func (g *govNotify) list(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if asked.Get("template_type") != "email" {
		g.refused = append(g.refused, "a list of "+asked.Encode())
	}
	found, past := []notification{}, asked.Get("older_than") == ""
	for _, n := range slices.Backward(g.taken) {
		wanted := (asked.Get("reference") == "" || asked.Get("reference") == n.Reference) && (len(asked["status"]) == 0 || slices.Contains(asked["status"], n.Status))
		if past && wanted && len(found) < 2 { // 250, where Notify does it
			found = append(found, n)
		}
		past = past || n.ID == asked.Get("older_than")
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"notifications": found, "links": map[string]string{}})
}

func (g *govNotify) set(change func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change()
}

func (g *govNotify) subjects() (list []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.taken {
		list = append(list, n.Said["subject"])
	}
	return list
}

// A key that was copied in part must be told at the start, and shown to nobody.
func TestTheKeyOfGovNotifyIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	if _, err := notify.NewGovNotify(notifyKey, notifyTemplate, notify.GovNotifyURL); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{notifyService + "-" + notifySecret, notifyTemplate, notify.GovNotifyURL},
		{notifySecret, notifyTemplate, notify.GovNotifyURL},
		{notifyKey[:len(notifyKey)-1], notifyTemplate, notify.GovNotifyURL},
		{strings.Replace(notifyKey, "-3d84", "_3d84", 1), notifyTemplate, notify.GovNotifyURL},
		{notifyKey, "the template", notify.GovNotifyURL},
		{notifyKey, notifyTemplate, "http://api.example.org"},
		{notifyKey, notifyTemplate, "api.notifications.service.gov.uk"},
	} {
		if _, err := notify.NewGovNotify(c[0], c[1], c[2]); err == nil {
			t.Errorf("%q is accepted", c)
		} else if strings.Contains(err.Error(), notifySecret) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

// Which of Notify's refusals are worth waiting out decides whether a day's notices are lost.
func TestWhatGovNotifyAnswersIsUnderstood(t *testing.T) {
	t.Parallel()
	g := serveGovNotify(t)
	driver := must[*notify.GovNotify](t)(notify.NewGovNotify(notifyKey, notifyTemplate, g.URL))
	if err := driver.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := driver.Deliver(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	g.set(func() {
		if len(g.taken) != 1 || g.taken[0].Reference != hello.ID || g.taken[0].To != hello.To || g.taken[0].Said["subject"] != "Hello" || g.taken[0].Said["body"] != "Hello." {
			t.Errorf("taken %+v", g.taken)
		}
	})
	for _, c := range []struct {
		status      int
		kind, words string
		want        notify.FailureKind
		wait        time.Duration // at least
	}{
		{400, "ValidationError", "email_address Not a valid email address", notify.Refused, 0},
		{400, "BadRequestError", "Cannot send to this recipient using a team-only API key", notify.Refused, 0},
		{403, "AuthError", "Invalid token: API key not found", notify.SignInRefused, 0},
		{429, "RateLimitError", "Exceeded rate limit for key type live of 3000 requests per 60 seconds", notify.ServerBusy, time.Minute},
		{429, "TooManyRequestsError", "Exceeded send limits (email: 250000) for today", notify.LimitReached, time.Minute},
		{500, "Exception", "Internal server error", notify.ServerBusy, 0},
		{503, "", "", notify.ServerBusy, 0},
		{413, "", "", notify.TooLarge, 0},
	} {
		g.set(func() {
			g.fail = func() (int, any) {
				return c.status, map[string]any{"status_code": c.status, "errors": []map[string]string{{"error": c.kind, "message": c.words}}}
			}
		})
		var failure *notify.Failure
		if err := driver.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != c.want || failure.Wait < c.wait || failure.Wait > 25*time.Hour {
			t.Errorf("%d %s: %+v", c.status, c.kind, err)
		} else if strings.Contains(err.Error(), notifySecret) {
			t.Errorf("it shows the secret: %v", err)
		}
	}
	g.set(func() { g.fail, g.late = nil, 31*time.Second })
	var failure *notify.Failure
	if err := driver.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != notify.ClockWrong {
		t.Errorf("a clock that is half a minute out: %v", err)
	}
	g.set(func() { g.late = 25 * time.Second })
	if err := driver.Deliver(t.Context(), hello); err != nil {
		t.Errorf("a clock that is nearly right: %v", err)
	}
	stranger := must[*notify.GovNotify](t)(notify.NewGovNotify(strings.Replace(notifyKey, notifySecret, uuid.NewString(), 1), notifyTemplate, g.URL))
	if err := stranger.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != notify.SignInRefused {
		t.Errorf("a key that was revoked: %v", err)
	}
	g.Close()
	if err := driver.Deliver(t.Context(), hello); !errors.As(err, &failure) || failure.Kind != notify.Unreachable || strings.Contains(err.Error(), hello.ID) {
		t.Errorf("nobody there: %v", err)
	}
}

// Notify carries no calendars. Whoever is invited must be told how the meeting gets into theirs.
func TestGovNotifySaysThatItCarriesNoCalendar(t *testing.T) {
	t.Parallel()
	g := serveGovNotify(t)
	driver := must[*notify.GovNotify](t)(notify.NewGovNotify(notifyKey, notifyTemplate, g.URL))
	for _, method := range []string{"REQUEST", "CANCEL"} {
		m := hello
		m.BaseURL, m.Calendar = "https://quorate.example.org", &notify.Calendar{Method: method, Text: []byte("BEGIN:VCALENDAR")}
		if err := driver.Deliver(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	g.set(func() {
		for i, want := range []string{"holds nothing for your calendar", "takes nothing out of your calendar"} {
			body := g.taken[i].Said["body"]
			if !strings.Contains(body, want) || !strings.Contains(body, "https://quorate.example.org/account/calendar") || strings.Contains(body, "VCALENDAR") {
				t.Errorf("says %q", body)
			}
		}
	})
}

// An answer that is lost on the way is no reason to tell somebody twice: Notify is asked what it has.
func TestGovNotifyIsAskedBeforeAMessageIsRepeated(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := serveGovNotify(t)
	p.Driver = must[*notify.GovNotify](t)(notify.NewGovNotify(notifyKey, notifyTemplate, g.URL))
	g.set(func() { g.lose = true })
	want := []string{"Moved " + p.send(t, "moved").String()}
	p.drain(t)
	p.clock.Advance(10 * time.Minute)
	p.drain(t)
	if got := p.states(t); !slices.Equal(got, []notify.State{notify.Sent}) {
		t.Errorf("states %v: %+v", got, p.fates(t))
	}
	if got := g.subjects(); !slices.Equal(got, want) {
		t.Errorf("taken %q, want %q", got, want)
	}
}

// What Notify could not deliver after all marks the address, as a bounce does.
func TestWhatGovNotifyCouldNotDeliverIsHeardOf(t *testing.T) {
	t.Parallel()
	p := setup(t)
	g := serveGovNotify(t)
	p.Driver = must[*notify.GovNotify](t)(notify.NewGovNotify(notifyKey, notifyTemplate, g.URL))
	for range 5 {
		p.send(t, "moved")
	}
	p.drain(t)
	g.set(func() {
		for i, status := range []string{"delivered", "temporary-failure", "technical-failure", "sending", "permanent-failure"} {
			g.taken[i].Status = status
		}
	})
	for range 2 {
		if err := p.HearReturned(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := p.states(t)
	if !slices.Equal(got, []notify.State{notify.Sent, notify.Dead, notify.Dead, notify.Sent, notify.Dead}) {
		t.Errorf("states %v", got)
	}
	if failing := scan[[]string](t, p.DB, `select failure from failing_address`); !slices.Equal(failing, []string{string(notify.NoSuchAddress)}) {
		t.Errorf("marked %q", failing)
	}
	if told := dbtest.Jobs(t, p.DB, "notify.address_failed"); len(told) != 1 {
		t.Errorf("announced %d times", len(told))
	}
}
