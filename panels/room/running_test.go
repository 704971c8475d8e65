package room_test

import (
	"strings"
	"testing"
	"time"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

// deputyChair gives the forum a deputy chair.
func (h *house) deputyChair() access.Actor {
	h.t.Helper()
	person, seat := id(), id()
	h.owner(`insert into person (id, name, email, created_at) values ($1, 'Dee Deputy', $2, now())`, person, person.String()+"@example.org")
	h.owner(`insert into seat (id, forum_id, name, office, standing, position) values ($1, $2, 'Deputy chair', 'deputy_chair', 'in_attendance', 21)`, seat, h.forum.ID)
	h.owner(`insert into seat_holding (id, seat_id, person_id, deputy_order, from_date) values ($1, $2, $3, 0, '2026-01-01')`, id(), seat, person)
	return access.Actor{PersonID: person, Name: "Dee Deputy", Seats: []access.Seat{{SeatID: seat, ForumID: h.forum.ID, Office: access.DeputyChair, Standing: access.InAttendance}}}
}

// A break must cost no item its time, and nothing may be decided while people are out of the room.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.refused(h.chair, room.PauseMeeting{}, fault.Conflict, "This meeting has not started yet. The chair starts it.")
	h.inSession(h.chair, h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.clock.Advance(5 * time.Minute)
	h.refused(h.ann, room.PauseMeeting{}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.refused(h.chair, room.PauseMeeting{Text: strings.Repeat("x", 201)}, fault.Invalid, "Shorten what everybody is told to 200 characters or fewer")
	h.do(h.chair, room.PauseMeeting{Text: " Back at 11am "})
	h.clock.Advance(20 * time.Minute)

	view := h.sees(h.pia)
	if view.Meeting.PausedAt == nil || view.Meeting.PausedText != "Back at 11am" || !strings.HasSuffix(view.Meeting.StatusWords, ": Back at 11am") || view.Item.OpenedAt != nil || view.Item.SpentSince != 300 {
		t.Errorf("in the pause a presenter sees %+v, %+v", view.Meeting, view.Item)
	}
	if next := h.sees(h.chair).Me.Next; next == nil || next.Kind != room.NextResume {
		t.Errorf("the chair’s next step: %+v", next)
	}
	h.refused(h.chair, room.PauseMeeting{}, fault.Conflict, "The meeting is paused already.")
	paused := "The meeting is paused. The chair goes on with it first."
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, paused)
	h.refused(h.chair, room.OpenItem{ItemID: h.name.ID}, fault.Conflict, paused)
	h.do(h.eve, room.RecordAttendance{Present: true}) // whoever comes in the break is here
	h.do(h.chair, room.ResumeMeeting{})
	h.refused(h.chair, room.ResumeMeeting{}, fault.Conflict, "The meeting is not paused.")
	h.clock.Advance(5 * time.Minute)
	if item := h.sees(h.chair).Item; item.SpentSince != 300 || item.OpenedAt == nil || h.clock.Now().Sub(*item.OpenedAt) != 5*time.Minute {
		t.Errorf("after the pause: %+v", item)
	}
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.chair).Vote.ID
	h.refused(h.chair, room.PauseMeeting{}, fault.Conflict, "Voting on item 3 is open. Close it first.")
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.PauseMeeting{})
	h.do(h.chair, room.CloseMeeting{}) // a pause that nobody comes back from
	h.verify()
}

