package room

import (
	"strings"

	"quorate/panels"
	"quorate/server/base/fault"
)

const longestPauseText = 200

// perform stops the business and the open item's time. Who is here, notes and actions are recorded as before.
func (c PauseMeeting) perform(s *sitting) (happened, error) {
	if err := s.chairs(); err != nil {
		return happened{}, err
	}
	if s.meeting.Status == panels.InSession && s.meeting.PausedAt != nil {
		return happened{}, fault.New(fault.Conflict, "The meeting is paused already.")
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	if err := s.noVoteOpen(); err != nil {
		return happened{}, err
	}
	text := strings.TrimSpace(c.Text)
	var form fault.Form
	form.Require(len([]rune(text)) <= longestPauseText, "text", "Shorten what everybody is told to 200 characters or fewer")
	if err := form.Err(); err != nil {
		return happened{}, err
	}
	err := s.Exec(`update item_progress
		set spent_seconds = spent_seconds + greatest(0, extract(epoch from cast(@now as timestamptz) - opened_at))::integer, opened_at = null
		where meeting_id = @meeting and progress = 'open'`, map[string]any{"now": s.Now, "meeting": s.meeting.ID}).Error
	if err != nil {
		return happened{}, err
	}
	says := "The meeting is paused"
	if text != "" {
		says += ": " + text
	}
	err = s.Exec(`update meeting set paused_at = ?, paused_text = ?, version = version + 1 where id = ?`, s.Now, text, s.meeting.ID).Error
	return happened{says: says, kind: "meeting", object: s.meeting.ID}, err
}
