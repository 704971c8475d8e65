package room

import (
	"encoding/json"

	"github.com/google/uuid"

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
	if s.meeting.Kind == panels.Correspondence {
		if err := s.mayCloseEarly(vote); err != nil {
			return happened{}, err
		}
	}
	quorum, err := s.endVote(vote)
	if err != nil {
		return happened{}, err
	}
	says := "Voting on item " + item.Number + " has closed"
	var ended several
	switch {
	case s.meeting.Kind == panels.Correspondence:
		ended, err = s.afterCorrespondence(item, quorum)
	case vote.Method == panels.Spoken:
		says = "The positions on item " + item.Number + " are recorded"
		err = s.tellOfPositions(vote)
	}
	return happened{itemID: &item.ID, says: says, kind: "vote", object: vote.ID, record: ended}, err
}

// endVote keeps what the positions came to, who was asked and whether there was a quorum.
func (s *sitting) endVote(vote Vote) (Quorum, error) {
	agencies, err := s.allAgencies()
	if err != nil {
		return Quorum{}, err
	}
	funders := vote.funders(agencies)
	voters := vote.asked(s.table, funders)
	result := Tally(vote.Rule, voters, vote.Ballots)
	quorum := QuorumFor(s.table.answered([]Vote{vote}), s.terms, vote.ItemID, funders)
	kept, err := json.Marshal(voters)
	if err != nil {
		return quorum, err
	}
	var by *uuid.UUID // nil: it closed at its time
	if s.Actor.IsPerson() {
		by = &s.Actor.PersonID
	}
	return quorum, s.Exec(`update vote set closed_at = ?, closed_by = ?, quorate = ?, quorum = ?, counted = ?, carried = ?, tied = ?, result = ?, voters = ?::jsonb where id = ?`,
		s.Now, by, quorum.Met, quorum.Words(), s.table.answered([]Vote{vote}).counted(vote.ItemID, s.away()), result.Carried, result.Tied, result.Words, string(kept), vote.ID).Error
}
