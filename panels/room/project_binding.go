package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
)

// needViews shows whose yes a decision waits for, or got.
func (d Decision) needViews() []NeedView {
	views := []NeedView{}
	for _, need := range d.Needs {
		view := NeedView{Kind: need.Kind, AgencyID: need.AgencyID, Agency: need.Agency, Why: whyNeeded(need), Words: need.words(), Answered: need.Answer != nil}
		view.Agreed = view.Answered && need.Answer.Agreed
		view.Nobody = !view.Answered && len(need.Asked) == 0 && d.refused() == nil
		if !view.Answered && d.refused() != nil {
			view.Words = "Not asked any more"
		}
		views = append(views, view)
	}
	return views
}

func whyNeeded(n Need) string {
	switch n.Why {
	case forLimit:
		return "Its share is above the delegated limit of its seat"
	case forAdvice:
		return "This forum only advises"
	}
	return "It was not there, or gave no consent"
}

// needsOf says in words what a decision of an item would wait for if it were confirmed now, and where
// nobody could give it.
func (s State) needsOf(item Item, outcome Outcome, endorsedBy *uuid.UUID) []string {
	would := Decision{ItemID: item.ID, Outcome: outcome, EndorsedByID: endorsedBy, EscalationID: item.asks()}
	runs := s.runs(item.ID)
	var vote *Vote
	if len(runs) > 0 {
		vote = &runs[len(runs)-1]
		if vote.IsOpen() { // it would tell who has consented
			return []string{}
		}
		for _, share := range vote.Shares {
			would.Shares = append(would.Shares, DecisionShare{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence})
		}
	} else if s.Table.Apart { // the chair alone: nobody has consented to what is asked of them
		vote = unasked(item.ID, item.Shares)
		for _, share := range item.Shares {
			would.Shares = append(would.Shares, DecisionShare{AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence})
		}
	}
	words := []string{}
	for _, need := range needs(would, s.Table, s.Terms, vote) {
		agency := s.agency(need.AgencyID)
		need.Agency, need.Officer = agency.Name, agency.OfficerID != nil
		sentence := agency.Name + " must endorse it"
		if need.Kind == Authorisation {
			sentence = agency.Name + "’s authorising officer must authorise it"
		}
		sentence += ": " + lowerFirst(whyNeeded(need)) + "."
		if !s.somebodyAnswers(need, agency, item) {
			sentence += " Nobody can yet. " + need.remedy() + "."
		}
		words = append(words, sentence)
	}
	return words
}

// somebodyAnswers reports whether anybody could answer for an agency, as the view decision_answerer
// would say once the decision is confirmed.
func (s State) somebodyAnswers(need Need, agency panels.Agency, item Item) bool {
	took := func(person uuid.UUID) bool {
		for _, run := range s.runs(item.ID) {
			if slices.ContainsFunc(run.Ballots, func(b Ballot) bool { return b.PersonID == person }) {
				return true
			}
		}
		return s.Table.Left(person, item.ID) || item.PresenterID != nil && *item.PresenterID == person
	}
	if agency.OfficerID != nil && !took(*agency.OfficerID) {
		return true
	}
	return need.Kind == Endorsement && slices.ContainsFunc(s.Table.deciding(), func(p Place) bool {
		return p.Agency.ID == agency.ID && slices.ContainsFunc(p.Fills, func(f Sitter) bool { return !s.Table.Here[f.PersonID].Present && !took(f.PersonID) })
	})
}

// conditionViews shows a decision's conditions as they stand on a day.
func (d Decision) conditionViews(today clock.Date) []ConditionView {
	views := []ConditionView{}
	for _, c := range d.Conditions {
		view := ConditionView{
			ID: c.ID, Text: c.Text, EvidenceDue: c.EvidenceDue, Owner: c.Now.Owner, AskedBy: c.Now.AskedBy, State: c.Now.State, Words: c.words(today), Evidence: []EvidenceView{},
		}
		for _, e := range c.Evidence {
			shown := EvidenceView{ID: e.ID, Text: e.Text, PaperID: e.PaperID, Paper: e.PaperName, By: e.By, At: e.GivenAt.UTC()}
			switch {
			case e.Accepted == nil:
			case *e.Accepted:
				shown.Judgement = "Accepted by " + e.Judge + " on " + clock.DateOf(*e.JudgedAt).Long()
			default:
				shown.Judgement = "Asked again by " + e.Judge + " on " + clock.DateOf(*e.JudgedAt).Long() + ", due " + e.DueOn.Long()
			}
			if e.Reason != "" {
				shown.Judgement += ": " + e.Reason
			}
			view.Evidence = append(view.Evidence, shown)
		}
		views = append(views, view)
	}
	return views
}

func (r *Replacing) view() *OtherDecision {
	if r == nil {
		return nil
	}
	return &OtherDecision{ID: r.ID, Words: r.Forum + ", " + clock.DateOf(r.StartsAt).Long(), Bound: r.Bound}
}
