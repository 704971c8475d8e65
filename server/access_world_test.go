package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/frontend"
	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/dates"
	"quorate/panels/escalations"
	"quorate/panels/history"
	"quorate/panels/invitations"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
	"quorate/server/base/token"
	"quorate/server/demo"
)

// role is a column of testdata/access.golden: one person of the partnership, for what they are.
type role string

// The columns, in the golden file's order.
var roles = []role{"out", "adm", "aud", "chr", "clk", "ckj", "nhs", "brk", "lch", "lmb", "bch", "bmb", "bck", "pre", "gst", "wdn", "yng"}

// people says who stands for each role. Nobody is signed in as "out".
var people = map[role]string{
	"adm": "Asha Merton",  // administrator, no seat
	"aud": "Colm Hadley",  // auditor, no seat
	"chr": "Dilys Marrow", // chair of MAPaC
	"clk": "Bryony Tate",  // clerk of MAPaC and of the locality meetings
	"ckj": "Orla Penn",    // clerk of another panel, joint solutions, and of nothing else
	"nhs": "Kamal Reeve",  // MAPaC's deciding member for the NHS, who chairs elsewhere as a deputy
	"brk": "Milo Swann",   // MAPaC's adviser from brokerage
	"lch": "Petra Lunn",   // chair of the locality meetings
	"lmb": "Wyn Parrish",  // deciding member of Central's locality meeting, and of nothing else
	"bch": "Sunita Grove", // the board's chair
	"bmb": "Priti Lowe",   // a member of the board, and of nothing else
	"bck": "Tobias Wren",  // the board's clerk, and of nothing else
	"pre": "Rhys Calder",  // presenter, no seat
	"gst": "Gwen Ferris",  // another council’s funder, a guest of one item of MAPaC’s and of nothing else
	"wdn": "Piers Holm",   // who was asked to be one, and was withdrawn
	"yng": "Quill Amble",  // a young person, guest of one item of MAPaC’s, which is about them
}

// lena left for items because of an interest: she is MAPaC's member for commissioning.
const lena = "Lena Foss"

// accessDay is a Tuesday in term time, ten minutes before the demo's two meetings begin.
var accessDay = time.Date(2026, time.November, 24, 9, 50, 0, 0, clock.London)

// Words that stand in what was written about a young person, and nowhere else.
const (
	canaryNeed    = "Hawthorn waking nights"
	canaryReasons = "Rowanberry reasons"
	canaryNote    = "Bramble minute"

	canaryViews     = "Marigold wish"
	canaryQuestion  = "Whether to keep the foxglove flat"
	canaryObjection = "Nettle objection"
	canaryAction    = "Juniper errand"
	canaryPaper     = "Spindle letter"
	canaryQuarrel   = "Sorrel quarrel"
)

// world is a partnership in the middle of its day, in which every kind of thing exists.
type world struct {
	url    string            // of its database, which nobody is connected to
	files  string            // the folder of its files
	ids    map[string]string // what the probes' addresses and forms are made of
	tokens map[string]string // by person's name
	secret secrets
	log    *heardLog
}

// heardLog keeps all that any part of the product logs.
type heardLog struct {
	mu   sync.Mutex
	said bytes.Buffer // protected by mu
}

func (l *heardLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.Write(p)
}

func (l *heardLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}

func (l *heardLog) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// product is the real program on a database.
type product struct {
	*app
	handler http.Handler
}

const accessOrigin = "http://localhost:8080"

