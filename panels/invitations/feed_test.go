package invitations_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

func (w *world) feed(p panels.Person, forum uuid.UUID) string {
	w.t.Helper()
	secret, err := w.invites.MakeFeed(w.t.Context(), w.actor(p), forum)
	w.must(err)
	return secret
}

func (w *world) gone(secret, why string) {
	w.t.Helper()
	if fetched, err := w.invites.Fetch(w.t.Context(), secret); !fault.Is(err, fault.NotFound) || len(fetched.Text) > 0 {
		w.t.Errorf("%s, it answers %v and %d bytes", why, err, len(fetched.Text))
	}
}

func lines(text []byte) string { return strings.ReplaceAll(string(text), "\r\n ", "") }

// Bytes that change by themselves make every phone in the county fetch and redraw each hour; bytes that
// do not change when a meeting does leave somebody waiting in an empty room.
func TestAFeedStaysTheSameUntilAMeetingChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	m := w.call(day("2026-12-08").At(13, 30))
	secret := w.feed(w.health, uuid.Nil)
	first, err := w.invites.Fetch(t.Context(), secret)
	w.must(err)
	w.clock.Advance(26 * time.Hour)
	second, err := w.invites.Fetch(t.Context(), secret)
	w.must(err)
	if !bytes.Equal(first.Text, second.Text) || first.ETag != second.ETag || !first.ChangedAt.Equal(second.ChangedAt) {
		t.Errorf("a day later it is %s of %s, before %s of %s", second.ETag, second.ChangedAt, first.ETag, first.ChangedAt)
	}
	w.move(m, day("2026-12-09").At(9, 0), "Library")
	third, err := w.invites.Fetch(t.Context(), secret)
	w.must(err)
	if third.ETag == second.ETag || !third.ChangedAt.After(second.ChangedAt) || !strings.Contains(lines(third.Text), "SEQUENCE:1\r\n") || !strings.Contains(lines(third.Text), "DTSTART;TZID=Europe/London:20261209T090000") {
		t.Errorf("moved, it is %s of %s:\n%s", third.ETag, third.ChangedAt, third.Text)
	}
	w.exec(`update meeting set status = 'draft' where id = ?`, m.ID)
	fourth, err := w.invites.Fetch(t.Context(), secret)
	w.must(err)
	if strings.Contains(string(fourth.Text), "VEVENT") {
		t.Errorf("it tells of a draft:\n%s", fourth.Text)
	}
	if !fourth.ChangedAt.After(third.ChangedAt) {
		t.Error("changed twice in a second, its date does not show it")
	}
}

// A secret address is somebody's for as long as they want it and have a right to it, and tells whoever
// guesses or finds it later nothing: not even that it was there.
func TestAFeedEndsWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.call(day("2026-12-08").At(13, 30))
	own, ofForum := w.feed(w.health, uuid.Nil), w.feed(w.health, w.forum.ID)
	for _, secret := range []string{own, ofForum} {
		fetched, err := w.invites.Fetch(t.Context(), secret)
		w.must(err)
		if strings.Count(string(fetched.Text), "BEGIN:VEVENT") != 1 {
			t.Errorf("it holds\n%s", fetched.Text)
		}
	}
	w.gone("MADEUP", "guessed")
	if _, err := w.invites.MakeFeed(t.Context(), w.actor(w.person("Somebody Else")), w.forum.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody without a seat is given the forum's calendar: %v", err)
	}
	if _, err := w.invites.MakeFeed(t.Context(), access.SignedOut, uuid.Nil); !fault.Is(err, fault.SignedOut) {
		t.Errorf("nobody is given a calendar: %v", err)
	}

	again := w.feed(w.health, uuid.Nil)
	w.gone(own, "made anew")
	var id uuid.UUID
	w.must(w.DB.Pool().QueryRow(t.Context(), `select id from calendar_feed where person_id = $1 and forum_id is null and revoked_at is null`, w.health.ID).Scan(&id))
	if err := w.invites.RevokeFeed(t.Context(), w.actor(w.chair), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else revokes it: %v", err)
	}
	w.must(w.invites.RevokeFeed(t.Context(), w.actor(w.health), id))
	w.gone(again, "revoked")
	if err := w.invites.RevokeFeed(t.Context(), w.actor(w.health), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("revoked twice: %v", err)
	}

	w.fill("NHS continuing health care", "", w.person("Orla Penn"), 0)
	w.gone(ofForum, "their seat is another's")
	chairs := w.feed(w.chair, uuid.Nil)
	w.exec(`update person set ended_on = ? where id = ?`, day("2026-11-26"), w.chair.ID)
	w.gone(chairs, "its person has left")
	var audited int
	w.must(w.DB.Pool().QueryRow(t.Context(), `select count(*) from audit_entry where object_kind = 'calendar_feed'`).Scan(&audited))
	if audited != 6 {
		t.Errorf("%d of 6 changes are in the audit trail", audited)
	}
}

