package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
)

// secretName is in every name of a young person; no message may hold it.
const secretName = "Nightjar"

// halfYear is a partnership with two replicas of the product over one database, its mail server, and the model of
// what must happen.
type halfYear struct {
	*testing.T
	url      string
	clock    *clock.Manual
	box      *letterbox
	replicas [2]*app
	model    *model

	forums  []panels.Forum
	board   panels.Forum
	people  map[string]uuid.UUID
	actors  map[string]access.Actor
	cases   []uuid.UUID // by number of the plot, from 1
	tabled  []uuid.UUID // a closed meeting of each forum, on which its cases were
	blocker map[int]uuid.UUID
}

var system = access.System("test")

func newHalfYear(t *testing.T, from time.Time) *halfYear {
	h := &halfYear{
		T: t, url: dbtest.NewURL(t), clock: clock.NewManual(from), people: map[string]uuid.UUID{}, actors: map[string]access.Actor{}, blocker: map[int]uuid.UUID{},
	}
	h.box = openLetterbox(t, h.clock)
	for i := range h.replicas {
		h.start(i)
	}
	h.found()
	h.model = &model{
		plots: theHalfYear(), weeks: map[string]bool{}, rises: map[string]int{},
		forums: []climbing{
			h.climbing(forumMAPaC, 2, h.rung(forumMAPaC, 28, 3), h.rung(forumMARP, 28, 3), heads(28, 3), boardsRung),
			h.climbing(forumLocality, 3, h.rung(forumLocality, 21, 3), h.rung(forumMARP, 14, 2), heads(28, 5)),
			h.climbing(forumTransitions, 2, h.rung(forumTransitions, 28, 3), h.rung(forumMARP, 28, 3), heads(28, 3), boardsRung),
			h.climbing(forumMARP, 2, h.rung(forumMARP, 28, 3), heads(28, 3), boardsRung),
		},
	}
	h.setLadders()
	h.tracker()
	return h
}

// start makes a replica, as the program does when it starts.
func (h *halfYear) start(i int) {
	h.Helper()
	log := slog.New(slog.NewTextHandler(h.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	database, err := db.Open(context.WithoutCancel(h.Context()), db.Config{URL: h.url, Clock: h.clock.Now, Log: log, MaxConns: 4})
	if err != nil {
		h.Fatal(err)
	}
	made, err := newApp(h.Context(), options{
		network:  Network{BaseURL: "https://quorate.example.org", MailFrom: "quorate@example.org", SMTPURL: h.box.address, Chromium: "no browser"},
		database: database, files: files.InMemory(), clock: h.clock.Now, log: log,
	}, nil)
	if err != nil {
		h.Fatal(err)
	}
	h.replicas[i] = made
}

// stop ends a replica.
func (h *halfYear) stop(i int) {
	h.Helper()
	product{h.replicas[i], nil}.close(h.T)
}

func (h *halfYear) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("%s: %v", clock.Moment(h.clock.Now()), err)
	}
}

func (h *halfYear) write(fn func(db.Tx) error) {
	h.Helper()
	h.must(h.replicas[0].database.Write(h.Context(), system, fn))
}

// found makes the agencies, the forums, the board and everybody with a seat.
func (h *halfYear) found() {
	h.Helper()
	admin := access.Actor{PersonID: h.person("administrator"), Administrator: true}
	h.actors["administrator"] = admin
	p := h.replicas[0].panels
	for name, kind := range map[string]panels.AgencyKind{
		"ASC": panels.AdultSocialCare, "CSC": panels.ChildrenSocialCare, "SEND": panels.Education, "ICB": panels.HealthContinuing,
	} {
		_, err := p.AddAgency(h.Context(), admin, panels.Agency{Name: "Agency " + name, ShortName: name, Kind: kind, LegalBody: "Marlshire Council", Funder: true})
		h.must(err)
	}
	h.forums = make([]panels.Forum, 4)
	for _, made := range []struct {
		at   *panels.Forum
		want panels.NewForum
		from string // the first part of its officers' addresses
	}{
		{&h.board, panels.NewForum{Template: "strategic_board", Name: theBoard}, "board"},
		{&h.forums[forumTransitions], panels.NewForum{Template: "transitions_panel", Name: "Transitions panel"}, "transitions"},
		{&h.forums[forumMARP], panels.NewForum{Template: "marp", Name: "MARP"}, "marp"},
		{&h.forums[forumMAPaC], panels.NewForum{Template: "mapac", Name: "MAPaC"}, "mapac"},
		{&h.forums[forumLocality], panels.NewForum{Template: "locality", Name: "North locality meeting", Locality: "North"}, "locality"},
	} {
		forum, err := p.CreateForum(h.Context(), admin, made.want)
		h.must(err)
		*made.at = forum
		h.seat(forum, access.Chair, made.from+".chair")
		h.seat(forum, access.Clerk, made.from+".clerk")
	}
	h.seat(h.board, access.Member, boardsMembers[1])
	h.seat(h.board, access.Member, boardsMembers[2])
	h.write(func(tx db.Tx) error { // MAPaC leads to MARP and so to the board; the locality meeting, here, to nobody
		return tx.Exec(`update forum set escalates_to = null where id = ?`, h.forums[forumLocality].ID).Error
	})
	for _, name := range []string{headOfService, director, "owner.1", "owner.2", "owner.3", "owner.4", "owner.5", "owner.6"} {
		h.actors[name] = access.Actor{PersonID: h.person(name)}
	}
}

