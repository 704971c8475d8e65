package escalations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// silent lets the days pass as mornings does, and nobody acknowledges anything.
func (w *world) silent(last string) {
	w.t.Helper()
	for day := clock.DateOf(w.clock.Now()).AddDays(1); !day.After(clock.MustDate(last)); day = day.AddDays(1) {
		w.clock.Set(day.At(6, 0))
		for range 2 {
			if err := w.EvaluateAll(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// steps are the kinds of a story on their days.
func (w *world) steps(b escalations.Blocker, kinds ...escalations.StepKind) []string {
	return scan[[]string](w, `select happened_on || ' ' || kind from blocker_step where blocker_id = ? and kind in ? order by number`, b.ID, kinds)
}

// A level that never says it has the blocker is where blocked cases are lost: it is reminded on the right working
// days, once each, and no more once somebody has said so.
func TestWhoeverHoldsABlockerIsRemindedUntilTheyAcknowledgeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise()
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.DisputeLevel, "x", b.Version); err != nil { // Thursday 26 November
		t.Fatal(err)
	}
	if by := w.now(b).AcknowledgeBy.String(); by != "2026-12-01" {
		t.Fatalf("to be acknowledged by %s", by)
	}
	if err := w.Acknowledge(t.Context(), w.member, b.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the forum it left acknowledges: %v", err)
	}
	if err := w.Acknowledge(t.Context(), w.boardMember, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a board member acknowledges: %v", err)
	}
	w.silent("2026-12-08") // due on Tuesday; reminded on Wednesday, and again three working days later
	if diff := cmp.Diff([]string{"2026-12-02 chased", "2026-12-07 chased"}, w.steps(b, escalations.StepChased)); diff != "" {
		t.Error(diff)
	}
	notice := notify.Notice{Kind: escalations.NoticeUnacknowledged, IDs: notify.IDs{"blocker": b.ID}, To: w.marpChair.PersonID}
	notifytest.Golden(t, w.post, notice, "blocker_unacknowledged")
	if err := w.Acknowledge(t.Context(), w.marpChair, b.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Acknowledge(t.Context(), w.marpChair, b.ID); err != nil { // a second press
		t.Error(err)
	}
	notifytest.NotSent(t, w.post, notice)
	w.silent("2026-12-23")
	if got := w.steps(b, escalations.StepChased); len(got) != 2 {
		t.Errorf("reminded though acknowledged: %q", got)
	}
	if n := scan[int](w, `select count(*) from blocker_step where kind = 'acknowledged' and blocker_id = ?`, b.ID); n != 1 {
		t.Errorf("acknowledged %d times", n)
	}
	page, err := w.ShowBlocker(t.Context(), w.chair, b.ID)
	if err != nil || page.AcknowledgedName != "MARP chair" {
		t.Errorf("acknowledged by %q: %v", page.AcknowledgedName, err)
	}
	w.silent("2026-12-24")
	why := scan[string](w, `select words from blocker_step where blocker_id = ? and kind = 'risen'`, b.ID)
	if !strings.Contains(why, "It was acknowledged there on 8 December 2026, and is still stuck.") {
		t.Errorf("why it rose: %q", why)
	}
}

// A board's chair reads the blocker as the board does, and acknowledges there.
func TestABoardsChairAcknowledgesTheEscalation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, asked := w.raiseToBoard()
	for name, c := range map[string]struct {
		actor access.Actor
		want  fault.Kind
	}{"its member": {w.boardMember, fault.Denied}, "its clerk": {w.boardClerk, fault.Denied}, "the forum's chair": {w.chair, fault.NotFound}} {
		if err := w.AcknowledgeEscalation(t.Context(), c.actor, asked); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := w.ShowEscalation(t.Context(), w.boardChair, asked)
	if err != nil || !page.MayAcknowledge {
		t.Fatalf("the chair is not offered it: %v", err)
	}
	if err := w.AcknowledgeEscalation(t.Context(), w.boardChair, asked); err != nil {
		t.Fatal(err)
	}
	if page, err = w.ShowEscalation(t.Context(), w.boardMember, asked); err != nil || page.AcknowledgedOn.IsZero() {
		t.Errorf("a member is not told: %v", err)
	}
	if w.now(b).AcknowledgedAt == nil {
		t.Error("it is not acknowledged")
	}
}

// Where there is nobody above, what is stuck must not be forgotten: it is raised again each time its days are up.
func TestAtTheHighestLevelABlockerIsRaisedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update forum set escalates_to = null where slug = ?`, w.marp.Slug).Error
	})
	b := w.raise()
	w.arrived()
	w.mornings("2027-02-19")
	want := []string{"2026-11-26 raised MAPaC", "2026-12-24 risen MARP", "2027-01-21 raised_again MARP", "2027-02-18 raised_again MARP"}
	if diff := cmp.Diff(want, w.story(b)); diff != "" {
		t.Error(diff)
	}
	still := slices.DeleteFunc(w.arrived(), func(m string) bool { return !strings.Contains(m, "still stuck") })
	if len(still) != 8 { // chair, clerk, owner and MARP's chair, twice
		t.Errorf("told %q", still)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeStill, IDs: notify.IDs{"blocker": b.ID}, To: w.marpChair.PersonID}, "blocker_still")
}

// A blocker that is put off must come back by itself, no later, and with the clock it had.
func TestASnoozeNeedsAReasonAndEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise() // time up on 24 December
	for name, c := range map[string]escalations.Snooze{
		"no reason":      {Until: clock.MustDate("2027-01-09"), Version: b.Version},
		"today":          {Until: clock.MustDate("2026-11-26"), Reason: "x", Version: b.Version},
		"no day":         {Reason: "x", Version: b.Version},
		"a year and day": {Until: clock.MustDate("2027-11-27"), Reason: "x", Version: b.Version},
	} {
		if err := w.SnoozeBlocker(t.Context(), w.chair, b.ID, c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	snooze := escalations.Snooze{Until: clock.MustDate("2027-01-09"), Reason: "The provider answers then", Version: b.Version} // a Saturday
	if err := w.SnoozeBlocker(t.Context(), w.member, b.ID, snooze); !fault.Is(err, fault.Denied) {
		t.Errorf("a member puts it off: %v", err)
	}
	if err := w.SnoozeBlocker(t.Context(), w.chair, b.ID, snooze); err != nil {
		t.Fatal(err)
	}
	w.silent("2027-01-12")
	if diff := cmp.Diff([]string{"2026-11-26 snoozed", "2027-01-11 woken", "2027-01-11 risen"}, w.steps(b, escalations.StepSnoozed, escalations.StepWoken, escalations.StepRisen, escalations.StepChased)); diff != "" {
		t.Error(diff)
	}
	if acted := scan[int](w, `select count(*) from audit_entry where action in ('blocker.snoozed', 'blocker.woken')`); acted != 2 {
		t.Errorf("%d audit rows", acted)
	}
}

// Putting a case off past its birthday is how the cliff edge is reached: it has to be said.
func TestASnoozePastABirthdayOrTheDayNeededMustBeWeighed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, w.item = w.table(w.mapac, w.young("2009-01-20")) // 18 on 20 January 2027
	b := w.raise()
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update blocker set needed_by = '2027-01-04' where id = ?`, b.ID).Error
	})
	snooze := escalations.Snooze{Until: clock.MustDate("2027-02-01"), Reason: "x", Version: w.now(b).Version}
	err := w.SnoozeBlocker(t.Context(), w.chair, b.ID, snooze)
	if problem := fault.As(err); problem == nil || len(problem.Fields) != 1 || problem.Fields[0].Name != "all_the_same" ||
		!strings.Contains(problem.Fields[0].Sentence, "4 January 2027") || !strings.Contains(problem.Fields[0].Sentence, "20 January 2027") {
		t.Fatalf("it says %v", err)
	}
	snooze.AllTheSame = true
	if err := w.SnoozeBlocker(t.Context(), w.chair, b.ID, snooze); err != nil {
		t.Fatal(err)
	}
	step := scan[struct{ Words, BoardWords string }](w, `select words, board_words from blocker_step where kind = 'snoozed'`)
	if !strings.Contains(step.Words, "20 January 2027, which was weighed") || strings.Contains(step.BoardWords, "20 January") {
		t.Errorf("the story says %+v", step)
	}
	if err := w.WakeBlocker(t.Context(), w.chair, b.ID, w.now(b).Version); err != nil {
		t.Fatal(err)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeWoken, IDs: notify.IDs{"blocker": b.ID}, To: w.owner.PersonID}, "blocker_woken")
	_, asked := w.now(b), scan[int](w, `select count(*) from escalation`)
	if asked != 0 {
		t.Error("the board was asked")
	}
}

