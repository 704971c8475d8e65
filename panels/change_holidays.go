package panels

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// HolidayEffect is what an added or removed one-off day touches.
type HolidayEffect struct {
	Meetings  []MeetingRow     // on that day; none is moved by itself
	Deadlines []DeadlineChange // counted anew
}

// DeadlineChange is a meeting whose deadlines are counted anew.
type DeadlineChange struct {
	Meeting       MeetingRow
	Before, After Deadlines
}

// AddHoliday enters a one-off bank holiday, or a usual one that is worked. Deadlines of meetings to come
// are counted anew by it. A meeting on that day stays where it is until somebody moves it.
func (s Store) AddHoliday(ctx context.Context, actor access.Actor, day calendar.OneOff) (effect HolidayEffect, err error) {
	day.Name = strings.TrimSpace(day.Name)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeHolidays, uuid.Nil); err != nil {
			return err
		}
		if effect, err = effectOfAdding(tx, &day); err != nil {
			return err
		}
		err := tx.Exec(`insert into one_off_holiday (day, name, working) values (?, ?, ?)`, day.On, day.Name, day.Worked).Error
		if err != nil {
			return err
		}
		if err := saveDeadlines(tx, effect.Deadlines); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "holiday.added", ObjectKind: "holiday", ObjectID: day.On.String(), After: effect.audited(day)})
	})
	return effect, err
}

// RemoveHoliday takes a one-off day back. What was moved off it stays where it is.
func (s Store) RemoveHoliday(ctx context.Context, actor access.Actor, on clock.Date) (effect HolidayEffect, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeHolidays, uuid.Nil); err != nil {
			return err
		}
		before, oneOffs, err := workingDays(tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(oneOffs, func(o calendar.OneOff) bool { return o.On == on })
		if at < 0 {
			return fault.New(fault.NotFound, "There is no such one-off day. Somebody may have removed it.")
		}
		gone := oneOffs[at]
		if err := db.RequireOne(tx.Exec(`delete from one_off_holiday where day = ?`, on)); err != nil {
			return err
		}
		if effect, err = effectOf(tx, on, before, calendar.NewWorkingDays(slices.Delete(oneOffs, at, at+1)...)); err != nil {
			return err
		}
		if err := saveDeadlines(tx, effect.Deadlines); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "holiday.removed", ObjectKind: "holiday", ObjectID: on.String(), Before: effect.audited(gone)})
	})
	return effect, err
}

// PreviewHoliday says what AddHoliday would touch, without adding anything.
func PreviewHoliday(tx db.Tx, day calendar.OneOff) (HolidayEffect, error) {
	if err := tx.Actor.Check(access.ChangeHolidays, uuid.Nil); err != nil {
		return HolidayEffect{}, err
	}
	return effectOfAdding(tx, &day)
}

func effectOfAdding(tx db.Tx, day *calendar.OneOff) (HolidayEffect, error) {
	before, oneOffs, err := workingDays(tx)
	if err != nil {
		return HolidayEffect{}, err
	}
	if err := checkHoliday(day, before, tx.Today()); err != nil {
		return HolidayEffect{}, err
	}
	return effectOf(tx, day.On, before, calendar.NewWorkingDays(append(oneOffs, *day)...))
}

// checkHoliday checks a one-off day. One that is worked takes the name of the holiday it is.
func checkHoliday(day *calendar.OneOff, days calendar.WorkingDays, today clock.Date) error {
	var form fault.Form
	usual := days.BankHoliday(day.On)
	switch {
	case day.On.IsZero():
		form.Add("day", "Enter the day")
	case day.On.Before(today):
		form.Add("day", "The day must be today or later: what is past stays as it was")
	case day.On.After(today.AddMonths(120)):
		form.Add("day", "The day must be within ten years")
	case day.Worked && usual == "":
		form.Add("day", "That day is not a bank holiday, so it is worked already")
	case !day.Worked && usual != "":
		form.Add("day", "That day is a bank holiday already: %s", usual)
	case !day.Worked && (day.On.Weekday() == time.Saturday || day.On.Weekday() == time.Sunday):
		form.Add("day", "That day is a %s. Enter the working day that is given in its place", day.On.Weekday())
	}
	if day.Worked && day.Name == "" {
		day.Name = usual
	}
	form.Require(day.Name != "" || day.Worked, "name", "Enter the name of the holiday, like Day of national mourning")
	form.Require(len(day.Name) <= 100, "name", "Shorten the name to 100 characters or fewer")
	return form.Err()
}

