package panels

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

func slotAt(iso string, hour, minute int, length time.Duration, venue string) Slot {
	return Slot{StartsAt: at(iso, hour, minute), EndsAt: at(iso, hour, minute).Add(length), Venue: venue}
}

// sit puts a person in a seat from today on.
func (p *partnership) sit(seat TableSeat, person Person, deputyOrder int) {
	p.t.Helper()
	must(p.t)(p.FillSeat(p.t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, DeputyOrder: deputyOrder}))
}

// away records an absence of somebody's own.
func (p *partnership) away(person Person, from, to string) Absence {
	p.t.Helper()
	absence, err := p.RecordAbsence(p.t.Context(), p.actor(person), NewAbsence{PersonID: person.ID, From: day(from), To: day(to), Kind: OnLeave})
	if err != nil {
		p.t.Fatal(err)
	}
	return absence
}

func (p *partnership) clashes(actor access.Actor, forum Forum, except uuid.UUID, slots ...Slot) (clashes []Clash) {
	p.t.Helper()
	p.read(actor, func(tx db.Tx) (err error) { clashes, err = ClashesOf(tx, forum.ID, slots, except); return err })
	return clashes
}

func said(clashes []Clash) string {
	var sentences []string
	for _, c := range clashes {
		sentences = append(sentences, c.Weight.Words()+": "+c.Sentence)
	}
	return strings.Join(sentences, "\n")
}

// Somebody told of a clash that is none stops looking at clashes.
func TestMeetingsThatOnlyTouchDoNotClash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		a, b Slot
		want bool
	}{
		{"one after the other", slotAt("2026-12-01", 9, 0, time.Hour, ""), slotAt("2026-12-01", 10, 0, time.Hour, ""), false},
		{"a minute in common", slotAt("2026-12-01", 9, 0, 61*time.Minute, ""), slotAt("2026-12-01", 10, 0, time.Hour, ""), true},
		{"one inside the other", slotAt("2026-12-01", 9, 0, 4*time.Hour, ""), slotAt("2026-12-01", 10, 0, time.Hour, ""), true},
		{"another day", slotAt("2026-12-01", 9, 0, time.Hour, ""), slotAt("2026-12-02", 9, 0, time.Hour, ""), false},
		{"past midnight", slotAt("2026-12-01", 23, 0, 2*time.Hour, ""), slotAt("2026-12-02", 0, 30, time.Hour, ""), true},
		{"the hour that is skipped", slotAt("2027-03-28", 0, 30, time.Hour, ""), slotAt("2027-03-28", 2, 30, time.Hour, ""), false},
		{"into the hour that is skipped", slotAt("2027-03-28", 0, 30, 31*time.Minute, ""), slotAt("2027-03-28", 2, 0, time.Hour, ""), true},
		{"the hour that is repeated", slotAt("2026-10-25", 1, 30, time.Hour, ""), slotAt("2026-10-25", 2, 0, time.Hour, ""), false},
		{"through the hour that is repeated", slotAt("2026-10-25", 1, 30, 91*time.Minute, ""), slotAt("2026-10-25", 2, 0, time.Hour, ""), true},
	} {
		if c.a.Overlaps(c.b) != c.want || c.b.Overlaps(c.a) != c.want {
			t.Errorf("%s: %v", c.name, c.a.Overlaps(c.b))
		}
	}
}

// The rule of overlapping agrees with looking at every minute of both.
func TestOverlapAgreesWithEveryMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		days := []string{"2026-10-25", "2027-03-28", "2026-12-01"} // both changes of the clocks, and neither
		draw := func(name string) Slot {
			start := day(rapid.SampledFrom(days).Draw(r, name+" day")).Start().Add(time.Duration(rapid.IntRange(0, 300).Draw(r, name+" start")) * time.Minute)
			return Slot{StartsAt: start, EndsAt: start.Add(time.Duration(rapid.IntRange(5, 200).Draw(r, name+" length")) * time.Minute)}
		}
		a, b := draw("a"), draw("b")
		common := false
		for at := a.StartsAt; at.Before(a.EndsAt); at = at.Add(time.Minute) {
			common = common || !at.Before(b.StartsAt) && at.Before(b.EndsAt)
		}
		if a.Overlaps(b) != common || b.Overlaps(a) != common {
			r.Fatalf("%v and %v: %v", a, b, common)
		}
	})
}

func TestARoomIsTheSameHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"County Hall, Room 2", " county hall  room 2.", true}, {"County Hall, Room 2", "County Hall, Room 3", false},
		{"", "", false}, {"Online", "online", false}, {"MS Teams", "ms teams", false}, {"Microsoft Teams", "County Hall", false},
	} {
		if (Slot{Venue: c.a}).SameRoom(Slot{Venue: c.b}) != c.same {
			t.Errorf("%q and %q", c.a, c.b)
		}
	}
}

// A quorum counted too low frightens, one counted too high is found out in the room: it agrees with
// trying every way of seating people.
func TestMostWhoCouldComeAgreesWithTryingEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		people := make([]uuid.UUID, 6)
		free := map[uuid.UUID]bool{}
		for i := range people {
			people[i] = newID()
			free[people[i]] = rapid.Bool().Draw(r, fmt.Sprintf("person %d is free", i))
		}
		var places []place
		for range rapid.IntRange(1, 5).Draw(r, "seats") {
			p := place{seat: newID(), standing: access.Deciding, office: access.Member}
			for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 1, 3, rapid.ID).Draw(r, "in the seat") {
				p.people = append(p.people, placeHolding{PersonID: people[i]})
			}
			places = append(places, p)
		}
		var most func(at int, seated map[uuid.UUID]bool) int
		most = func(at int, seated map[uuid.UUID]bool) int {
			if at == len(places) {
				return len(seated)
			}
			best := most(at+1, seated)
			for _, h := range places[at].people {
				if free[h.PersonID] && !seated[h.PersonID] {
					seated[h.PersonID] = true
					best = max(best, most(at+1, seated))
					delete(seated, h.PersonID)
				}
			}
			return best
		}
		got := Terms{}.CountQuorum(couldSpeak(places, func(p uuid.UUID) bool { return free[p] })).Counted
		if want := most(0, map[uuid.UUID]bool{}); got != want {
			r.Fatalf("%d could come, want %d", got, want)
		}
	})
}

// A clerk who may not know of the other meeting is told that there is one, and not which.
func TestClashesSayWhoIsWantedTwiceAndHideWhatMayNotBeKnown(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, marp := p.forum("locality", "North"), p.forum("marp", "")
	clerk := p.clerkOf(north)
	ann, bo := p.person("Ann Archer"), p.person("Bo Brown")
	p.sit(p.seat(north, access.Chair), ann, 0)
	p.sit(p.seat(north, access.Member), bo, 0)
	p.sit(p.seat(marp, access.Member), ann, 0)
	p.sit(p.seat(marp, access.Clerk), bo, 0)
	must(t)(p.CallExtraordinaryMeeting(t.Context(), p.admin, NewMeeting{ForumID: marp.ID, StartsAt: at("2026-12-02", 10, 0), Duration: 2 * time.Hour, Venue: "County Hall"}))

	during, after := slotAt("2026-12-02", 9, 0, 2*time.Hour, "county hall"), slotAt("2026-12-02", 12, 0, time.Hour, "County Hall")
	open := p.clashes(p.admin, north, uuid.Nil, after, during)
	if len(open) != 2 || open[0].Slot != 1 || open[0].MeetingID == uuid.Nil {
		t.Fatalf("the administrator is told %+v", open)
	}
	for _, want := range []string{"Serious: Ann Archer (chair) and Bo Brown are also wanted at " + marp.Name + ", 10am to midday.", "Serious: county hall is taken: " + marp.Name} {
		if !strings.Contains(said(open), want) {
			t.Errorf("%q is not in\n%s", want, said(open))
		}
	}
	hidden := p.clashes(clerk, north, uuid.Nil, during)
	if len(hidden) != 2 || strings.Contains(said(hidden), marp.Name) || strings.Contains(said(hidden), "10am") || hidden[0].MeetingID != uuid.Nil {
		t.Errorf("North's clerk is told %s", said(hidden))
	}
	if !strings.Contains(said(hidden), "another meeting") {
		t.Errorf("North's clerk is told %s", said(hidden))
	}
}

