package panels

import (
	"fmt"
	"time"

	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AdjournTo puts what is left of an adjourned meeting on another day and time: a working day, in the
// future, when the forum does not meet already. It stays the same meeting, with its agenda and its
// record; its deadlines are counted from the new day, replies to the old one no longer stand, and
// whoever is invited is told once the change is committed. Whether the actor may adjourn is for the caller.
func AdjournTo(tx db.Tx, meeting Meeting, startsAt time.Time, length time.Duration) error {
	if err := checkAdjournment(tx, meeting, startsAt, length); err != nil {
		return err
	}
	before := whenAndWhere(meeting)
	first := meeting.StartsAt
	if meeting.FirstStartsAt != nil {
		first = *meeting.FirstStartsAt
	}
	meeting.StartsAt, meeting.EndsAt = startsAt.UTC(), startsAt.Add(length).UTC()
	if err := meeting.setDeadlines(tx); err != nil {
		return err
	}
	err := db.RequireOne(tx.Model(&Meeting{}).Where("id = ? and version = ?", meeting.ID, meeting.Version).Updates(map[string]any{
		"starts_at": meeting.StartsAt, "ends_at": meeting.EndsAt, "first_starts_at": first,
		"papers_due_on": meeting.PapersDueOn, "agenda_out_on": meeting.AgendaOutOn, "minutes_out_on": meeting.MinutesOutOn,
		"sequence": meeting.Sequence + 1, "timed_at_sequence": meeting.Sequence + 1, "changed_at": tx.Now, "by_hand": true, "version": meeting.Version + 1,
	}))
	if err != nil {
		return err
	}
	if err := record(tx, "meeting.adjourned", meeting.ID, meeting.ForumID, before, whenAndWhere(meeting)); err != nil {
		return err
	}
	return announce(tx, meeting.ID)
}

// checkAdjournment names its fields as the form that adjourns does.
func checkAdjournment(tx db.Tx, meeting Meeting, startsAt time.Time, length time.Duration) error {
	var form fault.Form
	on := clock.DateOf(startsAt)
	days, err := WorkingDays(tx)
	if err != nil {
		return err
	}
	switch {
	case !startsAt.After(tx.Now):
		form.Add("on", "The day and time must be in the future")
	case !startsAt.Before(tx.Now.AddDate(2, 0, 0)):
		form.Add("on", "The day must be within two years")
	case !days.IsWorkingDay(on):
		form.Add("on", "%s is not a working day. Enter a working day, like %s", on.LongWithWeekday(), days.OnOrAfter(on).LongWithWeekday())
	}
	form.Require(length >= 5*time.Minute && length <= 10*time.Hour, "minutes", "Enter how many minutes it then lasts, between 5 and 600")
	if err := form.Err(); err != nil {
		return err
	}
	var others []Meeting
	err = tx.Raw(`
		select * from meeting where forum_id = @forum and id <> @meeting and starts_at < @end and ends_at > @start
			and kind = 'held' and status in ('draft', 'scheduled', 'in_session', 'adjourned') order by starts_at limit 1`,
		map[string]any{"forum": meeting.ForumID, "meeting": meeting.ID, "start": startsAt, "end": startsAt.Add(length)}).Scan(&others).Error
	if err == nil && len(others) > 0 {
		form.Add("at", "%s", fmt.Sprintf("The forum meets on %s, until %s. Enter another time", clock.Moment(others[0].StartsAt), clock.Time(others[0].EndsAt)))
	}
	if err != nil {
		return err
	}
	return form.Err()
}
