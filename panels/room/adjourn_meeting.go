package room

import (
	"cmp"
	"strings"
	"time"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// perform stops the sitting. What was not reached, and what was broken off, waits for the next one: on
// the day the chair names, which everybody who is invited is told, or on one that is still to be found.
func (c AdjournMeeting) perform(s *sitting) (happened, error) {
	if err := s.mayStop(); err != nil {
		return happened{}, err
	}
	startsAt, err := c.check()
	if err != nil {
		return happened{}, err
	}
	if err := s.breakOff(); err != nil {
		return happened{}, err
	}
	if err := s.everybodyLeaves(); err != nil {
		return happened{}, err
	}
	err = s.Exec(`update meeting set paused_at = null, paused_text = '', acting_chair_id = null where id = ?`, s.meeting.ID).Error
	if err != nil {
		return happened{}, err
	}
	what, err := s.turnMeeting(panels.Adjourned, "The meeting is adjourned")
	if err != nil || startsAt.IsZero() {
		return what, err
	}
	what.says += " until " + clock.Moment(startsAt)
	meeting := s.meeting
	meeting.Status, meeting.Version = panels.Adjourned, meeting.Version+1
	minutes := cmp.Or(c.Minutes, s.terms.DurationMinutes)
	return what, panels.AdjournTo(s.Tx, meeting, startsAt, time.Duration(minutes)*time.Minute)
}

// check reads when the meeting goes on: the zero time when no day is named.
func (c AdjournMeeting) check() (startsAt time.Time, err error) {
	var form fault.Form
	form.Require(strings.TrimSpace(c.Reason) != "", "reason", "Enter why the meeting is adjourned")
	form.Require(len([]rune(c.Reason)) <= longestReason, "reason", "Shorten the reason to 1,000 characters or fewer")
	if !c.On.IsZero() {
		at, err := calendar.ParseTimeOfDay(c.At)
		form.Require(err == nil, "at", "Enter the time at which it goes on, like 9:30am")
		startsAt = at.On(c.On)
	} else {
		form.Require(strings.TrimSpace(c.At) == "" && c.Minutes == 0, "on", "Enter the day on which it goes on, or leave the time empty too")
	}
	return startsAt, form.Err()
}

// breakOff puts the open item back among those that wait, with the time it took; one that has its
// decision, and one that is about nobody, is finished.
func (s *sitting) breakOff() error {
	err := s.Exec(`
		update item_progress g
		set progress = 'waiting', opened_at = null,
			spent_seconds = spent_seconds + greatest(0, extract(epoch from cast(@now as timestamptz) - g.opened_at))::integer
		from agenda_item i
		where i.id = g.item_id and g.meeting_id = @meeting and g.progress = 'open' and i.kind in ('case', 'request')
			and not exists (select from decision d where d.item_id = i.id)
			and not exists (select from decision_waiting w where w.item_id = i.id and w.settled_at is null)`,
		map[string]any{"now": s.Now, "meeting": s.meeting.ID}).Error
	if err != nil {
		return err
	}
	return s.finishOpen()
}

// everybodyLeaves ends the time of all who are here: whoever comes to the next sitting arrives anew.
func (s *sitting) everybodyLeaves() error {
	for _, here := range s.table.Here {
		if !here.Present {
			continue
		}
		left := Attendance{ID: newID(), MeetingID: s.meeting.ID, PersonID: here.PersonID, SeatID: here.SeatID, At: s.Now, RecordedBy: s.Actor.PersonID}
		if err := s.Create(&left).Error; err != nil {
			return err
		}
	}
	return nil
}
