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

// MinutesCorrection stands beside what was assembled, or beside final wording: neither is edited.
type MinutesCorrection struct {
	ID         uuid.UUID
	ItemID     *uuid.UUID // nil: of the minutes as a whole
	Text       string
	By         string
	MadeAt     time.Time
	AtApproval bool // recorded when they were approved
}

// CorrectMinutes puts a correction beside the minutes, or beside one item of them, until they are
// approved. Clerk or chair.
func (s *Store) CorrectMinutes(ctx context.Context, actor access.Actor, meetingID uuid.UUID, itemID *uuid.UUID, text string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.RecordMeeting)
		if err != nil {
			return err
		}
		if task.row.State == Approved {
			return lockedMinutes()
		}
		number := "" // of the item; "" for the minutes as a whole
		if itemID != nil {
			item, err := task.mayRead(*itemID)
			if err != nil {
				return err
			}
			number = item.Number
		}
		if text, err = correctionText(text, "text"); err != nil {
			return err
		}
		id, err := putCorrection(tx, meetingID, itemID, text, false)
		if err != nil {
			return err
		}
		record := minutesCorrectionRecord{Kind: ofMinutesCorrection, Item: number, Text: text, By: actor.Name, At: tx.Now}
		if err := addToLog(tx, task.meeting, logEntry{kind: "minutes.correct", itemID: itemID, record: record}); err != nil {
			return err
		}
		return task.record("minutes.corrected", "minutes_correction", id, nil, map[string]any{"item": itemID, "text": text})
	})
}

func correctionText(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	var form fault.Form
	form.Require(text != "", field, "Enter what is wrong and what is right")
	form.Require(len([]rune(text)) <= 4_000, field, "The correction must be 4,000 characters or fewer")
	return text, form.Err()
}

func putCorrection(tx db.Tx, meetingID uuid.UUID, itemID *uuid.UUID, text string, atApproval bool) (uuid.UUID, error) {
	id := newID()
	return id, tx.Exec(`insert into minutes_correction (id, meeting_id, item_id, text, made_by, made_at, at_approval) values (?, ?, ?, ?, ?, ?, ?)`,
		id, meetingID, itemID, text, tx.Actor.PersonID, tx.Now, atApproval).Error
}

// corrections are those beside a meeting's minutes that the viewer may see.
func (p projector) minutesCorrections(tx db.Tx) ([]MinutesCorrection, error) {
	var all []MinutesCorrection
	err := tx.Raw(`
		select c.id, c.item_id, c.text, p.name as by, c.made_at, c.at_approval
		from minutes_correction c join person p on p.id = c.made_by where c.meeting_id = ? order by c.id`, p.Meeting.ID).Scan(&all).Error
	var seen []MinutesCorrection
	for _, correction := range all {
		if correction.ItemID != nil {
			item, found := p.State.item(*correction.ItemID)
			if !found || p.viewer.omits(item) || p.viewer.hides(p.State, item) != "" {
				continue
			}
		}
		seen = append(seen, correction)
	}
	return seen, err
}
