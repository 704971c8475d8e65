package panels

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// letterbox notes every message that goes out: the day, to whom and what about.
type letterbox struct {
	names map[string]string // by address
	lines []string
}

func (l *letterbox) Deliver(_ context.Context, m notify.Message) error {
	about, _, _ := strings.Cut(m.Subject, ":")
	l.lines = append(l.lines, clock.DateOf(m.At).String()+" "+l.names[m.To]+": "+about)
	return nil
}

// year is a gathering whose mornings pass one after another, with every message noted.
type year struct {
	*gathering
	box  *letterbox
	post *notify.Store
	pia  Person // has a request that is not submitted
}

func newYear(t *testing.T) *year {
	t.Helper()
	g := newGathering(t)
	y := &year{gathering: g, pia: g.person("Pia"), box: &letterbox{names: map[string]string{}}}
	y.post = &notify.Store{DB: g.DB, Driver: y.box, BaseURL: "https://quorate.example.org", Domain: "example.org"}
	RegisterNotices(y.post)
	for _, kind := range []notify.Kind{"papers_soon", "papers_late"} { // written by whoever keeps the papers
		y.post.Register(kind, notify.Nature{Group: notify.Agendas, Words: string(kind)}, func(db.Tx, notify.Notice) (notify.Mail, bool, error) {
			return notify.Mail{Subject: string(kind)}, true, nil
		})
	}
	must(t)(nil, g.DB.Read(t.Context(), g.admin, func(tx db.Tx) error {
		people, err := People(tx)
		for _, person := range people {
			name, _, _ := strings.Cut(person.Name, " ")
			y.box.names[person.Email] = name
		}
		return err
	}))
	return y
}

// papers asks Pia before papers are due and the clerk after.
func (y *year) papers(_ db.Tx, meeting Meeting, stage Stage, clerks []uuid.UUID) ([]notify.Notice, error) {
	about := notify.IDs{"meeting": meeting.ID}
	if stage == Before {
		return []notify.Notice{{Kind: "papers_soon", IDs: about, To: y.pia.ID}}, nil
	}
	var notices []notify.Notice
	for _, clerk := range clerks {
		notices = append(notices, notify.Notice{Kind: "papers_late", IDs: about, To: clerk})
	}
	return notices, nil
}

// until lets the mornings pass up to and with a day. Everything runs twice each morning, as it may
// after a restart.
func (y *year) until(last string) {
	y.t.Helper()
	for on := y.today().AddDays(1); !on.After(day(last)); on = on.AddDays(1) {
		y.clock.Set(on.At(7, 15))
		for range 2 {
			must(y.t)(y.ChaseDeadlines(y.t.Context(), y.papers))
			must(y.t)(y.WarnOfQuorum(y.t.Context()))
			must(y.t)(nil, y.post.DrainDue(y.t.Context()))
		}
	}
	y.clock.Set(day(last).At(12, 0))
}

func (y *year) call(iso string) Meeting {
	y.t.Helper()
	meeting, err := y.CallExtraordinaryMeeting(y.t.Context(), y.clerk, NewMeeting{ForumID: y.forum.ID, StartsAt: at(iso, 14, 0)})
	must(y.t)(nil, err)
	return meeting
}

// A reminder too many is a reminder nobody reads; one too few is a meeting without papers. Whatever is
// sent over the year that is not in this list, or is in it and not sent, fails.
func TestDeadlinesAreChasedOnceThroughAYear(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	must(t)(y.CancelMeeting(t.Context(), y.clerk, y.meeting.ID, 1, "Not this one"))
	must(t)(nil, y.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Exec(`insert into one_off_holiday (day, name) values ('2027-01-12', 'Day of mourning')`).Error
	}))
	christmas := y.call("2027-01-06") // papers due 17 December, agenda out 24 December, minutes out 14 January
	y.meeting = christmas
	never := y.call("2027-01-20")
	y.set(never, "status", Draft)

	y.until("2026-12-21")
	y.clock.Set(at("2026-12-23", 12, 0)) // nothing ran for two days
	y.until("2026-12-30")
	must(t)(y.says(y.hal, Apologies))
	y.until("2027-01-06")
	y.set(christmas, "status", Closed)
	y.until("2027-01-18")

	moved := y.call("2027-02-10") // papers due 26 January, agenda out 2 February
	y.until("2027-02-01")
	must(t)(y.MoveMeeting(t.Context(), y.clerk, MoveMeeting{MeetingID: moved.ID, Version: moved.Version, StartsAt: at("2027-02-24", 14, 0)})) // 9 February, 16 February, 3 March
	y.until("2027-02-08")
	y.set(moved, "agenda_version", 1)
	y.until("2027-02-24")
	y.set(moved, "status", Closed)
	y.until("2027-02-26")
	y.minutesOut(t, moved.ID)
	must(t)(nil, y.post.DrainDue(t.Context()))

	easter := y.call("2027-04-06") // papers due 18 March, agenda out 25 March; the clocks go forward on 28 March
	y.until("2027-03-31")
	must(t)(y.CancelMeeting(t.Context(), y.clerk, easter.ID, easter.Version, "No cases"))
	y.until("2027-09-01")

	autumn := y.call("2027-11-03") // papers due 19 October, agenda out 26 October, minutes out 10 November; the clocks go back on 31 October
	y.until("2027-10-18")
	y.set(autumn, "agenda_version", 1)
	y.until("2027-11-03")
	y.set(autumn, "status", Closed)
	y.until("2027-12-20")

	want := []string{
		"2026-12-15 Pia: papers_soon",
		"2026-12-18 Cleo: papers_late",
		"2026-12-24 Cleo: The agenda is due out", // two days late, for nothing ran on the 22nd and 23rd
		"2026-12-29 Cleo: The agenda is late", "2026-12-29 Cleo: Not quorate",
		"2026-12-29 Chris: The agenda is late", "2026-12-29 Chris: Not quorate",
		"2026-12-31 Cleo: Not quorate", "2026-12-31 Chris: Not quorate", // health sends apologies: worse
		"2027-01-13 Cleo: The minutes are due out",
		"2027-01-15 Cleo: The minutes are late", "2027-01-15 Chris: The minutes are late",

		"2027-01-22 Pia: papers_soon",
		"2027-01-27 Cleo: papers_late",
		"2027-01-29 Cleo: The agenda is due out",
		"2027-02-05 Pia: papers_soon", // anew after the move
		"2027-02-17 Cleo: Not quorate", "2027-02-17 Chris: Not quorate",

		"2027-03-16 Pia: papers_soon",
		"2027-03-19 Cleo: papers_late",
		"2027-03-23 Cleo: The agenda is due out",
		"2027-03-30 Cleo: The agenda is late", "2027-03-30 Cleo: Not quorate",
		"2027-03-30 Chris: The agenda is late", "2027-03-30 Chris: Not quorate",

		"2027-10-15 Pia: papers_soon",
		"2027-10-27 Cleo: Not quorate", "2027-10-27 Chris: Not quorate",
		"2027-11-09 Cleo: The minutes are due out",
		"2027-11-11 Cleo: The minutes are late", "2027-11-11 Chris: The minutes are late",
	}
	if diff := cmp.Diff(byDay(want), byDay(y.box.lines)); diff != "" {
		t.Errorf("what was sent (-wanted +sent):\n%s", diff)
	}
	if again, err := y.ChaseDeadlines(t.Context(), y.papers); again != 0 || err != nil {
		t.Errorf("%d more, %v", again, err)
	}
}

