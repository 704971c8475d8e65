package room

import (
	"encoding/json"

	"quorate/panels"
	"quorate/server/base/fault"
)

// perform ends the voting. From here everyone at the table sees who voted how, and the vote, with who
// was asked and whether there was a quorum, stays as it is: a re-run is another vote.
func (c CloseVote) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	vote, err := s.vote(c.VoteID)
	if err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(vote.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if !vote.IsOpen() {
		return happened{}, fault.New(fault.Conflict, "Voting on item %s is already closed.", item.Number)
	}
	agencies, err := s.allAgencies()
	if err != nil {
		return happened{}, err
	}
	funders := vote.funders(agencies)
	voters := vote.asked(s.table, funders)
	result := Tally(vote.Rule, voters, vote.Ballots)
	quorum := QuorumFor(s.table, s.terms, item.ID, funders)
	kept, err := json.Marshal(voters)
	if err != nil {
		return happened{}, err
	}
	err = s.Exec(`update vote set closed_at = ?, closed_by = ?, quorate = ?, quorum = ?, counted = ?, carried = ?, tied = ?, result = ?, voters = ?::jsonb where id = ?`,
		s.Now, s.Actor.PersonID, quorum.Met, quorum.Words(), s.table.counted(item.ID), result.Carried, result.Tied, result.Words, string(kept), vote.ID).Error
	if err != nil {
		return happened{}, err
	}
	says := "Voting on item " + item.Number + " has closed"
	if vote.Method == panels.Spoken {
		says = "The positions on item " + item.Number + " are recorded"
		if err := s.tellOfPositions(vote); err != nil {
			return happened{}, err
		}
	}
	return happened{itemID: &item.ID, says: says, kind: "vote", object: vote.ID}, nil
}