// ladder is the shipped one with a named head and a level an administrator made up.
func (w *world) ladder() escalations.LadderSetting {
	heads := w.owner.PersonID
	return escalations.LadderSetting{
		ForumDays: 28, ForumAnswer: 3, BoardDays: 28, BoardAnswer: 5, Rules: escalations.Rules{Deferrals: 2, BirthdayDays: 56, Disagreements: 1},
		Between: []escalations.LevelSetting{
			{Key: escalations.DisputeLevel, ForumID: &w.marp.ID, Days: 28, Answer: 3},
			{Key: escalations.HeadsLevel, Name: "Heads of service", PersonID: &heads, Days: 28, Answer: 3},
		},
	}
}

func (w *world) levels() []string {
	w.t.Helper()
	page, err := w.ShowLadder(w.t.Context(), w.admin, w.mapac.Slug)
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, level := range page.Ladder {
		names = append(names, level.Name)
	}
	return names
}

// Every partnership climbs its own way; a level it made up must hold a blocker like one that ships.
func TestALadderHasLevelsOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.ladder()
	director := w.person("Director")
	set.Between = append(set.Between, escalations.LevelSetting{Name: "Directors", PersonID: &director, Days: 7, Answer: 1})
	set.Between[0], set.Between[1] = set.Between[1], set.Between[0]
	if err := w.SetLadder(t.Context(), w.chair, w.mapac.Slug, set); !fault.Is(err, fault.Denied) {
		t.Errorf("a chair sets it: %v", err)
	}
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, set); err != nil {
		t.Fatal(err)
	}
	want := []string{"MAPaC", "Heads of service", "MARP", "Directors", "Strategic transitions board"}
	if diff := cmp.Diff(want, w.levels()); diff != "" {
		t.Fatal(diff)
	}
	b := w.raise()
	w.silent("2027-03-01")
	if diff := cmp.Diff([]string{"2026-12-24 risen", "2027-01-21 risen", "2027-02-18 risen", "2027-02-25 risen"}, w.steps(b, escalations.StepRisen)); diff != "" {
		t.Error(diff)
	}
	bad := set
	bad.Between = slices.Clone(set.Between)
	bad.Between[0] = escalations.LevelSetting{ForumID: &w.board.ID, Days: 0, Answer: 99}
	err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, bad)
	if problem := fault.As(err); problem == nil || len(problem.Fields) != 3 || problem.Fields[0].Name != "level_1_days" {
		t.Errorf("a board in the middle for no days: %v", err)
	}
	bad.Between[0] = escalations.LevelSetting{Key: "gone", Name: "x", Days: 1, Answer: 1}
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, bad); !fault.Is(err, fault.Stale) {
		t.Errorf("a level somebody else took away: %v", err)
	}
}

