package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// senders is a house whose token sends case records.
func senders(t *testing.T) *house {
	t.Helper()
	return sendersOn(t, newHouse(t, Rate{}))
}

func sendersOn(t *testing.T, h *house) *house {
	t.Helper()
	h.secret, h.token = h.makes(auth.NewAPIToken{Name: "Liquid records", WritesCases: true, ExpiresOn: clock.MustDate("2027-11-26")})
	return h
}

const rosa = `{"person_reference":"T1","forename":"Rosa","surname":"Walker","date_of_birth":"2009-03-04","nhs_number":"943 476 5919","ehcp":true,"weekly_cost_pence":120450,"rag":"red"}`

type batch struct {
	Created, Changed, Unchanged, Refused int
	Results                              []CaseResult
}

func (h *house) one(query string) string {
	h.t.Helper()
	var text string
	h.read(func(tx db.Tx) error { return tx.Raw(query).Row().Scan(&text) })
	return text
}

// A record sent twice must not be a second person, and one that leaves a field out must not wipe it.
func TestACaseRecordIsSentAgainAndChangesOnlyWhatItSays(t *testing.T) {
	t.Parallel()
	h := senders(t)
	h.want(h.ask("PUT", "/cases", rosa), 200, `"outcome":"created"`)
	held := h.one(`select forename || ' ' || surname || ' ' || date_of_birth || ' ' || nhs_number || ' ' || ehcp || ' ' || weekly_cost_pence || ' ' || rag || ' ' || version from cases`)
	if held != "Rosa Walker 2009-03-04 9434765919 true 120450 Red 1" {
		t.Errorf("the case holds %q", held)
	}
	h.want(h.ask("PUT", "/cases", rosa), 200, `"outcome":"unchanged"`)
	h.want(h.ask("PUT", "/cases", `{"person_reference":" t1 ","school":"Hill College","ehcp":null}`), 200, `"outcome":"changed"`)
	held = h.one(`select school || ' ' || coalesce(ehcp::text, 'not known') || ' ' || rag || ' ' || weekly_cost_pence || ' ' || version from cases`)
	if held != "Hill College not known Red 120450 2" {
		t.Errorf("the case holds %q", held)
	}
	if said := h.one(`select string_agg(source || ' ' || first || ' ' || (select string_agg(key, ',' order by key) from jsonb_object_keys(changes) key), '; ' order by id) from case_history`); said !=
		"api token “Liquid records” true date_of_birth,ehcp,forename,nhs_number,person_reference,rag,surname,weekly_cost_pence; api token “Liquid records” false ehcp,school" {
		t.Errorf("the history says %q", said)
	}
	if n := h.count(`select count(*) from audit_entry where action = 'tracker.sent' and system = ?`, "api token "+h.token.ID.String()); n != 3 {
		t.Errorf("%d audit rows for three calls", n)
	}
	if n := h.count(`select count(*) from tracker_field where field = 'school'`); n != 1 {
		t.Error("rules on what was sent still cannot be judged")
	}
}

