package room_test

import (
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// names an agency's authorising officer.
func (h *house) officer(agency panels.Agency, person access.Actor) {
	h.t.Helper()
	h.owner(`update agency set officer_id = $1 where id = $2`, person.PersonID, agency.ID)
}

// provisional has the funders vote without Health, and concludes provisionally.
func (h *house) provisional() room.DecisionView {
	h.t.Helper()
	h.inSession(h.ann, h.eve)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Provisional: true})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Provisional, Reasons: "Assessed need", EndorsedByID: &h.health.ID})
	return *h.sees(h.chair).Decision
}

// recommended has Health consent above its seat's delegated limit.
func (h *house) recommended() room.DecisionView {
	h.t.Helper()
	h.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, h.seat["Hal Hart"])
	h.inSession(h.ann, h.hal)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	return *h.sees(h.chair).Decision
}

// binds reports whether anything may follow from a decision.
func (h *house) binds(id uuid.UUID) bool {
	h.t.Helper()
	return h.count(`select count(*) from binding_decision where decision_id = ?`, id) == 1
}

// inForce is what the young person's decisions commit to a week, once the package has begun.
func (h *house) inForce() (pence int64) {
	h.t.Helper()
	now := h.clock.Now()
	h.clock.Set(clock.MustDate("2027-02-01").At(9, 0))
	defer h.clock.Set(now)
	h.must(h.store.DB.Read(h.t.Context(), h.chair, func(tx db.Tx) error {
		paid, err := room.MoneyInForce(tx, h.caseID)
		for _, share := range paid {
			pence += share.WeeklyPence
		}
		return err
	}))
	return pence
}

func (h *house) page(actor access.Actor, decision uuid.UUID) (page room.DecisionPage, err error) {
	err = h.store.DB.Read(h.t.Context(), actor, func(tx db.Tx) error {
		page, err = room.ShowDecision(tx, decision)
		return err
	})
	return page, err
}

// Money that nobody of Health agreed to must not flow because the others were quorate enough to talk.
func TestAProvisionalDecisionBindsOnceEndorsed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.officer(h.health, h.stranger)
	d := h.provisional()
	asked, ids := h.waiting("endorsement_asked")
	if len(asked) != 3 { // the officer, Health's member and their deputy, who were not there
		t.Fatalf("asked %v", asked)
	}
	if h.binds(d.ID) || h.inForce() != 0 || h.count(`select count(*) from river_job where kind = 'decision.bound'`) != 0 {
		t.Fatal("something followed before it was endorsed")
	}
	if n := h.count(`select count(*) from funding_request where state = 'tabled'`); n != 1 {
		t.Error("the request was decided before the decision binds")
	}
	for _, stage := range []string{"asked", "reminded", "late"} {
		notifytest.Golden(t, h.post(), notify.Notice{Kind: notify.Kind("endorsement_" + stage), IDs: ids, To: h.stranger.PersonID}, "endorsement_"+stage)
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeAnswerLate, IDs: ids, To: h.clerk.PersonID}, "answer_late")
	h.refused(h.ann, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true}, fault.Denied,
		"You cannot answer for Health here. Its authorising officer does, or for an endorsement a deciding member who was not there; nobody who voted on the item, confirmed it, brought it or left for it.")
	h.refused(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.asc.ID, Agreed: true}, fault.NotFound, "This decision does not wait for that agency.")
	page, err := h.page(h.stranger, d.ID)
	if err != nil || len(page.MayAnswer) != 1 || page.Vote == nil || !page.Named {
		t.Fatalf("the officer's page: %v, may answer %v", err, page.MayAnswer)
	}
	h.do(h.chair, room.CloseMeeting{})
	h.do(h.stranger, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true})
	if !h.binds(d.ID) || h.inForce() != 120450 || h.count(`select count(*) from river_job where kind = 'decision.bound'`) != 1 {
		t.Error("endorsed, and nothing follows")
	}
	if h.count(`select count(*) from due where kind = 'ratify' and done_at is null`) != 0 || h.count(`select count(*) from due where kind = 'review' and done_at is null`) != 1 {
		t.Error("the next agenda still asks for it, or its review is forgotten")
	}
	told, ids := h.waiting(room.NoticeBound)
	if len(told) != 7 { // everybody with a seat, and who brought it
		t.Errorf("told %d", len(told))
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeBound, IDs: ids, To: h.ann.PersonID}, "decision_bound")
	h.refused(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true}, fault.Conflict,
		"Health has answered already: endorsed on 26 November 2026: Stan Outside, authorising officer.")
}

