package invitations_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/invitations"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A calendar takes an update only from the same organiser, under the same name and a higher sequence:
// any other is a second meeting, or is ignored, and somebody sits in the wrong room.
func TestAMeetingFollowsItsInvitationThroughItsLife(t *testing.T) {
	t.Parallel()
	for _, inbound := range []string{"", "reply.example.org"} {
		w := newWorld(t, inbound)
		m := w.call(day("2026-12-08").At(13, 30))
		w.act()
		w.must(w.post.DrainDue(t.Context()))
		if len(w.box.got) != 0 {
			t.Fatal("nobody is told before the ten minutes are over")
		}
		first := w.settle()
		if len(first) != 3 {
			t.Fatalf("%d of 3 were invited", len(first))
		}
		invited := to(w.health, first)[0]
		organiser := says(t, invited, "ORGANIZER")
		switch {
		case inbound == "" && !strings.HasSuffix(organiser, ":mailto:mapac@example.org"):
			t.Errorf("the organiser is %s, not the forum's mailbox", organiser)
		case inbound != "" && !strings.HasSuffix(organiser, "@reply.example.org"):
			t.Errorf("the organiser is %s, not an address of the invitation's own", organiser)
		}
		if !strings.HasSuffix(organiser, ":mailto:"+invited.From.Email) {
			t.Errorf("it comes from %s and is organised by %s", invited.From.Email, organiser)
		}
		if inbound != "" && invited.From == to(w.chair, first)[0].From {
			t.Error("two people share an organiser's address")
		}
		for _, other := range []panels.Person{w.chair, w.clerk} {
			if strings.Contains(string(invited.Calendar.Text)+invited.Text, other.Name) || strings.Contains(string(invited.Calendar.Text), other.Email) {
				t.Errorf("the invitation names %s, who is asked as well", other.Name)
			}
		}

		m = w.move(m, day("2026-12-10").At(9, 30), "Town Hall")
		moved := to(w.health, w.settle())
		m = w.move(m, day("2026-12-10").At(9, 30), "Library")
		elsewhere := to(w.health, w.settle())
		m = w.cancel(m)
		cancelled := to(w.health, w.settle())
		w.exec(`update meeting set status = 'scheduled', sequence = sequence + 1, version = version + 1 where id = ?`, m.ID)
		w.must(w.invites.Invite(t.Context(), panels.MeetingsChanged{Meetings: []uuid.UUID{m.ID}}))
		restored := to(w.health, w.settle())

		all := slices.Concat([]notify.Message{invited}, moved, elsewhere, cancelled, restored)
		var methods, sequences, subjects []string
		for _, message := range all {
			methods = append(methods, message.Calendar.Method)
			sequences = append(sequences, says(t, message, "SEQUENCE"))
			subjects = append(subjects, message.Subject)
			if says(t, message, "UID") != m.ID.String() || says(t, message, "ORGANIZER") != organiser || !strings.HasSuffix(says(t, message, "ATTENDEE"), ":mailto:"+w.health.Email) {
				t.Errorf("%s is of another meeting:\n%s", message.Subject, message.Calendar.Text)
			}
			if says(t, message, "METHOD") != message.Calendar.Method || strings.Contains(message.Text+message.HTML+string(message.Calendar.Text), testCanary) {
				t.Errorf("%s says\n%s\n%s", message.Subject, message.Text, message.Calendar.Text)
			}
		}
		if want := []string{"REQUEST", "REQUEST", "REQUEST", "CANCEL", "REQUEST"}; !slices.Equal(methods, want) {
			t.Errorf("methods %v of %q", methods, subjects)
		}
		if want := []string{"0", "1", "2", "3", "4"}; !slices.Equal(sequences, want) {
			t.Errorf("sequences %v", sequences)
		}
		if says(t, cancelled[0], "STATUS") != "CANCELLED" {
			t.Errorf("cancelled as\n%s", cancelled[0].Calendar.Text)
		}
	}
}

