package escalations

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ResolveBlocker ends a blocker: what freed it is kept, and what was still asked of a board is taken back.
func (s *Store) ResolveBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, resolution string, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		before, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(tx, before, version); err != nil {
			return err
		}
		var form fault.Form
		resolution = strings.TrimSpace(resolution)
		form.Require(resolution != "", "resolution", "Enter what freed it")
		form.Require(len([]rune(resolution)) <= longestNeeded, "resolution", "What freed it must be 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		open, err := inDispute(tx, id)
		if err != nil {
			return err
		}
		if open {
			return fault.New(fault.Conflict, "This blocker is in dispute. Record how the dispute ended: you can resolve the blocker in the same step.")
		}
		return resolve(tx, before, resolution)
	})
}

// resolve ends a locked blocker.
func resolve(tx db.Tx, before Blocker, resolution string) error {
	b := before
	b.State, b.Resolution, b.ResolvedAt, b.Version = Resolved, resolution, &tx.Now, before.Version+1
	b.SnoozedUntil, b.SnoozeReason = clock.Date{}, ""
	err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, before.Version).
		Select("state", "resolution", "resolved_at", "snoozed_until", "snooze_reason", "version").Updates(b))
	if err != nil {
		return err
	}
	_, err = addStep(tx, b.ID, Step{
		Kind: StepResolved, FromLevel: b.LevelName,
		Words: "Resolved: " + resolution, BoardWords: "Resolved by the forum.",
	})
	if err != nil {
		return err
	}
	if err := withdraw(tx, b.ID); err != nil {
		return err
	}
	if err := leaveAgendas(tx, b); err != nil {
		return err
	}
	if b.OwnerID != tx.Actor.PersonID {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeResolved, IDs: notify.IDs{"blocker": b.ID}, To: b.OwnerID}); err != nil {
			return err
		}
	}
	if err := tx.Enqueue(db.Job{Args: BlockerResolved{Blocker: b.ID}}); err != nil {
		return err
	}
	return record(tx, "blocker.resolved", b.ID, b.ForumID, before, b)
}
