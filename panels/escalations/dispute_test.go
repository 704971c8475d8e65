package escalations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// agencies are those of the member's seat and of somebody from outside, who has no seat.
func (w *world) agencies() (theirs, outside uuid.UUID) {
	outside = uuid.Must(uuid.NewV7())
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into agency (id, name, short_name, kind, legal_body, outside, funder) values (?, 'Fenwick Council', 'FC', 'adult_social_care', 'Fenwick Council', true, true)`, outside).Error
	})
	return w.member.Seats[0].AgencyID, outside
}

func (w *world) version(b escalations.Blocker) int {
	return scan[int](w, `select version from blocker where id = ?`, b.ID)
}

// dispute opens one on a new blocker, decided where it stands unless a level is named.
func (w *world) dispute(kind escalations.DisputeKind, at escalations.LevelKey) (escalations.Blocker, escalations.Dispute, uuid.UUID, uuid.UUID) {
	w.t.Helper()
	b := w.raise()
	theirs, outside := w.agencies()
	d, err := w.OpenDispute(w.t.Context(), w.chair, b.ID, escalations.NewDispute{
		Kind: kind, About: canary + "about", Agencies: []uuid.UUID{theirs, outside}, PositionsBy: clock.MustDate("2026-12-01"), DecidesAt: at, Version: b.Version,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b, d, theirs, outside
}

// What is not decided by its day must not lie there because the level's own time is longer: it climbs on the next
// working day, says why, and the next level has its days anew. Christmas is no working day.
func TestADisputeThatIsNotDecidedClimbs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _, _, _ := w.dispute(escalations.SafeguardingDispute, escalations.ForumLevel) // Thursday 26 November, 7 days
	page, err := w.ShowBlocker(t.Context(), w.chair, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if page.RisesOn.String() != "2026-12-04" || page.DecideBy.String() != "2026-12-03" {
		t.Errorf("goes up on %s, to be decided by %s", page.RisesOn, page.DecideBy)
	}
	w.silent("2026-12-03")
	if got := w.steps(b, escalations.StepRisen); len(got) != 0 {
		t.Errorf("climbed before its day was over: %q", got)
	}
	w.silent("2026-12-16") // a week at MARP: Friday 11 December is its last day, Monday the next working day
	if diff := cmp.Diff([]string{"2026-12-04 risen", "2026-12-14 risen"}, w.steps(b, escalations.StepRisen)); diff != "" {
		t.Error(diff)
	}
	why := scan[[]string](w, `select words from blocker_step where blocker_id = ? and kind = 'risen' order by number`, b.ID)
	if want := "Not decided by 3 December 2026: MAPaC had 7 days, from 26 November 2026, to decide what the agencies do not agree about (Safeguarding escalation)."; why[0] != want {
		t.Errorf("why: %q", why[0])
	}
	if !strings.Contains(why[1], "Not decided by 11 December 2026: MARP had 7 days") || !strings.Contains(why[1], "The next working day was 14 December 2026.") {
		t.Errorf("why: %q", why[1])
	}
	if seen := scan[string](w, `select string_agg(board_words, ' ') from blocker_step where blocker_id = ?`, b.ID); strings.Contains(seen, canary) {
		t.Error("a board reads what the agencies say")
	}
}

// A board that is asked to decide a dispute has no longer than the dispute's days.
func TestABoardAnswersADisputeInItsDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _, _, _ := w.dispute(escalations.SafeguardingDispute, escalations.DisputeLevel)
	if level := scan[string](w, `select level from blocker where id = ?`, b.ID); level != "dispute" {
		t.Fatalf("stands at %s", level)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, b.ID, escalations.BoardLevel, "x", w.version(b)); err != nil {
		t.Fatal(err)
	}
	if due := scan[string](w, `select answer_due_on::text from escalation where blocker_id = ?`, b.ID); due != "2026-12-03" {
		t.Errorf("the board's answer is due on %s", due)
	}
}

// One agency must not put words into another's mouth, and nobody may read what is said who may not read the case.
func TestEachAgencyStatesItsOwnPosition(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, d, theirs, outside := w.dispute(escalations.ResidenceDispute, escalations.ForumLevel)
	weekly := int64(120_450)
	say := func(actor access.Actor, agency uuid.UUID, by string) error {
		return w.StatePosition(t.Context(), actor, d.ID, escalations.Statement{AgencyID: agency, Words: canary + "words", WeeklyPence: &weekly, SaidBy: by})
	}
	for name, wrong := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"a member for another agency":      {say(w.member, outside, "X"), fault.Denied},
		"the chair for another's agency":   {say(w.chair, outside, "X"), fault.Denied},
		"a board member":                   {say(w.boardMember, theirs, ""), fault.NotFound},
		"the board's clerk":                {say(w.boardClerk, theirs, "X"), fault.NotFound},
		"the clerk without saying who":     {say(w.clerk, outside, ""), fault.Invalid},
		"an agency that takes no part":     {say(w.member, uuid.New(), ""), fault.Invalid},
		"an administrator":                 {say(w.admin, theirs, ""), fault.NotFound},
		"the owner, who speaks for nobody": {say(w.owner, theirs, ""), fault.Denied},
	} {
		if !fault.Is(wrong.err, wrong.kind) {
			t.Errorf("%s: %v", name, wrong.err)
		}
	}
	for _, err := range []error{say(w.member, theirs, "ignored"), say(w.member, theirs, ""), say(w.clerk, outside, "Ann Bell, head of service")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	page, err := w.ShowBlocker(t.Context(), w.member, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, party := range page.Disputes[0].Parties {
		said = append(said, party.Agency+": "+party.Says.ByName+" "+party.Says.SaidBy+" "+strings.Repeat("+", len(party.Earlier)))
	}
	slices.Sort(said)
	if diff := cmp.Diff([]string{"Adult social care: MAPaC member  +", "Fenwick Council: MAPaC clerk Ann Bell, head of service "}, said); diff != "" {
		t.Error(diff)
	}
	// What stands in the record stays as it was said.
	if err := w.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(`update dispute_position set words = 'x'`).Error }); err == nil {
		t.Error("a position was rewritten")
	}
	// Whoever leaves for the young person reads and hears nothing more of it.
	w.write(func(tx db.Tx) error {
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_by, declared_at) values (?, ?, ?, ?, 'personal', 'x', ?, ?)`,
			uuid.New(), w.meeting, w.item, w.member.PersonID, w.member.PersonID, tx.Now).Error
	})
	if err := say(w.member, theirs, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody who left for the item: %v", err)
	}
}

