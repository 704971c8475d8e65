package escalations_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// actor is somebody as they stand today: a delegation begins and ends without anybody touching it.
func (w *world) actor(id uuid.UUID) access.Actor {
	w.t.Helper()
	var actor access.Actor
	err := w.DB.Read(w.t.Context(), access.System("test"), func(tx db.Tx) error {
		actors, err := panels.ActorsFor(tx, []uuid.UUID{id}, tx.Today())
		actor = actors[id]
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}

// Who answered in whose name must be on the record, and nobody may go on answering after the time given.
func TestADelegateAnswersForAMemberForATimeAndNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	stand := w.person("Stand In")
	name := func(by access.Actor, from, until string) error {
		asked := escalations.NewDelegate{DelegateID: stand, UntilOn: clock.MustDate(until)}
		if from != "" {
			asked.FromOn = clock.MustDate(from)
		}
		return w.NameDelegate(t.Context(), by, w.board.Slug, asked)
	}
	for problem, err := range map[string]error{
		"until before from": name(w.boardMember, "2026-12-10", "2026-12-09"),
		"more than a while": name(w.boardMember, "", "2027-11-26"),
		"in the past":       name(w.boardMember, "2026-11-25", "2026-12-09"),
	} {
		if fault.As(err) == nil || fault.As(err).Kind != fault.Invalid {
			t.Errorf("%s: %v", problem, err)
		}
	}
	if err := name(w.boardClerk, "", "2026-12-10"); !fault.Is(err, fault.Denied) {
		t.Errorf("the clerk, who answers nothing, names a delegate: %v", err)
	}
	if err := name(w.chair, "", "2026-12-10"); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody of another forum: %v", err)
	}
	if err := name(w.boardMember, "", "2026-12-10"); err != nil {
		t.Fatal(err)
	}
	if err := name(w.boardMember, "2026-12-01", "2026-12-20"); !fault.Is(err, fault.Conflict) {
		t.Errorf("two at once: %v", err)
	}
	notice := notify.Notice{Kind: escalations.NoticeDelegate, IDs: notify.IDs{"delegate": scan[[]uuid.UUID](w, `select id from board_delegate`)[0]}, To: stand}
	notifytest.Golden(t, w.post, notice, "board_delegate")

	delegate := w.actor(stand)
	if board, err := w.ShowBoard(t.Context(), delegate, w.board.Slug); err != nil || !board.MayAnswer || len(board.Waiting) != 1 {
		t.Errorf("a delegate sees %+v, %v", board, err)
	}
	for action, may := range map[access.Action]bool{access.ReadBoard: true, access.AnswerBoard: true, access.KeepBoard: false, access.NameDelegate: false, access.ReadCases: false, access.ReadAgenda: false, access.EnterRoom: false, access.SendDigest: false} {
		if delegate.May(action, w.board.ID) != may {
			t.Errorf("a delegate may %s: %t", action, !may)
		}
	}
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), delegate, id, given); err != nil {
		t.Fatal(err)
	}
	page, err := w.ShowEscalation(t.Context(), w.boardMember, id)
	if err != nil || page.AnsweredBy != "Stand In for Board member" {
		t.Errorf("answered by %q, %v", page.AnsweredBy, err)
	}
	if last := page.Story[len(page.Story)-1]; !strings.HasSuffix(last.BoardWords, "Answered by Stand In for Board member.") {
		t.Errorf("the story says %q", last.BoardWords)
	}
	if by := scan[[]string](w, `select b.name || ' for ' || f.name from board_answer a join person b on b.id = a.answered_by join person f on f.id = a.answered_for`); !slices.Equal(by, []string{"Stand In for Board member"}) {
		t.Errorf("kept as %q", by)
	}

	// It ends after its last day, without anybody doing anything; and it is ended early by whoever gave it.
	w.clock.Set(clock.MustDate("2026-12-11").At(0, 1))
	if w.actor(stand).May(access.AnswerBoard, w.board.ID) {
		t.Error("a delegate may answer after the last day")
	}
	notifytest.NotSent(t, w.post, notice)
	if err := name(w.boardMember, "", "2026-12-31"); err != nil {
		t.Fatal(err)
	}
	row := scan[[]uuid.UUID](w, `select id from board_delegate order by id desc`)[0]
	if err := w.EndDelegate(t.Context(), w.boardChair, w.board.Slug, row); !fault.Is(err, fault.Denied) {
		t.Errorf("another member ends it: %v", err)
	}
	if err := w.EndDelegate(t.Context(), w.boardMember, w.board.Slug, row); err != nil {
		t.Fatal(err)
	}
	if w.actor(stand).May(access.ReadBoard, w.board.ID) {
		t.Error("a delegate whose place was taken back reads the board")
	}

	// It ends with the member's own seat.
	if err := name(w.boardMember, "", "2026-12-31"); err != nil {
		t.Fatal(err)
	}
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update seat_holding set to_date = ? where person_id = ?`, tx.Today().AddDays(-1), w.boardMember.PersonID).Error
	})
	if w.actor(stand).May(access.ReadBoard, w.board.ID) {
		t.Error("a delegate of somebody who left the board reads it")
	}
	if audited := scan[[]string](w, `select action from audit_entry where action like 'board_%' order by id`); !slices.Equal(audited, []string{
		"board_delegate.named", "board_answer.given", "board_delegate.named", "board_delegate.ended", "board_delegate.named"}) {
		t.Errorf("on the trail: %q", audited)
	}
}

// A delegate of two members who does not say for whom would put words in the wrong mouth.
func TestADelegateOfTwoSaysForWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	stand := w.person("Stand In")
	for _, member := range []access.Actor{w.boardMember, w.boardChair} {
		if err := w.NameDelegate(t.Context(), member, w.board.Slug, escalations.NewDelegate{DelegateID: stand, UntilOn: clock.MustDate("2026-12-10")}); err != nil {
			t.Fatal(err)
		}
	}
	given := escalations.BoardAnswer{Reason: "The money is not ours"}
	err := w.AnswerEscalation(t.Context(), w.actor(stand), id, given)
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "for" {
		t.Fatalf("for nobody in particular: %v", err)
	}
	given.For = w.clerk.PersonID
	if err := w.AnswerEscalation(t.Context(), w.actor(stand), id, given); fault.As(err) == nil {
		t.Fatalf("for somebody who named nobody: %v", err)
	}
	given.For = w.boardChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.actor(stand), id, given); err != nil {
		t.Fatal(err)
	}
	if forWhom := scan[[]uuid.UUID](w, `select answered_for from board_answer`); !slices.Equal(forWhom, []uuid.UUID{w.boardChair.PersonID}) {
		t.Errorf("answered for %v", forWhom)
	}
}

// A board that cannot answer yet must be able to say why, and not be chased for what it waits for.
func TestTheBoardAsksForMoreAndItsOwnTimeStandsStill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard() // answer due by 24 December 2026
	w.arrived()
	asked := escalations.BoardQuestion{Question: "What would two flats cost?", ReplyBy: clock.MustDate("2026-12-10")}
	for problem, q := range map[string]escalations.BoardQuestion{
		"question": {ReplyBy: asked.ReplyBy}, "reply_by": {Question: "x"}, "reply_by ": {Question: "x", ReplyBy: clock.MustDate("2026-11-26")},
	} {
		if f := fault.As(w.AskBack(t.Context(), w.boardMember, id, q)); f == nil || f.Fields[0].Name != strings.TrimSpace(problem) {
			t.Errorf("%s: %v", problem, f)
		}
	}
	if err := w.AskBack(t.Context(), w.boardClerk, id, asked); !fault.Is(err, fault.Denied) {
		t.Errorf("the clerk asks: %v", err)
	}
	if err := w.AskBack(t.Context(), w.boardMember, id, asked); err != nil {
		t.Fatal(err)
	}
	if err := w.AskBack(t.Context(), w.boardChair, id, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("two questions at once: %v", err)
	}
	notice := notify.Notice{Kind: escalations.NoticeQuestion, IDs: notify.IDs{"escalation": id}, To: w.clerk.PersonID}
	notifytest.Golden(t, w.post, notice, "board_question")
	subject := "Strategic transitions board asks about blocker B1: reply by 10 December 2026."
	told := w.arrived()
	slices.Sort(told)
	if diff := cmp.Diff([]string{"mapac.chair: " + subject, "mapac.clerk: " + subject, "owner: " + subject}, told); diff != "" {
		t.Error(diff)
	}
	if due := scan[[]string](w, `select text from due where forum_id = ? and kind = 'answer' and done_at is null`, w.mapac.ID); !slices.Equal(due, []string{
		"Strategic transitions board asks about blocker B1, before it answers: What would two flats cost?"}) {
		t.Errorf("due to the forum: %q", due)
	}
	if due := scan[string](w, `select answer_due_on::text from escalation`); due != "2027-01-07" { // two weeks later than it was
		t.Errorf("the board's answer is due by %s", due)
	}

	// No reply by its date: the forum is reminded, once a week, and the board is not.
	w.mornings("2026-12-17")
	for _, mail := range w.arrived() {
		if !strings.HasSuffix(mail, subject) {
			t.Errorf("chased: %s", mail)
		}
	}

	// A name in a reply undoes the alias.
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set forename = 'Tamsin' where id = ?`, w.kase).Error
	})
	if f := fault.As(w.ReplyToBoard(t.Context(), w.clerk, b.ID, "Tamsin’s two would cost £400 a week")); f == nil || f.Fields[0].Name != "reply" {
		t.Errorf("a reply with a name in it: %v", f)
	}
	if err := w.ReplyToBoard(t.Context(), w.member, b.ID, "£400 a week"); !fault.Is(err, fault.Denied) {
		t.Errorf("a member replies: %v", err)
	}
	if err := w.ReplyToBoard(t.Context(), w.boardMember, b.ID, "£400 a week"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the board replies to itself: %v", err)
	}
	if err := w.ReplyToBoard(t.Context(), w.owner, b.ID, "£400 a week"); err != nil {
		t.Fatal(err)
	}
	if err := w.ReplyToBoard(t.Context(), w.clerk, b.ID, "Again"); !fault.Is(err, fault.Conflict) {
		t.Errorf("replied twice: %v", err)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeReply, IDs: notify.IDs{"escalation": id}, To: w.boardMember.PersonID}, "board_reply")
	notifytest.NotSent(t, w.post, notice)
	if open := scan[int](w, `select count(*) from due where forum_id = ? and done_at is null`, w.mapac.ID); open != 0 {
		t.Error("it is still due to the forum")
	}
	page, err := w.ShowEscalation(t.Context(), w.boardMember, id)
	if err != nil || page.Reply != "£400 a week" || page.RepliedOn.IsZero() {
		t.Errorf("the board reads %+v, %v", page.BoardLine, err)
	}
	if dealings, err := w.ShowDealings(t.Context(), w.clerk, b.ID); err != nil || dealings.MayReply || dealings.Latest().Reply != "£400 a week" {
		t.Errorf("the forum reads %+v, %v", dealings, err)
	}
}

