package room

import (
	"strings"

	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// perform puts a correction beside a decision. It mends the record and changes nothing that was
// decided: for that, the panel decides again.
func (c CorrectDecision) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	var form fault.Form
	form.Require(strings.TrimSpace(c.Text) != "", "text", "Enter what the record should say")
	form.Require(strings.TrimSpace(c.Reason) != "", "reason", "Enter what was wrong with the record")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	decisions, err := decisionsWhere(s.Tx, `d.id = ? and d.meeting_id = ?`, c.DecisionID, s.meeting.ID)
	if err != nil {
		return happened{}, err
	}
	if len(decisions) == 0 {
		return happened{}, fault.New(fault.NotFound, "That decision is not one of this meeting’s.")
	}
	item, err := s.itemOf(decisions[0].ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	correction := DecisionCorrection{
		ID: newID(), DecisionID: c.DecisionID, Text: strings.TrimSpace(c.Text), Reason: strings.TrimSpace(c.Reason),
		CorrectedBy: s.Actor.PersonID, CorrectedAt: s.Now,
	}
	if err := s.Omit("By").Create(&correction).Error; err != nil {
		return happened{}, err
	}
	err = s.Enqueue(db.Job{Args: DecisionCorrected{DecisionID: c.DecisionID, CorrectionID: correction.ID}})
	return happened{itemID: &decisions[0].ItemID, says: "A correction was put beside a decision", kind: "decision", object: c.DecisionID}, err
}
