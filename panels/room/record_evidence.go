package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// perform records what shows that a condition is met. It counts once the chair, the clerk or the funder
// who asked for it has accepted it.
func (c RecordEvidence) perform(s *sitting) (happened, error) {
	condition, d, item, err := s.conditionOf(c.ConditionID)
	if err != nil {
		return happened{}, err
	}
	switch {
	case s.table.Left(s.Actor.PersonID, item.ID):
		return happened{}, fault.New(fault.Denied, "You have left for this item, so somebody else must show that the condition is met.")
	case !condition.mayGive(s.Actor, s.forum.ID):
		return happened{}, fault.New(fault.Denied, "Evidence for this condition is recorded by %s, the clerk or the chair.", condition.Now.Owner)
	case d.refused() != nil:
		return happened{}, fault.New(fault.Conflict, "This decision binds nobody, so its conditions are not asked for any more.")
	case condition.Now.State == ConditionMet:
		return happened{}, fault.New(fault.Conflict, "This condition is met already.")
	case condition.Now.State == ConditionGiven:
		return happened{}, fault.New(fault.Conflict, "Evidence for this condition is recorded already, and waits to be accepted.")
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter what shows that the condition is met")
	form.Require(len([]rune(text)) <= longestEvidence, "text", "Shorten what you entered to 4,000 characters or fewer")
	if c.PaperID != nil {
		state := State{Meeting: s.meeting}
		if err := state.loadPapers(s.Tx); err != nil {
			return happened{}, err
		}
		form.Require(slices.ContainsFunc(state.paperChoices(item.ID), func(p Choice) bool { return p.ID == *c.PaperID }), "paper_id", "Select a paper of this item")
	}
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	evidence := Evidence{ID: newID(), ConditionID: condition.ID, Text: text, PaperID: c.PaperID, GivenBy: s.Actor.PersonID, GivenAt: s.Now}
	if err := s.Select("ID", "ConditionID", "Text", "PaperID", "GivenBy", "GivenAt").Create(&evidence).Error; err != nil {
		return happened{}, err
	}
	return happened{itemID: &item.ID, says: "Evidence is recorded for a condition of item " + item.Number, kind: "condition", object: condition.ID}, s.tellOfEvidence(condition, item)
}

const longestEvidence = 4000 // characters

// paperChoices are an item's papers to choose from.
func (s State) paperChoices(itemID uuid.UUID) []Choice {
	var list []Choice
	for _, paper := range s.Papers[itemID] {
		list = append(list, Choice{ID: paper.ID, Text: paper.Name})
	}
	return list
}

// conditionOf reads a condition of a decision of this meeting.
func (s *sitting) conditionOf(id uuid.UUID) (DecisionCondition, Decision, Item, error) {
	decisions, err := decisionsWhere(s.Tx, `d.id = (select decision_id from decision_condition where id = ?) and d.meeting_id = ?`, id, s.meeting.ID)
	if err != nil {
		return DecisionCondition{}, Decision{}, Item{}, err
	}
	for _, d := range decisions {
		for _, condition := range d.Conditions {
			if condition.ID == id {
				item, err := s.itemOf(d.ItemID)
				return condition, d, item, err
			}
		}
	}
	return DecisionCondition{}, Decision{}, Item{}, fault.New(fault.NotFound, "That condition is not one of this meeting’s.")
}
