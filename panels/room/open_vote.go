package room

import (
	"cmp"
	"slices"
	"strings"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform puts a proposal to the vote. It is refused unless this item is quorate at this moment, or
// the chair opens it as provisional, which binds nobody until whoever is missing endorses it.
func (c OpenVote) perform(s *sitting) (happened, error) {
	item, err := s.openItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if err := s.noVoteOpen(); err != nil {
		return happened{}, err
	}
	return s.putToVote(c, item)
}

// putToVote opens a vote on an item that has no decision: in the room on what those here can decide, and
// by correspondence on what its quorum is counted for at the close.
func (s *sitting) putToVote(c OpenVote, item Item) (happened, error) {
	inWriting := s.meeting.Kind == panels.Correspondence
	if err := s.undecided(item, ", so it cannot be voted on again."); err != nil {
		return happened{}, err
	}
	if err := s.stillAsked(item); err != nil {
		return happened{}, err
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return happened{}, err
	}
	if len(c.Split) == 0 {
		c.Split = item.Shares
	}
	if c.StartOn.IsZero() {
		c.StartOn = item.StartsOn
	}
	if c.EndOn.IsZero() {
		c.EndOn = item.EndsOn
	}
	if c.ReviewOn.IsZero() && !c.StartOn.IsZero() {
		c.ReviewOn = c.StartOn.AddMonths(s.terms.FirstReviewMonths)
	}
	if err := c.check(item); err != nil {
		return happened{}, err
	}
	weekly, oneOff := item.WeeklyPence, item.OneOffPence
	if item.RequestID == nil || c.Outcome == AgreedInPart {
		weekly, oneOff = totals(c.Split)
	}
	if err := checkSplit(c.Split, weekly, oneOff, agencies); err != nil {
		return happened{}, err
	}
	if err := checkLaw(item.law(c.StartOn, s.terms.WeeksPerYearThousandths), c.Split, c.Text, agencies); err != nil {
		return happened{}, err
	}
	c.Split = inOrder(c.Split, agencies)
	funders := fundersOf(c.Split, agencies, s.terms.ByLegalBody)
	quorum := QuorumFor(s.table, s.terms, item.ID, funders)
	if !quorum.Met && !c.Provisional && !inWriting {
		return happened{}, fault.New(fault.Conflict, "This item cannot be voted on yet: %s.", join(quorum.Missing))
	}
	var runs int
	if err := s.Raw(`select coalesce(max(run), 0) from vote where item_id = ?`, item.ID).Scan(&runs).Error; err != nil {
		return happened{}, err
	}
	vote := Vote{
		ID: newID(), MeetingID: s.meeting.ID, ItemID: item.ID, Run: runs + 1,
		Rule: ruleFor(s.terms, len(funders)), Method: s.terms.VotingMethod, ByLegalBody: s.terms.ByLegalBody,
		Outcome: c.Outcome, Text: strings.TrimSpace(c.Text), StartOn: c.StartOn, EndOn: c.EndOn, ReviewOn: c.ReviewOn,
		Provisional: !quorum.Met && !inWriting, OpenedAt: s.Now, OpenedBy: s.Actor.PersonID, Voters: []Voter{},
	}
	if inWriting {
		vote.Method = panels.Devices
	}
	if err := s.Create(&vote).Error; err != nil {
		return happened{}, err
	}
	for _, share := range c.Split {
		row := VoteShare{VoteID: vote.ID, AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, WithoutPrejudice: share.WithoutPrejudice}
		if err := s.Create(&row).Error; err != nil {
			return happened{}, err
		}
		agency, _ := agencyIn(agencies, share.AgencyID)
		row.LegalBody = agency.LegalBody
		vote.Shares = append(vote.Shares, row)
	}
	if inWriting {
		says := "Voting by correspondence is open on item " + item.Number
		return happened{itemID: &item.ID, says: says, kind: "vote", object: vote.ID}, s.askInWriting(vote)
	}
	asked, err := s.carryOver(vote, funders)
	if err != nil {
		return happened{}, err
	}
	if len(asked) > 0 || len(funders) == 0 {
		if err := s.tellOfVote(vote, asked); err != nil {
			return happened{}, err
		}
	}
	says := "Voting is open on item " + item.Number
	if vote.Method == panels.Spoken {
		says = "The chair has stated the outcome of item " + item.Number
	} else if runs > 0 {
		says = "Voting is open again on item " + item.Number
	}
	return happened{itemID: &item.ID, says: says, kind: "vote", object: vote.ID}, nil
}

// inOrder puts shares in the order of their agencies, as they are read again.
func inOrder(split []Share, agencies []panels.Agency) []Share {
	at := func(share Share) int {
		return slices.IndexFunc(agencies, func(a panels.Agency) bool { return a.ID == share.AgencyID })
	}
	return slices.SortedStableFunc(slices.Values(split), func(a, b Share) int { return cmp.Compare(at(a), at(b)) })
}

// check looks at the proposal itself.
func (c OpenVote) check(item Item) error {
	var form fault.Form
	funding := item.RequestID != nil || len(c.Split) > 0
	form.Require(c.Outcome.agrees() || c.Outcome == NotAgreed, "outcome", "Select what the panel is asked to agree")
	if item.asks() != nil {
		form.Require(c.Outcome == Agreed || c.Outcome == NotAgreed, "outcome", "Select whether the board agrees or does not")
		form.Require(len(c.Split) == 0, "split", "A board is asked for a direction, not for money")
	}
	form.Require(funding || strings.TrimSpace(c.Text) != "", "text", "Enter what the panel is asked to agree")
	if funding && c.Outcome.agrees() {
		form.Require(!c.StartOn.IsZero(), "start_on", "Enter when the package starts")
	}
	if !c.StartOn.IsZero() && !c.ReviewOn.IsZero() {
		form.Require(c.ReviewOn.After(c.StartOn), "review_on", "The review must come after the start")
	}
	if !c.StartOn.IsZero() && !c.EndOn.IsZero() {
		form.Require(c.EndOn.After(c.StartOn), "end_on", "The end must come after the start")
	}
	if c.Outcome == AgreedInPart && item.RequestID != nil {
		weekly, oneOff := totals(c.Split)
		form.Require(weekly <= item.WeeklyPence && oneOff <= item.OneOffPence && (weekly < item.WeeklyPence || oneOff < item.OneOffPence),
			"split", "Agreeing in part must be less than what was asked for")
	}
	return form.Err()
}

// proposal is what a vote is on, in one line.
func (v Vote) proposal() string {
	weekly, oneOff := totals(v.split())
	return proposalWords(v.Outcome, weekly, oneOff, v.StartOn, v.EndOn)
}

func proposalWords(outcome Outcome, weekly, oneOff int64, startOn, endOn clock.Date) string {
	words := outcome.Words()
	if weekly > 0 || oneOff > 0 {
		words += ": " + amountWords(weekly, oneOff)
		if !startOn.IsZero() {
			words += " from " + startOn.Long()
		}
		if !endOn.IsZero() {
			words += " to " + endOn.Long()
		}
	}
	return words
}
