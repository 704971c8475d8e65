package escalations_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var agreed = escalations.BoardAnswer{
	Agreed: true, Direction: "Commission two flats", ActBy: clock.MustDate("2027-01-15"),
}

// The fourth failure: the board answers and nobody at the forum ever hears.
func TestTheAnswerComesHomeToTheNextAgenda(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	if due := scan[[]string](w, `select kind || ' ' || text from due where forum_id = ? and done_at is null`, w.board.ID); !slices.Equal(due, []string{
		"escalation B1, No suitable housing: Supported housing in the north. Needed: Two ground-floor flats with night staff"}) {
		t.Errorf("due to the board: %q", due)
	}
	if cases := scan[int](w, `select count(*) from due where forum_id = ? and case_id is not null`, w.board.ID); cases != 0 {
		t.Error("what is due to the board leads to the case")
	}
	w.arrived()

	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	due := scan[[]string](w, `select kind || ' ' || text from due where forum_id = ? and case_id = ? and done_at is null and due_on = ?`, w.mapac.ID, w.kase, clock.DateOf(w.clock.Now()))
	if !slices.Equal(due, []string{"answer Strategic transitions board answered on 26 November 2026, about blocker B1." +
		" Commission two flats. To be done by MARP chair, by 15 January 2027."}) {
		t.Errorf("due to the forum: %q", due)
	}
	if open := scan[[]string](w, `select kind from due where forum_id = ? and done_at is null`, w.board.ID); !slices.Equal(open, []string{"answer"}) {
		t.Errorf("due to the board, where only what became of its answer should be: %q", open)
	}
	got := w.arrived()
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"mapac.chair: The board has answered: blocker B1, MAPaC.",
		"mapac.clerk: The board has answered: blocker B1, MAPaC.",
		"marp.chair: Strategic transitions board asks you to act by 15 January 2027.",
		"owner: The board has answered: blocker B1, MAPaC.",
	}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}

	if err := w.AnswerEscalation(t.Context(), w.boardChair, id, given); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second answer: %v", err)
	}
	page, err := w.ShowBlocker(t.Context(), w.clerk, b.ID)
	if err != nil || page.Answer == nil || page.AnswerOwner != "MARP chair" || page.State != escalations.Open {
		t.Errorf("the forum reads %+v, %v", page.Answer, err)
	}

	// A week before its date whoever was directed is reminded; once it passes and the blocker is still open,
	// once a week. The board hears of it again on the next working day, a Monday.
	w.mornings("2027-01-25")
	if diff := cmp.Diff([]string{
		"marp.chair: Due by 15 January 2027: what Strategic transitions board directed about blocker B1.",
		"marp.chair: Overdue: what Strategic transitions board directed about blocker B1.",
		"board.chair: Back at Strategic transitions board: an answer is due by 15 February 2027.",
		"mapac.chair: Blocker B1 is now with Strategic transitions board.",
		"mapac.clerk: Blocker B1 is now with Strategic transitions board.",
		"owner: Blocker B1 is now with Strategic transitions board.",
		"marp.chair: Overdue: what Strategic transitions board directed about blocker B1.",
	}, w.arrived()); diff != "" {
		t.Errorf("chased (-want +got):\n%s", diff)
	}
}

// "Not agreed" without a reason leaves the forum where it was.
func TestAnAnswerHasWhatTheForumNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	for want, given := range map[string]escalations.BoardAnswer{
		"direction,act_by,owner": {Agreed: true},
		"act_by":                 {Agreed: true, Direction: "x", OwnerID: w.owner.PersonID, ActBy: clock.MustDate("2026-11-25")},
		"reason":                 {},
	} {
		err := w.AnswerEscalation(t.Context(), w.boardChair, id, given)
		var fields []string
		if f := fault.As(err); f != nil {
			for _, field := range f.Fields {
				fields = append(fields, field.Name)
			}
		}
		if got := strings.Join(fields, ","); got != want {
			t.Errorf("%+v: problems with %q, want %q (%v)", given, got, want, err)
		}
	}
	if err := w.AnswerEscalation(t.Context(), w.boardChair, id, escalations.BoardAnswer{Reason: "The money is not ours"}); err != nil {
		t.Fatal(err)
	}
	if text := scan[string](w, `select text from due where kind = 'answer' and forum_id = ?`, w.mapac.ID); !strings.HasSuffix(text, "Not agreed, because: The money is not ours") {
		t.Errorf("due: %q", text)
	}
}

