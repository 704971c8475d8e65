package measures_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/escalations/measures"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

func row(t *testing.T, r measures.Reading, key string) measures.Row {
	t.Helper()
	i := slices.IndexFunc(r.Rows, func(row measures.Row) bool { return row.Key == key })
	if i < 0 {
		t.Fatalf("%s has no row %s", r.Key, key)
	}
	return r.Rows[i]
}

// A day out is somebody counted as in time who was not, or as failed who was dead.
func TestTurning18IsCountedByTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // Thursday 26 November 2026
	w.supply("care_act_assessed_on", "consent_refused", "died_on", "moved_away_on")
	w.young("2008-11-26", "care_act_assessed_on = '2026-11-26'")                         // on the birthday, today
	w.young("2008-11-27", "care_act_assessed_on = '2026-11-01'")                         // 18 tomorrow
	w.young("2008-10-02", "care_act_assessed_on = '2026-10-03'")                         // a day late
	w.young("2008-10-02", "consent_refused = true")                                      // neither assessed nor late
	w.young("2008-10-02", "consent_refused = true, care_act_assessed_on = '2026-01-01'") // assessed all the same
	w.young("2008-10-02", "died_on = '2026-10-02'")
	w.young("2008-10-02", "moved_away_on = '2026-01-01'")
	w.young("2008-10-02", "moved_away_on = '2026-10-03'") // a day after the birthday: still counted
	kept := w.young("2008-10-02", "care_act_assessed_on = '2026-10-02'")
	w.young("2008-10-02", fmt.Sprintf("merged_into = '%s'", kept))
	w.young("2008-02-29", "care_act_assessed_on = '2026-03-01'") // 18 on 1 March
	w.young("2008-02-29", "care_act_assessed_on = '2026-03-02'")
	r := w.reads(w.clerk, "")[measures.AssessedBy18]
	if got := row(t, r, "2026-10"); !slices.Equal(got.Counts, []int{3, 2}) {
		t.Errorf("this quarter: %v", got.Counts)
	}
	if got := row(t, r, "2026-01"); !slices.Equal(got.Counts, []int{1, 1}) {
		t.Errorf("born on 29 February: %v", got.Counts)
	}
	if r.Asides[0].N != 1 || r.Total.N() != 7 || r.Finding != "57% were assessed by their 18th birthday" {
		t.Errorf("beside %+v, total %v, %q", r.Asides, r.Total.Counts, r.Finding)
	}
}

// A tracker without a column is no partnership in which nothing was done.
func TestWithoutAColumnNothingIsJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.young("2008-10-02", "")
	for key, said := range map[measures.Key]string{
		measures.AssessedBy18: "Cannot be judged: no column for Care Act assessment.",
		measures.WaitingByAge: "Cannot be judged: no column for referral date and Care Act assessment.",
		measures.CostBands:    "Cannot be judged: no column for weekly cost.",
	} {
		r := w.reads(w.clerk, "")[key]
		if r.Judged() || r.CannotBeJudged() != said || r.Chart() != "" || r.Finding != "" {
			t.Errorf("%s: %q, %q", key, r.CannotBeJudged(), r.Finding)
		}
	}
	w.supply("weekly_cost_pence")
	w.young("2008-10-02", "weekly_cost_pence = 120450")
	total := w.reads(w.clerk, "")[measures.TotalCost]
	if transport := row(t, total, "transport"); transport.Missing == "" || !strings.Contains(total.Finding, "without transport") {
		t.Errorf("transport: %+v, %q", transport, total.Finding)
	}
}

// The figures and the lists behind them come from one query: a list is as long as its figure says, for whoever
// may open it, and is nowhere for a board.
func TestEveryFigureOpensItsList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill(400)
	opened := 0
	for _, reader := range []access.Actor{w.clerk, w.member} {
		for key, r := range w.reads(reader, "") {
			d, _ := measures.Find(string(key))
			for _, cells := range r.Table().Rows {
				for _, cell := range cells {
					if cell.Row == "" || cell.N == 0 {
						continue
					}
					list, err := w.lists(reader, "", d, cell.Row, cell.Part)
					if err != nil || len(list.Lines) != int(cell.N) {
						t.Errorf("%s %s part %d: %d listed of %d, %v", key, cell.Row, cell.Part, len(list.Lines), cell.N, err)
					}
					opened++
				}
			}
		}
	}
	if opened < 60 {
		t.Errorf("only %d lists were opened", opened)
	}
	for _, d := range measures.All {
		if _, err := w.lists(w.chair, "board", d, "", -1); !fault.Is(err, fault.NotFound) {
			t.Errorf("a board opens the list of %s: %v", d.Key, err)
		}
	}
	if _, err := w.lists(w.member, "panel", measures.All[0], "", -1); !fault.Is(err, fault.NotFound) {
		t.Errorf("a member opens another forum’s list: %v", err)
	}
}