// One's own calendar holds the meetings one is asked to, and a deputy who is not needed has no evening spoilt.
func TestAFeedHoldsOnlyOnesOwnMeetings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	deputy, presenter := w.person("Milo Swann"), w.person("Rhys Calder")
	w.fill("NHS continuing health care", "", deputy, 1)
	first, second := w.call(day("2026-12-08").At(13, 30)), w.call(day("2027-01-12").At(13, 30))
	w.call(day("2028-01-12").At(13, 30)) // beyond the feed's reach
	holds := func(p panels.Person, want ...panels.Meeting) {
		t.Helper()
		fetched, err := w.invites.Fetch(t.Context(), w.feed(p, uuid.Nil))
		w.must(err)
		if got := strings.Count(string(fetched.Text), "BEGIN:VEVENT"); got != len(want) {
			t.Errorf("%s has %d meetings, want %d", p.Name, got, len(want))
		}
		for _, m := range want {
			if !strings.Contains(lines(fetched.Text), "UID:"+m.ID.String()+"\r\n") {
				t.Errorf("%s lacks the meeting on %s", p.Name, m.On())
			}
		}
		for _, other := range []panels.Person{w.chair, w.clerk, w.health, deputy} {
			if strings.Contains(string(fetched.Text), other.Name) || strings.Contains(string(fetched.Text), other.Email) {
				t.Errorf("the calendar of %s names %s", p.Name, other.Name)
			}
		}
	}
	holds(w.health, first, second)
	holds(deputy)
	holds(presenter)
	_, err := w.ReplyToMeeting(t.Context(), w.actor(w.health), panels.NewReply{MeetingID: second.ID, Answer: panels.SendingDeputy, DeputyID: &deputy.ID, Via: panels.ByPage, Sequence: second.Sequence})
	w.must(err)
	holds(deputy, second)
	w.exec(`insert into agenda_item (id, meeting_id, kind, position, minutes, presenter_id, created_at) values (?, ?, 'standing', 1, 5, ?, now())`, uuid.New(), first.ID, presenter.ID)
	holds(presenter, first)
}

// A calendar set to come each second must not keep the panel from its room.
func TestAFeedThatIsFetchedTooOftenIsToldToWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	secret := w.feed(w.health, uuid.Nil)
	for range 60 {
		_, err := w.invites.Fetch(t.Context(), secret)
		w.must(err)
	}
	if _, err := w.invites.Fetch(t.Context(), secret); !fault.Is(err, fault.TooMany) {
		t.Errorf("the 61st time it answers %v", err)
	}
	w.clock.Advance(5 * time.Minute)
	if _, err := w.invites.Fetch(t.Context(), secret); err != nil {
		t.Errorf("five minutes later it answers %v", err)
	}
}

// A busy clerk's calendar is as quick as anybody's.
func TestAFeedAsksTheSameNumberOfTimesHoweverManyMeetings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	secret := w.feed(w.health, uuid.Nil)
	w.call(day("2026-12-08").At(13, 30))
	asked := func() int {
		before := w.statements()
		_, err := w.invites.Fetch(t.Context(), secret)
		w.must(err)
		return w.statements() - before
	}
	asked()
	one := asked()
	for i := range 40 {
		w.call(day("2027-01-05").AddDays(7*i).At(9, 30))
	}
	if many := asked(); many != one {
		t.Errorf("%d statements for one meeting, %d for 41", one, many)
	}
}
