package room

import "quorate/agendas"

// bringBack has what a meeting that closes did not deal with come to the forum's next agenda: what nobody
// opened, and a funding request that was discussed and not decided. A decision that waits for the other
// chair is one.
func (s *sitting) bringBack() error {
	var left []agendas.Item
	err := s.Raw(`
		select i.* from agenda_item i
		left join funding_request r on r.id = i.request_id
		where i.meeting_id = @meeting and i.state = 'listed' and not exists (select from decision_waiting w where w.item_id = i.id and w.settled_at is null)
			and (r.state = 'tabled' and r.meeting_id = @meeting
				or i.kind = 'case' and not exists (select from item_progress g where g.item_id = i.id and g.progress <> 'waiting'))
		order by i.position`, map[string]any{"meeting": s.meeting.ID}).Scan(&left).Error
	if err != nil {
		return err
	}
	return agendas.BringBack(s.Tx, s.meeting, left, "Not decided on "+s.meeting.On().Long())
}