// A count of one is a neighbour's child. No figure of people under five reaches a board.
func TestABoardReadsNoSmallCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill(90)
	held := 0
	for key, r := range w.reads(w.chair, "board") {
		if !r.People || r.Lists {
			if r.Lists {
				t.Errorf("%s offers a board its lists", key)
			}
			continue
		}
		table := r.Table()
		for _, cells := range append(table.Rows, table.Totals...) {
			for _, cell := range cells {
				if cell.Kind == measures.Number && cell.N > 0 && cell.N < 5 {
					t.Errorf("%s tells a board %q of %q", key, cell.Text, cells[0].Text)
				}
				if cell.Text == "Held back" {
					held++
				}
			}
		}
		for _, aside := range r.Asides {
			if aside.N > 0 && aside.N < 5 && aside.Words() != "Held back" {
				t.Errorf("%s tells a board %s: %s", key, aside.Name, aside.Words())
			}
		}
		if drawn := r.Chart(); strings.Contains(drawn, "style=") || strings.Contains(drawn, "Canarywren") {
			t.Errorf("the chart of %s holds what it must not", key)
		}
	}
	if held == 0 {
		t.Error("nothing was held back: there was nothing to see")
	}
}

// What counts for a board must not be able to name anybody.
func TestNoQuerySelectsWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill(60)
	heard := &dbtest.Statements{}
	listening := dbtest.Open(t, db.Config{URL: w.url, Clock: w.clock.Now, MaxConns: 2, Tracer: heard})
	statements := heard.During(func() {
		err := listening.Read(t.Context(), w.chair, func(tx db.Tx) error {
			_, err := measures.Read(tx, tx.Today(), []uuid.UUID{w.north.ID, w.panel.ID}, kinds)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	counted := 0
	for _, statement := range statements {
		if !strings.Contains(statement.SQL, "grouping sets") {
			continue
		}
		counted++
		if naming.MatchString(statement.SQL) {
			t.Errorf("it names somebody:\n%s", statement.SQL)
		}
	}
	if counted != len(measures.All) {
		t.Errorf("%d queries for %d measures", counted, len(measures.All))
	}
}

var naming = regexp.MustCompile(`forename|surname|person_reference|nhs_number|\balias\b|c\.number`)

// A page that asks more as the tracker grows stands still for the county that needs it.
func TestAHundredThousandPeopleAskAsMuchAsAHundred(t *testing.T) {
	t.Parallel()
	asked := func(people int) (statements int, took time.Duration) {
		w := newWorld(t)
		w.fill(people)
		w.owner("analyze cases")
		heard := &dbtest.Statements{}
		listening := dbtest.Open(t, db.Config{URL: w.url, Clock: w.clock.Now, MaxConns: 2, Tracer: heard})
		for range 2 { // the second time, when nothing is cold
			statements = len(heard.During(func() {
				began := time.Now()
				err := listening.Read(t.Context(), w.clerk, func(tx db.Tx) error {
					scopes, err := measures.Scopes(tx)
					if err != nil {
						return err
					}
					_, err = measures.ReadAll(tx, scopes[0], tx.Today(), kinds)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				took = time.Since(began)
			}))
		}
		return statements, took
	}
	few, _ := asked(100)
	many, took := asked(100_000)
	t.Logf("all measures of 100,000 people: %d statements, %d ms", many, took.Milliseconds())
	if few != many {
		t.Errorf("%d statements for 100,000 people, %d for 100", many, few)
	}
}

// A trend read twice would say that nothing ever changes.
func TestAMonthIsKeptOnceAndCompared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.supply("referred_on", "care_act_assessed_on", "consent_refused", "died_on", "moved_away_on")
	for range 12 {
		w.young("2010-03-04", "referred_on = '2026-05-01'")
	}
	keep := func() {
		t.Helper()
		if err := measures.KeepMonth(t.Context(), w.db, kinds); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	w.clock.Set(clock.MustDate("2026-12-10").At(9, 0))
	for range 6 {
		w.young("2010-03-04", "referred_on = '2026-12-01'")
	}
	if got := w.reads(w.chair, "board")[measures.WaitingByAge].Change; got != "6 more than on 26 November 2026" {
		t.Errorf("the change is %q", got)
	}
	keep()
	keep()
	var months int
	if err := w.db.Read(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Raw(`select count(*) from measure_snapshot where measure = 'waiting-by-age'`).Scan(&months).Error
	}); err != nil || months != 2 {
		t.Errorf("%d months are kept, %v", months, err)
	}
}
