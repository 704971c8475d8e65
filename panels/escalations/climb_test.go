package escalations_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// mornings lets the days pass from the clock's day to last, evaluating at six each morning but on the
// days slept, twice over, and with a restart every Wednesday.
func (w *world) mornings(last string, slept ...string) {
	w.t.Helper()
	for day := clock.DateOf(w.clock.Now()).AddDays(1); !day.After(clock.MustDate(last)); day = day.AddDays(1) {
		w.clock.Set(day.At(6, 0))
		if slices.Contains(slept, day.String()) {
			continue
		}
		if day.Weekday() == 3 {
			w.open()
		}
		for range 2 {
			if err := w.EvaluateAll(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			w.deliver()
		}
		w.acknowledgeAll()
	}
}

// acknowledgeAll has whoever holds a blocker say that they have it, so that only the ladder speaks.
func (w *world) acknowledgeAll() {
	w.t.Helper()
	for _, b := range scan[[]escalations.Blocker](w, `select * from blocker where state = 'open' and acknowledged_at is null`) {
		var err error
		switch b.Level {
		case escalations.ForumLevel:
			err = w.Acknowledge(w.t.Context(), w.clerk, b.ID)
		case escalations.DisputeLevel:
			err = w.Acknowledge(w.t.Context(), w.marpChair, b.ID)
		case escalations.BoardLevel:
			for _, asked := range scan[[]uuid.UUID](w, `select id from escalation where blocker_id = ? and state = 'waiting'`, b.ID) {
				err = w.AcknowledgeEscalation(w.t.Context(), w.boardChair, asked)
			}
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) story(b escalations.Blocker) []string {
	return scan[[]string](w, `select happened_on || ' ' || kind || ' ' || to_level from blocker_step where blocker_id = ? and kind <> 'acknowledged' order by number`, b.ID)
}

// The ladder's promise: on the right working day, once, whatever happens to the server, and nobody is
// told anything else.
func TestABlockerClimbsToTheBoardOnTheRightDaysOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		raised string
		slept  []string
		last   string
		story  []string
	}{
		{"over Christmas and new year", "2026-11-26", nil, "2027-02-18", []string{
			"2026-11-26 raised MAPaC",
			"2026-12-24 risen MARP",
			"2027-01-21 risen Strategic transitions board",
		}},
		{"time up on Christmas Day", "2026-11-27", nil, "2027-01-27", []string{
			"2026-11-27 raised MAPaC",
			"2026-12-29 risen MARP", // Friday is Christmas, Monday Boxing Day's substitute
			"2027-01-26 risen Strategic transitions board",
		}},
		{"nobody looked for two days", "2026-11-27", []string{"2026-12-29", "2026-12-30"}, "2027-01-28", []string{
			"2026-11-27 raised MAPaC",
			"2026-12-31 risen MARP",
			"2027-01-28 risen Strategic transitions board",
		}},
		{"across the spring change of clocks", "2027-02-26", nil, "2027-04-27", []string{
			"2027-02-26 raised MAPaC",
			"2027-03-30 risen MARP", // 26 March 2027 is Good Friday, 29 Easter Monday
			"2027-04-27 risen Strategic transitions board",
		}},
		{"across the autumn change of clocks", "2027-10-15", nil, "2027-12-10", []string{
			"2027-10-15 raised MAPaC",
			"2027-11-12 risen MARP",
			"2027-12-10 risen Strategic transitions board",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.clock.Set(clock.MustDate(c.raised).At(15, 0))
			b := w.raise()
			w.mornings(c.last, c.slept...)
			if diff := cmp.Diff(c.story, w.story(b)); diff != "" {
				t.Errorf("the story differs (-want +got):\n%s", diff)
			}
			// One to the owner, four at the dispute level, four at the board: TestEachRiseTells… says to whom.
			if got := w.arrived(); len(got) != 1+4*(len(c.story)-1) {
				t.Errorf("%d messages arrived: %q", len(got), got)
			}
		})
	}
}

// Everybody who must know is told once, and nobody else hears a thing.
func TestEachRiseTellsThoseWhoMustKnowOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.raise()
	if diff := cmp.Diff([]string{"owner: You own a blocker: B1, MAPaC."}, w.arrived()); diff != "" {
		t.Errorf("raised (-want +got):\n%s", diff)
	}
	w.mornings("2026-12-23")
	if got := w.arrived(); len(got) != 0 {
		t.Errorf("before its time: %q", got)
	}
	w.mornings("2027-01-20")
	got := w.arrived()
	slices.Sort(got)
	moved := func(level string, people ...string) (want []string) {
		for _, person := range people {
			want = append(want, fmt.Sprintf("%s: Blocker B1 is now with %s.", person, level))
		}
		return want
	}
	if diff := cmp.Diff(moved("MARP", "mapac.chair", "mapac.clerk", "marp.chair", "owner"), got); diff != "" {
		t.Errorf("at the dispute level (-want +got):\n%s", diff)
	}
	w.mornings("2027-02-19")
	got = w.arrived()
	slices.Sort(got)
	want := append([]string{"board.chair: Escalated to Strategic transitions board: an answer is due by 18 February 2027."},
		moved("Strategic transitions board", "mapac.chair", "mapac.clerk", "owner")...)
	// The answer is not given by 18 February; on the 19th the board is reminded.
	want = append(want, "board.chair: An answer is overdue: Strategic transitions board, blocker B1.",
		"board.clerk: An answer is overdue: Strategic transitions board, blocker B1.")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("at the board (-want +got):\n%s", diff)
	}
	w.mornings("2027-03-12")
	if got := w.arrived(); len(got) != 6 { // the 26th, 5 and 12 March; chair and clerk
		t.Errorf("chased weekly: %q", got)
	}
}