// An adjourned meeting is the same meeting: what was decided stands, what was not reached waits, whoever
// is invited is told, and nobody is taken to be in a room they have left.
func TestAdjournToADay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.chair, h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.standing.ID})
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.clock.Advance(10 * time.Minute)
	began := h.state().Meeting.StartsAt
	for _, c := range []struct {
		adjourn room.AdjournMeeting
		why     string
	}{
		{room.AdjournMeeting{}, "Enter why the meeting is adjourned"},
		{room.AdjournMeeting{Reason: "x", At: "10am"}, "Enter the day on which it goes on, or leave the time empty too"},
		{room.AdjournMeeting{Reason: "x", On: h.day(4)}, "Enter the time at which it goes on, like 9:30am"},
		{room.AdjournMeeting{Reason: "x", On: h.day(-2), At: "10am"}, "The day and time must be in the future"},
		{room.AdjournMeeting{Reason: "x", On: h.day(800), At: "10am"}, "The day must be within two years"},
		{room.AdjournMeeting{Reason: "x", On: h.day(4), At: "10am", Minutes: 601}, "Enter how many minutes it then lasts, between 5 and 600"},
		{room.AdjournMeeting{Reason: "x", On: clock.MustDate("2026-12-25"), At: "10am"}, "Friday 25 December 2026 is not a working day. Enter a working day, like Tuesday 29 December 2026"},
	} {
		h.refused(h.chair, c.adjourn, fault.Invalid, c.why)
	}
	next := h.next.StartsAt
	h.refused(h.chair, room.AdjournMeeting{Reason: "x", On: clock.DateOf(next), At: next.In(clock.London).Add(time.Hour).Format("15:04")}, fault.Invalid,
		"The forum meets on "+clock.Moment(next)+", until "+clock.Time(h.next.EndsAt)+". Enter another time")

	h.do(h.chair, room.AdjournMeeting{Reason: "A fire alarm", On: h.day(4), At: "2pm", Minutes: 45})
	state := h.state()
	then := h.day(4)
	goesOn := then.At(14, 0)
	if m := state.Meeting; m.Status != panels.Adjourned || !m.StartsAt.Equal(goesOn) || !m.EndsAt.Equal(goesOn.Add(45*time.Minute)) || m.FirstStartsAt == nil || !m.FirstStartsAt.Equal(began) || m.ActingChairID != nil {
		t.Fatalf("the adjourned meeting: %+v", m)
	}
	told := 0
	for _, job := range dbtest.Jobs(t, h.store.DB, panels.MeetingsChanged{}.Kind()) {
		told += strings.Count(string(job.Args), h.meeting.ID.String())
	}
	if told != 1 {
		t.Errorf("whoever keeps calendars right was told %d times", told)
	}
	view := h.sees(h.ann)
	if view.Me.Present || view.Meeting.StatusWords != "Adjourned until "+clock.Moment(goesOn) {
		t.Errorf("ann: %+v, %q", view.Me, view.Meeting.StatusWords)
	}
	if view.Items[0].Progress != room.Done || view.Items[1].Progress != room.Waiting || view.Items[2].Progress != room.Waiting {
		t.Errorf("what was reached: %+v", view.Items)
	}
	h.refused(h.chair, room.StartMeeting{}, fault.Conflict, "This meeting is adjourned until "+clock.Moment(goesOn)+". To go on sooner, move it first, so that everybody knows.")

	h.clock.Set(goesOn)
	h.do(h.chair, room.StartMeeting{})
	h.do(h.ann, room.RecordAttendance{Present: true})
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if item := h.sees(h.chair).Item; item.SpentSince != 600 {
		t.Errorf("the item that was broken off took %d seconds before", item.SpentSince)
	}
	h.do(h.chair, room.CloseMeeting{})
	m, err := h.minutes(h.ola)
	h.must(err)
	course := strings.Join(m.There.Course, "\n")
	for _, words := range []string{": The meeting has started", ": The meeting is adjourned until " + clock.Moment(goesOn) + ". A fire alarm", then.Long() + ", 2pm: The meeting goes on", "2pm: The meeting has closed"} {
		if !strings.Contains(course, words) {
			t.Errorf("the course of the meeting lacks %q:\n%s", words, course)
		}
	}
	if len(m.There.Present) != 3 || !strings.Contains(m.There.Present[1].Times, ", 2pm to the end") {
		t.Errorf("who was there: %+v", m.There.Present)
	}
	h.verify()
}

// day is so many days from now.
func (h *house) day(days int) clock.Date { return clock.DateOf(h.clock.Now()).AddDays(days) }

// A meeting that is adjourned and never goes on can be closed, and what it left comes to the next agenda.
func TestAnAdjournedMeetingCanBeClosed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`update agenda_item set reasons = '[{"rule": "by_hand", "text": "No provider"}]' where id = $1`, h.name.ID)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.do(h.chair, room.AdjournMeeting{Reason: "Not quorate"})
	h.refused(h.chair, room.OpenItem{ItemID: h.name.ID}, fault.Conflict, "This meeting is adjourned. The chair starts it again.")
	h.do(h.chair, room.CloseMeeting{})
	if n := h.count(`select count(*) from due where kind = 'put_over'`); n != 2 {
		t.Errorf("%d things come to the next agenda, want the case that was broken off and the request", n)
	}
}

