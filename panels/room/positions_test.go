package room_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func spoken(terms *panels.Terms) { terms.VotingMethod, terms.ConfirmDays = panels.Spoken, 5 }

// written is what waits for somebody to confirm or dispute it, in the room.
func (h *house) written(actor access.Actor) []room.WrittenView {
	h.t.Helper()
	return h.sees(actor).Me.Written
}

// record is what stands beside an agency's position in the item's latest vote.
func (h *house) record(actor access.Actor, agency string) room.VoterView {
	h.t.Helper()
	for _, voter := range h.sees(actor).Vote.Voters {
		if voter.For == agency {
			return voter
		}
	}
	h.t.Fatalf("%s gives no position", agency)
	return room.VoterView{}
}

// read reads something as somebody.
func read[T any](h *house, actor access.Actor, what func(db.Tx) (T, error)) (out T) {
	h.t.Helper()
	h.must(h.store.DB.Read(h.t.Context(), actor, func(tx db.Tx) (err error) {
		out, err = what(tx)
		return err
	}))
	return out
}

// In a forum that votes aloud the clerk writes positions down, and each member says whether it is so: an
// agency would otherwise be bound by what somebody else heard.
func TestSpokenPositionsAreConfirmedOrDisputed(t *testing.T) {
	t.Parallel()
	h := setup(t, spoken)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.refused(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent}, fault.Conflict,
		"This forum votes aloud: the clerk records each position.")
	h.do(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent, Condition: "Reviewed in a year", Reason: "New provider"})
	h.refused(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Eve Lane"], Position: room.Consent}, fault.Conflict,
		"Nobody who may speak for Education is here for this item.")
	if events := h.verify(); events[len(events)-1].Says != "2 of 2 positions are recorded on item 3" {
		t.Errorf("the room hears %q", events[len(events)-1].Says)
	}

	mine := h.written(h.hal)
	if len(mine) != 1 || mine[0].For != "Health" || mine[0].Words != "Agrees with conditions" || mine[0].Condition != "Reviewed in a year" || mine[0].By != "Clem Clerk" ||
		mine[0].Until != clock.MustDate("2026-12-03") {
		t.Fatalf("written down for Hal: %+v", mine)
	}
	if others := h.written(h.clerk); len(others) != 0 {
		t.Errorf("the clerk is asked to confirm %+v", others)
	}
	ballot := mine[0].BallotID
	h.refused(h.ann, room.ConfirmPosition{BallotID: ballot}, fault.NotFound, "That position is not yours.")
	h.refused(h.hal, room.ConfirmPosition{BallotID: ballot, Disputed: true, Text: " "}, fault.Invalid, "Enter what you said")
	if got := h.record(h.ola, "Health").Record; got != "Spoken; written down by Clem Clerk. Not confirmed yet" {
		t.Errorf("beside it stands %q", got)
	}
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.ann, room.ConfirmPosition{BallotID: h.written(h.ann)[0].BallotID})
	h.do(h.hal, room.ConfirmPosition{BallotID: ballot, Disputed: true, Text: "I said half a year"})

	// A dispute reopens nothing: the vote stands as it was counted.
	health, asc := h.record(h.ann, "Health"), h.record(h.ann, "Adult social care")
	if !health.Disputed || health.Record != "Spoken; written down by Clem Clerk. Disputed on 26 November 2026: “I said half a year”" || health.Condition != "Reviewed in a year" {
		t.Errorf("Health: %+v", health)
	}
	if asc.Disputed || asc.Record != "Spoken; written down by Clem Clerk. Confirmed on 26 November 2026" {
		t.Errorf("Adult social care: %+v", asc)
	}
	if view := h.sees(h.chair).Vote; !view.Carried || view.Open {
		t.Errorf("the vote is %+v", view)
	}
	if left := h.written(h.hal); len(left) != 0 {
		t.Errorf("Hal is asked again: %+v", left)
	}
	if n := h.count(`select count(*) from position_answer`); n != 2 {
		t.Errorf("%d answers are kept", n)
	}
	people, ids := h.waiting(room.NoticePositionDisputed)
	slices.SortFunc(people, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	want := []uuid.UUID{h.chair.PersonID, h.clerk.PersonID}
	slices.SortFunc(want, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	if !slices.Equal(people, want) {
		t.Errorf("told of the dispute: %v, want the chair and the clerk", people)
	}
	notice := notify.Notice{Kind: room.NoticePositionDisputed, IDs: ids, To: h.chair.PersonID}
	notifytest.Golden(t, h.post(), notice, "position_disputed")
	disputed := read(h, h.clerk, room.PositionsDisputed)
	if len(disputed) != 1 || disputed[0].Item != "3" {
		t.Errorf("the clerk’s Home lists %+v", disputed)
	}
	if others := read(h, h.ann, room.PositionsDisputed); len(others) != 0 {
		t.Errorf("a member’s Home lists %+v", others)
	}

	// It can be taken back: both answers are kept, and the chair is not told of what no longer stands.
	h.do(h.hal, room.ConfirmPosition{BallotID: ballot})
	notifytest.NotSent(t, h.post(), notice)
	if again := h.record(h.ann, "Health"); again.Disputed {
		t.Errorf("still disputed: %+v", again)
	}
	if n := h.count(`select count(*) from position_answer where ballot_id = ?`, ballot); n != 2 {
		t.Errorf("%d answers of Hal’s are kept", n)
	}
}

// A member who had to run for a train says the next day that they never agreed. What they say must reach
// the record, also after the minutes are final, and no later than the forum's terms allow.
func TestAPositionIsDisputedAfterTheMeeting(t *testing.T) {
	t.Parallel()
	h := setup(t, spoken)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	for _, seat := range []string{"Ann Bell", "Hal Hart"} {
		h.do(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat[seat], Position: room.Consent})
	}
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	h.do(h.ann, room.ConfirmPosition{BallotID: h.written(h.ann)[0].BallotID})
	h.do(h.chair, room.CloseMeeting{})

	people, ids := h.waiting(room.NoticePositionsWritten)
	if !slices.Contains(people, h.hal.PersonID) {
		t.Fatalf("told after the meeting: %v", people)
	}
	notice := notify.Notice{Kind: room.NoticePositionsWritten, IDs: ids, To: h.hal.PersonID}
	notifytest.Golden(t, h.post(), notice, "positions_written")
	notifytest.NotSent(t, h.post(), notify.Notice{Kind: notice.Kind, IDs: ids, To: h.ann.PersonID})
	if due := h.count(`select count(*) from outbox where kind = 'positions_written' and due_at < (select ends_at from meeting where id = ?)`, h.meeting.ID); due != 0 {
		t.Error("they are written to before the meeting ends")
	}
	waiting := read(h, h.hal, room.PositionsWaiting)
	if len(waiting) != 1 || waiting[0].Waiting != 1 || waiting[0].AnswerBy != clock.MustDate("2026-12-03") {
		t.Fatalf("Hal’s Home lists %+v", waiting)
	}
	if _, err := h.store.MakeMinutesFinal(t.Context(), h.clerk, h.meeting.ID); err != nil {
		t.Fatal(err)
	}

	h.clock.Set(clock.MustDate("2026-12-03").At(16, 0))
	mine := read(h, h.hal, room.ShowPositions)
	if len(mine) != 1 || mine[0].For != "Health" || mine[0].Number != "3" || mine[0].Words() != "Agrees" || !mine[0].Waits() || !mine[0].Open {
		t.Fatalf("Hal’s page lists %+v", mine)
	}
	h.do(h.hal, room.ConfirmPosition{BallotID: mine[0].BallotID, Disputed: true, Text: "I abstained"})
	notifytest.NotSent(t, h.post(), notice)
	page := read(h, h.clerk, func(tx db.Tx) (room.DecisionPage, error) {
		return room.ShowDecision(tx, h.state().Decisions[0].ID)
	})
	beside := "Spoken; written down by Clem Clerk. Disputed on 3 December 2026: “I abstained”"
	if got := page.Vote.Voters[1]; !got.Disputed || got.Record != beside {
		t.Errorf("the decision’s page says %+v", got)
	}
	minutes := read(h, h.clerk, func(tx db.Tx) (room.Minutes, error) { return room.ShowMinutes(tx, h.meeting.ID) })
	at := slices.IndexFunc(minutes.Items, func(i room.MinuteItem) bool { return i.ID == h.request.ID })
	if got := minutes.Items[at].Vote.Voters[1]; !got.Disputed || got.Record != beside {
		t.Errorf("final minutes say %+v", got)
	}

	h.clock.Set(clock.MustDate("2026-12-04").At(9, 0))
	h.refused(h.hal, room.ConfirmPosition{BallotID: mine[0].BallotID}, fault.Conflict,
		"This could be answered until 3 December 2026. Tell the clerk if the record is wrong: a correction can be put beside it.")
	h.clock.Set(h.clock.Now().Add(40 * 24 * time.Hour))
	if old := read(h, h.hal, room.ShowPositions); len(old) != 0 {
		t.Errorf("weeks later Hal’s page lists %+v", old)
	}
}

