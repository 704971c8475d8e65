package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
)

// large is the program on a database of many forums, and what it asks of it.
type large struct {
	*testing.T
	product
	heard   *dbtest.Statements
	cookies map[string]string // by who: "admin", "clerk" of every forum
	secret  string            // of a machine that reads them all
	ids     map[string]string
}

func fillLarge(t *testing.T, forums int) *large {
	t.Helper()
	script, err := os.ReadFile("testdata/scale.sql")
	if err != nil {
		t.Fatal(err)
	}
	l := &large{T: t, heard: &dbtest.Statements{}, cookies: map[string]string{}, ids: map[string]string{}}
	now := clock.NewManual(accessDay).Now
	database, err := db.Open(t.Context(), db.Config{URL: dbtest.NewURL(t), Clock: now, MaxConns: 4, Tracer: l.heard})
	if err != nil {
		t.Fatal(err)
	}
	err = database.AsOwner(t.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(t.Context(), strings.ReplaceAll(string(script), "{forums}", strconv.Itoa(forums)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	made, err := newApp(t.Context(), options{
		network: Network{BaseURL: accessOrigin, MailFrom: "quorate@example.org", ProtectiveMark: "OFFICIAL-SENSITIVE"}, database: database, files: files.InMemory(), clock: now, log: log,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.product = product{made, made.handler()}
	for who, name := range map[string]string{"admin": "Person 1", "clerk": "Person 2"} {
		opened, err := l.auth.SignInAs(t.Context(), l.find(who, `select id from person where name = ?`, name), "a test")
		if err != nil {
			t.Fatal(err)
		}
		l.cookies[who] = opened.Token
	}
	l.find("person", `select id from person where name = 'Person 24'`)
	l.find("forum", `select id from forum where slug = 'forum-2'`)
	l.find("meeting", `select m.id from meeting m join forum f on f.id = m.forum_id where f.slug = 'forum-2' and m.starts_at > '2026-12-01' order by m.starts_at limit 1`)
	var reached []uuid.UUID
	l.must(database.Read(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(`select id from forum`).Scan(&reached).Error }))
	l.secret, _, err = l.auth.MakeToken(t.Context(), l.actor("admin"), auth.NewAPIToken{Name: "Rota", Forums: reached, ExpiresOn: clock.DateOf(accessDay).AddDays(30)})
	l.must(err)
	for name, forum := range map[string]uuid.UUID{"own_feed": uuid.Nil, "forum_feed": uuid.MustParse(l.ids["forum"])} {
		l.ids[name], err = l.invitations.MakeFeed(t.Context(), l.actor("clerk"), forum)
		l.must(err)
	}
	return l
}

// actor is one of those who read.
func (l *large) actor(who string) (actor access.Actor) {
	l.Helper()
	l.must(l.database.Read(l.Context(), access.System("test"), func(tx db.Tx) error {
		person, err := panels.PersonByID(tx, uuid.MustParse(l.ids[who]))
		if err == nil {
			actor, err = panels.ActorFor(tx, person, tx.Today())
		}
		return err
	}))
	return actor
}

func (l *large) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *large) find(name, query string, values ...any) uuid.UUID {
	l.Helper()
	var id string
	l.ask(l.T, &id, query, values...)
	l.ids[name] = id
	return uuid.MustParse(id)
}

// asked reads a page twice, for what is read once and kept, and says what the second time asked.
func (l *large) asked(who, path string) (statements []dbtest.Statement, took time.Duration, body string) {
	l.Helper()
	for name, id := range l.ids {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	var answer *httptest.ResponseRecorder
	for range 2 {
		r := httptest.NewRequestWithContext(context.WithoutCancel(l.Context()), http.MethodGet, path, nil)
		switch who {
		case "machine":
			r.Header.Set("Authorization", "Bearer "+l.secret)
		case "calendar": // its address is all it has
		default:
			r.AddCookie(&http.Cookie{Name: "__Host-quorate", Value: l.cookies[who]})
		}
		statements = l.heard.During(func() {
			began := time.Now()
			answer = l.answer(r)
			took = time.Since(began)
		})
		if answer.Code != http.StatusOK {
			l.Fatalf("%s as %s answers %d: %s", path, who, answer.Code, briefly(answer.Body.String()))
		}
	}
	return statements, took, answer.Body.String()
}

// pages are those that list meetings, or one of them, for one or for many forums.
var pagesOfMeetings = []struct{ who, path string }{
	{"admin", "/meetings?month=2026-12"}, {"clerk", "/meetings?month=2026-12"},
	{"admin", "/meetings?month=2026-12&view=grid"}, {"clerk", "/meetings?month=2026-12&view=grid"},
	{"admin", "/meetings?month=2026-12&forum=forum-2"},
	{"admin", "/meetings?month=2026-12&person={person}"}, {"clerk", "/meetings?month=2026-12&person={person}"}, {"clerk", "/meetings?month=2026-12&person=me"},
	{"clerk", "/forums/forum-2/planner?from=2026-09"}, {"admin", "/forums"}, {"clerk", "/forums/forum-2"}, {"clerk", "/forums/forum-2/schedule"},
	{"clerk", "/meetings/{meeting}"}, {"clerk", "/"}, {"admin", "/"}, {"clerk", "/absences"},
	{"machine", "/api/v1/forums"}, {"machine", "/api/v1/meetings?limit=200"}, {"machine", "/api/v1/meetings?forum={forum}&from=2022-01-01&to=2031-01-01&limit=200"},
	{"machine", "/api/v1/meetings/{meeting}/replies"},
	{"calendar", "/feeds/{own_feed}/quorate.ics"}, {"calendar", "/feeds/{forum_feed}/quorate.ics"},
}

var wholeMeetingTable = regexp.MustCompile(`Seq Scan on meeting\b`)

// A calendar that asks once for each row is quick for whoever builds it and stands still for the
// county that uses it. With a hundred times the forums each page asks exactly as much.
func TestTenYearsOfTwoHundredSeriesAskNoMoreThanTwo(t *testing.T) {
	t.Parallel()
	small, big := fillLarge(t, 2), fillLarge(t, 200)
	defer small.close(t)
	defer big.close(t)
	var meetings int
	big.ask(t, &meetings, `select count(*) from meeting`)
	if meetings < 50_000 {
		t.Fatalf("ten years of 200 series are %d meetings", meetings)
	}
	planned := map[string]bool{}
	for _, page := range pagesOfMeetings {
		few, _, _ := small.asked(page.who, page.path)
		many, took, body := big.asked(page.who, page.path)
		t.Logf("%-8s %-75s %2d statements, %4d ms, %4d kB", page.who, page.path, len(many), took.Milliseconds(), len(body)>>10)
		if len(many) != len(few) {
			t.Errorf("%s as %s: %d statements for 200 forums, %d for two; the first that differs:\n%s", page.path, page.who, len(many), len(few), firstOther(few, many))
		}
		for _, statement := range many {
			if !strings.Contains(statement.SQL, "meeting") || planned[statement.SQL] || !strings.Contains(strings.ToLower(statement.SQL), "select") {
				continue
			}
			planned[statement.SQL] = true
			if plan := statement.Plan(t, big.database); wholeMeetingTable.MatchString(plan) {
				t.Errorf("%s as %s reads the whole table of meetings:\n%s\n%s", page.path, page.who, statement.SQL, plan)
			}
		}
	}
	if len(planned) < 5 {
		t.Errorf("only %d plans were looked at", len(planned))
	}
	list, _, body := big.asked("admin", "/meetings?month=2026-12")
	if rows := strings.Count(body, `href="/meetings/`); rows < 400 || len(list) == 0 {
		t.Errorf("the month lists %d links to meetings", rows)
	}
}

// firstOther is where the longer list of statements leaves the shorter.
func firstOther(few, many []dbtest.Statement) string {
	text := func(q dbtest.Statement) string {
		return strings.Join(strings.Fields(placeholders.ReplaceAllString(q.SQL, "…")), " ")
	}
	for i, q := range many {
		if i >= len(few) || text(q) != text(few[i]) {
			return text(q)
		}
	}
	if len(few) > len(many) {
		return text(few[len(many)])
	}
	return "none"
}

var placeholders = regexp.MustCompile(`\$\d+(,\s*\$\d+)*`)

// A count that cannot rise proves nothing: a query for each row is seen.
func TestStatementsAreCounted(t *testing.T) {
	t.Parallel()
	heard := &dbtest.Statements{}
	database := dbtest.Open(t, db.Config{URL: dbtest.NewURL(t), Clock: clock.System, MaxConns: 2, Tracer: heard})
	count := func(rows int) int {
		return len(heard.During(func() {
			err := database.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
				for range rows {
					if err := tx.Exec(`select 1 from meeting`).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}))
	}
	if one, nine := count(1), count(9); nine != one+8 {
		t.Errorf("one reading counts %d statements, nine %d", one, nine)
	}
	if plan := (dbtest.Statement{SQL: `select venue from meeting`}).Plan(t, database); !wholeMeetingTable.MatchString(plan) {
		t.Error("a reading of a whole table is not seen in its plan")
	}
}
