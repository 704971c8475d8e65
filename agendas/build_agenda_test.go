package agendas

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// importSample puts the sample tracker in as the import page would.
func (p *partnership) importSample() {
	p.t.Helper()
	const path = "tracker/testdata/tracker-385.csv"
	content, err := tracker.LoadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	store := tracker.Store{DB: p.DB, Files: files.InMemory()}
	if _, err := store.RunImport(p.t.Context(), access.System("import"), path, content, tracker.ImportOptions{}); err != nil {
		p.t.Fatal(err)
	}
}

// plainRow is a row of the sample, read and judged here by nothing of the product's but the file.
type plainRow map[string]string

func (r plainRow) on(column string) (time.Time, bool) {
	when, err := time.Parse(time.DateOnly, r[column])
	return when, err == nil
}

// atAge adds months to a birthday the way the law does: a day the month lacks becomes the next month's first.
func (r plainRow) atAge(months int) time.Time {
	born, _ := r.on("Date of birth")
	return time.Date(born.Year(), born.Month()+time.Month(months), born.Day(), 0, 0, 0, 0, time.UTC)
}

// listedBy works out by hand which rules list a row on a day.
func (r plainRow) listedBy(t *testing.T, on time.Time) []string {
	t.Helper()
	var rules []string
	add := func(rule string, lists bool) {
		if lists {
			rules = append(rules, rule)
		}
	}
	reached := func(months int) bool { return !r.atAge(months).After(on) }
	ours := reached(14*12) && !reached(26*12)
	empty := func(column string) bool { return r[column] == "" }
	pence := func(column string) int {
		var pounds, pence int
		if _, err := fmt.Sscanf(r[column], "%d.%d", &pounds, &pence); err != nil {
			return 0
		}
		return pounds*100 + pence
	}
	lookedAfter := r["Legal status"] == "Section 20" || r["Legal status"] == "Section 31"
	referred, wasReferred := r.on("Referral date")
	_, assessed := r.on("Care Act assessment")
	_, planned := r.on("Support plan agreed")
	add("no_referral", ours && !wasReferred && reached(198))
	add("referral_unallocated", ours && wasReferred && empty("Allocated worker") && !referred.AddDate(0, 0, 28).After(on))
	add("no_assessment", ours && !assessed && !r.atAge(210).AddDate(0, 0, -90).After(on))
	add("no_support_plan", ours && !planned && !r.atAge(216).AddDate(0, 0, -120).After(on))
	add("chc_not_screened", ours && pence("Health weekly") > 0 && empty("CHC checklist") && empty("CHC decision") && reached(198))
	add("chc_no_decision", ours && pence("Health weekly") > 0 && empty("CHC decision") && reached(210))
	add("no_pathway_plan", ours && lookedAfter && empty("Pathway plan") && reached(192) && !reached(216))
	add("high_cost", ours && !reached(216) && pence("Weekly cost")*52 > 50_000_00)
	slices.Sort(rules)
	return rules
}

