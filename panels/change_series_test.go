package panels

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// as is a series as it stands, to be changed.
func as(s Series, change func(*Series)) Series {
	to := Series{
		Rule: s.Rule, StartsOn: s.StartsOn, EndsOn: s.EndsOn, StartTime: s.StartTime, DurationMinutes: s.DurationMinutes,
		Venue: s.Venue, JoiningLink: s.JoiningLink, BankHoliday: s.BankHoliday, Pauses: s.Pauses,
	}
	change(&to)
	return to
}

// A meeting that becomes another one leaves the old one in everybody's calendar.
func TestChangeThisAndFollowingKeepsTheMeetings(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North") // the second Tuesday, 9:30am
	series := p.schedule(forum)
	rows := p.meetings(forum)
	told := p.announced()
	proposal, err := p.ChangeSeries(t.Context(), p.clerkOf(forum), SeriesChange{SeriesID: series.ID, Version: 1, From: rows[3].OccurrenceOn, To: as(series, func(s *Series) {
		s.Rule, s.StartTime, s.StartsOn = "FREQ=MONTHLY;BYDAY=-1TH", "14:00", clock.Date{}
	})})
	if err != nil {
		t.Fatal(err)
	}
	after := p.meetings(forum)
	if !proposal.Splits || proposal.Count(MeetingRetimed) != 9 || len(after) != 12 {
		t.Fatalf("%d moved of %d, split %v", proposal.Count(MeetingRetimed), len(after), proposal.Splits)
	}
	for i, m := range after {
		if m.ID != rows[i].ID {
			t.Errorf("the meeting on %s is another one than that on %s", m.On(), rows[i].On())
		}
		switch {
		case i < 3 && (!m.StartsAt.Equal(rows[i].StartsAt) || m.Sequence != 0 || *m.SeriesID != series.ID):
			t.Errorf("an earlier meeting was touched: %+v", m.Meeting)
		case i >= 3 && (m.On().Weekday() != time.Thursday || clock.Time(m.StartsAt) != "2pm" || m.Sequence != 1 || m.TimedAtSequence != 1 || *m.SeriesID == series.ID):
			t.Errorf("the meeting on %s is %+v", m.On(), m.Meeting)
		case i >= 3 && m.AgendaOutOn != p.terms(forum, m.On().String()).DeadlinesFor(m.On(), p.today(), calendar.WorkingDays{}).AgendaOutOn:
			t.Errorf("the agenda of %s is out on %s", m.On(), m.AgendaOutOn)
		}
	}
	if p.announced() != told+1 {
		t.Errorf("%d announcements", p.announced()-told)
	}
	if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
		t.Errorf("%d meetings were made again (%v)", made, err)
	}
	_, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 1, To: as(series, func(*Series) {})})
	wantFault(t, err, fault.Conflict, "") // the new series follows: the old one may not go on beside it
}

func TestChangeAllInPlaceAndBack(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	series := p.schedule(forum)
	rows := p.meetings(forum)
	summer := calendar.Pause{From: day("2027-08-01"), To: day("2027-08-31"), Reason: "Summer", EveryYear: true}
	proposal, err := p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 1, To: as(series, func(s *Series) { s.Pauses = []calendar.Pause{summer} })})
	if err != nil || proposal.Splits || proposal.Count(MeetingGone) != 1 || proposal.Count(MeetingSame) != 11 || proposal.Left[0].Because != "Pause: Summer" {
		t.Fatalf("%+v, %v", proposal, err)
	}
	for i, m := range p.meetings(forum) {
		inAugust := rows[i].On().Month == time.August
		if m.ID != rows[i].ID || !m.StartsAt.Equal(rows[i].StartsAt) || (m.Status == Cancelled) != inAugust || !inAugust && m.Sequence != 0 {
			t.Errorf("the meeting on %s is %+v", rows[i].On(), m.Meeting)
		}
	}
	if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
		t.Errorf("%d meetings were made in the pause (%v)", made, err)
	}
	proposal, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 2, To: as(series, func(s *Series) { s.Venue = "Town Hall" })})
	if err != nil || proposal.Count(MeetingRestored) != 1 || proposal.Count(MeetingRehoused) != 11 {
		t.Fatalf("%d restored, %d elsewhere, %v", proposal.Count(MeetingRestored), proposal.Count(MeetingRehoused), err)
	}
	for i, m := range p.meetings(forum) {
		if m.ID != rows[i].ID || m.Status != Scheduled || m.Venue != "Town Hall" || m.TimedAtSequence != 0 {
			t.Errorf("the meeting on %s is %+v", rows[i].On(), m.Meeting)
		}
	}
	_, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 2, To: as(series, func(*Series) {})})
	wantFault(t, err, fault.Stale, "")
}

