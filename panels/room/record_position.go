package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
)

// perform writes down what was said aloud, as the position of whoever sits in the seat. That person
// then confirms or disputes it on their own screen.
func (c RecordPosition) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	poll, err := s.poll(c.VoteID)
	if err != nil {
		return happened{}, err
	}
	if s.table.Left(s.Actor.PersonID, poll.vote.ItemID) {
		return happened{}, fault.New(fault.Denied, "You have left for item %s, so somebody else must record its positions.", poll.number)
	}
	if poll.vote.Method != panels.Spoken {
		return happened{}, fault.New(fault.Conflict, "In this forum each member votes on their own screen. Nobody can do it for them.")
	}
	place, found := s.table.Place(c.SeatID)
	if !found {
		return happened{}, fault.New(fault.NotFound, "That seat is not part of this forum.")
	}
	sitter, taken := s.table.Sitting(place, poll.vote.ItemID)
	if !taken {
		return happened{}, fault.New(fault.Conflict, "Nobody who may speak for %s is here for this item.", place.Seat.Name)
	}
	voter, err := poll.vote.asks(s.table, poll.funders, c.SeatID, sitter.PersonID)
	if err != nil {
		return happened{}, err
	}
	if voter.PersonID == uuid.Nil {
		return happened{}, fault.New(fault.Denied, "%s does not decide, so it gives no position.", place.Seat.Name)
	}
	return s.take(poll, voter, voter.SeatID, voter.PersonID, said{c.Position, c.Condition, c.Reason})
}
