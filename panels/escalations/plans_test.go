package escalations_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A board that does not see what is coming is asked in the last week; and a count of two reviews says who.
func TestTheForwardPlanSaysWhatComesWhenAndNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard() // an answer is due by 24 December 2026
	_ = id
	w.recommend() // a response is due by 10 December 2026
	w.write(func(tx db.Tx) error {
		at := clock.MustDate("2027-01-20").At(10, 0)
		err := tx.Exec(`insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at) values (?, ?, ?, ?, ?, ?)`, uuid.New(), w.board.ID, at, at.Add(2*time.Hour), tx.Now, tx.Now).Error
		for i := range 7 {
			month := "2027-02-10"
			if i < 2 {
				month = "2027-03-10"
			}
			if err == nil {
				err = tx.Exec(`insert into due (id, forum_id, kind, source_id, case_id, due_on, text) values (?, ?, 'review', ?, ?, ?, ?)`, uuid.New(), w.mapac.ID, uuid.New(), w.kase, month, canary).Error
			}
		}
		return err
	})
	month := clock.MustDate("2027-04-01")
	for want, err := range map[string]error{
		"month": w.AddPlanItem(t.Context(), w.boardClerk, w.board.Slug, "x", clock.MustDate("2027-04-02"), nil),
		"title": w.AddPlanItem(t.Context(), w.boardClerk, w.board.Slug, "About Q1042", month, nil),
	} {
		if fieldsOf(err) != want {
			t.Errorf("problems with %q, want %q", fieldsOf(err), want)
		}
	}
	if err := w.AddPlanItem(t.Context(), w.boardMember, w.board.Slug, "Visit", month, nil); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the board plans: %v", err)
	}
	if err := w.AddPlanItem(t.Context(), w.boardClerk, w.board.Slug, "A visit from the inspectors", month, &w.owner.PersonID); err != nil {
		t.Fatal(err)
	}
	if err := w.AddDelivery(t.Context(), w.boardClerk, w.board.Slug, escalations.NewDelivery{Title: "Two more schemes", Measure: "Tenants say so", OwnerID: w.owner.PersonID, DueOn: clock.MustDate("2027-06-30")}); err != nil {
		t.Fatal(err)
	}
	plan := func() map[string][]string {
		t.Helper()
		page, err := w.ShowForwardPlan(t.Context(), w.boardMember, w.board.Slug)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(page)
		if err != nil || strings.Contains(string(text), canary) {
			t.Errorf("the plan holds a canary: %s, %v", text, err)
		}
		months := map[string][]string{}
		for _, line := range page.Overdue {
			months["overdue"] = append(months["overdue"], string(line.Kind))
		}
		for _, m := range page.Months {
			for _, line := range m.Lines {
				if line.Kind != escalations.PlanTerms {
					months[m.Words()] = append(months[m.Words()], string(line.Kind)+": "+line.Text)
				}
			}
		}
		return months
	}
	got := plan()
	for month, want := range map[string][]string{
		"December 2026": {"Response to a recommendation due: R1, Practice review, October 2026", "Answer due: B1, Supported housing in the north"},
		"January 2027":  {"Board meeting: 10:00am"},
		"February 2027": {"Reviews of decisions: MAPaC: 5"},
		"March 2027":    {"Reviews of decisions: MAPaC: fewer than 5"},
		"April 2027":    {"Planned: A visit from the inspectors", "Report due: Yearly report, 2026 to 2027"},
		"June 2027":     {"Delivery plan: Two more schemes"},
	} {
		if !slices.Equal(got[month], want) {
			t.Errorf("%s: %q, want %q", month, got[month], want)
		}
	}
	w.clock.Set(clock.MustDate("2027-01-04").At(9, 0))
	if got := plan()["overdue"]; !slices.Equal(got, []string{"Response to a recommendation due", "Answer due"}) {
		t.Errorf("overdue: %q", got)
	}
	item := scan[[]uuid.UUID](w, `select id from board_plan_item`)[0]
	if err := w.EndPlanItem(t.Context(), w.boardClerk, w.board.Slug, item); err != nil {
		t.Fatal(err)
	}
	if got := plan()["April 2027"]; len(got) != 1 {
		t.Errorf("taken off: %q", got)
	}
	if _, err := w.ShowForwardPlan(t.Context(), w.chair, w.board.Slug); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody of another forum: %v", err)
	}
}

