package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// storyDays is how far back the demo's past reaches: far enough for a blocker to have climbed to the board.
const storyDays = 84

const council, icb, neighbours = "Marlshire Council", "NHS Marlshire ICB", "Wessel Council"

var agencies = []panels.Agency{
	{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: council, Funder: true},
	{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: council, Funder: true},
	{Name: "Education and SEND", ShortName: "Education", Kind: panels.Education, LegalBody: council, Funder: true},
	{Name: "NHS continuing care", ShortName: "NHS", Kind: panels.HealthContinuing, LegalBody: icb, Funder: true},
	{Name: "Commissioning", ShortName: "Commissioning", Kind: panels.Commissioning, LegalBody: council},
	{Name: "Brokerage", ShortName: "Brokerage", Kind: panels.Brokerage, LegalBody: council},
	{Name: "Housing", ShortName: "Housing", Kind: panels.Housing, LegalBody: "Marlshire District Council"},
	{Name: neighbours, ShortName: "Wessel", Kind: panels.AdultSocialCare, LegalBody: neighbours, Funder: true, Outside: true},
	{Name: "Young people and families", ShortName: "Families", Kind: panels.Families, Outside: true},
	{Name: "Marlshire Voices", ShortName: "Voices", Kind: panels.VoluntarySector, LegalBody: "Marlshire Voices"},
}

type member struct {
	key, name, job string
	agency         panels.AgencyKind
	outside        bool // of the neighbouring council
	family         bool // a young person, or who supports them
	administrator  bool
	auditor        bool
	presenter      bool
	role, does     string // of their card on the sign-in page; none without
}

// people are invented. The keys name them in this package only.
var people = []member{
	{key: "chair", name: "Dilys Marrow", job: "Corporate head of service", agency: panels.AdultSocialCare, role: "Chair of MAPaC", does: "Run the funding panel that starts in ten minutes."},
	{key: "clerk", name: "Bryony Tate", job: "Panel clerk", agency: panels.AdultSocialCare, role: "Clerk", does: "Import a tracker, build and publish an agenda, take notes in a meeting."},
	{key: "health", name: "Kamal Reeve", job: "Continuing care lead", agency: panels.HealthContinuing, role: "Member for the NHS", does: "Read the agenda, declare an interest, vote on your share."},
	{key: "adults", name: "Grace Pell", job: "Service manager, adults", agency: panels.AdultSocialCare, role: "Member for adult social care", does: "Vote on your share at MAPaC."},
	{key: "children", name: "Ivan Thorne", job: "Service manager, children", agency: panels.ChildrenSocialCare, role: "Member for children’s social care", does: "Vote on your share at MAPaC."},
	{key: "education", name: "Jo Lacey", job: "SEND manager", agency: panels.Education, role: "Member for education", does: "Vote on your share at MAPaC."},
	{key: "presenter", name: "Rhys Calder", job: "Social worker, disability team", agency: panels.ChildrenSocialCare, presenter: true, role: "Presenter", does: "Submit a funding request and present your own item."},
	{key: "locality", name: "Petra Lunn", job: "Practice supervisor, adult transition team", agency: panels.AdultSocialCare, role: "Chair of the locality meetings", does: "Walk down the names of Central from the keyboard."},
	{key: "board", name: "Sunita Grove", job: "Independent chair", role: "Board chair", does: "Read the digest’s escalation and answer it."},
	{key: "admin", name: "Asha Merton", job: "Systems manager", agency: panels.Commissioning, administrator: true, role: "Administrator", does: "Set up forums, seats, rules and people."},
	{key: "auditor", name: "Colm Hadley", job: "Internal audit", auditor: true, role: "Auditor", does: "Read the audit trail and check its seals."},

	{key: "guest", name: "Ivy Sallow", job: "Commissioner, adults", outside: true, role: "Funder of another council", does: "Join one item of a panel, once its clerk has asked you."},

	{key: "supporter", name: "Robin Vale", job: "Supporter", family: true, role: "Young person or supporter", does: "Join your own item of a panel, once its clerk has asked you."},
	{key: "deputy", name: "Femi Alder", job: "Head of children’s commissioning", agency: panels.ChildrenSocialCare, role: "Deputy chair of MAPaC", does: "Take the chair when its chair cannot go on."},
	{key: "health deputy", name: "Uma Finch", job: "Continuing care nurse assessor", agency: panels.HealthContinuing},
	{key: "commissioning", name: "Lena Foss", job: "Commissioning manager", agency: panels.Commissioning},
	{key: "brokerage", name: "Milo Swann", job: "Brokerage lead", agency: panels.Brokerage},
	{key: "housing", name: "Nia Bright", job: "Supported housing officer", agency: panels.Housing},
	{key: "disability", name: "Hal Osmond", job: "Team manager, children’s disability", agency: panels.ChildrenSocialCare},
	{key: "leaving care", name: "Ines Calloway", job: "Leaving care manager", agency: panels.ChildrenSocialCare},
	{key: "sen", name: "Wyn Parrish", job: "SEN casework lead", agency: panels.Education},
	{key: "director adults", name: "Tamsin Ashby", job: "Director of adult services", agency: panels.AdultSocialCare},
	{key: "director children", name: "Edwin Marsh", job: "Director of children’s services", agency: panels.ChildrenSocialCare},
	{key: "director health", name: "Priti Lowe", job: "ICB director", agency: panels.HealthContinuing, role: "Authorising officer of the NHS", does: "Endorse or authorise what a panel may not bind the NHS to alone."},
	{key: "voices", name: "Otto Vane", job: "Chief officer", agency: panels.VoluntarySector},
}

