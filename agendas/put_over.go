package agendas

import (
	"fmt"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// dueForWantOfTime is the kind of due of a case that was put over, whose source is the case.
const dueForWantOfTime = "put_over"

// nextMeeting is the forum's next one after a meeting, nil when none is called.
func nextMeeting(tx db.Tx, after panels.Meeting) (*panels.Meeting, error) {
	var found []panels.Meeting
	err := tx.Raw(`select * from meeting where forum_id = ? and starts_at > ? and status = 'scheduled' order by starts_at limit 1`, after.ForumID, after.StartsAt).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Passes is the first of the item's dates that comes before the meeting it would be put over to: the
// deadline that waiting would miss. A date that has passed by this meeting is one too.
func (i Item) Passes(next clock.Date) (Reason, bool) {
	var first Reason
	for _, reason := range i.Reasons {
		if !reason.On.IsZero() && reason.On.Before(next) && (first.On.IsZero() || reason.On.Before(first.On)) {
			first = reason
		}
	}
	return first, !first.On.IsZero()
}

// carryOver has what was put over for want of time come back to the forum's next meeting with that
// reason, and lets go of what found room after all. It is done when an agenda is published: until then
// nothing is settled.
func carryOver(tx db.Tx, m forMeeting, items []Item) error {
	back := m.On().AddDays(1) // to whichever is called next
	if next, err := nextMeeting(tx, m.Meeting); err != nil {
		return err
	} else if next != nil {
		back = next.On()
	}
	room := []uuid.UUID{uuid.Nil}
	for _, item := range items {
		switch {
		case item.CaseID == nil:
		case item.State == Listed:
			room = append(room, *item.CaseID)
		case item.State == PutOver:
			if err := PutDue(tx, Due{
				ForumID: m.ForumID, Kind: dueForWantOfTime, SourceID: *item.CaseID, CaseID: item.CaseID, DueOn: back,
				Text: fmt.Sprintf("Put over from %s: there was no time", m.On().Long()), Law: "Terms of reference",
			}); err != nil {
				return err
			}
		}
	}
	return tx.Exec(`update due set done_at = ? where forum_id = ? and kind = ? and source_id in ? and done_at is null and due_on > ?`,
		tx.Now, m.ForumID, dueForWantOfTime, room, m.On()).Error
}
