package room

import "quorate/server/base/fault"

// perform hands the pen to whoever asked for it.
func (c HandOverPen) perform(s *sitting) (happened, error) {
	item, err := s.notesOfItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	pen, err := s.pen(item.ID)
	switch {
	case err != nil:
		return happened{}, err
	case pen == nil || pen.HolderID != s.Actor.PersonID:
		return happened{}, fault.New(fault.Denied, "You are not writing these notes any more, so there is nothing to hand over.")
	case pen.AskedByID == nil:
		return happened{}, fault.New(fault.Conflict, "Nobody has asked to take over these notes.")
	}
	return happened{itemID: &item.ID, kind: "agenda_item", object: item.ID}, s.givePen(item.ID, *pen.AskedByID)
}