// One record that cannot be dealt with must not leave every other young person waiting.
func TestOneBlockerThatFailsDoesNotHoldTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := w.raise()
	_, w.item = w.table(w.mapac, w.young("2011-01-01"))
	good := w.raise()
	owner := func(statement string) {
		t.Helper()
		if err := w.DB.AsOwner(t.Context(), func(owner *sql.DB) error { _, err := owner.ExecContext(t.Context(), statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
	owner(fmt.Sprintf(`create function break() returns trigger language plpgsql as $$ begin if new.id = '%s' then raise exception 'broken'; end if; return new; end $$;
		create trigger break before update on blocker for each row execute function break()`, broken.ID))
	w.clock.Set(clock.MustDate("2026-12-24").At(6, 0))
	if err := w.EvaluateAll(t.Context()); err == nil || !strings.Contains(err.Error(), broken.ID.String()) {
		t.Errorf("the failure is not reported: %v", err)
	}
	if got := w.story(good); len(got) != 2 {
		t.Errorf("the other stayed: %q", got)
	}
	owner(`drop trigger break on blocker`)
	w.mornings("2026-12-29")
	if got := w.story(broken); len(got) != 2 || !strings.HasPrefix(got[1], "2026-12-29 risen") {
		t.Errorf("once mended: %q", got)
	}
}

// Deferred three times and never escalated is how a case goes round for ever.
func TestACaseDeferredTwiceIsRaisedAndRisesByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.decide(w.mapac, w.kase, "deferred")
	if err := w.EvaluateCase(t.Context(), w.kase); err != nil {
		t.Fatal(err)
	}
	if n := scan[int](w, `select count(*) from blocker`); n != 0 {
		t.Fatalf("raised after one deferral")
	}
	w.clock.Set(clock.MustDate("2026-12-10").At(11, 0))
	w.decide(w.mapac, w.kase, "deferred")
	for range 2 {
		if err := w.EvaluateCase(t.Context(), w.kase); err != nil {
			t.Fatal(err)
		}
	}
	w.mornings("2026-12-15")
	rows := scan[[]escalations.Blocker](w, `select * from blocker`)
	if len(rows) != 1 || rows[0].OwnerID != w.chair.PersonID || rows[0].RaisedBy != nil {
		t.Fatalf("raised %+v", rows)
	}
	if diff := cmp.Diff([]string{"2026-12-10 raised MAPaC", "2026-12-10 risen MARP"}, w.story(rows[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	words := scan[string](w, `select words from blocker_step where kind = 'risen'`)
	if words != "Deferred twice: on 26 November 2026 and 10 December 2026." {
		t.Errorf("why it rose: %q", words)
	}

	// Resolved, and deferred a third time: it is not raised again for the same two deferrals.
	if err := w.ResolveBlocker(t.Context(), w.chair, rows[0].ID, "The report came", rows[0].Version); err != nil {
		t.Fatal(err)
	}
	w.mornings("2026-12-18")
	if n := scan[int](w, `select count(*) from blocker`); n != 1 {
		t.Errorf("%d blockers after it was resolved", n)
	}
}

// A rule that acts on what has already moved on cries wolf.
func TestADecisionSinceEndsTheDeferrals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.decide(w.mapac, w.kase, "deferred")
	w.clock.Advance(24 * 3600e9)
	w.decide(w.mapac, w.kase, "agreed")
	w.clock.Advance(24 * 3600e9)
	w.decide(w.mapac, w.kase, "deferred")
	w.mornings("2026-12-04")
	if n := scan[int](w, `select count(*) from blocker`); n != 0 {
		t.Errorf("%d blockers raised", n)
	}
}

// 56 days before eighteen, with no plan, a month at each level is a month too long.
func TestABirthdayNearRaisesItAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set date_of_birth = '2009-01-20' where id = ?`, w.kase).Error
	})
	b := w.raise() // 55 days before
	if by := scan[int](w, `select count(*) from blocker_step where rule <> '' and by_person is not null`); by != 0 {
		t.Error("a rule's step is put down to the person who raised it")
	}
	if diff := cmp.Diff([]string{"2026-11-26 raised MAPaC", "2026-11-26 risen MARP"}, w.story(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.mornings("2026-12-11")
	if got := w.story(b); len(got) != 2 {
		t.Errorf("it rose again for the same birthday: %q", got)
	}
}
