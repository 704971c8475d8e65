package room

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MakeMinutesFinal ends the wording of the minutes and keeps what was assembled as it is now: from then
// on a mistake is put right beside them. Every comment has its answer, and no decision waits for the
// other chair. Minutes that never went out for comment go out now, which ends their deadline. Clerk or
// chair.
func (s *Store) MakeMinutesFinal(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (told int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.RecordMeeting)
		if err != nil {
			return err
		}
		if task.row.State == FinalOnes || task.row.State == Approved {
			return fault.New(fault.Conflict, "These minutes are %s already.", lowerFirst(task.row.State.Words()))
		}
		if err := task.nothingWaits(); err != nil {
			return err
		}
		if task.row.State == Drafted {
			if err := task.leaveNotes(); err != nil {
				return err
			}
		}
		facts, entries, err := task.keepFacts()
		if err != nil {
			return err
		}
		if err := addToLog(tx, task.meeting, entries...); err != nil {
			return err
		}
		before := task.row.State
		if err := task.moves(map[string]any{"state": FinalOnes, "final_at": tx.Now, "final_by": actor.PersonID, "facts": string(facts)}); err != nil {
			return err
		}
		if err := panels.MinutesAreOut(tx, task.meeting); err != nil {
			return err
		}
		if told, err = task.tell(NoticeMinutesFinal); err != nil {
			return err
		}
		return task.record("minutes.final", "meeting", meetingID, before, map[string]any{"told": told})
	})
	return told, err
}

// nothingWaits refuses minutes to which something would still be added.
func (m *minutesTask) nothingWaits() error {
	var open struct{ Comments, Decisions int }
	err := m.Raw(`
		select (select count(*) from minutes_comment where meeting_id = @meeting and answered_at is null) as comments,
			(select count(*) from decision_waiting where meeting_id = @meeting and settled_at is null) as decisions`,
		map[string]any{"meeting": m.meeting.ID}).Scan(&open).Error
	switch {
	case err != nil:
		return err
	case open.Decisions > 0:
		return fault.New(fault.Conflict, "A decision of this meeting waits for the other chair. It must be confirmed or sent back before the minutes are final.")
	case open.Comments == 1:
		return fault.New(fault.Conflict, "1 comment has no answer yet. Answer it before the minutes are final.")
	case open.Comments > 1:
		return fault.New(fault.Conflict, "%d comments have no answer yet. Answer them before the minutes are final.", open.Comments)
	}
	return nil
}

// keepFacts keeps on each minute what was assembled of its item, and returns what is about the meeting,
// with what all of it puts on the record.
func (m *minutesTask) keepFacts() ([]byte, []logEntry, error) {
	state, err := Load(m.Tx, m.meeting.ID)
	if err != nil {
		return nil, nil, err
	}
	p := projector{state, recorder}
	rows, err := minuteRows(m.Tx, m.meeting.ID)
	if err != nil {
		return nil, nil, err
	}
	kept := map[uuid.UUID]json.RawMessage{}
	for _, item := range state.Items {
		row, begun := rows[item.ID]
		if !begun {
			continue
		}
		facts, err := json.Marshal(p.itemFacts(item))
		if err != nil {
			return nil, nil, err
		}
		if err := m.Exec(`update minute set facts = ? where id = ?`, string(facts), row.ID).Error; err != nil {
			return nil, nil, err
		}
		kept[item.ID] = facts
	}
	there, err := p.whoWasThere(m.Tx)
	if err != nil {
		return nil, nil, err
	}
	facts, err := json.Marshal(there)
	return facts, p.minuteRecords(there, kept, rows, m.Now), err
}

// recorder sees all of a meeting that is closed: what is kept of it is then shown to each as they may see it.
var recorder = Viewer{Clerk: true, AtTable: true}