// An agency that says no must not be bound, and the young person's case must not be lost.
func TestARefusalComesToTheNextAgenda(t *testing.T) {
	t.Parallel()
	h := setup(t)
	d := h.provisional()
	h.refused(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID}, fault.Invalid, "Enter why it is refused")
	h.do(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Reason: "The checklist was not seen"})
	if h.binds(d.ID) || h.inForce() != 0 {
		t.Error("refused, and it binds")
	}
	if n := h.count(`select count(*) from due where kind = 'ratify' and done_at is null and request_id = ? and text like '%Health refused%The checklist was not seen'`, h.requestID); n != 1 {
		t.Error("it does not come back")
	}
	if n := h.count(`select count(*) from funding_request where state = 'submitted' and forum_id = ?`, h.forum.ID); n != 1 {
		t.Error("the request cannot be tabled again")
	}
	_, ids := h.waiting(room.NoticeRefused)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeRefused, IDs: ids, To: h.clerk.PersonID}, "decision_refused")
	h.refused(h.sam, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true}, fault.Conflict,
		"Health has answered already: refused to endorse it on 26 November 2026: Hal Hart. “The checklist was not seen”.")
}

// Whoever has an interest in a young person must not bind their agency to pay for them.
func TestAConflictedPersonNeitherEndorsesNorReads(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "A nephew"})
	h.officer(h.health, h.hal)
	d := h.provisional()
	if asked, _ := h.waiting("endorsement_asked"); len(asked) != 1 || asked[0] != h.sam.PersonID {
		t.Errorf("asked %v, want the deputy alone", asked)
	}
	if _, err := h.try(h.hal, room.EndorseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true}); !fault.Is(err, fault.Denied) {
		t.Errorf("who left endorsed: %v", err)
	}
	if _, err := h.page(h.hal, d.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("who left reads it: %v", err)
	}
}

// What one person alone may not spend must not be spent because nobody looked at their limit.
func TestARecommendationBindsOnceItsOfficerAuthorises(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.officer(h.health, h.stranger)
	d := h.recommended()
	if h.binds(d.ID) || len(d.Needs) != 1 || d.Needs[0].Why != "Its share is above the delegated limit of its seat" {
		t.Fatalf("needs %+v", d.Needs)
	}
	asked, ids := h.waiting("authorisation_asked")
	if len(asked) != 1 || asked[0] != h.stranger.PersonID {
		t.Fatalf("asked %v", asked)
	}
	for _, stage := range []string{"asked", "reminded", "late"} {
		notifytest.Golden(t, h.post(), notify.Notice{Kind: notify.Kind("authorisation_" + stage), IDs: ids, To: h.stranger.PersonID}, "authorisation_"+stage)
	}
	var home []room.AnswerWaiting
	h.must(h.store.DB.Read(t.Context(), h.stranger, func(tx db.Tx) (err error) {
		home, err = room.AnswersWaiting(tx)
		return err
	}))
	if len(home) != 1 || home[0].Agency != "Health" {
		t.Errorf("on Home: %+v", home)
	}
	h.do(h.stranger, room.AuthoriseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true, Reason: "Within this year's plan"})
	if !h.binds(d.ID) || h.inForce() != 120450 {
		t.Error("authorised, and nothing follows")
	}
	if got := h.sees(h.ann).Decision.Standing; got != "Decided: binds since 26 November 2026" {
		t.Errorf("standing: %q", got)
	}
}