// startProduct makes the program on the database at url and the folder of its files. It listens nowhere: the
// test calls its handler.
func startProduct(t *testing.T, url, folder string, now clock.Clock, log *slog.Logger, smtp string) product {
	t.Helper()
	database, err := db.Open(t.Context(), db.Config{URL: url, Clock: now, Log: log, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := files.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	made, err := newApp(t.Context(), options{
		network:  Network{BaseURL: accessOrigin, MailFrom: "quorate@example.org", SMTPURL: smtp, ProtectiveMark: "OFFICIAL-SENSITIVE", Chromium: "/bin/true"}, // packs are asked for; nothing here makes them
		database: database, files: kept, clock: now, log: log, demo: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	made.site.Printer = paper{}
	return product{made, made.handler()}
}

// paper prints nothing: who may have a PDF is asked here, and what is in it elsewhere.
type paper struct{}

func (paper) Prints() bool { return true }

func (paper) PDF(context.Context, []byte) ([]byte, error) { return []byte("%PDF-1.7"), nil }

func (paper) Picture(context.Context, string, int) ([]byte, error) {
	return nil, errors.New("nothing is drawn")
}

func (p product) close(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.live.Stop(ctx); err != nil {
		t.Error(err)
	}
	if err := p.database.Close(); err != nil {
		t.Error(err)
	}
}

// day plays what happens in the world.
type day struct {
	*testing.T
	product
	*world
	clock    *clock.Manual
	requests requests.Store
}

// tellWorld loads the demo and plays its day on.
func tellWorld(t *testing.T) *world {
	t.Helper()
	w := &world{url: dbtest.NewURL(t), files: t.TempDir(), ids: map[string]string{}, tokens: map[string]string{}, log: &heardLog{}}
	manual := clock.NewManual(accessDay)
	timeline := demo.NewTimeline(manual.Now)
	database, err := db.Open(t.Context(), db.Config{URL: w.url, Clock: timeline.Now, Log: w.log.logger(), MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := claimForDemo(t.Context(), database, false, false); err != nil {
		t.Fatal(err)
	}
	err = demo.Load(t.Context(), demo.Stores{
		DB: database, Panels: panels.Store{DB: database}, Agendas: agendas.Store{DB: database}, Requests: requests.Store{DB: database}, Tracker: tracker.Store{DB: database, Files: files.InMemory()},
		Room: &room.Store{DB: database, Answered: escalations.AnswerInMeeting}, Escalations: &escalations.Store{DB: database}, Invitations: invitations.Store{DB: database, Sender: "quorate@example.org"},
	}, timeline)
	if err != nil {
		t.Fatal(err)
	}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	p := startProduct(t, w.url, w.files, manual.Now, w.log.logger(), "")
	box := notify.DemoMailbox{DB: p.database}
	smtp, stop, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	if p.post.Driver, err = notify.NewSMTP(smtp, "quorate@example.org"); err != nil {
		t.Fatal(err)
	}
	d := &day{T: t, product: p, world: w, clock: manual, requests: requests.Store{DB: p.database}}
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update agency set officer_id = ? where short_name = 'NHS'`, d.as(people["lmb"]).PersonID).Error
	}))
	d.post() // what waits is for those who have held the seats until now
	d.seats()
	d.panel()
	d.locality()
	d.references()
	d.board()
	d.blockers()
	d.imports()
	d.dates()
	d.post()
	d.payments()
	d.links()
	d.calendars()
	d.canaries()
	d.signIn()
	d.machines()
	d.screens()
	d.mail()
	if err := stop(context.Background()); err != nil {
		t.Error(err)
	}
	p.close(t)
	return w
}

func (d *day) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// find keeps under a name what a query finds.
func (d *day) find(name, query string, values ...any) string {
	d.Helper()
	var found string
	err := d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(query, values...).Row().Scan(&found)
	})
	if err != nil {
		d.Fatalf("%s: %v", name, err)
	}
	if name != "" {
		d.ids[name] = found
	}
	return found
}

func (d *day) id(name, query string, values ...any) uuid.UUID {
	d.Helper()
	return uuid.MustParse(d.find(name, query, values...))
}

// as is a person with the seats they hold now.
func (d *day) as(name string) access.Actor {
	d.Helper()
	var actor access.Actor
	d.must(d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) error {
		var person panels.Person
		if err := tx.Where("name = ?", name).Take(&person).Error; err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var err error
		actor, err = panels.ActorFor(tx, person, tx.Today())
		return err
	}))
	return actor
}

func (d *day) do(name string, meeting uuid.UUID, change room.Change) {
	d.Helper()
	_, err := d.room.Do(d.Context(), d.as(name), meeting, room.Command{ID: uuid.Must(uuid.NewV7()), Change: change})
	if err != nil {
		d.Fatalf("%s by %s: %v", change.Type(), name, err)
	}
}

// seats makes those hold one seat alone whom the demo gives several.
func (d *day) seats() {
	admin := d.as(people["adm"])
	password := strings.Repeat("long enough ", 2)
	for _, name := range []string{people["ckj"], people["bck"]} {
		email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"
		_, err := d.auth.CreatePerson(d.Context(), admin, auth.NewPerson{Name: name, Email: email, Password: password})
		d.must(err)
		d.ids["email"], d.ids["password"] = email, password
	}
	sit := func(forum, seat, person string) {
		_, err := d.panels.FillSeat(d.Context(), admin, panels.NewHolding{
			SeatID:   d.id("", `select s.id from seat s join forum f on f.id = s.forum_id where f.slug = ? and s.name = ?`, forum, seat),
			PersonID: d.as(person).PersonID,
		})
		d.must(err)
	}
	for name, of := range map[string]string{
		"mapac": "%MAPaC%", "joint": "Joint solutions%", "central": "%Central%", "north": "%North%", "south": "%South%", "board": "Strategic%",
	} {
		d.find(name, `select slug from forum where name like ?`, of)
		d.find(name+"_id", `select id from forum where name like ?`, of)
	}
	sit(d.ids["joint"], "Clerk", people["ckj"])
	sit(d.ids["board"], "Clerk", people["bck"])
	sit(d.ids["north"], "Special educational needs casework", "Jo Lacey")
	sit(d.ids["south"], "Special educational needs casework", "Jo Lacey")
	d.find("nhs_seat", `select s.id from seat s join forum f on f.id = s.forum_id where f.slug = ? and s.name like 'NHS%'`, d.ids["mapac"])
	d.find("nhs_holding", `select id from seat_holding where seat_id = ? and deputy_order = 0`, d.ids["nhs_seat"])
	d.find("nhs_deputy", `select id from seat_holding where seat_id = ? and deputy_order = 1 and to_date is null`, d.ids["nhs_seat"])
	_, err := d.panels.EndSeries(d.Context(), admin, d.id("", `select id from series where forum_id = ?`, d.ids["joint_id"]), 1, clock.DateOf(accessDay))
	d.must(err)
	d.find("series", `select id from series where forum_id = ?`, d.ids["mapac_id"])
	for name, person := range map[string]string{"lena": lena, "uma": "Uma Finch", "grace": "Grace Pell", "orla": people["ckj"], "nhs_person": people["nhs"], "presenter": people["pre"]} {
		d.find(name, `select id from person where name = ?`, person)
	}
	away, err := d.panels.RecordAbsence(d.Context(), d.as(people["clk"]), panels.NewAbsence{
		PersonID: uuid.MustParse(d.ids["nhs_person"]), From: clock.DateOf(accessDay).AddDays(20), To: clock.DateOf(accessDay).AddDays(24), Kind: panels.OnLeave,
	})
	d.must(err)
	d.ids["absence"] = away.ID.String()
	outside, err := d.panels.AddAgency(d.Context(), admin, panels.Agency{
		Name: "Fenwick Council", ShortName: "Fenwick", Kind: panels.AdultSocialCare, LegalBody: "Fenwick Council", Funder: true, Outside: true,
	})
	d.must(err)
	d.ids["fenwick"] = outside.ID.String()
	for _, name := range []string{people["gst"], people["wdn"]} {
		_, err := d.auth.CreatePerson(d.Context(), admin, auth.NewPerson{
			Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.net", Password: password, AgencyID: outside.ID.String(),
		})
		d.must(err)
	}
	d.find("guest", `select id from person where name = ?`, people["gst"])
	_, err = d.auth.CreatePerson(d.Context(), admin, auth.NewPerson{
		Name: people["yng"], Email: "quill.amble@example.net", Password: password, AgencyID: d.find("families", `select id from agency where kind = ?`, panels.Families),
	})
	d.must(err)
	d.find("rule", `select key from rule order by key limit 1`)
	d.find("rule_name", `select name from rule where key = ?`, d.ids["rule"])
	d.ids["asset"] = strings.TrimPrefix(frontend.Asset("app.css"), frontend.AssetPath)
	d.find("agency", `select id from agency where short_name = 'NHS'`)
	d.find("asc", `select id from agency where short_name = 'ASC'`)
}

// request is written by the presenter for one of their cases, the nth by number.
func (d *day) request(nth int, submit bool) requests.Request {
	number := d.find("", `
		select 'Q' || c.number from cases c join case_link l on l.case_id = c.id
		where l.person_id = ? and not exists (select from funding_request r where r.case_id = c.id) and lower(c.locality) <> 'central'
		order by c.number offset ? limit 1`, d.ids["presenter"], nth)
	pre := d.as(people["pre"])
	begun, err := d.requests.Begin(d.Context(), pre, requests.AboutAnswer{Kind: requests.New, CaseNumber: number, ForumID: uuid.MustParse(d.ids["mapac_id"])})
	d.must(err)
	made, err := d.requests.Save(d.Context(), pre, begun.ID, begun.Version, true,
		requests.OwedAnswer{Duties: []requests.Duty{requests.CareAct}, Words: map[requests.Duty]string{requests.CareAct: "Eligible needs from 18."}},
		requests.NeedAnswer{Need: canaryNeed, Outcomes: "A home of their own."},
		requests.OptionsAnswer{Options: []requests.TypedOption{{What: "A flat with support", Why: "Near college."}, {What: "Staying with family and more respite", Why: "Ruled out."}}, Chosen: 1},
		requests.LineAnswer{Kind: requests.Care, Quantity: "1", Unit: requests.Week, Price: "1,000.00", Paid: requests.EveryWeek},
		requests.ContributionAnswer{Pays: "no"},
		requests.DatesAnswer{StartsOn: clock.DateOf(accessDay).AddDays(60)},
		requests.SplitAnswer{Shares: []requests.TypedShare{
			{AgencyID: uuid.MustParse(d.ids["asc"]), Weekly: "600.00"}, {AgencyID: uuid.MustParse(d.ids["agency"]), Weekly: "400.00"},
		}})
	d.must(err)
	if submit {
		return d.submit(made, false)
	}
	return made
}

// submit hands a request to the panel; take asks its clerk to let it come late.
func (d *day) submit(made requests.Request, take bool) requests.Request {
	late := requests.Lateness{Asked: true, Take: take}
	if take {
		late.Reason = "The placement gave notice."
	}
	sent, err := d.requests.Submit(d.Context(), d.as(people["pre"]), made.ID, made.Version, late)
	d.must(err)
	return sent
}

// meeting calls a meeting of MAPaC, tables a request, adds a case nobody presents, and publishes.
func (d *day) meeting(name string, begins time.Time) uuid.UUID {
	asked := d.request(0, true)
	called, err := d.panels.CallExtraordinaryMeeting(d.Context(), d.as(people["chr"]), panels.NewMeeting{
		ForumID: uuid.MustParse(d.ids["mapac_id"]), StartsAt: begins, Venue: "County Hall",
	})
	d.must(err)
	clerk := d.as(people["clk"])
	d.must(d.agendas.TableRequest(d.Context(), clerk, asked.ID, asked.Version, called.ID, "The present placement ends this week."))
	other := d.find(name+"_other_case", `
		select 'Q' || number from cases c where lower(locality) = 'north' and not exists (select from agenda_item i join meeting m on m.id = i.meeting_id where i.case_id = c.id and m.forum_id = ?)
		and not exists (select from case_link l where l.case_id = c.id) and surname <> '' order by number desc limit 1`, d.ids["mapac_id"])
	_, err = d.agendas.AddCase(d.Context(), clerk, called.ID, other, "To be known to the panel.")
	d.must(err)
	_, err = d.agendas.PublishAgenda(d.Context(), clerk, called.ID)
	d.must(err)
	d.ids[name], d.ids[name+"_request"] = called.ID.String(), asked.ID.String()
	d.find(name+"_item", `select id from agenda_item where meeting_id = ? and request_id = ?`, called.ID, asked.ID)
	d.find(name+"_other", `select i.id from agenda_item i join cases c on c.id = i.case_id where i.meeting_id = ? and 'Q' || c.number = ?`, called.ID, other)
	d.find(name+"_case", `select 'Q' || c.number from cases c join funding_request r on r.case_id = c.id where r.id = ?`, asked.ID)
	d.find(name+"_name", `select forename || ' ' || surname from cases where 'Q' || number = ?`, d.ids[name+"_case"])
	d.find(name+"_other_name", `select forename || ' ' || surname from cases where 'Q' || number = ?`, other)
	return called.ID
}

// gather opens a meeting with these people in the room.
func (d *day) gather(meeting uuid.UUID, present ...string) {
	for _, name := range present {
		d.do(name, meeting, room.RecordAttendance{Present: true})
	}
	d.do(present[0], meeting, room.StartMeeting{})
}

var panellists = []string{"Dilys Marrow", "Bryony Tate", "Grace Pell", "Ivan Thorne", "Jo Lacey", "Kamal Reeve", lena, "Milo Swann"}

// vote has an item voted on and, unless it is to stay open, closed.
func (d *day) vote(meeting uuid.UUID, item string, closed bool, voters ...string) uuid.UUID {
	id := uuid.MustParse(item)
	d.do("Dilys Marrow", meeting, room.OpenItem{ItemID: id})
	d.do("Dilys Marrow", meeting, room.OpenVote{ItemID: id, Outcome: room.Agreed})
	vote := d.id("", `select id from vote where item_id = ?`, item)
	for _, name := range voters {
		seat := d.id("", `
			select s.id from seat s join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 join person p on p.id = h.person_id
			where s.forum_id = ? and s.standing = 'deciding' and p.name = ?`, d.ids["mapac_id"], name)
		d.do(name, meeting, room.CastBallot{VoteID: vote, SeatID: seat, Position: room.Consent})
	}
	if closed {
		d.do("Dilys Marrow", meeting, room.CloseVote{VoteID: vote})
	}
	return vote
}

// panel has MAPaC meet: one vote is open, one is closed and waits for its confirmation, one decision is
// on the record, one meeting is only published and one only drafted.
func (d *day) panel() {
	held := d.meeting("held", accessDay.Add(5*time.Minute))
	d.do(lena, held, room.DeclareInterest{ItemID: uuid.MustParse(d.ids["held_item"]), Kind: room.Family, Reason: "A cousin."})
	d.gather(held, panellists...)
	vote := d.vote(held, d.ids["held_item"], true, "Grace Pell", "Kamal Reeve")
	d.do("Dilys Marrow", held, room.ConfirmDecision{
		ItemID: uuid.MustParse(d.ids["held_item"]), VoteID: &vote, Outcome: room.AgreedWithConditions, Reasons: canaryReasons, AssessorPresent: true,
		Conditions: []room.Condition{{Text: "Provider’s staffing plan seen", EvidenceDue: clock.DateOf(accessDay).AddDays(28), OwnerID: d.as("Bryony Tate").PersonID},
			{Text: "College place confirmed", EvidenceDue: clock.DateOf(accessDay).AddDays(28), OwnerID: d.as(people["brk"]).PersonID}},
	})
	item := uuid.MustParse(d.ids["held_item"])
	d.do("Bryony Tate", held, room.WriteNote{NoteID: uuid.Must(uuid.NewV7()), ItemID: item, Text: canaryNote})
	d.do("Bryony Tate", held, room.RaiseAction{ItemID: &item, OwnerID: d.as(lena).PersonID, DueOn: clock.DateOf(accessDay).AddDays(3), Text: canaryAction})
	d.do("Dilys Marrow", held, room.CloseMeeting{})
	d.find("decision", `select id from decision where item_id = ?`, d.ids["held_item"])
	d.find("condition", `select id from decision_condition where decision_id = ? and position = 1`, d.ids["decision"])
	shown := d.id("shown_condition", `select id from decision_condition where decision_id = ? and position = 2`, d.ids["decision"])
	d.do(people["brk"], held, room.RecordEvidence{ConditionID: shown, Text: "The college wrote."})
	d.find("evidence", `select id from condition_evidence where condition_id = ?`, shown)

	d.clock.Set(accessDay.Add(11 * time.Minute))
	voting := d.id("voting", `select id from meeting where forum_id = ? and starts_at = ?`, d.ids["mapac_id"], accessDay.Add(10*time.Minute))
	d.find("voting_item", `select i.id from agenda_item i join funding_request r on r.id = i.request_id join cases c on c.id = r.case_id
		where i.meeting_id = ? and lower(c.locality) <> 'central' order by i.position limit 1`, voting)
	d.find("case", `select 'Q' || c.number from agenda_item i join funding_request r on r.id = i.request_id join cases c on c.id = r.case_id where i.id = ?`, d.ids["voting_item"])
	d.find("tabled", `select request_id from agenda_item where id = ?`, d.ids["voting_item"])
	d.records()
	d.gather(voting, panellists...)
	d.ids["open_vote"] = d.vote(voting, d.ids["voting_item"], false, "Grace Pell").String()
	d.do(people["brk"], voting, room.DeclareInterest{ItemID: d.id("voting_next", `
		select id from agenda_item where meeting_id = ? and request_id is not null and id <> ? order by position limit 1`, voting, d.ids["voting_item"]), Kind: room.Professional, Reason: "Worked there."})
	d.find("interest", `select id from interest where meeting_id = ?`, voting)

	voted := d.meeting("voted", accessDay.Add(12*time.Minute))
	d.do(lena, voted, room.DeclareInterest{ItemID: uuid.MustParse(d.ids["voted_item"]), Kind: room.Family, Reason: "A cousin."})
	d.gather(voted, panellists...)
	d.ids["closed_vote"] = d.vote(voted, d.ids["voted_item"], true, "Grace Pell", "Kamal Reeve").String()
	d.do("Bryony Tate", voted, room.WriteNote{NoteID: uuid.Must(uuid.NewV7()), ItemID: uuid.MustParse(d.ids["voted_item"]), Text: canaryNote})

	d.do("Dilys Marrow", voted, room.TakePen{ItemID: uuid.MustParse(d.ids["voted_item"])})

	d.approves()
	d.between()
	d.meeting("published", accessDay.Add(26*time.Hour))

	draft := d.id("draft", `select id from meeting where forum_id = ? and series_id is not null and starts_at > ? order by starts_at offset 1 limit 1`, d.ids["mapac_id"], accessDay)
	clerk := d.as(people["clk"])
	_, err := d.agendas.BuildAgenda(d.Context(), clerk, draft)
	d.must(err)
	var added []uuid.UUID
	for range 3 {
		number := d.find("", `select 'Q' || number from cases c where lower(locality) = 'south'
			and not exists (select from agenda_item i where i.case_id = c.id) order by number desc limit 1`)
		id, err := d.agendas.AddCase(d.Context(), clerk, draft, number, "To be known to the panel.")
		d.must(err)
		added = append(added, id)
	}
	_, err = d.agendas.RemoveItem(d.Context(), clerk, added[0], 1, "Not ready.")
	d.must(err)
	d.ids["removed"], d.ids["drafted"], d.ids["drafted_next"] = added[0].String(), added[1].String(), added[2].String()
	d.find("drafted_case", `select 'Q' || c.number from agenda_item i join cases c on c.id = i.case_id where i.id = ?`, d.ids["drafted"])
	d.find("drafted_name", `select forename || ' ' || surname from cases where 'Q' || number = ?`, d.ids["drafted_case"])
	d.find("spare", `select id from meeting where forum_id = ? and series_id is not null and starts_at > ? order by starts_at offset 3 limit 1`, d.ids["mapac_id"], accessDay)
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, uuid.MustParse(d.ids["spare"]))
		if err != nil {
			return err
		}
		path, err := panels.ReplyLink(tx, meeting, uuid.MustParse(d.ids["nhs_person"]))
		d.ids["reply_link"] = strings.TrimPrefix(path, "/reply/")
		return err
	}))
	d.find("later_day", `select occurrence_on::text from meeting where series_id = ? and starts_at > ? order by starts_at offset 6 limit 1`, d.ids["series"], accessDay)
	d.scheduling()
	d.find("new_case", `select 'Q' || number from cases c where lower(locality) = 'south' and not exists (select from agenda_item i where i.case_id = c.id) order by number limit 1`)

	d.guests()
	d.chairs()
	d.officers()
	d.ids["request_draft"] = d.request(0, false).ID.String()
	returned := d.request(0, true)
	d.must(d.requests.Return(d.Context(), clerk, returned.ID, returned.Version, []requests.Question{{Section: requests.Need, Words: "What does the college say?"}}))
	d.ids["returned"] = returned.ID.String()
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update meeting set papers_due_on = ? where id = (
			select id from meeting where forum_id = ? and starts_at > ? and status = 'scheduled' order by starts_at limit 1)`,
			clock.DateOf(accessDay).AddDays(-1), d.ids["mapac_id"], tx.Now).Error
	}))
	d.ids["late_request"] = d.submit(d.request(0, false), true).ID.String()
	d.find("submitted", `select id from funding_request where state = 'submitted' and kind = 'new' order by number desc limit 1`)
	d.attach()
	d.find("own_case", `select 'Q' || c.number from cases c join case_link l on l.case_id = c.id where l.person_id = ? order by c.number limit 1`, d.ids["presenter"])
}

// screens has the clerk make codes for the big screens of two meetings.
func (d *day) screens() {
	for _, meeting := range []string{"spoken", "voting"} {
		code, err := d.room.MakeScreenCode(d.Context(), d.as(people["clk"]), uuid.MustParse(d.ids[meeting]))
		d.must(err)
		d.ids["screen_code"] = code
	}
}

// approves has the minutes of a past meeting made final, and a meeting open at the item about them.
func (d *day) approves() {
	past := d.id("past", `select id from meeting where forum_id = ? and status = 'closed' and starts_at < ? order by starts_at limit 1`, d.ids["mapac_id"], accessDay)
	d.find("past_item", `select id from agenda_item where meeting_id = ? and case_id is not null and state = 'listed' order by position limit 1`, past)
	_, err := d.room.MakeMinutesFinal(d.Context(), d.as(people["clk"]), past)
	d.must(err)
	d.must(d.room.ReleaseExtract(d.Context(), d.as(people["clk"]), past, uuid.MustParse(d.ids["past_item"]), nil, nil))
	called, err := d.panels.CallExtraordinaryMeeting(d.Context(), d.as(people["chr"]), panels.NewMeeting{ForumID: uuid.MustParse(d.ids["mapac_id"]), StartsAt: accessDay.Add(14 * time.Minute)})
	d.must(err)
	item := agendas.Item{
		ID: uuid.Must(uuid.NewV7()), MeetingID: called.ID, Position: 1, Kind: agendas.StandingItem, Title: "Minutes of the last meeting",
		Minutes: 3, State: agendas.Listed, Reasons: []agendas.Reason{}, CreatedAt: accessDay, Version: 1,
	}
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&item).Error }))
	_, err = d.agendas.PublishAgenda(d.Context(), d.as(people["clk"]), called.ID)
	d.must(err)
	d.ids["approving"], d.ids["approving_item"] = called.ID.String(), item.ID.String()
	d.gather(called.ID, "Dilys Marrow", "Bryony Tate")
	d.do("Dilys Marrow", called.ID, room.OpenItem{ItemID: item.ID})
}

