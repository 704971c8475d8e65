package panels

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// schedule gives a forum the series its terms of reference ask for.
func (p *partnership) schedule(forum Forum) Series {
	p.t.Helper()
	series, made, err := p.ScheduleSeries(p.t.Context(), p.admin, Series{ForumID: forum.ID, Venue: "County Hall"})
	if err != nil || made == 0 {
		p.t.Fatalf("%d meetings, %v", made, err)
	}
	return series
}

func TestScheduleSeriesGivesTheYear(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North") // the second Tuesday, 9:30am
	p.schedule(forum)
	rows := p.meetings(forum)
	if len(rows) != 12 {
		t.Fatalf("%d meetings in the year", len(rows))
	}
	for _, m := range rows {
		if clock.Time(m.StartsAt) != "9:30am" || m.On().Weekday() != time.Tuesday || m.Duration() != 3*time.Hour || m.Venue != "County Hall" {
			t.Errorf("a meeting on %s", clock.Moment(m.StartsAt))
		}
		if !m.PapersDueOn.Before(m.AgendaOutOn) && m.On().After(day("2026-12-31")) || !m.MinutesOutOn.After(m.On()) {
			t.Errorf("deadlines of %s: %s, %s, %s", m.On(), m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn)
		}
	}
	if rows[0].PapersDueOn != day("2026-11-26") { // due before it was called: today
		t.Errorf("papers for %s are due on %s", rows[0].On(), rows[0].PapersDueOn)
	}
	if got := p.audited("meeting.scheduled"); got != 12 {
		t.Errorf("%d meetings in the audit trail", got)
	}
}

func TestSeriesMovesOffBankHolidays(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("marp", "")
	err := p.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`insert into one_off_holiday (day, name) values ('2027-01-11', 'Day of mourning')`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID, Rule: "FREQ=WEEKLY;BYDAY=MO"})
	if err != nil {
		t.Fatal(err)
	}
	held := map[clock.Date]clock.Date{}
	for _, m := range p.meetings(forum) {
		held[m.OccurrenceOn] = m.On()
	}
	for planned, want := range map[string]string{
		"2026-12-28": "2026-12-29", "2027-01-11": "2027-01-12", "2027-03-29": "2027-03-30", "2027-01-04": "2027-01-04",
	} {
		if held[day(planned)] != day(want) {
			t.Errorf("the meeting planned for %s is on %s, want %s", planned, held[day(planned)], want)
		}
	}
}

// A meeting that comes back after it was cancelled fills a room with people for nothing.
func TestExtendSeriesNeverDuplicatesNorResurrects(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.schedule(forum)
	rows := p.meetings(forum)
	moved, gone := rows[2].Meeting, rows[4].Meeting
	must(t)(p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: moved.ID, Version: 1, StartsAt: moved.StartsAt.Add(26 * time.Hour)}))
	must(t)(p.CancelMeeting(t.Context(), p.admin, gone.ID, 1, "Half term"))

	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
				t.Errorf("%d meetings were made again (%v)", made, err)
			}
		})
	}
	wait.Wait()

	p.clock.Set(at("2027-03-30", 7, 0)) // over a change of the clocks, and months late
	made, err := p.ExtendSeries(t.Context())
	if err != nil || made < 8 || made > 10 {
		t.Fatalf("%d meetings were added (%v)", made, err)
	}
	if again, err := p.ExtendSeries(t.Context()); again != 0 || err != nil {
		t.Fatalf("%d meetings were made again (%v)", again, err)
	}
	after := p.meetings(forum)
	if len(after) != len(rows)+made {
		t.Errorf("%d meetings, want %d", len(after), len(rows)+made)
	}
	for _, m := range after {
		if m.ID == gone.ID && m.Status != Cancelled {
			t.Error("the cancelled meeting came back")
		}
		if m.ID == moved.ID && !m.StartsAt.Equal(moved.StartsAt.Add(26*time.Hour)) {
			t.Error("the moved meeting went back")
		}
		if m.ID != moved.ID && clock.Time(m.StartsAt) != "1:30pm" {
			t.Errorf("a meeting starts at %s", clock.Moment(m.StartsAt))
		}
	}
}

func TestScheduleSeriesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	for field, series := range map[string]Series{
		"cadence":          {Rule: "FREQ=DAILY"},
		"start_time":       {StartTime: "25:00"},
		"duration_minutes": {DurationMinutes: 3},
		"starts_on":        {StartsOn: day("2026-11-25")},
		"ends_on":          {StartsOn: day("2026-12-01"), EndsOn: day("2026-11-30")},
		"bank_holiday":     {BankHoliday: "party"},
		"joining_link":     {JoiningLink: "javascript:alert(1)"},
	} {
		series.ForumID = forum.ID
		_, _, err := p.ScheduleSeries(t.Context(), p.admin, series)
		wantFault(t, err, fault.Invalid, field)
	}
	_, _, err := p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID, StartsOn: day("2026-11-27"), EndsOn: day("2026-11-28")})
	wantFault(t, err, fault.Invalid, "ends_on") // no Wednesday between
	if got := p.audited("series.scheduled"); got != 0 || len(p.meetings(forum)) != 0 {
		t.Error("a refused series left something behind")
	}
	p.schedule(forum)
	_, _, err = p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID})
	wantFault(t, err, fault.Conflict, "")
}

func TestEndSeriesCancelsWhatFollows(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "South")
	series := p.schedule(forum)
	published := p.meetings(forum)[3].Meeting
	p.set(published, "agenda_version", 2)
	_, err := p.EndSeries(t.Context(), p.admin, series.ID, 1, day("2027-01-31"))
	wantFault(t, err, fault.Conflict, "")
	cancelled, err := p.EndSeries(t.Context(), p.admin, series.ID, 1, published.OccurrenceOn)
	if err != nil || cancelled != 8 {
		t.Fatalf("%d were cancelled (%v)", cancelled, err)
	}
	_, err = p.EndSeries(t.Context(), p.admin, series.ID, 1, day("2027-06-30"))
	wantFault(t, err, fault.Stale, "")
	if made, err := p.ExtendSeries(t.Context()); made != 0 || err != nil {
		t.Errorf("an ended series made %d meetings (%v)", made, err)
	}
	_, made, err := p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID, StartsOn: published.OccurrenceOn.AddDays(1), Rule: "FREQ=MONTHLY;BYDAY=1TH"})
	if err != nil || made == 0 {
		t.Errorf("the next series made %d meetings (%v)", made, err)
	}
}

func TestMoveMeetingCountsItsDeadlinesAnew(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	p.schedule(forum)
	meeting := p.meetings(forum)[4].Meeting
	clerk := p.clerkOf(forum)
	moved, err := p.MoveMeeting(t.Context(), clerk, MoveMeeting{
		MeetingID: meeting.ID, Version: 1, StartsAt: at("2027-04-21", 14, 0), Duration: 2 * time.Hour, Venue: "Town Hall", JoiningLink: "https://meet.example.org/north",
	})
	if err != nil {
		t.Fatal(err)
	}
	if moved.AgendaOutOn != day("2027-04-13") || moved.Version != 2 || moved.OccurrenceOn != meeting.OccurrenceOn || moved.Duration() != 2*time.Hour {
		t.Errorf("moved to %+v", moved)
	}
	var kept Meeting
	p.read(clerk, func(tx db.Tx) (err error) { kept, err = MeetingByID(tx, meeting.ID); return err })
	if !kept.StartsAt.Equal(moved.StartsAt) || kept.Venue != "Town Hall" || kept.PapersDueOn != moved.PapersDueOn {
		t.Errorf("kept %+v", kept)
	}
	if p.audited("meeting.moved") != 1 {
		t.Error("the move is not in the audit trail")
	}
	_, err = p.MoveMeeting(t.Context(), clerk, MoveMeeting{MeetingID: meeting.ID, Version: 1, StartsAt: at("2027-04-22", 14, 0)})
	wantFault(t, err, fault.Stale, "")
}

