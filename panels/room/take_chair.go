package room

import (
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform hands the chair over. From then on the record says who was in it.
func (TakeChair) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if s.meeting.Status == panels.Closed {
		return happened{}, fault.New(fault.Conflict, "This meeting has closed. Nothing was recorded.")
	}
	chaired, err := panels.ChairOf(s.Tx, s.meeting)
	switch {
	case err != nil:
		return happened{}, err
	case chaired.Other == nil:
		return happened{}, fault.New(fault.Conflict, "This forum’s chairs do not take turns, so there is no chair to take.")
	case !s.table.mayEverFill(s.Actor.PersonID, chaired.Other.ID):
		return happened{}, fault.New(fault.Denied, "%s is in the chair already.", chaired.Names())
	}
	before := chaired.Seats[0].ID
	return happened{says: s.Actor.Name + " takes the chair", kind: "meeting", object: s.meeting.ID, before: before}, s.seatChair(*chaired.Other)
}

// seatChair writes down whose chair the meeting is.
func (s *sitting) seatChair(seat panels.TableSeat) error {
	return s.Exec(`update meeting set chair_seat_id = ?, version = version + 1 where id = ?`, seat.ID, s.meeting.ID).Error
}

// keepChair writes down, when the meeting starts, whose turn it is: no later change of the calendar
// then touches it.
func (s *sitting) keepChair() error {
	if s.terms.Chairing != panels.TwoAlternating || s.meeting.ChairSeatID != nil {
		return nil
	}
	chaired, err := panels.ChairOf(s.Tx, s.meeting)
	if err != nil || chaired.Other == nil {
		return err
	}
	return s.seatChair(chaired.Seats[0])
}

// inTheChair reports whether the chair's next step is this person's: theirs who sit in the chair whose
// turn it is, or stand in for it. Where chairs do not take turns it is every chair's.
func (s State) inTheChair(actor access.Actor) bool {
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
