package panels

import (
	"testing"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A deadline counted over a day when nobody works is a deadline people miss.
func TestAddHolidayCountsDeadlinesAnewAndMovesNothing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North") // the second Tuesday
	p.schedule(forum)
	before := p.meetings(forum)
	mourning := calendar.OneOff{On: before[3].On().AddDays(-1), Name: " Day of national mourning "} // Monday 8 March 2027
	funeral := calendar.OneOff{On: before[3].On(), Name: "State funeral"}
	onTheDay, err := p.AddHoliday(t.Context(), p.admin, funeral)
	if err != nil || len(onTheDay.Meetings) != 1 || onTheDay.Meetings[0].ID != before[3].ID {
		t.Fatalf("%+v, %v", onTheDay, err)
	}
	before = p.meetings(forum)
	var preview HolidayEffect
	p.read(p.admin, func(tx db.Tx) (err error) { preview, err = PreviewHoliday(tx, mourning); return err })
	effect, err := p.AddHoliday(t.Context(), p.admin, mourning)
	if err != nil || len(effect.Meetings) != 0 || len(effect.Deadlines) != len(preview.Deadlines) || len(effect.Deadlines) == 0 {
		t.Fatalf("%+v, %v", effect, err)
	}
	days := calendar.NewWorkingDays(mourning, funeral)
	changed := 0
	for i, m := range p.meetings(forum) {
		if !m.StartsAt.Equal(before[i].StartsAt) || m.Sequence != 0 {
			t.Errorf("the meeting on %s was moved silently", before[i].On())
		}
		want := p.terms(forum, m.On().String()).DeadlinesFor(m.On(), clock.DateOf(m.CreatedAt), days)
		if got := (Deadlines{m.PapersDueOn, m.AgendaOutOn, m.MinutesOutOn}); got != want {
			t.Errorf("the deadlines of %s are %v, want %v", m.On(), got, want)
		}
		if m.Version != before[i].Version {
			changed++
		}
	}
	if changed != len(effect.Deadlines) || p.audited("holiday.added") != 2 {
		t.Errorf("%d meetings were written, %d said", changed, len(effect.Deadlines))
	}
	p.read(p.clerkOf(forum), func(tx db.Tx) error {
		years, err := Holidays(tx)
		if err != nil || len(years) != 3 || years[0].Year != 2026 || years[2].Year != 2028 {
			t.Fatalf("%+v, %v", years, err)
		}
		found := false
		for _, line := range years[1].Days {
			found = found || line.On == funeral.On && line.OneOff && line.Name == "State funeral" && len(line.Meetings) == 1
		}
		if !found {
			t.Errorf("2027 is %+v", years[1])
		}
		return nil
	})
	if _, err := p.RemoveHoliday(t.Context(), p.admin, mourning.On); err != nil {
		t.Fatal(err)
	}
	for i, m := range p.meetings(forum) {
		if m.PapersDueOn != before[i].PapersDueOn || m.AgendaOutOn != before[i].AgendaOutOn || m.MinutesOutOn != before[i].MinutesOutOn {
			t.Errorf("the deadlines of %s did not come back", m.On())
		}
	}
	_, err = p.RemoveHoliday(t.Context(), p.admin, mourning.On)
	wantFault(t, err, fault.NotFound, "")
}

func TestAddHolidayLeavesPublishedAgendasAlone(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	p.schedule(forum)
	meeting := p.meetings(forum)[3].Meeting
	p.set(meeting, "agenda_version", 1)
	if _, err := p.AddHoliday(t.Context(), p.admin, calendar.OneOff{On: meeting.On().AddDays(-1), Name: "Mourning"}); err != nil {
		t.Fatal(err)
	}
	if after := p.meetings(forum)[3]; after.PapersDueOn != meeting.PapersDueOn || after.AgendaOutOn != meeting.AgendaOutOn {
		t.Error("the deadlines of an agenda that is out were changed")
	}
}

func TestHolidayThatIsWorked(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	easter := day("2027-03-29")
	if _, err := p.AddHoliday(t.Context(), p.admin, calendar.OneOff{On: easter, Worked: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID, Rule: "FREQ=WEEKLY;BYDAY=MO", StartsOn: easter, EndsOn: easter}); err != nil {
		t.Fatal(err)
	}
	if m := p.meetings(forum); len(m) != 1 || m[0].On() != easter {
		t.Errorf("held on %v", m)
	}
	p.read(p.admin, func(tx db.Tx) error {
		years, err := Holidays(tx)
		for _, line := range years[1].Days {
			if line.On == easter && (!line.Worked || line.Name != "Easter Monday" || !line.OneOff) {
				t.Errorf("%+v", line)
			}
		}
		return err
	})
}

func TestHolidaySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	for _, c := range map[string]struct {
		field string
		day   calendar.OneOff
	}{
		"no day":          {"day", calendar.OneOff{Name: "Mourning"}},
		"past":            {"day", calendar.OneOff{On: day("2026-11-25"), Name: "Mourning"}},
		"far":             {"day", calendar.OneOff{On: day("2040-11-26"), Name: "Mourning"}},
		"holiday already": {"day", calendar.OneOff{On: day("2026-12-25"), Name: "Mourning"}},
		"weekend":         {"day", calendar.OneOff{On: day("2026-11-28"), Name: "Mourning"}},
		"worked already":  {"day", calendar.OneOff{On: day("2026-11-30"), Worked: true}},
		"nameless":        {"name", calendar.OneOff{On: day("2026-11-30")}},
	} {
		_, err := p.AddHoliday(t.Context(), p.admin, c.day)
		wantFault(t, err, fault.Invalid, c.field)
	}
	must(t)(p.AddHoliday(t.Context(), p.admin, calendar.OneOff{On: day("2026-11-30"), Name: "Mourning"}))
	_, err := p.AddHoliday(t.Context(), p.admin, calendar.OneOff{On: day("2026-11-30"), Name: "Mourning"})
	wantFault(t, err, fault.Invalid, "day")
	_, err = p.AddHoliday(t.Context(), access.Actor{PersonID: newID()}, calendar.OneOff{On: day("2026-12-01"), Name: "Mourning"})
	wantFault(t, err, fault.Denied, "")
}
