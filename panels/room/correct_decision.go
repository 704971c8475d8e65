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
	correction := DecisionCorrection{
		ID: newID(), DecisionID: c.DecisionID, Wrong: strings.TrimSpace(c.Wrong), Right: strings.TrimSpace(c.Right), Reason: strings.TrimSpace(c.Reason),
		CorrectedBy: s.Actor.PersonID, CorrectedAt: s.Now,
	}
	var form fault.Form
	form.Require(correction.Wrong != "", "wrong", "Enter what the record says that is wrong")
	form.Require(correction.Right != "", "right", "Enter what the record should say")
	form.Require(correction.Reason != "", "reason", "Enter how the mistake came about")
	form.Require(correction.Wrong == "" || correction.Wrong != correction.Right, "right", "Enter something else than what the record says")
	for _, field := range []struct{ name, text string }{{"wrong", correction.Wrong}, {"right", correction.Right}, {"reason", correction.Reason}} {
		form.Require(len([]rune(field.text)) <= longestCorrection, field.name, "Shorten what you entered to 2,000 characters or fewer")
	}
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	decision, item, err := s.decided(c.DecisionID)
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if err := s.Omit("By").Create(&correction).Error; err != nil {
		return happened{}, err
	}
	if err := s.Enqueue(db.Job{Args: DecisionCorrected{DecisionID: c.DecisionID, CorrectionID: correction.ID}}); err != nil {
		return happened{}, err
	}
	record := correctionRecord{
		Kind: ofCorrection, DecisionID: c.DecisionID, Item: item.Number, Wrong: correction.Wrong, Right: correction.Right, Reason: correction.Reason,
		By: s.Actor.Name, At: s.Now,
	}
	err = s.tellOfAnswer(decision, NoticeCorrected)
	return happened{itemID: &item.ID, says: "A correction was put beside the decision on item " + item.Number, kind: "decision", object: c.DecisionID, record: record}, err
}

const longestCorrection = 2000 // characters
