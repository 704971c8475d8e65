package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/net/html"

	"quorate/frontend"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// line is one line of the golden file: what each role may do.
type line struct {
	method, path, about string
	may                 map[role]bool
}

func (l line) key() string { return l.method + " " + l.path + " " + l.about }

func readGolden(t *testing.T) []line {
	t.Helper()
	file, err := os.Open("testdata/access.golden")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines []line
	seen := map[string]bool{}
	for scan := bufio.NewScanner(file); scan.Scan(); {
		text := strings.TrimSpace(scan.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) != 3+len(roles) {
			t.Fatalf("access.golden has %d columns where there are %d roles: %s", len(fields)-3, len(roles), text)
		}
		l := line{method: fields[0], path: fields[1], about: fields[2], may: map[role]bool{}}
		for i, r := range roles {
			switch fields[3+i] {
			case "y":
				l.may[r] = true
			case ".":
			default:
				t.Fatalf("access.golden says %q, which is neither y nor .: %s", fields[3+i], text)
			}
		}
		if seen[l.key()] {
			t.Errorf("access.golden has two lines %s", l.key())
		}
		seen[l.key()] = true
		lines = append(lines, l)
	}
	return lines
}

// Somebody who is let in where they have no business reads about a child who is none of theirs;
// somebody who is kept out cannot do their work. So every route of the program and every command of
// the room is asked for as everybody, and the answer compared with a list written by hand.
func TestAccess(t *testing.T) {
	t.Parallel()
	lines := readGolden(t)
	w := tellWorld(t)
	shared := w.startCopy(t, w.url)
	t.Run("the list is whole", func(t *testing.T) { compareWithProgram(t, lines, shared.app) })
	if t.Failed() {
		shared.close(t)
		t.FailNow()
	}
	forms := w.readForms(t, shared)
	var allowed, denied atomic.Int64
	t.Cleanup(func() {
		routes := map[string]bool{}
		for _, l := range lines {
			routes[l.method+" "+l.path] = true
		}
		t.Logf("%d routes and commands, asked %d ways as %d roles each: %d done or shown, %d refused", len(routes), len(lines), len(roles), allowed.Load(), denied.Load())
		w.logSaysNothing(t)
	})
	t.Run("refusals and reading", func(t *testing.T) {
		t.Parallel()
		defer shared.close(t)
		before := shared.digest(t)
		for _, l := range lines {
			for _, r := range roles {
				if !l.may[r] {
					denied.Add(1)
					w.refused(t, shared, forms, l, r, false)
					if l.method == "DO" {
						w.refused(t, shared, forms, l, r, true)
					}
				}
			}
			if after := shared.digest(t); len(differences(before, after)) > 0 {
				t.Errorf("%s: a refusal changed %v", l.key(), differences(before, after))
				before = after
			}
		}
		for _, l := range lines {
			if l.method != http.MethodGet && !probes[l.key()].keeps {
				continue
			}
			before := shared.digest(t)
			for _, r := range roles {
				if l.may[r] {
					allowed.Add(1)
					w.shown(t, shared, forms, l, r)
				}
			}
			readsOnly(t, l, differences(before, shared.digest(t)))
		}
		w.keepSecrets(t, shared, lines)
	})
	t.Run("officers who left for an item", func(t *testing.T) {
		t.Parallel()
		w.leftOfficersDoNothing(t)
	})
	t.Run("failures", func(t *testing.T) {
		t.Parallel()
		w.fail(t)
	})
	for _, l := range lines {
		for _, r := range roles {
			if !l.may[r] || l.method == http.MethodGet || probes[l.key()].keeps {
				continue
			}
			allowed.Add(1)
			t.Run(l.key()+" as "+string(r), func(t *testing.T) {
				t.Parallel()
				w.done(t, forms, l, r, false)
			})
			if l.method != "DO" {
				continue
			}
			t.Run(l.key()+" by form as "+string(r), func(t *testing.T) {
				t.Parallel()
				w.done(t, forms, l, r, true)
			})
		}
	}
}

