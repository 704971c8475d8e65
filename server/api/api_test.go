package api

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// house is two forums that meet fortnightly, a clerk of both, and a token for the first.
type house struct {
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	auth    *auth.Store
	admin   access.Actor
	handler http.Handler
	forum   panels.Forum
	other   panels.Forum
	chair   uuid.UUID // of forum
	deputy  uuid.UUID // of its chair
	secret  string
	token   auth.APIToken
}

func newHouse(t *testing.T, rate Rate) *house {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	return newHouseOn(t, rate, database, manual)
}

func newHouseOn(t *testing.T, rate Rate, database *db.DB, manual *clock.Manual) *house {
	t.Helper()
	h := &house{t: t, db: database, clock: manual, auth: auth.New(database)}
	base, _ := url.Parse("http://localhost:8080")
	made, err := New(Config{DB: database, Auth: h.auth, BaseURL: base, Clock: manual.Now, Log: slog.New(slog.DiscardHandler), Rate: rate})
	if err != nil {
		t.Fatal(err)
	}
	h.handler = made.Handler()
	h.admin = access.Actor{PersonID: h.person("Ada Administrator"), Administrator: true}
	store := panels.Store{DB: database}
	h.forum = h.meets(store, "locality", "North")
	h.other = h.meets(store, "locality", "South")
	h.chair, h.deputy = h.person("Cara Chair"), h.person("Dan Deputy")
	var seats []panels.TableSeat
	h.read(func(tx db.Tx) (err error) { seats, err = panels.SeatsOn(tx, h.forum.ID, tx.Today()); return err })
	for _, seat := range seats {
		if seat.Office != access.Chair {
			continue
		}
		for order, person := range []uuid.UUID{h.chair, h.deputy} {
			if _, err := store.FillSeat(t.Context(), h.admin, panels.NewHolding{SeatID: seat.ID, PersonID: person, DeputyOrder: order}); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.secret, h.token = h.makes(auth.NewAPIToken{Name: "Rota", Forums: []uuid.UUID{h.forum.ID}, MayReply: true, ExpiresOn: clock.MustDate("2027-11-26")})
	return h
}

func (h *house) meets(store panels.Store, template, locality string) panels.Forum {
	h.t.Helper()
	forum, err := store.CreateForum(h.t.Context(), h.admin, panels.NewForum{Template: template, Locality: locality})
	if err != nil {
		h.t.Fatal(err)
	}
	if _, _, err := store.ScheduleSeries(h.t.Context(), h.admin, panels.Series{ForumID: forum.ID, Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", Venue: "County Hall"}); err != nil {
		h.t.Fatal(err)
	}
	return forum
}

func (h *house) makes(asked auth.NewAPIToken) (string, auth.APIToken) {
	h.t.Helper()
	secret, made, err := h.auth.MakeToken(h.t.Context(), h.admin, asked)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret, made
}

func (h *house) person(name string) uuid.UUID {
	h.t.Helper()
	person := panels.Person{ID: uuid.Must(uuid.NewV7()), Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org", CreatedAt: h.clock.Now(), Version: 1}
	h.write(func(tx db.Tx) error { return tx.Create(&person).Error })
	return person.ID
}

func (h *house) read(fn func(db.Tx) error) {
	h.t.Helper()
	if err := h.db.Read(h.t.Context(), access.System("test"), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(fn func(db.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), access.System("test"), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(query string, values ...any) (n int) {
	h.t.Helper()
	h.read(func(tx db.Tx) error { return tx.Raw(query, values...).Row().Scan(&n) })
	return n
}

// ask sends a request with the house's token; headers are names and values.
func (h *house) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	var sent io.Reader
	if body != "" {
		sent = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, Prefix+path, sent)
	r.Header.Set("Authorization", "Bearer "+h.secret)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	h.handler.ServeHTTP(answer, r)
	return answer
}

func (h *house) want(answer *httptest.ResponseRecorder, status int, words ...string) {
	h.t.Helper()
	if answer.Code != status {
		h.t.Fatalf("answers %d, not %d: %s", answer.Code, status, answer.Body)
	}
	for _, word := range words {
		if !strings.Contains(answer.Body.String(), word) {
			h.t.Errorf("the answer lacks %q: %s", word, answer.Body)
		}
	}
	if status >= 400 && answer.Header().Get("Content-Type") != problemType {
		h.t.Errorf("a problem is sent as %q", answer.Header().Get("Content-Type"))
	}
}

func decoded[T any](t *testing.T, answer *httptest.ResponseRecorder) (body T) {
	t.Helper()
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	return body
}

type page struct {
	Meetings []Meeting
	Next     string
}

func (h *house) first() Meeting {
	h.t.Helper()
	return decoded[page](h.t, h.ask("GET", "/meetings", "")).Meetings[0]
}

// A page that skips or repeats a meeting puts a gap or a ghost into somebody's rota.
func TestMeetingsArePagedOnceEach(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	all := decoded[page](t, h.ask("GET", "/meetings?limit=200", "")).Meetings
	if len(all) < 20 {
		t.Fatalf("a year has %d meetings", len(all))
	}
	var paged []Meeting
	for after := ""; ; {
		got := decoded[page](t, h.ask("GET", "/meetings?limit=7&after="+after, ""))
		paged = append(paged, got.Meetings...)
		if after = got.Next; after == "" {
			break
		}
	}
	if len(paged) != len(all) {
		t.Fatalf("%d by pages, %d at once", len(paged), len(all))
	}
	for i, m := range paged {
		if m.ID != all[i].ID || m.ForumID != h.forum.ID || m.Venue != "County Hall" || m.Status != "scheduled" {
			t.Errorf("the %dth is %+v", i, m)
		}
	}
	summer := decoded[page](t, h.ask("GET", "/meetings?from=2027-06-01&to=2027-06-30", "")).Meetings
	if len(summer) == 0 || !strings.HasSuffix(summer[0].StartsAt, "+01:00") {
		t.Errorf("in summer: %+v", summer)
	}
	h.want(h.ask("GET", "/meetings?from=2027-06-30&to=2027-06-01", ""), 422, "not before the first")
	h.want(h.ask("GET", "/meetings?after=junk", ""), 422, "query.after")
	h.want(h.ask("GET", "/meetings?form="+h.forum.ID.String(), ""), 422, "a parameter the reference does not list")
}

// What a token is not for must look like what is not there: that a forum meets may tell something.
func TestOtherForumsAreNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	var theirs, draft uuid.UUID
	h.read(func(tx db.Tx) error {
		return tx.Raw(`select id from meeting where forum_id = ? limit 1`, h.other.ID).Row().Scan(&theirs)
	})
	draft = h.first().ID
	none := uuid.NewString()
	h.write(func(tx db.Tx) error { return tx.Exec(`update meeting set status = 'draft' where id = ?`, draft).Error })
	for _, path := range []string{"", "/replies", "/replies/" + h.chair.String()} {
		nowhere := h.ask("GET", "/meetings/"+none+path, "")
		h.want(nowhere, 404)
		for _, id := range []uuid.UUID{theirs, draft} {
			got := h.ask("GET", "/meetings/"+id.String()+path, "")
			if got.Code != 404 || got.Body.String() != nowhere.Body.String() {
				t.Errorf("a meeting that is not theirs answers %d %s", got.Code, got.Body)
			}
		}
	}
	h.want(h.ask("GET", "/meetings?forum="+h.other.ID.String(), ""), 404, "no such forum")
	list := h.ask("GET", "/meetings", "")
	if strings.Contains(list.Body.String(), draft.String()) || strings.Contains(list.Body.String(), h.other.ID.String()) {
		t.Error("the list holds a draft or another forum's meeting")
	}
	forums := h.ask("GET", "/forums", "")
	h.want(forums, 200, h.forum.Name)
	if strings.Contains(forums.Body.String(), h.other.ID.String()) {
		t.Error("the list of forums holds another's")
	}
	h.want(h.ask("GET", "/nothing", ""), 404, "nothing at this address")
	h.want(h.ask("DELETE", "/forums", ""), 405)
}

// A machine that writes over what somebody has just said brings them to a meeting they declined.
func TestReplyIsPutOnceAndNotOverAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	meeting := h.first().ID.String()
	path := "/meetings/" + meeting + "/replies/" + h.chair.String()
	read := h.ask("GET", path, "")
	h.want(read, 200, `"answer":"none"`, "Cara Chair")
	tag := read.Header().Get("ETag")
	h.want(h.ask("PUT", path, `{"answer":"attending"}`), 428, "send its ETag")
	h.want(h.ask("PUT", path, `{"answer":"attending"}`, "If-Match", "nonsense"), 412)

	put := h.ask("PUT", path, `{"answer":"attending"}`, "If-Match", tag)
	h.want(put, 200, `"answer":"attending"`, `"via":"api"`)
	h.want(h.ask("PUT", path, `{"answer":"attending"}`, "If-Match", tag), 200) // the call is repeated
	if n := h.count(`select count(*) from reply`); n != 1 {
		t.Errorf("%d replies are on record", n)
	}
	if n := h.count(`select count(*) from audit_entry where action = 'reply.given' and system = ?`, "api token "+h.token.ID.String()); n != 1 {
		t.Errorf("the trail has %d entries of the token", n)
	}
	h.want(h.ask("PUT", path, `{"answer":"apologies"}`, "If-Match", tag), 412, "They have replied since")
	if put.Header().Get("ETag") != h.ask("GET", path, "").Header().Get("ETag") {
		t.Error("the tag of the change is not that of the reading")
	}
	sent := h.ask("PUT", path, `{"answer":"deputy","deputy":"`+h.deputy.String()+`"}`, "If-Match", put.Header().Get("ETag"))
	h.want(sent, 200, `"deputy":{"id":"`+h.deputy.String()+`","name":"Dan Deputy"}`)
	h.want(h.ask("GET", "/meetings/"+meeting+"/replies", ""), 200, `"deputy_for":{"id":"`+h.chair.String())

	tag = sent.Header().Get("ETag")
	h.want(h.ask("PUT", path, `{"answer":"deputy","deputy":"`+h.admin.PersonID.String()+`"}`, "If-Match", tag), 422, "body.deputy")
	h.write(func(tx db.Tx) error {
		return tx.Exec(`update meeting set starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day', sequence = sequence + 1, timed_at_sequence = sequence + 1 where id = ?`, meeting).Error
	})
	h.want(h.ask("PUT", path, `{"answer":"attending"}`, "If-Match", tag), 412, "moved")
	h.write(func(tx db.Tx) error {
		return tx.Exec(`update meeting set status = 'cancelled' where id = ?`, meeting).Error
	})
	h.want(h.ask("PUT", path, `{"answer":"attending"}`, "If-Match", h.ask("GET", path, "").Header().Get("ETag")), 409, "cancelled")
	h.want(h.ask("GET", "/meetings/"+meeting+"/replies/"+h.admin.PersonID.String(), ""), 404, "not asked")
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	h.want(h.ask("GET", "/forums", "", "Authorization", ""), 401, "Send a token")
	h.want(h.ask("GET", "/forums", "", "Authorization", "Bearer quorate_nobody"), 401)
	unasked := h.ask("GET", "/forums", "", "Authorization", "Basic "+h.secret)
	h.want(unasked, 401)
	if unasked.Header().Get("WWW-Authenticate") == "" {
		t.Error("a 401 does not say what to send")
	}
	reading, _ := h.makes(auth.NewAPIToken{Name: "Reads", Forums: []uuid.UUID{h.forum.ID}, ExpiresOn: clock.MustDate("2026-11-27")})
	path := "/meetings/" + h.first().ID.String() + "/replies/" + h.chair.String()
	h.want(h.ask("PUT", path, `{"answer":"attending"}`, "Authorization", "Bearer "+reading, "If-Match", "x"), 403, "may read and not reply")
	h.clock.Advance(24 * time.Hour)
	h.want(h.ask("GET", "/forums", "", "Authorization", "Bearer "+reading), 200) // its last day
	h.clock.Advance(24 * time.Hour)
	h.want(h.ask("GET", "/forums", "", "Authorization", "Bearer "+reading), 401)
	if n := h.count(`select count(*) from api_token where last_used_at is not null`); n != 2 {
		t.Errorf("%d tokens know when they were last used", n)
	}
	if err := h.auth.RevokeToken(t.Context(), h.admin, h.token.ID); err != nil {
		t.Fatal(err)
	}
	h.want(h.ask("GET", "/forums", ""), 401)
	if n := h.count(`select count(*) from api_token where digest = ?::bytea`, []byte(h.secret)); n != 0 {
		t.Error("the secret itself is kept")
	}
}

func TestUnchangedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	for _, path := range []string{"/forums", "/meetings", "/openapi.json", "/meetings/" + h.first().ID.String()} {
		tag := h.ask("GET", path, "").Header().Get("ETag")
		again := h.ask("GET", path, "", "If-None-Match", tag)
		if tag == "" || again.Code != 304 || again.Body.Len() > 0 {
			t.Errorf("%s with its tag %q answers %d, %d bytes", path, tag, again.Code, again.Body.Len())
		}
	}
	tag := h.ask("GET", "/meetings", "").Header().Get("ETag")
	h.write(func(tx db.Tx) error { return tx.Exec(`update meeting set venue = 'Town Hall'`).Error })
	h.want(h.ask("GET", "/meetings", "", "If-None-Match", tag), 200, "Town Hall")
}

// One loop in somebody's script must not stand between a panel and its pages.
func TestTooManyRequestsWait(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{Burst: 3, Every: 2 * time.Second})
	for range 3 {
		h.want(h.ask("GET", "/forums", ""), 200)
	}
	refused := h.ask("GET", "/forums", "")
	h.want(refused, 429, "asks too often")
	if refused.Header().Get("Retry-After") == "" {
		t.Error("a 429 does not say how long to wait")
	}
	other, _ := h.makes(auth.NewAPIToken{Name: "Another", Forums: []uuid.UUID{h.forum.ID}, ExpiresOn: clock.MustDate("2027-01-01")})
	h.want(h.ask("GET", "/forums", "", "Authorization", "Bearer "+other), 200)
	h.clock.Advance(2 * time.Second)
	h.want(h.ask("GET", "/forums", ""), 200)
	h.want(h.ask("GET", "/forums", ""), 429)
}

// What is sent by mistake, a name among it, must not come back where it is logged.
func TestProblemsRepeatNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	const canary = "Hawthorn"
	path := "/meetings/" + h.first().ID.String() + "/replies/" + h.chair.String()
	for _, answer := range []*httptest.ResponseRecorder{
		h.ask("PUT", path, `{"answer":"`+canary+`"}`, "If-Match", "x"),
		h.ask("PUT", path, `{"answer":"attending","`+canary+`":1}`, "If-Match", "x"),
		h.ask("PUT", path, `{"answer":"attending","deputy":"urn:`+canary+strings.Repeat("0", 32)+`"}`, "If-Match", "x"),
		h.ask("PUT", path, canary, "If-Match", "x"),
		h.ask("PUT", path, "", "If-Match", "x"),
		h.ask("PUT", path, `["`+canary+`"]`, "If-Match", canary),
		h.ask("PUT", path, `{"answer":"`+strings.Repeat(canary, 5000)+`"}`, "If-Match", "x"),
		h.ask("GET", "/meetings?from="+canary, ""),
		h.ask("GET", "/meetings?limit="+canary, ""),
		h.ask("GET", "/meetings?"+canary+"=1", ""),
		h.ask("GET", "/meetings/"+canary, ""),
		h.ask("GET", "/"+canary, ""),
	} {
		if answer.Code < 400 || answer.Code >= 500 || strings.Contains(answer.Body.String(), canary) || !strings.Contains(answer.Body.String(), `"detail"`) {
			t.Errorf("answers %d %s", answer.Code, answer.Body)
		}
		if kind := answer.Header().Get("Content-Type"); kind != problemType {
			t.Errorf("a problem is sent as %q: %s", kind, answer.Body)
		}
	}
	for _, body := range []string{h.ask("GET", "/meetings/"+h.first().ID.String()+"/replies", "").Body.String()} {
		if strings.Contains(body, "@") {
			t.Errorf("an email address is told: %s", body)
		}
	}
}

// Pressed twice, the form must not leave a second token about that nobody knows they made.
func TestATokenAskedForManyTimesAtOnceIsMadeOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Rate{})
	asked := auth.NewAPIToken{Name: "Rota system", Forums: []uuid.UUID{h.forum.ID}, ExpiresOn: clock.MustDate("2027-01-31")}
	made := make([]bool, 20)
	var wait sync.WaitGroup
	for n := range made {
		wait.Go(func() {
			_, _, err := h.auth.MakeToken(t.Context(), h.admin, asked)
			made[n] = err == nil
		})
	}
	wait.Wait()
	count := 0
	for _, one := range made {
		if one {
			count++
		}
	}
	if live := h.count(`select count(*) from api_token where name = 'Rota system' and revoked_at is null`); count != 1 || live != 1 {
		t.Errorf("%d were made, %d are live", count, live)
	}
}