// Nobody is outvoted into paying: an agency pays meanwhile only where somebody who speaks for it agreed.
func TestNobodyIsMadeToPayMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, d, theirs, _ := w.dispute(escalations.PanelDispute, escalations.ForumLevel)
	weekly := int64(90_000)
	pays := func(actor access.Actor, by uuid.UUID) error {
		return w.AgreeInterim(t.Context(), actor, d.ID, escalations.Meanwhile{AgencyID: theirs, FromOn: clock.MustDate("2026-12-01"), WeeklyPence: &weekly, AgreedBy: by})
	}
	if err := pays(w.chair, w.owner.PersonID); !fault.Is(err, fault.Invalid) {
		t.Errorf("agreed to by somebody of no agency: %v", err)
	}
	if err := pays(w.member, w.member.PersonID); !fault.Is(err, fault.Denied) {
		t.Errorf("recorded by a member: %v", err)
	}
	if err := pays(w.clerk, w.member.PersonID); err != nil {
		t.Fatal(err)
	}
	page, err := w.ShowBlocker(t.Context(), w.chair, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := page.Disputes[0].Interims[0]
	if i.Agency != "Adult social care" || i.WeeklyPence != 90_000 || i.AgreedByName != "MAPaC member" || i.RecordedName != "MAPaC clerk" {
		t.Errorf("%+v", i)
	}
}

