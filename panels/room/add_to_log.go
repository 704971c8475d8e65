package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/db"
)

// logEntry is something that happened to a meeting outside its room.
type logEntry struct {
	kind   string     // the event's type
	itemID *uuid.UUID // whose eyes it is for; nil: everybody with a part in the meeting
	says   string
	record any
}

// eventContent is the part of an event that can be erased.
type eventContent struct {
	MeetingID uuid.UUID
	Seq       int64
	Salt      []byte
	Content   string
	Says      string
	Record    string
}

// TableName is room_event_content.
func (eventContent) TableName() string { return "room_event_content" }

// addToLog writes down, after the last event of a meeting, what became of it when nobody was in its
// room: minutes are made final, corrected and approved afterwards. The caller holds the meeting's lock.
func addToLog(tx db.Tx, meeting panels.Meeting, entries ...logEntry) error {
	previous := make([]byte, hashLength)
	err := tx.Raw(`select hash from room_event where meeting_id = ? and seq = ?`, meeting.ID, meeting.RoomSeq).Row().Scan(&previous)
	if meeting.RoomSeq > 0 && err != nil {
		return fmt.Errorf("room: the last event of meeting %s: %w", meeting.ID, err)
	}
	events := make([]Event, len(entries))
	contents := make([]eventContent, len(entries))
	for i, entry := range entries {
		event := Event{
			MeetingID: meeting.ID, Seq: meeting.RoomSeq + int64(i) + 1, CommandID: newID(), Type: entry.kind, ItemID: entry.itemID,
			System: tx.Actor.System, At: tx.Now, Content: "{}", Says: entry.says,
		}
		if tx.Actor.IsPerson() {
			event.PersonID = &tx.Actor.PersonID
		}
		if event.Record, err = recordText(entry.record); err != nil {
			return err
		}
		event.seal(previous)
		previous = event.Hash
		events[i] = event
		contents[i] = eventContent{event.MeetingID, event.Seq, event.Salt, event.Content, event.Says, event.Record}
	}
	for some := range slices.Chunk(events, 100) {
		if err := tx.Omit("Salt", "Content", "Says", "Record").Create(&some).Error; err != nil {
			return err
		}
	}
	for some := range slices.Chunk(contents, 100) {
		if err := tx.Create(&some).Error; err != nil {
			return err
		}
	}
	return db.RequireOne(tx.Exec(`update meeting set room_seq = ? where id = ? and room_seq = ?`, meeting.RoomSeq+int64(len(entries)), meeting.ID, meeting.RoomSeq))
}
