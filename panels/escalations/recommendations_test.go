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
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// recommend enters a recommendation on which the owner leads; a response is due by 10 December 2026.
func (w *world) recommend() escalations.Recommendation {
	w.t.Helper()
	r, err := w.AddRecommendation(w.t.Context(), w.boardClerk, w.board.Slug, escalations.NewRecommendation{
		Source: escalations.FromReview, SourceName: "Practice review, October 2026", Text: "Hold two places in each scheme", MadeOn: clock.MustDate("2026-10-20"),
		MadeTo: "Housing", LeadID: w.owner.PersonID, ResponseDue: clock.MustDate("2026-12-10"),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) register(filter escalations.RecommendationFilter) escalations.Register {
	w.t.Helper()
	list, err := w.ListRecommendations(w.t.Context(), w.boardMember, w.board.Slug, filter)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// fieldsOf are the fields a refusal names, sorted.
func fieldsOf(err error) string {
	var names []string
	if f := fault.As(err); f != nil {
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// A recommendation that nobody follows was made for nothing: whoever leads hears before and after each date.
func TestARecommendationIsFollowedFromBeingMadeToBeingDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.recommend()
	made := notify.Notice{Kind: escalations.NoticeRecommended, IDs: notify.IDs{"recommendation": r.ID}, To: w.owner.PersonID}
	notifytest.Golden(t, w.post, made, "recommendation_made")
	due := notify.Notice{Kind: escalations.NoticeRecommendationDue, IDs: notify.IDs{"recommendation": r.ID}, To: w.owner.PersonID}
	w.arrived()

	w.mornings("2026-12-02")
	if got := w.arrived(); len(got) != 0 {
		t.Errorf("reminded early: %q", got)
	}
	w.mornings("2026-12-18")
	if diff := cmp.Diff([]string{
		"owner: A response to recommendation R1 is due by 10 December 2026.",
		"owner: A response to recommendation R1 was due by 10 December 2026.",
		"owner: A response to recommendation R1 was due by 10 December 2026.",
	}, w.arrived()); diff != "" {
		t.Errorf("reminded (-want +got):\n%s", diff)
	}
	notifytest.Golden(t, w.post, due, "recommendation_due")
	if list := w.register(escalations.RecommendationFilter{State: escalations.ResponseLate}); len(list.Rows) != 1 || list.Counts.ResponseLate != 1 || list.Rows[0].LeadLeft {
		t.Errorf("overdue: %+v", list)
	}

	version := scan[int](w, `select version from recommendation`)
	respond := func(response escalations.Response, reason, by string, version int) error {
		on := clock.Date{}
		if by != "" {
			on = clock.MustDate(by)
		}
		return w.RespondToRecommendation(t.Context(), w.owner, r.ID, response, reason, on, version)
	}
	for want, err := range map[string]error{
		"response,due_on": respond("", "", "", version),
		"due_on":          respond(escalations.Accepted, "", "2026-12-01", version),
		"reason":          respond(escalations.NotAccepted, " ", "", version),
		"due_on,reason":   respond(escalations.Partly, "", "", version),
	} {
		parts := strings.Split(want, ",")
		slices.Sort(parts)
		if got := fieldsOf(err); got != strings.Join(parts, ",") {
			t.Errorf("problems with %q, want %q (%v)", got, want, err)
		}
	}
	if err := respond(escalations.Partly, "One place in each", "2027-01-29", version+1); !fault.Is(err, fault.Stale) {
		t.Errorf("on what is no longer so: %v", err)
	}
	if err := w.FinishRecommendation(t.Context(), w.owner, r.ID, clock.MustDate("2026-12-18"), "x", version); !fault.Is(err, fault.Conflict) {
		t.Errorf("done before it was accepted: %v", err)
	}
	if err := w.RespondToRecommendation(t.Context(), w.boardMember, r.ID, escalations.Accepted, "", clock.MustDate("2027-01-29"), version); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the board responds to itself: %v", err)
	}
	if err := w.RespondToRecommendation(t.Context(), w.chair, r.ID, escalations.Accepted, "", clock.MustDate("2027-01-29"), version); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody with no part in it: %v", err)
	}
	if err := respond(escalations.Partly, "One place in each", "2027-01-29", version); err != nil {
		t.Fatal(err)
	}
	if err := respond(escalations.Accepted, "", "2027-01-29", version+1); !fault.Is(err, fault.Conflict) {
		t.Errorf("responded twice: %v", err)
	}
	if err := w.NoteRecommendation(t.Context(), w.owner, r.ID, "Three schemes agreed", version+1); err != nil {
		t.Fatal(err)
	}
	w.arrived()
	w.mornings("2027-02-02")
	if diff := cmp.Diff([]string{
		"owner: The work on recommendation R1 is due by 29 January 2027.",
		"owner: The work on recommendation R1 was due by 29 January 2027.",
	}, w.arrived()); diff != "" {
		t.Errorf("reminded of the work (-want +got):\n%s", diff)
	}
	if list := w.register(escalations.RecommendationFilter{State: escalations.Late}); len(list.Rows) != 1 || list.Rows[0].Latest != "Three schemes agreed" || list.Counts.Partly != 1 {
		t.Errorf("late: %+v", list)
	}
	if got := fieldsOf(w.FinishRecommendation(t.Context(), w.owner, r.ID, clock.MustDate("2027-02-03"), "", version+2)); got != "done_on,evidence" {
		t.Errorf("done tomorrow and with nothing to show: %q", got)
	}
	if err := w.FinishRecommendation(t.Context(), w.owner, r.ID, clock.MustDate("2027-02-01"), "The letting records", version+2); err != nil {
		t.Fatal(err)
	}
	if list := w.register(escalations.RecommendationFilter{}); list.Counts.Done != 1 || list.Counts.Late != 0 || list.Rows[0].State != escalations.Finished {
		t.Errorf("done: %+v", list)
	}
	notifytest.NotSent(t, w.post, due)
	notifytest.NotSent(t, w.post, made)
	w.mornings("2027-03-01")
	if got := w.arrived(); len(got) != 0 {
		t.Errorf("chased for what is done: %q", got)
	}
	page, err := w.ShowRecommendation(t.Context(), w.owner, r.ID)
	if err != nil || !page.MayFollow || page.ReadsBoard || len(page.Story) != 9 {
		t.Errorf("its lead reads %d steps, %+v, %v", len(page.Story), page, err)
	}
	if err := w.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(`update recommendation_step set words = ''`).Error }); err == nil {
		t.Error("what happened can be changed afterwards")
	}
}

