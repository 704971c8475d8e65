package room

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ExportRecord is the sealed record of a closed meeting, for its clerk and chair; that they took it is on
// the trail. What was written about an item they have left, or that was taken off, is left out, as of the
// minutes: the chain holds without it.
func (s *Store) ExportRecord(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (file []byte, on clock.Date, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		p, err := project(tx, meetingID)
		if err != nil {
			return err
		}
		if err := actor.Check(access.RecordMeeting, p.Forum.ID); err != nil {
			return err
		}
		if p.Meeting.Brought {
			return fault.New(fault.Conflict, "This meeting was held before Quorate, so there is no record of it here to seal.")
		}
		if p.Meeting.Status != panels.Closed {
			return fault.New(fault.Conflict, "The sealed record is made once the meeting is closed. Its chair closes it in the meeting room.")
		}
		events, err := logOf(tx, meetingID, true)
		if err != nil {
			return err
		}
		for i := range events {
			if p.leavesOut(events[i]) {
				events[i].Salt, events[i].Content, events[i].Says, events[i].Record = nil, "", "", ""
			}
		}
		if file, err = sealRecord(meetingID, events); err != nil {
			return err
		}
		on = p.Meeting.On()
		return audit.Record(tx, audit.Entry{Action: "record.exported", ObjectKind: "meeting", ObjectID: meetingID.String(), ForumID: p.Forum.ID, After: map[string]any{"events": len(events)}})
	})
	return file, on, err
}

// leavesOut reports whether what was written with an event is not for the viewer: it is about an item
// whose content is hidden from them, or decided one together with others, or it is about an action of an
// earlier meeting that is shut to them.
func (p projector) leavesOut(event Event) bool {
	items := []uuid.UUID{}
	if event.ItemID != nil {
		items = append(items, *event.ItemID)
	}
	for _, one := range recordsIn(event.Record) {
		var decided struct {
			ItemID *uuid.UUID `json:"item_id"`
		}
		_ = json.Unmarshal(one, &decided) // what names no item is about none
		if decided.ItemID != nil {
			items = append(items, *decided.ItemID)
		}
	}
	for _, id := range items {
		item, found := p.State.item(id)
		if !found || p.viewer.hides(p.State, item) != "" {
			return true
		}
	}
	var about struct {
		ActionID uuid.UUID `json:"action_id"`
	}
	_ = json.Unmarshal([]byte(event.Content), &about) // what names no action is about none
	return slices.Contains(p.viewer.Shut, about.ActionID)
}

// Seal is how far the log of a closed meeting goes, and the hash it ends with.
type Seal struct {
	Events int64
	Head   string // hexadecimal
}

// sealOf reads the end of a meeting's log, nil where there is none.
func sealOf(tx db.Tx, meeting panels.Meeting) (*Seal, error) {
	var hashes [][]byte
	err := tx.Raw(`select hash from room_event where meeting_id = ? and seq = ?`, meeting.ID, meeting.RoomSeq).Scan(&hashes).Error
	if err != nil || len(hashes) == 0 {
		return nil, err
	}
	return &Seal{Events: meeting.RoomSeq, Head: hex.EncodeToString(hashes[0])}, nil
}