// An officer who voted would authorise their own word; with nobody to ask, it must be said and not be
// left to be found out.
func TestAnOfficerWhoVotedDoesNotAuthorise(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.officer(h.health, h.hal)
	h.owner(`update person set administrator = true where id = $1`, h.pia.PersonID)
	h.owner(`update seat set delegated_limit_pence = 2000000 where id = $1`, h.seat["Hal Hart"])
	h.inSession(h.ann, h.hal)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	var warned []string
	for _, outcome := range h.sees(h.chair).Item.Outcomes {
		if outcome.Outcome == room.Agreed {
			warned = outcome.Needs
		}
	}
	want := "Health’s authorising officer must authorise it: its share is above the delegated limit of its seat. Nobody can yet. Health’s authorising officer took part in this decision, left for the item or has left the partnership: an administrator names another on the agency’s page."
	if len(warned) != 1 || warned[0] != want {
		t.Errorf("before confirming: %q", warned)
	}
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	d := h.sees(h.chair).Decision
	if !d.Needs[0].Nobody {
		t.Errorf("needs %+v", d.Needs)
	}
	told, ids := h.waiting(room.NoticeNobodyAnswers)
	if len(told) != 2 { // the clerk and the administrator
		t.Errorf("told %v", told)
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeNobodyAnswers, IDs: ids, To: h.clerk.PersonID}, "nobody_answers")
	h.officer(h.health, h.stranger)
	h.must(h.store.AskOfficer(t.Context(), panels.OfficerNamed{AgencyID: h.health.ID}))
	h.must(h.store.AskOfficer(t.Context(), panels.OfficerNamed{AgencyID: h.health.ID}))
	if asked, _ := h.waiting("authorisation_asked"); len(asked) != 1 || asked[0] != h.stranger.PersonID {
		t.Errorf("asked %v", asked)
	}
}

// A forum that only advises binds no agency by itself, whatever it says.
func TestAnAdvisoryForumRecommends(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.Decides = false })
	h.officer(h.health, h.stranger)
	h.officer(h.asc, h.ola)
	h.inSession(h.ann, h.hal)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	d := h.sees(h.chair).Decision
	if d.Standing != "Recommended: needs authorisation by Adult social care and Health, and binds nobody until then" {
		t.Fatalf("standing: %q", d.Standing)
	}
	h.do(h.ola, room.AuthoriseDecision{DecisionID: d.ID, AgencyID: h.asc.ID, Agreed: true})
	if h.binds(d.ID) {
		t.Error("one of two authorised, and it binds")
	}
	h.do(h.stranger, room.AuthoriseDecision{DecisionID: d.ID, AgencyID: h.health.ID, Agreed: true})
	if !h.binds(d.ID) {
		t.Error("both authorised, and it does not bind")
	}
}

// A chase that fires twice is noise and one that never fires is a package nobody pays: each stage once,
// on working days.
func TestAnswersAreChasedOnceAStage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.officer(h.health, h.stranger)
	h.recommended() // on Thursday 26 November; five working days end on Thursday 3 December
	for _, day := range []struct {
		on   string
		want int
		why  string
	}{
		{"2026-11-27", 0, "asked already"},
		{"2026-11-29", 0, "a Sunday"},
		{"2026-12-01", 1, "half the days are over"},
		{"2026-12-02", 0, "reminded already"},
		{"2026-12-03", 3, "late: the officer, the chair and the clerk"},
		{"2026-12-04", 0, "told already"},
	} {
		h.clock.Set(clock.MustDate(day.on).At(8, 0))
		for _, want := range []int{day.want, 0} { // running it again sends nothing
			sent, err := h.store.ChaseAnswers(t.Context())
			h.must(err)
			if sent != want {
				t.Errorf("%s: %d chased, want %d: %s", day.on, sent, want, day.why)
			}
		}
	}
}