// What the board itself directed stands in the register once, as it was said.
func TestAnAnswerIsKeptInTheRegisterOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, id := w.raiseToBoard()
	given := agreed
	given.OwnerID = w.marpChair.PersonID
	keep := func() (escalations.Recommendation, error) {
		return w.AddRecommendation(t.Context(), w.boardClerk, w.board.Slug, escalations.NewRecommendation{
			EscalationID: &id, Text: "Commission two flats", MadeTo: "MARP", LeadID: w.marpChair.PersonID, ResponseDue: clock.MustDate("2026-12-10"),
		})
	}
	if _, err := keep(); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it was answered: %v", err)
	}
	if err := w.AnswerEscalation(t.Context(), w.boardMember, id, given); err != nil {
		t.Fatal(err)
	}
	offer, err := w.OfferRecommendation(t.Context(), w.boardClerk, w.board.Slug, &id)
	if err != nil || offer.From == nil || offer.LeadID != w.marpChair.PersonID {
		t.Fatalf("offered %+v, %v", offer, err)
	}
	r, err := keep()
	if err != nil || r.Source != escalations.FromBoard || r.SourceName != "Answer about B1" || r.MadeOn != clock.DateOf(w.clock.Now()) {
		t.Fatalf("kept as %+v, %v", r, err)
	}
	if _, err := keep(); !fault.Is(err, fault.Conflict) {
		t.Errorf("kept twice: %v", err)
	}
	if page, err := w.ShowEscalation(t.Context(), w.boardClerk, id); err != nil || page.Kept == nil || *page.Kept != r.ID {
		t.Errorf("the escalation leads to %v, %v", page.Kept, err)
	}
}