// between has a request put to a vote by correspondence, and a meeting open at the ratification of what the
// chair decided of another.
func (d *day) between() {
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { // two more young people for the presenter to bring
		return tx.Exec(`insert into case_link (case_id, person_id, kind)
			select c.id, @pre, 'worker' from cases c where lower(c.locality) = 'south' and not exists (select from case_link l where l.case_id = c.id)
				and not exists (select from agenda_item i where i.case_id = c.id) order by number desc limit 2`,
			map[string]any{"pre": d.ids["presenter"]}).Error
	}))
	writing := uuid.Must(uuid.NewV7())
	d.must(d.room.AskByCorrespondence(d.Context(), d.as(people["clk"]), room.Correspondence{
		ID: writing, RequestID: d.request(0, true).ID, Why: "The placement ends.", ClosesOn: clock.MustDate("2026-12-03"),
	}))
	d.ids["writing"] = writing.String()
	action := uuid.Must(uuid.NewV7())
	d.must(d.room.TakeChairsAction(d.Context(), d.as(people["chr"]), room.ChairsAction{ID: action, RequestID: d.request(0, true).ID, Why: "The placement ends."}))
	d.do("Dilys Marrow", action, room.ConfirmDecision{
		ItemID:  d.id("", `select id from agenda_item where meeting_id = ?`, action),
		Outcome: room.NotAgreed, Reasons: "Met already.", Meanwhile: "It goes on.", Challenge: room.ChallengeEHCP,
	})
	decided := d.id("urgent_decision", `select id from decision where meeting_id = ?`, action)
	called, err := d.panels.CallExtraordinaryMeeting(d.Context(), d.as(people["chr"]), panels.NewMeeting{ForumID: uuid.MustParse(d.ids["mapac_id"]), StartsAt: accessDay.Add(16 * time.Minute)})
	d.must(err)
	_, err = d.agendas.BuildAgenda(d.Context(), d.as(people["clk"]), called.ID)
	d.must(err)
	_, err = d.agendas.PublishAgenda(d.Context(), d.as(people["clk"]), called.ID)
	d.must(err)
	item := d.id("ratifying_item", `select id from agenda_item where meeting_id = ? and ratifies_id = ?`, called.ID, decided)
	d.ids["ratifying"] = called.ID.String()
	d.gather(called.ID, panellists...)
	d.do("Dilys Marrow", called.ID, room.OpenItem{ItemID: item})
}