// A plan whose deadlines move without anybody saying why is no plan.
func TestTheDeliveryPlanKeepsWhatHappenedToEachAction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	add := escalations.NewDelivery{Title: "Two more schemes", Measure: "Tenants say so", OwnerID: w.owner.PersonID, DueOn: clock.MustDate("2027-06-30")}
	if got := fieldsOf(w.AddDelivery(t.Context(), w.boardClerk, w.board.Slug, escalations.NewDelivery{})); got != "due_on,measure,owner,title" {
		t.Errorf("nothing typed: problems with %q", got)
	}
	if err := w.AddDelivery(t.Context(), w.boardMember, w.board.Slug, add); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the board: %v", err)
	}
	if err := w.AddDelivery(t.Context(), w.boardClerk, w.board.Slug, add); err != nil {
		t.Fatal(err)
	}
	id := scan[[]uuid.UUID](w, `select id from delivery_action`)[0]
	change := escalations.DeliveryChange{State: escalations.UnderWay, OwnerID: w.chair.PersonID, DueOn: clock.MustDate("2027-07-31"), Version: 1}
	if got := fieldsOf(w.ChangeDelivery(t.Context(), w.boardClerk, id, change)); got != "words" {
		t.Errorf("moved without a word: problems with %q", got)
	}
	change.Words = "The builder is late"
	if err := w.ChangeDelivery(t.Context(), w.boardClerk, id, change); err != nil {
		t.Fatal(err)
	}
	if err := w.ChangeDelivery(t.Context(), w.boardClerk, id, change); !fault.Is(err, fault.Stale) {
		t.Errorf("on what is no longer so: %v", err)
	}
	page, err := w.ShowDelivery(t.Context(), w.boardMember, id)
	if err != nil || len(page.Story) != 1 || page.Story[0].Words != "The builder is late. Deadline moved from 30 June 2027 to 31 July 2027. Now with MAPaC chair." || page.StateOn != clock.DateOf(w.clock.Now()) {
		t.Errorf("%+v, %v", page, err)
	}
	w.clock.Set(clock.MustDate("2027-08-01").At(9, 0))
	if page, err = w.ShowDelivery(t.Context(), w.boardMember, id); err != nil || !page.Overdue(page.Today) {
		t.Errorf("not overdue after its deadline: %+v, %v", page, err)
	}
}

// A report that changes after it was issued is no report; one that tells of three young people tells who.
func TestTheYearlyReportIsKeptAsIssuedAndTellsNobodyApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		w.decide(w.mapac, w.young("2010-01-01"), "agreed")
	}
	for range 3 {
		w.decide(w.mapac, w.young("2010-01-01"), "not_eligible")
	}
	if err := w.AddDelivery(t.Context(), w.boardClerk, w.board.Slug, escalations.NewDelivery{Title: "Two more schemes", Measure: "Tenants say so", OwnerID: w.owner.PersonID, DueOn: clock.MustDate("2027-02-28")}); err != nil {
		t.Fatal(err)
	}
	show := func() escalations.YearlyReport {
		t.Helper()
		report, err := w.ShowReport(t.Context(), w.boardClerk, w.board.Slug, 2026)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	running := show()
	if running.MayIssue || running.Over || running.Year.Words() != "2026 to 2027" {
		t.Errorf("a year that runs: %+v", running)
	}
	if err := w.IssueReport(t.Context(), w.boardClerk, w.board.Slug, 2026); !fault.Is(err, fault.Conflict) {
		t.Errorf("issued before its year is over: %v", err)
	}
	w.clock.Set(clock.MustDate("2027-04-12").At(9, 0))
	report := show()
	if want := []escalations.ReportOutcome{{Forum: "MAPaC", Outcome: "Agreed", Count: "held back"}, {Forum: "MAPaC", Outcome: "Not eligible", Count: "held back"}, {Forum: "MAPaC", Outcome: "All decisions", Count: "9"}}; !slices.Equal(report.Content.Outcomes, want) {
		t.Errorf("outcomes %+v, want %+v: six beside nine would say three", report.Content.Outcomes, want)
	}
	if len(report.Content.Delivery) != 1 || !report.Content.Delivery[0].Overdue || !slices.ContainsFunc(report.Content.Measures, func(f escalations.Figure) bool { return strings.HasPrefix(f.Value, "Half of 9 decisions") }) || report.Content.AsAt != clock.MustDate("2027-03-31") {
		t.Errorf("%+v", report.Content)
	}
	for _, figure := range report.Content.Headlines {
		if figure.Name == "Asked of the board" && figure.Value != "fewer than 5" {
			t.Errorf("one ask is told as %q", figure.Value)
		}
	}
	text, err := json.Marshal(report)
	if err != nil || strings.Contains(string(text), canary) || strings.Contains(string(text), "Heron") {
		t.Errorf("the report says who: %s, %v", text, err)
	}
	if err := w.IssueReport(t.Context(), w.boardMember, w.board.Slug, 2026); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the board issues: %v", err)
	}
	if err := w.IssueReport(t.Context(), w.boardClerk, w.board.Slug, 2026); err != nil {
		t.Fatal(err)
	}
	w.decide(w.mapac, w.young("2010-01-01"), "agreed")
	kept := show()
	if kept.IssuedAt == nil || kept.IssuedBy != "Board clerk" || kept.MayIssue || !slices.Equal(kept.Content.Outcomes, report.Content.Outcomes) {
		t.Errorf("kept as %+v", kept)
	}
	if err := w.IssueReport(t.Context(), w.boardClerk, w.board.Slug, 2026); !fault.Is(err, fault.Conflict) {
		t.Errorf("issued twice: %v", err)
	}
	if err := w.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(`update yearly_report set issued_at = now()`).Error }); err == nil {
		t.Error("a report can be changed after it was issued")
	}
	if _, err := w.ShowReport(t.Context(), w.boardClerk, w.board.Slug, 2030); !fault.Is(err, fault.NotFound) {
		t.Errorf("a year to come: %v", err)
	}
}
