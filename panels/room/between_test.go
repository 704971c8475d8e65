package room_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"quorate/agendas"
	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const urgentWhy = "The placement ends on Friday"

// waitingRequest puts the house's request back among those that wait for the panel.
func (h *house) waitingRequest() {
	h.t.Helper()
	h.owner(`update funding_request set state = 'submitted', meeting_id = null where id = $1`, h.requestID)
	h.owner(`update agenda_item set state = 'removed', number = '' where request_id = $1`, h.requestID)
}

// closing is a Wednesday, four working days after the house's first day.
var closing = clock.MustDate("2026-12-02")

// inWriting opens a vote by correspondence on the request. From then on the house's meeting is that.
func (h *house) inWriting() uuid.UUID {
	h.t.Helper()
	h.waitingRequest()
	asked := room.Correspondence{ID: id(), RequestID: h.requestID, Why: urgentWhy, ClosesOn: closing}
	h.must(h.store.AskByCorrespondence(h.t.Context(), h.clerk, asked))
	h.meeting.ID = asked.ID
	return h.sees(h.chair).Vote.ID
}

func (h *house) between(actor access.Actor) room.BetweenPage {
	h.t.Helper()
	page, err := h.store.Between(h.t.Context(), actor, h.meeting.ID)
	h.must(err)
	return page
}

func (h *house) atTime(on clock.Date, hour int) {
	h.clock.Set(on.At(hour, 0))
}

// closes has the time of the vote come.
func (h *house) closes() {
	h.t.Helper()
	h.clock.Set(closing.At(17, 0))
	h.must(h.store.CloseCorrespondence(h.t.Context(), room.CorrespondenceCloses{MeetingID: h.meeting.ID}))
}

// Nobody meets for a vote in writing, so it takes no time that a meeting could be adjourned to.
func TestAMeetingIsAdjournedIntoTheTimeOfAVoteByCorrespondence(t *testing.T) {
	t.Parallel()
	h := setup(t)
	held := h.meeting.ID
	h.inWriting()
	h.meeting.ID = held
	h.inSession(h.chair)
	h.do(h.chair, room.AdjournMeeting{Reason: "A fire alarm", On: closing.AddDays(-1), At: "2pm"})
	if m := h.state().Meeting; m.Status != panels.Adjourned || !m.StartsAt.Equal(closing.AddDays(-1).At(14, 0)) {
		t.Errorf("the meeting: %s, %s", m.Status, m.StartsAt)
	}
}

// A panel that does not meet must still be asked whole: who is to pay for its position, the others for the
// quorum, and nobody else at all.
func TestAVoteByCorrespondenceAsksEverybodyWhoDecides(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	people, ids := h.waiting(room.NoticeCorrespondence)
	told := map[uuid.UUID]bool{}
	for _, person := range people {
		told[person] = true
	}
	if len(people) != 3 || !told[h.ann.PersonID] || !told[h.hal.PersonID] || !told[h.eve.PersonID] {
		t.Fatalf("told %v, want the three who decide", people)
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondence, IDs: ids, To: h.hal.PersonID}, "correspondence_asked")
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondence, IDs: ids, To: h.eve.PersonID}, "correspondence_asked_to_read")
	view := h.sees(h.hal)
	if view.Item == nil || view.Item.Request == nil || len(view.Vote.Split) != 2 || len(view.Me.Positions) != 1 || len(view.Me.Positions[0].May) == 0 {
		t.Fatalf("health sees %+v", view)
	}
	if len(h.sees(h.eve).Me.Positions) != 1 || h.sees(h.eve).Me.Positions[0].Barred == "" || !h.between(h.eve).MayRead {
		t.Errorf("education is not asked to pay, and may say that it has read it")
	}
	if n := h.count(`select count(*) from outbox where kind in ('vote_open', 'agenda_published')`); n != 0 {
		t.Errorf("%d messages about an agenda or a vote in a room nobody is in", n)
	}
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	notifytest.NotSent(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondence, IDs: ids, To: h.hal.PersonID})
}

