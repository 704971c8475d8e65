package room

import (
	"context"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Room is the meeting as the actor may see it now. Whoever has no part in it finds no such meeting.
func (s *Store) Room(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (View, error) {
	var view View
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		state, err := Load(tx, meetingID)
		if err != nil {
			return err
		}
		viewer, takesPart := ViewerOf(state, actor)
		if !takesPart {
			return fault.New(fault.NotFound, "There is no such meeting.")
		}
		view = Project(state, viewer)
		return nil
	})
	return view, err
}

// Screen is the meeting as its big screen shows it: for the chair and the clerk, who put it up.
func (s *Store) Screen(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (View, error) {
	var view View
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		state, err := Load(tx, meetingID)
		if err != nil {
			return err
		}
		viewer, takesPart := ViewerOf(state, actor)
		if !takesPart {
			return fault.New(fault.NotFound, "There is no such meeting.")
		}
		if err := actor.Check(access.ShowScreen, state.Forum.ID); err != nil {
			return err
		}
		screen, _ := viewer.OnScreen()
		view = Project(state, screen)
		return nil
	})
	return view, err
}

// EventsAfter reads what happened in a meeting after an event, oldest first and at most limit of
// them, without what was written: that is for Project. It checks nothing.
func EventsAfter(tx db.Tx, meetingID uuid.UUID, after int64, limit int) ([]Event, error) {
	var events []Event
	err := tx.Raw(`select e.seq, e.type, e.item_id, e.at, coalesce(c.says, '') as says
		from room_event e left join room_event_content c on c.meeting_id = e.meeting_id and c.seq = e.seq
		where e.meeting_id = ? and e.seq > ? order by e.seq limit ?`, meetingID, after, limit).Scan(&events).Error
	return events, err
}

// givesPosition are the changes whose words tell a position.
var givesPosition = []string{CastBallot{}.Type(), RecordPosition{}.Type(), ConfirmPosition{}.Type()}

// Log is a meeting's whole log as it was written, for Verify. For the chair, the clerk and the auditor.
// What was written is left out of positions in a vote on devices that is still open, and of items the
// reader has left; the auditor gets none of it, for case content takes a stated reason.
func (s *Store) Log(ctx context.Context, actor access.Actor, meetingID uuid.UUID) ([]Event, error) {
	var events []Event
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, meetingID)
		if err != nil {
			return err
		}
		mayRecord := actor.May(access.RecordMeeting, meeting.ForumID)
		if !mayRecord && !actor.May(access.ReadAudit, uuid.Nil) {
			return actor.Check(access.RecordMeeting, meeting.ForumID)
		}
		events, err = logOf(tx, meetingID, mayRecord)
		return err
	})
	return events, err
}

// logOf reads a meeting's whole log, with what was written as far as the reader may see it, or without.
func logOf(tx db.Tx, meetingID uuid.UUID, written bool) ([]Event, error) {
	var events []Event
	err := tx.Raw(`select e.*, c.salt, coalesce(c.content, '') as content, coalesce(c.says, '') as says, coalesce(c.record, '') as record
		from room_event e
		left join room_event_content c on @written and c.meeting_id = e.meeting_id and c.seq = e.seq
			and not exists (select from left_item l where l.item_id = e.item_id and l.person_id = @me)
			and not (e.type in @positions and exists (
				select from vote v where v.item_id = e.item_id and v.method = 'devices' and v.closed_at is null and v.opened_at <= e.at))
		where e.meeting_id = @meeting order by e.seq`,
		map[string]any{"written": written, "me": tx.Actor.PersonID, "positions": givesPosition, "meeting": meetingID}).Scan(&events).Error
	return events, err
}
