package measures_test

import (
	"database/sql"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/escalations/measures"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// world is a partnership of a North forum, a panel for everybody and a board, on Thursday 26 November 2026.
type world struct {
	*testing.T
	db    *db.DB
	url   string
	clock *clock.Manual

	north, panel, board  panels.Forum
	clerk, member, chair access.Actor // of North and the panel; of North; of the board
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, url: dbtest.NewURL(t), clock: clock.NewManual(dbtest.Begin)}
	w.db = dbtest.Open(t, db.Config{URL: w.url, Clock: w.clock.Now, MaxConns: 3})
	w.board.ID, w.north.ID, w.panel.ID = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	w.exec(`insert into forum (id, slug, name, board, created_at) values (?, 'board', 'Strategic board', true, now())`, w.board.ID)
	w.exec(`insert into forum (id, slug, name, locality, escalates_to, created_at) values (?, 'north', 'North', 'North', ?, now())`, w.north.ID, w.board.ID)
	w.exec(`insert into forum (id, slug, name, escalates_to, created_at) values (?, 'panel', 'MAPaC', ?, now())`, w.panel.ID, w.board.ID)
	w.clerk = access.Actor{PersonID: w.person("Clerk"), Seats: []access.Seat{
		{ForumID: w.north.ID, Forum: "North", Locality: "North", Office: access.Clerk}, {ForumID: w.panel.ID, Forum: "MAPaC", Office: access.Clerk},
	}}
	w.member = access.Actor{PersonID: w.person("Member"), Seats: []access.Seat{{ForumID: w.north.ID, Forum: "North", Locality: "North", Office: access.Member, Standing: access.Deciding}}}
	w.chair = access.Actor{PersonID: w.person("Board chair"), Seats: []access.Seat{{ForumID: w.board.ID, Forum: "Strategic board", Board: true, Office: access.Chair, Standing: access.Deciding}}}
	return w
}

func (w *world) exec(sql string, values ...any) {
	w.Helper()
	if err := w.db.Write(w.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(sql, values...).Error }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) person(name string) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	w.exec(`insert into person (id, name, email, created_at) values (?, ?, ?, now())`, id, name, id.String()+"@example.org")
	return id
}

// supply says that trackers have columns.
func (w *world) supply(fields ...string) {
	w.Helper()
	for _, field := range fields {
		w.exec(`insert into tracker_field (field, heading, at) values (?, ?, now()) on conflict do nothing`, field, field)
	}
}

// young adds somebody of North; set is further columns, as SQL.
func (w *world) young(born, set string) uuid.UUID {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	w.exec(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, locality, created_at, updated_at) values (?, ?, ?, 'Canarywren', 'Canarywren', ?, 'North', now(), now())`,
		id, id.String(), "REF-"+id.String(), born)
	if set != "" {
		w.exec(`update cases set `+set+` where id = ?`, id)
	}
	return id
}

// reads is all measures of the first scope the actor may read, or of the one named.
func (w *world) reads(actor access.Actor, of string) map[measures.Key]measures.Reading {
	w.Helper()
	read := map[measures.Key]measures.Reading{}
	err := w.db.Read(w.Context(), actor, func(tx db.Tx) error {
		scopes, err := measures.Scopes(tx)
		if err != nil {
			return err
		}
		scope, err := measures.Choose(scopes, of)
		if err != nil {
			return err
		}
		readings, err := measures.ReadAll(tx, scope, tx.Today(), kinds)
		for _, r := range readings {
			read[r.Key] = r
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return read
}

// lists is the list behind a figure.
func (w *world) lists(actor access.Actor, of string, d measures.Definition, row string, part int) (list measures.List, err error) {
	w.Helper()
	err = w.db.Read(w.Context(), actor, func(tx db.Tx) error {
		scopes, err := measures.Scopes(tx)
		if err != nil {
			return err
		}
		scope, err := measures.Choose(scopes, of)
		if err != nil {
			return err
		}
		list, err = measures.ShowList(tx, scope, d, row, part, tx.Today(), kinds)
		return err
	})
	return list, err
}

// fill adds many people of North from 10 to 27, each at some step of the way, with every column supplied.
func (w *world) fill(people int) {
	w.Helper()
	w.supply("referred_on", "referral_source", "care_act_assessed_on", "care_act_outcome", "support_plan_on", "weekly_cost_pence", "asc_weekly_pence", "csc_weekly_pence",
		"education_weekly_pence", "health_weekly_pence", "transport_weekly_pence", "consent_refused", "died_on", "moved_away_on")
	w.exec(`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, locality, referral_source, referred_on, care_act_assessed_on, care_act_outcome, support_plan_on,
			weekly_cost_pence, asc_weekly_pence, health_weekly_pence, transport_weekly_pence, consent_refused, died_on, created_at, updated_at)
		select gen_random_uuid(), 'Alias' || n, 'REF' || n, 'Canarywren', 'Canarywren' || n, b.day, 'North',
			(array['Children with Disabilities Team', 'SEN Team', 'Careers service', 'Health', 'Self-referral', 'Children''s Social Care', 'Canarywren', ''])[1 + n % 8],
			case when n % 5 > 0 then b.day + 5600 + n % 1100 end, case when n % 3 = 0 then b.day + 6350 + n % 300 end, case n % 6 when 0 then 'Eligible' when 3 then 'Not eligible' else '' end,
			case when n % 4 = 0 then b.day + 6400 + n % 300 end, case when n % 2 = 0 then n * 7919 % 300000 end, case when n % 4 = 0 then n * 7919 % 300000 / 2 end,
			case when n % 4 = 0 then n * 7919 % 300000 - n * 7919 % 300000 / 2 end, case when n % 7 = 0 then 5000 end, case when n % 31 = 0 then true end, case when n % 97 = 0 then date '2026-01-01' end, now(), now()
		from generate_series(1, ?) n cross join lateral (select date '1999-06-01' + (n * 6301 % 6205) as day) b`, people)
}

// owner runs what the product's own role may not.
func (w *world) owner(statement string) {
	w.Helper()
	if err := w.db.AsOwner(w.Context(), func(owner *sql.DB) error {
		_, err := owner.ExecContext(w.Context(), statement)
		return err
	}); err != nil {
		w.Fatal(err)
	}
}

func kinds(kind string) string { return "Kind " + kind }
