package dates_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/dates"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// world is a funding panel with its people and a post bag. It is Thursday 26 November 2026, 9:30am,
// until the test moves the clock.
type world struct {
	dates.Store
	t     *testing.T
	clock *clock.Manual
	post  *notify.Store
	bag   *bag
	forum panels.Forum

	admin, clerk, chair                             access.Actor
	asc, nhs, nhsDeputy, education, guest, stranger access.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	w := &world{Store: dates.Store{DB: database}, t: t, clock: manual, bag: &bag{}}
	w.post = &notify.Store{DB: database, Driver: w.bag, BaseURL: "https://quorate.example.org", Domain: "quorate.example.org"}
	dates.RegisterNotices(w.post)
	w.admin = access.Actor{PersonID: w.person("Ada Admin"), Administrator: true}
	p := panels.Store{DB: database}
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Education", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true},
		{Name: "Commissioning", ShortName: "Comm", Kind: panels.Commissioning},
		{Name: "Brokerage", ShortName: "Brok", Kind: panels.Brokerage},
	} {
		_, err := p.AddAgency(t.Context(), w.admin, agency)
		w.must(err)
	}
	forum, err := p.CreateForum(t.Context(), w.admin, panels.NewForum{Template: "mapac", Name: "MAPaC"})
	w.must(err)
	w.forum = forum
	sit := func(seat, name string, order int) access.Actor {
		t.Helper()
		id := w.person(name)
		_, err := p.FillSeat(t.Context(), w.admin, panels.NewHolding{SeatID: w.seat(seat), PersonID: id, DeputyOrder: order})
		w.must(err)
		return w.actor(id)
	}
	w.chair = sit("Chair, adult social care", "Cher Chair", 0)
	w.clerk = sit("Clerk", "Cleo Clerk", 0)
	w.asc = sit("Adult social care", "Asa Adult", 0)
	w.nhs = sit("NHS continuing health care", "Nell Health", 0)
	w.nhsDeputy = sit("NHS continuing health care", "Ned Deputy", 1)
	w.education = sit("Education and SEND", "Edie School", 0)
	w.guest = access.Actor{PersonID: w.person("Gus Guest")}
	w.stranger = access.Actor{PersonID: w.person("Sten Stranger")}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(fn func(db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Write(w.t.Context(), access.System("test"), fn))
}

func (w *world) read(actor access.Actor, fn func(db.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), actor, fn))
}

func scan[T any](w *world, sql string, args ...any) (out T) {
	w.t.Helper()
	w.read(access.System("test"), func(tx db.Tx) error { return tx.Raw(sql, args...).Scan(&out).Error })
	return out
}

func (w *world) person(name string) uuid.UUID {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	email := strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.org"
	w.write(func(tx db.Tx) error {
		return tx.Create(&panels.Person{ID: id, Name: name, Email: email, CreatedAt: tx.Now, Version: 1}).Error
	})
	return id
}

func (w *world) seat(name string) uuid.UUID {
	w.t.Helper()
	var found uuid.UUID
	w.read(w.admin, func(tx db.Tx) error {
		seats, err := panels.SeatsOn(tx, w.forum.ID, tx.Today())
		for _, seat := range seats {
			if seat.Name == name {
				found = seat.ID
			}
		}
		return err
	})
	if found == uuid.Nil {
		w.t.Fatalf("%s has no seat %s", w.forum.Name, name)
	}
	return found
}

func (w *world) actor(person uuid.UUID) (actor access.Actor) {
	w.t.Helper()
	w.read(w.admin, func(tx db.Tx) error {
		known, err := panels.PersonByID(tx, person)
		if err != nil {
			return err
		}
		actor, err = panels.ActorFor(tx, known, tx.Today())
		return err
	})
	return actor
}

// wanted asks everybody of MAPaC, and a guest, about three dates: Tuesday to Thursday next week, 10am.
func (w *world) wanted() dates.NewPoll {
	poll := dates.NewPoll{ForumID: w.forum.ID}
	for n, day := range []string{"2026-12-01", "2026-12-02", "2026-12-03"} {
		poll.Slots = append(poll.Slots, dates.NewSlot{
			Field: "slot_" + string(rune('1'+n)) + "_", StartsAt: clock.MustDate(day).At(10, 0), Duration: 90 * time.Minute, Venue: "Room " + string(rune('1'+n)),
		})
	}
	for _, who := range []access.Actor{w.clerk, w.asc, w.nhs, w.nhsDeputy, w.education} {
		poll.People = append(poll.People, dates.NewInvitee{PersonID: who.PersonID})
	}
	poll.People = append(poll.People, dates.NewInvitee{PersonID: w.guest.PersonID, Reason: "Speaks for the college"})
	poll.ClosesAt = clock.MustDate("2026-11-30").At(17, 0)
	return poll
}