// The board that never hears what became of its answer answers the same again next year.
func TestTheBoardSeesWhatBecameOfItsAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.ReportAnswer(t.Context(), w.owner, id, true, "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a report of what was not answered: %v", err)
	}
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	line := func() escalations.BoardLine {
		t.Helper()
		page, err := w.ShowEscalation(t.Context(), w.boardMember, id)
		if err != nil {
			t.Fatal(err)
		}
		return page.BoardLine
	}
	due := func() string {
		return scan[string](w, `select text from due where forum_id = ? and kind = 'answer' and done_at is null`, w.board.ID)
	}
	if got := line().Became(); got.State != escalations.BecameNotYet || got.Words != "MARP chair, by 15 January 2027." {
		t.Errorf("at first: %+v", got)
	}
	if err := w.ReportAnswer(t.Context(), w.member, id, true, "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a member of the forum reports to a board: %v", err)
	}
	if err := w.ReportAnswer(t.Context(), w.boardMember, id, true, "x"); !fault.Is(err, fault.Denied) {
		t.Errorf("the board reports to itself: %v", err)
	}
	if err := w.ReportAnswer(t.Context(), w.marpChair, id, false, "One of two flats is found"); err != nil {
		t.Fatal(err)
	}
	if got := line().Became(); got.State != escalations.BecameNotYet || !strings.HasSuffix(got.Words, "Reported on 26 November 2026: One of two flats is found.") {
		t.Errorf("reported: %+v", got)
	}
	if !strings.HasSuffix(due(), "Reported on 26 November 2026: One of two flats is found.") {
		t.Errorf("the board's next agenda: %q", due())
	}
	w.clock.Set(clock.MustDate("2026-11-30").At(10, 0))
	w.decide(w.mapac, w.kase, "agreed")
	w.mornings("2026-12-01")
	if got := line().Became(); !strings.HasSuffix(got.Words, "MAPaC decided on 30 November 2026: agreed.") {
		t.Errorf("decided: %+v", got)
	}
	if !strings.HasSuffix(due(), "MAPaC decided on 30 November 2026: agreed.") {
		t.Errorf("the board's next agenda after a decision: %q", due())
	}
	if err := w.ReportAnswer(t.Context(), w.clerk, id, true, "Both are let"); err != nil {
		t.Fatal(err)
	}
	if got := line().Became(); got.State != escalations.BecameReported {
		t.Errorf("said to be done: %+v", got)
	}
	// What is done is not chased; but what is still blocked after its date comes back whatever was said.
	w.arrived()
	w.mornings("2027-01-18")
	for _, mail := range w.arrived() {
		if strings.Contains(mail, "Overdue: what") || strings.Contains(mail, "Due by") {
			t.Errorf("chased for what is done: %s", mail)
		}
	}
	if got := line().Became(); got.State != escalations.BecameReturned || !strings.HasPrefix(got.Words, "Without effect by its date, it came back on 18 January 2027.") {
		t.Errorf("returned: %+v", got)
	}
	// The case says it too, to those who may see.
	answers := func(actor access.Actor) (list []escalations.CaseAnswer) {
		t.Helper()
		if err := w.DB.Read(t.Context(), actor, func(tx db.Tx) (err error) { list, err = escalations.AnswersOfCase(tx, w.kase); return err }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := answers(w.member); len(got) != 1 || got[0].Words != "Commission two flats. To be done by MARP chair, by 15 January 2027." || got[0].BlockerID != b.ID {
		t.Errorf("the case says %+v", got)
	}
	if got := answers(w.boardMember); len(got) != 0 {
		t.Errorf("the case tells a board member %+v", got)
	}
	version := scan[int](w, `select version from blocker`)
	if err := w.ResolveBlocker(t.Context(), w.clerk, b.ID, canary, version); err != nil {
		t.Fatal(err)
	}
	if got := line().Became(); got.State != escalations.BecameDone || strings.Contains(got.Words, canary) {
		t.Errorf("resolved: %+v", got)
	}
	if err := w.ReportAnswer(t.Context(), w.clerk, id, true, "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a report of what is resolved: %v", err)
	}
}

