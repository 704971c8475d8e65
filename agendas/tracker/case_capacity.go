package tracker

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// CapacityOutcome says what was found of one decision. Nobody “has capacity” as such.
type CapacityOutcome string

// The outcomes.
const (
	CanDecide         CapacityOutcome = "can"
	CanWithSupport    CapacityOutcome = "can_with_support"
	CannotDecide      CapacityOutcome = "cannot"
	CapacityUnsettled CapacityOutcome = "unsettled"
)

// CapacityOutcomes are what may be found.
var CapacityOutcomes = []CapacityOutcome{CanDecide, CanWithSupport, CannotDecide, CapacityUnsettled}

// Words is the outcome as a page says it.
func (o CapacityOutcome) Words() string {
	return map[CapacityOutcome]string{
		CanDecide: "Can make this decision", CanWithSupport: "Can make this decision with support",
		CannotDecide: "Cannot make this decision now", CapacityUnsettled: "Not settled yet",
	}[o]
}

// Capacity is what was found of a young person's capacity to make one decision (Mental Capacity Act 2005).
type Capacity struct {
	ID         uuid.UUID
	CaseID     uuid.UUID
	Question   string // “Where to live after college”
	Outcome    CapacityOutcome
	JudgedOn   clock.Date
	JudgedBy   string
	RecordedBy uuid.UUID
	RecordedAt time.Time

	Recorder string `gorm:"->"` // their name
}

// TableName is case_capacity.
func (Capacity) TableName() string { return "case_capacity" }

// NewCapacity is what somebody records of it.
type NewCapacity struct {
	Question string
	Outcome  CapacityOutcome
	JudgedOn clock.Date
	JudgedBy string
}

func (n NewCapacity) check(born, today clock.Date) error {
	var form fault.Form
	form.Require(n.Question != "", "question", "Enter the decision it is about, like “Where to live after college”")
	form.Require(len([]rune(n.Question)) <= 300, "question", "Shorten the decision to 300 characters or fewer")
	form.Require(n.Outcome.Words() != "", "outcome", "Choose what was found")
	checkPast(&form, "judged_on", n.JudgedOn, born, today, "Enter the date it was judged")
	form.Require(n.JudgedBy != "", "judged_by", "Enter who judged it")
	form.Require(len([]rune(n.JudgedBy)) <= 200, "judged_by", "Shorten who judged it to 200 characters or fewer")
	return form.Err()
}

// RecordCapacity keeps what was found of one decision. Whoever may record views may record it.
func RecordCapacity(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, found NewCapacity) error {
	found.Question, found.JudgedBy = strings.TrimSpace(found.Question), strings.TrimSpace(found.JudgedBy)
	return d.Write(ctx, actor, func(tx db.Tx) error {
		c, err := caseToRecord(tx, caseID)
		if err != nil {
			return err
		}
		if err := found.check(c.DateOfBirth, tx.Today()); err != nil {
			return err
		}
		capacity := Capacity{
			ID: newID(), CaseID: c.ID, Question: found.Question, Outcome: found.Outcome, JudgedOn: found.JudgedOn, JudgedBy: found.JudgedBy,
			RecordedBy: actor.PersonID, RecordedAt: tx.Now,
		}
		if err := tx.Create(&capacity).Error; err != nil {
			return err
		}
		if err := recordOfCase(tx, "case.capacity_recorded", c.ID, nil, capacity); err != nil {
			return err
		}
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{c.ID}}) // a rule asks whether it was judged
	})
}

// StrikeCapacity takes back a record made by mistake.
func StrikeCapacity(ctx context.Context, d *db.DB, actor access.Actor, caseID, id uuid.UUID, why string) error {
	return strike(ctx, d, actor, "case_capacity", "case.capacity_struck", caseID, id, why)
}

// JudgedOn is SQL for the day a young person's capacity was last judged: by the tracker's date or by what was
// recorded here and settled, whichever is later. ofCase is the alias of a row of cases.
func JudgedOn(ofCase string) string {
	return `greatest(` + ofCase + `.mental_capacity_on, (select max(judged.judged_on) from case_capacity judged where judged.case_id = coalesce(` + ofCase + `.merged_into, ` + ofCase + `.id) and judged.struck_at is null and judged.outcome <> 'unsettled'))`
}

// LastJudged is the same for one young person; no day where it never was.
func LastJudged(tx db.Tx, caseID uuid.UUID) (on clock.Date, err error) {
	err = tx.Raw(`select `+JudgedOn("c")+` from cases c where c.id = ?`, caseID).Row().Scan(&on)
	return on, err
}

// CapacityOf lists what was found, newest first. The caller has checked that the actor may see the case.
func CapacityOf(tx db.Tx, caseID uuid.UUID) ([]Capacity, error) {
	var list []Capacity
	err := tx.Raw(`
		select k.*, p.name as recorder from case_capacity k join person p on p.id = k.recorded_by
		where k.case_id = ? and k.struck_at is null order by k.judged_on desc, k.id desc limit 50`, caseID).Scan(&list).Error
	return list, err
}