// A clerk who corrects a date three times must not send three dates.
func TestManyEditsWithinTenMinutesAreOneMessageOrNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	m := w.call(day("2026-12-08").At(13, 30))
	w.act()
	w.clock.Advance(3 * time.Minute)
	m = w.move(m, day("2026-12-09").At(13, 30), "")
	w.act()
	w.clock.Advance(3 * time.Minute)
	m = w.move(m, day("2026-12-10").At(14, 0), "")
	got := to(w.health, w.settle())
	if len(got) != 1 || !strings.HasPrefix(got[0].Subject, "Invitation: ") || says(t, got[0], "DTSTART") != "TZID=Europe/London:20261210T140000" {
		t.Fatalf("%d messages: %+v", len(got), got)
	}

	there := m.StartsAt
	m = w.move(m, day("2026-12-11").At(9, 0), "")
	w.act()
	m = w.move(m, there, "")
	if got := w.settle(); len(got) != 0 {
		t.Errorf("moved away and back, and told %d times: %s", len(got), got[0].Subject)
	}
	fleeting := w.call(day("2026-12-15").At(9, 0))
	w.act()
	w.cancel(fleeting)
	if got := w.settle(); len(got) != 0 {
		t.Errorf("called and cancelled, and told: %s", got[0].Subject)
	}
	for _, past := range []time.Duration{time.Hour, 24 * time.Hour} {
		soon := w.call(w.clock.Now().Add(past))
		w.act()
		w.clock.Advance(past + 3*time.Hour)
		w.must(w.post.DrainDue(t.Context()))
		if got := to(w.health, w.box.got); len(got) > 1 {
			t.Errorf("invited to a meeting that is over: %s, %s", got[1].Subject, soon.ID)
		}
	}
}

// Nobody comes to a meeting that a clerk is still thinking about.
func TestADraftIsToldToNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	m := w.call(day("2026-12-08").At(13, 30))
	w.exec(`update meeting set status = 'draft' where id = ?`, m.ID)
	if got := w.settle(); len(got) != 0 {
		t.Fatalf("told of a draft: %s", got[0].Subject)
	}
	w.exec(`update meeting set status = 'scheduled', sequence = sequence + 1 where id = ?`, m.ID)
	w.must(w.invites.Invite(t.Context(), panels.MeetingsChanged{Meetings: []uuid.UUID{m.ID}}))
	if got := w.settle(); len(got) != 3 {
		t.Errorf("published, and %d of 3 are told", len(got))
	}
}

// Who leaves a seat keeps no meetings that are none of theirs any more; who follows has them all.
func TestASeatsNewHolderIsInvitedAndTheFormerIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "reply.example.org")
	for _, iso := range []string{"2026-12-08", "2027-01-12"} {
		w.call(day(iso).At(13, 30))
	}
	w.settle()
	next := w.person("Orla Penn")
	w.fill("NHS continuing health care", "", next, 0)
	got := w.settle()
	former, follows := to(w.health, got), to(next, got)
	if len(got) != 4 || len(former) != 2 || len(follows) != 2 {
		t.Fatalf("%d to the former holder, %d to the next, of %d", len(former), len(follows), len(got))
	}
	for _, m := range former {
		if m.Calendar.Method != "CANCEL" || !strings.HasPrefix(m.Subject, "No longer asked to come: ") || strings.Contains(m.Text, "/meetings/") || strings.Contains(m.Text, "/reply/") {
			t.Errorf("the former holder reads %s\n%s", m.Subject, m.Text)
		}
	}
	if follows[0].Calendar.Method != "REQUEST" {
		t.Error("the next holder is not asked")
	}
	w.fill("NHS continuing health care", "", w.health, 0)
	back := to(w.health, w.settle())
	if len(back) != 2 || !strings.HasPrefix(back[0].Subject, "On again: ") || says(t, back[0], "SEQUENCE") != "2" {
		t.Errorf("back in their seat, they read %+v", back)
	}
}

// A deputy who is sent knows where and when, and knows when they are no longer needed.
func TestADeputySentByAReplyIsInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	deputy := w.person("Milo Swann")
	w.fill("NHS continuing health care", "", deputy, 1)
	m := w.call(day("2026-12-08").At(13, 30))
	if got := to(deputy, w.settle()); len(got) != 0 {
		t.Fatalf("a deputy nobody sends is invited: %s", got[0].Subject)
	}
	say := func(answer panels.Answer, who *uuid.UUID) {
		t.Helper()
		_, err := w.ReplyToMeeting(t.Context(), w.actor(w.health), panels.NewReply{MeetingID: m.ID, Answer: answer, DeputyID: who, Via: panels.ByPage, Sequence: m.Sequence})
		w.must(err)
	}
	carried := func(list []notify.Message) (methods []string) {
		for _, message := range list {
			if message.Calendar != nil {
				methods = append(methods, message.Calendar.Method)
			}
		}
		return methods
	}
	say(panels.SendingDeputy, &deputy.ID)
	if got := w.settle(); !slices.Equal(carried(to(deputy, got)), []string{"REQUEST"}) || len(to(w.health, got)) != 0 {
		t.Errorf("sent, and told %v", carried(got))
	}
	say(panels.Attending, nil)
	if got := w.settle(); !slices.Equal(carried(to(deputy, got)), []string{"CANCEL"}) {
		t.Errorf("no longer needed, and told %v", carried(got))
	}
	// A change of place keeps the answer; a change of day asks again.
	m = w.move(m, m.StartsAt, "Library")
	if got := to(w.health, w.settle()); !strings.Contains(says(t, got[0], "ATTENDEE"), "PARTSTAT=ACCEPTED") {
		t.Errorf("asked again by\n%s", got[0].Calendar.Text)
	}
	m = w.move(m, day("2026-12-09").At(9, 0), "Library")
	if got := to(w.health, w.settle()); !strings.Contains(says(t, got[0], "ATTENDEE"), "PARTSTAT=NEEDS-ACTION") {
		t.Errorf("not asked again by\n%s", got[0].Calendar.Text)
	}
}

