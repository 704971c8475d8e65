package main

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	markup "golang.org/x/net/html"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// kind says what a secret is.
type kind string

const (
	aName      kind = "name"
	aReference kind = "reference of the tracker"
	aCase      kind = "case number"
)

// secrets is whom nobody without a part may be able to tell, by the words they are written in.
type secrets map[string]kind

// longestName is the most words a young person's name has.
const longestName = 4

func (s *secrets) add(what kind, text string) {
	if *s == nil {
		*s = secrets{}
	}
	words := wordsOf(text)
	if len(words) > 0 && len(words) <= longestName {
		(*s)[strings.Join(words, " ")] = what
	}
}

// in finds secrets of these kinds, or of any, in a text or a page.
func (s secrets) in(text string, kinds ...kind) (found []string) {
	words := wordsOf(html.UnescapeString(text))
	for i := range words {
		for n := 1; n <= longestName && i+n <= len(words); n++ {
			secret := strings.Join(words[i:i+n], " ")
			if what, is := s[secret]; is && (len(kinds) == 0 || slices.Contains(kinds, what)) && !slices.Contains(found, secret) {
				found = append(found, secret)
			}
		}
	}
	return found
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && r != '-'
	})
}

func (w *world) holdsNone(t *testing.T, what, text string, kinds ...kind) {
	t.Helper()
	if found := w.secret.in(text, kinds...); len(found) > 0 {
		t.Errorf("%s says %q", what, found)
	}
}

// leadsSafely looks for a name or a reference in the address an answer leads to: addresses stay in
// histories and in the logs of every proxy on the way.
func (w *world) leadsSafely(t *testing.T, l line, got *httptest.ResponseRecorder) {
	t.Helper()
	to, err := url.QueryUnescape(got.Header().Get("Location"))
	if err != nil {
		t.Errorf("%s leads to what is no address: %v", l.key(), err)
	}
	w.holdsNone(t, "the address "+l.key()+" leads to", to, aName, aReference)
	for _, cookie := range got.Result().Cookies() {
		said, _ := base64.RawURLEncoding.DecodeString(cookie.Value) // what is none says nothing
		w.holdsNone(t, "the cookie "+cookie.Name+" of "+l.key(), string(said), aName, aReference)
	}
}

// addressesAreSafe looks for a name or a reference in what a browser keeps of a page: its title, and
// the addresses it may go to.
func (w *world) addressesAreSafe(t *testing.T, l line, body string) {
	t.Helper()
	root, err := markup.Parse(strings.NewReader(body))
	if err != nil {
		return
	}
	for node := range root.Descendants() {
		if node.Data == "title" && node.FirstChild != nil {
			w.holdsNone(t, "the title of "+l.key(), node.FirstChild.Data, aName, aReference)
		}
		for _, name := range []string{"href", "action", "src"} {
			address, _ := url.QueryUnescape(attribute(node, name))
			w.holdsNone(t, "an address on "+l.key(), address, aName, aReference)
		}
	}
}

