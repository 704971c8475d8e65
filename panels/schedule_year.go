package panels

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ForumYear is a forum without meetings for the coming year, and the series that its terms of
// reference and its last series suggest.
type ForumYear struct {
	Forum  Forum
	Series Series // no rule: its terms do not say how often it meets
}

// ForumDone is a forum whose coming year stands.
type ForumDone struct {
	Forum  Forum
	Series Series // as a draft or for all to see
}

// YearToSchedule lists the forums the actor schedules: those that have no series, or draft of one, for
// the coming year, and those that have. It asks three times however many there are.
func YearToSchedule(tx db.Tx) (open []ForumYear, done []ForumDone, err error) {
	forums, err := Forums(tx)
	if err != nil {
		return nil, nil, err
	}
	forums = slices.DeleteFunc(forums, func(f Forum) bool { return !tx.Actor.May(access.Schedule, f.ID) })
	if len(forums) == 0 {
		return nil, nil, tx.Actor.Check(access.Schedule, uuid.Nil)
	}
	ids := make([]uuid.UUID, len(forums))
	for i, forum := range forums {
		ids[i] = forum.ID
	}
	var view calendarRead
	if err := view.readTerms(tx, ids); err != nil {
		return nil, nil, err
	}
	var latest []Series // of each forum the one that goes on longest, and of drafts the same
	err = tx.Raw(`
		select distinct on (forum_id, draft) * from series where forum_id in ?
		order by forum_id, draft, coalesce(ends_on, 'infinity') desc, starts_on desc, id`, ids).Scan(&latest).Error
	if err != nil {
		return nil, nil, err
	}
	today := tx.Today()
	for _, forum := range forums {
		year := ForumYear{Forum: forum, Series: Series{ForumID: forum.ID, StartsOn: today}}
		stands := false
		for _, series := range latest {
			if series.ForumID != forum.ID {
				continue
			}
			goesOn := series.EndsOn.IsZero() || !series.EndsOn.Before(today.AddMonths(horizonMonths))
			if goesOn || series.Draft && !series.EndsOn.Before(today) {
				done, stands = append(done, ForumDone{forum, series}), true
				break
			}
			if !series.Draft {
				year.Series.Venue, year.Series.JoiningLink = series.Venue, series.JoiningLink
				year.Series.StartsOn = later(today, series.EndsOn.AddDays(1))
			}
		}
		if stands {
			continue
		}
		if versions := view.terms[forum.ID]; len(versions) > 0 {
			year.Series.fillFrom(termsOn(versions, year.Series.StartsOn))
		}
		open = append(open, year)
	}
	return open, done, nil
}

// The pauses that most forums have.
const (
	PauseAugust    = "august"
	PauseChristmas = "christmas"
)

// CommonPause is a pause that most forums have, each year from the first that a series meets.
func CommonPause(key string, from clock.Date) (calendar.Pause, bool) {
	var pause calendar.Pause
	switch key {
	case PauseAugust:
		pause = calendar.Pause{From: clock.NewDate(from.Year, time.August, 1), To: clock.NewDate(from.Year, time.August, 31), Reason: "August"}
	case PauseChristmas:
		pause = calendar.Pause{From: clock.NewDate(from.Year-1, time.December, 21), To: clock.NewDate(from.Year, time.January, 3), Reason: "Christmas"}
	default:
		return calendar.Pause{}, false
	}
	if pause.To.Before(from) {
		pause.From, pause.To = pause.From.AddMonths(12), pause.To.AddMonths(12)
	}
	pause.EveryYear = true
	return pause, true
}

// YearMeeting is one meeting that a year would have.
type YearMeeting struct {
	Forum   Forum
	Slot    Slot
	Because string  // the bank holiday that moved it, or ""
	Clashes []Clash // with the calendar and with the others of the year; the worst first
}