// A condition nobody shows is a promise nobody keeps: it is chased, brought back, and met only when
// somebody else says so.
func TestConditionsAreShownAndAccepted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.consent(h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}))
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})
	confirm := room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "x",
		Conditions: []room.Condition{{Text: "Registration confirmed", EvidenceDue: clock.MustDate("2026-12-10")}}}
	h.refused(h.chair, confirm, fault.Invalid, "Select who shows that each condition is met")
	confirm.Conditions[0].OwnerID, confirm.Conditions[0].AskedByID = h.ann.PersonID, &h.health.ID
	h.do(h.chair, confirm)
	decision := h.sees(h.chair).Decision.ID
	h.do(h.chair, room.CloseMeeting{})
	now := func() room.ConditionView {
		t.Helper()
		page, err := h.page(h.chair, decision)
		h.must(err)
		return page.Decision.Conditions[0]
	}
	condition := now()
	if condition.Owner != "Ann Bell" || condition.AskedBy != "Health" || condition.Words != "Evidence due 10 December 2026" {
		t.Fatalf("condition: %+v", condition)
	}
	ids := notify.IDs{"condition": condition.ID}
	chase := func(day string, want int) {
		t.Helper()
		h.clock.Set(clock.MustDate(day).At(8, 0))
		for _, want := range []int{want, 0} {
			sent, err := h.store.ChaseConditions(t.Context())
			h.must(err)
			if sent != want {
				t.Errorf("%s: %d chased, want %d", day, sent, want)
			}
		}
	}
	chase("2026-12-02", 0)
	chase("2026-12-03", 1)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionSoon, IDs: ids, To: h.ann.PersonID}, "condition_before")
	chase("2026-12-10", 1)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionDue, IDs: ids, To: h.ann.PersonID}, "condition_due")
	chase("2026-12-11", 3)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionOverdue, IDs: ids, To: h.ann.PersonID}, "condition_overdue")
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionLate, IDs: ids, To: h.chair.PersonID}, "condition_late")
	if n := h.count(`select count(*) from due where kind = 'condition' and done_at is null and text like '%Registration confirmed'`); n != 1 {
		t.Error("an overdue condition does not come back")
	}

	h.refused(h.eve, room.RecordEvidence{ConditionID: condition.ID, Text: "Seen"}, fault.Denied, "Evidence for this condition is recorded by Ann Bell, the clerk or the chair.")
	h.do(h.ann, room.RecordEvidence{ConditionID: condition.ID, Text: "The certificate of 9 December"})
	notifytest.NotSent(t, h.post(), notify.Notice{Kind: room.NoticeConditionOverdue, IDs: ids, To: h.ann.PersonID})
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionShown, IDs: ids, To: h.chair.PersonID}, "condition_shown")
	evidence := now().Evidence[0]
	judge := room.JudgeEvidence{ConditionID: condition.ID, EvidenceID: evidence.ID, Accepted: true}
	h.refused(h.ann, judge, fault.Denied, "The chair, the clerk or the funder who asked for it accepts this evidence; nobody accepts what they gave themselves.")
	h.refused(h.eve, judge, fault.Denied, "The chair, the clerk or the funder who asked for it accepts this evidence; nobody accepts what they gave themselves.")
	h.do(h.hal, room.JudgeEvidence{ConditionID: condition.ID, EvidenceID: evidence.ID, Reason: "It names another house", DueOn: clock.MustDate("2026-12-18")})
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeConditionAgain, IDs: ids, To: h.ann.PersonID}, "condition_again")
	if now := now(); now.Words != "More asked for, due 18 December 2026" {
		t.Errorf("asked again: %+v", now)
	}
	h.do(h.ann, room.RecordEvidence{ConditionID: condition.ID, Text: "The certificate of the right house"})
	second := now().Evidence[1]
	h.refused(h.clerk, judge, fault.Conflict, "Newer evidence was recorded since. Read it first.")
	h.do(h.clerk, room.JudgeEvidence{ConditionID: condition.ID, EvidenceID: second.ID, Accepted: true})
	if now := now(); now.State != room.ConditionMet || now.Words != "Met: accepted by Clem Clerk on 11 December 2026" {
		t.Errorf("accepted: %+v", now)
	}
	if n := h.count(`select count(*) from due where kind = 'condition' and done_at is null`); n != 0 {
		t.Error("a met condition still comes back")
	}
}

// An earlier package goes on being paid until the one that replaces it binds, and not a day longer.
func TestALaterDecisionReplacesAnEarlierOnceItBinds(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.officer(h.health, h.stranger)
	first := h.recommended()
	h.do(h.stranger, room.AuthoriseDecision{DecisionID: first.ID, AgencyID: h.health.ID, Agreed: true})
	if h.inForce() != 120450 {
		t.Fatal("the first is not in force")
	}
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	second := room.ConfirmDecision{ItemID: h.name.ID, Outcome: room.Provisional, Reasons: "Needs have changed", EndorsedByID: &h.health.ID, ReplacesID: &first.ID}
	h.do(h.chair, second)
	decision := h.sees(h.chair).Decision
	if h.inForce() != 120450 {
		t.Error("a decision that binds nobody replaced one that does")
	}
	h.do(h.stranger, room.EndorseDecision{DecisionID: decision.ID, AgencyID: h.health.ID, Agreed: true})
	if h.inForce() != 0 {
		t.Error("the earlier one is still in force")
	}
	page, err := h.page(h.ann, first.ID)
	if err != nil || page.Decision.ReplacedBy == nil || !page.Decision.ReplacedBy.Bound || page.Decision.ReplacedBy.ID != decision.ID {
		t.Errorf("the earlier one does not say so: %v %+v", err, page.Decision.ReplacedBy)
	}
	if n := h.count(`select count(*) from due where kind = 'review' and source_id = ? and done_at is null`, first.ID); n != 0 {
		t.Error("what was replaced is still to be reviewed")
	}
}