// The chair's line drops: the deputy goes on, everybody sees who is in the chair, and two never run it.
func TestTheDeputyTakesOver(t *testing.T) {
	t.Parallel()
	h := setup(t)
	deputy := h.deputyChair()
	h.inSession(h.chair, h.ann, h.hal)
	if view := h.sees(deputy); view.Me.InChair || view.Me.Next != nil || view.Meeting.Chair != "Cleo Chair" {
		t.Errorf("the deputy while the chair is there: %+v", view.Me)
	}
	h.refused(deputy, room.OpenItem{ItemID: h.request.ID}, fault.Denied, "Cleo Chair is in the chair. To go on, take the chair first.")
	h.refused(h.chair, room.TakeChair{}, fault.Denied, "Cleo Chair is in the chair already.")
	h.refused(h.ann, room.TakeChair{}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.do(deputy, room.TakeChair{})
	if view := h.sees(h.ann); view.Meeting.Chair != "Dee Deputy" {
		t.Errorf("a member sees %q in the chair", view.Meeting.Chair)
	}
	h.do(deputy, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.FinishItem{ItemID: h.request.ID}, fault.Denied, "Dee Deputy is in the chair. To go on, take the chair first.")

	h.refused(deputy, room.HandChair{}, fault.Invalid, "Select who takes the chair")
	h.refused(deputy, room.HandChair{PersonID: h.ann.PersonID}, fault.Invalid, "Select a chair or deputy chair of this forum")
	h.refused(deputy, room.HandChair{PersonID: deputy.PersonID}, fault.Invalid, "You are in the chair already")
	h.do(h.chair, room.RecordAttendance{Present: false})
	h.refused(deputy, room.HandChair{PersonID: h.chair.PersonID}, fault.Invalid, "Cleo Chair is not recorded as here. Record that first")
	h.do(h.chair, room.RecordAttendance{Present: true})
	if to := h.sees(deputy).Chair.HandTo; len(to) != 1 || to[0].Text != "Cleo Chair" {
		t.Errorf("the deputy may hand over to %+v", to)
	}
	h.do(deputy, room.HandChair{PersonID: h.chair.PersonID})
	h.do(h.chair, room.FinishItem{ItemID: h.request.ID})
	h.do(h.chair, room.CloseMeeting{})
	m, err := h.minutes(h.ola)
	h.must(err)
	course := strings.Join(m.There.Course, "\n")
	if !strings.Contains(course, ": Dee Deputy takes the chair\n") || !strings.Contains(course, ": Cleo Chair takes the chair from Dee Deputy\n") {
		t.Errorf("the course of the meeting:\n%s", course)
	}
	h.verify()
}

// Who made the quorum up is asked years later, when they have all moved on.
func TestADecisionSaysWhoCounted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.do(h.sam, room.RecordAttendance{Present: true, Remote: true})
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.sam, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.ann, room.RecordAttendance{Present: false}) // after the vote
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	h.owner(`update seat_holding set to_date = from_date where person_id = $1`, h.sam.PersonID)
	want := room.Fact{Name: "Counted towards it", Text: "Ann Bell for Adult social care; Sam Reed for Health, deputy for Hal Hart, by video or phone"}
	found := false
	for _, fact := range h.sees(h.chair).Decision.Facts {
		found = found || fact == want
	}
	if !found {
		t.Errorf("the decision’s facts: %+v", h.sees(h.chair).Decision.Facts)
	}
	h.do(h.chair, room.CloseMeeting{})
	m, err := h.minutes(h.ola)
	h.must(err)
	capacity := ""
	for _, present := range m.There.Present {
		if present.Name == "Sam Reed" {
			capacity = present.Capacity
		}
	}
	if capacity != "deputy for Hal Hart, Health" {
		t.Errorf("somebody who has left the forum since came as %q", capacity)
	}
}

// Whoever is out hears that they are, and sees nothing until they are called back.
func TestDeliberationIsForTheTable(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, _ := h.guest()
	h.inSession(h.chair, h.ann, h.hal, h.pia, guest)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions})
	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Deliberation})
	state := h.state()
	moved := room.Event{Type: room.MoveStage{}.Type(), ItemID: &h.request.ID, Says: "Deliberation on item 3"}
	for name, c := range map[string]struct {
		actor access.Actor
		says  string
		out   bool
	}{
		"presenter": {h.pia, "Item 3 is deliberated in private from here", true},
		"observer":  {h.observer(), "Item 3 is deliberated in private from here", false},
		"member":    {h.ann, "Deliberation on item 3", false},
		"guest":     {guest, "Deliberation on item 3", false},
	} {
		viewer, _ := room.ViewerOf(state, c.actor)
		if got := viewer.Says(state, moved); got != c.says {
			t.Errorf("%s hears %q, want %q", name, got, c.says)
		}
		for _, person := range h.sees(h.chair).People {
			if person.PersonID == c.actor.PersonID && person.Out != c.out {
				t.Errorf("%s is out: %v, want %v", name, person.Out, c.out)
			}
		}
	}
}