// PreviewYear lists, by day, the meetings of the twelve months from each series' start, and what is
// against each, without saving anything. It asks seven times however many forums there are.
func PreviewYear(tx db.Tx, list []Series) ([]YearMeeting, error) {
	forums, err := Forums(tx)
	if err != nil {
		return nil, err
	}
	days, err := WorkingDays(tx)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, series := range list {
		ids[i] = series.ForumID
	}
	var view calendarRead
	if err := view.readTerms(tx, ids); err != nil {
		return nil, err
	}
	var wrong problems
	var meetings []YearMeeting
	for _, series := range list {
		if err := tx.Actor.Check(access.Schedule, series.ForumID); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(forums, func(f Forum) bool { return f.ID == series.ForumID })
		versions := view.terms[series.ForumID]
		if at < 0 || len(versions) == 0 {
			return nil, fault.New(fault.NotFound, "There is no such forum.")
		}
		series.begin(tx.Today())
		series.fillFrom(termsOn(versions, series.StartsOn))
		if err := series.check(tx.Today(), clock.Date{}); err != nil {
			if err := wrong.add(err, forums[at]); err != nil {
				return nil, err
			}
			continue
		}
		meetings = append(meetings, series.yearOf(forums[at], tx.Now, days)...)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(meetings, func(a, b YearMeeting) int {
		return cmp.Or(a.Slot.StartsAt.Compare(b.Slot.StartsAt), cmp.Compare(a.Forum.Name, b.Forum.Name))
	})
	planned := make([]Planned, len(meetings))
	for i, m := range meetings {
		planned[i] = Planned{ForumID: m.Forum.ID, Slot: m.Slot}
	}
	clashes, err := ClashesAmong(tx, planned)
	for _, clash := range clashes {
		meetings[clash.Slot].Clashes = append(meetings[clash.Slot].Clashes, clash)
	}
	return meetings, err
}

// yearOf are the meetings of the twelve months from a series' start.
func (s Series) yearOf(forum Forum, now time.Time, days calendar.WorkingDays) []YearMeeting {
	at, err := calendar.ParseTimeOfDay(s.StartTime)
	if err != nil {
		return nil // impossible: the series is checked
	}
	var meetings []YearMeeting
	for _, occurrence := range s.occurrences(s.StartsOn, s.StartsOn.AddMonths(horizonMonths), days) {
		start := at.On(occurrence.On)
		if start.Before(now) {
			continue
		}
		meetings = append(meetings, YearMeeting{Forum: forum, Because: occurrence.Because, Slot: Slot{
			StartsAt: start.UTC(), EndsAt: start.Add(time.Duration(s.DurationMinutes) * time.Minute).UTC(), Venue: s.Venue,
		}})
	}
	return meetings
}

// ScheduleYear gives several forums their series at once: all of them, or none. What is wrong names
// the forum, and its fields end in the forum's id.
func (s Store) ScheduleYear(ctx context.Context, actor access.Actor, list []Series) (made int, err error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Series) int { return cmp.Compare(a.ForumID.String(), b.ForumID.String()) }) // locked in one order
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if len(list) == 0 {
			return formError("forum", "Choose at least one forum")
		}
		made = 0
		var wrong problems
		for _, series := range list {
			forum, err := ForumByID(tx, series.ForumID)
			if err != nil {
				return err
			}
			added, err := scheduleSeries(tx, &series)
			if err != nil {
				if err := wrong.add(err, forum); err != nil {
					return err
				}
			}
			made += added
		}
		return wrong.err()
	})
	return made, err
}

// problems gathers what is wrong with several forums' series.
type problems struct{ form fault.Form }

// add notes what is wrong with a forum; what no form can mend comes back.
func (p *problems) add(err error, forum Forum) error {
	f := fault.As(err)
	switch {
	case f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict:
		return err
	case len(f.Fields) == 0:
		p.form.Add("forum", "%s: %s", forum.Name, f.Sentence)
	}
	for _, field := range f.Fields {
		p.form.Add(field.Name+"_"+forum.ID.String(), "%s: %s", forum.Name, field.Sentence)
	}
	return nil
}

func (p *problems) err() error { return p.form.Err() }
