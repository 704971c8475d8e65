package agendas

import (
	"context"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RecordTabling keeps who told the young person an item is about, what they said, and the basis for
// sharing. The item's presenter, and the forum's clerk and chair, record it and may change it.
func (s Store) RecordTabling(ctx context.Context, actor access.Actor, itemID uuid.UUID, version int, told Tabling) error {
	told.tidy()
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, err := itemToTable(tx, itemID)
		if err != nil {
			return err
		}
		meeting, err := panels.LockMeeting(tx, item.MeetingID)
		if err != nil {
			return err
		}
		if err := told.check(tx.Today()); err != nil {
			return err
		}
		held, err := tablingsOf(tx, item.MeetingID)
		if err != nil {
			return err
		}
		before, known := held[*item.CaseID]
		if before.Version != version {
			return fault.New(fault.Stale, "Somebody else recorded this while you were writing. Look at what they wrote, then make your change again.")
		}
		told.ID, told.MeetingID, told.CaseID, told.Version = newID(), item.MeetingID, *item.CaseID, version+1
		told.RecordedBy, told.RecordedAt = actor.PersonID, tx.Now
		entry := audit.Entry{Action: "tabling.recorded", ObjectKind: "agenda_item", ObjectID: item.ID.String(), ForumID: meeting.ForumID, After: told}
		if known {
			entry.Action, entry.Before = "tabling.changed", before
		}
		if err := tx.Create(&told).Error; err != nil {
			return err
		}
		return audit.Record(tx, entry)
	})
}

// ShowTabling is an item's tabling for those who may record it.
func ShowTabling(tx db.Tx, itemID uuid.UUID) (page TablingPage, err error) {
	if page.Item, err = itemToTable(tx, itemID); err != nil {
		return page, err
	}
	meeting, err := panels.MeetingByID(tx, page.Item.MeetingID)
	if err != nil {
		return page, err
	}
	forum, err := panels.ForumByID(tx, meeting.ForumID)
	if err != nil {
		return page, err
	}
	page.ForumName, page.StartsAt, page.MayBuild = forum.Name, meeting.StartsAt, tx.Actor.May(access.BuildAgenda, forum.ID)
	if err := tx.Raw(`select * from cases where id = ?`, page.Item.CaseID).Take(&page.Case).Error; err != nil {
		return page, err
	}
	held, err := tablingsOf(tx, meeting.ID)
	if err != nil {
		return page, err
	}
	if recorded, known := held[page.Case.ID]; known {
		page.Tabling = recorded
		return page, nil
	}
	var last []Tabling
	err = tx.Raw(`
		select t.*, p.name as recorder from tabling t join person p on p.id = t.recorded_by join meeting m on m.id = t.meeting_id
		where t.case_id = ? and m.starts_at < ? order by m.starts_at desc, t.version desc limit 1`, page.Case.ID, meeting.StartsAt).Scan(&last).Error
	if err != nil || len(last) == 0 {
		return page, err
	}
	page.Last, page.Tabling = &last[0], last[0].suggested()
	earlier, err := panels.MeetingByID(tx, last[0].MeetingID)
	page.LastOn = earlier.On()
	return page, err
}

// itemToTable is an item about a young person whose tabling the actor may record. Nobody who declared
// an interest in the young person does.
func itemToTable(tx db.Tx, itemID uuid.UUID) (Item, error) {
	var found []struct {
		Item
		ForumID uuid.UUID
		Left    bool
	}
	err := tx.Raw(`
		select i.*, m.forum_id, exists (`+tracker.InterestIn("@me", "i.case_id")+`) as left
		from agenda_item i join meeting m on m.id = i.meeting_id join forum f on f.id = m.forum_id
		where i.id = @item and i.case_id is not null and i.state = 'listed' and not f.board`,
		map[string]any{"item": itemID, "me": tx.Actor.PersonID}).Scan(&found).Error
	if err != nil {
		return Item{}, err
	}
	none := fault.New(fault.NotFound, "There is no such item about a young person. Somebody may have rebuilt the agenda.")
	if len(found) == 0 {
		return Item{}, none
	}
	item := found[0]
	presents := tx.Actor.Presenter && item.PresenterID != nil && *item.PresenterID == tx.Actor.PersonID
	switch {
	case !presents && !tx.Actor.May(access.BuildAgenda, item.ForumID):
		return Item{}, none // whether there is such an item is nobody else's business
	case item.Left:
		return Item{}, fault.New(fault.Denied, "You left for this item, so somebody else must record who told the young person.")
	}
	return item.Item, nil
}