type table struct {
	key, template, locality string
	rule                    string              // where it does not meet as its template says
	holders                 map[string][]string // by seat name or office: the holder, then deputies in order
}

// forums are made from the shipped templates, from the top of the ladder down. Seats not named here
// are filled by their agency's kind.
var forums = []table{
	{key: "board", template: "strategic_board", holders: map[string][]string{"chair": {"board"}, "clerk": {"clerk"}}},
	{key: "marp", template: "marp", holders: map[string][]string{"chair": {"education"}, "clerk": {"clerk"}}},
	{key: "transitions", template: "transitions_panel", holders: map[string][]string{"chair": {"chair"}, "clerk": {"clerk"}}},
	{key: "mapac", template: "mapac", holders: map[string][]string{"chair": {"chair"}, "deputy_chair": {"deputy"}, "clerk": {"clerk"}, "NHS continuing health care": {"health", "health deputy"}}},
	{key: "joint", template: "joint_solutions", holders: map[string][]string{"chair": {"chair"}, "Joint chair, health": {"health"}, "clerk": {"clerk"}}},
	{key: "north", template: "locality", locality: "North", holders: localitySeats},
	{key: "central", template: "locality", locality: "Central", rule: "FREQ=MONTHLY;BYDAY=2WE", holders: localitySeats},
	{key: "south", template: "locality", locality: "South", rule: "FREQ=MONTHLY;BYDAY=2TH", holders: localitySeats},
}

var localitySeats = map[string][]string{
	"chair": {"locality"}, "deputy_chair": {"adults"}, "clerk": {"clerk"},
	"Children’s disability team": {"disability"}, "Children we care for": {"children"}, "Leaving care": {"leaving care"},
	"Education": {"education"}, "Special educational needs casework": {"sen"}, "Health": {"health", "health deputy"},
}

// byKind fills a seat that no forum names.
var byKind = map[panels.AgencyKind]string{
	panels.AdultSocialCare: "adults", panels.ChildrenSocialCare: "children", panels.Education: "education", panels.HealthContinuing: "health",
	panels.Commissioning: "commissioning", panels.Brokerage: "brokerage", panels.Housing: "housing", panels.VoluntarySector: "voices",
}

var directors = map[panels.AgencyKind]string{
	panels.AdultSocialCare: "director adults", panels.ChildrenSocialCare: "director children", panels.HealthContinuing: "director health",
	panels.VoluntarySector: "voices",
}

// partnership makes the agencies, people, forums, seats and series, as they were when the story begins.
func (t *teller) partnership(ctx context.Context) error {
	begins := t.today.AddDays(-storyDays)
	t.time.Go(begins.At(9, 0))
	for _, agency := range agencies {
		made, err := t.Panels.AddAgency(ctx, t.admin, agency)
		if err != nil {
			return err
		}
		switch {
		case agency.Kind == panels.Families:
			t.families = made
		case agency.Outside:
			t.outside = made
		default:
			t.agencies[agency.Kind] = made
		}
	}
	if err := t.Panels.SetPartnership(ctx, t.admin, panels.Partnership{Council: council, ICB: icb, Version: 1}); err != nil {
		return err
	}
	for _, m := range people {
		if err := t.join(ctx, m); err != nil {
			return err
		}
	}
	if err := t.officers(ctx); err != nil {
		return err
	}
	for _, f := range forums {
		if err := t.seat(ctx, f, begins); err != nil {
			return fmt.Errorf("demo: %s: %w", f.key, err)
		}
	}
	if err := t.bothConfirm(ctx, "joint", begins); err != nil {
		return err
	}
	return t.deal(ctx)
}

// officers names who authorises for each agency that pays and has a director. Education has none, so
// that the demo shows what is said then.
func (t *teller) officers(ctx context.Context) error {
	for kind, key := range directors {
		agency := t.agencies[kind]
		if !agency.Funder {
			continue
		}
		officer := t.people[key].ID
		agency.OfficerID = &officer
		named, err := t.Panels.ChangeAgency(ctx, t.admin, agency)
		if err != nil {
			return err
		}
		t.agencies[kind] = named
	}
	return nil
}