// Voting that closes on a day nobody works, or at once, is voting that somebody misses.
func TestACorrespondenceClosesOnAWorkingDayAhead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.waitingRequest()
	today := clock.DateOf(h.clock.Now())
	for name, closes := range map[string]clock.Date{"today": today, "christmas": clock.MustDate("2026-12-25"), "none": {}, "next year": today.AddDays(90)} {
		err := h.store.AskByCorrespondence(t.Context(), h.clerk, room.Correspondence{ID: id(), RequestID: h.requestID, Why: urgentWhy, ClosesOn: closes})
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "closes_on" {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := h.store.AskByCorrespondence(t.Context(), h.clerk, room.Correspondence{ID: id(), RequestID: h.requestID, ClosesOn: closing})
	if f := fault.As(err); f == nil || f.Fields[0].Name != "why" {
		t.Errorf("without a reason: %v", err)
	}
	if n := h.count(`select count(*) from meeting where kind <> 'held'`); n != 0 {
		t.Errorf("%d begun all the same", n)
	}
}

// Sent twice by a slow line, it must not ask everybody twice.
func TestAskingTwiceAsksOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.waitingRequest()
	asked := room.Correspondence{ID: id(), RequestID: h.requestID, Why: urgentWhy, ClosesOn: closing}
	for range 2 {
		h.must(h.store.AskByCorrespondence(t.Context(), h.clerk, asked))
	}
	if n := h.count(`select count(*) from meeting where kind = 'correspondence'`); n != 1 {
		t.Errorf("%d votes by correspondence", n)
	}
	if people, _ := h.waiting(room.NoticeCorrespondence); len(people) != 3 {
		t.Errorf("told %d times", len(people))
	}
	asked.ID = id()
	if err := h.store.AskByCorrespondence(t.Context(), h.clerk, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("a request that is being decided was put to another vote: %v", err)
	}
}

// A member must not open a vote on the panel's behalf, nor a clerk decide as chair.
func TestWhoMayDecideBetweenMeetings(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.waitingRequest()
	asked := room.Correspondence{ID: id(), RequestID: h.requestID, Why: urgentWhy, ClosesOn: closing}
	for _, actor := range []access.Actor{h.ann, h.ola, h.pia, h.stranger} {
		if err := h.store.AskByCorrespondence(t.Context(), actor, asked); err == nil {
			t.Errorf("%s opened a vote", actor.Name)
		}
	}
	for _, actor := range []access.Actor{h.ann, h.clerk, h.pia, h.stranger} {
		if err := h.store.TakeChairsAction(t.Context(), actor, room.ChairsAction{ID: id(), RequestID: h.requestID, Why: urgentWhy}); err == nil {
			t.Errorf("%s took a chair’s action", actor.Name)
		}
	}
	if n := h.count(`select count(*) from urgent_business`); n != 0 {
		t.Errorf("%d begun", n)
	}
}

