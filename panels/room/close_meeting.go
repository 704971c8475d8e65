package room

import (
	"strings"

	"quorate/panels"
	"quorate/server/base/fault"
)

func (CloseMeeting) perform(s *sitting) (happened, error) {
	if err := s.mayStop(); err != nil {
		return happened{}, err
	}
	if err := s.bringBack(); err != nil {
		return happened{}, err
	}
	if err := beginMinutes(s.Tx, s.meeting); err != nil {
		return happened{}, err
	}
	return s.turnMeeting(panels.Closed, "The meeting has closed")
}

func (c AdjournMeeting) perform(s *sitting) (happened, error) {
	if strings.TrimSpace(c.Reason) == "" {
		var form fault.Form
		form.Add("reason", "Enter why the meeting is adjourned")
		return happened{}, form.Err()
	}
	if err := s.mayStop(); err != nil {
		return happened{}, err
	}
	return s.turnMeeting(panels.Adjourned, "The meeting is adjourned")
}

// mayStop refuses to stop in the middle of a vote, and finishes the open item.
func (s *sitting) mayStop() error {
	if err := s.chairs(); err != nil {
		return err
	}
	if err := s.inSession(); err != nil {
		return err
	}
	if err := s.noVoteOpen(); err != nil {
		return err
	}
	return s.finishOpen()
}

// noVoteOpen refuses to turn to something else while positions are being given.
func (s *sitting) noVoteOpen() error {
	vote, err := s.openVote()
	if err != nil || vote == nil {
		return err
	}
	item, err := s.itemOf(vote.ItemID)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Voting on item %s is open. Close it first.", item.Number)
}
