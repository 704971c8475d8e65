package room

import (
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
)

const longestNote = 20_000 // characters

// perform keeps a newer version of an item's note; every version is kept. A version built on an older
// one than the newest is refused, so that nobody's words are lost under somebody else's, and so is one
// by somebody who does not have the pen. A form sent without script has no pen to ask for: there the
// version alone protects.
func (c WriteNote) perform(s *sitting) (happened, error) {
	item, err := s.notesOfItem(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter the note")
	form.Require(len([]rune(text)) <= longestNote, "text", "The note must be 20,000 characters or fewer")
	form.Require(c.NoteID != uuid.Nil, "text", "Refresh the page, then save the note again")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	if err := s.notesAreOpen(); err != nil {
		return happened{}, err
	}
	var kept []struct {
		ID      uuid.UUID
		ItemID  uuid.UUID
		Version int
	}
	err = s.Raw(`select id, item_id, version from note where id = ? or item_id = ? order by item_id = ?`, c.NoteID, item.ID, c.ItemID).Scan(&kept).Error
	if err != nil {
		return happened{}, err
	}
	switch {
	case len(kept) == 0 && c.BaseVersion != 0, len(kept) > 0 && kept[0].ItemID != item.ID:
		return happened{}, fault.New(fault.NotFound, "That note is not on item %s.", item.Number)
	case len(kept) == 1 && (kept[0].ID != c.NoteID || kept[0].Version != c.BaseVersion):
		return happened{}, fault.New(fault.Stale, "Somebody changed this note after you opened it. Your words are still here: read theirs, then save again.")
	}
	pen, err := s.pen(item.ID)
	if err != nil {
		return happened{}, err
	}
	held := pen != nil && pen.HolderID == s.Actor.PersonID
	switch {
	case held || c.ByForm:
	case pen != nil && !pen.mayTake(s.Actor.PersonID, s.Now):
		return happened{}, fault.New(fault.Conflict, "%s is writing these notes now. Your words are still here: ask to take over, then save again.", pen.Holder)
	default:
		if err := s.givePen(item.ID, s.Actor.PersonID); err != nil {
			return happened{}, err
		}
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

// notesAreOpen refuses notes once the minutes made of them have gone out: from then on it is the
// minutes that are worded.
func (s *sitting) notesAreOpen() error {
	if s.meeting.Status != panels.Closed {
		return nil
	}
	minutes, err := minutesOf(s.Tx, s.meeting.ID)
	if err != nil || minutes.State == Drafted {
		return err
	}
	return fault.New(fault.Conflict, "The minutes made of these notes have gone out, so the notes stay as they are. Change the wording of the minutes instead.")
}

func leftNotes(item Item) error {
	return fault.New(fault.Denied, "You have left for item %s, so you cannot write notes on it.", item.Number)
}
