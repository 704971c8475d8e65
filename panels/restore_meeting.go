package panels

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RestoreMeeting takes back that a meeting was cancelled, by hand or by its series. It is held at the
// time it had, and its deadlines are counted from today. One whose time has passed stays cancelled.
func (s Store) RestoreMeeting(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (meeting Meeting, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if meeting, err = lockToSchedule(tx, id); err != nil {
			return err
		}
		if err := meeting.mayBeRestored(tx); err != nil {
			return err
		}
		before := whenAndWhere(meeting)
		if err := meeting.restore(tx); err != nil {
			return err
		}
		meeting.ByHand = true // somebody has decided about this one
		if err := saveScheduling(tx, &meeting, version); err != nil {
			return err
		}
		if err := record(tx, "meeting.restored", meeting.ID, meeting.ForumID, before, whenAndWhere(meeting)); err != nil {
			return err
		}
		return announce(tx, meeting.ID)
	})
	return meeting, err
}

// mayBeRestored says why a meeting cannot be held after all.
func (m Meeting) mayBeRestored(tx db.Tx) error {
	switch {
	case m.Status != Cancelled:
		return fault.New(fault.Conflict, "This meeting is not cancelled.")
	case !m.StartsAt.After(tx.Now):
		return fault.New(fault.Conflict, "The time of this meeting has passed, so it cannot be restored. Call an extraordinary meeting instead.")
	default:
		return nil
	}
}

// restore makes a cancelled meeting one that is held, in memory.
func (m *Meeting) restore(tx db.Tx) error {
	m.Status, m.CancelledReason = Scheduled, ""
	m.Sequence, m.ChangedAt = m.Sequence+1, tx.Now
	return m.setDeadlines(tx)
}

// saveScheduling writes everything about a meeting that scheduling decides, where its version is still
// the one that was read.
func saveScheduling(tx db.Tx, m *Meeting, version int) error {
	err := db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", m.ID, version).Updates(map[string]any{
		"series_id": m.SeriesID, "occurrence_on": m.OccurrenceOn, "starts_at": m.StartsAt, "ends_at": m.EndsAt,
		"venue": m.Venue, "joining_link": m.JoiningLink, "status": m.Status, "cancelled_reason": m.CancelledReason,
		"papers_due_on": m.PapersDueOn, "agenda_out_on": m.AgendaOutOn, "minutes_out_on": m.MinutesOutOn,
		"sequence": m.Sequence, "timed_at_sequence": m.TimedAtSequence, "changed_at": m.ChangedAt, "by_hand": m.ByHand, "version": version + 1,
	}))
	m.Version = version + 1
	return err
}
