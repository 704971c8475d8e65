package panels

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MeetingChangeKind is what a change of a series does to one meeting.
type MeetingChangeKind string

// What it does.
const (
	MeetingSame     MeetingChangeKind = "same"
	MeetingRetimed  MeetingChangeKind = "moved" // another day, hour or length
	MeetingRehoused MeetingChangeKind = "place" // another venue or joining link
	MeetingAdded    MeetingChangeKind = "added"
	MeetingGone     MeetingChangeKind = "gone"     // cancelled; a draft is thrown away
	MeetingRestored MeetingChangeKind = "restored" // was cancelled, is held after all
	MeetingLeft     MeetingChangeKind = "left"     // changed by hand, stays so
)

func (k MeetingChangeKind) audited() string {
	switch k {
	case MeetingRetimed, MeetingRehoused:
		return "meeting.moved"
	case MeetingAdded:
		return "meeting.scheduled"
	case MeetingRestored:
		return "meeting.restored"
	default:
		return ""
	}
}

// MeetingChange is one meeting before and after.
type MeetingChange struct {
	Kind    MeetingChangeKind
	Before  Meeting // zero when added
	After   Meeting // zero when gone
	Because string  // the holiday that moves it off its day, or why it is left as it is
}

// Obstacle is a meeting that a change may not touch.
type Obstacle struct {
	Meeting Meeting
	Because string // "has a published agenda"
}

// SeriesProposal is what a change of a series does, meeting by meeting in the order of their days.
type SeriesProposal struct {
	From          clock.Date // the first planned day it is about
	Splits        bool       // the old series ends before that day and a new one begins
	Before, After Series
	Meetings      []MeetingChange
	Left          []calendar.Omission // days of the new pattern without a meeting
	InTheWay      []Obstacle          // while there are any, nothing may be changed
}

// Count is how many meetings a change does these things to.
func (p SeriesProposal) Count(kinds ...MeetingChangeKind) int {
	count := 0
	for _, m := range p.Meetings {
		if slices.Contains(kinds, m.Kind) {
			count++
		}
	}
	return count
}

// Slots are the times the meetings get, in their order; the empty slot for one that gets none.
func (p SeriesProposal) Slots() []Slot {
	slots := make([]Slot, len(p.Meetings))
	for i, m := range p.Meetings {
		if m.Kind == MeetingRetimed || m.Kind == MeetingRehoused || m.Kind == MeetingAdded || m.Kind == MeetingRestored {
			slots[i] = m.After.Slot()
		}
	}
	return slots
}

// proposeChange works out what a change does, and changes nothing.
func proposeChange(tx db.Tx, series Series, change SeriesChange) (SeriesProposal, error) {
	p := SeriesProposal{Before: series, After: change.To, From: change.From}
	today := tx.Today()
	if p.From.IsZero() {
		p.From = today
	} else if p.From.Before(today) {
		return p, fault.New(fault.Conflict, "Choose a meeting that is still to come.")
	}
	var rows []Meeting
	err := tx.Raw(`select * from meeting where series_id = ? and occurrence_on is not null order by occurrence_on`, series.ID).Scan(&rows).Error
	if err != nil {
		return p, err
	}
	earlierRows := slices.IndexFunc(rows, func(m Meeting) bool { return !m.OccurrenceOn.Before(p.From) })
	if earlierRows < 0 {
		earlierRows = len(rows)
	}
	p.Splits = !change.From.IsZero() && earlierRows > 0
	if err := p.complete(tx); err != nil {
		return p, err
	}
	if p.Splits {
		if last := rows[earlierRows-1].OccurrenceOn; !p.After.StartsOn.After(last) {
			return p, formError("starts_on", "The first day must be after "+last.Long()+", the meeting before those you change")
		}
	}
	terms, err := readDeadlineRule(tx, series.ForumID)
	if err != nil {
		return p, err
	}
	at, err := calendar.ParseTimeOfDay(p.After.StartTime)
	if err != nil {
		return p, err
	}

	standing, taken, revivable := p.sort(rows[earlierRows:], change, tx.Now)
	horizon := today.AddMonths(horizonMonths)
	lookFrom := p.From
	if p.Splits {
		lookFrom = p.After.StartsOn
	}
	// A month past the horizon may take a meeting that the new pattern sets a little later.
	held, left := p.After.Plan().Look(lookFrom, horizon.AddMonths(1), terms.days)
	held = slices.DeleteFunc(held, func(o calendar.Occurrence) bool { return !at.On(o.On).After(tx.Now) || taken[o.Planned] })
	for _, omission := range left {
		if !omission.Planned.After(horizon) {
			p.Left = append(p.Left, omission)
		}
	}
	spare := slices.IndexFunc(held, func(o calendar.Occurrence) bool { return o.Planned.After(horizon) })
	if spare < 0 {
		spare = len(held)
	}
	old, fresh := make([]clock.Date, len(standing)), make([]clock.Date, len(held))
	for i, m := range standing {
		old[i] = m.OccurrenceOn
	}
	for j, o := range held {
		fresh[j] = o.Planned
	}

	matched := map[int]bool{}
	for i, j := range calendar.Match(old, fresh, spare) {
		if j < 0 {
			p.drop(standing[i], change)
			continue
		}
		matched[j] = true
		p.follow(standing[i], p.after(standing[i], held[j], at), held[j].Because, change)
	}
	for j, o := range held {
		switch before, cancelled := revivable[o.Planned]; {
		case matched[j] || j >= spare:
		case cancelled:
			p.add(MeetingChange{Kind: MeetingRestored, Before: before, After: p.after(before, o, at), Because: o.Because})
		default:
			p.add(MeetingChange{Kind: MeetingAdded, After: p.after(Meeting{Status: p.status()}, o, at), Because: o.Because})
		}
	}
	p.finish(terms, tx.Now)
	return p, nil
}