// bothConfirm has each of a forum’s two chairs confirm its decisions.
func (t *teller) bothConfirm(ctx context.Context, key string, from clock.Date) error {
	forum := t.forums[key]
	var terms panels.Terms
	err := t.DB.Read(ctx, t.admin, func(tx db.Tx) (err error) {
		terms, err = panels.TermsInForce(tx, forum.ID, from)
		return err
	})
	if err != nil {
		return err
	}
	terms.BothChairsConfirm, terms.InForceOn = true, from
	_, err = t.Panels.ChangeTerms(ctx, t.admin, forum.ID, terms.Number, terms)
	return err
}

// join adds a person without a password: the demo signs in by card.
func (t *teller) join(ctx context.Context, m member) error {
	person := panels.Person{
		ID: uuid.Must(uuid.NewV7()), Name: m.name, JobTitle: m.job, Email: mailbox(m.name),
		Administrator: m.administrator, Auditor: m.auditor, Presenter: m.presenter, Version: 1,
	}
	if agency, has := t.agencies[m.agency]; has {
		person.AgencyID = &agency.ID
	}
	if m.outside {
		person.AgencyID = &t.outside.ID
	}
	if m.family {
		person.AgencyID = &t.families.ID
	}
	t.people[m.key] = person
	return t.DB.Write(ctx, t.admin, func(tx db.Tx) error {
		person.CreatedAt = tx.Now
		if err := tx.Create(&person).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "person.added", ObjectKind: "person", ObjectID: person.ID.String(), After: map[string]any{"name": person.Name, "email": person.Email}})
	})
}

func (t *teller) seat(ctx context.Context, f table, begins clock.Date) error {
	forum, err := t.Panels.CreateForum(ctx, t.admin, panels.NewForum{Template: f.template, Locality: f.locality, MailboxEmail: f.key + "@example.org"})
	if err != nil {
		return err
	}
	t.forums[f.key] = forum
	var seats []panels.TableSeat
	err = t.DB.Read(ctx, t.admin, func(tx db.Tx) (err error) {
		seats, err = panels.SeatsOn(tx, forum.ID, begins)
		return err
	})
	if err != nil {
		return err
	}
	for _, seat := range seats {
		for order, key := range t.holders(f, seat.Seat) {
			person, known := t.people[key]
			if !known {
				return fmt.Errorf("nobody is called %q", key)
			}
			if _, err := t.Panels.FillSeat(ctx, t.admin, panels.NewHolding{SeatID: seat.ID, PersonID: person.ID, DeputyOrder: order}); err != nil {
				return err
			}
		}
	}
	_, _, err = t.Panels.ScheduleSeries(ctx, t.admin, panels.Series{ForumID: forum.ID, Rule: f.rule, StartsOn: t.today.AddDays(1), Venue: "Committee room 2, County Hall", JoiningLink: "https://meet.example.org/" + f.key})
	return err
}

func (t *teller) holders(f table, seat panels.Seat) []string {
	if named, has := f.holders[seat.Name]; has {
		return named
	}
	if seat.Office != access.Member {
		return f.holders[string(seat.Office)]
	}
	for kind, agency := range t.agencies {
		if seat.AgencyID == nil || agency.ID != *seat.AgencyID {
			continue
		}
		if director, has := directors[kind]; has && f.key == "board" {
			return []string{director}
		}
		return []string{byKind[kind]}
	}
	return nil
}

// deal writes the sign-in cards.
func (t *teller) deal(ctx context.Context) error {
	return t.DB.Write(ctx, t.admin, func(tx db.Tx) error {
		for i, m := range people {
			if m.role == "" {
				continue
			}
			err := tx.Exec(`insert into demo_card (position, person_id, role, does) values (?, ?, ?, ?)`, i+1, t.people[m.key].ID, m.role, m.does).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// as is a person of the story, with the seats they hold on its day.
func (t *teller) as(ctx context.Context, key string) (access.Actor, error) {
	person, known := t.people[key]
	if !known {
		return access.SignedOut, fmt.Errorf("demo: nobody is called %q", key)
	}
	var actor access.Actor
	err := t.DB.Read(ctx, t.admin, func(tx db.Tx) (err error) {
		actor, err = panels.ActorFor(tx, person, tx.Today())
		return err
	})
	return actor, err
}

// mailbox is an address that can belong to nobody.
func mailbox(name string) string {
	address := make([]rune, 0, len(name))
	for _, r := range name {
		switch {
		case r == ' ':
			address = append(address, '.')
		case r >= 'A' && r <= 'Z':
			address = append(address, r+'a'-'A')
		case r >= 'a' && r <= 'z':
			address = append(address, r)
		}
	}
	return string(address) + "@example.org"
}