func (w *world) propose() dates.Poll {
	w.t.Helper()
	poll, err := w.Propose(w.t.Context(), w.clerk, w.wanted())
	w.must(err)
	return poll
}

func (w *world) slots(poll dates.Poll) []uuid.UUID {
	return scan[[]uuid.UUID](w, `select id from date_slot where poll_id = ? order by starts_at`, poll.ID)
}

// said are answers to the poll's dates in their order: y, i or n.
func (w *world) said(poll dates.Poll, letters string) dates.NewAnswers {
	answers := dates.Answers{}
	for i, slot := range w.slots(poll) {
		if i < len(letters) {
			answers[slot] = map[byte]dates.Answer{'y': dates.Yes, 'i': dates.IfNeedBe, 'n': dates.No}[letters[i]]
		}
	}
	return dates.NewAnswers{Answers: answers}
}

func (w *world) answer(poll dates.Poll, who access.Actor, letters string) {
	w.t.Helper()
	w.must(w.Answer(w.t.Context(), who, poll.ID, w.said(poll, letters)))
}

func (w *world) show(actor access.Actor, id uuid.UUID) (page dates.Page) {
	w.t.Helper()
	w.read(actor, func(tx db.Tx) (err error) { page, err = dates.ShowPoll(tx, id); return err })
	return page
}

// pass moves the clock and does what is due by then, as the timetable does.
func (w *world) pass(to time.Time) {
	w.t.Helper()
	w.clock.Set(to)
	for _, job := range dbtest.Jobs(w.t, w.DB, "") {
		if job.At.After(to) {
			continue
		}
		switch job.Kind {
		case dates.DueToClose{}.Kind():
			var due dates.DueToClose
			w.must(json.Unmarshal(job.Args, &due))
			w.must(w.Close(w.t.Context(), due))
			w.must(w.Close(w.t.Context(), due)) // a job is done at least once
		case dates.DueToRemind{}.Kind():
			var due dates.DueToRemind
			w.must(json.Unmarshal(job.Args, &due))
			w.must(w.Remind(w.t.Context(), due))
			w.must(w.Remind(w.t.Context(), due))
		}
	}
}

// mail delivers everything and gives what came, as "recipient: subject"; links holds each one's newest link.
func (w *world) mail() (came []string, links map[string]string) {
	w.t.Helper()
	w.must(w.post.DrainDue(w.t.Context()))
	if left := scan[int](w, `select count(*) from outbox where state not in ('sent', 'dropped')`); left != 0 {
		w.t.Fatalf("%d notices were not delivered: %s", left, scan[string](w, `select string_agg(kind || ': ' || last_error, '; ') from outbox where state <> 'sent'`))
	}
	links = map[string]string{}
	for _, m := range w.bag.empty() {
		to, _, _ := strings.Cut(m.To, "@")
		came = append(came, to+": "+m.Subject)
		if found := openLink.FindStringSubmatch(m.Text); found != nil {
			links[to] = found[1]
		}
	}
	return came, links
}

var openLink = regexp.MustCompile(`/when/([A-Z2-7]{26})`)

func (w *world) audited(action string) int {
	w.t.Helper()
	return scan[int](w, `select count(*) from audit_entry where action = ?`, action)
}

// bag is a mail server that keeps what it is given.
type bag struct {
	mu   sync.Mutex
	mail []notify.Message // protected by mu
}

func (b *bag) Deliver(_ context.Context, m notify.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mail = append(b.mail, m)
	return nil
}

func (b *bag) empty() []notify.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	mail := b.mail
	b.mail = nil
	return mail
}

// wantFault checks the kind of an error and, when field is not "", that it names that field.
func wantFault(t *testing.T, err error, kind fault.Kind, field string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v, want %s", err, kind)
	}
	if field == "" {
		return
	}
	for _, f := range fault.As(err).Fields {
		if f.Name == field {
			return
		}
	}
	t.Fatalf("%v does not name %s", fault.As(err).Fields, field)
}