// Days that trade places must not stumble over each other.
func TestChangeToAnotherRhythm(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	series := p.schedule(forum)
	version := 1
	for _, rule := range []string{"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=MONTHLY;BYDAY=1TU,3TU", "RDATE:20270112,20270213,20270309", "FREQ=MONTHLY;BYDAY=2TU"} {
		to := as(series, func(s *Series) { s.Rule, s.StartsOn = rule, clock.Date{} })
		if rule == "FREQ=MONTHLY;BYDAY=2TU" {
			to.StartsOn = p.today()
		}
		if _, err := p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: version, To: to}); err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		version++
		p.agreesWithItsSeries(t, forum)
	}
}

// agreesWithItsSeries checks that what stands is what the one series of a forum gives.
func (p *partnership) agreesWithItsSeries(t interface{ Fatalf(string, ...any) }, forum Forum) {
	var series []Series
	p.read(p.admin, func(tx db.Tx) (err error) { series, err = SeriesOf(tx, forum.ID, p.today()); return err })
	want := map[clock.Date]bool{}
	for _, s := range series {
		for _, o := range s.occurrences(p.today(), p.today().AddMonths(horizonMonths), calendar.WorkingDays{}) {
			want[o.On] = true
		}
	}
	for _, m := range p.meetings(forum) {
		if m.Status == Cancelled || m.On().After(p.today().AddMonths(horizonMonths)) {
			continue
		}
		if !want[m.On()] {
			t.Fatalf("a meeting on %s", m.On())
		}
		delete(want, m.On())
	}
	if len(want) > 0 {
		t.Fatalf("no meeting on %v", want)
	}
}

func TestChangeStopsAtWhatPeopleHaveReadOrRecorded(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	series := p.schedule(forum)
	rows := p.meetings(forum)
	p.set(rows[5].Meeting, "agenda_version", 1)
	later := as(series, func(s *Series) { s.StartTime = "14:00" })
	_, err := p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 1, To: later})
	wantFault(t, err, fault.Conflict, "")
	if !strings.Contains(err.Error(), rows[5].On().Long()+" has a published agenda") {
		t.Error(err)
	}
	for i, m := range p.meetings(forum) {
		if !m.StartsAt.Equal(rows[i].StartsAt) || m.Sequence != 0 {
			t.Errorf("a refused change moved %s", m.On())
		}
	}
	later.StartsOn = clock.Date{}
	if _, err := p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 1, From: rows[6].OccurrenceOn, To: later}); err != nil {
		t.Error(err)
	}
	p.clock.Set(rows[2].StartsAt.Add(time.Hour))
	p.set(rows[2].Meeting, "status", InSession)
	_, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 2, From: rows[2].OccurrenceOn, To: later})
	wantFault(t, err, fault.Conflict, "")
	_, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 2, From: rows[1].OccurrenceOn, To: later})
	wantFault(t, err, fault.Conflict, "")
}

