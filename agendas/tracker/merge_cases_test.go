package tracker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// What a merge does with each table that names a case. A new one is to be thought about, and added here:
// what is forgotten stays behind with a number nobody looks at.
var hangsOnACase = map[string]string{
	"action": "moves", "agenda_item": "moves while no agenda was published with it", "blocker": "moves", "blocker_case": "stays, and is read as the case that stands", "case_link": "is copied", "cases": "moves: merged before",
	"due": "moves", "funding_request": "moves", "request_line": "moves", "kept_value": "moves where the value is not the other’s",
	"case_views": "moves", "case_capacity": "moves", "case_sibling": "is copied", "tabling": "moves with its item",
	"letter_wish":      "stays, and is read with the other's",
	"brought_decision": "stays: a record", "case_history": "stays, and is read with the other's", "case_merge": "stays", "decision": "stays: a record",
	"different_people": "stays", "tracker_import_stayed": "stays: what an undo could not put back", "reference_change": "stays, and leads on", "referral": "stays: a record",
}

func TestEveryTableThatNamesACaseIsThoughtOf(t *testing.T) {
	t.Parallel()
	d := setup(t)
	named := rows(t, d, `select distinct conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'cases'::regclass order by 1`)
	if len(named) < 10 {
		t.Fatalf("found %d tables only", len(named))
	}
	for _, table := range named {
		if hangsOnACase[table] == "" {
			t.Errorf("%s names a case: say in merge_cases.go and here what a merge does with it", table)
		}
	}
}

// pairScene is a forum with a meeting that has a published agenda and one that has not, and a clerk.
type pairScene struct {
	t                       *testing.T
	d                       *db.DB
	clerk                   access.Actor
	forum, published, draft uuid.UUID
	people                  []uuid.UUID
	sibling                 uuid.UUID // of whoever has one
}

func newPairScene(t *testing.T) *pairScene {
	t.Helper()
	s := &pairScene{t: t, d: setup(t), forum: uuid.New(), published: uuid.New(), draft: uuid.New(), people: []uuid.UUID{uuid.New(), uuid.New()}}
	s.clerk = seated(s.forum, access.Clerk, "", false)
	s.exec(`insert into forum (id, slug, name, created_at) values (?, 'mapac', 'MAPaC', now())`, s.forum)
	s.exec(`insert into person (id, name, email, created_at) values (?, 'Carol Clerk', 'carol@example.org', now()), (?, 'Priya Shah', 'priya@example.org', now()), (?, 'Tom Hale', 'tom@example.org', now())`,
		s.clerk.PersonID, s.people[0], s.people[1])
	s.exec(`insert into meeting (id, forum_id, starts_at, ends_at, agenda_version, created_at, changed_at) values
		(?, ?, now(), now() + interval '1 hour', 1, now(), now()), (?, ?, now() + interval '7 days', now() + interval '170 hours', 0, now(), now())`, s.published, s.forum, s.draft, s.forum)
	return s
}

