package agendas_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
)

// A case's page must not tell somebody of an agenda, or of a request, they have no part in.
func TestACasePageListsOnlyTheReadersOwnAgendasAndRequests(t *testing.T) {
	t.Parallel()
	d, _ := dbtest.NewAt(t)
	north, mapac, board, of := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	presenter, other := uuid.New(), uuid.New()
	system := access.System("test")
	err := d.Write(t.Context(), system, func(tx db.Tx) error {
		steps := []struct {
			sql  string
			args []any
		}{
			{`insert into person (id, name, email, presenter, created_at) values (?, 'P', 'p@example.org', true, now()), (?, 'Q', 'q@example.org', true, now())`, []any{presenter, other}},
			{`insert into forum (id, slug, name, board, created_at) values (?, 'north', 'North', false, now()), (?, 'mapac', 'MAPaC', false, now()), (?, 'board', 'Board', true, now())`, []any{north, mapac, board}},
			{`insert into cases (id, alias, person_reference, forename, surname, date_of_birth, created_at, updated_at) values (?, 'Heron-48', 'T1', 'Rosa', 'Walker', '2009-03-04', now(), now())`, []any{of}},
			{`insert into funding_request (id, case_id, forum_id, submitted_by, state, created_at) values (?, ?, ?, ?, 'submitted', now()), (?, ?, ?, ?, 'draft', now())`, []any{uuid.New(), of, mapac, presenter, uuid.New(), of, mapac, other}},
		}
		for i, item := range []struct {
			forum     uuid.UUID
			number    string
			state     string
			published int
		}{{north, "3", "listed", 1}, {mapac, "4", "listed", 1}, {mapac, "5", "taken_off", 1}, {mapac, "", "listed", 0}, {board, "6", "listed", 1}} {
			meeting := uuid.New()
			steps = append(steps,
				struct {
					sql  string
					args []any
				}{`insert into meeting (id, forum_id, starts_at, ends_at, agenda_version, created_at, changed_at) values (?, ?, now() + ? * interval '1 day', now() + ? * interval '1 day' + interval '1 hour', ?, now(), now())`, []any{meeting, item.forum, i, i, item.published}},
				struct {
					sql  string
					args []any
				}{`insert into agenda_item (id, meeting_id, number, position, kind, case_id, presenter_id, minutes, state, created_at) values (?, ?, ?, 1, 'case', ?, ?, 10, ?, now())`, []any{uuid.New(), meeting, item.number, of, presenter, item.state}})
		}
		for _, step := range steps {
			if err := tx.Exec(step.sql, step.args...).Error; err != nil {
				return fmt.Errorf("%s: %w", step.sql, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	on := func(forum uuid.UUID, office access.Office, isBoard bool) access.Actor {
		return access.Actor{PersonID: uuid.New(), Seats: []access.Seat{{ForumID: forum, Office: office, Standing: access.Deciding, Board: isBoard}}}
	}
	for name, c := range map[string]struct {
		actor access.Actor
		want  string
	}{
		"north member": {on(north, access.Member, false), "North 3"},
		"mapac clerk":  {on(mapac, access.Clerk, false), "MAPaC 4; submitted"},
		"mapac member": {on(mapac, access.Member, false), "MAPaC 4"},
		"board member": {on(board, access.Member, true), ""},
		"presenter":    {access.Actor{PersonID: presenter, Presenter: true}, "MAPaC 4 own; North 3 own; submitted"},
		"other":        {access.Actor{PersonID: other, Presenter: true}, "draft"},
		"nobody":       {access.Actor{PersonID: uuid.New()}, ""},
	} {
		err := d.Read(t.Context(), c.actor, func(tx db.Tx) error {
			items, err := agendas.ItemsOfCase(tx, of)
			if err != nil {
				return err
			}
			asked, err := requests.OfCase(tx, of)
			var said []string
			for _, item := range items {
				line := item.ForumName + " " + item.Number
				if item.OwnItem {
					line += " own"
				}
				said = append(said, line)
			}
			for _, r := range asked {
				said = append(said, string(r.State))
			}
			if got := strings.Join(said, "; "); got != c.want {
				t.Errorf("%s sees %q, want %q", name, got, c.want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
