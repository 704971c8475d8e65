package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform takes the chair over. From then on the record says who is in it, and nobody else runs the meeting.
func (TakeChair) perform(s *sitting) (happened, error) {
	if err := s.Actor.Check(access.RunMeeting, s.forum.ID); err != nil {
		return happened{}, err
	}
	if err := s.oneChair(); err != nil {
		return happened{}, err
	}
	chaired, err := panels.ChairOf(s.Tx, s.meeting)
	if err != nil {
		return happened{}, err
	}
	state := State{Meeting: s.meeting, Forum: s.forum, Terms: s.terms, Table: s.table, Chaired: chaired}
	if state.chairIs(s.Actor.PersonID) {
		return happened{}, fault.New(fault.Denied, "%s is in the chair already.", state.chairNames())
	}
	if chaired.Other != nil && s.table.mayEverFill(s.Actor.PersonID, chaired.Other.ID) {
		if err := s.seatChair(*chaired.Other); err != nil {
			return happened{}, err
		}
	}
	before := s.meeting.ActingChairID
	return happened{says: s.Actor.Name + " takes the chair", kind: "meeting", object: s.meeting.ID, before: before}, s.putInChair(s.Actor.PersonID)
}

// oneChair refuses to pass on a chair that is not one person's, or of a meeting that is over.
func (s *sitting) oneChair() error {
	switch {
	case s.meeting.Status == panels.Closed:
		return fault.New(fault.Conflict, "This meeting has closed. Nothing was recorded.")
	case s.terms.Chairing == panels.TwoJointly:
		return fault.New(fault.Conflict, "Two chair this meeting together, so either of them goes on.")
	}
	return nil
}

// putInChair writes down who chairs this sitting.
func (s *sitting) putInChair(personID uuid.UUID) error {
	return s.Exec(`update meeting set acting_chair_id = ?, version = version + 1 where id = ?`, personID, s.meeting.ID).Error
}

// seatChair writes down whose chair the meeting is.
func (s *sitting) seatChair(seat panels.TableSeat) error {
	return s.Exec(`update meeting set chair_seat_id = ?, version = version + 1 where id = ?`, seat.ID, s.meeting.ID).Error
}

// keepChair writes down, when a sitting starts, whose turn it is, where two take turns: no later change of
// the calendar then touches it. Elsewhere whoever starts it is in the chair.
func (s *sitting) keepChair() error {
	switch s.terms.Chairing {
	case panels.TwoJointly:
		return nil
	case panels.TwoAlternating:
		if s.meeting.ChairSeatID != nil {
			return nil
		}
		chaired, err := panels.ChairOf(s.Tx, s.meeting)
		if err != nil || chaired.Other == nil {
			return err
		}
		return s.seatChair(chaired.Seats[0])
	}
	return s.putInChair(s.Actor.PersonID)
}

// chairIs reports whether somebody is in the chair: they took it or were given it; before that, they hold
// the chair's seat whose turn it is.
func (s State) chairIs(personID uuid.UUID) bool {
	if acting := s.Meeting.ActingChairID; acting != nil {
		return *acting == personID
	}
	for _, seat := range s.Chaired.Seats {
		if len(seat.Holders) > 0 && seat.Holders[0].PersonID == personID {
			return true
		}
	}
	return false
}

// chairNames is who is in the chair: "Ada Byron".
func (s State) chairNames() string {
	if acting := s.Meeting.ActingChairID; acting != nil {
		if name, found := s.Table.name(*acting); found {
			return name
		}
	}
	return s.Chaired.Names()
}

// inTheChair reports whether the chair's next step is this person's. Whoever took the chair or was given it
// has it. Before that it is theirs who sit in the chair whose turn it is, or stand in for it; where chairs
// do not take turns it is every chair's.
func (s State) inTheChair(actor access.Actor) bool {
	if acting := s.Meeting.ActingChairID; acting != nil {
		return *acting == actor.PersonID
	}
	if s.Chaired.Other == nil {
		return true
	}
	for _, seat := range actor.SeatsOn(s.Forum.ID) {
		if seat.SeatID == s.Chaired.Seats[0].ID || seat.Office == access.DeputyChair {
			return true
		}
	}
	return false
}

// chairing lists everybody who may be in the chair: who holds or deputises for a chair's seat, or a deputy
// chair's, in the order of the table.
func (t Table) chairing() []Sitter {
	var people []Sitter
	for _, place := range t.Places {
		if place.Seat.Office == access.Chair || place.Seat.Office == access.DeputyChair {
			people = append(people, place.Fills...)
		}
	}
	return people
}
