package room

func (c FinishItem) perform(s *sitting) (happened, error) {
	item, err := s.openItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.noVoteOpen(); err != nil {
		return happened{}, err
	}
	return happened{itemID: &item.ID, says: "Item " + item.Number + " is finished", kind: "agenda_item", object: item.ID, before: item.Progress}, s.finishOpen()
}
