package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Deadlines are the days by which a meeting's papers must be in, its agenda out and its minutes out.
type Deadlines struct {
	PapersDueOn, AgendaOutOn, MinutesOutOn clock.Date
}

// DeadlinesFor counts back clear working days for papers and agenda, and working days forward for
// minutes, from a meeting's day. A meeting called at shorter notice than that has until today.
func (t Terms) DeadlinesFor(on, today clock.Date, days calendar.WorkingDays) Deadlines {
	return Deadlines{
		PapersDueOn:  later(days.ClearWorkingDaysBefore(on, t.PapersDueDays), earlier(today, on)),
		AgendaOutOn:  later(days.ClearWorkingDaysBefore(on, t.AgendaOutDays), earlier(today, on)),
		MinutesOutOn: days.AddWorkingDays(on, t.MinutesOutDays),
	}
}

// StartsSoon reports whether a meeting begins before the next working day is over: what is told of it
// cannot wait for the morning.
func StartsSoon(starts time.Time, today clock.Date, days calendar.WorkingDays) bool {
	return starts.Before(days.NextWorkingDay(today).AddDays(1).Start())
}

// Deadline is one of a meeting's three.
type Deadline string

// The deadlines.
const (
	PapersDue  Deadline = "papers"
	AgendaOut  Deadline = "agenda"
	MinutesOut Deadline = "minutes"
)

// Stage is when a deadline is chased: before it and once it has passed.
type Stage string

// The stages.
const (
	Before Stage = "before"
	After  Stage = "after"
)

// DeadlineStage is a stage of a deadline that has come.
type DeadlineStage struct {
	Deadline Deadline
	DueOn    clock.Date
	Stage    Stage
}

const (
	agendaNotice   = 2  // working days before papers are due and the agenda is out that they are chased
	minutesNotice  = 1  // … before minutes are out
	minutesGiveUp  = 14 // days after which minutes that never came are not chased any more
	meetingsBehind = 60 // days back in which a meeting may still owe its minutes
)

// StagesOn lists what is to be chased of a meeting's deadlines on a day: nothing when it is not a
// working day, of a draft or cancelled meeting, or of what is done. A stage that was missed while
// nobody looked is overtaken by the next.
func (m Meeting) StagesOn(today clock.Date, days calendar.WorkingDays) []DeadlineStage {
	if !days.IsWorkingDay(today) {
		return nil
	}
	var stages []DeadlineStage
	add := func(deadline Deadline, due clock.Date, notice int) {
		switch {
		case due.IsZero():
		case today.After(due):
			stages = append(stages, DeadlineStage{deadline, due, After})
		case !today.Before(days.AddWorkingDays(due, -notice)):
			stages = append(stages, DeadlineStage{deadline, due, Before})
		}
	}
	switch m.Status {
	case Scheduled:
		if m.AgendaVersion == 0 && !today.After(m.On()) {
			add(PapersDue, m.PapersDueOn, agendaNotice)
			add(AgendaOut, m.AgendaOutOn, agendaNotice)
		}
	case InSession, Adjourned, Closed:
		if m.MinutesSentAt == nil && !today.After(m.MinutesOutOn.AddDays(minutesGiveUp)) {
			add(MinutesOut, m.MinutesOutOn, minutesNotice)
		}
	}
	return stages
}

func later(a, b clock.Date) clock.Date {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// deadlineRule counts the deadlines of many meetings of one forum, having asked once.
type deadlineRule struct {
	versions []Terms
	days     calendar.WorkingDays
	today    clock.Date
}

func readDeadlineRule(tx db.Tx, forumID uuid.UUID) (deadlineRule, error) {
	rule := deadlineRule{today: tx.Today()}
	var err error
	if rule.versions, err = TermsVersions(tx, forumID); err != nil {
		return rule, err
	}
	if len(rule.versions) == 0 {
		return rule, fault.New(fault.NotFound, "This forum has no terms of reference.")
	}
	rule.days, err = WorkingDays(tx)
	return rule, err
}

// set counts a meeting's deadlines from its day by the terms in force then.
func (r deadlineRule) set(m *Meeting) {
	due := termsOn(r.versions, m.On()).DeadlinesFor(m.On(), r.today, r.days)
	m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn = due.PapersDueOn, due.AgendaOutOn, due.MinutesOutOn
}