// One bad record must not hold up the other nine hundred, nor be half taken.
func TestABatchTakesTheGoodAndSaysWhyOfTheRest(t *testing.T) {
	t.Parallel()
	h := senders(t)
	records := []string{
		rosa,
		`{"person_reference":"T2","forename":"Ben","surname":"Khan","date_of_birth":"2009-02-31"}`,
		`{"person_reference":"T3","forename":"Tara","surname":"Lewis"}`,
		`{"forename":"Nobody"}`,
		`{"person_reference":"T4","forename":"Uma","surname":"Finch","date_of_birth":"1931-05-05"}`,
		`{"person_reference":"T5","forename":"Ida","surname":"Moss","date_of_birth":"2010-05-05","care_act_assessed_on":"2062-01-01","rag":"purple","weekly_cost_pence":12.5}`,
		`{"person_reference":"T6","forename":"Ida","surname":"Moss","date_of_birth":"2010-05-05","care_act_assessed_on":"2062-01-01","rag":"purple","weekly_cost_pence":-1}`,
		`{"person_reference":"T7","forename":"Ann","surname":"Rook","date_of_birth":"2010-05-06","hawthorn":1}`,
		`"hawthorn"`,
		`{"person_reference":"T8","forename":"Eve","surname":"Wren","date_of_birth":"2010-01-01"}`,
		`{"person_reference":"T8","forename":"Eve","surname":"Wren","date_of_birth":"2010-01-02"}`,
		`{"person_reference":"T9","forename":"Rose","surname":"Walker","date_of_birth":"2009-03-05","nhs_number":"9434765919"}`,
		`{"person_reference":"T9","forename":"Rose","surname":"Walker","date_of_birth":"2009-03-05","nhs_number":"9434765919"}`,
	}
	h.want(h.ask("PUT", "/cases", rosa), 200)
	answer := h.ask("POST", "/cases/batch", `{"cases":[`+strings.Join(records, ",")+`]}`)
	h.want(answer, 200)
	got := decoded[batch](t, answer)
	var outcomes []string
	for i, r := range got.Results {
		words := r.Outcome
		if r.Problem != nil {
			words = "refused:"
			if r.Problem.Status != 422 || r.Problem.Type != "about:blank" || r.Problem.Detail == "" {
				t.Errorf("record %d has the problem %+v", r.Record, r.Problem)
			}
			for _, e := range r.Problem.Errors {
				words += " " + strings.TrimPrefix(e.Field, fmt.Sprintf("body.cases[%d]", i))
			}
		}
		for _, w := range r.Warnings {
			words += " " + strings.TrimPrefix(w.Field, fmt.Sprintf("body.cases[%d].", i))
		}
		outcomes = append(outcomes, words)
	}
	want := []string{
		"unchanged", "refused: .date_of_birth", "refused: .date_of_birth", "refused: .person_reference", "refused: .date_of_birth", "refused: .weekly_cost_pence",
		"created care_act_assessed_on weekly_cost_pence rag", "refused: ", "refused: ", "refused: .person_reference", "refused: .person_reference", "created nhs_number", "unchanged person_reference",
	}
	if !slices.Equal(outcomes, want) {
		t.Errorf("the outcomes are\n%q, not\n%q", outcomes, want)
	}
	if got.Created != 2 || got.Unchanged != 2 || got.Refused != 9 || got.Changed != 0 {
		t.Errorf("the counts are %+v", got)
	}
	for _, word := range []string{"hawthorn", "Hawthorn", "Walker", "T9", "9434765919", "purple"} {
		if strings.Contains(answer.Body.String(), word) {
			t.Errorf("the answer repeats %q", word)
		}
	}
	if held := h.one(`select string_agg(person_reference, ' ' order by person_reference) from cases`); held != "T1 T6 T9" {
		t.Errorf("held are %s", held)
	}
	for _, body := range []string{`{"cases":[]}`, `{}`, `{"cases":[` + strings.Repeat(`{},`, 1000) + `{}]}`} {
		h.want(h.ask("POST", "/cases/batch", body), 422, "from 1 to 1000")
	}
	if status := h.ask("POST", "/cases/batch", `{"cases":[`+strings.Repeat(" ", maxBatch)+`]}`).Code; status != 413 {
		t.Errorf("a body that is too long answers %d", status)
	}
}

