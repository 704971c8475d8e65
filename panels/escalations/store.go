package escalations

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store carries out what is asked of blockers, escalations, answers and digests. Each method is one
// use case in one transaction.
type Store struct {
	DB *db.DB

	// Draw makes a PNG of an SVG drawing, so many CSS pixels wide; nil where nothing can.
	Draw func(ctx context.Context, svg string, width int) ([]byte, error)
}

// system is the actor of what the ladder does by itself.
var system = access.System("escalation")

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func noBlocker() error { return fault.New(fault.NotFound, "There is no such blocker.") }

func orNotFound(err error, sentence string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "%s", sentence)
	}
	return err
}

// lockBlocker finds a blocker and keeps every other change to it waiting until the transaction ends.
func lockBlocker(tx db.Tx, id uuid.UUID) (Blocker, error) {
	var b Blocker
	err := tx.Raw(`select * from blocker where id = ? for update`, id).Take(&b).Error
	return b, orNotFound(err, "There is no such blocker.")
}

// ladderOf is the ladder a forum's blockers climb today.
func ladderOf(tx db.Tx, forumID uuid.UUID) (Ladder, error) {
	var forums []panels.Forum
	if err := tx.Order("name").Find(&forums).Error; err != nil {
		return nil, err
	}
	return ladderAmong(tx, forumID, forums)
}

func ladderAmong(tx db.Tx, forumID uuid.UUID, forums []panels.Forum) (Ladder, error) {
	var forum *panels.Forum
	for i := range forums {
		if forums[i].ID == forumID {
			forum = &forums[i]
		}
	}
	if forum == nil {
		return nil, fault.New(fault.NotFound, "There is no such forum.")
	}
	rows, err := ladderRows(tx, forumID)
	if err != nil {
		return nil, err
	}
	days, err := escalateAfterDays(tx, forumID)
	if err != nil {
		return nil, err
	}
	return buildLadder(rows, *forum, forums, days), nil
}

// ladderRows are a forum's levels as they are set, held or not: its own, or the partnership's.
func ladderRows(tx db.Tx, forumID uuid.UUID) (rows []LadderLevel, err error) {
	err = tx.Raw(`
		select * from ladder_level
		where forum_id = @forum
			or (forum_id is null and not exists (select from ladder_level where forum_id = @forum))
		order by position`, map[string]any{"forum": forumID}).Scan(&rows).Error
	return rows, err
}

// escalateAfterDays is what the terms of reference in force say; a forum that has none yet waits 28.
func escalateAfterDays(tx db.Tx, forumID uuid.UUID) (int, error) {
	terms, err := panels.TermsInForce(tx, forumID, tx.Today())
	if fault.Is(err, fault.NotFound) {
		return 28, nil
	}
	return terms.EscalateAfterDays, err
}

// ruleRow is a threshold as an administrator set it.
type ruleRow struct {
	ForumID   *uuid.UUID
	Key       Rule
	Threshold int
	Enabled   bool
}

// rulebook is every forum's thresholds: a forum without its own has the partnership's.
type rulebook struct{ rows []ruleRow }

func rulesOfAll(tx db.Tx) (book rulebook, err error) {
	err = tx.Raw(`select forum_id, key, threshold, enabled from ladder_rule`).Scan(&book.rows).Error
	return book, err
}

// of are the rules that hold at a forum.
func (book rulebook) of(forumID uuid.UUID) Rules {
	var own, shared Rules
	has := false
	for _, row := range book.rows {
		switch {
		case row.ForumID == nil:
			shared.set(row)
		case *row.ForumID == forumID:
			has = true
			own.set(row)
		}
	}
	if has {
		return own
	}
	return shared
}

func (r *Rules) set(row ruleRow) {
	if !row.Enabled {
		return
	}
	switch row.Key {
	case DeferredRule:
		r.Deferrals = row.Threshold
	case BirthdayRule:
		r.BirthdayDays = row.Threshold
	case FundersRule:
		r.Disagreements = row.Threshold
	}
}

// addStep writes the next line of a blocker's story. The caller holds the blocker's lock.
func addStep(tx db.Tx, blockerID uuid.UUID, step Step) (uuid.UUID, error) {
	step.ID, step.BlockerID, step.At, step.HappenedOn = newID(), blockerID, tx.Now, tx.Today()
	if tx.Actor.IsPerson() && step.Rule == "" { // what a rule does is nobody's doing, whoever's change it follows
		step.ByPerson = &tx.Actor.PersonID
	}
	if err := tx.Raw(`select coalesce(max(number), 0) + 1 from blocker_step where blocker_id = ?`, blockerID).Scan(&step.Number).Error; err != nil {
		return uuid.Nil, err
	}
	return step.ID, tx.Create(&step).Error
}

// record writes the audit row of one change. The kind of thing changed is the action's first word.
func record(tx db.Tx, action string, id, forumID uuid.UUID, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{
		Action: action, ObjectKind: kind, ObjectID: id.String(), ForumID: forumID, Before: before, After: after,
	})
}

// officers are the people who hold a forum's offices today, deputies of the seat left out.
func officers(tx db.Tx, forumID uuid.UUID, offices ...access.Office) ([]uuid.UUID, error) {
	var people []uuid.UUID
	err := tx.Raw(`
		select distinct on (h.person_id) h.person_id
		from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = @forum and s.office in @offices and h.deputy_order = 0
			and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)`,
		map[string]any{"forum": forumID, "offices": offices, "today": tx.Today()}).Scan(&people).Error
	return people, err
}
