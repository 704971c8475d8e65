package room

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// courseOf is what became of a meeting as a whole, from its own log: "9:31am: The meeting has started",
// "10:40am: The meeting is paused: back at 11am", "11am: Ben Carr takes the chair".
func courseOf(tx db.Tx, meetingID uuid.UUID) ([]string, error) {
	var events []struct {
		At      time.Time
		Says    string
		Content string
	}
	err := tx.Raw(`
		select e.at, c.says, c.content from room_event e join room_event_content c on c.meeting_id = e.meeting_id and c.seq = e.seq
		where e.meeting_id = ? and e.type in ? order by e.seq`, meetingID, []string{
		StartMeeting{}.Type(), PauseMeeting{}.Type(), ResumeMeeting{}.Type(), AdjournMeeting{}.Type(), CloseMeeting{}.Type(), TakeChair{}.Type(), HandChair{}.Type(),
	}).Scan(&events).Error
	if err != nil {
		return nil, err
	}
	var course []string
	var day clock.Date
	for _, event := range events {
		var adjourned AdjournMeeting
		if err := json.Unmarshal([]byte(event.Content), &adjourned); err != nil {
			return nil, err
		}
		when := clock.Time(event.At)
		if on := clock.DateOf(event.At); !day.IsZero() && on != day {
			when = on.Long() + ", " + when
		}
		day = clock.DateOf(event.At)
		words := when + ": " + event.Says
		if reason := strings.TrimSpace(adjourned.Reason); reason != "" {
			words += ". " + reason
		}
		course = append(course, words)
	}
	return course, nil
}