func TestMoveAndCancelRefuseWhatWouldSurprisePeople(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.schedule(forum)
	rows := p.meetings(forum)
	later := at("2027-05-05", 10, 0)
	for i, c := range []struct {
		status MeetingStatus
		says   string
	}{
		{InSession, "is in session"}, {Closed, "is over and recorded"}, {Cancelled, "was cancelled"},
	} {
		m := rows[i].Meeting
		p.set(m, "status", c.status)
		_, err := p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: m.ID, Version: 1, StartsAt: later})
		wantFault(t, err, fault.Conflict, "")
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.status, err)
		}
		_, err = p.CancelMeeting(t.Context(), p.admin, m.ID, 1, "Snow")
		wantFault(t, err, fault.Conflict, "")
	}

	m := rows[5].Meeting
	p.set(m, "agenda_version", 1)
	_, err := p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: m.ID, Version: 1, StartsAt: later})
	wantFault(t, err, fault.Conflict, "")
	must(t)(p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: m.ID, Version: 1, StartsAt: later, AgendaIsOut: true}))

	m = rows[6].Meeting
	for field, move := range map[string]MoveMeeting{
		"starts_on":        {StartsAt: at("2026-11-26", 9, 0)},
		"duration_minutes": {StartsAt: later, Duration: time.Minute},
		"joining_link":     {StartsAt: later, JoiningLink: "meet.example.org"},
	} {
		move.MeetingID, move.Version = m.ID, 1
		_, err := p.MoveMeeting(t.Context(), p.admin, move)
		wantFault(t, err, fault.Invalid, field)
	}
	_, err = p.CancelMeeting(t.Context(), p.admin, m.ID, 1, " ")
	wantFault(t, err, fault.Invalid, "reason")
	_, err = p.CancelMeeting(t.Context(), p.admin, m.ID, 5, "Snow")
	wantFault(t, err, fault.Stale, "")
	cancelled, err := p.CancelMeeting(t.Context(), p.admin, m.ID, 1, "Snow")
	if err != nil || cancelled.Status != Cancelled || cancelled.CancelledReason != "Snow" {
		t.Errorf("%+v, %v", cancelled, err)
	}
}

func TestExtraordinaryMeetingOnAnyDay(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	clerk := p.clerkOf(forum)
	for _, start := range []time.Time{p.clock.Now().Add(10 * time.Minute), at("2026-12-25", 10, 0), at("2026-11-29", 23, 55), at("2028-02-29", 9, 0)} {
		m, err := p.CallExtraordinaryMeeting(t.Context(), clerk, NewMeeting{ForumID: forum.ID, StartsAt: start, Venue: "Online"})
		if start.After(p.clock.Now().AddDate(2, 0, 0)) {
			wantFault(t, err, fault.Invalid, "starts_on")
			continue
		}
		if err != nil || !m.Extraordinary() || !m.StartsAt.Equal(start) || m.Duration() != 150*time.Minute || m.PapersDueOn.Before(p.today()) {
			t.Errorf("%s: %+v, %v", start, m, err)
		}
	}
	_, err := p.CallExtraordinaryMeeting(t.Context(), clerk, NewMeeting{ForumID: forum.ID, StartsAt: p.clock.Now().Add(-time.Minute)})
	wantFault(t, err, fault.Invalid, "starts_on")
	other := p.forum("marp", "")
	_, err = p.CallExtraordinaryMeeting(t.Context(), clerk, NewMeeting{ForumID: other.ID, StartsAt: p.clock.Now().Add(time.Hour)})
	wantFault(t, err, fault.Denied, "")
}

