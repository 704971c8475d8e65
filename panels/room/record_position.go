package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform writes down what was said aloud, as the position of whoever sits in the seat: in a forum that
// votes aloud, and in one that votes on devices for a member whose line is down. That person is told,
// and confirms or disputes it on their own screen.
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
	onDevices := poll.vote.Method != panels.Spoken
	if onDevices && !s.Actor.Holds(s.forum.ID, access.Clerk) {
		return happened{}, fault.New(fault.Denied, "In this forum each member votes on their own screen. Only the clerk records a position, spoken by a member whose line is down.")
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
	if given, already := poll.vote.standing(voter.For); onDevices && already && !given.writtenDown() {
		name, _ := s.table.name(given.PersonID)
		return happened{}, fault.New(fault.Conflict, "%s has given %s’s position on their own screen. Only they can change it.", name, voter.Name)
	}
	what, err := s.take(poll, voter, voter.SeatID, voter.PersonID, said{c.Position, c.Condition, c.Reason})
	if err != nil || !onDevices || voter.PersonID == s.Actor.PersonID {
		return what, err
	}
	return what, s.tellOfPosition(what.object, voter.PersonID)
}

// answerBy is the last day on which somebody may confirm or dispute what is written down for them now.
func (s *sitting) answerBy() (clock.Date, error) {
	days, err := panels.WorkingDays(s.Tx)
	if err != nil {
		return clock.Date{}, err
	}
	return days.AddWorkingDays(s.Today(), s.terms.ConfirmDays), nil
}
