package room

import (
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (c RecordAttendance) perform(s *sitting) (happened, error) {
	who := c.PersonID
	if who == uuid.Nil || who == s.Actor.PersonID {
		who = s.Actor.PersonID
		if err := s.Actor.Check(access.EnterRoom, s.forum.ID); err != nil {
			return happened{}, err
		}
	} else if err := s.records(); err != nil {
		return happened{}, err
	}
	if s.meeting.Between() && (who != s.Actor.PersonID || !c.Present) {
		return happened{}, fault.New(fault.Conflict, "Nobody meets for this. Only a member themselves can say that they have read it.")
	}
	if s.meeting.Status == panels.Closed {
		return happened{}, fault.New(fault.Conflict, "This meeting has closed. Nothing was recorded.")
	}
	name, err := s.nameInRoom(who)
	if err != nil {
		return happened{}, err
	}
	if c.SeatID != nil && !s.table.mayEverFill(who, *c.SeatID) {
		return happened{}, fault.New(fault.Denied, "%s neither holds that seat nor deputises for it.", name)
	}
	attendance := Attendance{
		ID: newID(), MeetingID: s.meeting.ID, PersonID: who, SeatID: c.SeatID,
		Present: c.Present, Remote: c.Remote && c.Present, At: s.Now, RecordedBy: s.Actor.PersonID,
	}
	if c.Present {
		attendance.Capacity = s.table.capacity(who, c.SeatID)
	}
	says := name + " is here"
	switch {
	case s.meeting.Between():
		says = name + " has read it"
	case !c.Present:
		says = name + " has left"
	case c.Remote:
		says = name + " has joined remotely"
	case s.table.Present(who) && s.table.Here[who].Remote:
		says = name + " is in the room"
	case s.table.left(who):
		says = name + " has come back"
	}
	s.table, s.workedOut = s.table.came(attendance), []string{tablePart.name}
	err = s.Later(1, func(g *gorm.DB) *gorm.DB { return g.Create(&attendance) })
	return happened{itemID: s.table.onlyFor(who), says: says, kind: "attendance", object: attendance.ID}, err
}

// onlyFor is the item somebody comes for as a guest, and so whose it is to hear of them; nil for everybody else.
func (t Table) onlyFor(personID uuid.UUID) *uuid.UUID {
	for _, guest := range t.Guests {
		if guest.PersonID == personID {
			return &guest.ItemID
		}
	}
	return nil
}

// mayEverFill reports whether a person holds a seat or is named to deputise in it.
func (t Table) mayEverFill(personID, seatID uuid.UUID) bool {
	place, found := t.Place(seatID)
	return found && slices.ContainsFunc(place.Fills, func(sitter Sitter) bool { return sitter.PersonID == personID })
}

// votes reports whether a person may ever give a position: from a place that decides, or as a guest.
func (t Table) votes(personID uuid.UUID) bool {
	for i := range t.Places {
		if t.Places[i].Seat.Decides() && slices.ContainsFunc(t.Places[i].Fills, func(s Sitter) bool { return s.PersonID == personID }) {
			return true
		}
	}
	return slices.ContainsFunc(t.Guests, func(g Guest) bool { return g.PersonID == personID })
}

// name finds what a person at the table is called.
func (t Table) name(personID uuid.UUID) (string, bool) {
	for _, place := range t.Places {
		for _, sitter := range place.Fills {
			if sitter.PersonID == personID {
				return sitter.Name, true
			}
		}
	}
	for _, guest := range t.Guests {
		if guest.PersonID == personID {
			return guest.Name, true
		}
	}
	return "", false
}

// nameInRoom finds what a person with a part in this meeting is called: at the table, a guest or presenting.
func (s *sitting) nameInRoom(personID uuid.UUID) (string, error) {
	if name, seated := s.table.name(personID); seated {
		return name, nil
	}
	var person panels.Person
	err := s.Select("id", "name").
		Where("id = ? and exists (select from agenda_item where meeting_id = ? and presenter_id = person.id and state = 'listed')", personID, s.meeting.ID).
		Take(&person).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", fault.New(fault.NotFound, "That person has no part in this meeting.")
	}
	return person.Name, err
}