// compareWithProgram asks that the golden file, the probes and the program speak of the same things.
func compareWithProgram(t *testing.T, lines []line, a *app) {
	program := map[string]bool{"GET /healthz": true, "GET /readyz": true, "GET " + frontend.AssetPath: true}
	for _, route := range a.site.Routes() {
		program[route.Method+" "+route.Path] = true
	}
	for _, stream := range a.site.Streams() {
		program[stream.Method+" "+stream.Path] = true
	}
	for _, route := range a.live.Routes() {
		program[route.Method+" "+route.Path] = true
	}
	for _, command := range room.CommandTypes() {
		program["DO "+command] = true
	}
	golden, known := map[string]bool{}, map[string]bool{}
	for _, l := range lines {
		golden[l.method+" "+l.path] = true
		known[strings.TrimPrefix(l.key(), "DO ")] = true
		if _, probed := probeOf(l); !probed {
			t.Errorf("%s: access_routes_test.go does not say how to ask for it", l.key())
		}
	}
	for route := range program {
		if !golden[route] {
			t.Errorf("%s is in the program and not in testdata/access.golden: say there, by hand, who may", route)
		}
	}
	for route := range golden {
		if !program[route] {
			t.Errorf("%s is in testdata/access.golden and not in the program", route)
		}
	}
	for _, list := range []map[string]probe{probes, asked} {
		for key := range list {
			if !known[key] {
				t.Errorf("%s: access_routes_test.go asks for what testdata/access.golden does not list", key)
			}
		}
	}
}

func probeOf(l line) (probe, bool) {
	if l.method == "DO" {
		p, found := asked[l.path+" "+l.about]
		return p, found
	}
	p, found := probes[l.key()]
	return p, found
}

// startCopy starts the program on a copy of a database, at the moment the world was told to.
func (w *world) startCopy(t *testing.T, of string) product {
	t.Helper()
	now := accessDay.Add(12 * time.Minute)
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(w.files)); err != nil {
		t.Fatal(err)
	}
	return startProduct(t, dbtest.CopyURL(t, of), folder, func() time.Time { return now }, w.log.logger(), "")
}

const formType = "application/x-www-form-urlencoded"

// commandForm is a command as the room's page sends it without a script.
func commandForm(t *testing.T, data string) url.Values {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(data), &fields); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"command_id": {uuid.NewString()}, "form": {"do"}, "answers": {"checked"}, "do-disputed": {"no"}}
	for name, value := range fields {
		text := fmt.Sprint(value)
		switch {
		case value == true:
			form.Set("do-"+name, "yes")
		case strings.HasSuffix(name, "_on"):
			form.Set("do-"+name+"-year", text[:4])
			form.Set("do-"+name+"-month", text[5:7])
			form.Set("do-"+name+"-day", text[8:])
		default:
			form.Set("do-"+name, text)
		}
	}
	return form
}

// request asks for what a line is about as a role; a command goes over the socket's way, or byForm.
func (w *world) request(t *testing.T, forms map[string]url.Values, l line, r role, byForm bool) *http.Request {
	t.Helper()
	p, _ := probeOf(l)
	return w.requestFor(t, p, forms, l, r, byForm)
}

func (w *world) requestFor(t *testing.T, p probe, forms map[string]url.Values, l line, r role, byForm bool) *http.Request {
	t.Helper()
	method, path, body, kind := l.method, w.fill(p.path), "", ""
	switch {
	case l.method == "DO" && byForm:
		method, path, body, kind = http.MethodPost, "/meetings/"+w.ids[p.path]+"/room/"+l.path, commandForm(t, w.mine(p.data, r)).Encode(), formType
	case l.method == "DO":
		method, path = http.MethodPost, "/live/meetings/"+w.ids[p.path]+"/commands"
		body = fmt.Sprintf(`{"type":"command","id":%q,"command":%q,"data":%s}`, uuid.NewString(), l.path, w.mine(p.data, r))
	case p.data != "":
		body = w.mine(p.data, r)
	case p.file != "":
		var sent bytes.Buffer
		parts := multipart.NewWriter(&sent)
		part, err := parts.CreateFormFile("file", "small.csv")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(part, p.file)
		for i := 0; i < len(p.form); i += 2 {
			_ = parts.WriteField(w.fill(p.form[i]), w.mine(p.form[i+1], r))
		}
		if err := parts.Close(); err != nil {
			t.Fatal(err)
		}
		body, kind = sent.String(), parts.FormDataContentType()
	case method == http.MethodPost:
		form := url.Values{}
		for name, typed := range forms[l.key()] {
			form[name] = typed
		}
		for i := 0; i < len(p.form); i += 2 { // what a probe says replaces what the page has; a name may come twice
			form.Del(w.fill(p.form[i]))
		}
		for i := 0; i < len(p.form); i += 2 {
			form.Add(w.fill(p.form[i]), w.mine(p.form[i+1], r))
		}
		body, kind = form.Encode(), formType
	}
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/live/") {
		request.Header.Set("Origin", accessOrigin)
	}
	w.signedIn(request, people[r])
	return request
}