// A draft told to others is a year they were never promised.
func TestDraftsClashOnlyForThoseWhoSeeThem(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	north, marp := p.forum("locality", "North"), p.forum("marp", "")
	clerk := p.clerkOf(north)
	ann := p.person("Ann Archer")
	p.sit(p.seat(north, access.Chair), ann, 0)
	p.sit(p.seat(marp, access.Chair), ann, 0)
	meeting, err := p.CallExtraordinaryMeeting(t.Context(), p.admin, NewMeeting{ForumID: marp.ID, StartsAt: at("2026-12-02", 10, 0)})
	if err != nil {
		t.Fatal(err)
	}
	slot := slotAt("2026-12-02", 10, 0, time.Hour, "")
	for status, want := range map[MeetingStatus][2]int{Scheduled: {1, 1}, Draft: {1, 0}, Cancelled: {0, 0}} {
		p.set(meeting, "status", status)
		if got := len(p.clashes(p.admin, north, uuid.Nil, slot)); got != want[0] {
			t.Errorf("%s: the administrator is told of %d", status, got)
		}
		if got := len(p.clashes(clerk, north, uuid.Nil, slot)); got != want[1] {
			t.Errorf("%s: the clerk is told of %d", status, got)
		}
	}
	p.set(meeting, "status", Scheduled)
	if got := p.clashes(p.admin, marp, meeting.ID, slot); len(got) != 0 {
		t.Errorf("a meeting clashes with itself: %s", said(got))
	}
	if got := p.clashes(p.admin, marp, uuid.Nil, slot); len(got) != 1 || got[0].Kind != ForumMeets {
		t.Errorf("the forum meets twice: %s", said(got))
	}
}

// A chair on leave with nobody to stand in is a meeting that cannot be held.
func TestClashesOfLeaveSayWhoWouldChairAndWhetherItCanBeQuorate(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("complex_cases", "") // three deciding members, with adult social care and health
	ann, bo, cy, di := p.person("Ann Archer"), p.person("Bo Brown"), p.person("Cy Carr"), p.person("Di Dean")
	for i, seat := range p.seats(forum, p.today()) {
		switch {
		case seat.Name == "Joint chair, health":
			p.sit(seat, bo, 0)
		case seat.Office == access.Chair:
			p.sit(seat, ann, 0)
		case seat.Kind == AdultSocialCare && seat.Standing == access.Deciding && seat.Office == access.Member:
			p.sit(seat, cy, 0)
		case seat.Kind == Education && i > 0:
			p.sit(seat, di, 0)
		}
	}
	p.away(ann, "2026-12-07", "2026-12-18")
	p.away(bo, "2026-12-14", "2026-12-18")
	p.away(cy, "2026-12-16", "2026-12-16")
	for iso, want := range map[string]string{
		"2026-12-04": "",
		"2026-12-07": "Check: Ann Archer (chair) is away 7 to 18 December. Bo Brown could chair alone.",
		"2026-12-15": "Serious: Ann Archer (chair) is away 7 to 18 December and Bo Brown (chair) is away 14 to 18 December, and no deputy chair is free: nobody could chair this meeting.\n" +
			"Serious: It cannot be quorate: everyone from health is away and only 2 deciding members could come and 3 are needed.",
		"2026-12-21": "",
		"2026-12-25": "Check: Friday 25 December 2026 is a bank holiday: Christmas Day.",
		"2026-12-27": "Check: Sunday 27 December 2026 is at a weekend.",
	} {
		if got := said(p.clashes(p.admin, forum, uuid.Nil, slotAt(iso, 14, 0, 2*time.Hour, ""))); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", iso, got, want)
		}
	}
}