// An answer without effect that nobody hears of again is the blocked case going round once more.
func TestWhatABoardAnsweredWithoutEffectComesBackOnceWithItsStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	given := agreed // to be done by Friday 15 January 2027
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	asks := func() []string {
		return scan[[]string](w, `select reached_on::text || ' ' || state || ' ' || (follows_id is not null)::text from escalation where blocker_id = ? order by stay`, b.ID)
	}
	w.mornings("2027-01-15")
	if got := asks(); len(got) != 1 {
		t.Fatalf("before its date: %q", got)
	}
	w.clock.Set(clock.MustDate("2027-01-17").At(6, 0)) // a Sunday
	if err := w.EvaluateAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := asks(); len(got) != 1 {
		t.Fatalf("on a Sunday: %q", got)
	}
	for range 3 { // running again brings back nothing twice
		w.clock.Set(clock.MustDate("2027-01-18").At(6, 0))
		if err := w.EvaluateAll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"2026-11-26 answered false", "2027-01-18 waiting true"}, asks()); diff != "" {
		t.Error(diff)
	}
	due := scan[[]string](w, `select kind || ' ' || text from due where forum_id = ? and done_at is null`, w.board.ID)
	if diff := cmp.Diff([]string{"escalation B1, No suitable housing: Supported housing in the north. Needed: Two ground-floor flats with night staff" +
		" Answered before, on 26 November 2026, and still blocked: Commission two flats. To be done by MARP chair, by 15 January 2027."}, due); diff != "" {
		t.Errorf("due to the board: %s", diff)
	}
	board, err := w.ShowBoard(t.Context(), w.boardChair, w.board.Slug)
	if err != nil || len(board.Waiting) != 1 || !board.Waiting[0].Returned {
		t.Errorf("the board's page: %+v, %v", board.Waiting, err)
	}
	text, err := json.Marshal(board)
	if err != nil || strings.Contains(string(text), canary) {
		t.Errorf("the board's page holds a canary: %s %v", text, err)
	}

	// “Not agreed” comes back as well, after as long as the board itself had: nothing stands still unheard.
	again := board.Waiting[0].EscalationID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, again, escalations.BoardAnswer{Reason: "The money is not ours"}); err != nil {
		t.Fatal(err)
	}
	w.mornings("2027-02-16")
	if got := asks(); len(got) != 3 || got[2] != "2027-02-16 waiting true" {
		t.Errorf("after it was not agreed on 18 January: %q", got)
	}

	// A blocker that the forum took back down does not.
	third := scan[[]uuid.UUID](w, `select id from escalation where state = 'waiting'`)[0]
	if err := w.AnswerEscalation(t.Context(), w.boardMember, third, escalations.BoardAnswer{Reason: "No"}); err != nil {
		t.Fatal(err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.ForumLevel, "x", scan[int](w, `select version from blocker`)); err != nil {
		t.Fatal(err)
	}
	w.mornings("2027-03-19")
	if got := asks(); len(got) != 3 {
		t.Errorf("taken back to the forum: %q", got)
	}
}