// A reference must lead to the person it was given to, and never to somebody else by it.
func TestRecordsFindThePersonUnderAFormerReferenceAndNobodyElse(t *testing.T) {
	t.Parallel()
	h := senders(t)
	h.want(h.ask("PUT", "/cases", rosa), 200)
	clerk := access.Actor{PersonID: h.person("Carol Clerk"), Seats: []access.Seat{{ForumID: h.forum.ID, Office: access.Clerk, Standing: access.Advisory}}}
	id := uuid.MustParse(h.one(`select id from cases`))
	if _, err := tracker.ChangeReference(t.Context(), h.db, clerk, id, 1, "A9"); err != nil {
		t.Fatal(err)
	}
	for _, reference := range []string{"T1", "A9"} {
		h.want(h.ask("PUT", "/cases", `{"person_reference":"`+reference+`","school":"School `+reference+`"}`), 200, `"outcome":"changed"`)
	}
	both := decoded[batch](t, h.ask("POST", "/cases/batch", `{"cases":[{"person_reference":"T1","school":"One"},{"person_reference":"A9","school":"Two"}]}`))
	if both.Refused != 2 {
		t.Errorf("one person twice under two references: %+v", both)
	}
	h.want(h.ask("PUT", "/cases", `{"person_reference":"A9","forename":"Ben","surname":"Khan","date_of_birth":"2010-01-01"}`), 422, "body.person_reference", "somebody with a different name")
	if held := h.one(`select count(*) || ' ' || min(person_reference) || ' ' || min(forename) || ' ' || min(school) from cases`); held != "1 A9 Rosa School A9" {
		t.Errorf("held is %q", held)
	}
}

// What a panel heard is newer than what an export says.
func TestWhatAMeetingSaidIsKeptFromRecords(t *testing.T) {
	t.Parallel()
	h := senders(t)
	h.want(h.ask("PUT", "/cases", rosa), 200)
	id := uuid.MustParse(h.one(`select id from cases`))
	h.write(func(tx db.Tx) error {
		return tracker.SetInMeeting(tx, id, h.meetingID(tx), map[tracker.Field]any{tracker.RAG: "Green"})
	})
	h.want(h.ask("PUT", "/cases", rosa), 200, `"outcome":"unchanged"`, `"kept":["rag"]`)
	h.want(h.ask("PUT", "/cases", `{"person_reference":"T1","rag":"amber","school":"Hill"}`), 200, `"outcome":"changed"`, `"kept":["rag"]`)
	if held := h.one(`select rag || ' ' || school || ' ' || (select tracker_says from kept_value where released_at is null) from cases`); held != `Green Hill "Amber"` {
		t.Errorf("held is %q", held)
	}
	agrees := h.ask("PUT", "/cases", `{"person_reference":"T1","rag":"Green"}`)
	h.want(agrees, 200, `"outcome":"unchanged"`)
	if strings.Contains(agrees.Body.String(), "kept") || h.count(`select count(*) from kept_value where released_at is null`) != 0 {
		t.Errorf("what the record agrees with is still kept: %s", agrees.Body)
	}
	h.want(h.ask("PUT", "/cases", `{"person_reference":"T1","rag":"Red"}`), 200, `"outcome":"changed"`)
}

// A batch that contradicts itself takes nothing: not the value a meeting said either, which would go at the next export.
func TestRecordsThatContradictLetGoOfNothing(t *testing.T) {
	t.Parallel()
	h := senders(t)
	h.want(h.ask("PUT", "/cases", rosa), 200)
	id := uuid.MustParse(h.one(`select id from cases`))
	h.write(func(tx db.Tx) error {
		return tracker.SetInMeeting(tx, id, h.meetingID(tx), map[tracker.Field]any{tracker.RAG: "Green"})
	})
	agrees, contradicts := `{"person_reference":"T1","rag":"Green"}`, `{"person_reference":"T1","rag":"Amber"}`
	bad := `{"person_reference":"T2","forename":"Ben","surname":"Khan"}`
	answer := h.ask("POST", "/cases/batch", `{"cases":[`+strings.Join([]string{agrees, agrees, contradicts, bad, bad}, ",")+`]}`)
	h.want(answer, 200)
	if got := decoded[batch](t, answer); got.Refused != 5 {
		t.Errorf("%+v", got)
	}
	if held := h.one(`select rag || ' ' || version || ' ' || (select count(*) from kept_value where released_at is null) from cases`); held != "Green 2 1" {
		t.Errorf("held is %q", held)
	}
}