// attach puts papers where each kind of reader may open them.
func (d *day) attach() {
	attach := func(name, by string, to papers.Subject) {
		kept, err := d.papers.Attach(d.Context(), d.as(by), to, canaryPaper+".pdf", []byte(accessPaper), "The college wrote today.")
		d.must(err)
		d.ids[name] = kept.ID.String()
	}
	attach("published_paper", people["clk"], papers.Subject{Item: uuid.MustParse(d.ids["published_item"])})
	attach("presented_paper", people["pre"], papers.Subject{Item: uuid.MustParse(d.ids["published_item"])})
	attach("drafted_paper", people["clk"], papers.Subject{Item: uuid.MustParse(d.ids["drafted"])})
	attach("joined_paper", people["clk"], papers.Subject{Item: uuid.MustParse(d.ids["joined_item"])})
	attach("request_paper", people["pre"], papers.Subject{Request: uuid.MustParse(d.ids["request_draft"])})
}

// accessPaper is the smallest of papers.
const accessPaper = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// records are what somebody wrote of the case on MAPaC’s agenda.
func (d *day) records() {
	clerk := d.as(people["clk"])
	id := uuid.MustParse(d.find("", `select id from cases where 'Q' || number = ?`, d.ids["case"]))
	verbatim := true
	d.must(tracker.RecordViews(d.Context(), d.database, clerk, id, tracker.NewViews{
		HeardOn: clock.DateOf(accessDay).AddDays(-9), How: tracker.HeardThemselves, Words: canaryViews, Verbatim: &verbatim, TakesPart: tracker.SendsWords,
	}))
	d.must(tracker.RecordCapacity(d.Context(), d.database, clerk, id, tracker.NewCapacity{
		Question: canaryQuestion, Outcome: tracker.CanDecide, JudgedOn: clock.DateOf(accessDay).AddDays(-9), JudgedBy: "Dr Obi Lane, psychiatrist",
	}))
	var told int // the demo may have told them already
	d.must(d.database.Read(d.Context(), clerk, func(tx db.Tx) error {
		page, err := agendas.ShowTabling(tx, uuid.MustParse(d.ids["voting_item"]))
		told = page.Tabling.Version
		return err
	}))
	d.ids["told_version"] = fmt.Sprint(told + 1)
	d.must(d.agendas.RecordTabling(d.Context(), clerk, uuid.MustParse(d.ids["voting_item"]), told, agendas.Tabling{
		Told: agendas.ToldYoungPerson, ToldBy: "Orla Finch", ToldOn: clock.DateOf(accessDay).AddDays(-9), Response: agendas.Objects, Said: canaryObjection, Basis: agendas.Safeguarding,
	}))
	d.must(tracker.LinkSibling(d.Context(), d.database, clerk, id, d.find("sibling", `select 'Q' || number from cases where id <> ? order by number limit 1`, id)))
	d.find("case_views", `select id from case_views where case_id = ?`, id)
	d.find("case_capacity", `select id from case_capacity where case_id = ?`, id)
}

