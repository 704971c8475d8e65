package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// ReminderStage is when the owners of an action are reminded of it.
type ReminderStage string

// The stages, in order; a later one overtakes those that were missed.
const (
	WeekBefore ReminderStage = "week"
	OnTheDay   ReminderStage = "day"
	WhenLate   ReminderStage = "overdue"
)

// remindAhead is how many days before an action is due its first reminder may go out: a week, and as
// long again as offices may be closed.
const remindAhead = 7 + 14

// StageOn is the stage of an action's reminders on a working day, or "". What falls on another day is
// told on the working day before, and lateness on the working day after. Nobody is reminded of a day that
// was set when that reminder was already past.
func StageOn(today, due, set clock.Date, days calendar.WorkingDays) ReminderStage {
	week, day, late := days.OnOrBefore(due.AddDays(-7)), days.OnOrBefore(due), days.NextWorkingDay(due)
	switch {
	case !days.IsWorkingDay(today):
		return ""
	case !today.Before(late):
		return WhenLate
	case !today.Before(day):
		if set.Before(day) {
			return OnTheDay
		}
	case !today.Before(week):
		if set.Before(week) {
			return WeekBefore
		}
	}
	return ""
}

var reminder = access.System("reminders")

// reminding is one owner's action whose reminder may have come.
type reminding struct {
	ActionID uuid.UUID
	PersonID uuid.UUID
	DueOn    clock.Date
	DueSetAt time.Time
	Told     string // the stages told of this day: " week day"
}

func (r reminding) told(stage ReminderStage) bool {
	return slices.Contains(strings.Fields(r.Told), string(stage))
}

