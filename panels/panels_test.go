package panels

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

var day = clock.MustDate

// partnership is a fresh database with agencies and an administrator. It is Thursday 26 November
// 2026, 9:30am, until the test moves the clock.
type partnership struct {
	Store
	t     *testing.T
	clock *clock.Manual
	admin access.Actor
}

func newPartnership(t *testing.T) *partnership {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	p := &partnership{Store: Store{DB: database}, t: t, clock: manual, admin: access.Actor{PersonID: newID(), Name: "Ada", Administrator: true}}
	for _, agency := range []Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Children’s social care", ShortName: "CSC", Kind: ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Education and SEND", ShortName: "SEND", Kind: Education, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true},
		{Name: "Commissioning", ShortName: "Comm", Kind: Commissioning},
		{Name: "Brokerage", ShortName: "Brok", Kind: Brokerage},
	} {
		must(t)(p.AddAgency(t.Context(), p.admin, agency))
	}
	return p
}

func (p *partnership) forum(template, locality string) Forum {
	p.t.Helper()
	forum, err := p.CreateForum(p.t.Context(), p.admin, NewForum{Template: template, Locality: locality})
	if err != nil {
		p.t.Fatal(err)
	}
	return forum
}

func (p *partnership) person(name string) Person {
	p.t.Helper()
	person := Person{ID: newID(), Name: name, Email: uuid.NewString() + "@example.org", CreatedAt: p.clock.Now(), Version: 1}
	err := p.DB.Write(p.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Create(&person).Error })
	if err != nil {
		p.t.Fatal(err)
	}
	return person
}

func (p *partnership) seats(forum Forum, on clock.Date) (seats []TableSeat) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) (err error) { seats, err = SeatsOn(tx, forum.ID, on); return err })
	return seats
}

func (p *partnership) seat(forum Forum, office access.Office) TableSeat {
	p.t.Helper()
	for _, seat := range p.seats(forum, p.today()) {
		if seat.Office == office {
			return seat
		}
	}
	p.t.Fatalf("%s has no %s", forum.Name, office)
	return TableSeat{}
}

// clerkOf gives the forum a clerk and returns them as an actor.
func (p *partnership) clerkOf(forum Forum) access.Actor {
	p.t.Helper()
	person := p.person("Cleo Clerk")
	if _, err := p.FillSeat(p.t.Context(), p.admin, NewHolding{SeatID: p.seat(forum, access.Clerk).ID, PersonID: person.ID}); err != nil {
		p.t.Fatal(err)
	}
	return p.actor(person)
}

func (p *partnership) actor(person Person) (actor access.Actor) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) (err error) { actor, err = ActorFor(tx, person, tx.Today()); return err })
	return actor
}

func (p *partnership) read(actor access.Actor, fn func(db.Tx) error) {
	p.t.Helper()
	if err := p.DB.Read(p.t.Context(), actor, fn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partnership) today() clock.Date { return clock.DateOf(p.clock.Now()) }

// meetings lists every meeting of a forum in the next two years.
func (p *partnership) meetings(forum Forum) (rows []MeetingRow) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) (err error) {
		rows, err = ListMeetings(tx, p.today().AddMonths(-12), p.today().AddMonths(24), forum.ID)
		return err
	})
	return rows
}

// set puts a meeting in a state that other parts of the product bring about.
func (p *partnership) set(meeting Meeting, column string, value any) {
	p.t.Helper()
	err := p.DB.Write(p.t.Context(), access.System("test"), func(tx db.Tx) error {
		return db.RequireOne(tx.Model(&Meeting{}).Where("id = ?", meeting.ID).Update(column, value))
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// audited counts the audit rows of an action.
func (p *partnership) audited(action string) (count int) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from audit_entry where action = ?`, action).Scan(&count).Error
	})
	return count
}

func must(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
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
	t.Fatalf("%v does not name %s", errors.Unwrap(err), fault.As(err).Fields)
}

func at(iso string, hour, minute int) time.Time { return day(iso).At(hour, minute) }
