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

// year is what the page of the whole year suggests to an actor.
func (p *partnership) year(actor access.Actor) (open []ForumYear, done []ForumDone) {
	p.t.Helper()
	p.read(actor, func(tx db.Tx) (err error) { open, done, err = YearToSchedule(tx); return err })
	return open, done
}

func TestScheduleYearGivesEveryForumItsMeetings(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, complex := p.forum("locality", "North"), p.forum("complex_cases", "")
	running := p.forum("marp", "")
	p.schedule(running)
	clerk := p.clerkOf(north)
	if open, done := p.year(clerk); len(open) != 1 || open[0].Forum.ID != north.ID || len(done) != 0 {
		t.Errorf("North's clerk is offered %v and told of %v", open, done)
	}
	open, done := p.year(p.admin)
	if len(open) != 2 || len(done) != 1 || done[0].Forum.ID != running.ID {
		t.Fatalf("%d forums are open, %d done", len(open), len(done))
	}
	august, _ := CommonPause(PauseAugust, p.today())
	christmas, _ := CommonPause(PauseChristmas, p.today())
	var wanted []Series
	for _, year := range open {
		year.Series.Pauses = []calendar.Pause{august, christmas}
		wanted = append(wanted, year.Series)
	}
	var preview []YearMeeting
	p.read(p.admin, func(tx db.Tx) (err error) { preview, err = PreviewYear(tx, wanted); return err })
	made, err := p.ScheduleYear(t.Context(), p.admin, wanted)
	if err != nil || made != len(preview) || made != len(p.meetings(north))+len(p.meetings(complex)) {
		t.Fatalf("%d meetings were made of %d previewed (%v)", made, len(preview), err)
	}
	for i, m := range append(p.meetings(north), p.meetings(complex)...) {
		on := m.On()
		if on.Month == time.August || on.Month == time.December && on.Day >= 21 || on.Month == time.January && on.Day <= 3 {
			t.Errorf("meeting %d is on %s, in a pause", i, on)
		}
	}
	if open, done := p.year(p.admin); len(open) != 0 || len(done) != 3 {
		t.Errorf("afterwards %d are open, %d done", len(open), len(done))
	}
}

// Half a year set up leaves the other half to be found out by those who come to no meeting.
func TestScheduleYearIsAllOrNothing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, complex := p.forum("locality", "North"), p.forum("complex_cases", "")
	good, bad := Series{ForumID: north.ID}, Series{ForumID: complex.ID, DurationMinutes: 3}
	_, err := p.ScheduleYear(t.Context(), p.admin, []Series{good, bad})
	wantFault(t, err, fault.Invalid, "duration_minutes_"+complex.ID.String())
	if !strings.HasPrefix(fault.As(err).Sentence, complex.Name+": ") {
		t.Errorf("it says %q", fault.As(err).Sentence)
	}
	if got := len(p.meetings(north)) + p.audited("series.scheduled"); got != 0 {
		t.Error("a refused year left something behind")
	}
	_, err = p.ScheduleYear(t.Context(), p.admin, nil)
	wantFault(t, err, fault.Invalid, "forum")
	clerk := p.clerkOf(north)
	_, err = p.ScheduleYear(t.Context(), clerk, []Series{{ForumID: complex.ID}})
	wantFault(t, err, fault.Denied, "")
	good.Draft = true
	made, err := p.ScheduleYear(t.Context(), clerk, []Series{good})
	if err != nil || made == 0 || p.meetings(north)[0].Status != Draft {
		t.Errorf("%d drafts were made (%v)", made, err)
	}
}

// Two forums that are only being planned already want the same people.
func TestPreviewYearShowsClashesBetweenThoseChosen(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, south := p.forum("locality", "North"), p.forum("locality", "South")
	ann := p.person("Ann Archer")
	p.sit(p.seat(north, access.Chair), ann, 0)
	p.sit(p.seat(south, access.Chair), ann, 0)
	p.read(p.admin, func(tx db.Tx) error {
		list := []Series{{ForumID: north.ID}, {ForumID: south.ID}}
		meetings, err := PreviewYear(tx, list)
		for _, m := range meetings {
			other := south
			if m.Forum.ID == south.ID {
				other = north
			}
			if len(m.Clashes) == 0 || m.Clashes[0].Sentence != "Ann Archer (chair) is also wanted at "+other.Name+", "+m.Slot.Times()+"." {
				t.Fatalf("%s on %s: %s", m.Forum.Name, m.Slot.On(), said(m.Clashes))
			}
		}
		if len(meetings) != 24 {
			t.Errorf("%d meetings", len(meetings))
		}
		list[1].StartTime = "13:00"
		meetings, err2 := PreviewYear(tx, list)
		for _, m := range meetings {
			if len(m.Clashes) > 0 {
				t.Errorf("%s on %s: %s", m.Forum.Name, m.Slot.On(), said(m.Clashes))
			}
		}
		if err == nil {
			err = err2
		}
		return err
	})
	p.read(p.admin, func(tx db.Tx) error {
		one, err := asked(tx, func(tx db.Tx) error { _, err := PreviewYear(tx, []Series{{ForumID: north.ID}}); return err })
		if err != nil {
			return err
		}
		two, err := asked(tx, func(tx db.Tx) error {
			_, err := PreviewYear(tx, []Series{{ForumID: north.ID}, {ForumID: south.ID}})
			return err
		})
		if one != two {
			t.Errorf("%d queries for one forum, %d for two", one, two)
		}
		return err
	})
}

func TestCommonPausesBeginWhereTheSeriesDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		from := day("2026-01-01").AddDays(rapid.IntRange(0, 1500).Draw(r, "day"))
		for _, key := range []string{PauseAugust, PauseChristmas} {
			pause, ok := CommonPause(key, from)
			if !ok || pause.To.Before(from) || from.AddMonths(12).Before(pause.From) {
				r.Fatalf("from %s: %s", from, pause.Words())
			}
			for n := range 800 {
				on := from.AddDays(n)
				want := on.Month == time.August
				if key == PauseChristmas {
					want = on.Month == time.December && on.Day >= 21 || on.Month == time.January && on.Day <= 3
				}
				if pause.Covers(on) != want {
					r.Fatalf("from %s, %s is covered: %v", from, on, !want)
				}
			}
		}
	})
	if _, ok := CommonPause("party", clock.MustDate("2026-01-01")); ok {
		t.Error("any word is a pause")
	}
}

// A clerk sets up every forum that ships with the product in one go.
func TestScheduleYearOfEveryTemplate(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	for _, template := range Templates {
		locality := ""
		if template.PerLocality {
			locality = "North"
		}
		p.forum(template.Key, locality)
	}
	open, _ := p.year(p.admin)
	var wanted []Series
	for _, year := range open {
		wanted = append(wanted, year.Series)
	}
	began := time.Now()
	p.read(p.admin, func(tx db.Tx) error { _, err := PreviewYear(tx, wanted); return err })
	previewed := time.Since(began)
	made, err := p.ScheduleYear(t.Context(), p.admin, wanted)
	t.Logf("%d forums, %d meetings: previewed in %s, scheduled in %s", len(wanted), made, previewed.Round(time.Millisecond), (time.Since(began) - previewed).Round(time.Millisecond))
	if err != nil || len(wanted) != len(Templates) || made < 8*len(Templates) {
		t.Errorf("%d meetings of %d forums (%v)", made, len(wanted), err)
	}
}