func (h *house) meetingID(tx db.Tx) (id uuid.UUID) {
	h.t.Helper()
	if err := tx.Raw(`select id from meeting where forum_id = ? limit 1`, h.forum.ID).Row().Scan(&id); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// A token in a case-management system must be worth nothing to whoever steals it but mischief that shows.
func TestATokenThatSendsRecordsDoesNothingElse(t *testing.T) {
	t.Parallel()
	h := senders(t)
	h.want(h.ask("PUT", "/cases", rosa), 200)
	for _, path := range []string{"/forums", "/meetings", "/meetings/" + uuid.NewString(), "/meetings/" + uuid.NewString() + "/replies"} {
		h.want(h.ask("GET", path, ""), 403, "sends case records and can do nothing else")
	}
	h.want(h.ask("GET", "/cases", ""), 405)
	h.want(h.ask("GET", "/cases/T1", ""), 404)
	reader, _ := h.makes(auth.NewAPIToken{Name: "Reader", Forums: []uuid.UUID{h.forum.ID}, MayReply: true, ExpiresOn: clock.MustDate("2027-01-01")})
	for method, path := range map[string]string{"PUT": "/cases", "POST": "/cases/batch"} {
		h.want(h.ask(method, path, `{"cases":[`+rosa+`]}`, "Authorization", "Bearer "+reader), 403, "may not send case records")
	}
	member := access.Actor{PersonID: h.chair, Seats: []access.Seat{{ForumID: h.forum.ID, Office: access.Chair, Standing: access.Deciding}}}
	if _, _, err := h.auth.MakeToken(t.Context(), member, auth.NewAPIToken{Name: "Mine", WritesCases: true, ExpiresOn: clock.MustDate("2027-01-01")}); err == nil {
		t.Error("a chair made a token that sends case records")
	}
	if _, _, err := h.auth.MakeToken(t.Context(), h.admin, auth.NewAPIToken{Name: "Both", WritesCases: true, MayReply: true, ExpiresOn: clock.MustDate("2027-01-01")}); err == nil {
		t.Error("a token that sends case records replies too")
	}
}

// A night's export of a thousand must not be a thousand questions to the database, and none of it may be logged.
func TestABatchTakesABoundedNumberOfStatementsAndLogsNothing(t *testing.T) {
	t.Parallel()
	var asked dbtest.Statements
	manual := clock.NewManual(dbtest.Begin)
	h := sendersOn(t, newHouseOn(t, Rate{}, dbtest.Open(t, db.Config{URL: dbtest.NewURL(t), Clock: manual.Now, MaxConns: 4, Tracer: &asked}), manual))
	var said bytes.Buffer
	base, _ := url.Parse("http://localhost:8080")
	made, err := New(Config{DB: h.db, Auth: h.auth, BaseURL: base, Clock: h.clock.Now, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h.handler = made.Handler()
	send := func(n int, school string) {
		t.Helper()
		records := make([]string, n)
		for i := range records {
			records[i] = fmt.Sprintf(`{"person_reference":"HAWTHORN%d","forename":"F%d","surname":"Hawthorn","date_of_birth":"2010-01-01","nhs_number":"","school":"%s","childrens_reference":"C%d"}`, i, i, school, i)
		}
		h.want(h.ask("POST", "/cases/batch", `{"cases":[`+strings.Join(records, ",")+`]}`), 200)
	}
	counted := func(n int, school string) int {
		t.Helper()
		return len(asked.During(func() { send(n, school) }))
	}
	one, hundred := counted(1, "A"), counted(100, "B")
	again := counted(1000, "C")
	if hundred > one+6 || again > one+6 {
		t.Errorf("1 record takes %d statements, 100 take %d and 1000 take %d", one, hundred, again)
	}
	if n := h.count(`select count(*) from cases`); n != 1000 {
		t.Errorf("%d cases are held", n)
	}
	if strings.Contains(strings.ToLower(said.String()), "hawthorn") {
		t.Errorf("the log holds what was sent: %s", said.String())
	}
}