// mine fills in also what is the role's own: {me}, and a fresh {uuid}.
func (w *world) mine(text string, r role) string {
	return w.fill(strings.NewReplacer("{uuid}", uuid.NewString(), "{me}", w.ids["me "+string(r)]).Replace(text))
}

func (w *world) signedIn(r *http.Request, name string) {
	if token := w.tokens[name]; token != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-quorate", Value: token})
	}
}

func (p product) answer(r *http.Request) *httptest.ResponseRecorder {
	recorded := httptest.NewRecorder()
	p.handler.ServeHTTP(recorded, r)
	return recorded
}

// get reads a page as a person.
func (w *world) get(t *testing.T, p product, name, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, w.fill(path), nil)
	if strings.HasPrefix(path, "/live/") {
		r.Header.Set("Origin", accessOrigin)
	}
	w.signedIn(r, name)
	return p.answer(r)
}

// readForms reads the pages that forms stand on, with what they already say.
func (w *world) readForms(t *testing.T, p product) map[string]url.Values {
	t.Helper()
	forms := map[string]url.Values{}
	for key, probe := range probes {
		if probe.on == "" {
			continue
		}
		page := w.get(t, p, people[probe.by], probe.on)
		if page.Code != http.StatusOK {
			t.Fatalf("%s: the page its form stands on answers %d", key, page.Code)
		}
		form, found := formOn(page.Body, w.fill(probe.path))
		if !found {
			t.Fatalf("%s: %s has no form that posts to %s", key, probe.on, w.fill(probe.path))
		}
		forms[key] = form
	}
	return forms
}

// formOn reads what a form says as it stands on a page.
func formOn(page io.Reader, action string) (url.Values, bool) {
	root, err := html.Parse(page)
	if err != nil {
		return nil, false
	}
	for node := range root.Descendants() {
		if node.Data == "form" && attribute(node, "method") == "post" && attribute(node, "action") == action {
			form := url.Values{}
			for field := range node.Descendants() {
				readField(form, field)
			}
			return form, true
		}
	}
	return nil, false
}

