package escalations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/escalations"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// number is a case's number as people type it.
func (w *world) number(kase uuid.UUID) string {
	return fmt.Sprintf("Q%d", scan[int64](w, `select number from cases where id = ?`, kase))
}

// theme raises a blocker of many cases, each of which the forum has had on an agenda.
func (w *world) theme(cases ...uuid.UUID) escalations.Blocker {
	w.t.Helper()
	var numbers []string
	for _, kase := range cases {
		w.table(w.mapac, kase)
		numbers = append(numbers, w.number(kase))
	}
	weekly := int64(1000000)
	b, err := w.RaiseBlocker(w.t.Context(), w.chair, escalations.Raise{
		ForumID: w.mapac.ID, Kind: escalations.Housing, Theme: "Housing, north", Needed: "A scheme", Cases: strings.Join(numbers, ", "),
		OwnerID: w.member.PersonID, WeeklyPence: &weekly,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) now(b escalations.Blocker) escalations.Blocker {
	w.t.Helper()
	return scan[escalations.Blocker](w, `select * from blocker where id = ?`, b.ID)
}

// The clerk who lists three young people must not have to count them, and none may be listed by mistake.
func TestAThemeNamesItsCasesAndCountsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.theme(w.kase, w.young("2011-01-01"), w.young("2011-02-01"))
	if b.YoungPeople != 3 || b.CaseID != nil {
		t.Errorf("it affects %d, of one case: %t", b.YoungPeople, b.CaseID != nil)
	}
	page, err := w.ShowBlocker(t.Context(), w.clerk, b.ID)
	if err != nil || len(page.Cases) != 3 || page.NamedCases != 3 {
		t.Errorf("the clerk sees %d of %d cases: %v", len(page.Cases), page.NamedCases, err)
	}
	page, err = w.ShowBlocker(t.Context(), w.owner, w.raiseOf(w.young("2011-03-01"), w.owner.PersonID).ID)
	if err != nil || len(page.Cases) != 0 || page.NamedCases != 1 {
		t.Errorf("an owner without a seat sees %d of %d cases: %v", len(page.Cases), page.NamedCases, err)
	}
	for _, c := range []struct {
		cases  string
		people int
		field  string
	}{
		{w.number(w.young("2010-01-01")), 1, "cases"}, // on no agenda of the forum
		{"someone", 1, "cases"},
		{w.number(w.kase) + " " + w.number(w.kase), 0, ""},
		{w.number(w.kase), 100001, "young_people"},
	} {
		_, err := w.RaiseBlocker(t.Context(), w.chair, escalations.Raise{
			ForumID: w.mapac.ID, Kind: escalations.Provider, Theme: "Nights", Needed: "A provider", OwnerID: w.owner.PersonID, Cases: c.cases, YoungPeople: c.people,
		})
		problem := fault.As(err)
		if c.field == "" && err != nil || c.field != "" && (problem == nil || len(problem.Fields) != 1 || problem.Fields[0].Name != c.field) {
			t.Errorf("%q of %d: %v", c.cases, c.people, err)
		}
	}
}

// raiseOf raises a blocker about one case that the forum has had on an agenda.
func (w *world) raiseOf(kase, owner uuid.UUID) escalations.Blocker {
	w.t.Helper()
	w.table(w.mapac, kase)
	b, err := w.RaiseBlocker(w.t.Context(), w.clerk, escalations.Raise{ForumID: w.mapac.ID, CaseID: &kase, Kind: escalations.Housing, Theme: "Supported housing in the north", Needed: "A flat", OwnerID: owner})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// Two blockers of one cause are counted twice at the board and worked on twice; joined, nobody is lost and nobody
// waits anew.
func TestJoinedBlockersGoOnAsOneWithTheHighestLevelAndTheEarliestClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	higher := w.raise()
	old := w.theme(w.young("2011-01-01"), w.kase) // names the case of the other too
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update blocker set raised_at = raised_at - interval '10 days' where id = ?`, old.ID).Error
	})
	old = w.now(old)
	w.clock.Advance(48 * time.Hour)
	if err := w.MoveBlocker(t.Context(), w.chair, higher.ID, escalations.BoardLevel, "x", higher.Version); err != nil {
		t.Fatal(err)
	}
	higher = w.now(higher)
	w.arrived()

	page, err := w.OfferJoin(t.Context(), w.chair, old.ID, higher.Number)
	if err != nil || page.Stays.ID != higher.ID || page.YoungPeople != 2 || page.Shared != 1 || *page.WeeklyPence != 1000000 {
		t.Fatalf("what comes of it: %+v, %v", page, err)
	}
	join := escalations.Join{OneID: old.ID, OtherID: higher.ID, OneVersion: old.Version, OtherVersion: higher.Version, YoungPeople: 2, WeeklyPence: page.WeeklyPence, Reason: "One scheme would free both"}
	wrong := join
	wrong.YoungPeople, wrong.Reason = 1, " "
	if _, err := w.JoinBlockers(t.Context(), w.chair, wrong); !fault.Is(err, fault.Invalid) {
		t.Errorf("too few young people and no reason: %v", err)
	}
	if _, err := w.JoinBlockers(t.Context(), w.member, join); !fault.Is(err, fault.Denied) {
		t.Errorf("a member joins: %v", err)
	}
	stays, err := w.JoinBlockers(t.Context(), w.chair, join)
	if err != nil {
		t.Fatal(err)
	}
	after, ended := w.now(stays), w.now(old)
	if after.ID != higher.ID || after.Level != escalations.BoardLevel || !after.RaisedAt.Equal(old.RaisedAt) || after.YoungPeople != 2 || after.CaseID != nil || *after.WeeklyPence != 1000000 {
		t.Errorf("what goes on is %+v", after)
	}
	if ended.State != escalations.Resolved || ended.JoinedInto == nil || *ended.JoinedInto != after.ID {
		t.Errorf("what ends is %+v", ended)
	}
	if named := scan[int](w, `select count(*) from blocker_concerns where blocker_id = ?`, after.ID); named != 2 {
		t.Errorf("it names %d young people", named)
	}
	board, err := w.ShowBoard(t.Context(), w.boardChair, w.board.Slug)
	if err != nil || len(board.Waiting) != 1 || board.Waiting[0].YoungPeople != 2 || board.Waiting[0].Alias != "" || len(board.Coming) != 0 {
		t.Errorf("the board counts %+v and %+v: %v", board.Waiting, board.Coming, err)
	}
	// The owners of both and the clerk; the chair did it.
	if diff := cmp.Diff([]string{
		"mapac.clerk: Blocker B2 joined B1: MAPaC.", "mapac.member: Blocker B2 joined B1: MAPaC.", "owner: Blocker B2 joined B1: MAPaC.",
	}, slices.Sorted(slices.Values(w.arrived()))); diff != "" {
		t.Error(diff)
	}
	story, err := w.ShowBlocker(t.Context(), w.chair, after.ID)
	if err != nil || len(story.Joined) != 1 || len(story.Story) != 5 || story.Story[0].Of != old.Number {
		t.Errorf("the story has %d lines: %v", len(story.Story), err)
	}
	if _, err := w.JoinBlockers(t.Context(), w.chair, join); !fault.Is(err, fault.Conflict) {
		t.Errorf("joined twice: %v", err)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeJoined, IDs: notify.IDs{"blocker": after.ID, "other": ended.ID}, To: w.clerk.PersonID}, "blocker_joined_officer")
	w.mornings("2027-03-31") // and the one that ended never rises again
	if got := w.story(old); len(got) != 2 {
		t.Errorf("it went on by itself: %q", got)
	}
}

// Where a board was asked about both, one question stays, and it is not given more time than the first had.
func TestABoardAskedAboutBothAnswersByTheEarlierDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, asked := w.raiseToBoard()
	due := scan[string](w, `select answer_due_on::text from escalation where id = ?`, asked)
	w.clock.Advance(7 * 24 * time.Hour)
	second := w.theme(w.young("2011-01-01"))
	if err := w.MoveBlocker(t.Context(), w.chair, second.ID, escalations.BoardLevel, "x", second.Version); err != nil {
		t.Fatal(err)
	}
	stays, err := w.JoinBlockers(t.Context(), w.chair, escalations.Join{
		OneID: second.ID, OtherID: first.ID, OneVersion: 2, OtherVersion: 2, YoungPeople: 2, Reason: "One scheme would free both",
	})
	if err != nil || stays.ID != first.ID {
		t.Fatalf("%s goes on: %v", stays.Reference(), err)
	}
	if got := scan[[]string](w, `select state || ' ' || answer_due_on from escalation order by state`); len(got) != 2 || got[1] != "waiting "+due {
		t.Errorf("the board is asked %q, and it was due by %s", got, due)
	}
}

// One cause raised twice is two clocks; what is alike is offered, and adding to it starts nothing anew.
func TestWhatIsAlikeIsOfferedAndCanBeAddedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise()
	like := func(kind escalations.Kind, theme string) int {
		t.Helper()
		likely, err := w.LikelySame(t.Context(), w.clerk, kind, theme)
		if err != nil {
			t.Fatal(err)
		}
		return len(likely)
	}
	if like(escalations.Housing, "Housing: north of the county") != 1 || like(escalations.Provider, "Housing, north") != 0 || like(escalations.Housing, "Wheelchair access") != 0 {
		t.Error("what is alike is not what has the same kind and words")
	}
	if likely, err := w.LikelySame(t.Context(), w.marpChair, escalations.Housing, "Housing, north"); err != nil || len(likely) != 0 {
		t.Errorf("another forum is offered %v, %v", likely, err)
	}
	other := w.young("2011-01-01")
	w.table(w.mapac, other)
	weekly := int64(50000)
	add := escalations.Raise{ForumID: w.mapac.ID, CaseID: &other, Kind: escalations.Housing, Theme: "Housing", Needed: "A flat", OwnerID: w.owner.PersonID, WeeklyPence: &weekly}
	if _, err := w.AddToBlocker(t.Context(), w.member, b.ID, add); !fault.Is(err, fault.Denied) {
		t.Errorf("a member adds: %v", err)
	}
	grown, err := w.AddToBlocker(t.Context(), w.clerk, b.ID, add)
	if err != nil || grown.YoungPeople != 2 || *grown.WeeklyPence != 290050 || grown.LevelSince != b.LevelSince {
		t.Errorf("it has become %+v: %v", grown, err)
	}
	if _, err := w.AddToBlocker(t.Context(), w.clerk, b.ID, add); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same case twice: %v", err)
	}
	again := add
	if _, err := w.RaiseBlocker(t.Context(), w.clerk, again); !fault.Is(err, fault.Conflict) {
		t.Errorf("raised though it is in another: %v", err)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeGrown, IDs: notify.IDs{"blocker": b.ID}, To: w.owner.PersonID}, "blocker_grown")
}

// What turns out to be two causes must not wait anew, nor forget what was done about it.
func TestASplitKeepsTheLevelTheClockAndTheStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leaves := w.young("2011-01-01")
	whole := w.theme(w.kase, leaves)
	w.clock.Advance(24 * time.Hour)
	if err := w.MoveBlocker(t.Context(), w.chair, whole.ID, escalations.BoardLevel, "x", whole.Version); err != nil {
		t.Fatal(err)
	}
	whole = w.now(whole)
	w.clock.Advance(72 * time.Hour)
	weekly := int64(400000)
	split := escalations.Split{Cases: []uuid.UUID{leaves}, Theme: "Night staff", Needed: "A provider", OwnerID: w.owner.PersonID, WeeklyPence: &weekly, Reason: "It is the staff", Version: whole.Version}
	for _, wrong := range []func(*escalations.Split){
		func(s *escalations.Split) { s.Cases = nil },
		func(s *escalations.Split) { s.Cases = []uuid.UUID{w.kase, leaves} },
		func(s *escalations.Split) { s.Reason = "" },
		func(s *escalations.Split) { *s = split; most := int64(1000001); s.WeeklyPence = &most },
	} {
		bad := split
		wrong(&bad)
		if _, err := w.SplitBlocker(t.Context(), w.chair, whole.ID, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	part, err := w.SplitBlocker(t.Context(), w.chair, whole.ID, split)
	if err != nil {
		t.Fatal(err)
	}
	left := w.now(whole)
	if left.YoungPeople != 1 || *left.WeeklyPence != 600000 || part.YoungPeople != 1 || part.LevelSince != whole.LevelSince || part.Stay != whole.Stay || !part.RaisedAt.Equal(whole.RaisedAt) {
		t.Errorf("left %+v, part %+v", left, part)
	}
	due := scan[[]string](w, `select distinct answer_due_on::text from escalation where state = 'waiting'`)
	if asked := scan[int](w, `select count(*) from escalation where state = 'waiting'`); asked != 2 || len(due) != 1 {
		t.Errorf("the board is asked %d times, by %q", asked, due)
	}
	page, err := w.ShowBlocker(t.Context(), w.chair, part.ID)
	if err != nil || page.SplitFrom == nil || len(page.Story) != 3 || page.CaseID == nil || *page.CaseID != leaves {
		t.Errorf("the part: %+v: %v", page, err)
	}
	if page, err = w.ShowBlocker(t.Context(), w.chair, whole.ID); err != nil || len(page.SplitOff) != 1 {
		t.Errorf("the whole: %v", err)
	}
}

// Whoever left for one young person because of an interest reads nothing of a blocker that names them.
func TestAnInterestInOneCaseClosesABlockerOfMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.theme(w.kase, w.young("2011-01-01"))
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) values (?, ?, ?, ?, 'family', 'x', ?, ?)`,
			uuid.New(), w.meeting, w.item, w.member.PersonID, tx.Now, w.member.PersonID).Error
	})
	if _, err := w.ShowBlocker(t.Context(), w.member, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("they read it: %v", err)
	}
	if _, err := w.ShowBlocker(t.Context(), w.clerk, b.ID); err != nil {
		t.Error(err)
	}
}