// A member whose line is down still speaks for their agency. They must be told what was recorded for them,
// and nobody must vote over what they gave themselves.
func TestTheClerkRecordsTheVoteOfAMemberWhoseLineIsDown(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	record := room.RecordPosition{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Refuse, Reason: "Not a health need"}
	h.refused(h.chair, record, fault.Denied,
		"In this forum each member votes on their own screen. Only the clerk records a position, spoken by a member whose line is down.")
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.refused(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Reason: "x"}, fault.Conflict,
		"Ann Bell has given Adult social care’s position on their own screen. Only they can change it.")
	h.do(h.clerk, record)
	if seen := h.record(h.clerk, "Health"); seen.Words != "" || seen.Record != "" || !seen.Voted {
		t.Errorf("before the close the clerk’s screen shows %+v", seen)
	}
	people, ids := h.waiting(room.NoticeVotedFor)
	if len(people) != 1 || people[0] != h.hal.PersonID {
		t.Fatalf("told %v, want Hal alone", people)
	}
	notice := notify.Notice{Kind: room.NoticeVotedFor, IDs: ids, To: h.hal.PersonID}
	notifytest.Golden(t, h.post(), notice, "voted_for")
	mine := h.sees(h.hal).Me
	if len(mine.Written) != 1 || mine.Positions[0].By != "Clem Clerk" || mine.Positions[0].Position != room.Refuse {
		t.Fatalf("Hal sees %+v", mine)
	}
	h.do(h.hal, room.ConfirmPosition{BallotID: mine.Written[0].BallotID, Disputed: true, Text: "I agreed"})
	notifytest.NotSent(t, h.post(), notice)

	// Back on the line, Hal votes as he meant to. What was written down is superseded, and kept.
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.refused(h.hal, room.ConfirmPosition{BallotID: mine.Written[0].BallotID}, fault.Conflict, "This position has been changed since. Look at the new one.")
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if seen := h.record(h.ola, "Health"); seen.Record != "" || seen.Disputed || seen.Position != room.Consent {
		t.Errorf("after the close: %+v", seen)
	}
	if people, _ := h.waiting(room.NoticePositionsWritten); len(people) != 0 {
		t.Errorf("asked after the meeting: %v", people)
	}
	if n := h.count(`select count(*) from ballot`); n != 3 {
		t.Errorf("%d ballots are kept", n)
	}
}