func (h *halfYear) person(name string) uuid.UUID {
	h.Helper()
	id := uuid.Must(uuid.NewV7())
	h.write(func(tx db.Tx) error {
		return tx.Create(&panels.Person{ID: id, Name: strings.ReplaceAll(name, ".", " "), Email: name + "@example.org", CreatedAt: tx.Now, Version: 1}).Error
	})
	h.people[name] = id
	return id
}

// seat puts a new person in the first free seat of the forum with that office.
func (h *halfYear) seat(forum panels.Forum, office access.Office, name string) {
	h.Helper()
	id := h.person(name)
	h.write(func(tx db.Tx) error {
		err := db.RequireOne(tx.Exec(`
			insert into seat_holding (id, seat_id, person_id, from_date)
			select ?, s.id, ?, ? from seat s where s.forum_id = ? and s.office = ? and not exists (select from seat_holding h where h.seat_id = s.id)
			order by s.position limit 1`, uuid.New(), id, tx.Today().AddDays(-100), forum.ID, office))
		if err != nil {
			return err
		}
		actors, err := panels.ActorsFor(tx, []uuid.UUID{id}, tx.Today())
		h.actors[name] = actors[id]
		return err
	})
}

// The rungs of the ladders, for the product and for the model alike.

func (h *halfYear) rung(forum, days, answer int) rung {
	from := []string{"mapac", "locality", "transitions", "marp"}[forum]
	return rung{name: h.forums[forum].Name, days: days, answer: answer, holders: []string{from + ".chair", from + ".clerk"}}
}

func heads(days, answer int) rung {
	return rung{name: "Heads of service", days: days, answer: answer, holders: []string{headOfService}}
}

var boardsRung = rung{name: theBoard, days: 28, answer: 5, holders: []string{boardsChair}, board: true}

func (h *halfYear) climbing(forum, deferrals int, ladder ...rung) climbing {
	return climbing{
		name: h.forums[forum].Name, chair: ladder[0].holders[0], clerk: ladder[0].holders[1], ladder: ladder,
		deferrals: deferrals, birthday: 56, disagreements: 1,
	}
}

func (h *halfYear) setLadders() {
	h.Helper()
	for i, c := range h.model.forums {
		set := escalations.LadderSetting{
			ForumDays: c.ladder[0].days, ForumAnswer: c.ladder[0].answer, BoardDays: boardsRung.days, BoardAnswer: boardsRung.answer,
			Rules: escalations.Rules{Deferrals: c.deferrals, BirthdayDays: c.birthday, Disagreements: c.disagreements},
		}
		for _, r := range c.ladder[1:] {
			head, dispute := h.people[headOfService], h.forums[forumMARP].ID
			switch r.name {
			case "MARP":
				set.Between = append(set.Between, escalations.LevelSetting{Key: escalations.DisputeLevel, ForumID: &dispute, Days: r.days, Answer: r.answer})
			case "Heads of service":
				set.Between = append(set.Between, escalations.LevelSetting{Key: escalations.HeadsLevel, Name: r.name, PersonID: &head, Days: r.days, Answer: r.answer})
			}
		}
		h.must(h.replicas[0].escalations.SetLadder(h.Context(), h.actors["administrator"], h.forums[i].Slug, set))
	}
}

