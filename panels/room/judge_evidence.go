package room

import (
	"strings"

	"quorate/agendas"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform says of the last evidence for a condition that it is met, or asks again, with why and by when.
func (c JudgeEvidence) perform(s *sitting) (happened, error) {
	condition, _, item, err := s.conditionOf(c.ConditionID)
	if err != nil {
		return happened{}, err
	}
	switch {
	case s.table.Left(s.Actor.PersonID, item.ID):
		return happened{}, fault.New(fault.Denied, "You have left for this item, so somebody else must judge the evidence.")
	case condition.Now.State != ConditionGiven:
		return happened{}, fault.New(fault.Conflict, "No evidence for this condition waits to be accepted.")
	case condition.Evidence[len(condition.Evidence)-1].ID != c.EvidenceID:
		return happened{}, fault.New(fault.Conflict, "Newer evidence was recorded since. Read it first.")
	case !condition.mayJudge(s.Actor, s.forum.ID):
		return happened{}, fault.New(fault.Denied, "The chair, the clerk or the funder who asked for it accepts this evidence; nobody accepts what they gave themselves.")
	}
	reason := strings.TrimSpace(c.Reason)
	var due any
	var form fault.Form
	form.Require(len([]rune(reason)) <= longestReason, "reason", "Shorten what you entered to 1,000 characters or fewer")
	if !c.Accepted {
		form.Require(reason != "", "reason", "Enter what is still missing")
		form.Require(!c.DueOn.IsZero() && !c.DueOn.Before(s.Today()), "due_on", "Enter by which day from today on it must be shown")
		due = c.DueOn
	}
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err = s.Exec(`insert into condition_judgement (evidence_id, accepted, reason, due_on, judged_by, judged_at) values (?, ?, ?, ?, ?, ?)`,
		c.EvidenceID, c.Accepted, reason, due, s.Actor.PersonID, s.Now).Error
	if err != nil {
		return happened{}, err
	}
	if err := agendas.MarkDone(s.Tx, "condition", condition.ID); err != nil {
		return happened{}, err
	}
	what := happened{itemID: &item.ID, says: "A condition of item " + item.Number + " is met", kind: "condition", object: condition.ID}
	if c.Accepted {
		return what, nil
	}
	what.says = "More evidence is asked for on a condition of item " + item.Number
	return what, s.tellToShow(condition, NoticeConditionAgain)
}

// due is how a condition that is not shown comes back to its forum.
func (c DecisionCondition) due(d Decision, decidedOn clock.Date) agendas.Due {
	return agendas.Due{
		ForumID: d.ForumID, Kind: "condition", SourceID: c.ID, CaseID: d.CaseID, DueOn: c.Now.DueOn,
		Text: "Condition of what was agreed on " + decidedOn.Long() + " not shown by " + c.Now.DueOn.Long() + ", by " + c.Now.Owner + ": " + c.Text,
	}
}
