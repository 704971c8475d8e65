package room

import (
	"errors"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform gives, or takes back, a funder's one position for the whole list: it agrees to its own share of every
// item on it. Where the forum votes aloud the clerk records what was said.
func (c AgreeToConsent) perform(s *sitting) (happened, error) {
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	state, err := s.consentState()
	if err != nil {
		return happened{}, err
	}
	who := s.Actor.PersonID
	if s.terms.VotingMethod == panels.Spoken {
		if err := s.records(); err != nil {
			return happened{}, err
		}
		place, _ := s.table.Place(c.SeatID)
		sitter, taken := s.table.Sitting(place, uuid.Nil)
		if !taken {
			return happened{}, fault.New(fault.Conflict, "Nobody who may speak in that seat is here.")
		}
		who = sitter.PersonID
	} else if err := s.Actor.Check(access.Vote, s.forum.ID); err != nil {
		return happened{}, err
	}
	if len(state.consentItems()) == 0 {
		return happened{}, fault.New(fault.Conflict, "Nothing is on the consent list.")
	}
	voter, err := state.mayConsent(c.SeatID, who)
	if err != nil {
		return happened{}, err
	}
	err = s.Exec(`update consent_position set set_aside_at = ? where meeting_id = ? and votes_for = ? and set_aside_at is null`, s.Now, s.meeting.ID, voter.For).Error
	says := voter.Name + " has taken its position on the consent list back"
	if c.Agreed {
		place, _ := s.table.Place(voter.SeatID)
		err = errors.Join(err, s.Exec(`insert into consent_position (id, meeting_id, votes_for, seat_id, person_id, deputy, given_at, recorded_by) values (?, ?, ?, ?, ?, ?, ?, ?)`,
			newID(), s.meeting.ID, voter.For, voter.SeatID, who, place.deputises(who), s.Now, s.Actor.PersonID).Error)
		says = voter.Name + " agrees to the consent list"
	}
	return happened{says: says, kind: "meeting", object: s.meeting.ID}, err
}

// mayConsent finds the position that a person gives for the whole list from a seat, or says why they may not:
// by the rules of a vote on one item.
func (s State) mayConsent(seatID, personID uuid.UUID) (Voter, error) {
	funders := s.consentFunders()
	vote := Vote{Rule: panels.FunderConsent, ByLegalBody: s.Terms.ByLegalBody}
	for _, position := range s.Consent.Positions {
		vote.Ballots = append(vote.Ballots, Ballot{VotesFor: position.VotesFor, SeatID: position.SeatID, PersonID: position.PersonID})
	}
	voter, err := vote.asks(s.Table, funders, seatID, personID)
	if err != nil {
		return voter, err
	}
	return voter, vote.mayGive(s.Table, voter, "", personID)
}

// perform decides everything that is on the list: each item gets its vote, with each funder's position on its
// own share, and its decision, exactly as if it had been taken by itself.
func (DecideConsent) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	if err := s.noVoteOpen(); err != nil {
		return happened{}, err
	}
	state, err := s.consentState()
	if err != nil {
		return happened{}, err
	}
	items := state.consentItems()
	if barred := state.barsDeciding(items); barred != "" {
		return happened{}, fault.New(fault.Conflict, "The consent list cannot be decided yet: %s.", barred)
	}
	var numbers []string
	for _, item := range items {
		numbers = append(numbers, item.Number)
	}
	var records several
	for _, item := range items {
		if err := s.chairsItem(item); err != nil {
			return happened{}, err
		}
		decided, err := s.decideTogether(state, item, numbers)
		if err != nil {
			return happened{}, err
		}
		records = append(records, decided...)
	}
	says := "Item " + numbers[0] + " is agreed on the consent list"
	if len(numbers) > 1 {
		says = "Items " + join(numbers) + " are agreed together on the consent list"
	}
	return happened{says: says, kind: "meeting", object: s.meeting.ID, record: records}, nil
}

// barsDeciding says why the list cannot be decided now, or "".
func (s State) barsDeciding(items []Item) string {
	if len(items) == 0 {
		return "nothing is on it"
	}
	for _, item := range items {
		if barred := s.barsConsent(item); barred != "" {
			return "item " + item.Number + " " + barred + ". Take it off first"
		}
		if quorum := QuorumFor(s.Table, s.Terms, item.ID, s.funders(item)); !quorum.Met {
			return "item " + item.Number + " has no quorum. " + join(quorum.Missing)
		}
	}
	var silent []string
	for _, voter := range s.consentVoters() {
		if _, given := s.Consent.position(voter.For); !given {
			silent = append(silent, voter.Name)
		}
	}
	if len(silent) > 0 {
		return join(silent) + " still to agree"
	}
	return ""
}

