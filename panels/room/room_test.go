package room_test

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// house is a partnership with one funding panel in session, made for one test: adult social care and
// health each have a holder and a deputy, education a member, housing an adviser.
type house struct {
	t     testing.TB
	store *room.Store
	clock *clock.Manual

	forum, other, board       panels.Forum
	terms                     panels.Terms
	meeting, next             panels.Meeting
	asc, health, edu, housing panels.Agency

	chair, clerk, ann, ben, sam, hal, eve, ola, pia, stranger access.Actor
	seat                                                      map[string]uuid.UUID // by the holder's name

	request, name, standing agendas.Item // a funding request, a young person, and a standing item
	requestID, caseID       uuid.UUID
}

// setup builds the house. The change is made to its terms of reference before anything happens.
func setup(t testing.TB, changes ...func(*panels.Terms)) *house {
	t.Helper()
	database, stopped := dbtest.NewAt(t)
	h := &house{t: t, clock: stopped, store: &room.Store{DB: database}, seat: map[string]uuid.UUID{}}
	h.must(database.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		h.build(tx, changes...)
		return nil
	}))
	return h
}

func (h *house) build(tx db.Tx, changes ...func(*panels.Terms)) {
	agency := func(name, short string, kind panels.AgencyKind, funder bool) panels.Agency {
		a := panels.Agency{ID: id(), Name: name, ShortName: short, Kind: kind, Funder: funder, Version: 1}
		h.must(tx.Create(&a).Error)
		return a
	}
	h.asc = agency("Adult social care", "ASC", panels.AdultSocialCare, true)
	h.health = agency("Health", "NHS", panels.HealthContinuing, true)
	h.edu = agency("Education", "EDU", panels.Education, true)
	h.housing = agency("Housing", "HOU", panels.Housing, false)

	h.forum = panels.Forum{ID: id(), Slug: "mapac", Name: "MAPaC", CreatedAt: tx.Now, Version: 1}
	h.other = panels.Forum{ID: id(), Slug: "joint", Name: "Joint solutions panel", CreatedAt: tx.Now, Version: 1}
	h.board = panels.Forum{ID: id(), Slug: "board", Name: "Strategic board", Board: true, CreatedAt: tx.Now, Version: 1}
	for _, forum := range []*panels.Forum{&h.forum, &h.other, &h.board} {
		h.must(tx.Create(forum).Error)
	}
	person := func(name string, agency *uuid.UUID, presenter bool) access.Actor {
		p := panels.Person{ID: id(), Name: name, Email: fmt.Sprintf("p%d@example.org", serial.Add(1)), AgencyID: agency, Presenter: presenter, CreatedAt: tx.Now, Version: 1}
		h.must(tx.Create(&p).Error)
		return access.Actor{PersonID: p.ID, Name: name, Presenter: presenter}
	}
	h.chair, h.clerk = person("Cleo Chair", nil, false), person("Clem Clerk", &h.asc.ID, false)
	h.ann, h.ben = person("Ann Bell", &h.asc.ID, false), person("Ben Dale", &h.asc.ID, false)
	h.hal, h.sam = person("Hal Hart", &h.health.ID, false), person("Sam Reed", &h.health.ID, false)
	h.eve, h.ola = person("Eve Lane", &h.edu.ID, false), person("Ola Ash", &h.housing.ID, false)
	h.pia, h.stranger = person("Pia Moss", &h.asc.ID, true), person("Stan Outside", nil, false)

	h.terms = panels.Terms{
		ID: id(), ForumID: h.forum.ID, Number: 1, InForceOn: tx.Today().AddDays(-100), Purpose: "Joint funding", CreatedBy: h.clerk.PersonID, CreatedAt: tx.Now,
		QuorumMembers: 2, QuorumAgencies: []panels.AgencyKind{panels.AdultSocialCare},
		StandingItems: []panels.StandingItem{},
		VotingMethod:  panels.Devices, VotingRule: panels.FunderConsent, Decides: true, PrivateDeliberation: true,
		StartTime: "09:30", DurationMinutes: 120, MinutesPerItem: 20, FirstReviewMonths: 3, WeeksPerYearThousandths: 52000,
	}
	for _, change := range changes {
		change(&h.terms)
	}
	h.must(tx.Create(&h.terms).Error)

	position := 0
	seat := func(name string, agency *uuid.UUID, office access.Office, standing access.Standing, holders ...*access.Actor) {
		position++
		s := panels.Seat{ID: id(), ForumID: h.forum.ID, AgencyID: agency, Name: name, Office: office, Standing: standing, Position: position, Version: 1}
		h.must(tx.Create(&s).Error)
		h.seat[holders[0].Name] = s.ID
		for order, holder := range holders {
			held := panels.SeatHolding{ID: id(), SeatID: s.ID, PersonID: holder.PersonID, DeputyOrder: order, FromDate: tx.Today().AddDays(-50), Version: 1}
			h.must(tx.Create(&held).Error)
			sits := access.Seat{SeatID: s.ID, ForumID: h.forum.ID, Office: office, Standing: standing, Deputy: order > 0}
			if agency != nil {
				sits.AgencyID = *agency
			}
			holder.Seats = append(holder.Seats, sits)
		}
	}
	seat("Chair", nil, access.Chair, access.InAttendance, &h.chair)
	seat("Clerk", &h.asc.ID, access.Clerk, access.InAttendance, &h.clerk)
	seat("Adult social care", &h.asc.ID, access.Member, access.Deciding, &h.ann, &h.ben)
	seat("Health", &h.health.ID, access.Member, access.Deciding, &h.hal, &h.sam)
	seat("Education", &h.edu.ID, access.Member, access.Deciding, &h.eve)
	seat("Housing", &h.housing.ID, access.Member, access.Advisory, &h.ola)

	meeting := func(days int) panels.Meeting {
		m := panels.Meeting{ID: id(), ForumID: h.forum.ID, StartsAt: tx.Now.AddDate(0, 0, days), EndsAt: tx.Now.AddDate(0, 0, days).Add(7200e9), Status: panels.Scheduled, AgendaVersion: 1, CreatedAt: tx.Now, Version: 1}
		h.must(tx.Create(&m).Error)
		return m
	}
	h.meeting, h.next = meeting(0), meeting(14)

	h.caseID, h.requestID = id(), id()
	h.must(tx.Exec(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at)
		values (?, ?, ?, 'Noor', 'Canary', '2009-03-04', ?, ?)`, h.caseID, "Heron-48", "CANARY-REF", tx.Now, tx.Now).Error)
	h.must(tx.Exec(`insert into funding_request (id, case_id, forum_id, submitted_by, state, need, weekly_pence, one_off_pence, starts_on, meeting_id, created_at)
		values (?, ?, ?, ?, 'tabled', 'CANARY-NEED', 120450, 30000, '2027-01-04', ?, ?)`, h.requestID, h.caseID, h.forum.ID, h.pia.PersonID, h.meeting.ID, tx.Now).Error)
	h.must(tx.Exec(`insert into request_share (request_id, agency_id, weekly_pence, one_off_pence) values (?, ?, 60225, 30000), (?, ?, 60225, 0)`,
		h.requestID, h.asc.ID, h.requestID, h.health.ID).Error)
	item := func(number string, position int, kind agendas.ItemKind, change func(*agendas.Item)) agendas.Item {
		i := agendas.Item{ID: id(), MeetingID: h.meeting.ID, Number: number, Position: position, Kind: kind, Minutes: 20, State: agendas.Listed, CreatedAt: tx.Now, Version: 1,
			Reasons: []agendas.Reason{}}
		change(&i)
		h.must(tx.Create(&i).Error)
		return i
	}
	h.standing = item("1", 1, agendas.StandingItem, func(i *agendas.Item) { i.Title = "Welcome and apologies" })
	h.name = item("2", 2, agendas.CaseItem, func(i *agendas.Item) { i.CaseID = &h.caseID })
	h.request = item("3", 3, agendas.RequestItem, func(i *agendas.Item) {
		i.CaseID, i.RequestID, i.PresenterID = &h.caseID, &h.requestID, &h.pia.PersonID
	})
}

var serial atomic.Int64

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// try asks for a change with a command id of its own.
func (h *house) try(actor access.Actor, change room.Change) (room.Reply, error) {
	return h.store.Do(h.t.Context(), actor, h.meeting.ID, room.Command{ID: id(), Change: change})
}

// do asks for a change that must succeed. What is told and kept of it must be what is there: a position or
// a person remembered wrongly would be counted wrongly.
func (h *house) do(actor access.Actor, change room.Change) room.Reply {
	h.t.Helper()
	before, told := h.state(), []room.Move{}
	if h.store.Moved == nil {
		h.store.Moved = func(move room.Move) { told = append(told, move) }
		defer func() { h.store.Moved = nil }()
	}
	reply, err := h.try(actor, change)
	h.must(err)
	h.must(h.store.CheckKnown(h.t.Context(), h.meeting.ID))
	for _, move := range told {
		h.must(room.CheckMove(before, h.state(), move))
	}
	return reply
}

// refused asks for a change that must be refused with this kind and sentence, and must leave nothing.
func (h *house) refused(actor access.Actor, change room.Change, kind fault.Kind, sentence string) {
	h.t.Helper()
	before := h.state().Seq()
	_, err := h.try(actor, change)
	refusal := fault.As(err)
	if refusal == nil {
		h.t.Fatalf("%s: got %v, want a refusal", change.Type(), err)
	}
	if refusal.Kind != kind || refusal.Sentence != sentence {
		h.t.Fatalf("%s was refused as %s: %q\nwant %s: %q", change.Type(), refusal.Kind, refusal.Sentence, kind, sentence)
	}
	if after := h.state().Seq(); after != before {
		h.t.Fatalf("a refused %s moved the meeting from %d to %d", change.Type(), before, after)
	}
}

func (h *house) state() room.State {
	h.t.Helper()
	var state room.State
	h.must(h.store.DB.Read(h.t.Context(), h.chair, func(tx db.Tx) (err error) {
		state, err = room.Load(tx, h.meeting.ID)
		return err
	}))
	return state
}

// sees is the meeting as somebody sees it.
func (h *house) sees(actor access.Actor) room.View {
	h.t.Helper()
	state := h.state()
	viewer, takesPart := room.ViewerOf(state, actor)
	if !takesPart {
		h.t.Fatalf("%s has no part in the meeting", actor.Name)
	}
	return room.Project(state, viewer)
}

// inSession starts the meeting with these people here.
func (h *house) inSession(people ...access.Actor) {
	h.t.Helper()
	h.do(h.chair, room.StartMeeting{})
	for _, person := range people {
		h.do(person, room.RecordAttendance{Present: true})
	}
}

// voteOn opens an item and puts it to the vote as proposed.
func (h *house) voteOn(item agendas.Item, proposal room.OpenVote) uuid.UUID {
	h.t.Helper()
	h.do(h.chair, room.OpenItem{ItemID: item.ID})
	proposal.ItemID = item.ID
	h.do(h.chair, proposal)
	return h.sees(h.chair).Vote.ID
}

// count reads one number from the database.
func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	h.must(h.store.DB.Read(h.t.Context(), h.chair, func(tx db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error }))
	return n
}

// owner changes the set-up as the tables' owner.
func (h *house) owner(statement string, args ...any) {
	h.t.Helper()
	h.must(h.store.DB.AsOwner(h.t.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(h.t.Context(), statement, args...)
		return err
	}))
}

// verify checks the meeting's whole log.
func (h *house) verify() []room.Event {
	h.t.Helper()
	events, err := h.store.Log(h.t.Context(), h.clerk, h.meeting.ID)
	h.must(err)
	h.must(room.Verify(events))
	return events
}