// guests has another council’s funder join one item that is being voted on, another in which their
// agency was to pay, and be asked for one that is still a draft; somebody else’s place is withdrawn. The young
// person whom the first is about joins it too.
func (d *day) guests() {
	clerk := d.as(people["clk"])
	ask := func(item, person string) (place string) {
		_, err := d.agendas.AskGuest(d.Context(), clerk, uuid.MustParse(item), d.as(person).PersonID, false)
		d.must(err)
		return d.find("", `select id from meeting_guest where item_id = ? and person_id = ?`, item, d.as(person).PersonID)
	}
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { // the presenter’s own are nearly all asked about
		return tx.Exec(`insert into case_link (case_id, person_id, kind) select c.id, ?, 'worker' from cases c where lower(locality) = 'south'
			and not exists (select from agenda_item i where i.case_id = c.id) order by number offset 10 limit 2`, d.ids["presenter"]).Error
	}))
	nhs := d.ids["agency"]
	d.ids["agency"] = d.ids["fenwick"] // is asked to pay in these two
	agreed, joined := d.meeting("agreed", accessDay.Add(13*time.Minute)), d.meeting("joined", accessDay.Add(14*time.Minute))
	d.ids["agency"] = nhs
	for _, meeting := range []uuid.UUID{agreed, joined} {
		name := map[uuid.UUID]string{agreed: "agreed", joined: "joined"}[meeting]
		place := ask(d.ids[name+"_item"], people["gst"])
		withdrawn := ask(d.ids[name+"_item"], people["wdn"])
		_, err := d.agendas.WithdrawGuest(d.Context(), clerk, uuid.MustParse(withdrawn))
		d.must(err)
		d.gather(meeting, panellists...)
		d.do(people["gst"], meeting, room.RecordAttendance{Present: true, Remote: true})
		vote := d.vote(meeting, d.ids[name+"_item"], false, "Grace Pell")
		if meeting == joined {
			d.ids["guest_place"], d.ids["joined_vote"] = place, vote.String()
			ask(d.ids["joined_item"], people["yng"])
			d.do(people["yng"], meeting, room.RecordAttendance{Present: true, Remote: true})
			continue
		}
		d.do(people["gst"], meeting, room.CastBallot{VoteID: vote, SeatID: uuid.MustParse(place), Position: room.Consent})
		d.do("Dilys Marrow", meeting, room.CloseVote{VoteID: vote})
		d.do("Dilys Marrow", meeting, room.ConfirmDecision{ItemID: uuid.MustParse(d.ids["agreed_item"]), VoteID: &vote, Outcome: room.Agreed, Reasons: canaryReasons})
		d.do("Dilys Marrow", meeting, room.CloseMeeting{})
		d.find("agreed_decision", `select id from decision where item_id = ?`, d.ids["agreed_item"])
	}
	d.ids["drafted_guest"] = ask(d.ids["drafted_next"], people["gst"])
}

// chairs has the joint panel’s two chairs take turns and both confirm: one decision waits for the second.
func (d *day) chairs() {
	admin, chair := d.as(people["adm"]), d.as(people["chr"])
	joint := uuid.MustParse(d.ids["joint_id"])
	var terms panels.Terms
	d.must(d.database.Read(d.Context(), admin, func(tx db.Tx) (err error) {
		terms, err = panels.TermsInForce(tx, joint, tx.Today())
		return err
	}))
	terms.Chairing, terms.BothChairsConfirm, terms.InForceOn = panels.TwoAlternating, true, clock.DateOf(accessDay)
	_, err := d.panels.ChangeTerms(d.Context(), admin, joint, terms.Number, terms)
	d.must(err)
	call := func(name string, begins time.Time) uuid.UUID {
		called, err := d.panels.CallExtraordinaryMeeting(d.Context(), chair, panels.NewMeeting{ForumID: joint, StartsAt: begins})
		d.must(err)
		d.ids[name] = called.ID.String()
		return called.ID
	}
	waits := call("waits", accessDay.Add(15*time.Minute))
	number := d.find("", `select 'Q' || number from cases c where lower(locality) = 'south'
		and not exists (select from agenda_item i where i.case_id = c.id) order by number desc limit 1`)
	item, err := d.agendas.AddCase(d.Context(), d.as(people["ckj"]), waits, number, "To be known to the panel.")
	d.must(err)
	_, err = d.agendas.PublishAgenda(d.Context(), d.as(people["ckj"]), waits)
	d.must(err)
	d.gather(waits, people["chr"], people["nhs"])
	d.do(people["chr"], waits, room.OpenItem{ItemID: item})
	d.do(people["chr"], waits, room.ConfirmDecision{ItemID: item, Outcome: room.EscalatedOn, Reasons: canaryReasons})
	d.find("waiting_decision", `select id from decision_waiting where item_id = ?`, item)
	call("turn", accessDay.Add(50*time.Hour))
}

