package letters_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// world is a funding panel that has met, a young person of 17, three funders and brokerage. Decisions are put
// on its record as the room puts them. It is Thursday 26 November 2026, 9:30am.
type world struct {
	letters.Store
	t     *testing.T
	clock *clock.Manual

	forum, other                                  panels.Forum
	asc, health, edu, brokers                     panels.Agency
	chair, clerk, ann, hal, ola, pia, away, admin access.Actor
	meeting, kase                                 uuid.UUID
	items                                         int
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func newWorld(t *testing.T) *world {
	t.Helper()
	database, stopped := dbtest.NewAt(t)
	w := &world{Store: letters.Store{DB: database}, t: t, clock: stopped}
	w.write(func(tx db.Tx) {
		agency := func(name, short string, kind panels.AgencyKind, funder bool) panels.Agency {
			a := panels.Agency{ID: id(), Name: name, ShortName: short, Kind: kind, Funder: funder, Version: 1}
			w.must(tx.Create(&a).Error)
			return a
		}
		w.asc, w.health = agency("Adult social care", "ASC", panels.AdultSocialCare, true), agency("Health", "NHS", panels.HealthContinuing, true)
		w.edu, w.brokers = agency("Education", "EDU", panels.Education, true), agency("Brokerage", "BRK", panels.Brokerage, false)
		w.forum = panels.Forum{ID: id(), Slug: "mapac", Name: "MAPaC", CreatedAt: tx.Now, Version: 1}
		w.other = panels.Forum{ID: id(), Slug: "joint", Name: "Joint solutions panel", CreatedAt: tx.Now, Version: 1}
		w.must(tx.Create(&w.forum).Error)
		w.must(tx.Create(&w.other).Error)
		person := func(name string, presenter bool) access.Actor {
			p := panels.Person{ID: id(), Name: name, Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.org", Presenter: presenter, CreatedAt: tx.Now, Version: 1}
			w.must(tx.Create(&p).Error)
			return access.Actor{PersonID: p.ID, Name: name, Presenter: presenter}
		}
		w.chair, w.clerk, w.ann, w.hal = person("Cleo Chair", false), person("Clem Clerk", false), person("Ann Bell", false), person("Hal Hart", false)
		w.ola, w.pia, w.away, w.admin = person("Ola Ash", false), person("Pia Moss", true), person("Una Elsewhere", false), person("Ada Admin", false)
		w.admin.Administrator = true
		terms := panels.Terms{
			ID: id(), ForumID: w.forum.ID, Number: 1, InForceOn: tx.Today().AddDays(-400), Purpose: "Joint funding", CreatedBy: w.clerk.PersonID, CreatedAt: tx.Now,
			QuorumMembers: 2, QuorumAgencies: []panels.AgencyKind{}, StandingItems: []panels.StandingItem{}, VotingMethod: panels.Devices, VotingRule: panels.FunderConsent, Decides: true,
			StartTime: "09:30", DurationMinutes: 120, MinutesPerItem: 20, FirstReviewMonths: 3, WeeksPerYearThousandths: 52000, LetterDays: 5,
		}
		w.must(tx.Create(&terms).Error)
		seat := func(forum panels.Forum, name string, agency *uuid.UUID, office access.Office, standing access.Standing, holder *access.Actor) {
			s := panels.Seat{ID: id(), ForumID: forum.ID, AgencyID: agency, Name: name, Office: office, Standing: standing, Position: 1, Version: 1}
			w.must(tx.Create(&s).Error)
			w.must(tx.Create(&panels.SeatHolding{ID: id(), SeatID: s.ID, PersonID: holder.PersonID, FromDate: tx.Today().AddDays(-50), Version: 1}).Error)
			sits := access.Seat{SeatID: s.ID, ForumID: forum.ID, Office: office, Standing: standing}
			if agency != nil {
				sits.AgencyID = *agency
			}
			holder.Seats = append(holder.Seats, sits)
		}
		seat(w.forum, "Chair", nil, access.Chair, access.InAttendance, &w.chair)
		seat(w.forum, "Clerk", &w.asc.ID, access.Clerk, access.InAttendance, &w.clerk)
		seat(w.forum, "ASC", &w.asc.ID, access.Member, access.Deciding, &w.ann)
		seat(w.forum, "NHS", &w.health.ID, access.Member, access.Deciding, &w.hal)
		seat(w.forum, "Brokerage", &w.brokers.ID, access.Member, access.Advisory, &w.ola)
		seat(w.other, "Clerk", &w.asc.ID, access.Clerk, access.InAttendance, &w.away)

		w.kase = id()
		w.must(tx.Exec(`insert into cases (id, number, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at)
			values (?, 1042, 'Heron-48', 'CANARY-REF', 'Noor', 'Canary', '2009-03-04', ?, ?)`, w.kase, tx.Now, tx.Now).Error)
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(fn func(db.Tx)) {
	w.t.Helper()
	w.must(w.DB.Write(w.t.Context(), access.System("test"), func(tx db.Tx) error { fn(tx); return nil }))
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	w.write(func(tx db.Tx) { w.must(tx.Exec(sql, args...).Error) })
}

func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Raw(sql, args...).Scan(&n).Error }))
	return n
}

// decided is a decision to put on the record.
type decided struct {
	outcome  room.Outcome
	standing room.Standing
	shares   map[uuid.UUID][2]int64 // weekly and one-off pence
	start    string
	end      string
	replaces uuid.UUID
	interim  bool
	columns  map[string]any
}

// decide puts a decision on the record, in an item of its own that Pia presents, and lets what follows from
// it follow if it binds.
func (w *world) decide(d decided) uuid.UUID {
	w.t.Helper()
	w.items++
	decision, item := id(), id()
	if d.standing == "" {
		d.standing = room.Decided
	}
	w.write(func(tx db.Tx) {
		m := panels.Meeting{ID: id(), ForumID: w.forum.ID, StartsAt: tx.Now, EndsAt: tx.Now.Add(7200e9), Status: panels.InSession, AgendaVersion: 1, CreatedAt: tx.Now, Version: 1}
		w.must(tx.Create(&m).Error)
		w.meeting = m.ID
		w.must(tx.Exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, presenter_id, minutes, state, created_at, version)
			values (?, ?, ?, ?, 'case', ?, ?, 10, 'listed', ?, 1)`, item, w.meeting, fmt.Sprint(w.items), w.items, w.kase, w.pia.PersonID, tx.Now).Error)
		row := map[string]any{
			"id": decision, "meeting_id": w.meeting, "forum_id": w.forum.ID, "item_id": item, "case_id": w.kase, "outcome": d.outcome, "standing": d.standing, "reasons": "It meets the need",
			"quorum": "3 of 3", "weeks_thousandths": 52000, "confirmed_by": w.chair.PersonID, "confirmed_at": tx.Now, "without_prejudice": d.interim,
		}
		for column, day := range map[string]string{"start_on": d.start, "end_on": d.end} {
			if day != "" {
				row[column] = day
			}
		}
		if d.replaces != uuid.Nil {
			row["replaces_id"] = d.replaces
		}
		for column, value := range d.columns {
			row[column] = value
		}
		w.must(tx.Table("decision").Create(row).Error)
		for agency, share := range d.shares {
			w.must(tx.Exec(`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) values (?, ?, ?, ?)`, decision, agency, share[0], share[1]).Error)
		}
	})
	w.must(w.DecisionBound(w.t.Context(), room.DecisionBound{DecisionID: decision}))
	return decision
}

// agreed is the usual decision: two funders from 7 December 2026.
func (w *world) agreed() uuid.UUID {
	return w.decide(decided{outcome: room.Agreed, start: "2026-12-07", shares: map[uuid.UUID][2]int64{w.asc.ID: {70000, 0}, w.health.ID: {50000, 30000}}})
}

// letter finds a decision's letter to an audience.
func (w *world) letter(decision uuid.UUID, to letters.Audience) letters.Page {
	w.t.Helper()
	var found uuid.UUID
	w.must(w.DB.Read(w.t.Context(), w.clerk, func(tx db.Tx) error {
		return tx.Raw(`select id from letter where decision_id = ? and audience = ? order by number desc, id limit 1`, decision, to).Row().Scan(&found)
	}))
	if found == uuid.Nil {
		w.t.Fatalf("there is no letter to %s", to)
	}
	page, err := w.show(w.clerk, found)
	w.must(err)
	return page
}

func (w *world) show(actor access.Actor, letter uuid.UUID) (page letters.Page, err error) {
	err = w.DB.Read(w.t.Context(), actor, func(tx db.Tx) error {
		page, err = letters.ShowLetter(tx, letter)
		return err
	})
	return page, err
}

func (w *world) approve(p letters.Page) letters.Page {
	w.t.Helper()
	w.must(w.ApproveLetter(w.t.Context(), w.clerk, p.ID, p.Version))
	page, err := w.show(w.clerk, p.ID)
	w.must(err)
	return page
}

func (w *world) sent(p letters.Page) letters.Page {
	w.t.Helper()
	p = w.approve(p)
	w.must(w.MarkSent(w.t.Context(), w.clerk, p.ID, p.Version, letters.Sending{On: clock.DateOf(w.clock.Now()), How: letters.ByPost}))
	page, err := w.show(w.clerk, p.ID)
	w.must(err)
	return page
}

// refused checks that an error is one of this kind and says something of this.
func (w *world) refused(err error, kind fault.Kind, says string) {
	w.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind || !strings.Contains(f.Sentence, says) {
		w.t.Fatalf("got %v, want %s: …%s…", err, kind, says)
	}
}

func (w *world) post() *notify.Store {
	post := &notify.Store{DB: w.DB, BaseURL: "https://quorate.example.org"}
	letters.RegisterNotices(post)
	return post
}

// told are the people for whom a kind of notice waits.
func (w *world) told(kind notify.Kind) (people []uuid.UUID) {
	w.t.Helper()
	w.must(w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select recipient from outbox where kind = ? and state = 'waiting' order by seq`, kind).Scan(&people).Error
	}))
	return people
}

// owner changes the set-up as the tables' owner.
func (w *world) owner(statement string, args ...any) {
	w.t.Helper()
	w.must(w.DB.AsOwner(w.t.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(w.t.Context(), statement, args...)
		return err
	}))
}

// correction puts one beside a decision.
func (w *world) correction() string {
	return `insert into decision_correction (id, decision_id, wrong, put_right, reason, corrected_by, corrected_at) values (?, ?, 'The day', ?, ?, ?, ?)`
}
