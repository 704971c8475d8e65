package room

import (
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

func (StartMeeting) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	adjourned := s.meeting.Status == panels.Adjourned
	switch {
	case s.meeting.Status == panels.InSession:
		return happened{}, fault.New(fault.Conflict, "This meeting has already started.")
	case s.meeting.Status == panels.Closed:
		return happened{}, fault.New(fault.Conflict, "This meeting has closed.")
	case s.meeting.AgendaVersion == 0:
		return happened{}, fault.New(fault.Conflict, "Publish the agenda first: a meeting only decides what its members could read.")
	}
	if adjourned && s.Today().Before(s.meeting.On()) {
		return happened{}, fault.New(fault.Conflict, "This meeting is adjourned until %s. To go on sooner, move it first, so that everybody knows.", clock.Moment(s.meeting.StartsAt))
	}
	if err := s.keepChair(); err != nil {
		return happened{}, err
	}
	says := "The meeting has started"
	if adjourned {
		says = "The meeting goes on"
	}
	return s.turnMeeting(panels.InSession, says)
}

// turnMeeting moves the meeting to a status.
func (s *sitting) turnMeeting(status panels.MeetingStatus, says string) (happened, error) {
	before := s.meeting.Status
	err := s.Exec(`update meeting set status = ?, version = version + 1 where id = ?`, status, s.meeting.ID).Error
	return happened{says: says, kind: "meeting", object: s.meeting.ID, before: before}, err
}