func (s *pairScene) exec(sql string, args ...any) {
	s.t.Helper()
	if err := s.d.Write(context.Background(), importer, func(tx db.Tx) error { return tx.Exec(sql, args...).Error }); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

// adds puts a case on the tracker under a reference.
func (s *pairScene) adds(reference string, of tracker.Case) tracker.Case {
	s.t.Helper()
	of.ID, of.Alias, of.Version, of.PersonReference = uuid.New(), "Heron-"+reference, 1, reference
	if of.Forename == "" {
		of.Forename, of.Surname, of.DateOfBirth = "Rosa", "Walker", clock.MustDate("2009-03-04")
	}
	err := s.d.Write(context.Background(), importer, func(tx db.Tx) error {
		if err := tx.Omit("Number").Create(&of).Error; err != nil {
			return err
		}
		return tx.Raw(`select number from cases where id = ?`, of.ID).Scan(&of.Number).Error
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return of
}

// thing hangs something on a case: each kind in its table.
func (s *pairScene) thing(kind string, caseID uuid.UUID) {
	s.t.Helper()
	switch kind {
	case "published item":
		id := uuid.New()
		s.exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values (?, ?, ?, 1, 'case', ?, 10, now())`, id, s.published, id.String()[:8], caseID)
	case "draft item":
		s.exec(`insert into agenda_item (id, meeting_id, position, kind, case_id, minutes, created_at) values (?, ?, 1, 'case', ?, 10, now())`, uuid.New(), s.draft, caseID)
	case "request":
		s.exec(`insert into funding_request (id, case_id, forum_id, submitted_by, created_at) values (?, ?, ?, ?, now())`, uuid.New(), caseID, s.forum, s.people[0])
	case "due":
		s.exec(`insert into due (id, forum_id, kind, source_id, case_id, due_on, text) values (?, ?, 'review', ?, ?, '2027-01-04', 'Review')`, uuid.New(), s.forum, uuid.New(), caseID)
	case "action":
		s.exec(`insert into action (id, meeting_id, forum_id, case_id, text, due_on, due_set_at, raised_at) values (?, ?, ?, ?, 'Ring', '2027-01-04', now(), now())`, uuid.New(), s.published, s.forum, caseID)
	case "housing", "provider":
		s.exec(`insert into blocker (id, forum_id, case_id, kind, theme, needed, owner_id, level, level_name, level_since, level_days, raised_at)
			values (?, ?, ?, ?, 'Stuck', 'A home', ?, 'forum', 'MAPaC', '2026-11-01', 28, now())`, uuid.New(), s.forum, caseID, kind, s.people[0])
	case "worker", "referrer":
		s.exec(`insert into case_link (case_id, person_id, kind) values (?, ?, ?)`, caseID, s.people[1], kind)
	case "kept":
		s.exec(`insert into kept_value (case_id, field, value, tracker_says, meeting_id, set_at) select id, 'rag', coalesce(to_jsonb(nullif(rag, '')), 'null'), '"Amber"', ?, now() from cases where id = ?`, s.published, caseID)
	case "views":
		s.exec(`insert into case_views (id, case_id, heard_on, how, verbatim, words, takes_part, recorded_by, recorded_at) values (?, ?, '2026-10-01', 'themselves', true, 'Near my friends', 'some', ?, now())`,
			uuid.New(), caseID, s.people[0])
	case "capacity":
		s.exec(`insert into case_capacity (id, case_id, question, outcome, judged_on, judged_by, recorded_by, recorded_at) values (?, ?, 'Where to live', 'can', '2026-10-01', 'Dr Lane', ?, now())`,
			uuid.New(), caseID, s.people[0])
	case "told of the draft", "told of the published":
		meeting := map[string]uuid.UUID{"told of the draft": s.draft, "told of the published": s.published}[kind]
		for version := 1; version <= 2; version++ { // as first recorded, and as changed
			s.exec(`insert into tabling (id, meeting_id, case_id, version, told, response, why_not_told, basis, recorded_by, recorded_at)
				values (?, ?, ?, ?, 'nobody', '', 'In hospital', 'public_task', ?, now())`, uuid.New(), meeting, caseID, version, s.people[0])
		}
	case "sibling":
		if s.sibling == uuid.Nil {
			s.sibling = s.adds("Sibling", tracker.Case{Forename: "Ben", Surname: "Walker", DateOfBirth: clock.MustDate("2011-05-06")}).ID
		}
		s.exec(`insert into case_sibling (one_id, other_id, linked_by, linked_at) values (least(cast(@a as uuid), @b), greatest(cast(@a as uuid), @b), @me, now())`,
			map[string]any{"a": caseID, "b": s.sibling, "me": s.people[0]})
	case "decision":
		item := uuid.New()
		s.exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values (?, ?, ?, 1, 'standing', ?, 10, now())`, item, s.published, item.String()[:8], caseID)
		s.exec(`insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, quorum, weeks_thousandths, confirmed_by, confirmed_at)
			values (?, ?, ?, ?, ?, 'agreed', 'decided', 'Because', 'Quorate', 52000, ?, now())`, uuid.New(), s.published, s.forum, item, caseID, s.people[0])
	}
}

var things = []string{"published item", "draft item", "request", "due", "action", "housing", "provider", "worker", "referrer", "kept", "decision", "views", "capacity", "told of the draft", "told of the published"}

// about is everything the database says of two cases, without when and how often it was said.
func (s *pairScene) about(a, b tracker.Case) []string {
	s.t.Helper()
	var all []string
	err := s.d.Read(context.Background(), importer, func(tx db.Tx) error {
		for _, query := range []string{
			`select 'case ' || (to_jsonb(c) - array['version', 'updated_at'])::text from cases c where id in @both order by number`,
			`select 'item ' || to_jsonb(i)::text from agenda_item i where case_id in @both order by id`,
			`select 'request ' || to_jsonb(r)::text from funding_request r where case_id in @both order by id`,
			`select 'due ' || to_jsonb(r)::text from due r where case_id in @both order by id`,
			`select 'action ' || to_jsonb(r)::text from action r where case_id in @both order by id`,
			`select 'blocker ' || (to_jsonb(r) - 'version')::text from blocker r where case_id in @both order by id`,
			`select 'link ' || to_jsonb(r)::text from case_link r where case_id in @both order by case_id, person_id, kind`,
			`select 'kept ' || to_jsonb(r)::text from kept_value r where case_id in @both order by id`,
			`select 'views ' || to_jsonb(r)::text from case_views r where case_id in @both order by id`,
			`select 'capacity ' || to_jsonb(r)::text from case_capacity r where case_id in @both order by id`,
			`select 'told ' || to_jsonb(r)::text from tabling r where case_id in @both order by case_id, meeting_id, version`,
			`select 'sibling ' || to_jsonb(r)::text from case_sibling r where one_id in @both or other_id in @both order by one_id, other_id`,
			`select 'decision ' || to_jsonb(r)::text from decision r where case_id in @both order by id`,
			`select 'leads ' || reference || ' ' || case_id from former_reference where case_id in @both order by reference`,
		} {
			var list []string
			if err := tx.Raw(query, map[string]any{"both": []uuid.UUID{a.ID, b.ID}}).Scan(&list).Error; err != nil {
				return fmt.Errorf("%s: %w", query, err)
			}
			all = append(all, list...)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// A merge that cannot be taken back whole leaves a young person with somebody else's past.
func TestUndoingAMergeGivesBothBackWhatTheyHad(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		made := func(which string) tracker.Case {
			pence := rapid.Int64Range(0, 3).Draw(r, which+" pence")
			yes := rapid.Bool().Draw(r, which+" section 117")
			of := tracker.Case{
				Forename: rapid.SampledFrom([]string{"Rosa", "Rose"}).Draw(r, which+" forename"), Surname: "Walker", DateOfBirth: clock.MustDate("2009-03-04"),
				NHSNumber: rapid.SampledFrom([]string{"", "9434765919"}).Draw(r, which+" NHS"), RAG: rapid.SampledFrom([]string{"", "Red", "Green"}).Draw(r, which+" RAG"),
				WeeklyCostPence: &pence, Section117: &yes, PlacementEndsOn: rapid.SampledFrom([]clock.Date{{}, clock.MustDate("2027-05-01")}).Draw(r, which+" ends"),
			}
			if pence == 0 {
				of.WeeklyCostPence = nil
			}
			c := s.adds(fmt.Sprintf("%s%d", which, run), of)
			for _, kind := range append(slices.Clone(things), "sibling") {
				if rapid.Bool().Draw(r, which+" "+kind) {
					s.thing(kind, c.ID)
				}
			}
			return c
		}
		kept, gone := made("K"), made("G")
		before := s.about(kept, gone)
		merge, err := tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{
			KeptID: kept.ID, GoneID: gone.ID, KeptVersion: 1, GoneVersion: 1,
			FromGone: rapid.SliceOfDistinct(rapid.SampledFrom(tracker.Fields()), func(f tracker.Field) tracker.Field { return f }).Draw(r, "from the other"),
		})
		if err != nil {
			r.Fatal(err)
		}
		if cmp.Equal(before, s.about(kept, gone)) {
			r.Fatal("merging changed nothing")
		}
		if _, err := tracker.UndoMerge(t.Context(), s.d, s.clerk, merge); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(before, s.about(kept, gone)); diff != "" {
			r.Fatal("after the undo:\n", diff)
		}
		s.exec(`delete from agenda_item where meeting_id = ? and number = ''`, s.draft)
	})
}

// Whatever is under way about either case must be found on the one that stays, or somebody waits for ever.
func TestWhatHangsOnAMergedCaseIsSeenOnTheOther(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	kept, gone := s.adds("C1", tracker.Case{}), s.adds("A1", tracker.Case{NHSNumber: "9434765919", Forename: "Rose", Surname: "Walker", DateOfBirth: clock.MustDate("2009-03-04")})
	for _, kind := range things {
		s.thing(kind, gone.ID)
	}
	merge, err := tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{KeptID: kept.ID, GoneID: gone.ID, FromGone: []tracker.Field{tracker.NHSNumber, tracker.PersonReference}})
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]string{"funding_request": "1", "due": "1", "action": "1", "blocker": "2", "case_link": "2", "decision": "0"} {
		if got := rows(t, s.d, fmt.Sprintf(`select count(*)::text from %s where case_id = '%s'`, table, kept.ID)); got[0] != want {
			t.Errorf("%s: %s on the case that stays, not %s", table, got[0], want)
		}
	}
	if got := rows(t, s.d, fmt.Sprintf(`select number from agenda_item where case_id = '%s' and kind = 'case'`, kept.ID)); !slices.Equal(got, []string{""}) {
		t.Errorf("items on the case that stays: %q; what was published keeps its case", got)
	}
	s.thing("action", gone.ID) // raised in the room, on the item that was published under the old number
	if got := rows(t, s.d, fmt.Sprintf(`select count(*)::text from action where case_id = '%s'`, kept.ID)); got[0] != "2" {
		t.Error("a new action did not follow the merge")
	}
	err = s.d.Read(t.Context(), s.clerk, func(tx db.Tx) error {
		for _, number := range []int64{kept.Number, gone.Number} {
			found, err := tracker.CaseFor(tx, tracker.CaseReference(number))
			if err != nil {
				return err
			}
			if found.ID != kept.ID || found.PersonReference != "A1" || found.NHSNumber != "9434765919" || found.Forename != "Rosa" {
				t.Errorf("Q%d leads to %+v", number, found)
			}
		}
		list, err := tracker.ListCases(tx, tracker.CaseFilter{Limit: 10})
		if len(list.Cases) != 1 {
			t.Errorf("%d cases are listed", len(list.Cases))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s.d, `select reference || ' ' || (case_id = (select id from cases where merged_into is null))::text from former_reference`); !slices.Equal(got, []string{"C1 true"}) {
		t.Errorf("former references: %q", got)
	}
	if got := rows(t, s.d, `select action from audit_entry where object_kind = 'case'`); !slices.Equal(got, []string{"case.merged"}) {
		t.Errorf("trail: %q", got)
	}

	// What came after stays with the case that stayed.
	s.exec(`update cases set forename = 'Rosalind', version = version + 1 where id = ?`, kept.ID)
	s.thing("request", kept.ID)
	for range 2 { // twice is once
		if _, err := tracker.UndoMerge(t.Context(), s.d, s.clerk, merge); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(t, s.d, `select person_reference || ' ' || forename || ' ' || nhs_number || ' ' || (select count(*) from funding_request r where r.case_id = c.id) || ' ' ||
		(select count(*) from action a where a.case_id = c.id) from cases c order by number`); !slices.Equal(got, []string{"C1 Rosalind  1 1", "A1 Rose 9434765919 1 1"}) {
		t.Errorf("after the undo: %q", got)
	}
}

// Two clerks who merge at once, or one who decides on an old page, must not lose anybody.
func TestMergesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	a, b, c := s.adds("R1", tracker.Case{}), s.adds("R2", tracker.Case{}), s.adds("R3", tracker.Case{})
	merge := func(kept, gone tracker.Case, version int) (uuid.UUID, error) {
		return tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{KeptID: kept.ID, GoneID: gone.ID, GoneVersion: version})
	}
	if _, err := merge(a, a, 0); !fault.Is(err, fault.Invalid) {
		t.Error("with itself:", err)
	}
	if _, err := merge(a, b, 9); !fault.Is(err, fault.Stale) {
		t.Error("an old page:", err)
	}
	if _, err := tracker.MergeCases(t.Context(), s.d, seated(s.forum, access.Member, "", false), tracker.Merge{KeptID: a.ID, GoneID: b.ID}); !fault.Is(err, fault.Denied) {
		t.Error("a member:", err)
	}
	first, err := merge(b, c, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := merge(a, c, 0); !fault.Is(err, fault.NotFound) {
		t.Error("one that is merged already:", err)
	}
	second, err := merge(a, b, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s.d, `select number::text || ' ' || (merged_into = '`+a.ID.String()+`')::text from cases where merged_into is not null order by number`); len(got) != 2 || got[1][len(got[1])-4:] != "true" {
		t.Errorf("one that was merged before does not lead on: %q", got)
	}
	if _, err := tracker.UndoMerge(t.Context(), s.d, s.clerk, first); !fault.Is(err, fault.Conflict) {
		t.Error("out of order:", err)
	}
	for _, id := range []uuid.UUID{second, first} {
		if _, err := tracker.UndoMerge(t.Context(), s.d, s.clerk, id); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(t, s.d, `select 'left' from cases where merged_into is not null`); len(got) != 0 {
		t.Error("not all came back")
	}
	// Left because of an interest: such a case is not there for them.
	s.thing("published item", c.ID)
	s.exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) select ?, i.meeting_id, i.id, ?, 'family', 'Aunt', now(), ? from agenda_item i`,
		uuid.New(), s.clerk.PersonID, s.clerk.PersonID)
	if _, err := merge(a, c, 0); !fault.Is(err, fault.NotFound) {
		t.Error("with an interest:", err)
	}
}

// An interest in a young person holds under whichever number the item stands.
func TestAnInterestFollowsAMerge(t *testing.T) {
	t.Parallel()
	s := newPairScene(t)
	a, b := s.adds("R1", tracker.Case{}), s.adds("R2", tracker.Case{})
	s.thing("published item", b.ID)
	s.thing("published item", a.ID)
	if _, err := tracker.MergeCases(t.Context(), s.d, s.clerk, tracker.Merge{KeptID: a.ID, GoneID: b.ID}); err != nil {
		t.Fatal(err)
	}
	member := seated(s.forum, access.Member, "", false)
	member.PersonID = s.people[0]
	s.exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) select ?, i.meeting_id, i.id, ?, 'family', 'Aunt', now(), ? from agenda_item i where case_id = ?`,
		uuid.New(), member.PersonID, member.PersonID, b.ID)
	if got := rows(t, s.d, `select distinct item_id::text from left_item`); len(got) != 2 {
		t.Errorf("they left %d items, not both", len(got))
	}
	err := s.d.Read(t.Context(), member, func(tx db.Tx) error {
		if _, err := tracker.CaseFor(tx, a.Reference()); !fault.Is(err, fault.NotFound) {
			t.Error("the case that stayed is still seen:", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A meeting's value that nobody chose at the merge must not come back with the next import.
func TestAMergeKeepsTheMeetingsValueOfTheChosenSide(t *testing.T) {
	t.Parallel()
	for chosen, want := range map[bool]string{true: "gone", false: "kept"} {
		s := newPairScene(t)
		kept, gone := s.adds("R1", tracker.Case{Forename: "Rosa", Surname: "Walker", DateOfBirth: clock.MustDate("2009-03-04"), RAG: "Red"}),
			s.adds("R2", tracker.Case{Forename: "Rosa", Surname: "Walker", DateOfBirth: clock.MustDate("2009-03-04"), RAG: "Green"})
		s.thing("kept", kept.ID)
		s.thing("kept", gone.ID)
		asked := tracker.Merge{KeptID: kept.ID, GoneID: gone.ID}
		if chosen {
			asked.FromGone = []tracker.Field{tracker.RAG}
		}
		if _, err := tracker.MergeCases(t.Context(), s.d, s.clerk, asked); err != nil {
			t.Fatal(err)
		}
		stands := rows(t, s.d, `select case k.value when '"Green"' then 'gone' else 'kept' end || (to_jsonb(c.rag) = k.value)::text from kept_value k join cases c on c.id = k.case_id and c.merged_into is null where k.released_at is null`)
		if !slices.Equal(stands, []string{want + "true"}) {
			t.Errorf("with the other’s value chosen %v the meeting’s value that stands is %q", chosen, stands)
		}
	}
}