// The register is read by people who must not learn who anybody is, and kept by one person.
func TestTheRegisterHoldsNoNamesAndItsClerkKeepsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set forename = 'Will', surname = 'Marsh', person_reference = 'P20088' where id = ?`, w.kase).Error
	})
	good := escalations.NewRecommendation{
		Source: escalations.FromAudit, SourceName: "Audit", Text: "Hold places", MadeOn: clock.MustDate("2026-10-20"), MadeTo: "Housing", LeadID: w.owner.PersonID, ResponseDue: clock.MustDate("2026-12-10"),
	}
	for want, change := range map[string]func(*escalations.NewRecommendation){
		"text":         func(r *escalations.NewRecommendation) { r.Text = "A place for Will Marsh" },
		"made_to":      func(r *escalations.NewRecommendation) { r.MadeTo = "Whoever works P20088" },
		"source_name":  func(r *escalations.NewRecommendation) { r.SourceName = "Review of Q1042" },
		"lead":         func(r *escalations.NewRecommendation) { r.LeadID = uuid.Nil },
		"made_on":      func(r *escalations.NewRecommendation) { r.MadeOn = clock.MustDate("2026-11-27") },
		"response_due": func(r *escalations.NewRecommendation) { r.ResponseDue = clock.MustDate("2026-10-19") },
		"source":       func(r *escalations.NewRecommendation) { r.Source = escalations.FromBoard },
	} {
		r := good
		change(&r)
		if _, err := w.AddRecommendation(t.Context(), w.boardClerk, w.board.Slug, r); fieldsOf(err) != want {
			t.Errorf("problems with %q, want %q: %v", fieldsOf(err), want, err)
		}
	}
	if _, err := w.AddRecommendation(t.Context(), w.boardMember, w.board.Slug, good); !fault.Is(err, fault.Denied) {
		t.Errorf("a member of the board adds: %v", err)
	}
	if _, err := w.AddRecommendation(t.Context(), w.clerk, w.board.Slug, good); !fault.Is(err, fault.NotFound) {
		t.Errorf("another forum’s clerk adds: %v", err)
	}
	r := w.recommend()
	if err := w.PassRecommendation(t.Context(), w.owner, r.ID, w.chair.PersonID, 1); !fault.Is(err, fault.Denied) {
		t.Errorf("its lead passes it on: %v", err)
	}
	if err := w.PassRecommendation(t.Context(), w.boardClerk, r.ID, w.chair.PersonID, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ShowRecommendation(t.Context(), w.owner, r.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("who led on it before: %v", err)
	}
	if got := w.arrived(); !slices.Equal(got, []string{"mapac.chair: Recommendation R1 is yours to respond to: Strategic transitions board."}) {
		t.Errorf("told, and the lead of before no more: %q", got)
	}
	for _, list := range []escalations.Register{
		w.register(escalations.RecommendationFilter{Source: escalations.FromAudit}), w.register(escalations.RecommendationFilter{State: escalations.Finished}), w.register(escalations.RecommendationFilter{LeadID: &w.owner.PersonID}),
	} {
		if len(list.Rows) != 0 || list.Counts.Made != 1 {
			t.Errorf("a filter lets through %+v", list.Rows)
		}
	}
	if list := w.register(escalations.RecommendationFilter{Source: escalations.FromReview, LeadID: &w.chair.PersonID, State: escalations.AwaitsResponse}); len(list.Rows) != 1 {
		t.Errorf("a filter that fits lets through %d", len(list.Rows))
	}
}
