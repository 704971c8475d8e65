package escalations

import (
	"context"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// mayAcknowledge: whoever holds the level says that they have it: the chair or clerk of a forum, the chair of a
// board, the person named.
func mayAcknowledge(actor access.Actor, b Blocker) bool {
	switch {
	case !actor.IsPerson():
		return false
	case b.LevelPersonID != nil:
		return *b.LevelPersonID == actor.PersonID
	case b.LevelForumID == nil:
		return false
	case b.Level == BoardLevel:
		for _, seat := range actor.SeatsOn(*b.LevelForumID) {
			if seat.Office == access.Chair || seat.Office == access.DeputyChair {
				return true
			}
		}
		return false
	default:
		return actor.May(access.RaiseBlocker, *b.LevelForumID)
	}
}

// Acknowledge records that whoever holds a blocker's level has it.
func (s *Store) Acknowledge(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		readable, err := mayRead(tx, b)
		switch {
		case err != nil:
			return err
		case !readable:
			return noBlocker()
		}
		return acknowledge(tx, b)
	})
}

// AcknowledgeEscalation does the same for a board's chair, who reads the blocker only as the board does.
func (s *Store) AcknowledgeEscalation(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		e, b, err := lockEscalation(tx, id)
		if err != nil {
			return err
		}
		if !actor.May(access.ReadBoard, e.BoardID) {
			return noEscalation()
		}
		return acknowledge(tx, b)
	})
}

func acknowledge(tx db.Tx, b Blocker) error {
	switch {
	case b.State != Open:
		return fault.New(fault.Conflict, "This blocker is resolved already.")
	case !mayAcknowledge(tx.Actor, b):
		return fault.New(fault.Denied, "Only whoever holds the blocker now acknowledges it: the chair or clerk of the forum, the chair of the board, or the person named.")
	case b.AcknowledgedAt != nil:
		return nil // somebody has; saying it again changes nothing
	}
	after := b
	after.AcknowledgedBy, after.AcknowledgedAt = &tx.Actor.PersonID, &tx.Now
	err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, b.Version).Select(standing).Updates(after))
	if err != nil {
		return err
	}
	// The version stays: nobody who is moving or resolving it meanwhile is in the way of that.
	words := "Acknowledged at " + b.LevelName + "."
	if _, err := addStep(tx, b.ID, Step{Kind: StepAcknowledged, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
		return err
	}
	return record(tx, "blocker.acknowledged", b.ID, b.ForumID, b, after)
}

// RemindOn is the working day on which whoever holds a blocker is next reminded to acknowledge it: the first after
// their working days, and again each time as many have passed; Not known when there is nothing to wait for.
func RemindOn(b Blocker, answerDays int, work calendar.WorkingDays) clock.Date {
	switch {
	case b.State != Open || b.AcknowledgeBy.IsZero() || b.AcknowledgedAt != nil:
		return clock.Date{}
	case b.RemindedOn.IsZero():
		return work.NextWorkingDay(b.AcknowledgeBy)
	default:
		return work.AddWorkingDays(b.RemindedOn, max(1, answerDays))
	}
}

// remind chases whoever holds a locked blocker and has not acknowledged it in time.
func remind(tx db.Tx, b Blocker, ladder Ladder) error {
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	level, found := ladder.Level(b.Level)
	on := RemindOn(b, level.Answer, work)
	if !found || on.IsZero() || tx.Today().Before(on) || !work.IsWorkingDay(tx.Today()) || !b.SnoozedUntil.IsZero() {
		return nil
	}
	if b.Level == BoardLevel { // one that has answered has it
		var waits bool
		if err := tx.Raw(`select exists (select from escalation where blocker_id = ? and state = 'waiting')`, b.ID).Scan(&waits).Error; err != nil || !waits {
			return err
		}
	}
	people, err := holders(tx, b)
	if err != nil || len(people) == 0 {
		return err
	}
	after := b
	after.RemindedOn = tx.Today()
	if err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, b.Version).Select(standing).Updates(after)); err != nil {
		return err
	}
	words := b.LevelName + " was reminded to acknowledge it: that was due by " + b.AcknowledgeBy.Long() + "."
	if _, err := addStep(tx, b.ID, Step{Kind: StepChased, FromLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
		return err
	}
	for _, person := range people {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeUnacknowledged, IDs: notify.IDs{"blocker": b.ID}, To: person}); err != nil {
			return err
		}
	}
	return record(tx, "blocker.reminded", b.ID, b.ForumID, b, after)
}
