package web

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

const password = "three random words"

// account is somebody with a password.
func (h *house) account(name string) uuid.UUID {
	h.t.Helper()
	person, err := auth.New(h.db).CreatePerson(h.t.Context(), access.Actor{System: "test", Administrator: true},
		auth.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.org", Password: password})
	if err != nil {
		h.t.Fatal(err)
	}
	return person
}

func (h *house) personNamed(name string) (person uuid.UUID) {
	h.t.Helper()
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from person where name = ?`, name).Row().Scan(&person) })
	return person
}

func (h *house) givePassword(name string) {
	h.t.Helper()
	hash, err := auth.HashPassword(password)
	if err == nil {
		err = h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error {
			return tx.Exec(`update person set password_hash = ? where name = ?`, hash, name).Error
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// fieldsOfPage reads the hidden fields of a page back, as its form would send them.
func fieldsOfPage(page string) (pairs []string) {
	for _, found := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		pairs = append(pairs, found[1], html.UnescapeString(found[2]))
	}
	return pairs
}

// What somebody typed for ten minutes must survive the end of their session, and be nobody else's to read.
func TestAFormOfAnEndedSessionIsHandedBackToItsPersonAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	h.account("Nils")
	path := "/meetings/" + meeting.ID.String() + "/room/action.raise"
	before := h.events()
	h.clock.Advance(auth.IdleLimit)
	asked := h.post("Chas", path, "command_id", uuid.NewString(), "form", "action", "action-text", "Ring the “provider”")
	want(t, asked, 401, "nothing you typed is lost", "kept_body")
	fields := fieldsOfPage(asked.Body.String())

	stranger := h.post("", "/sign-in", append(fields, "email", "nils@example.org", "password", password)...)
	want(t, stranger, 200, "Somebody else typed this")
	wantNot(t, stranger, "provider")

	h.givePassword("Chas")
	back := h.post("", "/sign-in", append(fields, "email", "chas@example.org", "password", password)...)
	want(t, back, 200, "You are signed in again", "Send it now")
	if sent := fieldsOfPage(back.Body.String()); !strings.Contains(strings.Join(sent, "\n"), "Ring the “provider”") {
		t.Errorf("what was typed is gone: %q", sent)
	}
	if h.events() != before {
		t.Error("something was recorded without its person")
	}
}

// Where nobody can know whose words they are, they are kept, and whoever sends them is told what that means.
func TestAFormOfNobodyIsKeptAndAskedAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	asked := h.post("", "/meetings/"+meeting.ID.String()+"/room/action.raise", "command_id", uuid.NewString(), "form", "action", "action-text", "Ring the provider")
	want(t, asked, 401, "nothing you typed is lost")
	h.givePassword("Chas")
	back := h.post("", "/sign-in", append(fieldsOfPage(asked.Body.String()), "email", "chas@example.org", "password", password)...)
	want(t, back, 200, "Send it only if you typed it yourself", "Ring the provider")
}

// A position typed by one person must not be given by the next who signs in on the same computer.
func TestAFormOfSomebodyElsesPageIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	path := "/meetings/" + meeting.ID.String() + "/room"
	chas, before := h.personNamed("Chas").String(), h.events()
	if page := h.get("Chas", path); !strings.Contains(page.Body.String(), `name="as" value="`+chas+`"`) {
		t.Fatal("the room’s forms do not say whose they are")
	}
	id := uuid.NewString()
	want(t, h.post("Cleo", path+"/item.finish", "command_id", id, "form", "finish", "as", chas), 409, "Somebody else opened that page", "Nothing was recorded")
	if h.events() != before {
		t.Error("it was recorded")
	}
}

// In the room somebody signs in again without leaving it: the page is answered, not led away.
func TestSigningInAgainInPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nils, olga := h.account("Nils"), h.account("Olga")
	send := func(person uuid.UUID, email, typed string) *httptest.ResponseRecorder {
		form := url.Values{"person": {person.String()}, "email": {email}, "password": {typed}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "application/json")
		return h.send("", r)
	}
	want(t, send(nils, "nils@example.org", "not the password"), 422, `"sentence":"Enter the email address and password`)
	other := send(nils, "olga@example.org", password)
	want(t, other, 422, "This page belongs to somebody else")
	if len(other.Result().Cookies()) != 0 {
		t.Error("somebody else’s session was opened")
	}
	own := send(olga, "olga@example.org", password)
	want(t, own, 204)
	if cookies := own.Result().Cookies(); len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	} else if who, err := auth.New(h.db).Who(t.Context(), cookies[0].Value); err != nil || who.Actor.PersonID != olga {
		t.Errorf("signed in as %+v, %v", who.Actor, err)
	}
}

// Reading is a sign of somebody; a page that looks again by itself is none.
func TestWhatIsASignOfSomebody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	read := func(mode string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/meetings", nil)
		r.Header.Set("Sec-Fetch-Mode", mode)
		return h.send("Cleo", r).Code
	}
	for range 3 {
		h.clock.Advance(auth.IdleLimit - time.Minute)
		if code := read("navigate"); code != 200 {
			t.Fatalf("who reads a page now and then was signed out: %d", code)
		}
	}
	h.clock.Advance(auth.IdleLimit - time.Minute)
	if code := read("cors"); code != 200 {
		t.Fatalf("still within the limit: %d", code)
	}
	h.clock.Advance(2 * time.Minute)
	if code := read("cors"); code != 303 {
		t.Errorf("a page that looks again by itself kept somebody signed in: %d", code)
	}
}