// A direction that the board has replaced is overdue no longer: a digest that goes on naming it is not read.
func TestADirectionThatTheBoardReplacedIsOverdueNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	given := agreed // to be done by 15 January 2027
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	undone := func() (dates []string) {
		t.Helper()
		board, err := w.ShowBoard(t.Context(), w.boardChair, w.board.Slug)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range board.Answered {
			if line.Undone {
				dates = append(dates, line.ActBy.String())
			}
		}
		return dates
	}
	again := func() uuid.UUID { return scan[[]uuid.UUID](w, `select id from escalation where state = 'waiting'`)[0] }
	w.mornings("2027-01-18")
	if got := undone(); !slices.Equal(got, []string{"2027-01-15"}) {
		t.Fatalf("back at the board and not answered anew: %q", got)
	}
	// The chair takes it back, and sends it up once more: two asks follow the answer, and it is one all the same.
	for _, level := range []escalations.LevelKey{escalations.ForumLevel, escalations.BoardLevel} {
		if err := w.MoveBlocker(t.Context(), w.chair, b.ID, level, "x", scan[int](w, `select version from blocker`)); err != nil {
			t.Fatal(err)
		}
	}
	if got := undone(); !slices.Equal(got, []string{"2027-01-15"}) {
		t.Errorf("taken back and sent up again: %q", got)
	}
	given.ActBy = clock.MustDate("2027-03-01")
	if err := w.AnswerEscalation(t.Context(), w.boardMember, again(), given); err != nil {
		t.Fatal(err)
	}
	if got := undone(); len(got) != 0 {
		t.Errorf("answered anew: %q", got)
	}
	w.mornings("2027-03-02")
	if got := undone(); !slices.Equal(got, []string{"2027-03-01"}) {
		t.Errorf("after the date of the new answer: %q", got)
	}
}

