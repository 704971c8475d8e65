package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// perform gives the chair to somebody who is here and may have it.
func (c HandChair) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.oneChair(); err != nil {
		return happened{}, err
	}
	if err := s.begun(); err != nil {
		return happened{}, err
	}
	to := slices.IndexFunc(s.table.chairing(), func(sitter Sitter) bool { return sitter.PersonID == c.PersonID })
	var form fault.Form
	switch {
	case c.PersonID == uuid.Nil:
		form.Add("person_id", "Select who takes the chair")
	case to < 0:
		form.Add("person_id", "Select a chair or deputy chair of this forum")
	case c.PersonID == s.Actor.PersonID:
		form.Add("person_id", "You are in the chair already")
	case !s.table.Present(c.PersonID):
		form.Add("person_id", "%s is not recorded as here. Record that first", s.table.chairing()[to].Name)
	}
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	says := s.table.chairing()[to].Name + " takes the chair from " + s.Actor.Name
	return happened{says: says, kind: "meeting", object: s.meeting.ID, before: s.meeting.ActingChairID}, s.putInChair(c.PersonID)
}

// handTo lists who could be given the chair now: here, not in it, and not kept from the open item.
func (s State) handTo() []Choice {
	to := []Choice{}
	open, isOpen := s.open()
	for _, sitter := range s.Table.chairing() {
		kept := isOpen && (s.Table.Left(sitter.PersonID, open.ID) || s.Table.MaySpeakOnly(sitter.PersonID, open.ID))
		listed := slices.ContainsFunc(to, func(c Choice) bool { return c.ID == sitter.PersonID })
		if s.Table.Present(sitter.PersonID) && !s.chairIs(sitter.PersonID) && !kept && !listed {
			to = append(to, Choice{ID: sitter.PersonID, Text: sitter.Name})
		}
	}
	return to
}
