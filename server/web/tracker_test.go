package web_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
	"quorate/server/web"
)

// partnership is a site with a clerk, a member of the North locality meeting and a board member.
type partnership struct {
	t        *testing.T
	db       *db.DB
	auth     *auth.Store
	url      string
	sessions map[string]string
}

func newPartnership(t *testing.T) *partnership {
	t.Helper()
	database, clocked := dbtest.NewAt(t)
	p := &partnership{t: t, db: database, auth: auth.New(database), sessions: map[string]string{}}
	ids := map[string]uuid.UUID{}
	err := database.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		for _, forum := range []struct {
			slug, locality string
			board          bool
		}{{"north", "North", false}, {"board", "", true}} {
			ids[forum.slug] = uuid.New()
			if err := tx.Exec(`insert into forum (id, slug, name, locality, board, created_at) values (?, ?, ?, ?, ?, ?)`,
				ids[forum.slug], forum.slug, "Forum "+forum.slug, forum.locality, forum.board, tx.Now).Error; err != nil {
				return err
			}
		}
		for _, seat := range []struct{ person, forum, office string }{
			{"clerk", "north", "clerk"}, {"member", "north", "member"}, {"board", "board", "member"}, {"presenter", "", ""},
		} {
			person, place := uuid.New(), uuid.New()
			ids[seat.person+" person"] = person
			if err := tx.Exec(`insert into person (id, name, email, presenter, created_at) values (?, ?, ?, ?, ?)`,
				person, "The "+seat.person, seat.person+"@example.org", seat.person == "presenter", tx.Now).Error; err != nil {
				return err
			}
			if seat.forum == "" {
				continue
			}
			if err := tx.Exec(`insert into seat (id, forum_id, name, office, standing, position) values (?, ?, ?, ?, 'deciding', 1)`,
				place, ids[seat.forum], seat.office, seat.office).Error; err != nil {
				return err
			}
			if err := tx.Exec(`insert into seat_holding (id, seat_id, person_id, from_date) values (?, ?, ?, ?)`,
				uuid.New(), place, person, tx.Today().AddDays(-1)).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clerk", "member", "board", "presenter"} {
		session, err := p.auth.SignInAs(t.Context(), ids[name+" person"], "test")
		if err != nil {
			t.Fatal(err)
		}
		p.sessions[name] = session.Token
	}
	base := &url.URL{Scheme: "http", Host: "localhost"}
	store := tracker.Store{DB: database, Files: files.InMemory()}
	p.work(store)
	site := &web.Site{DB: database, Auth: p.auth, Tracker: store, BaseURL: base, ProtectiveMark: "OFFICIAL-SENSITIVE", Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Clock: clock.Clock(clocked.Now)}
	server := httptest.NewServer(site.Handler(nil))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// work does the imports' jobs as they come, as the product's runner would, until the test ends.
func (p *partnership) work(store tracker.Store) {
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	p.t.Cleanup(func() { stop(); <-over })
	next := func() error {
		var job struct{ Kind, Import string }
		err := p.db.Write(ctx, access.System("test"), func(tx db.Tx) error {
			return tx.Raw(`update river_job set state = 'completed', finalized_at = now()
				where id = (select min(id) from river_job where state = 'available' and kind in ('tracker.words_to_find', 'tracker.file_to_read', 'tracker.import_to_confirm', 'tracker.import_to_undo'))
				returning kind, args ->> 'import' as import`).Scan(&job).Error
		})
		if err != nil || job.Kind == "" {
			return err
		}
		of := uuid.MustParse(job.Import)
		switch job.Kind {
		case (tracker.WordsToFind{}).Kind():
			return store.FindWords(ctx, tracker.WordsToFind{Import: of})
		case (tracker.FileToRead{}).Kind():
			return store.ReadFile(ctx, tracker.FileToRead{Import: of})
		case (tracker.ImportToUndo{}).Kind():
			return store.UndoImport(ctx, tracker.ImportToUndo{Import: of})
		}
		return store.ConfirmImport(ctx, tracker.ImportToConfirm{Import: of})
	}
	go func() {
		defer close(over)
		for ctx.Err() == nil {
			if err := next(); err != nil && ctx.Err() == nil {
				p.t.Error(err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
}

// ask sends a request as somebody and returns the answer, its page as plain words, and where it leads.
func (p *partnership) ask(who, method, path, contentType string, body io.Reader) (code int, page, location string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if token := p.sessions[who]; token != "" {
		request.Header.Set("Cookie", "__Host-quorate="+token)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, words(string(text)), answer.Header.Get("Location")
}

var tags = regexp.MustCompile(`<[^>]*>`)

func words(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

func (p *partnership) get(who, path string) (int, string) {
	p.t.Helper()
	code, page, _ := p.ask(who, http.MethodGet, path, "", nil)
	return code, page
}

func (p *partnership) post(who, path string, form url.Values) (int, string, string) {
	p.t.Helper()
	return p.ask(who, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (p *partnership) upload(who, name string, content []byte) (int, string, string) {
	p.t.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("file", name)
	if err != nil {
		p.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = writer.Close()
	return p.ask(who, http.MethodPost, "/tracker/imports", writer.FormDataContentType(), &form)
}

// bring uploads a file, takes every guess about it, and returns the address of its preview.
func (p *partnership) bring(who, name string, content []byte) string {
	p.t.Helper()
	code, page, to := p.upload(who, name, content)
	p.expect("upload of "+name, code, 303, page)
	address, asked := strings.CutSuffix(to, "/sheet")
	if !asked {
		return address
	}
	book, err := tracker.Open(name, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		p.t.Fatal(err)
	}
	look, err := book.Look()
	if err != nil {
		p.t.Fatal(err)
	}
	code, page, _ = p.post(who, to, url.Values{"sheet": {look.Sheet}, "shown": {look.Sheet}, "heading_row": {fmt.Sprint(look.HeadingRow)}})
	p.expect("sheet of "+name, code, 303, page)
	matched := url.Values{}
	for _, column := range look.Columns {
		matched.Set("column-"+column.Letter, string(column.Field))
	}
	code, page, to = p.post(who, address+"/columns", matched)
	p.expect("columns of "+name, code, 303, page)
	if to == address {
		return address
	}
	unknown, err := tracker.LookValues(book, tracker.Choice{}, []string{"North"})
	if err != nil {
		p.t.Fatal(err)
	}
	means := url.Values{}
	for i, value := range unknown {
		means.Set(fmt.Sprintf("word-%s-%d", value.Field, i), "as it is")
	}
	code, page, _ = p.post(who, to, means)
	p.expect("words of "+name, code, 303, page)
	return address
}

func (p *partnership) expect(what string, code, want int, page string, phrases ...string) {
	p.t.Helper()
	if code != want {
		p.t.Errorf("%s: answered %d, want %d: %.400s", what, code, want, page)
	}
	for _, phrase := range phrases {
		if !strings.Contains(page, phrase) {
			p.t.Errorf("%s: the page does not say %q: %.700s", what, phrase, page)
		}
	}
}

// The clerk's whole way: upload, look, confirm; the page says what would happen before it does.
func TestATrackerIsImportedThroughThePages(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	file, err := os.ReadFile("../../agendas/tracker/testdata/tracker-385.csv")
	if err != nil {
		t.Fatal(err)
	}
	code, page := p.get("clerk", "/tracker")
	p.expect("first page", code, 200, page, "Start an import", "No tracker has been imported yet")

	to := p.bring("clerk", "tracker-385.csv", file)
	code, page = p.get("clerk", to)
	p.expect("preview", code, 200, page, "As chosen for this import", "Nothing has changed yet.", "New 385 cases", "Changed 0 cases", "Rows left out None", "Confirm the import", "New (385)", "Yusuf Abbott", "29 September 2011")
	code, page = p.get("clerk", to+"?show=columns")
	p.expect("columns", code, 200, page, "A Person ref person reference", "What this file cannot tell", "placement end")
	if code, page = p.get("clerk", "/cases"); !strings.Contains(page, "There are no cases here yet") {
		t.Errorf("cases before confirming: %d %s", code, page)
	}
	code, page, _ = p.post("clerk", to+"/confirm", url.Values{"version": {"7"}})
	p.expect("a preview nobody saw", code, 409, page, "it has been made again")
	code, page, _ = p.post("clerk", to+"/confirm", url.Values{"version": {"1"}})
	p.expect("confirm", code, 303, page)
	code, page = p.get("clerk", to)
	p.expect("result", code, 200, page, "Tracker imported", "confirmed by The clerk on 26 November 2026", "New 385 cases", "Who did what", "Chose how it is read The clerk")

	_, _, again := p.upload("clerk", "tracker-385.csv", file)
	code, page = p.get("clerk", again)
	p.expect("again", code, 200, page, "Matched as last time by The clerk, on 26 November 2026", "New 0 cases", "Changed 0 cases", "Unchanged 385 cases")
	code, page, _ = p.post("clerk", again+"/abandon", nil)
	p.expect("abandon", code, 303, page)
	code, page = p.get("clerk", again)
	p.expect("abandoned", code, 200, page, "Import abandoned", "It changed nothing")

	other, err := os.ReadFile("../../agendas/tracker/testdata/tracker-231.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	to = p.bring("clerk", "tracker-231.xlsx", other)
	code, page = p.get("clerk", to)
	p.expect("other people's references", code, 200, page, "228 references are held for people with other names", "Warnings (228)", "different name and a different date of birth", "154 cases held already. They stay as they are.")
	code, page = p.get("clerk", to+"?show=changed&page=2")
	p.expect("changed", code, 200, page, "Different person?", "becomes")
	code, page = p.get("clerk", "/tracker")
	p.expect("list", code, 200, page, "To be confirmed", "Abandoned", "Imported")
}

// A wrong file gives a sentence to act on, on the page it was chosen from.
func TestAWrongFileIsRefusedInWords(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	for name, c := range map[string]struct {
		content string
		code    int
		says    string
	}{
		"letter.pdf":   {"%PDF-1.7", 422, "The file is a PDF"},
		"empty.csv":    {"", 422, "The file is empty"},
		"enormous.csv": {strings.Repeat("x", tracker.MaxFileBytes+4096), 413, "larger than 64 MB"},
	} {
		code, page, _ := p.upload("clerk", name, []byte(c.content))
		p.expect(name, code, c.code, page, "Error: Which file holds the tracker?", "There is a problem", c.says, "Choose the tracker")
	}
	code, page, _ := p.post("clerk", "/tracker/imports", nil)
	p.expect("no file", code, 422, page, "Choose the tracker file.")
}

// A file with nothing in it must not look like an import that is ready.
func TestAFileThatBringsNobodyCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	headings := "Person ref,Forename,Surname,D.O.B,Area\n"
	code, page := p.get("clerk", p.bring("clerk", "headings.csv", []byte(headings)))
	p.expect("headings alone", code, 200, page, "There is nothing to import", "There are no rows below the headings.", "Abandon it")
	if strings.Contains(page, "Confirm the import") {
		t.Error("an import of nobody can be confirmed")
	}
	_, _, to := p.upload("clerk", "words.csv", []byte("dear Sir\nthis is a letter\n"))
	code, page = p.get("clerk", to)
	p.expect("no headings", code, 200, page, "No row looks like the headings of a tracker.")
	code, page, _ = p.post("clerk", to, url.Values{"heading_row": {"9"}})
	p.expect("below everything", code, 422, page, "There is nothing in this row or below it.")

	held := p.bring("clerk", "one.csv", []byte(headings+"T1,Rosa,Walker,04/03/2009,North\n"))
	p.get("clerk", held)
	p.post("clerk", held+"/confirm", url.Values{"version": {"1"}})
	p.get("clerk", held)
	_, _, again := p.upload("clerk", "one.csv", []byte(headings+"T1,Rosa,Walker,04/03/2009,North\n"))
	code, page = p.get("clerk", again)
	p.expect("the same again", code, 200, page, "The cases say already what this file says.", "Confirm the import")
}

// What does not fit is said beside the control, with what was chosen kept; an answer is there on the way back.
func TestQuestionsAboutAFileAreAnsweredStepByStep(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	csv := "Ref,Who,Born on,Patch,EHCP,Shoe size\nW1,Ann Example,04/03/2009,Nth,perhaps,4\nW2,Ben Example,05/03/2009,North,Y,5\n"
	_, _, to := p.upload("clerk", "tracker.csv", []byte(csv))
	address := strings.TrimSuffix(to, "/sheet")
	code, page := p.get("clerk", to)
	p.expect("sheet", code, 200, page, "Where are the headings?", "How the file begins", "1 Headings Ref Who Born on")
	code, page, _ = p.post("clerk", to, url.Values{"heading_row": {"three"}})
	p.expect("a row in words", code, 422, page, "Enter the number of the row that holds the headings, like 3.")
	code, page, _ = p.post("clerk", to, url.Values{"heading_row": {"1001"}})
	p.expect("a row far below", code, 422, page, "Choose a row from 1 to 1000")
	code, page, next := p.post("clerk", to, url.Values{"heading_row": {"1"}})
	p.expect("the row", code, 303, page)
	if next != address+"/columns" {
		t.Errorf("the row leads to %s", next)
	}

	columns := url.Values{"column-A": {"person_reference"}, "column-B": {""}, "column-D": {"locality"}, "column-E": {"ehcp"}, "column-F": {"locality"}}
	code, page, _ = p.post("clerk", next, columns)
	p.expect("columns that do not fit", code, 422, page, "Columns D and F are both matched with locality.", "No column is matched with forename, surname and date of birth. Choose the column that holds each.")
	columns.Set("column-B", "full_name")
	columns.Set("column-C", "date_of_birth")
	columns.Set("column-F", "")
	code, page, to = p.post("clerk", next, columns)
	p.expect("columns", code, 303, page)
	if to != address+"/words" {
		t.Fatalf("the columns lead to %s", to)
	}
	code, page = p.get("clerk", address)
	p.expect("come back", code, 303, page)
	code, page = p.get("clerk", to)
	p.expect("words", code, 200, page, "What do these words mean?", "“Nth” in 1 row", "“perhaps” in 1 row")
	code, page, _ = p.post("clerk", to, url.Values{"word-locality-0": {"North"}, "word-ehcp-1": {""}})
	p.expect("a word left out", code, 422, page, "Choose what “perhaps” means.")
	code, page, _ = p.post("clerk", to, url.Values{"word-locality-0": {"North"}, "word-ehcp-1": {"not known"}})
	p.expect("words", code, 303, page)
	code, page = p.get("clerk", address+"?show=new")
	p.expect("preview", code, 200, page, "New 2 cases", "Warnings 0 warnings", "Ann Example 4 March 2009 North", "Change what the columns hold", "Words and what they mean")

	// Undone, it is no example for the next file; confirmed, it is.
	p.post("clerk", address+"/confirm", url.Values{"version": {"1"}})
	code, page = p.get("clerk", address)
	p.expect("confirmed", code, 200, page, "Tracker imported", "Undo this import", "Uploaded the file The clerk", "Confirmed The clerk")
	code, page = p.get("clerk", address+"/undo")
	p.expect("undo", code, 200, page, "Undo this import?", "2 cases that this import made are taken away.")
	p.post("clerk", address+"/undo", nil)
	code, page = p.get("clerk", address)
	p.expect("undone", code, 200, page, "Import undone", "and undone by The clerk on 26 November 2026")
	if code, page = p.get("clerk", "/cases"); !strings.Contains(page, "There are no cases here yet") {
		t.Errorf("cases after undoing: %d %s", code, page)
	}
	if _, _, to = p.upload("clerk", "again.csv", []byte(csv)); !strings.HasSuffix(to, "/sheet") {
		t.Errorf("after an undo the upload leads to %s", to)
	}
}

// Case content reaches those with a part in the case, and nobody else.
func TestCasePagesAreForThoseWithAPartInThem(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	csv := "Ref,Forename,Surname,DoB,Patch,Views recorded,£ pw,Health £ pw,ASC £ pw,CAA completed\n" +
		"CANARY1,Rosa,Walker,04/03/2009,North,,\"£1,204.50\",1000,200,\nCANARY2,Ben,Khan,05/03/2009,South,,,,,\n"
	to := p.bring("clerk", "tracker.csv", []byte(csv))
	p.get("clerk", to) // waits until it has been read
	p.post("clerk", to+"/confirm", url.Values{"version": {"1"}})
	p.get("clerk", to)

	code, page := p.get("member", "/cases/Q1001")
	p.expect("a member's own locality", code, 200, page, "Case Q1001", "Rosa Walker", "4 March 2009", "Age today 17", "own views are not on record",
		"overdue: Care Act assessment", "£1,204.50", "add up to £1,200, not £1,204.50", "First on the tracker")
	for _, c := range []struct {
		who, path string
		code      int
	}{
		{"member", "/cases/Q1002", 404}, {"member", "/cases/Q9999", 404}, {"member", "/cases/CANARY1", 404}, {"member", "/tracker", 403}, {"member", to, 403},
		{"board", "/cases/Q1001", 403}, {"board", "/cases", 403}, {"presenter", "/cases/Q1001", 404}, {"nobody", "/cases/Q1001", 303}, {"clerk", "/cases/Q1002", 200},
	} {
		code, page := p.get(c.who, c.path)
		p.expect(c.who+" "+c.path, code, c.code, page)
		if c.code != 200 && (strings.Contains(page, "CANARY") || strings.Contains(page, "Khan") || strings.Contains(page, "Walker")) {
			t.Errorf("%s %s shows case content: %s", c.who, c.path, page)
		}
	}
	code, page, _ = p.upload("member", "tracker.csv", []byte(csv))
	p.expect("a member's upload", code, 403, page)

	code, page, _ = p.post("member", "/cases", url.Values{"search": {"wal"}})
	p.expect("search", code, 200, page, "1 case", "Rosa Walker")
	code, page, _ = p.post("member", "/cases", url.Values{"search": {"Khan"}})
	p.expect("search beyond one's cases", code, 200, page, "No case you may see matches")

	code, page = p.get("clerk", "/cases/Q1001")
	p.expect("clerk", code, 200, page, "Let somebody see this case", "The presenter")
	code, page, _ = p.post("clerk", "/cases/Q1001/people", url.Values{"person": {""}, "kind": {"worker"}})
	p.expect("nobody chosen", code, 422, page, "Choose a person")
	if strings.Contains(page, "Let somebody see this case") {
		t.Error("what is wrong is hidden in a part of the page that is closed")
	}
	person := p.value(`select id::text from person where email = 'presenter@example.org'`)
	code, page, _ = p.post("clerk", "/cases/Q1001/people", url.Values{"person": {person}, "kind": {"worker"}})
	p.expect("link", code, 303, page)
	code, page = p.get("presenter", "/cases/Q1001")
	p.expect("the linked presenter", code, 200, page, "Rosa Walker", "Works the case")
	code, page, _ = p.post("presenter", "/cases/Q1001/people/remove", url.Values{"person": {person}, "kind": {"worker"}})
	p.expect("a presenter may not unlink", code, 403, page)
	code, page, _ = p.post("clerk", "/cases/Q1001/people/remove", url.Values{"person": {person}, "kind": {"worker"}})
	p.expect("unlink", code, 303, page)
	code, page = p.get("presenter", "/cases/Q1001")
	p.expect("no longer linked", code, 404, page)
}

func (p *partnership) value(query string) string {
	p.t.Helper()
	var value string
	if err := p.db.Read(p.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(query).Row().Scan(&value) }); err != nil {
		p.t.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return value
}
