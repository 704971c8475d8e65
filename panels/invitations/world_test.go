package invitations_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// world is a funding panel with a chair, a clerk and health's member, and the post that leaves it. It is
// Thursday 26 November 2026, 9:30am, until the test moves the clock.
type world struct {
	panels.Store
	t       *testing.T
	clock   *clock.Manual
	invites invitations.Store
	post    *notify.Store
	box     *mailbox
	admin   access.Actor
	forum   panels.Forum
	chair   panels.Person
	clerk   panels.Person
	health  panels.Person
	seen    int // jobs acted on
	asked   int // statements sent to the database
}

// mailbox is a mail server that keeps what it is given, and refuses when told to.
type mailbox struct {
	got     []notify.Message
	refusal error
}

func (b *mailbox) Deliver(_ context.Context, m notify.Message) error {
	if b.refusal != nil {
		return b.refusal
	}
	b.got = append(b.got, m)
	return nil
}

const testCanary = "Hawthorn waking nights"

func newWorld(t *testing.T, inbound string) *world {
	t.Helper()
	d, manual := dbtest.NewAt(t)
	w := &world{
		Store: panels.Store{DB: d}, t: t, clock: manual, box: &mailbox{},
		admin:   access.Actor{PersonID: uuid.Must(uuid.NewV7()), Name: "Ada", Administrator: true},
		invites: invitations.Store{DB: d, BaseURL: "https://quorate.example.org", Sender: "quorate@example.org", Inbound: inbound},
	}
	w.post = &notify.Store{DB: d, Driver: w.box, BaseURL: w.invites.BaseURL, Domain: "example.org"}
	panels.RegisterNotices(w.post)
	w.invites.RegisterNotices(w.post)
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true},
	} {
		_, err := w.AddAgency(t.Context(), w.admin, agency)
		w.must(err)
	}
	var err error
	w.forum, err = w.CreateForum(t.Context(), w.admin, panels.NewForum{Template: "mapac"})
	w.must(err)
	w.exec(`update forum set mailbox_email = 'mapac@example.org' where id = ?`, w.forum.ID)
	w.chair, w.clerk, w.health = w.person("Dilys Marrow"), w.person("Bryony Tate"), w.person("Kamal Reeve")
	w.fill("", access.Chair, w.chair, 0)
	w.fill("", access.Clerk, w.clerk, 0)
	w.fill("NHS continuing health care", "", w.health, 0)
	w.settle()
	return w
}

// statements is how many statements have been sent to the database since it was first asked.
func (w *world) statements() int {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error {
		count := func(*gorm.DB) { w.asked++ }
		calls := tx.Callback()
		if calls.Raw().Get("test:count") != nil {
			return nil
		}
		return errors.Join(
			calls.Query().Before("gorm:query").Register("test:count", count), calls.Row().Before("gorm:row").Register("test:count", count),
			calls.Raw().Before("gorm:raw").Register("test:count", count), calls.Create().Before("gorm:create").Register("test:count", count))
	}))
	return w.asked
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(statement string, values ...any) {
	w.t.Helper()
	w.must(w.DB.Write(w.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(statement, values...).Error }))
}

func (w *world) person(name string) panels.Person {
	w.t.Helper()
	p := panels.Person{ID: uuid.Must(uuid.NewV7()), Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org", CreatedAt: w.clock.Now(), Version: 1}
	w.must(w.DB.Write(w.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&p).Error }))
	return p
}

// fill gives the first seat of that name or office to somebody.
func (w *world) fill(name string, office access.Office, p panels.Person, deputy int) panels.SeatHolding {
	w.t.Helper()
	for _, seat := range w.seats() {
		if seat.Name == name || seat.Office == office {
			held, err := w.FillSeat(w.t.Context(), w.admin, panels.NewHolding{SeatID: seat.ID, PersonID: p.ID, DeputyOrder: deputy})
			w.must(err)
			return held
		}
	}
	w.t.Fatalf("no seat %s %s", name, office)
	return panels.SeatHolding{}
}