// Whoever reads the decision must find what the dispute about it came to; the decision itself never changes, and a
// blocker does not end while its agencies still disagree.
func TestTheResultStandsBesideTheDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.decide(w.mapac, w.kase, "not_agreed_elsewhere")
	decision := scan[[]uuid.UUID](w, `select id from decision`)[0]
	before := scan[string](w, `select d::text from decision d`)
	b, err := w.RaiseBlocker(t.Context(), w.chair, escalations.Raise{
		ItemID: &w.item, Kind: escalations.FundingDispute, Theme: "Health’s share", Needed: "Agreement", OwnerID: w.owner.PersonID, Decisions: []uuid.UUID{decision},
	})
	if err != nil {
		t.Fatal(err)
	}
	theirs, outside := w.agencies()
	d, err := w.OpenDispute(t.Context(), w.clerk, b.ID, escalations.NewDispute{
		Kind: escalations.CHCDispute, About: canary + "about", Agencies: []uuid.UUID{theirs, outside}, PositionsBy: clock.MustDate("2026-12-01"), DecidesAt: escalations.DisputeLevel, Version: b.Version,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ResolveBlocker(t.Context(), w.chair, b.ID, "x", w.version(b)); !fault.Is(err, fault.Conflict) {
		t.Errorf("resolved while in dispute: %v", err)
	}
	again := escalations.NewDispute{Kind: escalations.CHCDispute, About: "x", Agencies: []uuid.UUID{theirs, outside}, PositionsBy: clock.MustDate("2026-12-01"), DecidesAt: escalations.DisputeLevel, Version: w.version(b)}
	if _, err := w.OpenDispute(t.Context(), w.chair, b.ID, again); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second dispute: %v", err)
	}
	end := escalations.Outcome{Ending: escalations.EndedDecided, Words: canary + "result", PayerID: &theirs, SettledOn: clock.MustDate("2026-11-26"), Frees: true}
	if err := w.SettleDispute(t.Context(), w.member, d.ID, end); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
		t.Errorf("a member settles: %v", err)
	}
	if err := w.SettleDispute(t.Context(), w.marpChair, d.ID, end); err != nil {
		t.Fatal(err)
	}
	if err := w.SettleDispute(t.Context(), w.marpChair, d.ID, end); !fault.Is(err, fault.Conflict) {
		t.Errorf("settled twice: %v", err)
	}
	var lines []room.RegisterLine
	err = w.DB.Read(t.Context(), w.member, func(tx db.Tx) error {
		lines, _, err = room.Register(tx, w.mapac.ID, room.RegisterFilter{}, 0, 10)
		return err
	})
	if err != nil || len(lines) != 1 || len(lines[0].Settled) != 1 {
		t.Fatalf("the register: %v %+v", err, lines)
	}
	want := "NHS continuing health care disputes protocol, blocker " + b.Reference() + ". Decided by MARP on 26 November 2026: " + canary + "result. From now on Adult social care pays."
	if got := lines[0].Settled[0].Line(); got != want {
		t.Errorf("%q", got)
	}
	if after := scan[string](w, `select d::text from decision d`); after != before {
		t.Errorf("the decision changed: %s", after)
	}
	if state := scan[string](w, `select state from blocker where id = ?`, b.ID); state != "resolved" {
		t.Errorf("the blocker is %s", state)
	}
}

