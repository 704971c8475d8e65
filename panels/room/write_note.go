package room

import (
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

const longestNote = 20_000 // characters

// perform keeps a new note or a newer version of one; every version is kept. A version built on an
// older one than the newest is refused, so that nobody's words are lost under somebody else's.
func (c WriteNote) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if s.table.Left(s.Actor.PersonID, item.ID) {
		return happened{}, fault.New(fault.Denied, "You have left for item %s, so you cannot write notes on it.", item.Number)
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter the note")
	form.Require(len([]rune(text)) <= longestNote, "text", "The note must be 20,000 characters or fewer")
	form.Require(c.NoteID != uuid.Nil, "text", "Refresh the page, then save the note again")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	var kept []struct {
		ItemID  uuid.UUID
		Version int
	}
	if err := s.Raw(`select item_id, version from note where id = ?`, c.NoteID).Scan(&kept).Error; err != nil {
		return happened{}, err
	}
	switch {
	case len(kept) == 0 && c.BaseVersion != 0, len(kept) == 1 && kept[0].ItemID != item.ID:
		return happened{}, fault.New(fault.NotFound, "That note is not on item %s.", item.Number)
	case len(kept) == 1 && kept[0].Version != c.BaseVersion:
		return happened{}, fault.New(fault.Stale, "Somebody changed this note after you opened it. Your words are still here: read theirs, then save again.")
	}
	version := c.BaseVersion + 1
	err = s.Exec(`insert into note (id, meeting_id, item_id, version) values (?, ?, ?, ?)
		on conflict (id) do update set version = excluded.version`, c.NoteID, s.meeting.ID, item.ID, version).Error
	if err != nil {
		return happened{}, err
	}
	err = s.Exec(`insert into note_version (note_id, version, text, author, at) values (?, ?, ?, ?, ?)`,
		c.NoteID, version, text, s.Actor.PersonID, s.Now).Error
	return happened{itemID: &item.ID, kind: "note", object: c.NoteID, before: c.BaseVersion}, err
}
