package room

import "quorate/server/base/fault"

// perform takes the pen when it is free or its holder has fallen silent. Otherwise the holder is asked,
// and goes on writing until they hand it over.
func (c TakePen) perform(s *sitting) (happened, error) {
	item, err := s.notesOfItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	pen, err := s.pen(item.ID)
	if err != nil {
		return happened{}, err
	}
	what := happened{itemID: &item.ID, kind: "agenda_item", object: item.ID}
	me := s.Actor.PersonID
	switch {
	case pen == nil || pen.mayTake(me, s.Now):
		return what, s.givePen(item.ID, me)
	case pen.AskedByID != nil && *pen.AskedByID == me:
		return happened{}, fault.New(fault.Conflict, "%s is still writing. You have asked to take over.", pen.Holder)
	case pen.AskedByID != nil && s.Now.Before(pen.passesAt(*pen.AskedByID).Add(penPasses)):
		return happened{}, fault.New(fault.Conflict, "%s has asked %s to take over already.", pen.AskedBy, pen.Holder)
	}
	return what, s.Exec(`update note_pen set asked_by_id = ?, asked_at = ? where item_id = ?`, me, s.Now, item.ID).Error
}