// Agreed in writing is agreed as in the room: each funder's own consent, a quorum of those who answered, the
// same form, and money from the day it binds.
func TestACorrespondenceIsDecidedByItsBallots(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	if q := h.sees(h.chair).Quorum; q.Quorate || q.Counted != 0 {
		t.Fatalf("before anybody answered: %+v", q)
	}
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.refused(h.chair, room.CloseVote{VoteID: vote}, fault.Conflict, "Voting cannot close yet: 1 position is still to come. It closes by itself on "+closing.LongWithWeekday()+" at 5pm.")
	h.refused(h.ben, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Reason: "No"}, fault.Conflict,
		"Adult social care’s position was already given by Ann Bell. Only they can change it before voting closes.")
	if seen := h.sees(h.hal).Vote.Voters; seen[0].Position != "" || !seen[0].Voted {
		t.Errorf("before the close health sees %+v", seen[0])
	}
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	if !h.between(h.chair).MayClose {
		t.Fatal("every position is in, and the chair may not close")
	}
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if people, ids := h.waiting(room.NoticeCorrespondenceClosed); len(people) != 1 || people[0] != h.chair.PersonID {
		t.Errorf("the close was told to %v", people)
	} else {
		notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondenceClosed, IDs: ids, To: h.chair.PersonID}, "correspondence_closed")
	}
	h.do(h.chair, room.ConfirmDecision{ItemID: h.theItem(), VoteID: &vote, Outcome: room.Agreed, Reasons: "Assessed need"})
	page := h.between(h.ann)
	if page.Decision == nil || page.Decision.Words != "Agreed" || page.Decision.BoundAt == nil || page.View.Meeting.Status != panels.Closed {
		t.Fatalf("decided: %+v", page)
	}
	if got := h.inForce(); got != 120450 {
		t.Errorf("%d pence a week in force", got)
	}
	if n := h.count(`select count(*) from funding_request where id = ? and state = 'decided'`, h.requestID); n != 1 {
		t.Error("the request still waits")
	}
	h.verify()
}

func (h *house) theItem() uuid.UUID {
	h.t.Helper()
	return h.between(h.chair).Line.ID
}

// Those who are not to pay still make the quorum, by saying that they have read it; nobody says it for them.
func TestTheQuorumIsCountedOfThoseWhoAnswer(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.QuorumMembers = 3 })
	vote := h.inWriting()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.refused(h.chair, room.CloseVote{VoteID: vote}, fault.Conflict,
		"Voting cannot close yet: there is no quorum, and 1 answer is still to come. It closes by itself on "+closing.LongWithWeekday()+" at 5pm.")
	h.refused(h.clerk, room.RecordAttendance{PersonID: h.eve.PersonID, Present: true}, fault.Conflict, "Nobody meets for this. Only a member themselves can say that they have read it.")
	h.do(h.eve, room.RecordAttendance{Present: true, Remote: true})
	if q := h.sees(h.chair).Quorum; !q.Quorate || q.Counted != 3 || q.Words != "Quorate: 3 members have answered and 3 are needed" {
		t.Fatalf("quorum: %+v", q)
	}
	if page := h.between(h.eve); !page.HasRead || page.MayRead {
		t.Errorf("education: %+v", page)
	}
	h.do(h.chair, room.CloseVote{VoteID: vote})
}

// Nobody may be outvoted by silence: without a quorum nothing is decided, and the request goes on by itself.
func TestWithoutAQuorumItGoesToTheNextMeeting(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.must(h.store.CloseCorrespondence(t.Context(), room.CorrespondenceCloses{MeetingID: h.meeting.ID}))
	if h.sees(h.chair).Vote == nil || !h.sees(h.chair).Vote.Open {
		t.Fatal("it closed before its time")
	}
	h.clock.Set(closing.At(17, 0))
	h.refused(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}, fault.Conflict, "Voting on item 1 has closed. Your position was not recorded.")
	h.closes()
	h.closes() // a job is done at least once
	page := h.between(h.chair)
	if page.Ending == nil || page.Ending.How != room.NoQuorum || page.View.Meeting.Status != panels.Closed || page.Decision != nil {
		t.Fatalf("ended: %+v", page)
	}
	people, ids := h.waiting(room.NoticeCorrespondenceLost)
	if len(people) != 2 {
		t.Errorf("told %v, want the chair and the clerk", people)
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondenceLost, IDs: ids, To: h.chair.PersonID}, "correspondence_lost")
	if n := h.count(`select count(*) from funding_request where id = ? and state = 'submitted' and meeting_id is null`, h.requestID); n != 1 {
		t.Error("the request does not wait for the panel again")
	}
	if n := h.count(`select count(*) from due where request_id = ? and kind = 'put_over' and done_at is null and text like '%had no quorum'`, h.requestID); n != 1 {
		t.Error("it comes to no agenda")
	}
	events := h.verify()
	if last := events[len(events)-1]; last.PersonID != nil || last.System != "correspondence" || last.Type != "vote.close" {
		t.Errorf("the close is recorded as %+v", last)
	}
}

