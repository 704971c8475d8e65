package requests

import (
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

var day = clock.MustDate

// asking is a panel with its funders, a presenter who brings one case, and the panel's clerk.
type asking struct {
	Store
	t                 *testing.T
	panel             panels.Forum
	asc, send, health panels.Agency
	presenter, clerk  access.Actor
	about             tracker.Case
	meetings          panels.Store
	admin             access.Actor
}

func setup(t *testing.T) *asking {
	t.Helper()
	database, _ := dbtest.NewAt(t)
	a := &asking{Store: Store{DB: database}, t: t, meetings: panels.Store{DB: database}}
	a.admin = access.Actor{PersonID: a.person("Ada"), Administrator: true}
	add := func(agency panels.Agency) panels.Agency {
		added, err := a.meetings.AddAgency(t.Context(), a.admin, agency)
		a.must(err)
		return added
	}
	a.asc = add(panels.Agency{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true})
	add(panels.Agency{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true})
	a.send = add(panels.Agency{Name: "Education and SEND", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true})
	a.health = add(panels.Agency{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true})
	var err error
	a.panel, err = a.meetings.CreateForum(t.Context(), a.admin, panels.NewForum{Template: "mapac"})
	a.must(err)
	a.presenter = access.Actor{PersonID: a.person("Pat"), Presenter: true}
	a.clerk = access.Actor{PersonID: a.person("Clare"), Seats: []access.Seat{{SeatID: newID(), ForumID: a.panel.ID, Office: access.Clerk, Standing: access.InAttendance}}}
	a.about = a.young("2009-03-04")
	a.link(a.about)
	return a
}

func (a *asking) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *asking) write(fn func(tx db.Tx) error) {
	a.t.Helper()
	a.must(a.DB.Write(a.t.Context(), access.System("test"), fn))
}

func (a *asking) read(actor access.Actor, fn func(tx db.Tx) error) error {
	return a.DB.Read(a.t.Context(), actor, fn)
}

func (a *asking) link(c tracker.Case) {
	a.t.Helper()
	a.write(func(tx db.Tx) error {
		return tx.Exec(`insert into case_link (case_id, person_id, kind) values (?, ?, 'worker')`, c.ID, a.presenter.PersonID).Error
	})
}

func (a *asking) person(name string) uuid.UUID {
	a.t.Helper()
	person := panels.Person{ID: newID(), Name: name, Email: uuid.NewString() + "@example.org", Version: 1}
	a.write(func(tx db.Tx) error { person.CreatedAt = tx.Now; return tx.Create(&person).Error })
	return person.ID
}

func (a *asking) young(born string) tracker.Case {
	a.t.Helper()
	c := tracker.Case{ID: newID(), PersonReference: uuid.NewString(), Alias: uuid.NewString(), Forename: "Tara", Surname: "Walker", DateOfBirth: day(born), Version: 1}
	a.write(func(tx db.Tx) error {
		c.CreatedAt, c.UpdatedAt = tx.Now, tx.Now
		if err := tx.Raw(`select nextval('case_number')`).Scan(&c.Number).Error; err != nil {
			return err
		}
		return tx.Create(&c).Error
	})
	return c
}

// meeting calls one of the panel's, its papers due on a day.
func (a *asking) meeting(on, papersDue string) panels.Meeting {
	a.t.Helper()
	m, err := a.meetings.CallExtraordinaryMeeting(a.t.Context(), a.admin, panels.NewMeeting{ForumID: a.panel.ID, StartsAt: day(on).At(10, 0), Venue: "County Hall"})
	a.must(err)
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update meeting set papers_due_on = ? where id = ?`, day(papersDue), m.ID).Error
	})
	return m
}

// begin starts a request of a kind.
func (a *asking) begin(kind Kind) Request {
	a.t.Helper()
	about := AboutAnswer{Kind: kind, ForumID: a.panel.ID}
	if kind != Uplift {
		about.CaseNumber = a.about.Reference()
	}
	r, err := a.Begin(a.t.Context(), a.presenter, about)
	a.must(err)
	return r
}

// complete are sections of a new package that can be submitted: £1,204.50 a week and £300 once.
func (a *asking) complete() []Answer {
	return []Answer{
		OwedAnswer{Duties: []Duty{SectionF, Order}, Words: map[Duty]string{SectionF: "A place at college", Order: "Full-time support"}, On: day("2026-03-04")},
		NeedAnswer{Need: "Support day and night", Outcomes: "Lives near college"},
		OptionsAnswer{Options: []TypedOption{{What: "At home", Why: "Ruled out"}, {What: "A shared house", Why: "Near college", Weekly: "1,204.50"}}, Chosen: 2},
		LineAnswer{Kind: Care, Provider: "Hazel House", Quantity: "1", Unit: Week, Price: "1,204.50", Paid: EveryWeek},
		LineAnswer{Kind: Equipment, What: "hoist", Quantity: "1", Unit: Item, Price: "300"},
		ContributionAnswer{Pays: "no"},
		DatesAnswer{StartsOn: day("2027-01-04")},
		SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "602.25", OneOff: "300.00"}, {AgencyID: a.health.ID, Weekly: "602.25"}}},
	}
}

// save keeps sections, whole or not at all.
func (a *asking) save(r Request, answers ...Answer) Request {
	a.t.Helper()
	saved, err := a.Save(a.t.Context(), a.presenter, r.ID, r.Version, true, answers...)
	a.must(err)
	return saved
}

func (a *asking) submit(r Request, late Lateness) Request {
	a.t.Helper()
	sent, err := a.Submit(a.t.Context(), a.presenter, r.ID, r.Version, late)
	a.must(err)
	return sent
}

func (a *asking) show(actor access.Actor, id uuid.UUID) (page Page, err error) {
	err = a.read(actor, func(tx db.Tx) (err error) { page, err = Show(tx, id); return err })
	return page, err
}
