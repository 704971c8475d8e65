package room

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const longestComment = 60 // days that minutes may be open for comment

// SendForComment sends the minutes out to those who were asked to the meeting, who comment until a day.
// That the minutes are out ends their deadline. Sent again, they are open until another day. From the
// first time on they no longer follow the notes. Clerk or chair.
func (s *Store) SendForComment(ctx context.Context, actor access.Actor, meetingID uuid.UUID, until clock.Date) (told int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		task, err := workOnMinutes(tx, meetingID, access.RecordMeeting)
		if err != nil {
			return err
		}
		if task.row.State == FinalOnes || task.row.State == Approved {
			return fault.New(fault.Conflict, "These minutes are %s already, so they do not go out for comment.", lowerFirst(task.row.State.Words()))
		}
		var form fault.Form
		form.Require(!until.IsZero(), "until", "Enter the last day for comments")
		form.Require(until.IsZero() || !until.Before(tx.Today()), "until", "The last day for comments must be today or later")
		form.Require(!until.After(tx.Today().AddDays(longestComment)), "until", "The last day for comments must be within 60 days")
		if err := form.Err(); err != nil {
			return err
		}
		if task.row.State == Drafted {
			if err := task.leaveNotes(); err != nil {
				return err
			}
		}
		if err := task.moves(map[string]any{"state": ForComment, "comments_until": until, "sent_at": tx.Now, "sent_by": actor.PersonID}); err != nil {
			return err
		}
		if err := panels.MinutesAreOut(tx, task.meeting); err != nil {
			return err
		}
		if told, err = task.tell(NoticeMinutesComment); err != nil {
			return err
		}
		if err := task.closeComments(until); err != nil {
			return err
		}
		return task.record("minutes.sent_for_comment", "meeting", meetingID, task.row.State, map[string]any{"until": until, "told": told})
	})
	return told, err
}

// leaveNotes gives each minute that still says what its notes say those words as its own.
func (m *minutesTask) leaveNotes() error {
	rows, err := minuteRows(m.Tx, m.meeting.ID)
	if err != nil {
		return err
	}
	var notes []Note
	if err := m.Raw(notesOfMeeting, m.meeting.ID).Scan(&notes).Error; err != nil {
		return err
	}
	for _, note := range notes {
		row, begun := rows[note.ItemID]
		if !begun || row.Version > 0 {
			continue
		}
		if err := m.word(row, note.Text); err != nil {
			return err
		}
	}
	return nil
}

// tell sends a notice about the minutes to those who were asked to the meeting in a seat and may still
// read what it decided.
func (m *minutesTask) tell(kind notify.Kind) (int, error) {
	attendees, err := panels.Attendees(m.Tx, m.meeting)
	if err != nil {
		return 0, err
	}
	var asked []uuid.UUID
	for _, a := range attendees {
		if !a.Guest {
			asked = append(asked, a.PersonID)
		}
	}
	actors, err := panels.ActorsFor(m.Tx, asked, m.Today())
	if err != nil {
		return 0, err
	}
	asked = slices.DeleteFunc(asked, func(person uuid.UUID) bool { return !actors[person].May(access.ReadDecisions, m.forum.ID) })
	notices := make([]notify.Notice, len(asked))
	for i, person := range asked {
		notices[i] = notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": m.meeting.ID}, To: person}
	}
	return len(asked), notify.Send(m.Tx, notices...)
}