// The person a level names must be able to open what they are told of, and to say that they have it.
func TestTheNamedHeadReadsAndAcknowledges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	head := access.Actor{PersonID: w.person("Head")}
	set := w.ladder()
	set.Between[1].PersonID = &head.PersonID
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, set); err != nil {
		t.Fatal(err)
	}
	b := w.raise()
	if _, err := w.ShowBlocker(t.Context(), head, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("they read it before it is theirs: %v", err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.HeadsLevel, "x", b.Version); err != nil {
		t.Fatal(err)
	}
	page, err := w.ShowBlocker(t.Context(), head, b.ID)
	if err != nil || !page.MayAcknowledge || page.MayChange {
		t.Fatalf("they see %+v: %v", page.MayAcknowledge, err)
	}
	if err := w.Acknowledge(t.Context(), head, b.ID); err != nil {
		t.Error(err)
	}
}

// What an administrator is told before saving is what happens after.
func TestAPreviewSaysWhatSavingDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, w.ladder()); err != nil {
		t.Fatal(err)
	}
	first := w.raise()
	w.clock.Set(clock.MustDate("2026-12-07").At(9, 0))
	_, w.item = w.table(w.mapac, w.young("2011-01-01"))
	young := w.raise()
	_, w.item = w.table(w.mapac, w.young("2011-02-01"))
	atHeads := w.raise()
	if err := w.MoveBlocker(t.Context(), w.chair, atHeads.ID, escalations.HeadsLevel, "x", atHeads.Version); err != nil {
		t.Fatal(err)
	}
	set := w.ladder()
	set.ForumDays, set.Between = 10, set.Between[:1]
	preview, err := w.PreviewLadder(t.Context(), w.admin, w.mapac.Slug, set)
	want := escalations.LadderPreview{On: clock.MustDate("2026-12-07"), Open: 3, Rise: 1, Follow: 1, OffRung: 1}
	if err != nil || preview != want {
		t.Fatalf("the preview says %+v: %v", preview, err)
	}
	if got := scan[int](w, `select count(*) from ladder_level where forum_id = ? and key = 'heads'`, w.mapac.ID); got != 1 {
		t.Error("a preview changed the ladder")
	}
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, set); err != nil {
		t.Fatal(err)
	}
	if jobs := dbtest.Jobs(t, w.DB, escalations.LadderChanged{}.Kind()); len(jobs) != 2 {
		t.Errorf("%d events", len(jobs))
	}
	for range 2 {
		if err := w.FollowLadder(t.Context(), escalations.LadderChanged{Forum: w.mapac.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if w.now(first).Level != escalations.DisputeLevel || w.now(young).Level != escalations.ForumLevel || w.now(young).LevelDays != 10 || w.now(atHeads).Level == escalations.HeadsLevel {
		t.Errorf("they stand at %s, %s (%d days), %s", w.now(first).Level, w.now(young).Level, w.now(young).LevelDays, w.now(atHeads).Level)
	}
	if w.now(young).LevelSince != young.LevelSince {
		t.Error("the clock started anew")
	}
}

// One forum's rule must not raise another's blockers.
func TestRulesAreAForumsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.ladder()
	set.Rules = escalations.Rules{Deferrals: 3}
	if err := w.SetLadder(t.Context(), w.admin, w.mapac.Slug, set); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.decide(w.mapac, w.kase, "deferred")
		w.decide(w.marp, w.kase, "deferred")
		w.clock.Advance(time.Minute)
	}
	if err := w.EvaluateCase(t.Context(), w.kase); err != nil {
		t.Fatal(err)
	}
	if at := scan[[]string](w, `select f.name from blocker b join forum f on f.id = b.forum_id`); !slices.Equal(at, []string{"MARP"}) {
		t.Errorf("raised at %q", at)
	}
	page, err := w.ShowLadder(t.Context(), w.admin, w.mapac.Slug)
	if err != nil || page.Rules != set.Rules {
		t.Errorf("the page says %+v: %v", page.Rules, err)
	}
}

