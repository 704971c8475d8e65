package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// perform takes a person out of an item: from this moment they see nothing of it, do not count towards
// its quorum, and a position they gave in an open vote on it no longer stands.
func (c DeclareInterest) perform(s *sitting) (happened, error) {
	who := c.PersonID
	if who == uuid.Nil || who == s.Actor.PersonID {
		who = s.Actor.PersonID
		if !s.Actor.May(access.TakePart, s.forum.ID) {
			if err := s.records(); err != nil {
				return happened{}, err
			}
		}
	} else if err := s.records(); err != nil {
		return happened{}, err
	}
	if err := s.notClosed(); err != nil {
		return happened{}, err
	}
	var form fault.Form
	form.Require(slices.Contains([]InterestKind{Financial, Personal, Professional, Family}, c.Kind), "kind", "Select what kind of interest it is")
	form.Require(strings.TrimSpace(c.Reason) != "", "reason", "Enter what the interest is")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if len(s.Actor.SeatsOn(s.forum.ID)) == 0 && !s.table.joins(s.Actor.PersonID, item.ID) {
		return happened{}, fault.New(fault.NotFound, "That item is not on this meeting’s agenda.")
	}
	name, seated := s.table.name(who)
	if !seated {
		return happened{}, fault.New(fault.NotFound, "That person has no seat on this forum.")
	}
	if s.table.Left(who, item.ID) {
		return happened{}, fault.New(fault.Conflict, "%s has already left for item %s.", name, item.Number)
	}
	if slices.ContainsFunc(s.table.Interests, func(i Interest) bool { return i.PersonID == who && i.ItemID == item.ID }) {
		return happened{}, fault.New(fault.Conflict, "%s has declared an interest in item %s already. The chair can answer it anew.", name, item.Number)
	}
	interest := Interest{
		ID: newID(), MeetingID: s.meeting.ID, ItemID: item.ID, PersonID: who, Kind: c.Kind,
		Reason: strings.TrimSpace(c.Reason), DeclaredAt: s.Now, DeclaredBy: s.Actor.PersonID,
	}
	if err := s.Create(&interest).Error; err != nil {
		return happened{}, err
	}
	if err := s.setAside(interest.ID, who); err != nil {
		return happened{}, err
	}
	err = s.Exec(`update consent_item set taken_off_at = ?, taken_off_by = ?, taken_off_reason = 'An interest was declared' 
		where meeting_id = ? and taken_off_at is null and decided_at is null and item_id in (select item_id from left_item where interest_id = ?)`,
		s.Now, s.Actor.PersonID, s.meeting.ID, interest.ID).Error
	if err != nil {
		return happened{}, err
	}
	if s.meeting.Kind == panels.Correspondence {
		if err := s.askNext(); err != nil {
			return happened{}, err
		}
	}
	err = s.tellConflicted(item, who)
	return happened{itemID: &item.ID, says: name + " has left for item " + item.Number, kind: "interest", object: interest.ID}, err
}