// tracker fills in the young people, and the meeting of each forum on whose agenda they were.
func (h *halfYear) tracker() {
	h.Helper()
	h.cases, h.tabled = make([]uuid.UUID, casesInAll+1), make([]uuid.UUID, len(h.forums))
	h.write(func(tx db.Tx) error {
		for i, forum := range h.forums {
			h.tabled[i] = uuid.Must(uuid.NewV7())
			if err := h.held(tx, h.tabled[i], forum.ID); err != nil {
				return err
			}
		}
		for _, p := range h.model.plots {
			id := uuid.Must(uuid.NewV7())
			h.cases[p.number] = id
			var plan *string
			if on := "2026-09-01"; p.planned {
				plan = &on
			}
			err := tx.Exec(`
				insert into cases (id, alias, person_reference, forename, surname, date_of_birth, support_plan_on, created_at, updated_at)
				values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				id, fmt.Sprintf("Heron-%d", p.number), fmt.Sprintf("%s%d", secretName, p.number), secretName, fmt.Sprintf("%s%d", secretName, p.number), p.born, plan, tx.Now, tx.Now).Error
			if err != nil {
				return err
			}
			if _, err := h.item(tx, h.tabled[p.forum], p, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// held is a meeting that took place.
func (h *halfYear) held(tx db.Tx, id, forum uuid.UUID) error {
	return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, status, created_at, changed_at) values (?, ?, ?, ?, 'closed', ?, ?)`,
		id, forum, tx.Now.Add(-2*time.Hour), tx.Now, tx.Now, tx.Now).Error
}

func (h *halfYear) item(tx db.Tx, meeting uuid.UUID, p *plot, request *uuid.UUID) (uuid.UUID, error) {
	id, kind, of := uuid.Must(uuid.NewV7()), "case", &h.cases[p.number]
	if request != nil {
		kind, of = "request", nil
	}
	err := tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, request_id, minutes, created_at) values (?, ?, ?, ?, ?, ?, ?, 10, ?)`,
		id, meeting, fmt.Sprint(p.number), p.number, kind, of, request, tx.Now).Error
	return id, err
}

// decide records a decision and announces it, as the room does when the chair confirms it.
func (h *halfYear) decide(p *plot, what doing) {
	h.Helper()
	h.write(func(tx db.Tx) error {
		forum, chair, meeting := h.forums[p.forum], h.people[h.model.forums[p.forum].chair], uuid.Must(uuid.NewV7())
		if err := h.held(tx, meeting, forum.ID); err != nil {
			return err
		}
		outcome, missing, meanwhile, challenge := map[doing]string{defers: "deferred", agrees: "agreed", disputes: "not_agreed"}[what], "", "", ""
		var request, vote *uuid.UUID
		switch what {
		case defers:
			missing = "A report"
		case disputes:
			meanwhile, challenge = "The council pays without prejudice", "By complaint"
			asked, taken := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
			request, vote = &asked, &taken
			err := tx.Exec(`insert into funding_request (id, case_id, forum_id, submitted_by, state, meeting_id, created_at, decided_at) values (?, ?, ?, ?, 'decided', ?, ?, ?)`,
				asked, h.cases[p.number], forum.ID, h.people[p.owner], meeting, tx.Now, tx.Now).Error
			if err != nil {
				return err
			}
		}
		item, err := h.item(tx, meeting, p, request)
		if err != nil {
			return err
		}
		if vote != nil {
			err := tx.Exec(`
				insert into vote (id, meeting_id, item_id, run, rule, method, outcome, opened_at, opened_by, closed_at, closed_by, quorate, carried)
				values (?, ?, ?, 1, 'funder_consent', 'devices', 'agreed', ?, ?, ?, ?, true, false)`, vote, meeting, item, tx.Now, chair, tx.Now, chair).Error
			if err != nil {
				return err
			}
		}
		err = tx.Exec(`
			insert into decision (id, meeting_id, forum_id, item_id, case_id, request_id, vote_id, outcome, standing, reasons, missing, meanwhile, challenge, quorum, weeks_thousandths, confirmed_by, confirmed_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, 'decided', ?, ?, ?, ?, '4 of 4', 52000, ?, ?)`,
			uuid.Must(uuid.NewV7()), meeting, forum.ID, item, h.cases[p.number], request, vote, outcome, secretName, missing, meanwhile, challenge, chair, tx.Now).Error
		if err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: room.DecisionConfirmed{CaseID: h.cases[p.number]}})
	})
}

// moveAway takes a young person out of the partnership's care, as an import does.
func (h *halfYear) moveAway(p *plot) {
	h.Helper()
	h.write(func(tx db.Tx) error {
		if err := tx.Exec(`update cases set moved_away_on = ? where id = ?`, tx.Today(), h.cases[p.number]).Error; err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: tracker.CasesChanged{Cases: []uuid.UUID{h.cases[p.number]}}})
	})
}

// now is a blocker as the product has it.
func (h *halfYear) blockerNow(p *plot) (b escalations.Blocker) {
	h.Helper()
	h.read(func(tx db.Tx) error {
		return tx.Raw(`select b.* from blocker b where b.id = ? or (cast(? as uuid) is null and b.case_id = ?)`, h.blocker[p.number], idOrNil(h.blocker[p.number]), h.cases[p.number]).Take(&b).Error
	})
	h.blocker[p.number] = b.ID
	return b
}

func idOrNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func (h *halfYear) read(fn func(db.Tx) error) {
	h.Helper()
	h.must(h.replicas[0].database.Read(h.Context(), system, fn))
}