// RemindOwners reminds people of their actions a week before, on the day and once overdue: one email a
// person a morning, each stage of each day once, however often this runs. After an outage it sends what
// is still true. It returns how many people it wrote to.
func (s *Store) RemindOwners(ctx context.Context) (sent int, err error) {
	var people []uuid.UUID
	err = s.DB.Read(ctx, reminder, func(tx db.Tx) error {
		coming, err := remindersToday(tx, uuid.Nil)
		for _, r := range coming {
			if len(people) == 0 || people[len(people)-1] != r.PersonID {
				people = append(people, r.PersonID)
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, person := range people { // one transaction each, so that one failure does not silence the others
		told, err := s.remind(ctx, person)
		if err != nil {
			failed = append(failed, fmt.Errorf("room: remind %s of their actions: %w", person, err))
		}
		if told {
			sent++
		}
	}
	return sent, errors.Join(failed...)
}

// stagedReminder is a reminder and the stage it is at.
type stagedReminder struct {
	reminding
	Stage ReminderStage
}

// remindersToday lists what people are to be reminded of today and were not yet, person by person: one
// person's, or with uuid.Nil everybody's. Whoever left for what an action is about is not told of it.
func remindersToday(tx db.Tx, person uuid.UUID) ([]stagedReminder, error) {
	days, err := panels.WorkingDays(tx)
	if err != nil || !days.IsWorkingDay(tx.Today()) {
		return nil, err
	}
	whose := `@person = o.person_id`
	if person == uuid.Nil {
		whose = `true`
	}
	var rows []reminding
	err = tx.Raw(`
		select a.id as action_id, o.person_id, a.due_on, a.due_set_at, coalesce(told.stages, '') as told
		from action a join action_owner o on o.action_id = a.id and o.ended_at is null
		join person p on p.id = o.person_id and p.ended_on is null
		left join lateral (
			select string_agg(r.stage, ' ') as stages, bool_or(r.stage = 'overdue') as late
			from action_reminder r where r.action_id = a.id and r.person_id = o.person_id and r.due_on = a.due_on
		) told on true
		where a.done_at is null and a.due_on <= @by and `+whose+` and told.late is not true and not `+closedTo("o.person_id")+`
		order by o.person_id, a.due_on, a.id`, map[string]any{"person": person, "by": tx.Today().AddDays(remindAhead)}).Scan(&rows).Error
	var coming []stagedReminder
	for _, row := range rows {
		stage := StageOn(tx.Today(), row.DueOn, clock.DateOf(row.DueSetAt), days)
		if stage != "" && !row.told(stage) {
			coming = append(coming, stagedReminder{row, stage})
		}
	}
	return coming, err
}

// remind writes to one person, unless they were told meanwhile.
func (s *Store) remind(ctx context.Context, person uuid.UUID) (told bool, err error) {
	err = s.DB.Write(ctx, reminder, func(tx db.Tx) error {
		told = false
		if err := tx.Exec(`select from person where id = ? for update`, person).Error; err != nil {
			return err
		}
		coming, err := remindersToday(tx, person)
		if err != nil || len(coming) == 0 {
			return err
		}
		id := newID()
		if err := tx.Exec(`insert into action_reminding (id, person_id, at) values (?, ?, ?)`, id, person, tx.Now).Error; err != nil {
			return err
		}
		for _, r := range coming {
			err := tx.Exec(`insert into action_reminder (action_id, person_id, due_on, stage, reminding_id) values (?, ?, ?, ?, ?)`,
				r.ActionID, person, r.DueOn, r.Stage, id).Error
			if err != nil {
				return err
			}
		}
		told = true
		if err := notify.Send(tx, notify.Notice{Kind: NoticeActionsDue, IDs: notify.IDs{"reminding": id}, To: person}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "actions.reminded", ObjectKind: "action_reminding", ObjectID: id.String(), After: map[string]any{"actions": len(coming)}})
	})
	return told, err
}

// writeActionsDue says how many actions of each forum are due on which day: nothing of what they are. What
// was done, passed on or given another day meanwhile is left out; of nothing no message is sent.
func writeActionsDue(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var rows []struct {
		Forum string
		DueOn clock.Date
		Count int
	}
	err := tx.Raw(`
		select f.name as forum, a.due_on, count(*) as count
		from action_reminder r join action a on a.id = r.action_id and a.due_on = r.due_on and a.done_at is null
		join action_owner o on o.action_id = a.id and o.person_id = r.person_id and o.ended_at is null
		join forum f on f.id = a.forum_id
		where r.reminding_id = ? and not `+closedTo("r.person_id")+`
		group by f.name, a.due_on order by a.due_on, f.name`, n.IDs["reminding"]).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return notify.Mail{}, false, err
	}
	late, soon := 0, 0
	mail := notify.Mail{
		Link: notify.Link{Text: "See your actions", Path: "/actions"},
		Why:  "These actions are yours. Only the chair or the clerk can give an action another day: ask them in good time if you need longer.",
	}
	for _, row := range rows {
		when := "due " + row.DueOn.LongWithWeekday()
		switch {
		case row.DueOn.Before(tx.Today()):
			when, late = "overdue since "+row.DueOn.LongWithWeekday(), late+row.Count
		case row.DueOn == tx.Today():
			when, soon = "due today", soon+row.Count
		default:
			soon += row.Count
		}
		mail.Facts = append(mail.Facts, notify.Fact{Name: row.Forum, Value: actionsCounted(row.Count) + ", " + when})
	}
	switch {
	case late == 0:
		mail.Subject = actionsCounted(soon) + " of yours due soon."
	case soon == 0:
		mail.Subject = actionsCounted(late) + " of yours overdue."
	default:
		mail.Subject = fmt.Sprintf("%s of yours: %d overdue, %d due soon.", actionsCounted(late+soon), late, soon)
	}
	mail.Lines = []string{"Sign in to read what they are, say how they are going, or mark them as done."}
	return mail, true, nil
}

func actionsCounted(n int) string {
	if n == 1 {
		return "1 action"
	}
	return strconv.Itoa(n) + " actions"
}