func (w *world) seats() (seats []panels.TableSeat) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.admin, func(tx db.Tx) (err error) {
		seats, err = panels.SeatsOn(tx, w.forum.ID, tx.Today())
		return err
	}))
	return seats
}

func (w *world) actor(p panels.Person) (actor access.Actor) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), w.admin, func(tx db.Tx) (err error) {
		actor, err = panels.ActorFor(tx, p, tx.Today())
		return err
	}))
	return actor
}

// call arranges a meeting of the panel.
func (w *world) call(start time.Time) panels.Meeting {
	w.t.Helper()
	m, err := w.CallExtraordinaryMeeting(w.t.Context(), w.actor(w.clerk), panels.NewMeeting{
		ForumID: w.forum.ID, StartsAt: start, Duration: 150 * time.Minute, Venue: "Committee room 2, County Hall", JoiningLink: "https://meet.example.org/mapac",
	})
	w.must(err)
	return m
}

func (w *world) move(m panels.Meeting, start time.Time, venue string) panels.Meeting {
	w.t.Helper()
	m, err := w.MoveMeeting(w.t.Context(), w.actor(w.clerk), panels.MoveMeeting{MeetingID: m.ID, Version: m.Version, StartsAt: start, Venue: venue})
	w.must(err)
	return m
}

func (w *world) cancel(m panels.Meeting) panels.Meeting {
	w.t.Helper()
	m, err := w.CancelMeeting(w.t.Context(), w.actor(w.clerk), m.ID, m.Version, testCanary)
	w.must(err)
	return m
}

// act does what the announced changes ask for, as the jobs would.
func (w *world) act() {
	w.t.Helper()
	var jobs []struct {
		Kind string
		Args string
	}
	w.must(w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select kind, args::text as args from river_job where kind in ('meetings.changed', 'seats.changed') order by id offset ?`, w.seen).Scan(&jobs).Error
	}))
	w.seen += len(jobs)
	for _, job := range jobs {
		if job.Kind == "meetings.changed" {
			var changed panels.MeetingsChanged
			w.must(json.Unmarshal([]byte(job.Args), &changed))
			w.must(w.invites.Invite(w.t.Context(), changed))
			continue
		}
		var changed panels.SeatsChanged
		w.must(json.Unmarshal([]byte(job.Args), &changed))
		w.must(w.invites.Reseat(w.t.Context(), changed))
	}
}

// settle lets ten minutes pass and says what arrived meanwhile.
func (w *world) settle() []notify.Message {
	w.t.Helper()
	before := len(w.box.got)
	w.act()
	w.clock.Advance(10 * time.Minute)
	w.must(w.post.DrainDue(w.t.Context()))
	return w.box.got[before:]
}

// to are the messages to one person.
func to(p panels.Person, list []notify.Message) (theirs []notify.Message) {
	for _, m := range list {
		if m.To == p.Email {
			theirs = append(theirs, m)
		}
	}
	return theirs
}

// says finds a property of the calendar that a message carries, unfolded.
func says(t *testing.T, m notify.Message, property string) string {
	t.Helper()
	if m.Calendar == nil {
		t.Fatalf("%q carries no calendar", m.Subject)
	}
	head, _, _ := strings.Cut(string(m.Calendar.Text), "BEGIN:VTIMEZONE")
	_, event, _ := strings.Cut(string(m.Calendar.Text), "END:VTIMEZONE")
	for line := range strings.SplitSeq(strings.ReplaceAll(head+event, "\r\n ", ""), "\r\n") {
		if rest, ok := strings.CutPrefix(line, property); ok && (rest[0] == ':' || rest[0] == ';') {
			return rest[1:]
		}
	}
	return ""
}

func day(iso string) clock.Date { return clock.MustDate(iso) }