// Who has opened it is for the chair and the clerk, and says nothing of how anybody votes.
func TestWhoHasOpenedItIsShownToChairAndClerk(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	for _, actor := range []access.Actor{h.hal, h.hal, h.pia, h.ola} {
		h.must(h.store.RecordOpening(t.Context(), actor, h.meeting.ID))
	}
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Reason: "CANARY-VOTE"})
	for _, actor := range []access.Actor{h.chair, h.clerk} {
		answers := h.between(actor).Answers
		opened, answered := []string{}, []string{}
		for _, line := range answers {
			if line.OpenedAt != nil {
				opened = append(opened, line.Name)
			}
			if line.Answered {
				answered = append(answered, line.Name)
			}
		}
		if len(answers) != 3 || strings.Join(opened, " ") != "Hal Hart" || strings.Join(answered, " ") != "Ann Bell" {
			t.Errorf("%s sees opened %v, answered %v of %v", actor.Name, opened, answered, answers)
		}
	}
	if shown := h.between(h.hal).Answers; shown != nil {
		t.Errorf("a member sees who has opened it: %v", shown)
	}
	if strings.Contains(h.shows(h.chair), "CANARY-VOTE") {
		t.Error("the chair sees how somebody voted before the close")
	}
}

// An interest takes somebody out in writing as at the table, and the vote passes to whoever stands in.
func TestAnInterestPassesTheVoteToTheDeputy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	h.refused(h.sam, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}, fault.Denied,
		"Hal Hart gives Health’s position. A deputy gives it only when the holder is away until voting closes, or has left for this item.")
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.hal, room.DeclareInterest{ItemID: h.theItem(), Kind: room.Family, Reason: "A cousin"})
	if page := h.between(h.hal); page.View.Item.Hidden == "" || page.Urgent.Why != "" || strings.Contains(h.shows(h.hal), "CANARY") {
		t.Errorf("whoever left still sees %+v", page.View.Item)
	}
	people, _ := h.waiting(room.NoticeCorrespondence)
	if last := people[len(people)-1]; last != h.sam.PersonID {
		t.Errorf("asked next: %v, want the deputy", last)
	}
	h.do(h.sam, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
}

// A holder on leave until after the close would leave their agency silent.
func TestADeputyAnswersForWhoeverIsAway(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`insert into absence (id, person_id, from_date, to_date, kind, recorded_by, recorded_at) values ($1, $2, $3, $4, 'leave', $2, now())`,
		id(), h.hal.PersonID, clock.DateOf(h.clock.Now()).String(), closing.String())
	vote := h.inWriting()
	h.do(h.sam, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
}

// Two working days and the day before: those who have not answered, and nobody who has.
func TestRemindersGoToThoseWhoHaveNotAnswered(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	remind := func(on clock.Date, want int) {
		t.Helper()
		h.atTime(on, 8)
		for i, expected := range []int{want, 0} { // however often it runs
			if told, err := h.store.RemindCorrespondence(t.Context()); err != nil || told != expected {
				t.Errorf("run %d on %s: %d told, %v; want %d", i+1, on, told, err, expected)
			}
		}
	}
	remind(clock.MustDate("2026-11-27"), 0)
	remind(clock.MustDate("2026-11-29"), 0) // a Sunday
	remind(clock.MustDate("2026-11-30"), 2)
	people, ids := h.waiting(room.NoticeCorrespondenceReminder)
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeCorrespondenceReminder, IDs: ids, To: h.hal.PersonID}, "correspondence_reminder")
	for _, person := range people {
		if person == h.ann.PersonID {
			t.Error("somebody who voted was reminded")
		}
	}
	h.do(h.eve, room.RecordAttendance{Present: true})
	remind(clock.MustDate("2026-12-01"), 1)
	remind(closing, 0)
	if line := h.between(h.clerk).Answers[1]; line.Name != "Hal Hart" || line.Reminded != 2 {
		t.Errorf("the clerk sees %+v", line)
	}
}

