package room

import (
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/server/base/fault"
)

func (c RaiseAction) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	action, owner, err := s.raise(c)
	return happened{itemID: c.ItemID, says: "An action for " + owner + " was raised", kind: "action", object: action.ID}, err
}

// raise gives one or more people an action, and has it come back to this forum's agenda on its day.
func (s *sitting) raise(c RaiseAction) (Action, string, error) {
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(text != "", "text", "Enter what the action is")
	form.Require(c.OwnerID != uuid.Nil, "owner_id", "Select who does it")
	form.Require(!c.DueOn.IsZero(), "due_on", "Enter when it is due")
	form.Require(c.DueOn.IsZero() || !c.DueOn.Before(s.Today()), "due_on", "The action must be due today or later")
	if err := form.Err(); err != nil {
		return Action{}, "", err
	}
	action := Action{
		ID: newID(), MeetingID: s.meeting.ID, ForumID: s.forum.ID, ItemID: c.ItemID, AgencyID: c.AgencyID,
		Text: text, DueOn: c.DueOn, DueSetAt: s.Now, RaisedBy: &s.Actor.PersonID, RaisedAt: s.Now,
	}
	if c.ItemID != nil {
		item, err := s.itemOf(*c.ItemID)
		if err != nil {
			return Action{}, "", err
		}
		if s.table.Left(s.Actor.PersonID, item.ID) {
			return Action{}, "", fault.New(fault.Denied, "You have left for item %s, so you cannot raise actions on it.", item.Number)
		}
		action.CaseID = item.CaseID
	}
	owners, err := s.owners(append([]uuid.UUID{c.OwnerID}, c.AlsoIDs...))
	if err != nil {
		return Action{}, "", err
	}
	var names []string
	for _, owner := range owners {
		action.OwnerIDs, names = append(action.OwnerIDs, owner.ID), append(names, owner.Name)
	}
	if action.AgencyID == nil {
		action.AgencyID = owners[0].AgencyID
	}
	if err := s.Create(&action).Error; err != nil {
		return Action{}, "", err
	}
	if err := own(s.Tx, action.ID, action.OwnerIDs...); err != nil {
		return Action{}, "", err
	}
	action.Owner = strings.Join(names, ", ")
	return action, strings.Join(names, " and "), agendas.PutDue(s.Tx, action.Due(action.Owner))
}
