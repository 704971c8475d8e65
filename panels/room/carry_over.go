package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
)

// carriedOver lists the positions of an earlier run that stand in the next one without being asked for
// again: where the shares were changed, those of the funders whose own share is the same. Each funder
// consented to its share of this proposal, so another outcome, start or end is asked of everybody; so is the
// same split once more. Whoever has an interest since, or disputes what was written down for them, carries
// nothing over.
func carriedOver(last, next Vote, table Table) []Ballot {
	if last.Rule != panels.FunderConsent || next.Rule != panels.FunderConsent ||
		last.Outcome != next.Outcome || last.Text != next.Text || last.StartOn != next.StartOn || last.EndOn != next.EndOn || sameSplit(last.split(), next.split()) {
		return nil
	}
	var carried []Ballot
	for _, share := range next.split() {
		shares := next.together(share.AgencyID)
		if len(shares) == 0 || shares[0].AgencyID != share.AgencyID {
			continue // nothing to pay, or another of its legal body speaks for it
		}
		given, gave := last.standing(share.AgencyID)
		unchanged := last.ByLegalBody == next.ByLegalBody && slices.Equal(last.together(share.AgencyID), shares)
		place, seated := table.Place(given.SeatID)
		if !gave || given.Disputed || !unchanged || !seated || table.Left(given.PersonID, next.ItemID) || table.MaySpeakOnly(given.PersonID, next.ItemID) {
			continue
		}
		first := given.ID
		if given.CarriedFrom != nil {
			first = *given.CarriedFrom
		}
		given.ID, given.VoteID, given.CarriedFrom, given.SeatID = newID(), next.ID, &first, place.Seat.ID
		given.AnswerBy, given.AnsweredAt = clock.Date{}, nil // it is answered where it was given
		carried = append(carried, given)
	}
	return carried
}

// carryOver keeps them, and returns the funders who are still to be asked.
func (s *sitting) carryOver(next Vote, funders []panels.Agency) ([]panels.Agency, error) {
	runs, err := votesWhere(s.Tx, `item_id = ? and run = ?`, next.ItemID, next.Run-1)
	if err != nil || len(runs) == 0 {
		return funders, err
	}
	asked := slices.Clone(funders)
	for _, ballot := range carriedOver(runs[0], next, s.table) {
		place, _ := s.table.Place(ballot.SeatID)
		if err := s.keepBallot(ballot, place.Guest); err != nil {
			return nil, err
		}
		asked = slices.DeleteFunc(asked, func(f panels.Agency) bool { return f.ID == ballot.VotesFor })
	}
	return asked, nil
}

// runOf is the run of an item in which a position was given first, or 0.
func (s State) runOf(itemID uuid.UUID, ballotID *uuid.UUID) int {
	if ballotID == nil {
		return 0
	}
	for _, vote := range s.runs(itemID) {
		if slices.ContainsFunc(vote.Ballots, func(b Ballot) bool { return b.ID == *ballotID }) {
			return vote.Run
		}
	}
	return 0
}