// Years of answers must not push what waits today off a board's page.
func TestWhatWaitsIsSeenBesideYearsOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	w.write(func(tx db.Tx) error {
		return tx.Exec(`
			insert into escalation (id, blocker_id, board_id, stay, asked_at, reached_on, answer_due_on, state)
			select gen_random_uuid(), ?, ?, 1000 + n, ?, cast(? as date) - n, cast(? as date) - n, 'resolved' from generate_series(1, 600) n`,
			b.ID, w.board.ID, tx.Now, tx.Today(), tx.Today()).Error
	})
	board, err := w.ShowBoard(t.Context(), w.boardChair, w.board.Slug)
	if err != nil || len(board.Waiting) != 1 || board.Waiting[0].EscalationID != id {
		t.Errorf("%d wait, %v", len(board.Waiting), err)
	}
}

// Whoever is to act must hear before the date and not only after it.
func TestTheDirectedAreRemindedBeforeTheDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	w.arrived()
	w.mornings("2027-01-07")
	if got := w.arrived(); len(got) != 0 {
		t.Errorf("told early: %q", got)
	}
	w.mornings("2027-01-15")
	if got := w.arrived(); !slices.Equal(got, []string{"marp.chair: Due by 15 January 2027: what Strategic transitions board directed about blocker B1."}) {
		t.Errorf("told %q", got)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeDirectionDue, IDs: notify.IDs{"escalation": id}, To: w.marpChair.PersonID}, "direction_due")
	w.mornings("2027-01-18")
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeAsked, IDs: notify.IDs{"blocker": scan[[]uuid.UUID](w, `select id from blocker`)[0]}, To: w.boardChair.PersonID}, "board_returned")
}
