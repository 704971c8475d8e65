package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/server/api"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The columns of api_access.golden, in its order.
var machines = []string{"none", "unknown", "expired", "revoked", "session", "other", "read", "reply", "cases"}

// machines are let in to MAPaC, to another forum, and to all; some of them no longer.
func (d *day) machines() {
	admin := d.as(people["adm"])
	make := func(key, name string, mayReply bool, forums ...string) uuid.UUID {
		var ids []uuid.UUID
		for _, forum := range forums {
			ids = append(ids, uuid.MustParse(d.ids[forum]))
		}
		secret, made, err := d.auth.MakeToken(d.Context(), admin, auth.NewAPIToken{
			Name: name, Forums: ids, MayReply: mayReply, ExpiresOn: clock.DateOf(accessDay).AddDays(90),
		})
		d.must(err)
		d.tokens["machine "+key] = secret
		return made.ID
	}
	secret, _, err := d.auth.MakeToken(d.Context(), admin, auth.NewAPIToken{Name: "Liquid records", WritesCases: true, ExpiresOn: clock.DateOf(accessDay).AddDays(90)})
	d.must(err)
	d.tokens["machine cases"] = secret
	make("read", "Reader", false, "mapac_id")
	make("other", "Elsewhere", true, "joint_id")
	d.ids["mapac_token"] = make("reply", "Rota", true, "mapac_id").String()
	d.ids["every_token"] = make("every", "Everything", true, "mapac_id", "joint_id", "board_id").String()
	d.must(d.auth.RevokeToken(d.Context(), admin, make("revoked", "Taken back", true, "mapac_id")))
	expired := make("expired", "Past", true, "mapac_id")
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update api_token set expires_on = ? where id = ?`, clock.DateOf(accessDay).AddDays(-1), expired).Error
	}))
	d.tokens["machine unknown"] = "quorate_" + strings.Repeat("A", 26)
}

// operation is one of the API's, as its own description lists it.
type operation struct{ id, method, path string }

func operationsIn(t *testing.T, document []byte) (all []operation) {
	t.Helper()
	var described struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(document, &described); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(described.OpenAPI, "3.1") {
		t.Errorf("the description is OpenAPI %q", described.OpenAPI)
	}
	for path, methods := range described.Paths {
		for method, described := range methods {
			all = append(all, operation{described.OperationID, strings.ToUpper(method), path})
		}
	}
	return all
}

func readMachineGolden(t *testing.T) map[string]map[string]int {
	t.Helper()
	text, err := os.ReadFile("testdata/api_access.golden")
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]map[string]int{}
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(fields) != 1+len(machines) {
			t.Fatalf("api_access.golden has %d columns where there are %d kinds of token: %s", len(fields)-1, len(machines), line)
		}
		expected[fields[0]] = map[string]int{}
		for i, machine := range machines {
			if expected[fields[0]][machine], err = strconv.Atoi(fields[1+i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return expected
}

// bodies are what the operations that change something are sent.
var bodies = map[string]string{
	"put-reply":  `{"answer":"apologies"}`,
	"put-case":   `{"person_reference":"T880001","forename":"Ottoline","surname":"Quickbeam","date_of_birth":"2010-05-04"}`,
	"post-cases": `{"cases":[{"person_reference":"T880002","forename":"Odo","surname":"Quickbeam","date_of_birth":"2010-05-05"}]}`,
}

// A machine that is let in where it has no business tells another agency when a child's case is heard.
// So every operation of the API's description is asked with every kind of token, and the answer
// compared with a list written by hand.
func TestAPIAccess(t *testing.T) {
	t.Parallel()
	w := tellWorld(t)
	p := w.startCopy(t, w.url)
	defer p.close(t)
	expected := readMachineGolden(t)
	operations := operationsIn(t, p.api.Document())
	if len(operations) != len(expected) {
		t.Errorf("the description lists %d operations, api_access.golden %d", len(operations), len(expected))
	}
	address := strings.NewReplacer("{meeting}", w.ids["spare"], "{person}", w.ids["nhs_person"])
	ask := func(o operation, machine, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), o.method, address.Replace(o.path), strings.NewReader(bodies[o.id]))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "https://elsewhere.example.org") // what keeps forged forms out has no say here: nothing is signed in
		if machine == "session" {
			w.signedIn(r, people["clk"])
		} else if secret := w.tokens["machine "+machine]; secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		if tag != "" {
			r.Header.Set("If-Match", tag)
		}
		return p.answer(r)
	}
	reply := operation{"get-reply", http.MethodGet, api.Prefix + "/meetings/{meeting}/replies/{person}"}
	before := p.digest(t)
	for _, o := range operations {
		wants, listed := expected[o.id]
		if !listed {
			t.Errorf("%s %s (%s) is in the program and not in testdata/api_access.golden: say there, by hand, who may", o.method, o.path, o.id)
			continue
		}
		for _, machine := range machines {
			if o.method != http.MethodGet && wants[machine] < 300 {
				continue
			}
			got := ask(o, machine, ask(reply, "read", "").Header().Get("ETag"))
			w.machineAnswered(t, o, machine, got, wants[machine])
		}
	}
	after := p.digest(t)
	for _, table := range differences(before, after) {
		if table != "api_token" { // when it was last used
			t.Errorf("reading and refusals changed %s", table)
		}
	}
	changes := 0
	for _, o := range operations {
		for _, machine := range machines {
			if status := expected[o.id][machine]; o.method != http.MethodGet && status != 0 && status < 300 {
				changes++
				before := p.changes(t)
				got := ask(o, machine, ask(reply, "read", "").Header().Get("ETag"))
				w.machineAnswered(t, o, machine, got, status)
				if p.changes(t) <= before {
					t.Errorf("%s with %s changed nothing, or nothing of it is in the audit trail", o.id, machine)
				}
			}
		}
	}
	if changes == 0 {
		t.Error("no operation that changes something was asked")
	}
	document := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.DocumentPath, nil)
	if got := p.answer(document); got.Code != http.StatusOK {
		t.Errorf("the description answers %d", got.Code)
	}
}

func (w *world) machineAnswered(t *testing.T, o operation, machine string, got *httptest.ResponseRecorder, want int) {
	t.Helper()
	body := got.Body.String()
	if got.Code != want {
		t.Errorf("%s with %s answers %d, not %d: %s", o.id, machine, got.Code, want, briefly(body))
		return
	}
	if want >= 400 && got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s with %s sends a problem as %q", o.id, machine, got.Header().Get("Content-Type"))
	}
	if machine == "other" && strings.Contains(body, w.ids["mapac_id"]) {
		t.Errorf("%s with a token for another forum tells of MAPaC", o.id)
	}
	if machine == "read" && want == http.StatusOK && o.id == "list-forums" && strings.Contains(body, w.ids["joint_id"]) {
		t.Errorf("%s with a token for MAPaC tells of another forum", o.id)
	}
	if strings.Contains(body, "@") {
		t.Errorf("%s with %s tells an email address: %s", o.id, machine, briefly(body))
	}
	w.holdsNone(t, o.id+" with "+machine, body, aName, aReference, aCase)
	for _, cookie := range got.Result().Cookies() {
		t.Errorf("%s with %s sets the cookie %s", o.id, machine, cookie.Name)
	}
	if got.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%s with %s may be kept by a proxy: %q", o.id, machine, got.Header().Get("Cache-Control"))
	}
}