// A dispute must not be lost when its blocker joins another: it goes on with the one that stands, and its day too.
func TestADisputeGoesOnWithWhatItsBlockerJoined(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, d, theirs, _ := w.dispute(escalations.SafeguardingDispute, escalations.ForumLevel)
	other, err := w.RaiseBlocker(t.Context(), w.clerk, escalations.Raise{ForumID: w.mapac.ID, Kind: escalations.Housing, Theme: "Night care", Needed: "A provider", OwnerID: w.owner.PersonID, YoungPeople: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.MoveBlocker(t.Context(), w.chair, other.ID, escalations.DisputeLevel, "x", other.Version); err != nil {
		t.Fatal(err)
	}
	stays, err := w.JoinBlockers(t.Context(), w.chair, escalations.Join{OneID: b.ID, OtherID: other.ID, OneVersion: w.version(b), OtherVersion: w.version(other), YoungPeople: 3, Reason: "One cause"})
	if err != nil || stays.ID != other.ID {
		t.Fatalf("%v goes on: %v", stays.Reference(), err)
	}
	if err := w.StatePosition(t.Context(), w.member, d.ID, escalations.Statement{AgencyID: theirs, Words: "We are not responsible."}); err != nil {
		t.Fatal(err)
	}
	page, err := w.ShowBlocker(t.Context(), w.chair, other.ID)
	if err != nil || len(page.Disputes) != 1 || page.Disputes[0].Of != b.Number || page.DecideBy.String() != "2026-12-03" || page.MayDispute {
		t.Fatalf("%v %+v", err, page.Disputes)
	}
	w.silent("2026-12-04")
	if got := w.steps(other, escalations.StepRisen); len(got) != 1 {
		t.Errorf("rose %q", got)
	}
}

// An agency that is asked must hear of it, one without a seat through the clerk; no message says what it is about.
func TestAgenciesAreAskedAndToldOfTheResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, d, theirs, outside := w.dispute(escalations.PanelDispute, escalations.ForumLevel)
	told := func(kind notify.Kind) []string {
		return scan[[]string](w, `select p.name from outbox o join person p on p.id = o.recipient where o.kind = ? order by p.name`, kind)
	}
	if diff := cmp.Diff([]string{"MAPaC clerk", "MAPaC member"}, told(escalations.NoticePosition)); diff != "" {
		t.Error(diff)
	}
	ask := func(agency, to uuid.UUID) notify.Notice {
		return notify.Notice{Kind: escalations.NoticePosition, IDs: notify.IDs{"dispute": d.ID, "agency": agency}, To: to}
	}
	notifytest.Golden(t, w.post, ask(theirs, w.member.PersonID), "dispute_position")
	notifytest.Golden(t, w.post, ask(outside, w.clerk.PersonID), "dispute_position_clerk")
	notifytest.NotSent(t, w.post, ask(theirs, w.clerk.PersonID))
	notifytest.NotSent(t, w.post, notify.Notice{Kind: escalations.NoticeSettled, IDs: notify.IDs{"dispute": d.ID}, To: w.clerk.PersonID})
	if err := w.StatePosition(t.Context(), w.member, d.ID, escalations.Statement{AgencyID: theirs, Words: canary}); err != nil {
		t.Fatal(err)
	}
	notifytest.NotSent(t, w.post, ask(theirs, w.member.PersonID))
	if err := w.SettleDispute(t.Context(), w.chair, d.ID, escalations.Outcome{Ending: escalations.EndedAgreed, Words: canary, SettledOn: clock.MustDate("2026-11-26")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"MAPaC clerk", "MAPaC member", "Owner"}, told(escalations.NoticeSettled)); diff != "" {
		t.Error(diff)
	}
	notifytest.Golden(t, w.post, notify.Notice{Kind: escalations.NoticeSettled, IDs: notify.IDs{"dispute": d.ID}, To: w.owner.PersonID}, "dispute_settled")
	notifytest.NotSent(t, w.post, ask(outside, w.clerk.PersonID))
}

// How long a dispute may wait is the partnership's to say, and a dispute that goes on keeps what it was promised.
func TestAnAdministratorSetsHowLongADisputeMayWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _, _, _ := w.dispute(escalations.SafeguardingDispute, escalations.ForumLevel)
	all, err := w.DisputePeriods(t.Context(), w.chair)
	if err != nil || len(all) != 5 {
		t.Fatalf("%v %+v", err, all)
	}
	changed := slices.Clone(all)
	changed[3].Days, changed[3].Source = 14, "Agreed by the safeguarding partners in 2026."
	if err := w.SetDisputePeriods(t.Context(), w.chair, changed); !fault.Is(err, fault.Denied) {
		t.Errorf("a chair sets it: %v", err)
	}
	if err := w.SetDisputePeriods(t.Context(), w.admin, changed); err != nil {
		t.Fatal(err)
	}
	wrong := slices.Clone(all)
	wrong[0].Days = 0
	if err := w.SetDisputePeriods(t.Context(), w.admin, wrong); !fault.Is(err, fault.Invalid) {
		t.Errorf("no days: %v", err)
	}
	page, err := w.ShowBlocker(t.Context(), w.chair, b.ID)
	if err != nil || page.Disputes[0].Days != 7 {
		t.Errorf("%v: has %d days", err, page.Disputes[0].Days)
	}
	if now := scan[int](w, `select days from dispute_period where kind = 'safeguarding'`); now != 14 {
		t.Errorf("%d days", now)
	}
}
