package room

import (
	"strings"

	"quorate/panels"
	"quorate/server/base/fault"
)

// perform ends what is decided between meetings without a decision. Positions already given stay on the
// record, and the item goes to the next meeting.
func (c StopBetween) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if !s.meeting.Between() {
		return happened{}, fault.New(fault.Conflict, "This is a meeting. The chair adjourns or closes it.")
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	item, err := s.theItem()
	if err != nil {
		return happened{}, err
	}
	if err := s.chairsItem(item); err != nil {
		return happened{}, err
	}
	if err := s.undecided(item, "."); err != nil {
		return happened{}, err
	}
	reason := strings.TrimSpace(c.Reason)
	var form fault.Form
	form.Require(reason != "", "reason", "Enter why it goes to the next meeting instead")
	form.Require(len([]rune(reason)) <= longestWhy, "reason", "Shorten the reason to 1,000 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	vote, err := s.openVote()
	if err != nil {
		return happened{}, err
	}
	if vote != nil {
		if _, err := s.endVote(*vote); err != nil {
			return happened{}, err
		}
	}
	says := lowerFirst(s.meeting.Kind.Words())
	if s.meeting.Kind == panels.Correspondence {
		says = "the " + says
	}
	ended, err := s.endUndecided(item, Stopped, reason)
	return happened{itemID: &item.ID, says: "Item " + item.Number + ": " + says + " was stopped", kind: "meeting", object: s.meeting.ID, record: ended}, err
}
