package room_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Following a room must never show less than reading it anew: whoever watched and whoever just came
// in see the same.
func TestFollowIsLoad(t *testing.T) {
	t.Parallel()
	h := setup(t)
	follow := func(before room.State, limit int) (state room.State, events []room.Event) {
		t.Helper()
		h.must(h.store.DB.Read(t.Context(), h.chair, func(tx db.Tx) (err error) {
			state, events, err = room.Follow(tx, before, limit)
			return err
		}))
		return state, events
	}
	first := h.state()
	state := first
	step := func(actor access.Actor, change room.Change) {
		t.Helper()
		h.do(actor, change)
		var events []room.Event
		state, events = follow(state, 20)
		if diff := cmp.Diff(h.state(), state, cmpopts.IgnoreFields(room.State{}, "Now")); diff != "" {
			t.Fatalf("after %s:\n%s", change.Type(), diff)
		}
		if len(events) != 1 || events[0].Type != change.Type() || events[0].Seq != state.Seq() {
			t.Fatalf("after %s the events are %+v", change.Type(), events)
		}
	}
	step(h.chair, room.StartMeeting{})
	step(h.chair, room.RecordAttendance{Present: true})
	step(h.ann, room.RecordAttendance{Present: true})
	step(h.hal, room.RecordAttendance{Present: true})
	step(h.eve, room.RecordAttendance{Present: true, Remote: true})
	step(h.chair, room.OpenItem{ItemID: h.standing.ID})
	step(h.chair, room.FinishItem{ItemID: h.standing.ID})
	step(h.chair, room.PassItem{ItemID: h.name.ID, Reason: "Later"})
	worker := "Jo Marsh"
	step(h.clerk, room.UpdateList{
		ItemID: h.name.ID, Worker: &worker, Discussed: true, Refer: &room.ReferTo{ForumID: h.other.ID, Reason: "x"},
		Action: &room.RaiseAction{OwnerID: h.ann.PersonID, AlsoIDs: []uuid.UUID{h.hal.PersonID}, DueOn: clock.MustDate("2026-12-10"), Text: "x"},
	})
	step(h.chair, room.OpenItem{ItemID: h.request.ID})
	step(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions})
	note := id()
	step(h.clerk, room.WriteNote{NoteID: note, ItemID: h.request.ID, Text: "x"})
	step(h.clerk, room.WriteNote{NoteID: note, ItemID: h.request.ID, BaseVersion: 1, Text: "y"})
	step(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := state.Votes[0].ID
	step(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	step(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Refuse, Reason: "x"})
	step(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	step(h.ben, room.RecordAttendance{Present: true})
	step(h.ann, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	step(h.chair, room.AnswerInterest{InterestID: state.Table.Interests[0].ID, Extent: room.MaySpeak, Reason: "x"})
	step(h.clerk, room.RecordPosition{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent}) // her deputy’s
	step(h.ben, room.ConfirmPosition{BallotID: state.Votes[0].Ballots[1].ID, Disputed: true, Text: "x"})
	step(h.chair, room.WithdrawInterest{InterestID: state.Table.Interests[0].ID, Reason: "x"})
	step(h.chair, room.CloseVote{VoteID: vote})
	step(h.clerk, room.RaiseAction{OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "x"})
	step(h.ann, room.CompleteAction{ActionID: state.Actions[0].ID, Text: "x"})
	step(h.chair, room.FinishItem{ItemID: h.request.ID})
	step(h.chair, room.PauseMeeting{Text: "x"})
	step(h.chair, room.ResumeMeeting{})
	deputy := h.deputyChair()
	step(deputy, room.TakeChair{})
	step(deputy, room.HandChair{PersonID: h.chair.PersonID})
	step(h.chair, room.AdjournMeeting{Reason: "x"})
	if caught, events := follow(first, 3); len(events) != 3 || events[2].Seq != state.Seq() || caught.Seq() != state.Seq() {
		t.Errorf("after a long gap: at %d with %d events", caught.Seq(), len(events))
	}
	if again, events := follow(state, 20); len(events) != 0 || again.Seq() != state.Seq() {
		t.Errorf("with nothing new: at %d with %d events", again.Seq(), len(events))
	}
}
