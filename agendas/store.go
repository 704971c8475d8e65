package agendas

import (
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store carries out what is asked of agendas and rules. Each method is one use case in one
// transaction; what pages and other packages read inside their own are functions that take it.
type Store struct{ DB *db.DB }

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// record writes the audit row of one change. The kind of thing changed is the action's first word.
func record(tx db.Tx, action, id string, forumID uuid.UUID, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: kind, ObjectID: id, ForumID: forumID, Before: before, After: after})
}

// lockToBuild finds a meeting whose agenda the actor may build, and keeps every other change to it
// waiting. Once a meeting has begun its agenda is in the room's hands.
func lockToBuild(tx db.Tx, meetingID uuid.UUID) (panels.Meeting, error) {
	meeting, err := panels.LockMeeting(tx, meetingID)
	if err != nil {
		return meeting, err
	}
	if err := tx.Actor.Check(access.BuildAgenda, meeting.ForumID); err != nil {
		return meeting, err
	}
	return meeting, mayStillBuild(meeting)
}

func mayStillBuild(meeting panels.Meeting) error {
	switch meeting.Status {
	case panels.Scheduled, panels.Adjourned:
		return nil
	case panels.Draft:
		return fault.New(fault.Conflict, "This meeting is a draft. Publish its dates before its agenda is built.")
	case panels.Cancelled:
		return fault.New(fault.Conflict, "This meeting was cancelled, so its agenda cannot be changed.")
	case panels.InSession:
		return fault.New(fault.Conflict, "This meeting has begun. Change what is left of its agenda in the meeting room.")
	default:
		return fault.New(fault.Conflict, "This meeting is over, so its agenda cannot be changed.")
	}
}

// Items are the lines of a meeting's agenda, in order, those removed included.
func Items(tx db.Tx, meetingID uuid.UUID) ([]Item, error) {
	var items []Item
	err := tx.Where("meeting_id = ?", meetingID).Order("position, id").Find(&items).Error
	return items, err
}

// lockItem finds an item and locks its meeting for building. version is what the person saw; 0 is
// for changes that do not depend on what was there.
func lockItem(tx db.Tx, itemID uuid.UUID, version int) (Item, panels.Meeting, error) {
	var item Item
	find := func() error {
		found := tx.Where("id = ?", itemID).Limit(1).Find(&item)
		if found.Error == nil && found.RowsAffected == 0 {
			return fault.New(fault.NotFound, "There is no such item. Somebody may have rebuilt the agenda.")
		}
		return found.Error
	}
	if err := find(); err != nil {
		return item, panels.Meeting{}, err
	}
	meeting, err := lockToBuild(tx, item.MeetingID)
	if err != nil {
		return item, meeting, err
	}
	if err := find(); err != nil { // as it is now that nobody else can change it
		return item, meeting, err
	}
	if version != 0 && item.Version != version {
		return item, meeting, fault.New(fault.Stale, "Somebody else changed this item while you were working on it. Look at the agenda as it is now, then make your change again.")
	}
	return item, meeting, nil
}

// change updates one item that lockItem found and records it.
func (i Item) change(tx db.Tx, meeting panels.Meeting, action string, to map[string]any) error {
	before := map[string]any{"state": i.State, "pinned": i.Pinned, "minutes": i.Minutes, "position": i.Position}
	to["version"] = i.Version + 1
	if err := db.RequireOne(tx.Model(&Item{}).Where("id = ? and version = ?", i.ID, i.Version).Updates(to)); err != nil {
		return err
	}
	return record(tx, "agenda_item."+action, i.ID.String(), meeting.ForumID, before, to)
}
