package escalations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Split makes a blocker of its own of some of the cases of another: they have not the same cause after all.
type Split struct {
	Cases       []uuid.UUID // that leave
	Theme       string
	Needed      string
	OwnerID     uuid.UUID
	WeeklyPence *int64 // that goes with them
	Reason      string
	Version     int // of the blocker they leave
}

// SplitBlocker gives the cases chosen a blocker of their own, at the same level with the same clock, so that
// nobody waits anew because two causes were taken for one. Each names the other in its story.
func (s *Store) SplitBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, split Split) (Blocker, error) {
	var part Blocker
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		whole, err := lockBlocker(tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(tx, whole, split.Version); err != nil {
			return err
		}
		cases, err := concerned(tx, id)
		if err != nil {
			return err
		}
		if part, err = split.check(tx, whole, cases); err != nil {
			return err
		}
		return splitOff(tx, whole, &part, split)
	})
	return part, err
}

// check makes the part that leaves, or says what is wrong with it.
func (s Split) check(tx db.Tx, whole Blocker, cases []uuid.UUID) (Blocker, error) {
	part := whole
	part.ID, part.Number, part.SplitFrom, part.RaisedBy, part.Version = newID(), 0, &whole.ID, &tx.Actor.PersonID, 1
	part.Theme, part.Needed, part.OwnerID, part.WeeklyPence = strings.TrimSpace(s.Theme), strings.TrimSpace(s.Needed), s.OwnerID, s.WeeklyPence
	part.ItemID, part.MeetingID, part.RequestID, part.Details = nil, nil, nil, ""
	part.YoungPeople, part.CaseID = len(s.Cases), nil
	if len(s.Cases) == 1 {
		part.CaseID = &s.Cases[0]
	}
	var form fault.Form
	form.Require(len(s.Cases) > 0, "cases", "Select the cases that leave")
	for _, of := range s.Cases {
		if !slices.Contains(cases, of) {
			return part, fault.New(fault.Stale, "A case you chose is no longer in this blocker. Look at what is there now, then split it again.")
		}
	}
	form.Require(len(s.Cases) == 0 || whole.YoungPeople > len(s.Cases), "cases", "Leave at least one young person in this blocker")
	reason := strings.TrimSpace(s.Reason)
	form.Require(reason != "", "reason", "Enter why they are not one")
	form.Require(len([]rune(reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
	if s.WeeklyPence != nil && whole.WeeklyPence != nil {
		form.Require(*s.WeeklyPence <= *whole.WeeklyPence, "weekly", "No more than the money of the whole blocker can leave it")
	}
	needed := part.NeededBy
	part.NeededBy = clock.Date{} // a day that has passed is no mistake of this form
	part.YoungPeople = max(1, part.YoungPeople)
	err := part.check(tx, &form, s.Cases)
	part.NeededBy = needed
	if err != nil {
		return part, err
	}
	return part, nil
}

func splitOff(tx db.Tx, whole Blocker, part *Blocker, s Split) error {
	err := tx.Create(part).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) && db.Constraint(err) == "blocker_open_once" {
		return fault.New(fault.Conflict, "This case already has an open blocker of this kind at this forum. Join this one with that instead.")
	}
	if err != nil {
		return err
	}
	if err := tx.Raw(`select number from blocker where id = ?`, part.ID).Scan(&part.Number).Error; err != nil {
		return err
	}
	if err := name(tx, part, s.Cases); err != nil {
		return err
	}
	for _, sql := range []string{
		`delete from blocker_case where blocker_id = @whole and standing_case(case_id) in @cases`,
		`insert into blocker_decision (blocker_id, decision_id) select @part, k.decision_id from blocker_decision k join decision d on d.id = k.decision_id
			where k.blocker_id = @whole and standing_case(d.case_id) in @cases`,
		`delete from blocker_decision k using decision d where d.id = k.decision_id and k.blocker_id = @whole and standing_case(d.case_id) in @cases`,
	} {
		if err := tx.Exec(sql, map[string]any{"whole": whole.ID, "part": part.ID, "cases": s.Cases}).Error; err != nil {
			return err
		}
	}
	after := whole
	after.YoungPeople, after.Version = whole.YoungPeople-len(s.Cases), whole.Version+1
	if s.WeeklyPence != nil && whole.WeeklyPence != nil {
		left := *whole.WeeklyPence - *s.WeeklyPence
		after.WeeklyPence = &left
	}
	err = db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", whole.ID, whole.Version).
		Select("young_people", "weekly_pence", "version").Updates(after))
	if err != nil {
		return err
	}
	if err := tellStories(tx, whole, *part, s); err != nil {
		return err
	}
	if part.Level == BoardLevel {
		if err := askAgain(tx, whole, *part); err != nil {
			return err
		}
	}
	if part.OwnerID != tx.Actor.PersonID {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeOwner, IDs: notify.IDs{"blocker": part.ID}, To: part.OwnerID}); err != nil {
			return err
		}
	}
	if err := record(tx, "blocker.split", whole.ID, whole.ForumID, whole, after); err != nil {
		return err
	}
	return record(tx, "blocker.raised", part.ID, part.ForumID, nil, part)
}

