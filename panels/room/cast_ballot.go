package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (c CastBallot) perform(s *sitting) (happened, error) {
	if err := s.Actor.Check(access.Vote, s.forum.ID); err != nil {
		return happened{}, err
	}
	poll, err := s.poll(c.VoteID)
	if err != nil {
		return happened{}, err
	}
	if poll.vote.Method == panels.Spoken {
		return happened{}, fault.New(fault.Conflict, "This forum votes aloud: the clerk records each position.")
	}
	voter, err := poll.vote.asks(s.table, poll.funders, c.SeatID, s.Actor.PersonID)
	if err != nil {
		return happened{}, err
	}
	if err := poll.vote.mayGive(s.table, voter, poll.number, s.Actor.PersonID); err != nil {
		return happened{}, err
	}
	seat := voter.SeatID // whichever of their seats they named, the limit is that of the seat that speaks
	if given, already := poll.vote.standing(voter.For); already && given.PersonID == s.Actor.PersonID {
		seat = given.SeatID
	}
	return s.take(poll, voter, seat, s.Actor.PersonID, said{c.Position, c.Condition, c.Reason})
}

// poll is an open vote with what is needed to take a position in it.
type poll struct {
	vote     Vote
	number   string // of the item
	agencies []panels.Agency
	funders  []panels.Agency
}

// poll finds a vote that is still open.
func (s *sitting) poll(voteID uuid.UUID) (poll, error) {
	vote, err := s.vote(voteID)
	if err != nil {
		return poll{}, err
	}
	p := poll{vote: vote, number: vote.ItemNumber}
	if !vote.IsOpen() || s.meeting.Kind == panels.Correspondence && !s.Now.Before(s.meeting.EndsAt) {
		return poll{}, fault.New(fault.Conflict, "Voting on item %s has closed. Your position was not recorded.", p.number)
	}
	if err := s.inSession(); err != nil {
		return poll{}, err
	}
	if p.agencies, err = s.allAgencies(); err != nil {
		return poll{}, err
	}
	p.funders = vote.funders(p.agencies)
	return p, nil
}

// take records a position. One given before by the same funder or member is superseded, never deleted.
func (s *sitting) take(p poll, voter Voter, seatID, personID uuid.UUID, says said) (happened, error) {
	says, err := says.read(p.vote.Rule)
	if err != nil {
		return happened{}, err
	}
	place, _ := s.table.Place(seatID)
	ballot := Ballot{
		ID: newID(), VoteID: p.vote.ID, VotesFor: voter.For, SeatID: seatID, PersonID: personID,
		Deputy: place.deputises(personID), Position: says.Position, Condition: says.Condition, Reason: says.Reason,
		Recommendation: says.Position == Consent && p.vote.aboveLimit(place, s.terms),
		CastAt:         s.Now, RecordedBy: s.Actor.PersonID,
	}
	if ballot.writtenDown() {
		if ballot.AnswerBy, err = s.answerBy(); err != nil {
			return happened{}, err
		}
	}
	given, again := p.vote.standing(voter.For)
	if again {
		err := s.Later(1, func(g *gorm.DB) *gorm.DB {
			return g.Exec(`update ballot set superseded_at = ? where id = ?`, s.Now, given.ID)
		})
		if err != nil {
			return happened{}, err
		}
	}
	if err := s.keepBallot(ballot, place.Guest); err != nil {
		return happened{}, err
	}
	s.votes, s.workedOut = cast(s.votes, ballot), []string{votesPart.name}
	voted := len(p.vote.Ballots)
	if !again {
		voted++
	}
	return happened{itemID: &p.vote.ItemID, says: p.progress(s.table, voted), kind: "ballot", object: ballot.ID}, nil
}

// keepBallot writes a position down, as of a seat or of a guest's place.
func (s *sitting) keepBallot(b Ballot, guestPlace bool) error {
	seat, guest := &b.SeatID, (*uuid.UUID)(nil)
	if guestPlace {
		seat, guest = nil, &b.SeatID
	}
	return s.Later(1, func(g *gorm.DB) *gorm.DB {
		return g.Exec(`insert into ballot (id, vote_id, votes_for, seat_id, guest_id, person_id, deputy, position, condition, reason, carried_from, recommendation, cast_at, recorded_by, answer_by)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			b.ID, b.VoteID, b.VotesFor, seat, guest, b.PersonID, b.Deputy, b.Position, b.Condition, b.Reason, b.CarriedFrom, b.Recommendation, b.CastAt, b.RecordedBy, b.AnswerBy)
	})
}

// progress is "2 of 3 agencies have voted": how many, never who or how.
func (p poll) progress(table Table, voted int) string {
	if p.vote.Method == panels.Spoken {
		return fmt.Sprintf("%d of %s recorded on item %s", voted, counted(len(Voters(table, p.vote.ItemID, p.funders)), "position is", "positions are"), p.number)
	}
	if len(p.funders) > 0 {
		return fmt.Sprintf("%d of %s voted", voted, counted(len(p.funders), "agency has", "agencies have"))
	}
	return fmt.Sprintf("%d of %s voted", voted, counted(len(Voters(table, p.vote.ItemID, nil)), "member has", "members have"))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (p Place) deputises(personID uuid.UUID) bool {
	return slices.ContainsFunc(p.Fills, func(s Sitter) bool { return s.PersonID == personID && s.DeputyOrder > 0 }) &&
		!slices.ContainsFunc(p.Fills, func(s Sitter) bool { return s.PersonID == personID && s.DeputyOrder == 0 })
}

// aboveLimit reports whether a seat's share of the proposal, over a year and with what is paid once,
// is more than its holder may commit alone. No limit is 0.
func (v Vote) aboveLimit(place Place, terms panels.Terms) bool {
	return place.Seat.DelegatedLimitPence > 0 && v.yearly(place.Agency, terms) > place.Seat.DelegatedLimitPence
}

// yearly is what an agency's share comes to in the first year, in pence; where funders are counted by legal
// body, all that its body pays.
func (v Vote) yearly(agency panels.Agency, terms panels.Terms) (pence int64) {
	for _, share := range v.Shares {
		if share.AgencyID == agency.ID || v.ByLegalBody && share.LegalBody != "" && panels.SameBody(share.LegalBody, agency.LegalBody) {
			pence += requests.AnnualPence(share.WeeklyPence, terms.WeeksPerYearThousandths) + share.OneOffPence
		}
	}
	return pence
}