// A birthday put right by an import, or a plan taken back, must not wait for the morning.
func TestAChangedCaseIsLookedAtAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	many := w.theme(w.kase, w.young("2011-01-01"))
	look := func(changed tracker.CasesChanged) {
		t.Helper()
		for range 2 {
			if err := w.CasesChanged(t.Context(), changed); err != nil {
				t.Fatal(err)
			}
		}
	}
	imported := uuid.New()
	look(tracker.CasesChanged{Import: &imported})
	if got := w.steps(many, escalations.StepRisen); len(got) != 0 {
		t.Fatalf("it rose for nothing: %q", got)
	}
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set date_of_birth = '2008-12-20' where id = ?`, w.kase).Error
	})
	look(tracker.CasesChanged{Import: &imported})
	why := scan[[]string](w, `select words from blocker_step where kind = 'risen'`)
	if len(why) != 1 || !strings.Contains(why[0], "Case "+w.number(w.kase)+". The 18th birthday, 20 December 2026") {
		t.Errorf("it rose because %q", why)
	}
	for _, words := range scan[[]string](w, `select board_words from blocker_step`) {
		if strings.Contains(words, "December") || strings.Contains(words, w.number(w.kase)) {
			t.Errorf("the board reads %q", words)
		}
	}
}

// What climbs to another forum stands on its next agenda with why, until the forum no longer holds it.
func TestWhatClimbsToAForumIsDueThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise()
	w.mornings("2026-12-24")
	due := func() []string {
		return scan[[]string](w, `select text from due where kind = 'blocker' and forum_id = ? and done_at is null`, w.marp.ID)
	}
	if got := due(); len(got) != 1 || !strings.Contains(got[0], "came to this forum from MAPaC. Unresolved for 28 days at MAPaC: there since 26 November 2026") {
		t.Fatalf("due at MARP: %q", got)
	}
	if err := w.ResolveBlocker(t.Context(), w.chair, b.ID, "Found", w.now(b).Version); err != nil {
		t.Fatal(err)
	}
	if got := due(); len(got) != 0 {
		t.Errorf("still due: %q", got)
	}
}
