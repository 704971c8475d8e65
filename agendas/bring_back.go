package agendas

import (
	"context"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// BringBack has what was listed at a meeting and not dealt with there come to the forum's next agenda,
// saying why: a funding request would wait for ever at a meeting that is over or not held, and a case
// somebody put on by hand would be forgotten. Whom a rule lists it lists again by itself.
func BringBack(tx db.Tx, meeting panels.Meeting, items []Item, why string) error {
	for _, item := range items {
		back := Due{
			ForumID: meeting.ForumID, Kind: dueForWantOfTime, CaseID: item.CaseID, RequestID: item.RequestID,
			DueOn: meeting.On(), Text: why, Law: "Terms of reference",
		}
		switch {
		case item.RequestID != nil:
			untabled, err := requests.MarkUntabled(tx, meeting.ID, *item.RequestID)
			if err != nil {
				return err
			}
			if !untabled { // it has gone on from here already
				continue
			}
			back.SourceID = *item.RequestID
		case item.Kind == CaseItem && item.byHand():
			back.SourceID = *item.CaseID
			var said bool
			err := tx.Raw(`select exists (select from due where forum_id = ? and kind = ? and source_id = ? and due_on >= ?)`,
				back.ForumID, back.Kind, back.SourceID, back.DueOn).Scan(&said).Error
			if err != nil {
				return err
			}
			if said {
				continue
			}
		default:
			continue
		}
		if err := PutDue(tx, back); err != nil {
			return err
		}
	}
	return nil
}

// MeetingsChanged lets go of what is listed at meetings that were cancelled, and takes it up again where
// one is held after all.
func (s Store) MeetingsChanged(ctx context.Context, changed panels.MeetingsChanged) error {
	return s.DB.Write(ctx, access.System("agenda"), func(tx db.Tx) error {
		var meetings []panels.Meeting
		err := tx.Raw(`
			select * from meeting m where id in ? and (
				status = 'cancelled' and exists (select from agenda_item i where i.meeting_id = m.id and i.state = 'listed' and i.kind in ('case', 'request'))
				or status = 'scheduled' and exists (
					select from agenda_item i join funding_request r on r.id = i.request_id
					where i.meeting_id = m.id and i.state = 'listed' and r.meeting_id is distinct from m.id))
			order by id for update`, changed.Meetings).Scan(&meetings).Error
		if err != nil {
			return err
		}
		for _, meeting := range meetings {
			items, err := listedOn(tx, meeting.ID)
			if err != nil {
				return err
			}
			if meeting.Status == panels.Cancelled {
				err = BringBack(tx, meeting, items, "The meeting of "+meeting.On().Long()+" was cancelled")
			} else {
				err = takeUpAgain(tx, meeting, items)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func listedOn(tx db.Tx, meetingID uuid.UUID) ([]Item, error) {
	var items []Item
	err := tx.Where("meeting_id = ? and state = ?", meetingID, Listed).Order("position, id").Find(&items).Error
	return items, err
}

// takeUpAgain tables the requests of a meeting that is held after all. One that has gone elsewhere
// meanwhile comes off its agenda.
func takeUpAgain(tx db.Tx, meeting panels.Meeting, items []Item) error {
	for _, item := range items {
		if item.RequestID == nil {
			continue
		}
		request, err := requests.Lock(tx, *item.RequestID)
		if err != nil {
			return err
		}
		if request.MeetingID != nil && *request.MeetingID == meeting.ID {
			continue
		}
		gone, err := mayComeAgain(tx, request, item, meeting)
		if err != nil {
			return err
		}
		if gone == nil {
			tabled, err := requests.MarkTabled(tx, meeting.ID, request.ID)
			if err != nil {
				return err
			}
			if tabled > 0 {
				if err := MarkDone(tx, dueForWantOfTime, request.ID); err != nil {
					return err
				}
				continue
			}
		}
		state, action := Removed, "removed"
		if item.Number != "" {
			state, action = TakenOff, "taken_off"
		}
		off := map[string]any{"state": state, "removed_reason": "The funding request went on while this meeting was cancelled"}
		if err := item.change(tx, meeting, action, off); err != nil {
			return err
		}
	}
	return nil
}
