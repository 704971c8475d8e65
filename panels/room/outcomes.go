package room

import (
	"slices"

	"quorate/panels"
)

// Standing is how far a confirmed decision binds.
type Standing string

// The standings of a decision.
const (
	Decided          Standing = "decided"
	Recommended      Standing = "recommended" // each agency's named officer still authorises its share
	StandsIfEndorsed Standing = "provisional" // binds nobody until endorsed
)

// Grounds is what an outcome rests on.
type Grounds struct {
	Money       bool // agencies are asked to pay
	Voted       bool // a vote was closed on the item
	Quorate     bool // at the close of the vote; with no vote, now
	Provisional bool // the vote was opened without quorum
	Result      Result
	CastingVote Position // the chair's, where it is tied and the terms allow it
	Proposed    Outcome  // what was voted on
	Alone       bool     // the chair decides alone, between meetings: there is no quorum, and nobody has voted
	Asked       bool     // a board answers what was escalated to it
}

// Barred says why an outcome may not be confirmed, or "".
//
// An outcome that agrees to something needs a quorum, and a vote that carried if money is in it or one
// was held; a condition a funder made must be in it. A provisional outcome needs that nobody said no.
// Outcomes that agree to nothing may always be confirmed: a panel can always defer or decline. A chair
// who decides alone commits nobody's money: it waits for each funder's endorsement.
func (g Grounds) Barred(outcome Outcome) string {
	if g.Asked && !slices.Contains(answers, outcome) {
		return "A board gives a direction, does not agree, or defers"
	}
	if outcome == Provisional {
		switch {
		case g.Result.Refused:
			return "Somebody did not agree, so there is nothing for another agency to endorse"
		case g.Money && !g.Voted && !g.Alone:
			return "Put it to the vote first, so that those who are here give their positions"
		}
		return ""
	}
	if !outcome.agrees() {
		return ""
	}
	carried := g.Result.Carried || g.Result.Tied && g.CastingVote == For
	switch {
	case g.Money && g.Alone:
		return "No funder has consented to its share. Conclude it provisionally: it binds once each of them endorses its own"
	case g.Money && !g.Voted:
		return "Put it to the vote first: each funder must consent to its own share"
	case !g.Quorate || g.Provisional:
		return "There was no quorum, so it can only be concluded provisionally"
	case g.Voted && g.Result.Tied && !carried:
		return "The vote was tied"
	case g.Voted && !carried:
		return g.Result.Words
	case g.Voted && g.Proposed != outcome && !(g.Proposed == Agreed && outcome == AgreedWithConditions):
		return "The vote was on another proposal: " + g.Proposed.Words()
	case g.Result.Conditional && outcome == Agreed:
		return "A funder consented on a condition, so the decision must carry it"
	}
	return ""
}

// choices lists every outcome with why it is barred.
func (g Grounds) choices() []OutcomeChoice {
	list := make([]OutcomeChoice, 0, len(outcomeWords))
	for _, outcome := range Outcomes() {
		choice := OutcomeChoice{Outcome: outcome, Words: outcome.Words(), Barred: g.Barred(outcome)}
		switch {
		case !g.Asked:
		case !slices.Contains(answers, outcome):
			continue
		case outcome == Agreed:
			choice.Words = "Agreed, with a direction"
		case outcome == NotAgreed:
			choice.Words = "Not agreed, because"
		}
		list = append(list, choice)
	}
	return list
}

// standing is how far a decision binds: a panel that only advises recommends, and so does a share
// above its voter's delegated limit.
func (g Grounds) standing(outcome Outcome, terms panels.Terms, ballots []Ballot) Standing {
	if outcome == Provisional {
		return StandsIfEndorsed
	}
	if !outcome.agrees() {
		return Decided
	}
	if g.Asked { // a direction commits nobody's money
		return Decided
	}
	if !terms.Decides {
		return Recommended
	}
	for _, ballot := range ballots {
		if ballot.Recommendation {
			return Recommended
		}
	}
	return Decided
}