// decideTogether decides one item of the list, and returns what that puts on the record: nothing while it
// waits for the other chair.
func (s *sitting) decideTogether(state State, item Item, numbers []string) (several, error) {
	reasons := ""
	for _, listed := range state.Consent.Items {
		if listed.ItemID == item.ID {
			reasons = listed.Reasons
		}
	}
	err := errors.Join(
		s.Exec(`insert into item_progress (item_id, meeting_id, progress) values (?, ?, 'done') on conflict (item_id) do update set progress = 'done', passed_reason = ''`, item.ID, s.meeting.ID).Error,
		s.Exec(`update consent_item set decided_at = ? where item_id = ?`, s.Now, item.ID).Error,
	)
	if err != nil {
		return nil, err
	}
	confirm := ConfirmDecision{ItemID: item.ID, Outcome: Agreed, Reasons: reasons}
	if len(payers(item.Shares, state.Agencies)) == 0 {
		confirm.Reasons += "\n\nOn the consent list: nobody objected."
	} else if confirm.VoteID, err = s.voteTogether(state, item, numbers); err != nil {
		return nil, err
	}
	what, err := confirm.perform(s)
	decided, _ := what.record.(several)
	return decided, err
}

// voteTogether writes down the vote that an item of the list comes to.
func (s *sitting) voteTogether(state State, item Item, numbers []string) (*uuid.UUID, error) {
	vote := Vote{
		ID: newID(), MeetingID: s.meeting.ID, ItemID: item.ID, Run: 1, Rule: panels.FunderConsent, Method: s.terms.VotingMethod, ByLegalBody: s.terms.ByLegalBody,
		Outcome: Agreed, Text: "On the consent list: nobody objected.", StartOn: item.StartsOn, EndOn: item.EndsOn, ReviewOn: item.StartsOn.AddMonths(s.terms.FirstReviewMonths),
		OpenedAt: s.Now, OpenedBy: s.Actor.PersonID, ClosedAt: &s.Now, ClosedBy: &s.Actor.PersonID,
	}
	if len(numbers) > 1 {
		vote.Text = "On the consent list, items " + join(numbers) + " together: nobody objected."
	}
	for _, share := range item.Shares {
		agency, _ := agencyIn(state.Agencies, share.AgencyID)
		vote.Shares = append(vote.Shares, VoteShare{VoteID: vote.ID, AgencyID: share.AgencyID, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence, LegalBody: agency.LegalBody})
	}
	funders := vote.funders(state.Agencies)
	for _, funder := range funders {
		for _, given := range state.Consent.Positions {
			whole, _ := agencyIn(state.Agencies, given.VotesFor)
			if given.VotesFor != funder.ID && !(s.terms.ByLegalBody && funder.LegalBody != "" && panels.SameBody(whole.LegalBody, funder.LegalBody)) {
				continue
			}
			place, _ := s.table.Place(given.SeatID)
			vote.Ballots = append(vote.Ballots, Ballot{
				ID: newID(), VoteID: vote.ID, VotesFor: funder.ID, SeatID: given.SeatID, PersonID: given.PersonID, Deputy: given.Deputy, Position: Consent,
				Recommendation: vote.aboveLimit(place, s.terms), CastAt: given.GivenAt, RecordedBy: given.RecordedBy,
			})
		}
	}
	vote.Voters = vote.asked(s.table, funders)
	quorum, result := QuorumFor(s.table, s.terms, item.ID, funders), Tally(vote.Rule, vote.Voters, vote.Ballots)
	vote.Quorate, vote.Quorum, vote.Counted = quorum.Met, quorum.Words(), s.table.counted(item.ID, s.away())
	vote.Carried, vote.Result = result.Carried, result.Words
	if err := s.Create(&vote).Error; err != nil {
		return nil, err
	}
	for i := range vote.Shares {
		if err := s.Create(&vote.Shares[i]).Error; err != nil {
			return nil, err
		}
	}
	for _, ballot := range vote.Ballots {
		if err := s.keepBallot(ballot, false); err != nil {
			return nil, err
		}
	}
	return &vote.ID, nil
}