func TestChangeLeavesWhatWasDoneByHand(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	series := p.schedule(forum)
	rows := p.meetings(forum)
	moved := rows[3].StartsAt.Add(25 * time.Hour)
	must(t)(p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: rows[3].ID, Version: 1, StartsAt: moved}))
	must(t)(p.CancelMeeting(t.Context(), p.admin, rows[4].ID, 1, "Half term"))
	thursdays := as(series, func(s *Series) { s.Rule = "FREQ=MONTHLY;BYDAY=2TH" })
	proposal, err := p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 1, To: thursdays})
	if err != nil || proposal.Count(MeetingLeft) != 2 || proposal.Count(MeetingRetimed) != 10 {
		t.Fatalf("%d left, %d moved, %v", proposal.Count(MeetingLeft), proposal.Count(MeetingRetimed), err)
	}
	byID := map[any]Meeting{}
	for _, m := range p.meetings(forum) {
		byID[m.ID] = m.Meeting
	}
	if !byID[rows[3].ID].StartsAt.Equal(moved) || byID[rows[4].ID].Status != Cancelled || len(byID) != 12 {
		t.Error("what was done by hand is undone")
	}
	if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
		t.Errorf("%d meetings were made beside those (%v)", made, err)
	}
	proposal, err = p.ChangeSeries(t.Context(), p.admin, SeriesChange{SeriesID: series.ID, Version: 2, To: thursdays, MovedToo: true, CancelledToo: true})
	if err != nil || proposal.Count(MeetingRestored) != 1 || proposal.Count(MeetingRetimed) != 1 {
		t.Fatalf("%d restored, %d moved, %v", proposal.Count(MeetingRestored), proposal.Count(MeetingRetimed), err)
	}
	p.agreesWithItsSeries(t, forum)
}

func TestDraftSeriesIsChangedPublishedOrThrownAway(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	running := p.schedule(forum)
	clerk := p.clerkOf(forum)
	told := p.announced()
	draft, made, err := p.ScheduleSeries(t.Context(), clerk, Series{ForumID: forum.ID, Rule: "FREQ=MONTHLY;BYDAY=1FR", StartsOn: day("2027-06-01"), Draft: true})
	if err != nil || made == 0 {
		t.Fatal(made, err)
	}
	_, _, err = p.ScheduleSeries(t.Context(), clerk, Series{ForumID: forum.ID, StartsOn: day("2027-07-01"), Draft: true})
	wantFault(t, err, fault.Conflict, "")
	first := p.drafts(forum)[0].Meeting
	_, err = p.CancelMeeting(t.Context(), clerk, first.ID, first.Version, "Not that day")
	wantFault(t, err, fault.Conflict, "")
	if _, err := p.ChangeSeries(t.Context(), clerk, SeriesChange{SeriesID: draft.ID, Version: 1, To: as(draft, func(s *Series) { s.EndsOn = day("2027-08-31") })}); err != nil {
		t.Fatal(err)
	}
	if got := len(p.drafts(forum)); got != 3 {
		t.Errorf("%d drafts are left", got)
	}
	if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
		t.Errorf("%d made (%v)", made, err)
	}
	_, err = p.PublishSeries(t.Context(), clerk, draft.ID, 2)
	wantFault(t, err, fault.Conflict, "") // the other series still runs then
	if p.announced() != told {
		t.Fatal("a draft was announced")
	}
	must(t)(p.EndSeries(t.Context(), clerk, running.ID, 1, day("2027-05-31")))
	told = p.announced()
	published, err := p.PublishSeries(t.Context(), clerk, draft.ID, 2)
	if err != nil || published != 3 || len(p.drafts(forum)) != 0 || p.announced() != told+1 {
		t.Errorf("%d published, %d drafts, %d announcements, %v", published, len(p.drafts(forum)), p.announced()-told, err)
	}
	_, err = p.PublishSeries(t.Context(), clerk, draft.ID, 3)
	wantFault(t, err, fault.Conflict, "")
	wantFault(t, p.DiscardSeries(t.Context(), clerk, draft.ID, 3), fault.Conflict, "")

	other := p.forum("marp", "")
	second, _, err := p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: other.ID, Draft: true})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, p.DiscardSeries(t.Context(), clerk, second.ID, 1), fault.Denied, "")
	if err := p.DiscardSeries(t.Context(), p.admin, second.ID, 1); err != nil || len(p.meetings(other)) != 0 {
		t.Errorf("%d meetings are left (%v)", len(p.meetings(other)), err)
	}
}