// Home is where a member sees that something waits, and for how long.
func TestHomeSaysWhatWaitsInWriting(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	waits := func(actor access.Actor) (waiting []room.WaitingCorrespondence) {
		h.must(h.read(actor, func(tx db.Tx) (err error) {
			waiting, err = room.CorrespondenceWaiting(tx)
			return err
		}))
		return waiting
	}
	if got := waits(h.hal); len(got) != 1 || !got[0].Gives || got[0].Confirms {
		t.Errorf("health: %+v", got)
	}
	if got := waits(h.eve); len(got) != 1 || got[0].Gives {
		t.Errorf("education: %+v", got)
	}
	if got := waits(h.chair); len(got) != 0 {
		t.Errorf("the chair: %+v", got)
	}
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.closes()
	if got := waits(h.hal); len(got) != 0 {
		t.Errorf("after the close: %+v", got)
	}
	if got := waits(h.chair); len(got) != 1 || !got[0].Confirms {
		t.Errorf("the chair is to confirm: %+v", got)
	}
}

// A chair acts for those who cannot wait, and commits nobody's money by it.
func TestAChairsActionBindsOnceEachFunderEndorses(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.waitingRequest()
	asked := room.ChairsAction{ID: id(), RequestID: h.requestID, Why: urgentWhy}
	for range 2 {
		h.must(h.store.TakeChairsAction(t.Context(), h.chair, asked))
	}
	h.meeting.ID = asked.ID
	item := h.theItem()
	agreed := room.ConfirmDecision{ItemID: item, Outcome: room.Agreed, Reasons: "Assessed need"}
	h.refused(h.chair, agreed, fault.Invalid, fault.As(func() error { _, err := h.try(h.chair, agreed); return err }()).Sentence)
	h.do(h.chair, room.ConfirmDecision{ItemID: item, Outcome: room.Provisional, Reasons: "Assessed need"})
	page := h.between(h.chair)
	if page.Decision == nil || page.Decision.BoundAt != nil || len(page.Decision.Needs) != 2 || len(page.Decision.Split) != 2 {
		t.Fatalf("decided: %+v", page.Decision)
	}
	if page.Decision.Split[0].WeeklyPence+page.Decision.Split[1].WeeklyPence != 120450 {
		t.Errorf("the split: %+v", page.Decision.Split)
	}
	h.do(h.ann, room.EndorseDecision{DecisionID: page.Decision.ID, AgencyID: h.asc.ID, Agreed: true})
	if h.binds(page.Decision.ID) {
		t.Fatal("it binds before health has endorsed")
	}
	h.do(h.hal, room.EndorseDecision{DecisionID: page.Decision.ID, AgencyID: h.health.ID, Agreed: true})
	if !h.binds(page.Decision.ID) || h.inForce() != 120450 {
		t.Error("it does not bind once both have endorsed")
	}
	if n := h.count(`select count(*) from due where kind = 'ratify' and source_id = ? and done_at is null`, page.Decision.ID); n != 1 {
		t.Error("endorsed, it is still to be ratified")
	}
	h.verify()
}