// That a forum meets at all may tell something about a young person; only its own know when.
func TestMeetingsAreSeenByTheirForumOnly(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, south := p.forum("locality", "North"), p.forum("locality", "South")
	p.schedule(north)
	p.schedule(south)
	clerk := p.clerkOf(north)
	theirs := p.meetings(south)[0].Meeting
	p.read(clerk, func(tx db.Tx) error {
		rows, err := ListMeetings(tx, p.today(), p.today().AddMonths(24), [16]byte{})
		if err != nil {
			return err
		}
		for _, m := range rows {
			if m.ForumID != north.ID || m.ForumName != north.Name {
				t.Errorf("North's clerk sees a meeting of %s", m.ForumName)
			}
		}
		if len(rows) != 12 {
			t.Errorf("North's clerk sees %d meetings", len(rows))
		}
		if hidden, err := ListMeetings(tx, p.today(), p.today().AddMonths(24), south.ID); len(hidden) != 0 || err != nil {
			t.Errorf("North's clerk sees South's: %v, %v", hidden, err)
		}
		_, denied := ShowMeeting(tx, theirs.ID)
		wantFault(t, denied, fault.NotFound, "")
		page, err := ShowMeeting(tx, rows[0].ID)
		if err == nil && (!page.MaySchedule || page.Forum.ID != north.ID || len(page.Seats) == 0) {
			t.Errorf("the meeting's page is %+v", page)
		}
		mine, err := MyMeetings(tx, 3)
		if len(mine) != 3 || mine[0].ForumID != north.ID {
			t.Errorf("my meetings are %v", mine)
		}
		return err
	})
	_, err := p.MoveMeeting(t.Context(), clerk, MoveMeeting{MeetingID: theirs.ID, Version: 1, StartsAt: at("2027-05-05", 10, 0)})
	wantFault(t, err, fault.NotFound, "")
	p.read(access.Actor{PersonID: newID()}, func(tx db.Tx) error {
		rows, err := ListMeetings(tx, p.today(), p.today().AddMonths(24), [16]byte{})
		if len(rows) != 0 {
			t.Errorf("someone without a seat sees %d meetings", len(rows))
		}
		return err
	})
}

func TestMeetingBefore(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.schedule(forum)
	rows := p.meetings(forum)
	must(t)(p.CancelMeeting(t.Context(), p.admin, rows[1].ID, 1, "Snow"))
	p.read(p.admin, func(tx db.Tx) error {
		before, ok, err := MeetingBefore(tx, rows[2].Meeting)
		if !ok || before.ID != rows[0].ID {
			t.Errorf("before the third comes %v, not the first that was held", before.On())
		}
		if _, ok, _ := MeetingBefore(tx, rows[0].Meeting); ok {
			t.Error("something comes before the first")
		}
		return err
	})
}

func TestTermsOnAgreesWithTermsInForce(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	terms := p.terms(forum, "2026-11-26")
	for i, from := range []string{"2027-01-01", "2027-01-01", "2027-03-01"} {
		terms.InForceOn = day(from)
		must(t)(p.ChangeTerms(t.Context(), p.admin, forum.ID, i+1, terms))
	}
	p.read(p.admin, func(tx db.Tx) error {
		versions, err := TermsVersions(tx, forum.ID)
		rapid.Check(t, func(r *rapid.T) {
			on := day("2026-10-01").AddDays(rapid.IntRange(0, 300).Draw(r, "days"))
			asked, err := TermsInForce(tx, forum.ID, on)
			if err != nil || termsOn(versions, on).Number != asked.Number {
				r.Fatalf("on %s: %d by hand, %d asked (%v)", on, termsOn(versions, on).Number, asked.Number, err)
			}
		})
		return err
	})
}

func TestPreviewSeriesSavesNothing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.read(p.admin, func(tx db.Tx) error {
		preview, err := PreviewSeries(tx, Series{ForumID: forum.ID, Rule: "FREQ=MONTHLY;BYDAY=-1MO", BankHoliday: string(calendar.MoveToPrevious)})
		dates := preview.Held
		if err == nil && (len(dates) != 12 || dates[0].On != day("2026-11-30") || dates[1].On != day("2026-12-24")) {
			t.Errorf("the preview is %v", dates)
		}
		return err
	})
	if len(p.meetings(forum)) != 0 {
		t.Error("the preview made meetings")
	}
}