// Whoever left for an item sees nothing of it, what they said of it before included.
func TestWhoLeftForAnItemIsNotAskedAboutItsPositions(t *testing.T) {
	t.Parallel()
	h := setup(t, spoken)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	ballot := h.written(h.hal)[0].BallotID
	h.do(h.chair, room.CloseVote{VoteID: vote})
	_, ids := h.waiting(room.NoticePositionsWritten)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "A nephew"})
	h.refused(h.hal, room.ConfirmPosition{BallotID: ballot}, fault.Denied, "You have left for item 3, so its positions are not shown to you.")
	if seen := read(h, h.hal, room.ShowPositions); len(seen) != 0 || len(h.written(h.hal)) != 0 {
		t.Errorf("Hal still sees %+v", seen)
	}
	notifytest.NotSent(t, h.post(), notify.Notice{Kind: room.NoticePositionsWritten, IDs: ids, To: h.hal.PersonID})
}

// A position that its funder disputes is not carried into the next run as if they had given it.
func TestADisputedPositionIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := setup(t, spoken)
	h.inSession(h.ann, h.hal, h.eve)
	split := func(ann, hal, eve int64) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: ann, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: hal}, {AgencyID: h.edu.ID, WeeklyPence: eve}}
	}
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Split: split(60000, 60000, 450)})
	for _, seat := range []string{"Ann Bell", "Hal Hart", "Eve Lane"} {
		h.do(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat[seat], Position: room.Consent})
	}
	h.do(h.hal, room.ConfirmPosition{BallotID: h.written(h.hal)[0].BallotID, Disputed: true, Text: "I did not agree"})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60450, 60000, 0)})
	if voters := h.sees(h.chair).Vote; voters.Voted != 0 {
		t.Errorf("carried over: %+v", voters.Voters)
	}
}