// tellStories says in both stories what became of the other, and carries over what rules have acted on.
func tellStories(tx db.Tx, whole, part Blocker, s Split) error {
	reason := sentence(strings.TrimSpace(s.Reason))
	who := count(len(s.Cases), "case")
	_, err := addStep(tx, whole.ID, Step{
		Kind: StepSplit, FromLevel: whole.LevelName,
		Words:      fmt.Sprintf("Split: %s became %s, because they have another cause: %s", who, part.Reference(), reason),
		BoardWords: fmt.Sprintf("Split: %s became %s, because they have another cause.", who, part.Reference()),
	})
	if err != nil {
		return err
	}
	stepID, err := addStep(tx, part.ID, Step{
		Kind: StepSplit, ToLevel: part.LevelName,
		Words:      fmt.Sprintf("Split from %s with %s, because they have another cause: %s It keeps the level and the clock it had there.", whole.Reference(), who, reason),
		BoardWords: fmt.Sprintf("Split from %s, because they have another cause.", whole.Reference()),
	})
	if err != nil {
		return err
	}
	return tx.Exec(`insert into blocker_cause (blocker_id, rule, evidence, step_id) select ?, rule, evidence, ? from blocker_cause where blocker_id = ?`, part.ID, stepID, whole.ID).Error
}

// askAgain asks the board about the part as well, by the day it has for the whole.
func askAgain(tx db.Tx, whole, part Blocker) error {
	ladder, err := ladderOf(tx, part.ForumID)
	if err != nil {
		return err
	}
	board, found := ladder.Level(BoardLevel)
	if !found {
		return nil
	}
	if err := ask(tx, part, board); err != nil {
		return err
	}
	var waiting []Escalation
	if err := tx.Raw(`select * from escalation where blocker_id = ? and state = 'waiting'`, whole.ID).Scan(&waiting).Error; err != nil || len(waiting) == 0 {
		return err
	}
	err = tx.Exec(`update escalation set reached_on = ?, answer_due_on = ? where blocker_id = ? and state = 'waiting'`, waiting[0].ReachedOn, waiting[0].AnswerDueOn, part.ID).Error
	if err != nil {
		return err
	}
	var asked Escalation
	if err := tx.Raw(`select * from escalation where blocker_id = ? and state = 'waiting'`, part.ID).Take(&asked).Error; err != nil {
		return err
	}
	return putBeforeBoard(tx, part, asked)
}

// SplitPage is what the form that splits a blocker offers.
type SplitPage struct {
	BlockerRow
	Cases  []CaseLine
	People []panels.Person
}

// OfferSplit reads what could leave a blocker of many cases.
func (s *Store) OfferSplit(ctx context.Context, actor access.Actor, id uuid.UUID) (SplitPage, error) {
	var page SplitPage
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(selectBlockers+`where b.id = ?`, id).Take(&page.BlockerRow).Error; err != nil {
			return orNotFound(err, "There is no such blocker.")
		}
		if err := mayChange(tx, page.Blocker, page.Version); err != nil {
			return err
		}
		var err error
		if page.Cases, _, err = casesSeen(tx, id); err != nil {
			return err
		}
		if page.CaseID != nil || len(page.Cases) == 0 {
			return fault.New(fault.Conflict, "This blocker names no cases that could leave it.")
		}
		page.People, err = panels.People(tx)
		return err
	})
	return page, err
}