// complete fills the series as it is to be and checks it.
func (p *SeriesProposal) complete(tx db.Tx) error {
	p.After.ForumID, p.After.Draft = p.Before.ForumID, p.Before.Draft
	p.After.ID, p.After.Version = p.Before.ID, p.Before.Version+1
	was := p.Before.StartsOn
	if p.Splits {
		p.After.ID, p.After.Version, was = newID(), 1, clock.Date{}
		if p.After.StartsOn.IsZero() || p.After.StartsOn == p.Before.StartsOn {
			p.After.StartsOn = p.From
		}
	} else if p.After.StartsOn.IsZero() {
		p.After.StartsOn = was
	}
	if err := p.After.complete(tx, was); err != nil {
		return err
	}
	if ends := p.After.EndsOn; !ends.IsZero() && ends.Before(tx.Today()) && ends != p.Before.EndsOn {
		return formError("ends_on", "The last day must be today or later")
	}
	other := p.After
	other.ID = p.Before.ID // the old series ends before the new one begins
	return checkOnlySeries(tx, other)
}

// sort tells apart the meetings that may follow the change, the planned days of those already over,
// and what the series itself cancelled, which it may hold again.
func (p *SeriesProposal) sort(rows []Meeting, change SeriesChange, now time.Time) (standing []Meeting, taken map[clock.Date]bool, revivable map[clock.Date]Meeting) {
	taken, revivable = map[clock.Date]bool{}, map[clock.Date]Meeting{}
	for _, m := range rows {
		switch {
		case m.StartsAt.After(now) && (m.Status != Cancelled || m.ByHand):
			standing = append(standing, m)
		case m.StartsAt.After(now):
			revivable[m.OccurrenceOn] = m
		case m.Status != Cancelled && !change.From.IsZero():
			p.InTheWay = append(p.InTheWay, Obstacle{m, m.obstacle(now)})
		default:
			taken[m.OccurrenceOn] = true
		}
	}
	return standing, taken, revivable
}

// obstacle says why a change may not touch a meeting, or "".
func (m Meeting) obstacle(now time.Time) string {
	switch {
	case m.Status == InSession:
		return "is in session"
	case m.Status == Adjourned:
		return "has begun and was adjourned"
	case m.Status == Closed:
		return "is over and recorded"
	case m.Status != Cancelled && m.AgendaVersion > 0:
		return "has a published agenda"
	case !m.StartsAt.After(now):
		return "should have begun already"
	default:
		return ""
	}
}

func (p *SeriesProposal) status() MeetingStatus {
	if p.After.Draft {
		return Draft
	}
	return Scheduled
}