// What only people who meet can do must not be done to what nobody meets for.
func TestNobodyMeetsForWhatIsDecidedBetweenMeetings(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inWriting()
	for _, change := range []room.Change{
		room.StartMeeting{}, room.AdjournMeeting{Reason: "Fire"}, room.CloseMeeting{}, room.OpenItem{ItemID: h.theItem()}, room.FinishItem{ItemID: h.theItem()},
		room.PassItem{ItemID: h.theItem(), Reason: "No"}, room.OpenVote{ItemID: h.theItem(), Outcome: room.Agreed}, room.RatifyDecision{},
	} {
		h.refused(h.chair, change, fault.Conflict, "Nobody meets for this: it is decided between meetings. Nothing was recorded.")
	}
	if _, err := h.minutes(h.clerk); !fault.Is(err, fault.NotFound) {
		t.Errorf("it has minutes: %v", err)
	}
}

// It must not crowd out a meeting: no invitation, no reply, no deadline, no clash, no place among the next.
func TestWhatIsDecidedBetweenMeetingsIsNoMeetingToComeTo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inWriting()
	h.must(h.read(h.hal, func(tx db.Tx) error {
		mine, err := panels.MyMeetings(tx, 10)
		for _, m := range mine {
			if m.ID == h.meeting.ID {
				t.Error("it stands among the next meetings")
			}
		}
		if err != nil {
			return err
		}
		from, to := tx.Today().AddDays(-1), tx.Today().AddDays(30)
		plain, err := panels.ListMeetings(tx, from, to, h.forum.ID)
		if err != nil {
			return err
		}
		shown, _, err := panels.FindMeetings(tx, panels.MeetingFilter{From: from, To: to, Forum: h.forum.ID, Between: true})
		if len(shown) != len(plain)+1 {
			t.Errorf("%d meetings, and %d with what is decided between", len(plain), len(shown))
		}
		return err
	}))
	if n := h.count(`select count(*) from river_job where kind = 'meetings.changed'`); n != 0 {
		t.Errorf("%d announcements of a meeting", n)
	}
}

// A chair who began it in error, or learns better, takes it to the meeting instead; what was said stays.
func TestTheChairTakesItToTheNextMeetingInstead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	vote := h.inWriting()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.refused(h.clerk, room.StopBetween{Reason: "No hurry"}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.do(h.chair, room.StopBetween{Reason: "The provider gave two more weeks"})
	page := h.between(h.clerk)
	if page.Ending == nil || page.Ending.How != room.Stopped || page.Ending.Reason != "The provider gave two more weeks" {
		t.Fatalf("ended: %+v", page.Ending)
	}
	if n := h.count(`select count(*) from ballot where vote_id = ? and superseded_at is null`, vote); n != 1 {
		t.Error("a position that was given is gone")
	}
	if n := h.count(`select count(*) from funding_request where id = ? and state = 'submitted'`, h.requestID); n != 1 {
		t.Error("the request does not wait again")
	}
}

// nextAgenda builds and publishes the next meeting's agenda, opens its ratification there and makes it the
// house's meeting.
func (h *house) ratifying() agendas.Item {
	h.t.Helper()
	h.owner(`update meeting set agenda_version = 0 where id = $1`, h.next.ID)
	store := agendas.Store{DB: h.store.DB}
	_, err := store.BuildAgenda(h.t.Context(), h.clerk, h.next.ID)
	h.must(err)
	_, err = store.PublishAgenda(h.t.Context(), h.clerk, h.next.ID)
	h.must(err)
	h.clock.Set(h.next.StartsAt.Add(time.Minute))
	h.meeting = h.next
	var item agendas.Item
	h.must(h.read(h.clerk, func(tx db.Tx) error {
		return tx.Where("meeting_id = ? and kind = 'ratify'", h.next.ID).Take(&item).Error
	}))
	return item
}

// decidedInWriting has the request agreed by correspondence.
func (h *house) decidedInWriting() uuid.UUID {
	h.t.Helper()
	vote := h.inWriting()
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.theItem(), VoteID: &vote, Outcome: room.Agreed, Reasons: "Assessed need"})
	return h.between(h.chair).Decision.ID
}

