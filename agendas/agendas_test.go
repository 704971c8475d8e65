package agendas

import (
	"encoding/json"
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

// partnership is a fresh database with forums and those who run them. It is Thursday 26 November
// 2026, 9:30am, until the test moves the clock.
type partnership struct {
	Store
	t      *testing.T
	clock  *clock.Manual
	panels panels.Store
	admin  access.Actor
}

func newPartnership(t *testing.T) *partnership {
	t.Helper()
	database, manual := dbtest.NewAt(t)
	p := &partnership{Store: Store{DB: database}, t: t, clock: manual, panels: panels.Store{DB: database}}
	p.admin = p.actor("Ada", func(a *access.Actor) { a.Administrator = true })
	for _, agency := range []panels.Agency{
		{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Education and SEND", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true},
		{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true},
	} {
		if _, err := p.panels.AddAgency(t.Context(), p.admin, agency); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// actor is a person on the books with what set gives them.
func (p *partnership) actor(name string, set func(*access.Actor)) access.Actor {
	p.t.Helper()
	actor := access.Actor{PersonID: newID(), Name: name}
	set(&actor)
	person := panels.Person{
		ID: actor.PersonID, Name: name, Email: uuid.NewString() + "@example.org", Presenter: actor.Presenter,
		Administrator: actor.Administrator, CreatedAt: p.clock.Now(), Version: 1,
	}
	p.write(func(tx db.Tx) error { return tx.Create(&person).Error })
	return actor
}

func (p *partnership) seated(name string, forum panels.Forum, office access.Office, standing access.Standing) access.Actor {
	return p.actor(name, func(a *access.Actor) {
		a.Seats = []access.Seat{{SeatID: newID(), ForumID: forum.ID, Office: office, Standing: standing, Board: forum.Board, Locality: forum.Locality}}
	})
}

func (p *partnership) clerk(forum panels.Forum) access.Actor {
	return p.seated("Clare Clerk", forum, access.Clerk, access.InAttendance)
}

func (p *partnership) forum(template, locality string) panels.Forum {
	p.t.Helper()
	forum, err := p.panels.CreateForum(p.t.Context(), p.admin, panels.NewForum{Template: template, Locality: locality})
	if err != nil {
		p.t.Fatal(err)
	}
	return forum
}

// meeting is a forum's meeting on a day, at half past nine, for three hours.
func (p *partnership) meeting(forum panels.Forum, on string) panels.Meeting {
	p.t.Helper()
	meeting := panels.Meeting{
		ID: newID(), ForumID: forum.ID, StartsAt: day(on).At(9, 30), EndsAt: day(on).At(12, 30), Status: panels.Scheduled,
		CreatedAt: p.clock.Now(), Version: 1,
	}
	p.write(func(tx db.Tx) error { return tx.Create(&meeting).Error })
	return meeting
}

func (p *partnership) write(fn func(tx db.Tx) error) {
	p.t.Helper()
	if err := p.DB.Write(p.t.Context(), access.System("test"), fn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partnership) read(actor access.Actor, fn func(tx db.Tx) error) error {
	return p.DB.Read(p.t.Context(), actor, fn)
}

// young is someone of whom everything a rule asks for is on record, born on a day.
func young(born string) tracker.Case {
	yes, no, nothing := true, false, int64(0)
	return tracker.Case{
		Forename: "Tara", Surname: "Walker", DateOfBirth: day(born), Locality: "North",
		EHCP: &yes, LegalStatus: "", SocialCareStatus: "None", PrimaryNeed: "Autistic spectrum disorder",
		ReferredOn: day("2024-01-10"), AllocatedWorker: "R. Hale", CareActAssessedOn: day("2026-01-10"), SupportPlanOn: day("2026-02-10"),
		MentalCapacityOn: day("2026-01-10"), CHCChecklistOn: day("2026-01-10"), CHCDecision: "Not eligible", PathwayPlanOn: day("2026-01-10"),
		OutOfCounty: &no, WeeklyCostPence: &nothing, HealthWeeklyPence: &nothing, LibertyAuthorised: &no, ViewsRecordedOn: day("2026-10-05"),
	}
}

// add keeps cases, giving each what the tables ask for.
func (p *partnership) add(cases ...*tracker.Case) {
	p.t.Helper()
	p.write(func(tx db.Tx) error {
		for _, c := range cases {
			c.ID, c.Version, c.CreatedAt, c.UpdatedAt = newID(), 1, tx.Now, tx.Now
			if c.PersonReference == "" {
				c.PersonReference = uuid.NewString()
			}
			c.Alias = c.PersonReference
			if err := tx.Raw(`select nextval('case_number')`).Scan(&c.Number).Error; err != nil {
				return err
			}
			if err := tx.Create(c).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// addMany keeps many cases, in few statements.
func (p *partnership) addMany(cases []*tracker.Case) {
	p.t.Helper()
	p.write(func(tx db.Tx) error {
		for i, c := range cases {
			c.ID, c.Version, c.CreatedAt, c.UpdatedAt, c.Number = newID(), 1, tx.Now, tx.Now, int64(5000+i)
			c.PersonReference = uuid.NewString()
			c.Alias = c.PersonReference
		}
		return tx.CreateInBatches(cases, 500).Error
	})
}

// supply says which columns the tracker has; none named means all that rules may ask for.
func (p *partnership) supply(columns ...string) {
	p.t.Helper()
	if len(columns) == 0 {
		for _, field := range tracker.Fields() {
			columns = append(columns, string(field))
		}
	}
	names, err := json.Marshal(columns)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(func(tx db.Tx) error {
		return tx.Exec(`
			with file as (
				insert into tracker_import (id, status, file_name, file_bytes, staged_at, settled_at)
				values (@id, 'confirmed', 'tracker.csv', 1, @now, @now)
				returning id
			)
			insert into tracker_field (field, heading, import_id, at)
			select f, f, file.id, @now from file, jsonb_array_elements_text(cast(@names as jsonb)) f`,
			map[string]any{"id": newID(), "now": tx.Now, "names": string(names)}).Error
	})
}

func (p *partnership) rules() []Rule {
	p.t.Helper()
	var rules []Rule
	if err := p.read(p.admin, func(tx db.Tx) (err error) { rules, err = RulesInForce(tx); return err }); err != nil {
		p.t.Fatal(err)
	}
	return rules
}

func (p *partnership) items(meetingID uuid.UUID) []Item {
	p.t.Helper()
	var items []Item
	if err := p.read(p.admin, func(tx db.Tx) (err error) { items, err = Items(tx, meetingID); return err }); err != nil {
		p.t.Fatal(err)
	}
	return items
}

func (p *partnership) build(clerk access.Actor, meeting panels.Meeting) Built {
	p.t.Helper()
	built, err := p.BuildAgenda(p.t.Context(), clerk, meeting.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return built
}

func (p *partnership) publish(clerk access.Actor, meeting panels.Meeting) int {
	p.t.Helper()
	version, err := p.PublishAgenda(p.t.Context(), clerk, meeting.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return version
}

// refresh does what the background would: afterwards everything is kept.
func (p *partnership) refresh() {
	p.t.Helper()
	if err := p.RefreshFindings(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	var left int
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select (select count(*) from case_unjudged) + (select count(*) from rule_judged where finished_at is null)`).Scan(&left).Error
	})
	if left != 0 {
		p.t.Fatalf("%d cases and rules are left to be judged", left)
	}
}

// switchOn turns on a rule that ships switched off.
func (p *partnership) switchOn(key string) {
	p.t.Helper()
	if _, err := p.SetRule(p.t.Context(), p.admin, key, 1, RuleSettings{Enabled: true}); err != nil {
		p.t.Fatal(err)
	}
}
