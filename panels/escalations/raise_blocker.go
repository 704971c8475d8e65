package escalations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/tracker"
	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Raise is what a chair or clerk writes down when something is stuck. With an ItemID the forum, the
// case and the request are the item's; without one it concerns CaseID, or a theme when that is nil.
type Raise struct {
	ForumID       uuid.UUID
	ItemID        *uuid.UUID
	CaseID        *uuid.UUID
	Kind          Kind
	Theme         string
	Needed        string
	Details       string
	OwnerID       uuid.UUID
	NeededBy      clock.Date
	WeeklyPence   *int64
	Cases         string      // for a theme: the numbers of the cases it names, "Q1042, Q1057"
	YoungPeople   int         // for a theme: 0 counts those it names; a case is one
	Decisions     []uuid.UUID // of the room, that it is about
	LinkedForumID *uuid.UUID
}

const (
	longestTheme   = 80
	longestNeeded  = 500
	longestDetails = 4000
)

// RaiseBlocker records what is stuck, starts its clock at the forum, and tells its owner. A case the
// rules already hold against rises at once.
func (s *Store) RaiseBlocker(ctx context.Context, actor access.Actor, r Raise) (Blocker, error) {
	var b Blocker
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var cases []uuid.UUID
		var err error
		if b, cases, err = r.read(tx); err != nil {
			return err
		}
		return raise(tx, &b, cases, r.Decisions)
	})
	return b, err
}

// read makes a blocker of what was written, checked: whom it names, and that the actor may raise it.
func (r Raise) read(tx db.Tx) (Blocker, []uuid.UUID, error) {
	actor := tx.Actor
	b := Blocker{
		ForumID: r.ForumID, ItemID: r.ItemID, CaseID: r.CaseID, Kind: r.Kind,
		Theme: strings.TrimSpace(r.Theme), Needed: strings.TrimSpace(r.Needed), Details: strings.TrimSpace(r.Details),
		OwnerID: r.OwnerID, NeededBy: r.NeededBy, WeeklyPence: r.WeeklyPence, YoungPeople: r.YoungPeople,
		LinkedForumID: r.LinkedForumID, RaisedBy: &actor.PersonID,
	}
	if r.ItemID != nil {
		if err := takeFromItem(tx, &b); err != nil {
			return b, nil, err
		}
	}
	if err := actor.Check(access.RaiseBlocker, b.ForumID); err != nil {
		return b, nil, err
	}
	if err := checkMaySeeCase(tx, b.ForumID, b.CaseID); err != nil {
		return b, nil, err
	}
	var form fault.Form
	cases, err := r.casesOf(tx, &form, &b)
	if err != nil {
		return b, nil, err
	}
	if err := b.check(tx, &form, cases); err != nil {
		return b, nil, err
	}
	return b, cases, r.checkDecisions(tx, b)
}

// checkDecisions: only the forum's own decisions are linked, and none on an item the actor left.
func (r Raise) checkDecisions(tx db.Tx, b Blocker) error {
	if len(r.Decisions) == 0 {
		return nil
	}
	offered, err := decisionsToLink(tx, b.ForumID, b.CaseID, b.ItemID)
	if err != nil {
		return err
	}
	for _, id := range r.Decisions {
		if !slices.ContainsFunc(offered, func(d LinkedDecision) bool { return d.ID == id }) {
			return fault.New(fault.NotFound, "There is no such decision of this forum about the case.")
		}
	}
	return nil
}

// takeFromItem fills in what an agenda item already says. For whoever has no part in its forum there
// is no such item.
func takeFromItem(tx db.Tx, b *Blocker) error {
	var item struct {
		MeetingID uuid.UUID
		ForumID   uuid.UUID
		CaseID    *uuid.UUID
		RequestID *uuid.UUID
	}
	err := tx.Raw(`
		select i.meeting_id, m.forum_id, coalesce(i.case_id, r.case_id) as case_id, i.request_id
		from agenda_item i join meeting m on m.id = i.meeting_id left join funding_request r on r.id = i.request_id
		where i.id = ? and i.kind in ('case', 'request', 'standing')`, b.ItemID).Take(&item).Error
	if err != nil {
		return orNotFound(err, "There is no such item on the agenda.")
	}
	if !tx.Actor.May(access.RaiseBlocker, item.ForumID) {
		return fault.New(fault.NotFound, "There is no such item on the agenda.")
	}
	b.MeetingID, b.ForumID, b.CaseID, b.RequestID = &item.MeetingID, item.ForumID, item.CaseID, item.RequestID
	return nil
}