// Where one chairs, a second chair’s leave is nobody’s loss; where two confirm, one alone binds nothing.
func TestLeaveOfTwoChairsIsJudgedByHowTheForumIsChaired(t *testing.T) {
	t.Parallel()
	ann, bo, dee := newID(), newID(), newID()
	seat := func(office access.Office, people ...placeHolding) place {
		return place{seat: newID(), office: office, people: people}
	}
	places := []place{
		seat(access.Chair, placeHolding{PersonID: ann, Name: "Ann"}),
		seat(access.Chair, placeHolding{PersonID: bo, Name: "Bo"}, placeHolding{PersonID: dee, Name: "Dee", DeputyOrder: 1}),
	}
	for name, c := range map[string]struct {
		terms Terms
		away  []uuid.UUID
		busy  uuid.UUID
		want  string
	}{
		"OneChairsTheOtherIsAway":    {Terms{Chairing: OneChair}, []uuid.UUID{bo}, uuid.Nil, ""},
		"OneChairsAndIsAway":         {Terms{Chairing: OneChair}, []uuid.UUID{ann}, uuid.Nil, "Check: Ann (chair) is away 8 December. Bo could chair."},
		"InTurn":                     {Terms{Chairing: TwoAlternating}, []uuid.UUID{bo}, uuid.Nil, "Check: Bo (chair) is away 8 December. Ann could chair."},
		"TogetherWithADeputy":        {Terms{Chairing: TwoJointly, BothChairsConfirm: true}, []uuid.UUID{bo}, uuid.Nil, "Check: Bo (chair) is away 8 December. Dee could chair in their place."},
		"TogetherAndOneAlone":        {Terms{Chairing: TwoJointly}, []uuid.UUID{bo}, dee, "Check: Bo (chair) is away 8 December. Ann could chair alone."},
		"TogetherAndBothMustConfirm": {Terms{Chairing: TwoJointly, BothChairsConfirm: true}, []uuid.UUID{ann}, uuid.Nil, "Check: Ann (chair) is away 8 December. Bo could chair alone: decisions wait until both chairs have confirmed them."},
		"Nobody":                     {Terms{Chairing: TwoJointly}, []uuid.UUID{ann, bo}, dee, "Serious: Ann (chair) is away 8 December and Bo (chair) is away 8 December, and no deputy chair is free: nobody could chair this meeting."},
	} {
		view := calendarView{tables: tables{away: map[uuid.UUID][]Away{}}}
		for _, person := range c.away {
			view.tables.away[person] = []Away{{FromDate: day("2026-12-08"), ToDate: day("2026-12-08")}}
		}
		if got := said(view.chairAway(c.terms, places, day("2026-12-08"), map[uuid.UUID]bool{c.busy: true})); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

// A date that is suggested and does not fit is worse than none.
func TestFreeSlotsHaveNothingAgainstThem(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum, other := p.forum("complex_cases", ""), p.forum("marp", "")
	ann := p.person("Ann Archer")
	p.sit(p.seat(forum, access.Chair), ann, 0)
	p.sit(p.seat(other, access.Chair), ann, 0)
	p.away(ann, "2026-12-07", "2026-12-18")
	must(t)(p.CallExtraordinaryMeeting(t.Context(), p.admin, NewMeeting{ForumID: other.ID, StartsAt: at("2027-01-07", 15, 0)}))
	p.read(p.admin, func(tx db.Tx) error {
		slots, err := FreeSlotsLike(tx, forum.ID, Slot{}, uuid.Nil, day("2026-11-29"), 4)
		var days []string
		for _, slot := range slots {
			days = append(days, clock.Moment(slot.StartsAt))
		}
		want := "Monday 30 November 2026, 2pm; Thursday 3 December 2026, 2pm; Thursday 24 December 2026, 2pm; Thursday 31 December 2026, 2pm"
		if got := strings.Join(days, "; "); got != want {
			t.Errorf("free on %s, want %s", got, want)
		}
		if err == nil {
			clashes, err := ClashesOf(tx, forum.ID, slots, uuid.Nil)
			if len(clashes) != 0 || err != nil {
				t.Errorf("the suggested slots clash: %s (%v)", said(clashes), err)
			}
		}
		if err != nil {
			return err
		}
		slots, err = SoonestSlots(tx, forum.ID, day("2026-12-01"), 4)
		days = nil
		for _, slot := range slots {
			days = append(days, slot.On().String())
		}
		if got := strings.Join(days, " "); got != "2026-12-02 2026-12-03 2026-12-04 2026-12-21" {
			t.Errorf("the soonest that fit are %s", got)
		}
		return err
	})
}

func TestFittingSlotsPreferTheUsualDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var slots []Slot
		var clashes []Clash
		for i := range 60 {
			slots = append(slots, slotAt(day("2027-03-01").AddDays(i).String(), 9, 30, time.Hour, ""))
			if rapid.Bool().Draw(r, "clashes") {
				clashes = append(clashes, Clash{Slot: i})
			}
		}
		count := rapid.IntRange(1, 20).Draw(r, "count")
		usual := func(on clock.Date) bool { return on.Weekday() == time.Tuesday }
		free, usualFree := len(slots)-len(clashes), 0
		for i, slot := range slots {
			clashing := false
			for _, c := range clashes {
				clashing = clashing || c.Slot == i
			}
			if !clashing && usual(slot.On()) {
				usualFree++
			}
		}
		got := fittingSlots(slots, clashes, usual, count)
		if len(got) != min(count, free) {
			r.Fatalf("%d slots, want %d", len(got), min(count, free))
		}
		usualGot := 0
		for i, slot := range got {
			if usual(slot.On()) {
				usualGot++
			}
			if i > 0 && !got[i-1].StartsAt.Before(slot.StartsAt) || clock.Time(slot.StartsAt) != "9:30am" {
				r.Fatalf("slot %d is %s", i, clock.Moment(slot.StartsAt))
			}
		}
		if usualGot != min(count, usualFree) {
			r.Fatalf("%d of the usual days, want %d", usualGot, min(count, usualFree))
		}
	})
}