// after is a meeting as the changed series has it on a day.
func (p *SeriesProposal) after(m Meeting, o calendar.Occurrence, at calendar.TimeOfDay) Meeting {
	series := p.After.ID
	m.ForumID, m.SeriesID, m.OccurrenceOn = p.After.ForumID, &series, o.Planned
	m.StartsAt = at.On(o.On).UTC()
	m.EndsAt = m.StartsAt.Add(time.Duration(p.After.DurationMinutes) * time.Minute)
	m.Venue, m.JoiningLink = p.After.Venue, p.After.JoiningLink
	return m
}

// follow puts a meeting on its day in the changed series, or leaves it as somebody set it by hand.
func (p *SeriesProposal) follow(before, after Meeting, because string, change SeriesChange) {
	left := MeetingChange{Kind: MeetingLeft, Before: before, After: before}
	left.After.SeriesID, left.After.OccurrenceOn = after.SeriesID, after.OccurrenceOn
	switch {
	case before.Status == Cancelled && !change.CancelledToo:
		left.Because = "Cancelled by hand"
		p.add(left)
	case before.Status == Cancelled:
		p.add(MeetingChange{Kind: MeetingRestored, Before: before, After: after, Because: because})
	case before.ByHand && !change.MovedToo && !sameScheduling(before, after):
		left.Because = "Changed by hand"
		p.add(left)
	case !before.StartsAt.Equal(after.StartsAt) || !before.EndsAt.Equal(after.EndsAt):
		p.add(MeetingChange{Kind: MeetingRetimed, Before: before, After: after, Because: because})
	case before.Venue != after.Venue || before.JoiningLink != after.JoiningLink:
		p.add(MeetingChange{Kind: MeetingRehoused, Before: before, After: after})
	default:
		p.add(MeetingChange{Kind: MeetingSame, Before: before, After: after})
	}
}

func sameScheduling(a, b Meeting) bool {
	return a.StartsAt.Equal(b.StartsAt) && a.EndsAt.Equal(b.EndsAt) && a.Venue == b.Venue && a.JoiningLink == b.JoiningLink
}

// drop cancels a meeting that has no day in the changed series, unless somebody set it by hand.
func (p *SeriesProposal) drop(m Meeting, change SeriesChange) {
	switch {
	case m.Status == Cancelled: // stays so
	case m.ByHand && !change.MovedToo:
		p.add(MeetingChange{Kind: MeetingLeft, Before: m, After: m, Because: "Changed by hand"})
	default:
		p.add(MeetingChange{Kind: MeetingGone, Before: m})
	}
}

func (p *SeriesProposal) add(m MeetingChange) { p.Meetings = append(p.Meetings, m) }

// finish counts deadlines, numbers what people must see, finds what is in the way and sorts by day.
func (p *SeriesProposal) finish(terms deadlineRule, now time.Time) {
	for i := range p.Meetings {
		m := &p.Meetings[i]
		if touches := m.Kind != MeetingSame && m.Kind != MeetingLeft && m.Kind != MeetingAdded; touches {
			if why := m.Before.obstacle(now); why != "" {
				p.InTheWay = append(p.InTheWay, Obstacle{m.Before, why})
			}
		}
		after := &m.After
		switch m.Kind {
		case MeetingAdded:
			terms.set(after)
			after.ChangedAt, after.Version = now, 1
		case MeetingRetimed, MeetingRestored, MeetingRehoused:
			retimed := !m.Before.StartsAt.Equal(after.StartsAt) || !m.Before.EndsAt.Equal(after.EndsAt)
			if retimed || m.Kind == MeetingRestored {
				terms.set(after)
			}
			after.Status, after.CancelledReason, after.ByHand = p.status(), "", false
			after.Sequence, after.ChangedAt = after.Sequence+1, now
			if retimed {
				after.TimedAtSequence = after.Sequence
			}
		}
	}
	slices.SortStableFunc(p.Meetings, func(a, b MeetingChange) int { return a.when().Compare(b.when()) })
	slices.SortFunc(p.InTheWay, func(a, b Obstacle) int { return cmp.Compare(a.Meeting.StartsAt.Unix(), b.Meeting.StartsAt.Unix()) })
}

func (m MeetingChange) when() time.Time {
	if m.Before.ID != uuid.Nil {
		return m.Before.StartsAt
	}
	return m.After.StartsAt
}
