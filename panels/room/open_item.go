package room

import (
	"quorate/agendas"
	"quorate/server/base/fault"
)

func (c OpenItem) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if item.Progress == Open {
		return happened{}, fault.New(fault.Conflict, "Item %s is already open.", item.Number)
	}
	return s.turnTo(item)
}

// turnTo finishes the open item and opens another.
func (s *sitting) turnTo(item Item) (happened, error) {
	if err := s.noVoteOpen(); err != nil {
		return happened{}, err
	}
	if err := s.finishOpen(); err != nil {
		return happened{}, err
	}
	err := s.Exec(`insert into item_progress (item_id, meeting_id, progress, stage, opened_at) values (?, ?, 'open', 'present', ?)
		on conflict (item_id) do update set progress = 'open', stage = 'present', opened_at = excluded.opened_at, passed_reason = ''`,
		item.ID, s.meeting.ID, s.Now).Error
	return happened{itemID: &item.ID, says: "Item " + item.Number + " is open", kind: "agenda_item", object: item.ID, before: item.Progress}, err
}

// finishOpen ends the item that is open, if any, and adds up the time it took. The board's answer is
// heard once its item is over; a case stays due until it is decided or discussed.
func (s *sitting) finishOpen() error {
	var ended []agendas.Item
	err := s.Raw(`update item_progress g
		set progress = 'done', spent_seconds = spent_seconds + greatest(0, extract(epoch from ?::timestamptz - g.opened_at))::integer
		from agenda_item i where i.id = g.item_id and g.meeting_id = ? and g.progress = 'open'
		returning i.*`, s.Now, s.meeting.ID).Scan(&ended).Error
	if err != nil || len(ended) == 0 || ended[0].Kind != agendas.AnswerItem {
		return err
	}
	return agendas.MarkHeard(s.Tx, ended[0], s.forum.ID, s.meeting.On())
}