// checkMaySeeCase: a chair or clerk raises a blocker on a case their forum has had on an agenda, and
// not on one whose item they left because of an interest.
func checkMaySeeCase(tx db.Tx, forumID uuid.UUID, caseID *uuid.UUID) error {
	if caseID == nil {
		return nil
	}
	var seen struct{ Tabled, Left bool }
	err := tx.Raw(`
		select
			exists (select from agenda_item i join meeting m on m.id = i.meeting_id
				left join funding_request r on r.id = i.request_id
				where m.forum_id = @forum and coalesce(i.case_id, r.case_id) in (select id from same_case(@case))) as tabled,
			exists (`+interestInCase+`) as "left"`,
		map[string]any{"forum": forumID, "case": caseID, "person": tx.Actor.PersonID}).Scan(&seen).Error
	if err != nil {
		return err
	}
	switch {
	case !seen.Tabled:
		return fault.New(fault.NotFound, "There is no such case on this forum’s agendas.")
	case seen.Left:
		return fault.New(fault.Denied, "You left for this item because of an interest. Ask another officer of the forum to raise it.")
	}
	return nil
}

// interestInCase finds a standing declaration of @person in any item about @case.
var interestInCase = tracker.InterestIn("@person", "@case")

// check says what is missing or would let a board know whom it concerns.
func (b *Blocker) check(tx db.Tx, form *fault.Form, cases []uuid.UUID) error {
	form.Require(b.Kind.Words() != "", "kind", "Select what kind of blocker it is")
	form.Require(b.Theme != "", "theme", "Enter a theme, like Supported housing in the north")
	form.Require(len([]rune(b.Theme)) <= longestTheme, "theme", "The theme must be 80 characters or fewer")
	form.Require(b.Needed != "", "needed", "Enter what is needed to free it")
	form.Require(len([]rune(b.Needed)) <= longestNeeded, "needed", "What is needed must be 500 characters or fewer")
	form.Require(len([]rune(b.Details)) <= longestDetails, "details", "The details must be 4,000 characters or fewer")
	form.Require(b.NeededBy.IsZero() || !b.NeededBy.Before(tx.Today()), "needed_by", "The date must be today or later")
	form.Require(b.WeeklyPence == nil || *b.WeeklyPence >= 0, "weekly", "Enter the weekly money, like 1204.50")
	switch {
	case b.CaseID != nil:
		b.YoungPeople = 1
	case b.YoungPeople == 0:
		b.YoungPeople = len(cases)
	}
	form.Require(b.YoungPeople < 1 || b.YoungPeople >= len(cases), "young_people", fmt.Sprintf("You named %d cases, so it affects at least %d young people", len(cases), len(cases)))
	form.Require(b.YoungPeople >= 1 && b.YoungPeople <= 100000, "young_people", "Enter how many young people it affects, like 12")
	owner, err := panels.PersonByID(tx, b.OwnerID)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !owner.EndedOn.IsZero() && owner.EndedOn.Before(tx.Today()):
		form.Add("owner", "Select who owns it")
	case err != nil:
		return err
	}
	if b.LinkedForumID != nil {
		if _, err := panels.ForumByID(tx, *b.LinkedForumID); fault.Is(err, fault.NotFound) {
			form.Add("linked_forum", "Select the other forum from the list")
		} else if err != nil {
			return err
		}
	}
	if err := checkBoardSafe(tx, form, cases, map[string]string{"theme": b.Theme, "needed": b.Needed}); err != nil {
		return err
	}
	return form.Err()
}

