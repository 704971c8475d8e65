package measures_test

import (
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
	clock *clock.Manual

	north, panel, board  panels.Forum
	clerk, member, chair access.Actor // of North and the panel; of North; of the board
}

func newWorld(t *testing.T) *world {
	t.Helper()
	d, manual := dbtest.NewAt(t)
	w := &world{T: t, db: d, clock: manual}
	for forum, like := range map[*panels.Forum]panels.Forum{
		&w.board: {Slug: "board", Name: "Strategic board", Board: true}, &w.north: {Slug: "north", Name: "North", Locality: "North"}, &w.panel: {Slug: "panel", Name: "MAPaC"},
	} {
		*forum = like
		forum.ID = uuid.Must(uuid.NewV7())
	}
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

func kinds(kind string) string { return "Kind " + kind }