var (
	oneOfMany = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|Q[0-9]+|[0-9]+`)
	mailLink  = regexp.MustCompile(regexp.QuoteMeta(accessOrigin) + `(/[^\s"<>]*)`)
)

// linksLead follows what each role's pages offer, and what the post sent them: a page that leads where
// its reader may not go tells them of something that is none of theirs, or keeps them from their work.
func (w *world) linksLead(t *testing.T, p product, lines []line) {
	followed := 0
	follow := func(name, from, address string) {
		address, _, _ = strings.Cut(html.UnescapeString(address), "#")
		if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "/assets/") || strings.HasPrefix(address, "/demo/") {
			return
		}
		followed++
		if got := w.get(t, p, name, address); got.Code != http.StatusOK && got.Code != http.StatusSeeOther {
			t.Errorf("%s offers %s the link %s, which answers %d: %s", from, name, address, got.Code, briefly(got.Body.String()))
		}
	}
	for _, r := range roles[1:] {
		offered := map[string]int{}
		for _, l := range lines {
			if l.method != http.MethodGet || !l.may[r] || strings.HasPrefix(l.path, "/live/") {
				continue
			}
			root, err := markup.Parse(w.get(t, p, people[r], probes[l.key()].path).Body)
			if err != nil {
				t.Fatal(err)
			}
			for node := range root.Descendants() {
				address := attribute(node, "href")
				alike := oneOfMany.ReplaceAllString(address, "*")
				if offered[alike]++; node.Data == "a" && offered[alike] <= mostAlike {
					follow(people[r], l.key(), address)
				}
			}
		}
	}
	var mails []struct{ Name, Subject, TextBody string }
	err := p.database.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select p.name, m.subject, m.text_body from demo_mail m join person p on m.to_email = p.email`).Scan(&mails).Error
	})
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d mails: %v", len(mails), err)
	}
	for _, mail := range mails {
		for _, link := range mailLink.FindAllStringSubmatch(mail.TextBody, -1) {
			if mail.Name == people["clk"] && strings.HasPrefix(link[1], "/board/") {
				continue // she was the board's clerk until this morning
			}
			follow(mail.Name, fmt.Sprintf("the mail %q", mail.Subject), link[1])
		}
	}
	t.Logf("%d links followed", followed)
}

// mostAlike is how many links that differ in their numbers alone are followed for one role.
const mostAlike = 3

// keepSecrets reads as those who know too little, or too much.
func (w *world) keepSecrets(t *testing.T, p product, lines []line) {
	if page := w.get(t, p, people["chr"], "/meetings/{held}/agenda"); len(w.secret.in(page.Body.String())) == 0 {
		t.Fatal("no young person is found where they are named, so this says nothing of where they are not")
	}
	t.Run("links lead where their reader may go", func(t *testing.T) { w.linksLead(t, p, lines) })
	t.Run("mail says nothing of a young person", func(t *testing.T) { w.mailSaysNothing(t, p) })
	t.Run("who left for an item reads nothing of it", func(t *testing.T) { w.leftReadsNothing(t, p) })
	t.Run("nobody sees a position before the close", func(t *testing.T) { w.nobodySeesAPosition(t, p) })
	t.Run("a presenter sees only their own item", func(t *testing.T) { w.presenterSeesOwn(t, p) })
	t.Run("a guest funder sees only their own item", func(t *testing.T) { w.guestSeesOwn(t, p, lines) })
	t.Run("a young person sees only their own item", func(t *testing.T) { w.youngPersonSeesOwn(t, p, lines) })
	t.Run("another forum’s things are not there", func(t *testing.T) { w.othersAreNotThere(t, p) })
}

func (w *world) mailSaysNothing(t *testing.T, p product) {
	var mails []struct{ Subject, TextBody, HTMLBody string }
	err := p.database.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select subject, text_body, html_body from demo_mail`).Scan(&mails).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(mails) < 5 {
		t.Fatalf("only %d mails: the post was not delivered", len(mails))
	}
	for _, mail := range mails {
		w.holdsNone(t, fmt.Sprintf("the mail %q", mail.Subject), mail.Subject+"\n"+mail.TextBody+"\n"+mail.HTMLBody)
		for _, canary := range canaries {
			if strings.Contains(mail.TextBody+mail.HTMLBody, canary) {
				t.Errorf("the mail %q says %q", mail.Subject, canary)
			}
		}
	}
}

var canaries = []string{canaryNeed, canaryReasons, canaryNote, canaryAction, canaryViews, canaryQuestion, canaryObjection, canaryQuarrel}