// A refused invitation is neither forgotten nor believed; the clerk sees it and sends it again.
func TestAnInvitationThatFailedIsSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	m := w.call(day("2026-12-08").At(13, 30))
	standing := func() (s invitations.Standing) {
		t.Helper()
		w.must(w.DB.Read(t.Context(), w.admin, func(tx db.Tx) error {
			list, err := invitations.StandingsOf(tx, m)
			s = list[slices.IndexFunc(list, func(s invitations.Standing) bool { return s.PersonID == w.health.ID })]
			return err
		}))
		return s
	}
	w.act()
	if s := standing(); s.State != invitations.Waiting || s.MayGoAgain() || !s.At.Equal(w.clock.Now().Add(10*time.Minute)) {
		t.Errorf("waiting, it stands as %+v", s)
	}
	w.box.refusal = notify.Permanent{Err: errNoSuchMailbox}
	w.settle()
	if s := standing(); s.State != invitations.Refused || !s.MayGoAgain() {
		t.Errorf("refused, it stands as %+v", s)
	}
	w.box.refusal = nil
	again := func(actor access.Actor) error { return w.invites.SendAgain(t.Context(), actor, m.ID, w.health.ID) }
	if err := again(w.actor(w.health)); !fault.Is(err, fault.Denied) {
		t.Errorf("a member sends invitations again: %v", err)
	}
	w.must(again(w.actor(w.clerk)))
	w.must(w.post.DrainDue(t.Context()))
	if got := to(w.health, w.box.got); len(got) != 1 || says(t, got[0], "SEQUENCE") != "0" {
		t.Fatalf("sent again as %+v", got)
	}
	if s := standing(); s.State != invitations.Arrived || s.At.IsZero() {
		t.Errorf("arrived, it stands as %+v", s)
	}
	w.must(again(w.actor(w.chair)))
	w.must(w.post.DrainDue(t.Context()))
	if got := to(w.health, w.box.got); len(got) != 2 || says(t, got[1], "SEQUENCE") != "0" || says(t, got[1], "UID") != says(t, got[0], "UID") {
		t.Errorf("the same again is %+v", got)
	}
	if err := w.invites.SendAgain(t.Context(), w.actor(w.clerk), m.ID, w.admin.PersonID); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody who is not asked is invited: %v", err)
	}
	m = w.cancel(m)
	if err := again(w.actor(w.clerk)); !fault.Is(err, fault.Conflict) {
		t.Errorf("a cancelled meeting's invitation goes out again: %v", err)
	}
}

var errNoSuchMailbox = fault.New(fault.Invalid, "No such mailbox")

