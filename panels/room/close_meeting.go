package room

import (
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// perform ends the meeting. One that was adjourned and does not go on is closed as it stands: whoever has
// its next sitting in their calendar is told.
func (CloseMeeting) perform(s *sitting) (happened, error) {
	if err := s.mayClose(); err != nil {
		return happened{}, err
	}
	if err := s.finishOpen(); err != nil {
		return happened{}, err
	}
	if err := s.bringBack(); err != nil {
		return happened{}, err
	}
	if err := beginMinutes(s.Tx, s.meeting); err != nil {
		return happened{}, err
	}
	record, err := s.meetingRecord()
	if err != nil {
		return happened{}, err
	}
	what, err := s.turnMeeting(panels.Closed, "The meeting has closed")
	what.record = record
	return what, err
}

func (s *sitting) mayClose() error {
	if s.meeting.Status != panels.Adjourned {
		return s.mayStop()
	}
	if err := s.chairs(); err != nil {
		return err
	}
	return s.Enqueue(db.Job{Args: panels.MeetingsChanged{Meetings: []uuid.UUID{s.meeting.ID}}})
}

// mayStop refuses to stop in the middle of a vote.
func (s *sitting) mayStop() error {
	if err := s.chairs(); err != nil {
		return err
	}
	if err := s.begun(); err != nil {
		return err
	}
	return s.noVoteOpen()
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
