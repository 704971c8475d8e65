package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MoveBlocker takes a blocker to another rung, up or back, because the chair says so.
func (s *Store) MoveBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, to LevelKey, reason string, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		b, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(tx, b, version); err != nil {
			return err
		}
		ladder, err := ladderOf(tx, b.ForumID)
		if err != nil {
			return err
		}
		var form fault.Form
		level, known := ladder.Level(to)
		form.Require(known && to != b.Level, "level", "Select the level to move it to")
		reason = strings.TrimSpace(reason)
		form.Require(reason != "", "reason", "Enter why it moves")
		form.Require(len([]rune(reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		step := Step{
			Kind:       StepMoved,
			Words:      fmt.Sprintf("Moved from %s to %s by the forum’s officers: %s", b.LevelName, level.Name, reason),
			BoardWords: fmt.Sprintf("Moved from %s to %s because the forum’s chair said so.", b.LevelName, level.Name),
		}
		_, err = enter(tx, &b, level, step)
		return err
	})
}

// mayChange: an officer of the forum that raised it, or of the forum that holds it now, may move and
// resolve an open blocker, if it is still as they saw it.
func mayChange(tx db.Tx, b Blocker, version int) error {
	readable, err := mayRead(tx, b)
	switch {
	case err != nil:
		return err
	case !readable:
		return noBlocker()
	case !tx.Actor.May(access.RaiseBlocker, b.ForumID) && !heldAndMay(tx.Actor, b, access.RaiseBlocker):
		return fault.New(fault.Denied, "Only the chair or clerk of the forum can change this blocker.")
	case b.State != Open:
		return fault.New(fault.Conflict, "This blocker is resolved already.")
	case b.Version != version:
		return fault.New(fault.Stale, "Somebody else changed this blocker while you were working on it. Look at what is there now, then make your change again.")
	}
	return nil
}

// enter takes a locked blocker to a rung: its story gets the step, its clock starts again, what was
// asked of a board it leaves is withdrawn, a board it reaches is asked, and those who must know are
// told. It returns the step's id.
func enter(tx db.Tx, b *Blocker, level Level, step Step) (uuid.UUID, error) {
	before := *b
	if before.Level == BoardLevel {
		if err := withdraw(tx, b.ID); err != nil {
			return uuid.Nil, err
		}
	}
	if err := b.stand(tx, level); err != nil {
		return uuid.Nil, err
	}
	b.Stay++
	b.Version++
	if err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, before.Version).Select(standing).Updates(b)); err != nil {
		return uuid.Nil, err
	}
	if err := leaveAgendas(tx, *b); err != nil {
		return uuid.Nil, err
	}
	step.FromLevel, step.ToLevel = before.LevelName, level.Name
	stepID, err := addStep(tx, b.ID, step)
	if err != nil {
		return uuid.Nil, err
	}
	switch {
	case level.Key == BoardLevel:
		err = ask(tx, *b, level)
	case level.ForumID != uuid.Nil && level.ForumID != b.ForumID:
		err = putBeforeForum(tx, *b, step)
	}
	if err != nil {
		return uuid.Nil, err
	}
	told := NoticeMoved
	if step.Kind == StepRaisedAgain {
		told = NoticeStill
	}
	if err := tellOfMove(tx, *b, told); err != nil {
		return uuid.Nil, err
	}
	return stepID, record(tx, "blocker.moved", b.ID, b.ForumID, before, b)
}

// holders are those who act at a blocker's level, and acknowledge that they have it: the chair and clerk of a
// forum, the chair of a board, the person named.
func holders(tx db.Tx, b Blocker) ([]uuid.UUID, error) {
	switch {
	case b.LevelPersonID != nil:
		return []uuid.UUID{*b.LevelPersonID}, nil
	case b.LevelForumID == nil:
		return nil, nil
	case b.Level == BoardLevel:
		return officers(tx, *b.LevelForumID, access.Chair)
	default:
		return officers(tx, *b.LevelForumID, access.Chair, access.Clerk)
	}
}

// tellOfMove tells the owner, the officers of the forum, and whoever holds the blocker now. A board's chair is
// asked for an answer instead.
func tellOfMove(tx db.Tx, b Blocker, kind notify.Kind) error {
	people, err := officers(tx, b.ForumID, access.Chair, access.Clerk)
	if err != nil {
		return err
	}
	people = append(people, b.OwnerID)
	holding, err := holders(tx, b)
	if err != nil {
		return err
	}
	if b.Level == BoardLevel {
		for _, person := range holding {
			if err := notify.Send(tx, notify.Notice{Kind: NoticeAsked, IDs: notify.IDs{"blocker": b.ID}, To: person}); err != nil {
				return err
			}
		}
		holding = nil
	}
	told := map[uuid.UUID]bool{tx.Actor.PersonID: true}
	for _, person := range append(people, holding...) {
		if told[person] {
			continue
		}
		told[person] = true
		if err := notify.Send(tx, notify.Notice{Kind: kind, IDs: notify.IDs{"blocker": b.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}