// The builder and a reading of the file by hand must agree on every name, or someone is missed.
func TestBuildListsWhoAHandCountLists(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.importSample()
	file, err := os.Open("tracker/testdata/tracker-385.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table[0][0] = strings.TrimPrefix(table[0][0], "\ufeff")
	const on = "2026-12-08"
	for _, locality := range []string{"North", "Central", "South"} {
		forum := p.forum("locality", locality)
		meeting := p.meeting(forum, on)
		built := p.build(p.clerk(forum), meeting)

		want := map[string][]string{}
		for _, row := range table[1:] {
			r := plainRow{}
			for i, cell := range row {
				r[table[0][i]] = cell
			}
			if rules := r.listedBy(t, day(on).At(0, 0)); r["Locality"] == locality && len(rules) > 0 {
				want[r["Person ref"]] = rules
			}
		}
		if len(want) < 30 {
			t.Errorf("%s: only %d by hand: the sample is not what it was", locality, len(want))
		}
		got := map[string][]string{}
		last := 1 << 30
		for _, item := range p.items(meeting.ID) {
			if item.Kind != CaseItem {
				continue
			}
			var reference string
			p.write(func(tx db.Tx) error {
				return tx.Raw(`select person_reference from cases where id = ?`, *item.CaseID).Scan(&reference).Error
			})
			for _, r := range item.Reasons {
				got[reference] = append(got[reference], r.Rule)
			}
			slices.Sort(got[reference])
			if item.Urgency > last {
				t.Errorf("%s: %s stands below someone less urgent", locality, reference)
			}
			last = item.Urgency
		}
		if !maps.EqualFunc(got, want, slices.Equal[[]string]) {
			for ref := range want {
				if !slices.Equal(got[ref], want[ref]) {
					t.Errorf("%s %s: built %v, by hand %v", locality, ref, got[ref], want[ref])
				}
			}
			for ref := range got {
				if want[ref] == nil {
					t.Errorf("%s %s: built %v, by hand not listed", locality, ref, got[ref])
				}
			}
		}
		if built.Added != len(want)+len(panels.StandingItems()) {
			t.Errorf("%s: added %d", locality, built.Added)
		}
		var unjudged []string
		for _, u := range built.Unjudged {
			unjudged = append(unjudged, u.Rule)
		}
		if wantUnjudged := []string{"safeguarding_at_17", "out_of_county_ending", "no_capacity_assessment", "consent_refused", "court_date"}; !slices.Equal(unjudged, wantUnjudged) {
			t.Errorf("%s: cannot be judged %v, want %v", locality, unjudged, wantUnjudged)
		}
		if again := p.build(p.clerk(forum), meeting); again.Added+again.Changed+again.Dropped > 0 {
			t.Errorf("%s: building again changed %+v", locality, again)
		}
	}
}

// One draft, with every decision a clerk can make, built again.
func TestBuildingAgainKeepsDecisions(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk, meeting := p.clerk(forum), p.meeting(forum, "2026-12-08")
	a, b, c, other := young("2008-12-20"), young("2009-01-20"), young("2009-02-20"), young("2009-03-01")
	a.SupportPlanOn, b.SupportPlanOn, c.SupportPlanOn = clock.Date{}, clock.Date{}, clock.Date{}
	elsewhere := young("2008-12-20")
	elsewhere.SupportPlanOn, elsewhere.Locality = clock.Date{}, "South"
	p.add(&a, &b, &c, &other, &elsewhere)
	p.build(clerk, meeting)
	of := func(c tracker.Case) Item {
		t.Helper()
		items := p.items(meeting.ID)
		at := slices.IndexFunc(items, func(i Item) bool { return i.CaseID != nil && *i.CaseID == c.ID })
		if at < 0 {
			t.Fatalf("%s is not on the agenda", c.Reference())
		}
		return items[at]
	}
	ctx := t.Context()
	do := func(_ uuid.UUID, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if of(a).Position > of(b).Position || of(b).Position > of(c).Position {
		t.Error("the nearest birthday does not come first")
	}
	do(p.RemoveItem(ctx, clerk, of(a).ID, of(a).Version, "Seen at the November meeting"))
	do(p.PinItem(ctx, clerk, of(b).ID, true))
	do(p.ChangeMinutes(ctx, clerk, of(c).ID, of(c).Version, 15))
	do(p.MoveItem(ctx, clerk, of(c).ID, Up))
	do(p.AddCase(ctx, clerk, meeting.ID, "q"+fmt.Sprint(other.Number), "The college has asked"))
	p.write(func(tx db.Tx) error { // b's plan is agreed meanwhile: no rule lists b any more
		return tx.Exec(`update cases set support_plan_on = '2026-11-26' where id = ?`, b.ID).Error
	})
	p.build(clerk, meeting)
	if item := of(a); item.State != Removed || item.RemovedReason != "Seen at the November meeting" {
		t.Errorf("removed: %+v", item)
	}
	if item := of(b); item.State != Listed || !item.Pinned || len(item.Reasons) != 0 {
		t.Errorf("pinned: %+v", item)
	}
	if item := of(c); item.Minutes != 15 || item.Position > of(b).Position {
		t.Errorf("minutes or place: %+v", item)
	}
	if item := of(other); len(item.Reasons) != 1 || item.Reasons[0].Text != "The college has asked" {
		t.Errorf("by hand: %+v", item)
	}
	do(p.RestoreItem(ctx, clerk, of(a).ID, of(a).Version))
	if of(a).State != Listed {
		t.Error("not put back")
	}
	do(p.PlaceItem(ctx, clerk, of(a).ID, 1))
	if of(a).Position != 1 {
		t.Errorf("placed at %d", of(a).Position)
	}
	if _, err := p.PlaceItem(ctx, clerk, of(a).ID, 99); !fault.Is(err, fault.Invalid) {
		t.Errorf("placed beyond the end: %v", err)
	}
	_, err := p.AddCase(ctx, clerk, meeting.ID, elsewhere.Reference(), "Please")
	_, unknown := p.AddCase(ctx, clerk, meeting.ID, "Q999999", "Please")
	if !fault.Is(err, fault.Invalid) || !fault.Is(unknown, fault.Invalid) {
		t.Errorf("another locality’s case: %v; no such case: %v", err, unknown)
	}
	if _, err := p.RemoveItem(ctx, clerk, of(c).ID, 0, "  "); !fault.Is(err, fault.Invalid) {
		t.Errorf("removed without a reason: %v", err)
	}
	if _, err := p.ChangeMinutes(ctx, clerk, of(c).ID, 1, 20); !fault.Is(err, fault.Stale) {
		t.Errorf("changed what somebody else had changed: %v", err)
	}
}

// What was put off must come back by itself: the third failure is the case nobody owns.
func TestWhatIsDueComesBackWithItsReason(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk, meeting := p.clerk(forum), p.meeting(forum, "2026-12-08")
	deferred, answered, later, gone := young("2009-06-08"), young("2009-06-09"), young("2009-06-10"), young("2009-06-11")
	deferred.CareActAssessedOn, gone.DiedOn = clock.Date{}, day("2026-11-20")
	p.add(&deferred, &answered, &later, &gone)
	escalation, question := newID(), newID()
	put := func(kind string, source uuid.UUID, c *tracker.Case, on, text string) {
		d := Due{ForumID: forum.ID, Kind: kind, SourceID: source, DueOn: day(on), Text: text, Law: "Terms of reference"}
		if c != nil {
			d.CaseID = &c.ID
		}
		p.write(func(tx db.Tx) error { return PutDue(tx, d) })
	}
	decision := newID()
	put("deferred", decision, &deferred, "2026-12-01", "Deferred on 3 November: costs were missing")
	put("deferred", decision, &deferred, "2026-12-08", "Deferred on 3 November: costs were missing")
	put("answer", escalation, &answered, "2026-11-30", "The board answered: find a provider by March")
	put("answer", question, nil, "2026-11-30", "The board answered about housing")
	put("review", newID(), &later, "2026-12-09", "Review")
	put("action", newID(), &gone, "2026-12-01", "Action overdue")
	put("action", newID(), nil, "2026-12-01", "Publish the dashboard")
	built := p.build(clerk, meeting)

	var got []string
	for _, item := range p.items(meeting.ID) {
		var rules []string
		for _, r := range item.Reasons {
			rules = append(rules, fmt.Sprintf("%s %s %d", r.Rule, r.On, r.DaysLeft))
		}
		switch {
		case item.Kind == AnswerItem && *item.EscalationID == question:
			got = append(got, "answer: "+item.Title)
		case item.CaseID != nil && *item.CaseID == answered.ID && *item.EscalationID == escalation:
			got = append(got, "answered: "+strings.Join(rules, ", "))
		case item.CaseID != nil && *item.CaseID == deferred.ID:
			got = append(got, "deferred: "+strings.Join(rules, ", "))
		case item.CaseID != nil:
			got = append(got, "unexpected "+item.CaseID.String())
		}
	}
	want := []string{
		"answer: The board answered about housing", "answered: answer 2026-11-30 -8", "deferred: deferred 2026-12-08 0, no_assessment 2026-12-08 0",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if !slices.Equal(built.Gone, []string{gone.Reference()}) {
		t.Errorf("gone: %v", built.Gone)
	}

	p.write(func(tx db.Tx) error {
		return MarkHeard(tx, Item{CaseID: &deferred.ID}, forum.ID, meeting.On())
	})
	p.build(clerk, meeting)
	for _, item := range p.items(meeting.ID) {
		if item.CaseID != nil && *item.CaseID == deferred.ID && len(item.Reasons) != 1 {
			t.Errorf("still deferred after it was heard: %+v", item.Reasons)
		}
	}
}

// A name on a board's agenda would break the promise made to every family.
func TestBoardHasEscalationsAndNoCases(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	board := p.forum("strategic_board", "")
	clerk, meeting := p.clerk(board), p.meeting(board, "2026-12-08")
	c := young("2008-12-20")
	c.SupportPlanOn = clock.Date{}
	p.add(&c)
	escalation := newID()
	p.write(func(tx db.Tx) error {
		return PutDue(tx, Due{ForumID: board.ID, Kind: "escalation", SourceID: escalation, CaseID: &c.ID, DueOn: day("2026-12-01"), Text: "No provider for 3 young people"})
	})
	p.build(clerk, meeting)
	escalations := 0
	for _, item := range p.items(meeting.ID) {
		if item.CaseID != nil || item.Kind == CaseItem {
			t.Errorf("a case on a board’s agenda: %+v", item)
		}
		if item.Kind == EscalationItem && *item.EscalationID == escalation && item.Title == "No provider for 3 young people" {
			escalations++
		}
	}
	if escalations != 1 {
		t.Errorf("%d escalations", escalations)
	}
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, c.Reference(), "Please"); !fault.Is(err, fault.Denied) {
		t.Errorf("a case added by hand: %v", err)
	}
}

func TestOnlyTheForumsOwnClerkOrChairBuilds(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, south := p.forum("locality", "North"), p.forum("locality", "South")
	meeting := p.meeting(north, "2026-12-08")
	for name, actor := range map[string]access.Actor{
		"another forum’s clerk": p.clerk(south), "a member": p.seated("Mo", north, access.Member, access.Deciding), "the administrator": p.admin,
	} {
		if _, err := p.BuildAgenda(t.Context(), actor, meeting.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if items := p.items(meeting.ID); len(items) != 0 {
		t.Errorf("%d items were written", len(items))
	}
	p.build(p.seated("Chris", north, access.Chair, access.Deciding), meeting)
	for status, want := range map[panels.MeetingStatus]fault.Kind{panels.Cancelled: fault.Conflict, panels.InSession: fault.Conflict, panels.Closed: fault.Conflict} {
		p.write(func(tx db.Tx) error {
			return tx.Exec(`update meeting set status = ? where id = ?`, status, meeting.ID).Error
		})
		if _, err := p.BuildAgenda(t.Context(), p.clerk(north), meeting.ID); !fault.Is(err, want) {
			t.Errorf("%s: %v", status, err)
		}
	}
}
