package room

import (
	"time"

	"github.com/google/uuid"
)

// Note is the newest version of a note; every earlier version is kept.
type Note struct {
	ID       uuid.UUID
	ItemID   uuid.UUID
	Version  int
	Text     string
	AuthorID uuid.UUID
	Author   string
	At       time.Time
}

const notesOfMeeting = `
	select n.id, n.item_id, n.version, v.text, v.author as author_id, p.name as author, v.at
	from note n
	join note_version v on v.note_id = n.id and v.version = n.version
	join person p on p.id = v.author
	where n.meeting_id = ? order by n.id`