func readField(form url.Values, field *html.Node) {
	name := attribute(field, "name")
	if field.Type != html.ElementNode || name == "" {
		return
	}
	switch field.Data {
	case "textarea":
		if field.FirstChild != nil {
			form.Add(name, field.FirstChild.Data)
		}
	case "select":
		for option := range field.Descendants() {
			if option.Data == "option" && has(option, "selected") {
				form.Set(name, attribute(option, "value"))
			}
		}
	case "input":
		if kind := attribute(field, "type"); kind != "radio" && kind != "checkbox" || has(field, "checked") {
			form.Add(name, attribute(field, "value"))
		}
	}
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// refused asks as somebody who may not, and looks at how they are told.
func (w *world) refused(t *testing.T, p product, forms map[string]url.Values, l line, r role, byForm bool) {
	t.Helper()
	got := p.answer(w.request(t, forms, l, r, byForm))
	want := []int{http.StatusForbidden, http.StatusNotFound}
	live := l.method == "DO" || strings.HasPrefix(l.path, "/live/")
	switch {
	case r == "out" && l.method == http.MethodGet && !live:
		want = []int{http.StatusSeeOther}
		if to := got.Header().Get("Location"); !strings.HasPrefix(to, "/sign-in") {
			t.Errorf("%s, signed out, leads to %q and not to signing in", l.key(), to)
		}
	case r == "out":
		want = []int{http.StatusUnauthorized}
	}
	if !slices.Contains(want, got.Code) {
		t.Errorf("%s as %s answers %d; they may not, so it should be %v\n%s", l.key(), r, got.Code, want, briefly(got.Body.String()))
		return
	}
	if r != "out" || l.method == http.MethodGet { // what they typed themselves is kept for them
		found := w.secret.in(got.Body.String(), aName, aReference)
		if byForm && len(found) > 0 { // the answer is the room, with what they may see of it anyhow
			known := w.namesInRoom(t, p, l, r)
			found = slices.DeleteFunc(found, func(name string) bool { return slices.Contains(known, name) })
		}
		if len(found) > 0 {
			t.Errorf("%s refused to %s says %q", l.key(), r, found)
		}
	}
	w.leadsSafely(t, l, got)
}

// namesInRoom are those that the page of the room a command was sent to shows somebody: none to
// whoever may not open it.
func (w *world) namesInRoom(t *testing.T, p product, l line, r role) []string {
	t.Helper()
	probe, _ := probeOf(l)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/meetings/"+w.ids[probe.path]+"/room", nil)
	w.signedIn(request, people[r])
	room := p.answer(request)
	if room.Code != http.StatusOK {
		return nil
	}
	return w.secret.in(room.Body.String(), aName, aReference)
}

// unnamed are the roles that never see who a young person is.
var unnamed = []role{"out", "adm", "aud", "bch", "bmb", "bck"}

// shown asks for a page as somebody who may read it.
func (w *world) shown(t *testing.T, p product, forms map[string]url.Values, l line, r role) {
	t.Helper()
	probe, _ := probeOf(l)
	request := w.request(t, forms, l, r, false)
	if l.path == "/live/meetings/{meeting}" || l.path == "/live/meetings/{meeting}/screen" {
		if frame := w.socket(t, p, request); !strings.Contains(frame, probe.shows) {
			t.Errorf("%s as %s: the socket said %q", l.key(), r, briefly(frame))
		}
		return
	}
	got := p.answer(request)
	body := got.Body.String()
	switch {
	case l.path == frontend.AssetPath && !frontend.Built():
		if got.Code != http.StatusNotFound {
			t.Errorf("%s answers %d though no styles were built", l.key(), got.Code)
		}
	case got.Code == http.StatusSeeOther && probe.leads != "" && strings.HasPrefix(got.Header().Get("Location"), w.fill(probe.leads)):
	case got.Code != http.StatusOK:
		t.Errorf("%s as %s answers %d; they may\n%s", l.key(), r, got.Code, briefly(body))
	case !strings.Contains(shownIn(body), w.fill(probe.shows)):
		t.Errorf("%s as %s does not show %q\n%s", l.key(), r, w.fill(probe.shows), briefly(body))
	}
	if slices.Contains(unnamed, r) {
		kinds := []kind{aName, aReference, aCase}
		if probe.known && r == "adm" {
			kinds = kinds[:2]
		}
		w.holdsNone(t, l.key()+" shown to "+string(r), body, kinds...)
	}
	w.leadsSafely(t, l, got)
	w.addressesAreSafe(t, l, body)
}

// noted is what reading leaves behind: that somebody has read it, and nothing else.
var noted = map[string][]string{
	"GET /feeds/{token}/quorate.ics":                    {"calendar_feed"},                                  // when a calendar last asked
	"GET /meetings/:meeting/agenda":                     {"agenda_read"},                                    // what is new since is marked
	"GET /meetings/:meeting/agenda/mine":                {"agenda_read"},                                    //
	"GET /meetings/:meeting/room":                       {"correspondence_opened"},                          // who has opened the papers of a vote in writing
	"GET /meetings/{meeting}/sealed-record.json":        {"audit_entry", "audit_content", "audit_unsealed"}, // who took it away
	"GET /meetings/{meeting}/items/{item}/extract.pdf":  {"audit_entry", "audit_content", "audit_unsealed"},
	"GET /meetings/{meeting}/items/{item}/extract.docx": {"audit_entry", "audit_content", "audit_unsealed"},
	"GET /meetings/{meeting}/items/{item}/extract.html": {"audit_entry", "audit_content", "audit_unsealed"},
}

// readsOnly asks that reading changed nothing. A link in an email is followed by the programs that guard a
// council's mail before its reader sees it: one that acted would answer for them.
func readsOnly(t *testing.T, l line, changed []string) {
	t.Helper()
	for _, table := range changed {
		if !slices.Contains(noted[l.method+" "+l.path], table) {
			t.Errorf("%s: reading it changed %s", l.key(), table)
		}
	}
}

// done does something as somebody who may, on a copy of the world of their own.
func (w *world) done(t *testing.T, forms map[string]url.Values, l line, r role, byForm bool) {
	p := w.startCopy(t, w.url)
	defer p.close(t)
	before := p.changes(t)
	got := p.answer(w.request(t, forms, l, r, byForm))
	probe, _ := probeOf(l)
	switch {
	case byForm:
		if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || to != "/meetings/"+w.ids[probe.path]+"/room" {
			t.Fatalf("answers %d and leads to %q; they may\n%s", got.Code, to, briefly(got.Body.String()))
		}
	case l.method == "DO" || probe.data != "":
		var reply struct{ Seq int64 }
		if err := json.Unmarshal(got.Body.Bytes(), &reply); err != nil || got.Code != http.StatusOK || reply.Seq == 0 {
			t.Fatalf("answers %d; they may\n%s", got.Code, got.Body)
		}
	case probe.says != "":
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), probe.says) {
			t.Fatalf("answers %d and does not say %q; they may\n%s", got.Code, probe.says, briefly(got.Body.String()))
		}
	case got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), w.fill(probe.leads)):
		t.Fatalf("answers %d and leads to %q; they may, and it leads to %q\n%s", got.Code, got.Header().Get("Location"), w.fill(probe.leads), briefly(got.Body.String()))
	}
	if after := p.changes(t); after <= before {
		t.Errorf("nothing was changed, or nothing of it is in the audit trail")
	}
	w.leadsSafely(t, l, got)
}

