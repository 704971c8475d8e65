package room

import "quorate/server/base/fault"

// perform goes on after a pause, with the item that was open.
func (ResumeMeeting) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if err := s.begun(); err != nil {
		return happened{}, err
	}
	if s.meeting.PausedAt == nil {
		return happened{}, fault.New(fault.Conflict, "The meeting is not paused.")
	}
	err := s.Exec(`update item_progress set opened_at = ? where meeting_id = ? and progress = 'open'`, s.Now, s.meeting.ID).Error
	if err != nil {
		return happened{}, err
	}
	before := *s.meeting.PausedAt
	err = s.Exec(`update meeting set paused_at = null, paused_text = '', version = version + 1 where id = ?`, s.meeting.ID).Error
	return happened{says: "The meeting goes on", kind: "meeting", object: s.meeting.ID, before: before}, err
}
