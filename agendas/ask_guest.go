package agendas

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AskGuest asks somebody from an agency outside the partnership to join one item: another council or
// another integrated care board that is to pay, or is responsible. They are told and invited, and see
// that item alone. Clerk or chair, before or during the meeting; never on a board.
//
// A young person, or who supports them, is asked to join their own item in the same way, sees of it what
// is said in front of them, and chairs it with leads.
func (s Store) AskGuest(ctx context.Context, actor access.Actor, itemID, personID uuid.UUID, leads bool) (meetingID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		item, meeting, err := itemForGuests(tx, itemID)
		if err != nil {
			return err
		}
		meetingID = meeting.ID
		forum, err := panels.ForumByID(tx, meeting.ForumID)
		if err != nil {
			return err
		}
		switch {
		case forum.Board:
			return fault.New(fault.Denied, "A board never sees who a young person is, so nobody joins one of its items for a case.")
		case item.CaseID == nil || item.State != Listed:
			return fault.New(fault.Conflict, "A guest joins an item about a young person that is on the agenda.")
		}
		guest, err := panels.PutGuest(tx, meeting, item.ID, personID, leads)
		if err != nil {
			return err
		}
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return err
		}
		soon := panels.StartsSoon(meeting.StartsAt, tx.Today(), days)
		return notify.Send(tx, notify.Notice{Kind: NoticeGuest, IDs: notify.IDs{"guest": guest.ID}, To: personID, Urgent: soon})
	})
	return meetingID, err
}

// WithdrawGuest takes a guest's place back. Once the item is decided the place stays on the record.
func (s Store) WithdrawGuest(ctx context.Context, actor access.Actor, guestID uuid.UUID) (itemID uuid.UUID, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var guests []panels.Guest
		if err := tx.Raw(`select * from meeting_guest where id = ? and ended_at is null`, guestID).Scan(&guests).Error; err != nil {
			return err
		}
		if len(guests) == 0 {
			return fault.New(fault.NotFound, "There is no such guest.")
		}
		item, meeting, err := itemForGuests(tx, guests[0].ItemID)
		if err != nil {
			return err
		}
		itemID = item.ID
		var voted bool
		if err := tx.Raw(`select exists (select from ballot where guest_id = ?)`, guestID).Scan(&voted).Error; err != nil {
			return err
		}
		if voted {
			return fault.New(fault.Conflict, "This guest has given their agency’s position, so their place stays on the record.")
		}
		return panels.EndGuest(tx, guests[0], meeting.ForumID)
	})
	return itemID, err
}

// itemForGuests finds an item whose guests may still change, with its meeting locked, for its forum's
// clerk or chair.
func itemForGuests(tx db.Tx, itemID uuid.UUID) (item Item, meeting panels.Meeting, err error) {
	found := tx.Where("id = ?", itemID).Limit(1).Find(&item)
	if found.Error != nil {
		return item, meeting, found.Error
	}
	if found.RowsAffected == 0 {
		return item, meeting, fault.New(fault.NotFound, "There is no such item.")
	}
	if meeting, err = panels.LockMeeting(tx, item.MeetingID); err != nil {
		return item, meeting, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, meeting.ForumID); err != nil {
		return item, meeting, err
	}
	switch meeting.Status {
	case panels.Scheduled, panels.InSession, panels.Adjourned, panels.Draft:
	default:
		return item, meeting, fault.New(fault.Conflict, "This meeting is over, so its guests stay as they are.")
	}
	var decided bool
	err = tx.Raw(`select exists (select from decision where item_id = ?)`, itemID).Scan(&decided).Error
	if err == nil && decided {
		err = fault.New(fault.Conflict, "This item is decided, so its guests stay as they are.")
	}
	return item, meeting, err
}