// reach is how many days on either side of a holiday the meetings are looked at whose deadlines it may
// change: the terms allow deadlines of some weeks.
const reach = 120

// effectOf compares deadlines counted by the working days before and after a change on one day.
func effectOf(tx db.Tx, on clock.Date, before, after calendar.WorkingDays) (effect HolidayEffect, err error) {
	if !after.IsWorkingDay(on) {
		if effect.Meetings, err = meetingsOn(tx, []clock.Date{on}); err != nil {
			return effect, err
		}
	}
	var rows []MeetingRow
	err = tx.Raw(selectMeetingRows+`
		where m.starts_at between @from and @to and m.status <> 'cancelled' and (m.ends_at > @now or m.minutes_out_on >= @today)
		order by m.starts_at, m.id`, map[string]any{
		"from": on.AddDays(-reach).Start(), "to": on.AddDays(reach).Start(), "now": tx.Now, "today": tx.Today(),
	}).Scan(&rows).Error
	if err != nil {
		return effect, err
	}
	var versions []Terms
	if err := tx.Raw(`select * from terms_of_reference order by forum_id, number desc`).Scan(&versions).Error; err != nil {
		return effect, err
	}
	byForum := map[uuid.UUID][]Terms{}
	for _, terms := range versions {
		byForum[terms.ForumID] = append(byForum[terms.ForumID], terms)
	}
	for _, m := range rows {
		terms, called := termsOn(byForum[m.ForumID], m.On()), clock.DateOf(m.CreatedAt)
		was, is := terms.DeadlinesFor(m.On(), called, before), terms.DeadlinesFor(m.On(), called, after)
		change := DeadlineChange{Meeting: m, Before: Deadlines{m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn}}
		change.After = change.Before
		if m.AgendaVersion == 0 && m.StartsAt.After(tx.Now) { // what is published was in time or late by the days as they were
			change.After.PapersDueOn = recounted(m.PapersDueOn, was.PapersDueOn, is.PapersDueOn)
			change.After.AgendaOutOn = recounted(m.AgendaOutOn, was.AgendaOutOn, is.AgendaOutOn)
		}
		change.After.MinutesOutOn = recounted(m.MinutesOutOn, was.MinutesOutOn, is.MinutesOutOn)
		if change.After != change.Before {
			effect.Deadlines = append(effect.Deadlines, change)
		}
	}
	return effect, nil
}

// recounted is the new count where the change makes one, else what stands.
func recounted(stands, was, is clock.Date) clock.Date {
	if was == is {
		return stands
	}
	return is
}

// saveDeadlines writes deadlines counted anew, in one statement however many there are.
func saveDeadlines(tx db.Tx, changes []DeadlineChange) error {
	if len(changes) == 0 {
		return nil
	}
	var ids []uuid.UUID
	for _, c := range changes {
		ids = append(ids, c.Meeting.ID)
	}
	if err := tx.Exec(`select from meeting where id in ? order by id for no key update`, ids).Error; err != nil {
		return err
	}
	rows := make([]map[string]any, len(changes))
	for i, c := range changes {
		rows[i] = map[string]any{
			"id": c.Meeting.ID, "papers": c.After.PapersDueOn, "agenda": c.After.AgendaOutOn, "minutes": c.After.MinutesOutOn, "version": c.Meeting.Version,
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return db.RequireRows(tx.Exec(`
		update meeting m set papers_due_on = v.papers, agenda_out_on = v.agenda, minutes_out_on = v.minutes, version = m.version + 1
		from jsonb_to_recordset(?::jsonb) as v (id uuid, papers date, agenda date, minutes date, version integer)
		where m.id = v.id and m.version = v.version`, string(text)), int64(len(changes)))
}

func (e HolidayEffect) audited(day calendar.OneOff) map[string]any {
	deadlines := map[string]any{}
	for _, c := range e.Deadlines {
		deadlines[c.Meeting.ID.String()] = map[string]any{"before": c.Before, "after": c.After}
	}
	return map[string]any{"day": day.On, "name": day.Name, "worked": day.Worked, "deadlines": deadlines}
}