// What the forum resolved must not be asked of the board next month.
func TestResolvingTakesBackWhatWasAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	if err := w.ResolveBlocker(t.Context(), w.clerk, b.ID, "A flat was found", b.Version+1); err != nil {
		t.Fatal(err)
	}
	if open := scan[int](w, `select count(*) from due where done_at is null`); open != 0 {
		t.Error("it is still due to the board")
	}
	given := agreed
	given.OwnerID = w.owner.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardChair, id, given); !fault.Is(err, fault.Conflict) {
		t.Errorf("the board answers what was resolved: %v", err)
	}
	if err := w.ResolveBlocker(t.Context(), w.clerk, b.ID, "Again", b.Version+2); !fault.Is(err, fault.Conflict) {
		t.Errorf("resolved twice: %v", err)
	}
}

// A digest twice is noise; a digest that forgets is worse; one that changes afterwards is a lie.
func TestTheDigestGoesOutOnceAPeriodAndIsKeptAsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := func() []string { return scan[[]string](w, `select period from digest order by sent_at, id`) }
	seven := func(day string) {
		t.Helper()
		w.clock.Set(clock.MustDate(day).At(7, 0))
		for range 2 {
			if err := w.SendDueDigests(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	seven("2026-11-30") // a Monday on which nothing is new
	w.raiseToBoard()
	seven("2026-12-01") // the week was looked at: it waits for Monday
	if got := sent(); len(got) != 0 {
		t.Fatalf("sent %q", got)
	}
	w.arrived()
	seven("2026-12-08") // the server was off on Monday the 7th
	if got := sent(); !slices.Equal(got, []string{"week:2026-12-07"}) {
		t.Fatalf("sent %q", got)
	}
	got := w.arrived()
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"board.chair: Strategic transitions board: digest of 8 December 2026.",
		"board.member: Strategic transitions board: digest of 8 December 2026.",
	}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	seven("2026-12-14") // nothing is new and nothing overdue
	if got := sent(); len(got) != 1 {
		t.Fatalf("sent %q", got)
	}

	// Before each board, whatever there is to say, on the day its agenda is due out.
	meeting := uuid.Must(uuid.NewV7())
	w.write(func(tx db.Tx) error {
		at := clock.MustDate("2027-01-20").At(10, 0)
		return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, agenda_out_on, created_at, changed_at) values (?, ?, ?, ?, '2026-12-16', ?, ?)`,
			meeting, w.board.ID, at, at.Add(2*3600e9), tx.Now, tx.Now).Error
	})
	seven("2026-12-15")
	if got := sent(); len(got) != 1 {
		t.Fatalf("sent early: %q", got)
	}
	seven("2026-12-16")
	seven("2026-12-17")
	if got := sent(); !slices.Equal(got[1:], []string{"meeting:" + meeting.String()}) {
		t.Fatalf("sent %q", got)
	}

	// By hand, once a day.
	if _, err := w.SendDigest(t.Context(), w.boardClerk, w.board.Slug); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SendDigest(t.Context(), w.admin, w.board.Slug); !fault.Is(err, fault.Conflict) {
		t.Errorf("sent twice in a day: %v", err)
	}
	first := scan[[]uuid.UUID](w, `select id from digest order by sent_at limit 1`)[0]
	d, _, err := w.ShowDigest(t.Context(), w.boardMember, first)
	if err != nil {
		t.Fatal(err)
	}
	if d.Content.Headline != "1 escalation waits for this board’s answer" || d.Content.New != 1 || d.Content.WeeklyPence != 240050 || d.Content.Asks[0].AgeBand != "14–15" {
		t.Errorf("%+v", d.Content)
	}
	err = w.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(`update digest set sent_to = 0`).Error })
	if err == nil {
		t.Error("a digest can be changed after it was sent")
	}
}

// A chart that cannot be drawn must not keep a digest back, and a job that is done again must not send it again.
func TestADigestIsToldOnceWithOrWithoutItsChart(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]func(context.Context, string, int) ([]byte, error){
		"drawn":     func(context.Context, string, int) ([]byte, error) { return []byte("\x89PNG"), nil },
		"not drawn": func(context.Context, string, int) ([]byte, error) { return nil, errors.New("no browser") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.raiseToBoard()
			w.arrived()
			w.Draw = draw
			d, err := w.SendDigest(t.Context(), w.boardClerk, w.board.Slug)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.arrived(); len(got) != 0 {
				t.Errorf("told before the chart was drawn: %q", got)
			}
			for range 2 {
				if err := w.TellDigest(t.Context(), escalations.DigestKept{Digest: d.ID}); err != nil {
					t.Fatal(err)
				}
			}
			w.deliver()
			pictures := scan[int](w, `select count(*) from demo_mail where position('cid:chart' in html_body) > 0`)
			if got := w.arrived(); len(got) != 2 || pictures != map[string]int{"drawn": 2}[name] {
				t.Errorf("%d pictures in %q", pictures, got)
			}
		})
	}
}

// Everything a board or a mailbox can show, searched for anything that could say who it is.
func TestNothingABoardOrAMailboxReadsSaysWhoItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, id := w.raiseToBoard()
	digest, err := w.SendDigest(t.Context(), w.boardClerk, w.board.Slug)
	if err != nil {
		t.Fatal(err)
	}
	w.mornings("2027-01-04") // the board's answer falls due, and is chased
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	w.mornings("2027-01-19") // what it directed falls due, and is chased
	if err := w.ResolveBlocker(t.Context(), w.clerk, b.ID, canary+"resolution", b.Version+2); err != nil {
		t.Fatal(err)
	}
	w.deliver()

	number := scan[string](w, `select 'Q' || number from cases where id = ?`, w.kase)
	alias := scan[string](w, `select alias from cases where id = ?`, w.kase)
	secrets := []string{canary, number, w.kase.String(), "2011", "15 June"}
	check := func(where, text string, more ...string) {
		for _, secret := range append(more, secrets...) {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q:\n%s", where, secret, text)
			}
		}
	}

	board, err := w.ShowBoard(t.Context(), w.boardMember, w.board.Slug)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := w.ShowEscalation(t.Context(), w.boardMember, id)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, err := w.ShowDigest(t.Context(), w.boardMember, digest.ID)
	if err != nil {
		t.Fatal(err)
	}
	for where, page := range map[string]any{"the board's page": board, "the escalation's page": asked, "the digest": kept} {
		text, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		check(where, string(text))
		if where != "the digest" && !strings.Contains(string(text), alias) {
			t.Errorf("%s lacks the alias, so the test looked in the wrong place:\n%s", where, text)
		}
	}
	mails := scan[[]string](w, `select subject || ' ' || text_body || ' ' || html_body || ' ' || convert_from(raw, 'utf8') from demo_mail`)
	kinds := scan[[]string](w, `select distinct kind from outbox where state = 'sent' order by kind`)
	if want := []string{"blocker_moved", "blocker_owner", "blocker_resolved", "board_answered", "board_asked", "board_digest", "board_directed", "board_overdue", "direction_due", "direction_overdue"}; !slices.Equal(kinds, want) {
		t.Errorf("kinds sent %q, want all: %q", kinds, want)
	}
	for i, mail := range mails {
		// Nothing anybody typed is in a mail, and no alias.
		check(fmt.Sprintf("mail %d", i), mail, alias, "night staff", "Supported housing", "Commission two flats")
	}
}

// The promise in the code itself: the board's queries have no way to say who it is.
func TestTheBoardsQueriesSelectNoIdentity(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("board/*.sql")
	if err != nil || len(files) != 3 {
		t.Fatalf("%q, %v", files, err)
	}
	identity := regexp.MustCompile(`(?i)\b(forename|surname|person_reference|c\.number|notes|school|details|placement|locality|s\.words|resolution|raised_by)\b|\*`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sql := regexp.MustCompile(`--[^\n]*`).ReplaceAllString(string(text), "")
		if found := identity.FindString(sql); found != "" {
			t.Errorf("%s selects %q", file, found)
		}
		if list, _, _ := strings.Cut(sql, "\nfrom "); strings.Contains(list, "c.id") || strings.Contains(list, "case_id") {
			t.Errorf("%s selects the case's id", file)
		}
		if born := strings.Count(sql, "date_of_birth"); born != strings.Count(sql, "extract(year from age(cast(@today as date), c.date_of_birth))") {
			t.Errorf("%s uses a birthday for more than an age", file)
		}
	}
	// And nothing else reads cases for a board.
	for _, file := range []string{"board_view.go", "became.go", "show_board_dealings.go", "digest.go", "send_digest.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?i)(from|join) cases|tracker\.`).Match(text) {
			t.Errorf("%s reads cases beside the board's queries", file)
		}
	}
}

