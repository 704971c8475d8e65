package panels

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// longestMeeting bounds how far back a meeting that is still going on can have begun.
const longestMeeting = 10 * time.Hour

// ClashesOf says what is wrong with a forum meeting in some slots, slot by slot and worst first: the
// forum, its people or the room are taken, who chairs is away, it could not be quorate, the day is
// off. except is the meeting, or the series, that the slots are to replace; uuid.Nil for none.
// It asks five times however many slots there are.
func ClashesOf(tx db.Tx, forumID uuid.UUID, slots []Slot, except uuid.UUID) ([]Clash, error) {
	wanted := make([]Planned, len(slots))
	for i, slot := range slots {
		wanted[i] = Planned{ForumID: forumID, Slot: slot, Except: except}
	}
	return clashesWithCalendar(tx, wanted, false)
}

// Planned is a meeting that may be held.
type Planned struct {
	ForumID uuid.UUID
	Slot
	Except uuid.UUID // the meeting or the series that it replaces
}

// ClashesAmong is ClashesOf for meetings of several forums, with the calendar and with one another.
func ClashesAmong(tx db.Tx, planned []Planned) ([]Clash, error) {
	return clashesWithCalendar(tx, planned, true)
}

// ClashesOfMeetings says what is wrong with meetings to come of forums that the actor schedules, by
// meeting. Those that have begun, are cancelled or are somebody else's to schedule are passed over.
func ClashesOfMeetings(tx db.Tx, meetings []Meeting) (map[uuid.UUID][]Clash, error) {
	var asked []Meeting
	var planned []Planned
	for _, m := range meetings {
		if (m.Status == Scheduled || m.Status == Draft) && m.StartsAt.After(tx.Now) && tx.Actor.May(access.Schedule, m.ForumID) {
			asked = append(asked, m)
			planned = append(planned, Planned{ForumID: m.ForumID, Slot: m.Slot(), Except: m.ID})
		}
	}
	clashes, err := clashesWithCalendar(tx, planned, false)
	byMeeting := map[uuid.UUID][]Clash{}
	for _, clash := range clashes {
		id := asked[clash.Slot].ID
		byMeeting[id] = append(byMeeting[id], clash)
	}
	return byMeeting, err
}

func clashesWithCalendar(tx db.Tx, planned []Planned, oneAnother bool) ([]Clash, error) {
	if len(planned) == 0 {
		return nil, nil
	}
	view, others, err := readCalendar(tx, planned)
	if err != nil {
		return nil, err
	}
	wanted := make([]sitting, len(planned))
	for i, p := range planned {
		wanted[i] = sitting{Slot: p.Slot, forum: p.ForumID, known: true}
		if oneAnother {
			wanted[i].forumName = view.names[p.ForumID]
		}
	}
	var found []Clash
	for i, p := range planned {
		var meanwhile []sitting
		for _, other := range others {
			replaced := p.Except != uuid.Nil && (other.id == p.Except || other.series == p.Except)
			if !replaced && p.Overlaps(other.Slot) {
				meanwhile = append(meanwhile, other)
			}
		}
		for j, other := range wanted {
			if oneAnother && i != j && p.Overlaps(other.Slot) {
				meanwhile = append(meanwhile, other)
			}
		}
		for _, clash := range view.clashes(wanted[i], meanwhile) {
			clash.Slot = i
			found = append(found, clash)
		}
	}
	return found, nil
}

// calendarRead is a calendarView with the names of the forums asked about.
type calendarRead struct {
	calendarView
	names map[uuid.UUID]string
}

// readCalendar reads the meetings that overlap any of those planned and everything needed to judge
// them. Drafts are there only for those who see them.
func readCalendar(tx db.Tx, planned []Planned) (view calendarRead, others []sitting, err error) {
	type span struct {
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
	}
	first, last := planned[0].StartsAt, planned[0].EndsAt
	spans := make([]span, len(planned))
	var ours []uuid.UUID
	named := map[uuid.UUID]bool{}
	for i, p := range planned {
		spans[i] = span{p.StartsAt, p.EndsAt}
		if p.StartsAt.Before(first) {
			first = p.StartsAt
		}
		if p.EndsAt.After(last) {
			last = p.EndsAt
		}
		if !named[p.ForumID] {
			named[p.ForumID], ours = true, append(ours, p.ForumID)
		}
	}
	text, err := json.Marshal(spans)
	if err != nil {
		return view, nil, err
	}
	var rows []MeetingRow
	err = tx.Raw(`
		select m.id, m.forum_id, m.series_id, m.starts_at, m.ends_at, m.venue, m.status, f.name as forum_name
		from (
			select distinct m.id from jsonb_to_recordset(cast(@spans as jsonb)) as wanted(starts_at timestamptz, ends_at timestamptz)
			join meeting m on m.starts_at < wanted.ends_at and m.starts_at > wanted.starts_at - cast(@longest as interval) and m.ends_at > wanted.starts_at
		) overlapping
		join meeting m on m.id = overlapping.id
		join forum f on f.id = m.forum_id
		where m.status in ('draft', 'scheduled', 'in_session', 'adjourned') and m.kind = 'held'
			and m.starts_at > cast(@first as timestamptz) - cast(@longest as interval) and m.starts_at < @last -- says no more, and keeps from reading all meetings
		order by m.starts_at, m.id`,
		map[string]any{"spans": string(text), "longest": longestMeeting.String(), "first": first, "last": last}).Scan(&rows).Error
	if err != nil {
		return view, nil, err
	}
	forums := append([]uuid.UUID(nil), ours...)
	for _, row := range rows {
		if row.Status == Draft && !mayKnowOf(tx.Actor, row.Meeting) {
			continue
		}
		other := sitting{Slot: row.Slot(), id: row.ID, forum: row.ForumID, forumName: row.ForumName, known: mayKnowOf(tx.Actor, row.Meeting)}
		if row.SeriesID != nil {
			other.series = *row.SeriesID
		}
		others = append(others, other)
		if !named[row.ForumID] {
			named[row.ForumID], forums = true, append(forums, row.ForumID)
		}
	}
	if view.tables, err = readTables(tx, forums, clock.DateOf(first.Add(-longestMeeting)), clock.DateOf(last)); err != nil {
		return view, nil, err
	}
	if err := view.readTerms(tx, ours); err != nil {
		return view, nil, err
	}
	view.days, err = WorkingDays(tx)
	return view, others, err
}

// readTerms reads every version of the forums' terms, with the forums' names, in one query.
func (v *calendarRead) readTerms(tx db.Tx, forums []uuid.UUID) error {
	v.terms, v.names = map[uuid.UUID][]Terms{}, map[uuid.UUID]string{}
	var rows []struct {
		Terms
		ForumName string
	}
	err := tx.Raw(`
		select t.*, f.name as forum_name from terms_of_reference t join forum f on f.id = t.forum_id
		where t.forum_id in ? order by t.number desc`, forums).Scan(&rows).Error
	for _, row := range rows {
		v.terms[row.ForumID] = append(v.terms[row.ForumID], row.Terms)
		v.names[row.ForumID] = row.ForumName
	}
	return err
}