// changes counts what the audit trail holds.
func (p product) changes(t *testing.T) (count int) {
	t.Helper()
	p.ask(t, &count, `select count(*) from audit_entry`)
	return count
}

func (p product) ask(t *testing.T, into any, query string, values ...any) {
	t.Helper()
	err := p.database.Read(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(query, values...).Row().Scan(into) })
	if err != nil {
		t.Fatal(err)
	}
}

// digest is a fingerprint of each table. Left out is what keeps somebody signed in and what waits to be
// done; nothing is done here.
func (p product) digest(t *testing.T) map[string]string {
	t.Helper()
	rows, err := p.database.Pool().Query(t.Context(), `
		select tablename from pg_tables
		where schemaname = 'public' and tablename not like 'river%' and tablename not in ('sessions', 'sign_in', 'sign_in_attempt', 'goose_db_version')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	each := make([]string, len(tables))
	for i, table := range tables {
		each[i] = fmt.Sprintf(`select '%[1]s', coalesce(md5(string_agg(t::text, '|' order by t::text collate "C")), '') from %[1]s t`, table)
	}
	rows, err = p.database.Pool().Query(t.Context(), strings.Join(each, " union all "))
	if err != nil {
		t.Fatal(err)
	}
	prints := map[string]string{}
	var table, print string
	if _, err := pgx.ForEachRow(rows, []any{&table, &print}, func() error { prints[table] = print; return nil }); err != nil {
		t.Fatal(err)
	}
	return prints
}

func differences(before, after map[string]string) (tables []string) {
	for table := range after {
		if before[table] != after[table] {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}

// socket opens a socket as a browser does, and reads the first thing said on it.
func (w *world) socket(t *testing.T, p product, request *http.Request) string {
	t.Helper()
	server := httptest.NewServer(p.handler)
	defer server.Close()
	upgrade, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+request.URL.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	upgrade.Header = request.Header.Clone()
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
		upgrade.Header.Set(name, value)
	}
	answer, err := server.Client().Do(upgrade)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return answer.Status
	}
	said, err := firstFrame(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// firstFrame reads one unmasked text frame (RFC 6455, section 5.2).
func firstFrame(line io.Reader) (string, error) {
	var head [2]byte
	if _, err := io.ReadFull(line, head[:]); err != nil {
		return "", err
	}
	length := uint64(head[1])
	extended := map[uint64]int{126: 2, 127: 8}[length]
	if extended > 0 {
		var longer [8]byte
		if _, err := io.ReadFull(line, longer[8-extended:]); err != nil {
			return "", err
		}
		length = binary.BigEndian.Uint64(longer[:])
	}
	said := make([]byte, length)
	_, err := io.ReadFull(line, said)
	return string(said), err
}

// shownIn is what a page shows, without its markup; anything that is no page is shown whole.
func shownIn(body string) string {
	if !strings.HasPrefix(strings.TrimSpace(body), "<") { // in a file, a byte that looks like a tag hides what follows
		return body
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return body
	}
	var text strings.Builder
	for node := range root.Descendants() {
		if node.Type == html.TextNode {
			text.WriteString(node.Data)
			text.WriteByte(' ')
		}
	}
	return text.String()
}

// briefly is the main part of a page, for a message.
func briefly(body string) string {
	if at := strings.Index(body, "<main"); at > 0 {
		body = body[at:]
	}
	words := strings.Join(strings.Fields(shownIn(body)), " ")
	if len(words) > 600 {
		words = words[:600] + " …"
	}
	return words
}