func (p *partnership) drafts(forum Forum) (list []MeetingRow) {
	for _, m := range p.meetings(forum) {
		if m.Status == Draft {
			list = append(list, m)
		}
	}
	return list
}

func TestRestoreMeeting(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	series := p.schedule(forum)
	rows := p.meetings(forum)
	must(t)(p.CancelMeeting(t.Context(), p.admin, rows[1].ID, 1, "Snow"))
	must(t)(p.EndSeries(t.Context(), p.admin, series.ID, 1, rows[9].OccurrenceOn))
	told := p.announced()
	p.clock.Set(at("2027-01-05", 9, 0)) // a week before: papers are due today at the latest
	restored, err := p.RestoreMeeting(t.Context(), p.clerkOf(forum), rows[1].ID, 2)
	if err != nil || restored.Status != Scheduled || restored.CancelledReason != "" || restored.Sequence != 2 || !restored.StartsAt.Equal(rows[1].StartsAt) || restored.PapersDueOn != day("2027-01-05") {
		t.Errorf("%+v, %v", restored, err)
	}
	if _, err := p.RestoreMeeting(t.Context(), p.admin, rows[10].ID, 2); err != nil { // its series cancelled it
		t.Error(err)
	}
	if p.announced() != told+2 || p.audited("meeting.restored") != 2 {
		t.Error("it is not announced or not audited")
	}
	_, err = p.RestoreMeeting(t.Context(), p.admin, rows[2].ID, 1)
	wantFault(t, err, fault.Conflict, "")
	must(t)(p.CancelMeeting(t.Context(), p.admin, rows[2].ID, 1, "Snow"))
	p.clock.Set(rows[2].StartsAt)
	_, err = p.RestoreMeeting(t.Context(), p.admin, rows[2].ID, 2)
	wantFault(t, err, fault.Conflict, "")
	_, err = p.RestoreMeeting(t.Context(), access.Actor{PersonID: newID()}, rows[11].ID, 2)
	wantFault(t, err, fault.NotFound, "")
}

// Whoever moves one meeting of the year trusts the others to stay.
func TestMovingOneNeverMovesAnother(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.schedule(forum)
	rapid.Check(t, func(r *rapid.T) {
		before := p.meetings(forum)
		at := rapid.IntRange(0, len(before)-1).Draw(r, "which")
		chosen := before[at].Meeting
		if chosen.Status != Scheduled {
			r.Skip("cancelled")
		}
		if rapid.IntRange(0, 9).Draw(r, "cancel") == 0 {
			if _, err := p.CancelMeeting(t.Context(), p.admin, chosen.ID, chosen.Version, "Snow"); err != nil {
				r.Fatal(err)
			}
		} else {
			start := p.clock.Now().Add(time.Duration(rapid.IntRange(1, 500*24).Draw(r, "hours")) * time.Hour)
			if _, err := p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: chosen.ID, Version: chosen.Version, StartsAt: start}); err != nil {
				r.Fatal(err)
			}
		}
		if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
			r.Fatalf("%d meetings were made (%v)", made, err)
		}
		after := map[any]Meeting{}
		for _, m := range p.meetings(forum) {
			after[m.ID] = m.Meeting
		}
		if len(after) != len(before) {
			r.Fatalf("%d meetings, were %d", len(after), len(before))
		}
		for _, m := range before {
			if m.ID != chosen.ID && !sameScheduling(after[m.ID], m.Meeting) {
				r.Fatalf("the meeting on %s moved to %s with another", m.On(), after[m.ID].On())
			}
		}
	})
}