// A correction tells wrong from right, and everybody who acted on the record hears of it.
func TestACorrectionSaysWhatIsWrongAndWhatIsRight(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.NotAgreed, Reasons: "Six nights", Meanwhile: "It goes on", Challenge: room.ChallengeEHCP})
	d := h.sees(h.chair).Decision
	h.refused(h.chair, room.CorrectDecision{DecisionID: d.ID, Wrong: "Six nights", Right: "Six nights", Reason: "A slip"}, fault.Invalid, "Enter something else than what the record says")
	h.do(h.chair, room.CorrectDecision{DecisionID: d.ID, Wrong: "Six nights", Right: "Five nights", Reason: "A slip of the pen"})
	told, ids := h.waiting(room.NoticeCorrected)
	if len(told) != 6 { // who has a seat but the chair who wrote it, and who brought the item
		t.Errorf("told %d", len(told))
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrected, IDs: ids, To: h.pia.PersonID}, "decision_corrected")
	for _, reader := range []access.Actor{h.ann, h.pia} {
		page, err := h.page(reader, d.ID)
		if err != nil || page.Decision.Reasons != "Six nights" || len(page.Decision.Corrections) != 1 {
			t.Fatalf("%s: %v %+v", reader.Name, err, page.Decision)
		}
		if c := page.Decision.Corrections[0]; c.Wrong != "Six nights" || c.Right != "Five nights" || c.By != "Cleo Chair" {
			t.Errorf("%s sees %+v", reader.Name, c)
		}
	}
}

// A register that leaves a decision out, or shows one to who left for it, is worse than none.
func TestTheRegisterTellsHowEachDecisionStands(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "A nephew"})
	d := h.provisional()
	h.do(h.chair, room.CorrectDecision{DecisionID: d.ID, Wrong: "Assessed need", Right: "Assessed needs", Reason: "A slip"})
	register := func(actor access.Actor, filter room.RegisterFilter) (lines []room.RegisterLine) {
		t.Helper()
		h.must(h.store.DB.Read(t.Context(), actor, func(tx db.Tx) (err error) {
			lines, _, err = room.Register(tx, h.forum.ID, filter, 0, 50)
			return err
		}))
		return lines
	}
	all := register(h.ann, room.RegisterFilter{})
	if len(all) != 1 || all[0].StandingWords() != "Waits for Health" || all[0].WeeklyPence != 120450 || len(all[0].Corrections) != 1 {
		t.Fatalf("register: %+v", all)
	}
	today := clock.DateOf(h.clock.Now())
	for name, c := range map[string]struct {
		filter room.RegisterFilter
		want   int
	}{
		"of its outcome":       {room.RegisterFilter{Outcome: room.Provisional}, 1},
		"of another outcome":   {room.RegisterFilter{Outcome: room.Agreed}, 0},
		"what waits":           {room.RegisterFilter{State: room.RegisterWaits}, 1},
		"what binds":           {room.RegisterFilter{State: room.RegisterBinds}, 0},
		"what is corrected":    {room.RegisterFilter{State: room.RegisterCorrected}, 1},
		"its day":              {room.RegisterFilter{From: today, To: today}, 1},
		"the day after":        {room.RegisterFilter{From: today.AddDays(1)}, 0},
		"its case":             {room.RegisterFilter{Case: all[0].Reference()}, 1},
		"something else typed": {room.RegisterFilter{Case: "Nguyen"}, 0},
	} {
		if got := len(register(h.ann, c.filter)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if left := register(h.hal, room.RegisterFilter{}); len(left) != 0 {
		t.Error("who left for the item reads of it")
	}
	if _, err := room.RegisterWorkbook("MAPaC", all); err != nil {
		t.Error(err)
	}
}
