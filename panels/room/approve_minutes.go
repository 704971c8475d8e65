package room

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// perform approves the minutes of an earlier meeting of the forum as a correct record, with what the
// meeting corrects in them, and locks them.
func (c ApproveMinutes) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if item.Kind != agendas.StandingItem || item.Progress != Open {
		return happened{}, fault.New(fault.Conflict, "Minutes are approved under the item about them. Open that item first.")
	}
	earlier, err := panels.LockMeeting(s.Tx, c.MinutesOf) // an earlier one only ever waits for a later: nobody locks them the other way
	if err != nil {
		return happened{}, err
	}
	if earlier.ForumID != s.forum.ID || !earlier.StartsAt.Before(s.meeting.StartsAt) {
		return happened{}, fault.New(fault.NotFound, "There are no such minutes to approve here.")
	}
	var row minutesRow
	if err := s.Raw(`select * from minutes where meeting_id = ? for update`, earlier.ID).Scan(&row).Error; err != nil {
		return happened{}, err
	}
	switch row.State {
	case FinalOnes:
	case Approved:
		return happened{}, fault.New(fault.Conflict, "The minutes of %s are approved already.", earlier.On().Long())
	default:
		return happened{}, fault.New(fault.Conflict, "The minutes of %s are not final yet, so they cannot be approved. The clerk makes them final.", earlier.On().Long())
	}
	entries := []logEntry{{kind: "minutes.approved", says: "The minutes are approved as a correct record", record: approvalRecord{
		Kind: ofApproval, MeetingOn: s.meeting.On(), By: s.Actor.Name, At: s.Now,
	}}}
	if strings.TrimSpace(c.Corrections) != "" {
		text, err := correctionText(c.Corrections, "corrections")
		if err != nil {
			return happened{}, err
		}
		if _, err := putCorrection(s.Tx, earlier.ID, nil, text, true); err != nil {
			return happened{}, err
		}
		record := minutesCorrectionRecord{Kind: ofMinutesCorrection, Text: text, By: s.Actor.Name, At: s.Now, AtApproval: true}
		entries = slices.Insert(entries, 0, logEntry{kind: "minutes.correct", record: record})
	}
	if err := addToLog(s.Tx, earlier, entries...); err != nil {
		return happened{}, err
	}
	err = db.RequireOne(s.Table("minutes").Where("meeting_id = ? and version = ?", earlier.ID, row.Version).Updates(map[string]any{
		"state": Approved, "approved_at": s.Now, "approved_by": s.Actor.PersonID, "approved_meeting_id": s.meeting.ID, "version": row.Version + 1,
	}))
	if err != nil {
		return happened{}, err
	}
	says := "The minutes of " + earlier.On().Long() + " are approved as a correct record"
	return happened{says: says, kind: "meeting", object: earlier.ID, before: FinalOnes}, agendas.MarkDone(s.Tx, agendas.MinutesDue, earlier.ID)
}

// Earlier is the minutes of an earlier meeting of the forum: those that wait to be approved, and those
// that this meeting has approved.
type Earlier struct {
	MeetingID  uuid.UUID
	StartsAt   time.Time
	State      MinutesState
	ApprovedAt *time.Time
}

// loadEarlier reads which minutes come to this meeting.
func (s *State) loadEarlier(tx db.Tx) error {
	s.Earlier = nil
	return tx.Raw(`
		select n.meeting_id, m.starts_at, n.state, n.approved_at
		from minutes n join meeting m on m.id = n.meeting_id
		where m.forum_id = @forum and m.starts_at < @starts and n.state <> 'approved' or n.approved_meeting_id = @meeting
		order by m.starts_at, m.id limit 20`,
		map[string]any{"forum": s.Forum.ID, "starts": s.Meeting.StartsAt, "meeting": s.Meeting.ID}).Scan(&s.Earlier).Error
}

// earlierMinutes are what the item about the minutes shows: for those at the table.
func (p projector) earlierMinutes(item Item) []EarlierMinutes {
	list := []EarlierMinutes{}
	if !p.viewer.AtTable || !p.aboutMinutes(item) {
		return list
	}
	for _, e := range p.Earlier {
		list = append(list, EarlierMinutes{MeetingID: e.MeetingID, On: clock.DateOf(e.StartsAt).Long(), State: string(e.State), Words: e.State.Words()})
	}
	return list
}

// aboutMinutes reports whether an item is where minutes are approved: the standing item that names them,
// or any where the agenda has none.
func (p projector) aboutMinutes(item Item) bool {
	if item.Kind != agendas.StandingItem {
		return false
	}
	for _, other := range p.Items {
		if other.Item.AboutMinutes() && other.State == agendas.Listed {
			return item.Item.AboutMinutes()
		}
	}
	return true
}