// The next meeting hears of it without anybody remembering, says why it is there, and says yes or no once.
func TestTheNextMeetingRatifies(t *testing.T) {
	t.Parallel()
	h := setup(t)
	decision := h.decidedInWriting()
	h.do(h.chair, room.CorrectDecision{DecisionID: decision, Wrong: "Assessed need", Right: "Assessed needs", Reason: "A slip"})
	item := h.ratifying()
	if !strings.HasPrefix(item.Title, "Ratify: vote by correspondence of ") || item.Number == "" || len(item.Reasons) != 1 || !strings.Contains(item.Reasons[0].Text, urgentWhy) || item.CaseID == nil {
		t.Fatalf("the agenda has %+v", item)
	}
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: item.ID})
	h.refused(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Ratified: true}, fault.Conflict, "This item cannot be ratified now: 1 more member is needed. It comes to the next meeting.")
	h.do(h.hal, room.RecordAttendance{Present: true})
	view := h.sees(h.ann)
	if view.Item.Ratifies == nil || view.Item.Ratifies.Words != "Agreed" || !strings.HasPrefix(view.Item.Title, "Ratify: ") || !strings.HasSuffix(view.Item.Title, ", Noor Canary") || len(h.sees(h.chair).Item.Outcomes) != 0 {
		t.Fatalf("the item: %+v", view.Item)
	}
	if r := view.Item.Ratifies; r.Reasons != "Assessed need" || len(r.Corrections) != 1 || r.Corrections[0].Right != "Assessed needs" {
		t.Errorf("a decision that was corrected is put to the meeting as %+v", r)
	}
	h.refused(h.ann, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Ratified: true}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.do(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Ratified: true})
	if said := h.sees(h.ann).Item.Ratifies.Said; said != "Ratified" {
		t.Errorf("the meeting said %q", said)
	}
	h.refused(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Ratified: false, Reason: "No"}, fault.Conflict, "It is recorded already whether this decision is ratified.")
	if n := h.count(`select count(*) from due where kind = 'ratify' and source_id = ? and done_at is null`, decision); n != 0 {
		t.Error("ratified, it comes back again")
	}
	if !strings.Contains(h.verify()[h.state().Seq()-1].Record, `"kind":"ratification"`) {
		t.Error("the ratification is not on the record of the meeting that ratified")
	}
	if outcome := h.sees(h.ann).Item.Outcome; outcome != "Ratified" {
		t.Errorf("the agenda says %q of the item", outcome)
	}
}

