package room

import (
	"strings"

	"quorate/server/base/fault"
)

func (c PassItem) perform(s *sitting) (happened, error) {
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
	if strings.TrimSpace(c.Reason) == "" {
		var form fault.Form
		form.Add("reason", "Enter why item %s is passed over", item.Number)
		return happened{}, form.Err()
	}
	if item.Progress == Open {
		if err := s.noVoteOpen(); err != nil {
			return happened{}, err
		}
		if err := s.finishOpen(); err != nil {
			return happened{}, err
		}
	}
	err = s.Exec(`insert into item_progress (item_id, meeting_id, progress, passed_reason) values (?, ?, 'passed', ?)
		on conflict (item_id) do update set progress = 'passed', passed_reason = excluded.passed_reason`,
		item.ID, s.meeting.ID, strings.TrimSpace(c.Reason)).Error
	return happened{itemID: &item.ID, says: "Item " + item.Number + " is passed over", kind: "agenda_item", object: item.ID, before: item.Progress}, err
}
