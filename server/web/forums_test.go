package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// house is the product's pages on a fresh database with agencies, a forum and people: Ada runs the
// set-up, Cleo is MAPaC's clerk and Mo holds no seat. It is Thursday 26 November 2026, 9:30am.
type house struct {
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	handler http.Handler
	tokens  map[string]string
	forum   panels.Forum
}

func newHouse(t *testing.T) *house {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	sessions := auth.New(database)
	base, _ := url.Parse("http://localhost:8080")
	site := &Site{DB: database, Auth: sessions, Room: &room.Store{DB: database}, BaseURL: base, Log: slog.New(slog.DiscardHandler), Clock: manual.Now}
	h := &house{t: t, db: database, clock: manual, handler: site.Handler(nil), tokens: map[string]string{}}
	store := panels.Store{DB: database}
	admin := access.Actor{PersonID: uuid.Must(uuid.NewV7()), Administrator: true}
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire", Funder: true},
	} {
		if _, err := store.AddAgency(t.Context(), admin, agency); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if h.forum, err = store.CreateForum(t.Context(), admin, panels.NewForum{Template: "mapac", Name: "MAPaC"}); err != nil {
		t.Fatal(err)
	}
	h.person(sessions, "Ada", true)
	h.person(sessions, "Mo", false)
	cleo := h.person(sessions, "Cleo", false)
	for _, seat := range h.seats() {
		if seat.Office == access.Clerk {
			if _, err := store.FillSeat(t.Context(), admin, panels.NewHolding{SeatID: seat.ID, PersonID: cleo}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return h
}

// person adds somebody and signs them in.
func (h *house) person(sessions *auth.Store, name string, administrator bool) uuid.UUID {
	h.t.Helper()
	person := panels.Person{
		ID: uuid.Must(uuid.NewV7()), Name: name, Email: strings.ToLower(name) + "@example.org", Administrator: administrator, CreatedAt: h.clock.Now(), Version: 1,
	}
	err := h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&person).Error })
	if err != nil {
		h.t.Fatal(err)
	}
	session, err := sessions.SignInAs(h.t.Context(), person.ID, "a test")
	if err != nil {
		h.t.Fatal(err)
	}
	h.tokens[name] = session.Token
	return person.ID
}

func (h *house) seats() (seats []panels.TableSeat) {
	h.t.Helper()
	h.read(func(tx db.Tx) (err error) { seats, err = panels.SeatsOn(tx, h.forum.ID, tx.Today()); return err })
	return seats
}

func (h *house) meetings() (rows []panels.MeetingRow) {
	h.t.Helper()
	h.read(func(tx db.Tx) (err error) {
		rows, err = panels.ListMeetings(tx, tx.Today(), tx.Today().AddMonths(24), uuid.Nil)
		return err
	})
	return rows
}

func (h *house) read(fn func(db.Tx) error) {
	h.t.Helper()
	if err := h.db.Read(context.Background(), access.System("test"), fn); err != nil {
		h.t.Fatal(err)
	}
}

// get asks for a page as somebody; "" is nobody signed in.
func (h *house) get(who, path string) *httptest.ResponseRecorder {
	return h.send(who, httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, path, nil))
}

// post sends a form as somebody; the pairs are names and values.
func (h *house) post(who, path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.send(who, r)
}

func (h *house) send(who string, r *http.Request) *httptest.ResponseRecorder {
	h.t.Helper()
	if token := h.tokens[who]; token != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-quorate", Value: token})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// want checks an answer's status and that its page says each of these.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, says ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d\n%s", w.Code, status, w.Body)
	}
	for _, words := range says {
		if !strings.Contains(w.Body.String(), words) {
			t.Errorf("the page does not say %q\n%s", words, w.Body)
		}
	}
}

func wantNot(t *testing.T, w *httptest.ResponseRecorder, words string) {
	t.Helper()
	if strings.Contains(w.Body.String(), words) {
		t.Errorf("the page says %q", words)
	}
}

func TestForumPagesShowWhatTheReaderMayDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Ada", "/forums"), 200, "MAPaC", "Every second Wednesday", "Create a forum")
	wantNot(t, h.get("Mo", "/forums"), "Create a forum")
	want(t, h.get("Ada", "/forums/mapac"), 200, "MAPaC", "Cleo", "Funder consent", "10 clear working days", "Change the terms of reference")
	reader := h.get("Mo", "/forums/mapac")
	want(t, reader, 200, "MAPaC", "Cleo")
	for _, words := range []string{"Change the terms", "Schedule its meetings", "Add a seat", "Call an extraordinary"} {
		wantNot(t, reader, words)
	}
	want(t, h.get("Mo", "/forums/mapac/terms/1"), 200, "Terms of reference, version 1")
	want(t, h.get("Mo", "/forums/mapac/terms/9"), 404)
	want(t, h.get("Mo", "/forums/nowhere"), 404)
	want(t, h.get("", "/forums/mapac"), 303)
}

func TestCreateForumByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	choose := h.get("Ada", "/forums/new")
	want(t, choose, 200, "What kind of forum is it?")
	for _, template := range panels.Templates {
		if !strings.Contains(choose.Body.String(), "/forums/new?template="+template.Key) {
			t.Errorf("%s is not offered", template.Key)
		}
		want(t, h.get("Ada", "/forums/new?template="+template.Key), 200, "Create this forum")
	}
	bad := h.post("Ada", "/forums", "template", "locality", "name", "Typed and kept", "mailbox_email", "not an address", "in_force_on-day", "31", "in_force_on-month", "6", "in_force_on-year", "2027")
	want(t, bad, 422, "<title>Error: ", "Typed and kept", "not an address", "Enter a real date")
	bad = h.post("Ada", "/forums", "template", "locality", "name", "Typed and kept")
	want(t, bad, 422, "Enter the locality", "Typed and kept")
	good := h.post("Ada", "/forums", "template", "locality", "locality", "North")
	want(t, good, 303)
	if to := good.Header().Get("Location"); to != "/forums/locality-north" {
		t.Errorf("sent to %s", to)
	}
	want(t, h.get("Ada", "/forums/locality-north"), 200, "Locality transition meeting North")
	want(t, h.post("Cleo", "/forums", "template", "marp"), 403)
}

// termsForm is a form that changes nothing but the day.
func termsForm(changes ...string) []string {
	return append([]string{
		"based_on", "1", "in_force_on-day", "1", "in_force_on-month", "1", "in_force_on-year", "2027", "purpose", "To decide together.",
		"quorum_members", "3", "quorum_agencies", "adult_social_care", "voting_method", "devices", "voting_rule", "funder_consent", "decides", "yes",
		"cadence", "monthly", "cadence_day", "2", "cadence_nth", "2", "cadence_nth", "4", "start_time", "9.30am", "duration_minutes", "120", "minutes_per_item", "20",
		"papers_due_days", "10", "agenda_out_days", "5", "minutes_out_days", "5", "letter_days", "5", "observers_max", "3", "escalate_after_days", "28",
		"first_review_months", "3", "weeks_per_year", "52143", "items_before", "Welcome, 2\r\nDeclarations of interests, 3\r\n", "items_after", "Any other business, 5", "chairing", "one", "letter_approval", "clerk", "answer_days", "5", "confirm_days", "5",
	}, changes...)
}

func TestChangeTermsByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Ada", "/forums/mapac/terms"), 200, "1:30pm", "Welcome and apologies, 2")
	want(t, h.get("Cleo", "/forums/mapac/terms"), 403)

	bad := termsForm()
	bad[9] = "   " // the purpose
	want(t, h.post("Ada", "/forums/mapac/terms", bad...), 422, "Enter what the forum is for", "9.30am", "Welcome, 2")
	bad = termsForm()
	bad[11] = "many"
	want(t, h.post("Ada", "/forums/mapac/terms", bad...), 422, "Enter how many deciding members", `value="many"`)

	good := h.post("Ada", "/forums/mapac/terms", termsForm()...)
	want(t, good, 303)
	h.read(func(tx db.Tx) error {
		terms, err := panels.TermsInForce(tx, h.forum.ID, clock.MustDate("2027-01-01"))
		if terms.Number != 2 || terms.Cadence != "FREQ=MONTHLY;BYDAY=+2TU,+4TU" || terms.StartTime != "09:30" || terms.WeeksPerYearThousandths != 52143 ||
			len(terms.StandingItems) != 3 || !terms.StandingItems[2].After || len(terms.QuorumAgencies) != 1 {
			t.Errorf("kept %+v", terms)
		}
		return err
	})
	stale := h.post("Ada", "/forums/mapac/terms", termsForm()...)
	want(t, stale, 409, "Version 2 of these terms was written while you were working", "To decide together.", `name="based_on" value="2"`)
}

func TestSeatsByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seat := h.seats()[0]
	path := "/forums/mapac/seats/" + seat.ID.String()
	want(t, h.get("Cleo", path), 200, "Put a person in this seat", "Nobody yet")
	wantNot(t, h.get("Cleo", path), "Change the seat itself")
	want(t, h.get("Mo", path), 403)
	want(t, h.post("Cleo", path+"/fill", "person", "", "deputy_order", "0", "from-day", "1", "from-month", "2"), 422, "The date must include a year", `value="2"`)
	want(t, h.post("Cleo", path+"/fill", "person", "", "deputy_order", "0"), 422, "Choose a person")
	var mo string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from person where name = 'Mo'`).Scan(&mo).Error })
	want(t, h.post("Cleo", path+"/fill", "person", mo, "deputy_order", "0"), 303)
	page := h.get("Cleo", path)
	want(t, page, 200, "Mo", "/end?holding=", "Until further notice")
	holder := h.seats()[0].HeldBy()
	want(t, h.post("Cleo", path+"/vacate", "holding", holder.HoldingID.String(), "version", "1"), 303)

	want(t, h.post("Ada", path, "version", "1", "name", "Chair", "office", "chair", "standing", "deciding", "delegated_limit", "lots"), 422, "Enter an amount in pounds", `value="lots"`)
	want(t, h.post("Ada", path, "version", "1", "name", "Chair, ASC", "office", "chair", "standing", "deciding", "delegated_limit", "50,000"), 303)
	if changed := h.seats()[0]; changed.Name != "Chair, ASC" || changed.DelegatedLimitPence != 5_000_000 {
		t.Errorf("kept %+v", changed)
	}
	want(t, h.get("Ada", "/forums/mapac/seats/new"), 200, "Add this seat")
	want(t, h.post("Ada", "/forums/mapac/seats", "name", "Housing", "office", "member", "standing", "advisory"), 303)
	want(t, h.get("Ada", "/forums/mapac"), 200, "Housing")
}

func TestScheduleByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Cleo", "/forums/mapac/schedule"), 200, "Every how many weeks?", "See the dates first")
	want(t, h.get("Mo", "/forums/mapac/schedule"), 403)
	form := []string{
		"cadence", "months", "months_every", "1", "months_day", "1", "cadence_nth", "-1", "start_time", "2pm", "duration_minutes", "90", "bank_holiday", "next_working_day",
		"starts_on-day", "1", "starts_on-month", "12", "starts_on-year", "2026", "venue", "County Hall",
	}
	preview := h.post("Cleo", "/forums/mapac/schedule/preview", form...)
	want(t, preview, 200, "nothing is saved yet", "Tuesday 29 December 2026", "Boxing Day (substitute day)", "County Hall")
	if len(h.meetings()) != 0 {
		t.Fatal("the preview made meetings")
	}
	bad := append([]string{"joining_link", "javascript:alert(1)"}, form...)
	want(t, h.post("Cleo", "/forums/mapac/schedule", bad...), 422, "Enter the whole joining link", "County Hall")
	want(t, h.post("Cleo", "/forums/mapac/schedule", "cadence", "months", "months_every", "1", "months_day", "1"), 422, "Choose which of the month")
	want(t, h.post("Cleo", "/forums/mapac/schedule", form...), 303)
	if len(h.meetings()) != 11 { // the last Monday of November 2027 is more than a year away
		t.Fatalf("%d meetings were made", len(h.meetings()))
	}
	want(t, h.post("Cleo", "/forums/mapac/schedule", form...), 409, "already has meetings scheduled")
	page := h.get("Cleo", "/forums/mapac/schedule")
	want(t, page, 200, "Monthly, on the last Monday", "End this series")
	wantNot(t, page, "See the dates first")

	var series string
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from series`).Scan(&series).Error })
	field := "ends_on_" + series
	want(t, h.post("Cleo", "/forums/mapac/series/"+series+"/end", "version", "1"), 422, "Enter the last day of the series")
	want(t, h.post("Cleo", "/forums/mapac/series/"+series+"/end", "version", "1", field+"-day", "1", field+"-month", "6", field+"-year", "2027"), 303)
	want(t, h.get("Cleo", "/forums/mapac/schedule"), 200, "Schedule the meetings that follow", `name="starts_on-day" type="text" inputmode="numeric" value="2"`)
}
