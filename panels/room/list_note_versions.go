package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NoteHistory is an item's note with its earlier versions.
type NoteHistory struct {
	Meeting  MeetingView
	Item     ItemLine
	Note     NoteView // ID is nil where nobody wrote anything yet
	Versions []NoteVersion
	Closed   string // why no version can be put back; "" when one can
}

// NoteVersion is what a note said when somebody paused.
type NoteVersion struct {
	Version int
	Text    string
	Author  string
	At      time.Time
}

// What is typed saves itself every few seconds. A version worth reading is the last before somebody
// paused for some minutes, or before somebody else wrote.
const (
	writingPause = 3 * time.Minute
	mostVersions = 100
)

// ListNoteVersions lists the versions of an item's note that are worth reading, newest first. For those
// who record and have not left for the item.
func ListNoteVersions(tx db.Tx, meetingID, itemID uuid.UUID) (NoteHistory, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return NoteHistory{}, err
	}
	if err := tx.Actor.Check(access.RecordMeeting, p.Forum.ID); err != nil {
		return NoteHistory{}, err
	}
	item, found := p.State.item(itemID)
	if !found {
		return NoteHistory{}, fault.New(fault.NotFound, "That item is not on this meeting’s agenda.")
	}
	if p.viewer.hides(p.State, item) != "" {
		return NoteHistory{}, leftNotes(item)
	}
	history := NoteHistory{Meeting: p.meeting(), Item: p.line(item)}
	for _, note := range p.notesOn(itemID) {
		history.Note = note
	}
	minutes, err := minutesOf(tx, meetingID)
	if err != nil {
		return NoteHistory{}, err
	}
	if minutes.State != Drafted {
		history.Closed = "The minutes made of these notes have gone out, so the notes stay as they are."
	}
	err = tx.Raw(`
		select v.version, v.text, p.name as author, v.at
		from (
			select v.*, lead(v.author) over later as next_author, lead(v.at) over later as next_at
			from note_version v join note n on n.id = v.note_id
			where n.item_id = @item
			window later as (order by v.version)
		) v
		join person p on p.id = v.author
		where v.next_at is null or v.next_author <> v.author or v.next_at - v.at >= make_interval(secs => @pause)
		order by v.version desc limit @most`,
		map[string]any{"item": itemID, "pause": writingPause.Seconds(), "most": mostVersions}).Scan(&history.Versions).Error
	return history, err
}

// NoteVersionText is what a version of an item's note said, for putting it back.
func NoteVersionText(tx db.Tx, meetingID, itemID uuid.UUID, version int) (string, error) {
	history, err := ListNoteVersions(tx, meetingID, itemID)
	if err != nil {
		return "", err
	}
	for _, v := range history.Versions {
		if v.Version == version {
			return v.Text, nil
		}
	}
	return "", fault.New(fault.NotFound, "There is no such version of this note.")
}
