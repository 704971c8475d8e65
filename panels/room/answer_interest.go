package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// perform answers a declared interest, before the meeting or during it. Whoever declared has left from
// that moment; a dispensation lets them back as far as it says, on every device at once. A later answer
// takes the place of an earlier one, and both stay on the record.
func (c AnswerInterest) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.notClosed(); err != nil {
		return happened{}, err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	var form fault.Form
	form.Require(slices.Contains([]Extent{StaysOut, MaySpeak, MaySpeakVotes}, c.Extent), "extent", "Select whether you accept it or give a dispensation")
	form.Require(c.Extent == StaysOut || c.Extent == "" || c.Reason != "", "reason", "Enter the reason for the dispensation")
	form.Require(len([]rune(c.Reason)) <= longestReason, "reason", "The reason must be 1000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	at := slices.IndexFunc(s.table.Interests, func(i Interest) bool { return i.ID == c.InterestID })
	if at < 0 {
		return happened{}, fault.New(fault.NotFound, "That declaration does not stand in this meeting.")
	}
	interest := s.table.Interests[at]
	switch {
	case interest.PersonID == s.Actor.PersonID:
		return happened{}, fault.New(fault.Denied, "You cannot answer your own declaration. Ask the deputy chair.")
	case s.table.Left(s.Actor.PersonID, interest.ItemID):
		return happened{}, fault.New(fault.Denied, "You have left for this item too, so somebody else must answer the declaration.")
	}
	item, err := s.itemOf(interest.ItemID)
	if err != nil {
		return happened{}, err
	}
	if err := s.undecided(item, ", so its interests stay as they are."); err != nil {
		return happened{}, err
	}
	answer := newID()
	err = s.Exec(`insert into interest_answer (id, interest_id, extent, reason, answered_by, answered_at) values (?, ?, ?, ?, ?, ?)`,
		answer, interest.ID, c.Extent, c.Reason, s.Actor.PersonID, s.Now).Error
	if err != nil {
		return happened{}, err
	}
	if c.Extent != MaySpeakVotes {
		if err := s.setAside(interest.ID, interest.PersonID); err != nil {
			return happened{}, err
		}
		if interest.Extent == MaySpeakVotes { // back in until now
			if err := s.tellConflicted(item, interest.PersonID); err != nil {
				return happened{}, err
			}
		}
	}
	name, _ := s.table.name(interest.PersonID)
	says := name + " " + strings.Replace(c.Extent.Words(), "this item", "item "+item.Number, 1)
	return happened{itemID: &item.ID, says: says, kind: "interest", object: interest.ID, before: interest.Extent}, nil
}

// setAside takes the positions of whoever has an interest out of the votes it keeps them from.
func (s *sitting) setAside(interestID, personID uuid.UUID) error {
	return s.Exec(`update ballot set superseded_at = @now from vote
		where vote.id = ballot.vote_id and vote.meeting_id = @meeting and vote.closed_at is null
			and vote.item_id in (select item_id from left_item where interest_id = @interest union select item_id from voteless_item where interest_id = @interest)
			and ballot.person_id = @person and ballot.superseded_at is null`,
		map[string]any{"now": s.Now, "meeting": s.meeting.ID, "interest": interestID, "person": personID}).Error
}