// Who may see a blocker is who may see the case; a board is not among them.
func TestWhoMayReadABlocker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.raise()
	stranger := w.seat(w.marp, access.Clerk, "MARP clerk")
	for name, c := range map[string]struct {
		actor access.Actor
		want  bool
	}{
		"chair": {w.chair, true}, "clerk": {w.clerk, true}, "member": {w.member, true}, "owner": {w.owner, true},
		"another forum": {stranger, false}, "board member": {w.boardMember, false}, "board clerk": {w.boardClerk, false},
		"administrator": {w.admin, false}, "signed out": {access.SignedOut, false},
	} {
		_, err := w.ShowBlocker(t.Context(), c.actor, b.ID)
		if (err == nil) != c.want || err != nil && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
		list, err := w.ListBlockers(t.Context(), c.actor, escalations.BlockerFilter{Forum: "", Resolved: false, Limit: 50})
		if err != nil || (len(list.Blockers) == 1) != c.want {
			t.Errorf("%s lists %d, %v", name, len(list.Blockers), err)
		}
	}
	if err := w.MoveBlocker(t.Context(), w.member, b.ID, escalations.DisputeLevel, "x", 1); !fault.Is(err, fault.Denied) {
		t.Errorf("a member moves it: %v", err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.DisputeLevel, "MARP settles disputes", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ShowBlocker(t.Context(), stranger, b.ID); err != nil {
		t.Errorf("the forum that holds it now: %v", err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.BoardLevel, "x", 1); !fault.Is(err, fault.Stale) {
		t.Errorf("a change on what is no longer so: %v", err)
	}
	// Whoever left the item because of an interest has left the blocker too.
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) values (?, ?, ?, ?, 'family', ?, ?, ?)`,
			uuid.New(), w.meeting, w.item, w.member.PersonID, canary, tx.Now, w.member.PersonID).Error
	})
	if _, err := w.ShowBlocker(t.Context(), w.member, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a member who left for the item: %v", err)
	}
	if list, err := w.ListBlockers(t.Context(), w.member, escalations.BlockerFilter{Forum: w.mapac.Slug, Resolved: false, Limit: 50}); err != nil || len(list.Blockers) != 0 {
		t.Errorf("a member who left for the item lists %d, %v", len(list.Blockers), err)
	}
}

// A name typed into what the board reads undoes every alias.
func TestARaiseIsCheckedForNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set forename = 'Tamsin', surname = 'Okoro', person_reference = 'P10077' where id = ?`, w.kase).Error
	})
	other := w.young("2010-01-01")
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set forename = 'Will', surname = 'Marsh', person_reference = 'P20088' where id = ?`, other).Error
	})
	good := escalations.Raise{ItemID: &w.item, Kind: escalations.Provider, Theme: "Night care", Needed: "A provider", OwnerID: w.owner.PersonID}
	for text, ok := range map[string]bool{
		"A provider for tamsin":              false,
		"Okoro needs a flat":                 false,
		"See P10077":                         false,
		"Case Q1042 again":                   false,
		"As for Will Marsh":                  false,
		"P20088 as well":                     false,
		"It will need a marsh-side provider": true, // another case's names apart are words
		"Okorota Ltd offers places":          true,
	} {
		r := good
		r.Needed = text
		_, err := w.RaiseBlocker(t.Context(), w.chair, r)
		if ok != (err == nil) || !ok && (fault.As(err) == nil || fault.As(err).Fields[0].Name != "needed") {
			t.Errorf("%q: %v", text, err)
		}
		w.write(func(tx db.Tx) error {
			return tx.Exec(`update blocker set state = 'resolved', resolved_at = ? where state = 'open'`, tx.Now).Error
		})
	}
	if _, err := w.RaiseBlocker(t.Context(), w.member, good); !fault.Is(err, fault.NotFound) {
		t.Errorf("a member raises: %v", err)
	}
	if _, err := w.RaiseBlocker(t.Context(), w.chair, good); err != nil {
		t.Fatal(err)
	}
	if _, err := w.RaiseBlocker(t.Context(), w.clerk, good); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same raised twice: %v", err)
	}
}

// The two agendas the product promises: what is escalated stands on the board's, the answer on the forum's.
func TestWhatIsAskedAndAnsweredStandsOnTheNextAgendas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	build := func(actor access.Actor, forum panels.Forum) (lines []string) {
		t.Helper()
		meeting := uuid.Must(uuid.NewV7())
		w.write(func(tx db.Tx) error {
			at := clock.MustDate("2026-12-10").At(10, 0)
			return tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`,
				meeting, forum.ID, at, at.Add(2*3600e9), tx.Now, tx.Now).Error
		})
		if _, err := (agendas.Store{DB: w.DB}).BuildAgenda(t.Context(), actor, meeting); err != nil {
			t.Fatal(err)
		}
		return scan[[]string](w, `
			select kind || ' ' || title || coalesce(' Heron ' || (case_id = ?)::text, '') || ' ' || reasons::text
			from agenda_item where meeting_id = ? and kind <> 'standing' order by position`, w.kase, meeting)
	}
	board := build(w.boardClerk, w.board)
	if len(board) != 1 || !strings.HasPrefix(board[0], "escalation B1, No suitable housing: Supported housing in the north.") || strings.Contains(board[0], canary) || strings.Contains(board[0], "Heron") {
		t.Errorf("the board's agenda: %q", board)
	}
	given := agreed
	given.OwnerID = w.owner.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardChair, id, given); err != nil {
		t.Fatal(err)
	}
	forum := build(w.clerk, w.mapac)
	if !slices.ContainsFunc(forum, func(line string) bool {
		return strings.HasPrefix(line, "case ") && strings.Contains(line, "Heron true") && strings.Contains(line, "Commission two flats. To be done by Owner, by 15 January 2027.")
	}) {
		t.Errorf("the forum's agenda: %q", forum)
	}
	if again := build(w.boardClerk, w.board); len(again) != 1 || !strings.HasPrefix(again[0], "answer What became of the answer of 26 November 2026 about B1, No suitable housing: Commission two flats.") {
		t.Errorf("the board's next agenda says what became of its answer, and asks for none: %q", again)
	}
}
