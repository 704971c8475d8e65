package room

import (
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

// finishOpen ends the item that is open, if any, and adds up the time it took.
func (s *sitting) finishOpen() error {
	return s.Exec(`update item_progress
		set progress = 'done', spent_seconds = spent_seconds + greatest(0, extract(epoch from ?::timestamptz - opened_at))::integer
		where meeting_id = ? and progress = 'open'`, s.Now, s.meeting.ID).Error
}