// officers has the NHS asked, by its authorising officer, to endorse one decision and to authorise another.
func (d *day) officers() {
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { // as for guests
		return tx.Exec(`insert into case_link (case_id, person_id, kind) select c.id, ?, 'worker' from cases c where lower(locality) = 'south'
			and not exists (select from agenda_item i where i.case_id = c.id) and not exists (select from case_link l where l.case_id = c.id and l.person_id = ?)
			order by number offset 14 limit 4`, d.ids["presenter"], d.ids["presenter"]).Error
	}))
	asked := d.meeting("asked", accessDay.Add(16*time.Minute))
	item, nhs := uuid.MustParse(d.ids["asked_item"]), uuid.MustParse(d.ids["agency"])
	d.gather(asked, panellists...)
	vote := d.vote(asked, d.ids["asked_item"], true, "Grace Pell")
	d.do("Dilys Marrow", asked, room.ConfirmDecision{ItemID: item, VoteID: &vote, Outcome: room.Provisional, Reasons: canaryReasons, EndorsedByID: &nhs})
	d.find("asked_decision", `select id from decision where item_id = ?`, item)
	limit := func(pence int) {
		d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
			return tx.Exec(`update seat set delegated_limit_pence = ? where id = ?`, pence, d.ids["nhs_seat"]).Error
		}))
	}
	above := d.meeting("limit", accessDay.Add(17*time.Minute))
	d.gather(above, panellists...)
	limit(1)
	vote = d.vote(above, d.ids["limit_item"], true, "Grace Pell", "Kamal Reeve")
	limit(0)
	d.do("Dilys Marrow", above, room.ConfirmDecision{ItemID: uuid.MustParse(d.ids["limit_item"]), VoteID: &vote, Outcome: room.Agreed, Reasons: canaryReasons})
	d.find("limit_decision", `select id from decision where item_id = ?`, d.ids["limit_item"])
	d.ids["deputy"] = d.as("Femi Alder").PersonID.String()
	d.do("Femi Alder", above, room.RecordAttendance{Present: true})
	d.do("Dilys Marrow", above, room.PauseMeeting{Text: "Back soon"})

	conflicted := d.meeting("conflicted", accessDay.Add(18*time.Minute))
	var members []string
	d.must(d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select distinct p.name from seat_holding h join seat s on s.id = h.seat_id join person p on p.id = h.person_id
			where s.forum_id = ? and s.agency_id = ? and s.standing = 'deciding' and h.to_date is null`, d.ids["mapac_id"], nhs).Scan(&members).Error
	}))
	for _, name := range members {
		d.do(name, conflicted, room.DeclareInterest{ItemID: uuid.MustParse(d.ids["conflicted_item"]), Kind: room.Professional, Reason: "Worked there."})
	}
	consenting := d.meeting("consenting", accessDay.Add(19*time.Minute))
	d.gather(consenting, panellists...)
	d.do("Dilys Marrow", consenting, room.PutOnConsentList{ItemID: uuid.MustParse(d.ids["consenting_item"]), Reasons: "Nobody contests it."})
	d.do("Dilys Marrow", uuid.MustParse(d.ids["voted"]), room.PutOnConsentList{ItemID: uuid.MustParse(d.ids["voted_other"]), Reasons: "Nobody contests it."})
	d.find("unseated", `select p.id from person p where p.agency_id = ? and p.ended_on is null and not exists (
		select from seat_holding h join seat s on s.id = h.seat_id where h.person_id = p.id and s.forum_id = ?) order by p.name limit 1`, nhs, d.ids["mapac_id"])
}

// scheduling leaves a cancelled meeting, a draft of next year's dates and a one-off bank holiday.
func (d *day) scheduling() {
	clerk := d.as(people["clk"])
	cancelled := d.id("cancelled", `select id from meeting where series_id = ? and starts_at > ? order by starts_at offset 4 limit 1`, d.ids["series"], accessDay)
	_, err := d.panels.CancelMeeting(d.Context(), clerk, cancelled, 1, "Half term.")
	d.must(err)
	runs := d.id("", `select id from series where forum_id = ?`, d.ids["north_id"])
	_, err = d.panels.EndSeries(d.Context(), clerk, runs, 1, clock.MustDate("2027-10-31")) // so that the draft may be published
	d.must(err)
	draft, _, err := d.panels.ScheduleSeries(d.Context(), clerk, panels.Series{ForumID: uuid.MustParse(d.ids["north_id"]), StartsOn: clock.MustDate("2027-11-01"), Draft: true})
	d.must(err)
	d.ids["draft_series"] = draft.ID.String()
	d.find("draft_meeting", `select id from meeting where series_id = ? order by starts_at limit 1`, draft.ID)
	_, err = d.panels.AddHoliday(d.Context(), d.as(people["adm"]), calendar.OneOff{On: clock.MustDate("2027-06-07"), Name: "Day of mourning"})
	d.must(err)
}

// locality has Central's meeting take a spoken vote in which a position is recorded.
func (d *day) locality() {
	meeting := d.id("spoken", `select id from meeting where forum_id = ? and starts_at = ?`, d.ids["central_id"], accessDay.Add(10*time.Minute))
	item := d.id("spoken_item", `select id from agenda_item where meeting_id = ? and kind = 'case' and state = 'listed' order by position limit 1`, meeting)
	chair, clerk, member := people["lch"], people["clk"], people["lmb"]
	d.gather(meeting, chair, clerk, "Grace Pell", "Hal Osmond", "Ivan Thorne", "Jo Lacey", member)
	d.do(chair, meeting, room.OpenItem{ItemID: item})
	d.do(chair, meeting, room.OpenVote{ItemID: item, Outcome: room.Agreed, Text: "Ask the panel for a place at college."})
	vote := d.id("spoken_vote", `select id from vote where item_id = ?`, item)
	seat := d.id("spoken_seat", `select id from seat where forum_id = ? and name like 'Special%'`, d.ids["central_id"])
	d.do(clerk, meeting, room.RecordPosition{VoteID: vote, SeatID: seat, Position: room.For})
	d.find("ballot", `select id from ballot where vote_id = ?`, vote)
	d.do(clerk, meeting, room.RaiseAction{ItemID: &item, OwnerID: d.as(member).PersonID, DueOn: clock.DateOf(accessDay).AddDays(7), Text: "Ask the school."})
	d.find("action", `select id from action where item_id = ?`, item)
	d.do(clerk, meeting, room.RaiseAction{ItemID: &item, OwnerID: d.as(member).PersonID, DueOn: clock.DateOf(accessDay).AddDays(7), Text: "Ring the college."})
	finished := d.find("finished", `select id from action where item_id = ? order by id desc limit 1`, item)
	d.do(clerk, meeting, room.CompleteAction{ActionID: uuid.MustParse(finished), Text: "Rung."})
	past := d.id("central_past", `select id from meeting where forum_id = ? and status = 'closed'`, d.ids["central_id"])
	_, err := d.room.SendForComment(d.Context(), d.as(clerk), past, clock.DateOf(accessDay).AddDays(5))
	d.must(err)
	d.must(d.room.CommentOnMinutes(d.Context(), d.as(member), past, nil, "The school was there too."))
	d.find("central_comment", `select id from minutes_comment where meeting_id = ?`, past)
	d.find("central_case", `
		select 'Q' || number from cases c where lower(locality) = 'central' and not exists (select from case_link l where l.case_id = c.id)
		and not exists (select from agenda_item i left join funding_request r on r.id = i.request_id join meeting m on m.id = i.meeting_id
			where coalesce(i.case_id, r.case_id) = c.id and m.forum_id <> ?) order by number limit 1`, d.ids["central_id"])
	d.find("north_case", `
		select 'Q' || number from cases c where lower(locality) = 'north' and not exists (select from case_link l where l.case_id = c.id)
		and not exists (select from agenda_item i where i.case_id = c.id) order by number limit 1`)
}

// references has the clerk change one person's reference, and merge two cases.
func (d *day) references() {
	var cases []tracker.Case
	d.must(d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`
			select * from cases c where lower(locality) = 'north' and not exists (select from case_link l where l.case_id = c.id)
			and not exists (select from agenda_item i where i.case_id = c.id) order by number desc limit 3`).Scan(&cases).Error
	}))
	clerk := d.as(people["clk"])
	_, err := tracker.ChangeReference(d.Context(), d.database, clerk, cases[0].ID, cases[0].Version, "A770000")
	d.must(err)
	d.ids["changed_case"] = cases[0].Reference()
	// Adult services' number of this person is the reference of the file that waits to be confirmed.
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`update cases set adults_reference = 'T990001' where id = ?`, cases[0].ID).Error
	}))
	d.find("reference_change", `select id from reference_change`)
	merge, err := tracker.MergeCases(d.Context(), d.database, clerk, tracker.Merge{KeptID: cases[1].ID, GoneID: cases[2].ID})
	d.must(err)
	d.ids["kept_case"], d.ids["merge"] = cases[1].Reference(), merge.String()
}

// board has the board's agenda published by its clerk.
func (d *day) board() {
	meeting := d.id("board_meeting", `select id from meeting where forum_id = ? and starts_at > ? order by starts_at limit 1`, d.ids["board_id"], accessDay)
	clerk := d.as(people["bck"])
	_, err := d.agendas.BuildAgenda(d.Context(), clerk, meeting)
	d.must(err)
	_, err = d.agendas.PublishAgenda(d.Context(), clerk, meeting)
	d.must(err)
	d.find("waiting", `select id from escalation where state = 'waiting' limit 1`)
	d.find("answered", `select id from escalation where state = 'answered' order by id limit 1`)
	d.find("answered_blocker", `select blocker_id from escalation where id = ?`, d.ids["answered"])
	d.find("adults", `select id from person where name <> ? and ended_on is null order by id limit 1`, people["bmb"])
	d.find("digest", `select id from digest order by sent_at desc limit 1`)
}

// blockers has MAPaC's chair raise what is stuck about the case whose item Lena left.
func (d *day) blockers() {
	item := uuid.MustParse(d.ids["held_item"])
	b, err := d.escalations.RaiseBlocker(d.Context(), d.as(people["chr"]), escalations.Raise{
		ItemID: &item, Kind: escalations.Housing, Theme: "Ground-floor flats", Needed: "A ground-floor flat near the college.", OwnerID: d.as("Grace Pell").PersonID,
	})
	d.must(err)
	d.ids["blocker"] = b.ID.String()
	const others = `
		from agenda_item i join meeting m on m.id = i.meeting_id left join funding_request r on r.id = i.request_id join cases c on c.id = coalesce(i.case_id, r.case_id)
		where m.forum_id = ? and i.number <> '' and c.id <> ? and not exists (select from interest n where n.item_id = i.id)
			and c.id <> (select coalesce(v.case_id, w.case_id) from agenda_item v left join funding_request w on w.id = v.request_id where v.id = ?) -- a blocker is raised about that one
		order by c.number limit 1`
	about := []any{b.ForumID, b.CaseID, d.ids["voting_item"]}
	d.find("stuck_case", `select c.id`+others, about...)
	number := d.find("stuck_number", `select 'Q' || c.number`+others, about...)
	many, err := d.escalations.RaiseBlocker(d.Context(), d.as(people["chr"]), escalations.Raise{
		ForumID: b.ForumID, Cases: number, YoungPeople: 3, Kind: escalations.Housing, Theme: "Flats, ground floor", Needed: "A scheme with lifts.", OwnerID: d.as("Grace Pell").PersonID,
	})
	d.must(err)
	d.ids["many_blocker"], d.ids["many_number"] = many.ID.String(), many.Reference()
	d.must(d.escalations.SnoozeBlocker(d.Context(), d.as(people["chr"]), many.ID, escalations.Snooze{
		Until: clock.DateOf(d.clock.Now()).AddDays(14), Reason: "The scheme answers then.", Version: many.Version,
	}))

	// What agencies do not agree about; another council takes part, which has no seat.
	b, err = d.escalations.RaiseBlocker(d.Context(), d.as(people["chr"]), escalations.Raise{
		ForumID: uuid.MustParse(d.ids["mapac_id"]), Kind: escalations.FundingDispute, Theme: "Who is responsible", Needed: "One council to say yes.", OwnerID: d.as("Grace Pell").PersonID, YoungPeople: 6,
	})
	d.must(err)
	d.ids["disputed"] = b.ID.String()
	dispute, err := d.escalations.OpenDispute(d.Context(), d.as(people["clk"]), b.ID, escalations.NewDispute{
		Kind: escalations.ResidenceDispute, About: canaryQuarrel, Agencies: []uuid.UUID{uuid.MustParse(d.ids["agency"]), uuid.MustParse(d.ids["fenwick"])},
		PositionsBy: clock.DateOf(accessDay).AddDays(10), DecidesAt: escalations.ForumLevel, Version: b.Version,
	})
	d.must(err)
	d.ids["dispute"] = dispute.ID.String()
	d.must(d.escalations.StatePosition(d.Context(), d.as(people["clk"]), dispute.ID, escalations.Statement{
		AgencyID: uuid.MustParse(d.ids["fenwick"]), Words: canaryQuarrel, SaidBy: "Their head of service",
	}))

	// And something about many cases, of which the board asks more before it answers.
	b, err = d.escalations.RaiseBlocker(d.Context(), d.as(people["chr"]), escalations.Raise{
		ForumID: uuid.MustParse(d.ids["mapac_id"]), Kind: escalations.Provider, Theme: "Night care", Needed: "Two providers.", OwnerID: d.as("Grace Pell").PersonID, YoungPeople: 12,
	})
	d.must(err)
	d.must(d.escalations.MoveBlocker(d.Context(), d.as(people["chr"]), b.ID, escalations.BoardLevel, "Nobody else can.", b.Version))
	d.ids["questioned"] = b.ID.String()
	asked := uuid.MustParse(d.find("", `select id from escalation where blocker_id = ?`, b.ID))
	d.must(d.escalations.AskBack(d.Context(), d.as(people["bch"]), asked, escalations.BoardQuestion{Question: "What would two providers cost?", ReplyBy: clock.DateOf(accessDay).AddDays(14)}))
	d.must(d.escalations.NameDelegate(d.Context(), d.as(people["bmb"]), d.ids["board"], escalations.NewDelegate{DelegateID: d.as("Grace Pell").PersonID, FromOn: clock.DateOf(accessDay).AddDays(200), UntilOn: clock.DateOf(accessDay).AddDays(210)}))
	d.find("delegate", `select id from board_delegate`)

	// The board's clerk keeps two recommendations, on which MAPaC's adviser leads, and its plans.
	keeper, board := d.as(people["bck"]), d.ids["board"]
	for _, name := range []string{"recommended", "accepted"} {
		r, err := d.escalations.AddRecommendation(d.Context(), keeper, board, escalations.NewRecommendation{
			Source: escalations.FromReview, SourceName: "A review", Text: "Hold places.", MadeOn: clock.DateOf(accessDay).AddDays(-20), MadeTo: "Brokerage", LeadID: d.as(people["brk"]).PersonID,
			ResponseDue: clock.DateOf(accessDay).AddDays(20),
		})
		d.must(err)
		d.ids[name] = r.ID.String()
	}
	d.must(d.escalations.RespondToRecommendation(d.Context(), keeper, uuid.MustParse(d.ids["accepted"]), escalations.Accepted, "", clock.DateOf(accessDay).AddDays(40), 1))
	d.must(d.escalations.AddPlanItem(d.Context(), keeper, board, "The inspection", clock.MustDate("2027-02-01"), nil))
	d.find("planned", `select id from board_plan_item`)
	d.must(d.escalations.AddDelivery(d.Context(), keeper, board, escalations.NewDelivery{Title: "Two schemes", Measure: "Tenants say so", OwnerID: keeper.PersonID, DueOn: clock.DateOf(accessDay).AddDays(60)}))
	d.find("delivery", `select id from delivery_action`)
}

const smallTracker = "Person ref,Forename,Surname,Date of birth,Locality\nT990001,Ottoline,Quickbeam,2010-05-04,North\n"

// smallColumns matches its columns.
var smallColumns = []string{"column-A", "person_reference", "column-B", "forename", "column-C", "surname", "column-D", "date_of_birth", "column-E", "locality"}

// smallHistory is a file with one action from before Quorate, for Uma Finch.
const smallHistory = "Forum,Meeting date,What,Owner's email,Due date\nFORUM,03/02/2026,Ring the provider,uma.finch@example.org,01/12/2026\n"

// imports has the clerk stage a file and leave it.
func (d *day) imports() {
	chosen, err := d.tracker.Upload(d.Context(), d.as(people["clk"]), "small.csv", strings.NewReader(smallTracker))
	d.must(err)
	_, err = d.tracker.StartReading(d.Context(), d.as(people["clk"]), chosen.ID)
	d.must(err)
	d.must(d.tracker.ReadFile(d.Context(), tracker.FileToRead{Import: chosen.ID}))
	d.ids["import"] = chosen.ID.String()
	done, err := d.tracker.RunImport(d.Context(), d.as(people["clk"]), "done.csv", []byte(smallTracker), tracker.ImportOptions{})
	d.must(err)
	d.ids["import_done"] = done.Import.ID.String()
	mend, err := d.tracker.Upload(d.Context(), d.as(people["clk"]), "mend.csv", strings.NewReader(smallTracker+"T990002,Nobody,,2010-05-04,North\n"))
	d.must(err)
	_, err = d.tracker.StartReading(d.Context(), d.as(people["clk"]), mend.ID)
	d.must(err)
	d.must(d.tracker.ReadFile(d.Context(), tracker.FileToRead{Import: mend.ID}))
	d.ids["import_mend"] = mend.ID.String()

	promised := strings.ReplaceAll(smallHistory, "FORUM", d.find("", `select name from forum where slug = ?`, d.ids["mapac"]))
	book, err := tracker.Open("history.csv", strings.NewReader(promised), int64(len(promised)))
	d.must(err)
	said, err := history.Read([]*tracker.Workbook{book}, clock.DateOf(accessDay))
	d.must(err)
	brought, err := history.StageImport(d.Context(), d.database, d.as(people["clk"]), said)
	d.must(err)
	d.ids["history"] = brought.ID.String()
}

// dates has the clerk ask three people when they can meet: a member, an officer of the panel and somebody without a seat.
func (d *day) dates() {
	wanted := dates.NewPoll{ForumID: uuid.MustParse(d.ids["mapac_id"]), ClashesKnown: true, ClosesAt: accessDay.Add(48 * time.Hour)}
	for _, days := range []int{14, 15} {
		wanted.Slots = append(wanted.Slots, dates.NewSlot{StartsAt: accessDay.AddDate(0, 0, days), Duration: time.Hour})
	}
	for _, name := range []string{people["nhs"], lena, people["pre"]} {
		wanted.People = append(wanted.People, dates.NewInvitee{PersonID: d.as(name).PersonID, Reason: "Speaks for the college."})
	}
	poll, err := d.product.dates.Propose(d.Context(), d.as(people["clk"]), wanted)
	d.must(err)
	d.ids["poll"], d.ids["lena"] = poll.ID.String(), d.as(lena).PersonID.String()
	d.find("poll_slot", `select id from date_slot where poll_id = ? order by starts_at limit 1`, poll.ID)
	d.find("poll_other_slot", `select id from date_slot where poll_id = ? order by starts_at desc limit 1`, poll.ID)
}

// links are a member's link in the post about dates, and one of Lena's that expired; all were asked the day before.
func (d *day) links() {
	d.find("when", `select substring(m.text_body from '/when/([A-Z2-7]{26})') from demo_mail m join person p on p.email = m.to_email
		where p.name = ? and m.text_body like '%/when/%'`, people["nhs"])
	expired, digest := token.New()
	d.ids["when_expired"] = expired
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		for _, statement := range []string{
			`update date_invitee set asked_at = asked_at - interval '1 day'`,
			`update date_link set made_at = made_at - interval '1 day'`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`insert into date_link (digest, invitee_id, made_at, expires_at) select ?, id, asked_at, asked_at from date_invitee where person_id = ?`,
			digest, d.ids["lena"]).Error
	}))
}

// post delivers everything that waits.
func (d *day) post() {
	for range 20 {
		done, err := d.jobs.Drain(d.Context())
		d.must(err)
		if done == 0 {
			break
		}
	}
	d.must(d.product.post.DrainDue(d.Context()))
	d.find("mail", `select id from demo_mail order by received_at desc limit 1`)
}

// mail is held from now on, and Uma's address fails: what was for her could not be delivered.
func (d *day) mail() {
	uma := uuid.MustParse(d.ids["uma"])
	id := d.id("undelivered", `select id from outbox where state = 'sent' order by seq limit 1`)
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error {
		err := tx.Exec(`update outbox set state = 'dead', failure = 'no_such_address', last_error = '550 5.1.1 No such mailbox', recipient = ?, sent_to = (select email from person where id = ?) where id = ?`, uma, uma, id).Error
		if err != nil {
			return err
		}
		return tx.Exec(`
			insert into address_failure (id, person_id, email, outbox_id, hard, failure, answer, at)
			select ?, id, email, ?, true, 'no_such_address', '550 5.1.1 No such mailbox', ? from person where id = ?`, uuid.Must(uuid.NewV7()), id, tx.Now, uma).Error
	}))
	d.ids["unreached"] = uma.String()
	d.must(d.product.post.HoldMail(d.Context(), d.as(people["adm"]), "Until we go live"))
	d.find("hold", `select id from mail_hold`)
}

// calendars has an invitation go out, and makes a calendar's secret address.
func (d *day) calendars() {
	d.find("invited", `select person_id from invitation where meeting_id = ? order by person_id limit 1`, d.ids["spare"])
	d.must(d.invitations.SendAgain(d.Context(), d.as(people["chr"]), uuid.MustParse(d.ids["spare"]), uuid.MustParse(d.ids["invited"])))
	d.must(d.product.post.DrainDue(d.Context()))
	d.find("invitation_mail", `select id from demo_mail where subject like 'Invitation: %' order by received_at desc limit 1`)
	secret, err := d.invitations.MakeFeed(d.Context(), d.as(people["chr"]), uuid.Nil)
	d.must(err)
	d.ids["calendar_secret"] = secret
	d.find("chairs_feed", `select id from calendar_feed order by made_at desc limit 1`)
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { // everybody has something new
		return tx.Exec(`
			with told as (
				insert into outbox (id, kind, recipient, created_at, stands_at, due_at, stood_at, state)
				select gen_random_uuid(), 'minutes_sent', id, @now, @now, @now, @now, 'kept' from person returning id, recipient)
			insert into inbox (notice_id, person_id, kind, subject, line, link_text, link_path, why, told_at)
			select id, recipient, 'minutes_sent', 'The minutes are final.', '', '', '', 'You have a seat.', @now from told`,
			map[string]any{"now": tx.Now}).Error
	}))
	d.find("chairs_notice", `select notice_id from inbox where person_id = ? and read_at is null order by told_at desc limit 1`, d.as(people["chr"]).PersonID)
	d.find("unsubscribe_link", `select substring(text_body from '/unsubscribe/([A-Z2-7]{26})') from demo_mail where text_body like '%/unsubscribe/%' limit 1`)
}

// payments has MAPaC’s decisions written to those concerned: the NHS’s letter and authorisation are ready, others wait,
// and an earlier month may be issued.
func (d *day) payments() {
	clerk, nhs := d.as(people["clk"]), uuid.MustParse(d.ids["agency"])
	store := d.product.letters
	d.find("young_letter", `select id from letter where decision_id = ? and audience = 'young_person'`, d.ids["agreed_decision"])
	d.find("authorisation", `select id from funding_authorisation where decision_id = ? order by number limit 1`, d.ids["agreed_decision"])
	d.find("nhs_letter", `select id from letter where forum_id = ? and audience = 'funder' and agency_id = ? and state = 'draft' and template = 'funder.agreed' order by id limit 1`, d.ids["mapac_id"], nhs)
	d.find("nhs_authorisation", `select id from funding_authorisation where forum_id = ? and agency_id = ? order by number limit 1`, d.ids["mapac_id"], nhs)
	d.must(store.ApproveLetter(d.Context(), clerk, uuid.MustParse(d.ids["nhs_letter"]), 1))
	d.must(store.ReleaseLetter(d.Context(), clerk, uuid.MustParse(d.ids["nhs_letter"]), 2, "The NHS knows where they live.", false)) // the address is protected
	var codes []string
	for range 9 {
		codes = append(codes, "C100")
	}
	d.must(store.CodeAuthorisation(d.Context(), clerk, uuid.MustParse(d.ids["nhs_authorisation"]), 1, codes, true))
	today := clock.DateOf(d.database.Now())
	d.ids["today_day"], d.ids["today_month"], d.ids["today_year"] = strconv.Itoa(today.Day), strconv.Itoa(int(today.Month)), strconv.Itoa(today.Year)
	d.ids["recharge_month"] = letters.MonthOf(today).Previous().String()
	d.must(d.database.Write(d.Context(), access.System("test"), func(tx db.Tx) error { // begun last month, and shared by two
		decision := uuid.Must(uuid.NewV7())
		begun := tx.Exec(`
			insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, quorum, weeks_thousandths, confirmed_by, confirmed_at, start_on)
			select ?, m.id, m.forum_id, i.id, i.case_id, 'agreed', 'decided', ?, '3 of 3', 52000, ?, m.ends_at, ?
			from agenda_item i join meeting m on m.id = i.meeting_id
			where m.forum_id = ? and m.status = 'closed' and i.case_id is not null and not exists (select from decision d where d.item_id = i.id)
			order by m.starts_at, i.position limit 1`, decision, "Begun last month.", clerk.PersonID, letters.MonthOf(today).Previous().First(), d.ids["mapac_id"])
		if begun.RowsAffected != 1 {
			return fmt.Errorf("no item to decide: %w", begun.Error)
		}
		return errors.Join(
			tx.Exec(`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) values (?, ?, 7000, 0), (?, ?, 7000, 0)`, decision, nhs, decision, d.ids["fenwick"]).Error,
			tx.Exec(`insert into paying_lead (id, decision_id, agency_id, set_at) values (?, ?, ?, ?)`, uuid.Must(uuid.NewV7()), decision, nhs, tx.Now).Error)
	}))
}

// canaries learns whom nobody may be able to tell from what they are shown.
func (d *day) canaries() {
	d.must(d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) error {
		var rows []struct {
			Number                             int64
			Forename, Surname, PersonReference string
		}
		err := tx.Raw(`select number, forename, surname, person_reference from cases`).Scan(&rows).Error
		for _, row := range rows {
			d.secret.add(aName, row.Forename+" "+row.Surname)
			d.secret.add(aName, row.Surname+" "+row.Forename)
			d.secret.add(aReference, row.PersonReference)
			d.secret.add(aCase, tracker.CaseReference(row.Number))
		}
		return err
	}))
	d.secret.add(aName, "Ottoline Quickbeam")
	d.secret.add(aReference, "T990001")
	if len(d.secret) < 1000 {
		d.Fatalf("only %d canaries: the young people are not there", len(d.secret))
	}
}

func (d *day) signIn() {
	var everybody []panels.Person
	d.must(d.database.Read(d.Context(), access.System("test"), func(tx db.Tx) (err error) {
		everybody, err = panels.People(tx)
		return err
	}))
	for _, person := range everybody {
		name := person.Name
		if what := d.secret.in(name); len(what) > 0 {
			d.Fatalf("%s is also the name of a young person", name)
		}
		opened, err := d.auth.SignInAs(d.Context(), person.ID, "a test")
		d.must(err)
		d.tokens[name] = opened.Token
	}
	for r, name := range people {
		d.ids["me "+string(r)] = d.as(name).PersonID.String()
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_ ]+\}`)

// fill writes what the world knows into an address or a field: "/cases/{case}".
func (w *world) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		id, known := w.ids[strings.Trim(name, "{}")]
		if !known {
			panic("the world has no " + name)
		}
		return id
	})
}