// raise puts a checked blocker on the first rung of its forum's ladder, tells its owner and judges it.
func raise(tx db.Tx, b *Blocker, cases, decisions []uuid.UUID) error {
	if err := checkNotRaised(tx, b, cases); err != nil {
		return err
	}
	ladder, err := ladderOf(tx, b.ForumID)
	if err != nil {
		return err
	}
	b.ID, b.State, b.Stay, b.RaisedAt, b.Version = newID(), Open, 1, tx.Now, 1
	if err := b.stand(tx, ladder[0]); err != nil {
		return err
	}
	err = tx.Create(b).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) && db.Constraint(err) == "blocker_open_once" {
		return alreadyRaised()
	}
	if err != nil {
		return err
	}
	if err := name(tx, b, cases); err != nil {
		return err
	}
	if err := linkDecisions(tx, b.ID, decisions); err != nil {
		return err
	}
	if err := tx.Raw(`select number from blocker where id = ?`, b.ID).Scan(&b.Number).Error; err != nil {
		return err
	}
	words := "Raised at " + b.LevelName + ": " + b.Kind.Words() + "."
	if _, err := addStep(tx, b.ID, Step{Kind: StepRaised, ToLevel: b.LevelName, Words: words, BoardWords: words}); err != nil {
		return err
	}
	if err := record(tx, "blocker.raised", b.ID, b.ForumID, nil, b); err != nil {
		return err
	}
	if err := notify.Send(tx, notify.Notice{Kind: NoticeOwner, IDs: notify.IDs{"blocker": b.ID}, To: b.OwnerID}); err != nil {
		return err
	}
	_, err = judge(tx, b)
	return err
}

func alreadyRaised() error {
	return fault.New(fault.Conflict, "This case already has an open blocker of this kind at this forum.")
}

// checkNotRaised: the one young person a blocker names is in no other open blocker of its kind at its forum,
// also not among the cases of one.
func checkNotRaised(tx db.Tx, b *Blocker, cases []uuid.UUID) error {
	if b.CaseID == nil {
		return nil
	}
	var raised bool
	err := tx.Raw(`
		select exists (
			select from blocker o join blocker_case k on k.blocker_id = o.id
			where o.forum_id = @forum and o.kind = @kind and o.state = 'open' and standing_case(k.case_id) in @cases)`,
		map[string]any{"forum": b.ForumID, "kind": b.Kind, "cases": cases}).Scan(&raised).Error
	if err == nil && raised {
		return alreadyRaised()
	}
	return err
}

// stand puts the blocker on a rung from today on. Whoever holds it has its working days to acknowledge that they
// have it; who put it there themselves has.
func (b *Blocker) stand(tx db.Tx, level Level) error {
	work, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	b.holdAt(level)
	b.LevelSince, b.AcknowledgeBy = tx.Today(), work.AddWorkingDays(tx.Today(), level.Answer)
	b.AcknowledgedBy, b.AcknowledgedAt, b.RemindedOn = nil, nil, clock.Date{}
	b.SnoozedUntil, b.SnoozeReason = clock.Date{}, ""
	if mayAcknowledge(tx.Actor, *b) {
		b.AcknowledgedBy, b.AcknowledgedAt = &tx.Actor.PersonID, &tx.Now
	}
	return nil
}

// holdAt says at which rung it is and who holds that.
func (b *Blocker) holdAt(level Level) {
	b.Level, b.LevelName, b.LevelDays = level.Key, level.Name, level.Days
	b.LevelForumID, b.LevelPersonID = nil, nil
	if level.ForumID != uuid.Nil {
		b.LevelForumID = &level.ForumID
	}
	if level.PersonID != uuid.Nil {
		b.LevelPersonID = &level.PersonID
	}
}

// standing are the columns that stand writes.
var standing = []string{
	"level", "level_name", "level_days", "level_since", "level_forum_id", "level_person_id", "stay", "version",
	"acknowledge_by", "acknowledged_by", "acknowledged_at", "reminded_on", "snoozed_until", "snooze_reason",
}