// byDay puts what is sent on one day in one order: different people's messages have none.
func byDay(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

// Ten replicas, or a job run again after a crash, send what one would.
func TestTheSameMorningTwiceAtOnceSendsOnce(t *testing.T) {
	t.Parallel()
	y := newYear(t) // the meeting is on 9 December: its papers were due when it was called
	y.clock.Set(at("2026-11-27", 7, 15))
	done := make(chan error, 3)
	for range 3 {
		go func() {
			_, err := y.ChaseDeadlines(t.Context(), y.papers)
			done <- err
		}()
	}
	for range 3 {
		must(t)(nil, <-done)
	}
	var twice int
	y.read(y.admin, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from (select 1 from outbox group by kind, ids, recipient having count(*) > 1) d`).Scan(&twice).Error
	})
	if twice != 0 {
		t.Errorf("%d notices were sent more than once", twice)
	}
}

// What is chased must still be owed when the message goes out.
func TestDeadlineMail(t *testing.T) {
	t.Parallel()
	g := newGathering(t) // papers due 26 November, agenda out 1 December, minutes out 16 December
	notice := func(kind notify.Kind) notify.Notice {
		return notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": g.meeting.ID}, To: g.clerk.PersonID}
	}
	post := g.post()
	g.clock.Set(at("2026-11-27", 8, 0))
	notifytest.Golden(t, post, notice(NoticeAgendaSoon), "agenda_soon")
	notifytest.NotSent(t, post, notice(NoticeAgendaLate))
	g.clock.Set(at("2026-12-02", 8, 0))
	notifytest.Golden(t, post, notice(NoticeAgendaLate), "agenda_late")
	notifytest.NotSent(t, post, notice(NoticeAgendaSoon))
	notifytest.Golden(t, post, notice(NoticeQuorumInDoubt), "quorum_in_doubt")
	g.set(g.meeting, "agenda_version", 1)
	notifytest.NotSent(t, post, notice(NoticeAgendaLate))
	notifytest.NotSent(t, post, notice(NoticeMinutesSoon))
	g.set(g.meeting, "status", Closed)
	g.clock.Set(at("2026-12-15", 8, 0))
	notifytest.Golden(t, post, notice(NoticeMinutesSoon), "minutes_soon")
	g.clock.Set(at("2026-12-17", 8, 0))
	notifytest.Golden(t, post, notice(NoticeMinutesLate), "minutes_late")
	g.minutesOut(t, g.meeting.ID)
	notifytest.NotSent(t, post, notice(NoticeMinutesLate))
}

// minutesOut ends the deadline for a meeting's minutes.
func (g *gathering) minutesOut(t *testing.T, id uuid.UUID) {
	t.Helper()
	must(t)(nil, g.DB.Write(t.Context(), g.clerk, func(tx db.Tx) error {
		meeting, err := LockMeeting(tx, id)
		if err != nil {
			return err
		}
		return MinutesAreOut(tx, meeting)
	}))
}

// The first time the minutes go out counts: sent again, they are not late, nor out anew.
func TestMinutesAreOutOnce(t *testing.T) {
	t.Parallel()
	g := newGathering(t)
	g.minutesOut(t, g.meeting.ID)
	g.clock.Advance(time.Hour)
	g.minutesOut(t, g.meeting.ID)
	if n := g.audited("meeting.minutes_out"); n != 1 {
		t.Errorf("%d times in the audit trail", n)
	}
}
