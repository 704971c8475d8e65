package room

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// WordMinute words the minute of an item anew, over the version that was read; every version is kept.
// Clerk or chair, until the minutes are final.
func (s *Store) WordMinute(ctx context.Context, actor access.Actor, meetingID, itemID uuid.UUID, base int, text string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.RecordMeeting)
		if err != nil {
			return err
		}
		if err := task.worded(); err != nil {
			return err
		}
		if _, err := task.mayRead(itemID); err != nil {
			return err
		}
		row, err := task.minute(itemID)
		if err != nil {
			return err
		}
		text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
		var form fault.Form
		form.Require(text != "", "text", "Enter the wording of the minute")
		form.Require(len([]rune(text)) <= longestNote, "text", "The minute must be 20,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		if row.Version != base {
			return fault.New(fault.Stale, "Somebody worded this minute anew after you opened it. Your words are still here: read theirs, then save again.")
		}
		if err := task.word(row, text); err != nil {
			return err
		}
		return task.record("minutes.worded", "minute", row.ID, base, base+1)
	})
}

// word keeps the next version of a minute.
func (m *minutesTask) word(row minute, text string) error {
	err := m.Exec(`insert into minute_version (minute_id, version, text, author, at) values (?, ?, ?, ?, ?)`,
		row.ID, row.Version+1, text, m.Actor.PersonID, m.Now).Error
	if err != nil {
		return err
	}
	return db.RequireOne(m.Exec(`update minute set version = version + 1 where id = ? and version = ?`, row.ID, row.Version))
}

// MinuteHistory is the minute of one item with every version of its wording, newest first.
type MinuteHistory struct {
	Meeting  MeetingView
	State    MinutesState
	Item     ItemLine
	Label    string // "20/26"; "" until the minutes are begun
	Version  int
	Text     string
	Notes    string // what the notes say
	Versions []MinuteVersion
}

// MinuteVersion is one wording of a minute.
type MinuteVersion struct {
	Version int
	Text    string
	Author  string
	At      time.Time
}

// ShowMinute is an item's minute for somebody who words it.
func ShowMinute(tx db.Tx, meetingID, itemID uuid.UUID) (MinuteHistory, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return MinuteHistory{}, err
	}
	if err := tx.Actor.Check(access.RecordMeeting, p.Forum.ID); err != nil {
		return MinuteHistory{}, err
	}
	item, found := p.State.item(itemID)
	if !found {
		return MinuteHistory{}, fault.New(fault.NotFound, "There is no minute of that item.")
	}
	if why := p.viewer.hides(p.State, item); why != "" {
		return MinuteHistory{}, fault.New(fault.Denied, "Item %s: %s. Its minute is not yours to work on.", item.Number, lowerFirst(why))
	}
	minutes, err := minutesOf(tx, meetingID)
	if err != nil {
		return MinuteHistory{}, err
	}
	rows, err := minuteRows(tx, meetingID)
	if err != nil {
		return MinuteHistory{}, err
	}
	history := MinuteHistory{Meeting: p.meeting(), State: minutes.State, Item: p.line(item), Notes: p.noteText(itemID)}
	row, begun := rows[itemID]
	if !begun {
		history.Text = history.Notes
		return history, nil
	}
	history.Label, history.Version, history.Text = row.label(), row.Version, row.Text
	if row.Version == 0 {
		history.Text = history.Notes
	}
	err = tx.Raw(`
		select v.version, v.text, p.name as author, v.at from minute_version v join person p on p.id = v.author
		where v.minute_id = ? order by v.version desc limit ?`, row.ID, mostVersions).Scan(&history.Versions).Error
	return history, err
}

// noteText is what the notes of an item say.
func (p projector) noteText(itemID uuid.UUID) string {
	for _, note := range p.notesOn(itemID) {
		return note.Text
	}
	return ""
}
