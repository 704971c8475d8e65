package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// scene is three cases and the forums and people round them.
type scene struct {
	north, mapac, board   uuid.UUID // forums
	presenter, worker     uuid.UUID // people
	published, unnumbered uuid.UUID // MAPaC's agenda items
}

func setScene(t *testing.T, d *db.DB) scene {
	t.Helper()
	run(t, d, text(t, "Ref,Forename,Surname,DoB,Patch\nT1,Rosa,Walker,04/03/2009,North\nT2,Ben,Khan-Hall,05/03/2009,South\nT3,Tara,Lewis,06/03/2009,\n"), tracker.ImportOptions{})
	s := scene{uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	meeting := uuid.New()
	err := d.Write(t.Context(), importer, func(tx db.Tx) error {
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`insert into forum (id, slug, name, locality, created_at) values (?, 'north', 'North locality', 'North', now()), (?, 'mapac', 'MAPaC', '', now())`, []any{s.north, s.mapac}},
			{`insert into forum (id, slug, name, board, created_at) values (?, 'board', 'Strategic board', true, now())`, []any{s.board}},
			{`insert into person (id, name, email, presenter, created_at) values (?, 'Priya Shah', 'priya@example.org', true, now()), (?, 'Tom Hale', 'tom@example.org', true, now())`, []any{s.presenter, s.worker}},
			{`insert into meeting (id, forum_id, starts_at, ends_at, agenda_version, created_at, changed_at) values (?, ?, now(), now() + interval '1 hour', 1, now(), now())`, []any{meeting, s.mapac}},
			{`insert into agenda_item (id, meeting_id, number, position, kind, case_id, presenter_id, minutes, created_at) select ?, ?, '5', 1, 'case', id, ?, 10, now() from cases where person_reference = 'T2'`, []any{s.published, meeting, s.presenter}},
			{`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) select ?, ?, '', 2, 'case', id, 10, now() from cases where person_reference = 'T3'`, []any{s.unnumbered, meeting}},
			{`insert into case_link (case_id, person_id, kind) select id, ?, 'worker' from cases where person_reference = 'T3'`, []any{s.worker}},
		} {
			if err := tx.Exec(step.sql, step.args...).Error; err != nil {
				return fmt.Errorf("%s: %w", step.sql, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func seated(forum uuid.UUID, office access.Office, locality string, board bool) access.Actor {
	return access.Actor{PersonID: uuid.New(), Seats: []access.Seat{{ForumID: forum, Office: office, Standing: access.Deciding, Locality: locality, Board: board}}}
}

// Seeing a case one has no part in is a breach of a young person's privacy.
func TestWhoSeesWhichCase(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	presenter := access.Actor{PersonID: s.presenter, Presenter: true}
	worker := access.Actor{PersonID: s.worker, Presenter: true}
	check := func(when string, want map[string]string) {
		t.Helper()
		for name, actor := range map[string]access.Actor{
			"clerk":         seated(s.mapac, access.Clerk, "", false),
			"north member":  seated(s.north, access.Member, "north", false),
			"north chair":   seated(s.north, access.Chair, "North", false),
			"mapac member":  seated(s.mapac, access.Member, "", false),
			"board member":  seated(s.board, access.Member, "North", true),
			"board clerk":   seated(s.board, access.Clerk, "North", true),
			"presenter":     presenter,
			"worker":        worker,
			"administrator": {PersonID: uuid.New(), Administrator: true},
			"auditor":       {PersonID: uuid.New(), Auditor: true},
			"no role":       {PersonID: uuid.New()},
			"signed out":    access.SignedOut,
		} {
			var seen []string
			err := d.Read(t.Context(), actor, func(tx db.Tx) error {
				for i, number := range []string{"Q1001", "q1002", "Q1003"} {
					if _, err := tracker.CaseFor(tx, number); err == nil {
						seen = append(seen, fmt.Sprint(i+1))
					} else if !fault.Is(err, fault.NotFound) {
						return err
					}
				}
				list, err := tracker.ListCases(tx, tracker.CaseFilter{Limit: 10})
				if err == nil && int(list.Total) != len(seen) || err == nil && len(list.Cases) != len(seen) {
					t.Errorf("%s: %s lists %d cases and opens %v", when, name, list.Total, seen)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %s: %v", when, name, err)
			}
			if got := strings.Join(seen, " "); got != want[name] {
				t.Errorf("%s: %s sees %q, want %q", when, name, got, want[name])
			}
		}
	}
	all := map[string]string{"clerk": "1 2 3", "north member": "1", "north chair": "1", "mapac member": "2", "presenter": "2", "worker": "3"}
	check("published", all)

	member := seated(s.mapac, access.Member, "", false)
	member.PersonID = s.presenter // now a member of the panel, and a relation of the young person
	sees := func() bool {
		err := d.Read(t.Context(), member, func(tx db.Tx) error { _, err := tracker.CaseFor(tx, "Q1002"); return err })
		if err != nil && !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		return err == nil
	}
	change := func(sql string, args ...any) {
		t.Helper()
		if err := d.Write(t.Context(), importer, func(tx db.Tx) error { return tx.Exec(sql, args...).Error }); err != nil {
			t.Fatal(err)
		}
	}
	before := sees()
	change(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by)
		select ?, meeting_id, id, ?, 'family', 'An aunt', now(), ? from agenda_item where id = ?`, uuid.New(), s.presenter, s.presenter, s.published)
	during := sees()
	change(`update interest set withdrawn_at = now(), withdrawn_by = person_id, withdrawn_reason = 'Another family'`)
	if after := sees(); !before || during || !after {
		t.Errorf("a declared interest: seen before %v, during %v, after %v", before, during, after)
	}
	change(`update agenda_item set state = 'taken_off' where id = ?`, s.published)
	all["mapac member"], all["presenter"] = "", ""
	check("taken off", all)
}

func TestCasesAreFoundByNumberNameAndReference(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	clerk := seated(s.mapac, access.Clerk, "", false)
	for search, want := range map[string]string{
		"": "Khan-Hall Lewis Walker", "Q1001": "Walker", "t2": "Khan-Hall", "ben kh": "Khan-Hall", "Walker, Rosa": "Walker", "wal": "Walker", "alker": "", "%": "", "Q9999": "", "ros walker x": "",
	} {
		err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
			list, err := tracker.ListCases(tx, tracker.CaseFilter{Search: search, Limit: 10})
			var found []string
			for _, c := range list.Cases {
				found = append(found, c.Surname)
			}
			if got := strings.Join(found, " "); got != want {
				t.Errorf("%q finds %q, want %q", search, got, want)
			}
			if !slices.Equal(list.Localities, []string{"North", "South"}) {
				t.Errorf("localities %v", list.Localities)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	err := d.Read(t.Context(), clerk, func(tx db.Tx) error {
		list, err := tracker.ListCases(tx, tracker.CaseFilter{Locality: "South", Limit: 10})
		if list.Total != 1 {
			t.Errorf("%d cases in South", list.Total)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A link shows a case to somebody: only a clerk makes one, and it is written down.
func TestLinkingLetsAPersonSeeACase(t *testing.T) {
	t.Parallel()
	d := setup(t)
	s := setScene(t, d)
	clerk := seated(s.mapac, access.Clerk, "", false)
	var rosa tracker.Case
	if err := d.Read(t.Context(), clerk, func(tx db.Tx) (err error) { rosa, err = tracker.CaseFor(tx, "Q1001"); return err }); err != nil {
		t.Fatal(err)
	}
	presenter := access.Actor{PersonID: s.presenter, Presenter: true}
	sees := func() bool {
		err := d.Read(t.Context(), presenter, func(tx db.Tx) error { _, err := tracker.CaseFor(tx, "Q1001"); return err })
		return err == nil
	}
	if err := tracker.LinkPerson(t.Context(), d, presenter, rosa.ID, s.presenter, tracker.Referrer); !fault.Is(err, fault.Denied) || sees() {
		t.Errorf("a presenter linked themselves: %v", err)
	}
	for range 2 {
		if err := tracker.LinkPerson(t.Context(), d, clerk, rosa.ID, s.presenter, tracker.Referrer); err != nil || !sees() {
			t.Errorf("linked: %v", err)
		}
	}
	if err := tracker.UnlinkPerson(t.Context(), d, clerk, rosa.ID, s.presenter, tracker.Referrer); err != nil || sees() {
		t.Errorf("unlinked: %v", err)
	}
	if trail := rows(t, d, `select action from audit_entry where object_kind = 'case' order by id`); cmp.Diff([]string{"case.linked", "case.unlinked"}, trail) != "" {
		t.Error(trail)
	}
}
