package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

func (c MoveStage) perform(s *sitting) (happened, error) {
	item, err := s.stagesOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if !slices.Contains([]Stage{Presenting, Questions, Deliberation}, c.Stage) {
		return happened{}, fault.New(fault.Invalid, "Select presentation, questions or deliberation.")
	}
	says := map[Stage]string{
		Presenting: "Item " + item.Number + " is being presented", Questions: "Questions on item " + item.Number,
		Deliberation: "Deliberation on item " + item.Number,
	}[c.Stage]
	err = s.Exec(`update item_progress set stage = ? where item_id = ?`, c.Stage, item.ID).Error
	return happened{itemID: &item.ID, says: says, kind: "agenda_item", object: item.ID, before: item.Stage}, err
}

// stagesOf is the open item, for the chair; or for the young person who chairs it, until the panel deliberates.
func (s *sitting) stagesOf(id uuid.UUID) (Item, error) {
	if !s.table.leads(s.Actor.PersonID, id) {
		item, err := s.openItem(id)
		if err != nil {
			return Item{}, err
		}
		return item, s.chairsItem(item)
	}
	if err := s.inSession(); err != nil {
		return Item{}, err
	}
	item, err := s.itemOf(id)
	if err != nil {
		return Item{}, err
	}
	if item.Progress != Open || item.Stage == Deliberation {
		return Item{}, fault.New(fault.Conflict, "Item %s is with the panel now.", item.Number)
	}
	return item, nil
}

// openItem is the item the chair means, when it is the one that is open.
func (s *sitting) openItem(id uuid.UUID) (Item, error) {
	if err := s.chairs(); err != nil {
		return Item{}, err
	}
	if err := s.inSession(); err != nil {
		return Item{}, err
	}
	item, err := s.itemOf(id)
	if err != nil {
		return Item{}, err
	}
	if item.Progress != Open {
		return Item{}, fault.New(fault.Conflict, "Item %s is not open. Open it first.", item.Number)
	}
	return item, nil
}

// chairsItem refuses a chair who has left for the item: somebody else takes it.
func (s *sitting) chairsItem(item Item) error {
	if s.table.Left(s.Actor.PersonID, item.ID) {
		return fault.New(fault.Denied, "You have left for item %s, so somebody else must chair it.", item.Number)
	}
	if s.table.MaySpeakOnly(s.Actor.PersonID, item.ID) {
		return fault.New(fault.Denied, "You may speak on item %s, so somebody else must chair it.", item.Number)
	}
	return nil
}