// A decision taken between meetings that looks like any other is one nobody asks about: the register, the
// young person's page and the minutes say how it was made and what the next meeting said of it.
func TestHowADecisionWasMadeStandsWhereverItIsShown(t *testing.T) {
	t.Parallel()
	h := setup(t)
	decision := h.decidedInWriting()
	register := func(filter room.RegisterFilter) (lines []room.RegisterLine) {
		t.Helper()
		h.must(h.read(h.ann, func(tx db.Tx) (err error) {
			lines, _, err = room.Register(tx, h.forum.ID, filter, 0, 50)
			return err
		}))
		return lines
	}
	line := func() room.RegisterLine {
		t.Helper()
		lines := register(room.RegisterFilter{Kind: panels.Correspondence})
		if len(lines) != 1 || lines[0].ID != decision {
			t.Fatalf("the register: %+v", lines)
		}
		return lines[0]
	}
	if l := line(); l.KindWords() != "Vote by correspondence" || l.RatificationWords(l.Outcome) != "The next meeting is asked to ratify it" {
		t.Errorf("before the next meeting: %q, %q", l.KindWords(), l.RatificationWords(l.Outcome))
	}
	for name, c := range map[string]struct {
		filter room.RegisterFilter
		want   int
	}{
		"at a meeting": {room.RegisterFilter{Kind: panels.Held}, 0}, "by the chair": {room.RegisterFilter{Kind: panels.ChairsAction}, 0},
		"to be ratified": {room.RegisterFilter{State: room.RegisterToRatify}, 1}, "not ratified": {room.RegisterFilter{State: room.RegisterUnratified}, 0},
	} {
		if got := len(register(c.filter)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	item := h.ratifying()
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: item.ID})
	h.do(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Reason: "It could have waited"})
	said := "Not ratified at the meeting of " + clock.DateOf(h.next.StartsAt).Long() + ": It could have waited"
	if l := line(); l.RatificationWords(l.Outcome) != said || len(register(room.RegisterFilter{State: room.RegisterUnratified})) != 1 || len(register(room.RegisterFilter{State: room.RegisterToRatify})) != 0 {
		t.Errorf("after it: %q", l.RatificationWords(l.Outcome))
	}
	var ofCase []room.DecisionLine
	h.must(h.read(h.ann, func(tx db.Tx) (err error) { ofCase, err = room.DecisionsOfCase(tx, h.caseID); return err }))
	if len(ofCase) != 1 || ofCase[0].RatificationWords(ofCase[0].Outcome) != said {
		t.Errorf("the young person’s page: %+v", ofCase)
	}
	m, err := h.minutes(h.ann)
	h.must(err)
	at := slices.IndexFunc(m.Items, func(i room.MinuteItem) bool { return i.ID == item.ID })
	if at < 0 || m.Items[at].Ratifies == nil || !strings.HasSuffix(m.Items[at].Ratifies.Sentence(), "Why it could not wait: "+urgentWhy+". Not ratified: It could have waited.") || m.Items[at].Ratifies.WhatNow != "" {
		t.Errorf("the minutes: %+v", m.Items)
	}
	file, err := room.RegisterWorkbook("MAPaC", register(room.RegisterFilter{}))
	h.must(err)
	book, err := excelize.OpenReader(bytes.NewReader(file))
	h.must(err)
	rows, err := book.GetRows("Decisions")
	h.must(err)
	cells := map[string]string{}
	for i, heading := range rows[0] {
		if i < len(rows[1]) {
			cells[heading] = rows[1][i]
		}
	}
	for heading, want := range map[string]string{
		"Forum": "MAPaC", "Meeting": line().StartsAt.Format("2 January 2006"), "How it was made": "Vote by correspondence", "Outcome": "Agreed", "How it stands": "Binds", "Ratification": said,
		"A week": "£1,204.50", "Once": "£300.00", "Starts": "4 January 2027",
	} {
		if cells[heading] != want {
			t.Errorf("%s: %q in the workbook, want %q", heading, cells[heading], want)
		}
	}
}

// Not ratified, it still stands: a no must undo nothing by itself, and must never be lost.
func TestNotRatifiedChangesNothingAndIsOnTheRecord(t *testing.T) {
	t.Parallel()
	h := setup(t)
	decision := h.decidedInWriting()
	item := h.ratifying()
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: item.ID})
	h.refused(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision}, fault.Invalid, "Enter why it is not ratified")
	h.do(h.chair, room.RatifyDecision{ItemID: item.ID, DecisionID: decision, Reason: "It could have waited"})
	if !h.binds(decision) || h.inForce() != 120450 {
		t.Error("a decision that was not ratified no longer binds")
	}
	page, err := h.page(h.chair, decision)
	h.must(err)
	if page.WhatNow == "" || !strings.Contains(h.sees(h.chair).Item.Ratifies.WhatNow, "stands until the panel decides again") {
		t.Error("the chair is not told what to do")
	}
	found := ""
	for _, fact := range page.Decision.Facts {
		if fact.Name == "Ratification" {
			found = fact.Text
		}
	}
	if !strings.HasSuffix(found, ": It could have waited") || !strings.HasPrefix(found, "Not ratified at the meeting of ") {
		t.Errorf("the record says %q", found)
	}
	if other, err := h.page(h.ann, decision); err != nil || other.WhatNow != "" {
		t.Errorf("a member is told what the chair is to do: %v", err)
	}
}