// A query for each slot would make the month page slower each year.
func TestClashesAskAsOftenForAThousandSlotsAsForOne(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum, other := p.forum("complex_cases", ""), p.forum("marp", "")
	ann := p.person("Ann Archer")
	p.sit(p.seat(forum, access.Chair), ann, 0)
	p.sit(p.seat(other, access.Chair), ann, 0)
	err := p.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`
			insert into meeting (id, forum_id, starts_at, ends_at, created_at, changed_at)
			select gen_random_uuid(), ?, '2027-01-04 09:00Z'::timestamptz + n * interval '6 hours', '2027-01-04 10:00Z'::timestamptz + n * interval '6 hours', now(), now()
			from generate_series(0, 2999) n`, other.ID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	many := make([]Slot, 1000)
	for i := range many {
		start := at("2027-01-04", 9, 30).Add(time.Duration(i) * 12 * time.Hour)
		many[i] = Slot{StartsAt: start, EndsAt: start.Add(time.Hour)}
	}
	p.read(p.admin, func(tx db.Tx) error {
		one, err := asked(tx, func(tx db.Tx) error { _, err := ClashesOf(tx, forum.ID, many[:1], uuid.Nil); return err })
		if err != nil {
			return err
		}
		began := time.Now()
		var found []Clash
		all, err := asked(tx, func(tx db.Tx) (err error) { found, err = ClashesOf(tx, forum.ID, many, uuid.Nil); return err })
		t.Logf("1,000 slots against 3,000 meetings: %d queries, %s", all, time.Since(began).Round(time.Millisecond))
		clashing := map[int]bool{}
		for _, c := range found {
			clashing[c.Slot] = clashing[c.Slot] || c.Kind == InTwoPlaces
		}
		if one != all || all > 5 || len(clashing) != 1000 {
			t.Errorf("%d queries for one slot, %d for a thousand, %d found", one, all, len(clashing))
		}
		return err
	})
}

// asked counts the queries that fn asks.
func asked(tx db.Tx, fn func(db.Tx) error) (int, error) {
	queries := 0
	count := func(*gorm.DB) { queries++ }
	callbacks := tx.Callback()
	for _, register := range []func(string, func(*gorm.DB)) error{
		callbacks.Query().Before("*").Register, callbacks.Row().Before("*").Register, callbacks.Raw().Before("*").Register,
	} {
		if err := register("count", count); err != nil {
			return 0, err
		}
	}
	defer func() {
		_ = callbacks.Query().Remove("count")
		_ = callbacks.Row().Remove("count")
		_ = callbacks.Raw().Remove("count")
	}()
	err := fn(tx)
	return queries, err
}