// fail asks the product, whose database is spoilt, for what holds names: that is when programs say in
// their logs what they had in hand.
func (w *world) fail(t *testing.T) {
	p := w.startCopy(t, w.url)
	defer p.close(t)
	err := p.database.AsOwner(t.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(t.Context(), `
			alter table cases rename column forename to given_name;
			alter table tracker_import_row rename to row_of_import;
			alter table funding_request rename column need to needed;
			alter table note_version rename to version_of_note`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	ask := func(key, name string, of probe) {
		l := line{method: strings.Fields(key)[0], path: strings.Fields(key)[1], about: strings.Fields(key)[2]}
		r := w.requestFor(t, of, nil, l, "clk", false)
		r.Header.Del("Cookie")
		w.signedIn(r, name)
		if got := p.answer(r); got.Code == http.StatusInternalServerError {
			failed++
			w.holdsNone(t, key+", failing,", got.Body.String())
		}
	}
	clerk, presenter := people["clk"], people["pre"]
	ask("POST /cases -", clerk, probe{path: "/cases", form: []string{"search", "{held_name}"}})
	ask("POST /tracker/imports -", clerk, probe{path: "/tracker/imports", file: demoTracker(t)})
	ask("GET /cases/:case -", clerk, probe{path: "/cases/{case}"})
	ask("GET /meetings/:meeting/agenda -", clerk, probe{path: "/meetings/{held}/agenda"})
	ask("GET /meetings/:meeting/room -", clerk, probe{path: "/meetings/{voted}/room"})
	ask("GET /live/meetings/{meeting}/frames -", clerk, probe{path: "/live/meetings/{voted}/frames"})
	ask("DO note.write -", clerk, probe{path: "voted", data: `{"note_id":"{uuid}","item_id":"{voted_other}","base_version":0,"text":"{voted_name} was heard."}`})
	ask("POST /requests -", presenter, probe{path: "/requests", form: []string{"case_number", "{own_case}", "forum", "{mapac_id}", "need", "{held_name} needs support", "do", "save"}})
	if failed < 6 {
		t.Errorf("only %d of these fail, so this says little of what is logged then", failed)
	}
}

func demoTracker(t *testing.T) string {
	t.Helper()
	file, err := os.ReadFile("demo/tracker.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

func (w *world) logSaysNothing(t *testing.T) {
	heard := w.log.String()
	if strings.Count(heard, "reference=") < 6 {
		t.Errorf("hardly anything was logged, so this says nothing of the log: %s", heard)
	}
	for _, found := range w.secret.in(heard, aName, aReference) {
		t.Errorf("the log says %q: whoever reads logs would know whom a panel discusses", found)
	}
	for _, canary := range canaries {
		if strings.Contains(heard, canary) {
			t.Errorf("the log says %q", canary)
		}
	}
}

// While a vote is open nobody may know how anybody voted: who knows, follows or holds out.
func (w *world) nobodySeesAPosition(t *testing.T, p product) {
	position := `"position":"consent"`
	for _, r := range []role{"chr", "clk", "nhs", "brk", "pre"} {
		if said := w.get(t, p, people[r], "/live/meetings/{voting}/frames").Body.String(); strings.Contains(said, position) {
			t.Errorf("%s sees how another voted before the vote is closed", r)
		}
	}
	if said := w.get(t, p, "Grace Pell", "/live/meetings/{voting}/frames").Body.String(); !strings.Contains(said, position) {
		t.Error("Grace does not see her own position, so this says nothing of the others")
	}
	if said := w.get(t, p, people["brk"], "/live/meetings/{voted}/frames").Body.String(); !strings.Contains(said, position) {
		t.Error("nobody sees who voted how after the close")
	}
	if said := w.get(t, p, people["pre"], "/live/meetings/{voted}/frames").Body.String(); strings.Contains(said, position) {
		t.Error("the presenter sees who voted how")
	}
}

// Lena declared an interest in two items: it is family. Whatever she opens, before, during or after the
// meeting, says nothing of them.
func (w *world) leftReadsNothing(t *testing.T, p product) {
	for _, address := range []string{
		"/", "/cases", "/requests", "/actions", "/actions?forum={mapac}", "/actions?forum={mapac}&done=yes", "/blockers", "/blockers?forum={mapac}", "/blockers/{blocker}",
		"/meetings/{held}", "/meetings/{held}/agenda", "/meetings/{held}/agenda/mine", "/meetings/{held}/minutes", "/decisions/{decision}", "/live/meetings/{held}/frames", "/meetings/{held}/room",
		"/meetings/{voted}/room", "/meetings/{voted}/agenda", "/meetings/{voted}/minutes", "/live/meetings/{voted}/frames",
		"/cases/{held_case}", "/cases/{voted_case}", "/requests/{held_request}", "/requests/{voted_request}",
	} {
		got := w.get(t, p, lena, address)
		said := html.UnescapeString(got.Body.String())
		if got.Code == http.StatusInternalServerError {
			t.Errorf("%s answers %d", address, got.Code)
		}
		for _, name := range []string{"held_name", "voted_name", "held_case", "voted_case"} {
			if strings.Contains(said, w.ids[name]) {
				t.Errorf("%s tells Lena %s, whose item she left", address, w.ids[name])
			}
		}
		for _, canary := range canaries {
			if strings.Contains(said, canary) {
				t.Errorf("%s tells Lena %q of an item she left", address, canary)
			}
		}
	}
	for _, address := range []string{"/cases/{held_case}", "/requests/{held_request}", "/requests/{voted_request}", "/decisions/{decision}", "/blockers/{blocker}"} {
		if got := w.get(t, p, lena, address); got.Code != http.StatusNotFound && got.Code != http.StatusForbidden {
			t.Errorf("%s answers Lena %d", address, got.Code)
		}
	}
	if got := w.get(t, p, people["nhs"], "/meetings/{held}/agenda"); !strings.Contains(html.UnescapeString(got.Body.String()), w.ids["held_name"]) {
		t.Error("the agenda tells nobody of the item, so this says nothing about Lena")
	}
}

// Whoever chairs or records leaves too: for the item they left the chair chairs nothing and the clerk
// writes nothing, and neither reads it while the agenda is built.
func (w *world) leftOfficersDoNothing(t *testing.T) {
	p := w.startCopy(t, w.url)
	defer p.close(t)
	do := func(r role, key string, of probe) *httptest.ResponseRecorder {
		method, command, _ := strings.Cut(key, " ")
		return p.answer(w.requestFor(t, of, nil, line{method: method, path: command}, r, false))
	}
	leave := func(r role, meeting, item string) {
		t.Helper()
		got := do(r, "DO interest.declare", probe{path: meeting, data: `{"item_id":"{` + item + `}","kind":"family","reason":"A cousin."}`})
		if got.Code != http.StatusOK {
			t.Fatalf("%s could not leave: %s", r, got.Body)
		}
	}
	leave("chr", "voted", "voted_item")
	leave("clk", "voted", "voted_item")
	leave("clk", "spoken", "spoken_item")
	leave("clk", "draft", "drafted")
	before := p.digest(t)
	for _, tried := range []struct {
		r       role
		command string
	}{
		{"chr", "item.stage MAPaC"}, {"chr", "vote.open MAPaC"}, {"chr", "decision.confirm MAPaC"},
		{"clk", "position.record Central"}, {"clk", "list.update Central"},
	} {
		command, _, _ := strings.Cut(tried.command, " ")
		if got := do(tried.r, "DO "+command, asked[tried.command]); got.Code != http.StatusForbidden {
			t.Errorf("%s as %s, who left for the item, answers %d: %s", tried.command, tried.r, got.Code, got.Body)
		}
	}
	for _, r := range []role{"chr", "clk"} {
		for command, data := range map[string]string{
			"note.write":   `{"note_id":"{uuid}","item_id":"{voted_item}","base_version":0,"text":"Heard."}`,
			"action.raise": `{"item_id":"{voted_item}","owner_id":"{grace}","due_on":"2026-12-01","text":"Ask."}`,
		} {
			if got := do(r, "DO "+command, probe{path: "voted", data: data}); got.Code != http.StatusForbidden {
				t.Errorf("%s as %s, who left for the item, answers %d: %s", command, r, got.Code, got.Body)
			}
		}
	}
	if changed := differences(before, p.digest(t)); len(changed) > 0 {
		t.Errorf("a refusal changed %v", changed)
	}
	for _, address := range []string{
		"/meetings/{draft}/agenda/edit", "/agenda-items/{drafted}/remove", "/cases", "/meetings/{draft}", "/meetings/{voted}/room", "/meetings/{voted}/minutes",
		"/meetings/{voted}/items/{voted_item}/blocker", "/requests", "/",
	} {
		said := html.UnescapeString(w.get(t, p, people["clk"], address).Body.String())
		for _, name := range []string{"drafted_name", "drafted_case", "voted_name", "voted_case"} {
			if strings.Contains(said, w.ids[name]) {
				t.Errorf("%s tells the clerk %s, whose item they left", address, w.ids[name])
			}
		}
	}
}

// A guest joins one item: of all the young people the partnership knows, they are told of that one, and
// of the one whose decision asks their agency to pay. Nowhere else, on no page and in no frame.
func (w *world) guestSeesOwn(t *testing.T, p product, lines []line) {
	own := w.secret.in(w.ids["joined_name"] + ". " + w.ids["agreed_name"])
	told := map[string]bool{}
	for _, l := range lines {
		if l.method != http.MethodGet || !l.may["gst"] || strings.HasPrefix(l.path, "/mailbox") || l.path == "/live/meetings/{meeting}" {
			continue
		}
		body := w.get(t, p, people["gst"], probes[l.key()].path).Body.String()
		for _, name := range w.secret.in(body, aName, aReference) {
			told[name] = true
			if !slices.Contains(own, name) {
				t.Errorf("%s tells a guest of %q, who is none of theirs", l.key(), name)
			}
		}
		for _, canary := range []string{canaryNote, canaryAction, w.ids["joined_other_name"], w.ids["agreed_other_name"]} {
			if strings.Contains(html.UnescapeString(body), canary) {
				t.Errorf("%s tells a guest %q", l.key(), canary)
			}
		}
	}
	if len(told) < 2 {
		t.Errorf("a guest is told only of %v, so this says nothing of what they are not told", told)
	}
	for _, address := range []string{"/meetings/{joined}/agenda/mine", "/meetings/{joined}/room", "/live/meetings/{joined}/frames", "/requests/{joined_request}", "/decisions/{agreed_decision}"} {
		if got := w.get(t, p, people["wdn"], address); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
			t.Errorf("%s answers %d to whoever’s place was withdrawn", address, got.Code)
		}
	}
}

// A young person joins the item about them: on no page and in no frame are they told of another, nor of what is
// said about them behind the table: notes, reasons, who pays and how anybody voted.
func (w *world) youngPersonSeesOwn(t *testing.T, p product, lines []line) {
	own := w.secret.in(w.ids["joined_name"])
	told := false
	for _, l := range lines {
		if l.method != http.MethodGet || !l.may["yng"] || strings.HasPrefix(l.path, "/mailbox") || l.path == "/live/meetings/{meeting}" {
			continue
		}
		body := html.UnescapeString(w.get(t, p, people["yng"], probes[l.key()].path).Body.String())
		for _, name := range w.secret.in(body, aName, aReference) {
			told = true
			if !slices.Contains(own, name) {
				t.Errorf("%s tells a young person of %q", l.key(), name)
			}
		}
		for _, canary := range []string{canaryNote, canaryAction, canaryReasons, canaryObjection, w.ids["joined_other_name"]} {
			if strings.Contains(body, canary) {
				t.Errorf("%s tells a young person %q", l.key(), canary)
			}
		}
	}
	if !told {
		t.Error("a young person is told of nobody, not even of their own item, so this says nothing")
	}
	for _, address := range []string{"/meetings/{joined}/agenda", "/meetings/{joined}/agenda/mine", "/meetings/{joined}/pack", "/requests/{joined_request}", "/papers/{joined_paper}", "/meetings/{voting}/room"} {
		if got := w.get(t, p, people["yng"], address); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
			t.Errorf("%s answers %d to a young person", address, got.Code)
		}
	}
}

// A presenter brings one item: whoever else is on the agenda is none of theirs.
func (w *world) presenterSeesOwn(t *testing.T, p product) {
	for _, meeting := range []string{"held", "voted", "published"} {
		for _, address := range []string{"/meetings/{" + meeting + "}/agenda/mine", "/meetings/{" + meeting + "}/minutes", "/live/meetings/{" + meeting + "}/frames"} {
			got := w.get(t, p, people["pre"], address)
			said := html.UnescapeString(got.Body.String())
			if got.Code != http.StatusOK || !strings.Contains(said, w.ids[meeting+"_name"]) && strings.Contains(address, "mine") {
				t.Errorf("%s answers the presenter %d, without their own item: %s", address, got.Code, briefly(said))
			}
			for _, other := range []string{meeting + "_other_name", meeting + "_other_case"} {
				if strings.Contains(said, w.ids[other]) {
					t.Errorf("%s tells the presenter %s, whom somebody else brings", address, w.ids[other])
				}
			}
			if strings.Contains(said, canaryNote) || strings.Contains(said, canaryAction) {
				t.Errorf("%s tells the presenter what the panel noted", address)
			}
		}
		for _, address := range []string{"/cases/{" + meeting + "_other_case}", "/meetings/{" + meeting + "}/minutes/all"} {
			if got := w.get(t, p, people["pre"], address); got.Code == http.StatusOK {
				t.Errorf("%s is shown to the presenter", address)
			}
		}
	}
	decision := html.UnescapeString(w.get(t, p, people["pre"], "/decisions/{decision}").Body.String())
	if strings.Contains(decision, "Who voted how") || strings.Contains(decision, "Kamal Reeve") {
		t.Error("the decision tells the presenter who voted how")
	}
}

// What a forum discusses is not there for whoever sits elsewhere: not even that it exists.
func (w *world) othersAreNotThere(t *testing.T, p product) {
	for _, address := range []string{
		"/meetings/{voting}", "/meetings/{voting}/agenda", "/meetings/{held}/minutes", "/decisions/{decision}", "/requests/{tabled}", "/requests/{submitted}",
		"/cases/{case}", "/blockers/{blocker}", "/blockers?forum={mapac}", "/actions?forum={mapac}", "/live/meetings/{voting}/frames",
	} {
		if got := w.get(t, p, people["lmb"], address); got.Code != http.StatusNotFound {
			t.Errorf("%s answers somebody of another forum %d and not 404", address, got.Code)
		}
	}
}