// A year of a panel for twelve people is one question to the database, not three hundred.
func TestInvitingAYearAsksTheSameNumberOfTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	few, many := []uuid.UUID{w.call(day("2026-12-08").At(13, 30)).ID}, []uuid.UUID{}
	for i := range 26 {
		many = append(many, w.call(day("2027-01-05").AddDays(14*i).At(13, 30)).ID)
	}
	for _, seat := range w.seats()[2:] {
		if len(seat.Holders) == 0 {
			_, err := w.FillSeat(t.Context(), w.admin, panels.NewHolding{SeatID: seat.ID, PersonID: w.person("Member of " + seat.ID.String()).ID})
			w.must(err)
		}
	}
	asked := func(meetings []uuid.UUID) int {
		t.Helper()
		before := w.statements()
		w.must(w.invites.Invite(t.Context(), panels.MeetingsChanged{Meetings: meetings}))
		return w.statements() - before
	}
	one, all := asked(few), asked(many)
	var rows int
	w.must(w.DB.Read(t.Context(), w.admin, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from outbox where kind = ?`, invitations.Notice).Row().Scan(&rows)
	}))
	if rows < 27*8 {
		t.Fatalf("only %d invitations of 27 meetings", rows)
	}
	if all > one {
		t.Errorf("%d statements for one meeting, %d for 26 (%d invitations)", one, all, rows)
	}
	t.Logf("%d invitations in %d statements", rows, all)
}

// What is sent is read by people before it is sent to people.
func TestEveryInvitationSaysWhatItsFileSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "reply.example.org")
	m := w.call(day("2026-12-08").At(13, 30))
	to := func(p panels.Person) notify.Notice {
		return notify.Notice{Kind: invitations.Notice, IDs: notify.IDs{"meeting": m.ID}, To: p.ID}
	}
	notifytest.Golden(t, w.post, to(w.health), "invited")
	notifytest.NotSent(t, w.post, to(w.person("Somebody Else")))
	w.settle()
	notifytest.NotSent(t, w.post, to(w.health)) // nothing has changed
	m = w.move(m, day("2026-12-10").At(9, 30), "Town Hall")
	notifytest.Golden(t, w.post, to(w.health), "moved")
	w.settle()
	m = w.move(m, m.StartsAt, "Library")
	notifytest.Golden(t, w.post, to(w.health), "changed")
	w.settle()
	next := w.person("Orla Penn")
	w.fill("NHS continuing health care", "", next, 0)
	notifytest.Golden(t, w.post, to(w.health), "no_longer_asked")
	w.settle()
	w.fill("NHS continuing health care", "", w.health, 0)
	notifytest.Golden(t, w.post, to(w.health), "on_again")
	w.settle()
	m = w.cancel(m)
	notifytest.Golden(t, w.post, to(w.health), "cancelled")

	other := newWorld(t, "")
	m = other.call(day("2026-12-08").At(13, 30))
	notifytest.Golden(t, other.post, to(other.chair), "invited_by_mailbox")
}

// A meeting is moved back at the very moment its move is being written to somebody. Unless they hear of
// that too, their calendar has the wrong day for good.
func TestAMeetingMovedBackWhileItsMoveIsWrittenIsToldAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	m := w.move(w.call(day("2026-12-08").At(13, 30)), day("2026-12-08").At(14, 0), "")
	w.settle()
	there := m.StartsAt
	m = w.move(m, day("2026-12-11").At(9, 0), "")
	w.act()
	w.clock.Advance(10 * time.Minute)

	box := w.post.Driver
	w.post.Driver = nil
	w.must(w.post.Drain(t.Context(), w.health.ID)) // it stands in their inbox; what is left is the message
	w.post.Driver = box

	stuck := func() (n int) { // how many sessions of this database wait for a lock
		w.must(w.DB.Pool().QueryRow(t.Context(), `
			select count(distinct l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
			where not l.granted`).Scan(&n))
		return n
	}
	until := func(n int) {
		for range 500 {
			if stuck() >= n {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	held, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	var errs [3]error
	wait.Go(func() {
		errs[0] = w.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
			err := tx.Exec(`select from invitation where meeting_id = ? for update`, m.ID).Error
			close(held)
			<-release
			return err
		})
	})
	<-held
	wait.Go(func() { errs[1] = w.post.Drain(t.Context(), w.health.ID) })
	until(1) // it has read the meeting, and waits to write down what it tells
	m = w.move(m, there, "")
	w.seen++ // its job runs here
	done := make(chan struct{})
	wait.Go(func() {
		defer close(done)
		errs[2] = w.invites.Invite(t.Context(), panels.MeetingsChanged{Meetings: []uuid.UUID{m.ID}})
	})
	for range 100 { // until it waits as well, or is done
		select {
		case <-done:
		default:
			if stuck() < 2 {
				time.Sleep(10 * time.Millisecond)
				continue
			}
		}
		break
	}
	close(release)
	wait.Wait()
	w.must(errors.Join(errs[:]...))

	w.settle()
	got := to(w.health, w.box.got)
	if last := got[len(got)-1]; len(got) != 3 || says(t, last, "DTSTART") != "TZID=Europe/London:20261208T140000" || says(t, last, "SEQUENCE") <= says(t, got[1], "SEQUENCE") {
		t.Errorf("%d messages, the last: %s, %s", len(got), last.Subject, says(t, last, "DTSTART"))
	}
}

// A calendar that keeps a forum's old name sends people looking for a meeting nobody has heard of.
func TestAForumsNewNameReachesTheCalendarsOfItsMeetingsToCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.call(day("2026-12-08").At(13, 30))
	before := to(w.health, w.settle())[0]
	changed := w.forum
	changed.MailboxEmail = "panel@example.org"
	changed, err := w.ChangeForum(t.Context(), w.admin, changed)
	w.must(err)
	if told := w.settle(); len(told) != 0 {
		t.Errorf("%d were told of a mailbox that nobody's calendar shows", len(told))
	}
	changed.Name = "Joint funding panel"
	_, err = w.ChangeForum(t.Context(), w.admin, changed)
	w.must(err)
	told := to(w.health, w.settle())
	if len(told) != 1 || says(t, told[0], "SUMMARY") != "Joint funding panel" || says(t, told[0], "UID") != says(t, before, "UID") || says(t, told[0], "SEQUENCE") <= says(t, before, "SEQUENCE") {
		t.Fatalf("told %d times: %+v", len(told), told)
	}
}
