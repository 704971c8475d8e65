package room

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// DecisionCondition is one condition of a decision: who shows that it is met, by when, and to whom.
type DecisionCondition struct {
	ID          uuid.UUID
	DecisionID  uuid.UUID
	Position    int
	Text        string
	EvidenceDue clock.Date
	OwnerID     uuid.UUID
	AskedByID   *uuid.UUID // the funder whose condition it is; nil: the panel's

	Now      ConditionNow `gorm:"-"`
	Evidence []Evidence   `gorm:"-"` // the earliest first
}

// ConditionNow is how a condition stands.
type ConditionNow struct {
	OwnerID uuid.UUID
	Owner   string
	AskedBy string
	DueOn   clock.Date
	State   ConditionState
}

// ConditionState is how far a condition has got.
type ConditionState string

// The states of a condition.
const (
	ConditionWaits      ConditionState = "waiting"
	ConditionGiven      ConditionState = "given" // evidence is recorded, and nobody has judged it
	ConditionAskedAgain ConditionState = "asked_again"
	ConditionMet        ConditionState = "met"
)

// Evidence is what was recorded to show that a condition is met, and what was said of it.
type Evidence struct {
	ID          uuid.UUID
	ConditionID uuid.UUID
	Text        string
	PaperID     *uuid.UUID
	GivenBy     uuid.UUID
	GivenAt     time.Time

	By        string     `gorm:"->;-:migration"` // the giver's name
	PaperName string     `gorm:"->;-:migration"`
	Accepted  *bool      `gorm:"->;-:migration"` // nil: nobody has judged it
	Reason    string     `gorm:"->;-:migration"`
	DueOn     clock.Date `gorm:"->;-:migration"` // asked again: by this day
	JudgedAt  *time.Time `gorm:"->;-:migration"`
	Judge     string     `gorm:"->;-:migration"`
}

// TableName is condition_evidence.
func (Evidence) TableName() string { return "condition_evidence" }

// loadConditions reads the conditions of decisions, how each stands, and the evidence for it.
func loadConditions(tx db.Tx, ids []uuid.UUID, at map[uuid.UUID]*Decision) error {
	var rows []struct {
		DecisionCondition
		NowOwnerID           uuid.UUID
		NowOwner, NowAskedBy string
		NowDueOn             clock.Date
		NowState             ConditionState
	}
	err := tx.Raw(`
		select c.*, n.owner_id as now_owner_id, p.name as now_owner, coalesce(a.name, '') as now_asked_by, n.due_on as now_due_on, n.state as now_state
		from decision_condition c
		join condition_now n on n.condition_id = c.id
		join person p on p.id = n.owner_id
		left join agency a on a.id = c.asked_by_id
		where c.decision_id in ? order by c.decision_id, c.position`, ids).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	var evidence []Evidence
	err = tx.Raw(`
		select e.*, p.name as by, coalesce(f.name, '') as paper_name, j.accepted, coalesce(j.reason, '') as reason, j.due_on, j.judged_at, coalesce(q.name, '') as judge
		from condition_evidence e
		join decision_condition c on c.id = e.condition_id
		join person p on p.id = e.given_by
		left join paper f on f.id = e.paper_id
		left join condition_judgement j on j.evidence_id = e.id
		left join person q on q.id = j.judged_by
		where c.decision_id in ? order by e.id`, ids).Scan(&evidence).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		condition := row.DecisionCondition
		condition.Now = ConditionNow{OwnerID: row.NowOwnerID, Owner: row.NowOwner, AskedBy: row.NowAskedBy, DueOn: row.NowDueOn, State: row.NowState}
		for _, e := range evidence {
			if e.ConditionID == condition.ID {
				condition.Evidence = append(condition.Evidence, e)
			}
		}
		at[row.DecisionID].Conditions = append(at[row.DecisionID].Conditions, condition)
	}
	return nil
}

// words is how a condition stands on a day.
func (c DecisionCondition) words(today clock.Date) string {
	switch c.Now.State {
	case ConditionMet:
		last := c.Evidence[len(c.Evidence)-1]
		return "Met: accepted by " + last.Judge + " on " + clock.DateOf(*last.JudgedAt).Long()
	case ConditionGiven:
		return "Evidence recorded, not yet accepted"
	}
	words := "Evidence due " + c.Now.DueOn.Long()
	if c.Now.State == ConditionAskedAgain {
		words = "More asked for, due " + c.Now.DueOn.Long()
	}
	if c.Now.DueOn.Before(today) {
		words += ", overdue"
	}
	return words
}

// mayGive reports whether somebody may record evidence: its owner, the clerk and the chair.
func (c DecisionCondition) mayGive(actor access.Actor, forumID uuid.UUID) bool {
	return c.Now.OwnerID == actor.PersonID || actor.May(access.RecordMeeting, forumID)
}

// mayJudge reports whether somebody may accept evidence or ask again: the chair, the clerk, and whoever
// decides for the funder that asked for it; never whoever gave it.
func (c DecisionCondition) mayJudge(actor access.Actor, forumID uuid.UUID) bool {
	if len(c.Evidence) == 0 || c.Evidence[len(c.Evidence)-1].GivenBy == actor.PersonID {
		return false
	}
	return actor.May(access.RecordMeeting, forumID) || slices.ContainsFunc(actor.SeatsOn(forumID), func(s access.Seat) bool {
		return c.AskedByID != nil && s.AgencyID == *c.AskedByID && s.Standing == access.Deciding
	})
}
