package room_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A line drops after the commit: sending again must neither vote twice nor say that it failed.
func TestResendIsIdempotent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.chair, room.StartMeeting{})
	command := room.Command{ID: id(), Change: room.RecordAttendance{Present: true}}
	first, err := h.store.Do(t.Context(), h.ann, h.meeting.ID, command)
	h.must(err)
	h.do(h.hal, room.RecordAttendance{Present: true})
	again, err := h.store.Do(t.Context(), h.ann, h.meeting.ID, command)
	h.must(err)
	if first != again {
		t.Errorf("the same command got %+v and then %+v", first, again)
	}
	if n := h.count(`select count(*) from attendance`); n != 2 {
		t.Errorf("%d attendances recorded, want 2", n)
	}
	if _, err := h.store.Do(t.Context(), h.hal, h.meeting.ID, command); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody else's command id: %v, want a conflict", err)
	}
}

// A refusal is not kept: once what stood in the way is gone, the same command may succeed.
func TestResendAfterRefusal(t *testing.T) {
	t.Parallel()
	h := setup(t)
	command := room.Command{ID: id(), Change: room.OpenItem{ItemID: h.standing.ID}}
	if _, err := h.store.Do(t.Context(), h.chair, h.meeting.ID, command); !fault.Is(err, fault.Conflict) {
		t.Fatalf("before the start: %v, want a conflict", err)
	}
	h.do(h.chair, room.StartMeeting{})
	if _, err := h.store.Do(t.Context(), h.chair, h.meeting.ID, command); err != nil {
		t.Error(err)
	}
}

// A change that fails half way must leave no decision without its review, and no gap in the log.
func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.owner(`alter table due add constraint no_room check (kind <> 'review')`)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	before, moved := h.state().Seq(), false
	h.store.Moved = func(room.Move) { moved = true }
	if _, err := h.try(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}); err == nil || fault.As(err) != nil {
		t.Fatalf("got %v, want an internal error", err)
	}
	if moved || h.state().Seq() != before || h.count(`select count(*) from decision`)+h.count(`select count(*) from decision_share`) != 0 {
		t.Error("something of the failed change was left behind")
	}
	h.verify()
}

// The room is woken once for each change, with the number that is now durable.
func TestMovedAfterCommit(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var heard []int64
	h.store.Moved = func(move room.Move) {
		if move.MeetingID != h.meeting.ID || h.count(`select room_seq from meeting where id = ?`, move.MeetingID) != int(move.Seq()) {
			t.Errorf("woken for %d before it was durable", move.Seq())
		}
		heard = append(heard, move.Seq())
	}
	h.inSession(h.ann)
	if !slices.Equal(heard, []int64{1, 2}) {
		t.Errorf("woken for %v, want 1 and 2", heard)
	}
}

// Whoever has no part in a meeting must not learn that it exists, and nobody acts as the system.
func TestOutsidersFindNoMeeting(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.refused(h.stranger, room.RecordAttendance{Present: true}, fault.NotFound, "There is no such meeting.")
	if _, err := h.store.Room(t.Context(), h.stranger, h.meeting.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("reading it: %v, want not found", err)
	}
	if _, err := h.try(access.System("job"), room.StartMeeting{}); !fault.Is(err, fault.SignedOut) {
		t.Errorf("the system: %v, want signed out", err)
	}
	if _, err := h.try(access.SignedOut, room.StartMeeting{}); !fault.Is(err, fault.SignedOut) {
		t.Errorf("signed out: %v, want signed out", err)
	}
}

// A meeting cancelled under someone says so, and records nothing.
func TestCancelledMeeting(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.owner(`update meeting set status = 'cancelled' where id = $1`, h.meeting.ID)
	h.refused(h.ann, room.RecordAttendance{Present: true}, fault.Conflict, "This meeting was cancelled. Nothing was recorded.")
}

// Only the chair runs a meeting: every command that does is refused to a clerk and a member.
func TestOnlyTheChairRuns(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	denied := "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator."
	for _, change := range []room.Change{
		room.StartMeeting{}, room.AdjournMeeting{Reason: "x"}, room.CloseMeeting{}, room.OpenItem{ItemID: h.name.ID},
		room.MoveStage{ItemID: h.request.ID, Stage: room.Questions}, room.FinishItem{ItemID: h.request.ID}, room.PassItem{ItemID: h.name.ID, Reason: "x"},
		room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, room.CloseVote{VoteID: id()},
		room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "x", NextMeetingID: &h.next.ID},
		room.CorrectDecision{DecisionID: id(), Wrong: "w", Right: "x", Reason: "x"}, room.WithdrawInterest{InterestID: id(), Reason: "x"},
	} {
		for _, actor := range []access.Actor{h.clerk, h.ann} {
			h.refused(actor, change, fault.Denied, denied)
		}
	}
}

// A log that can be changed afterwards proves nothing: not through the server, and not unseen by its owner.
func TestTheLogIsTamperEvident(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.standing.ID})
	events := h.verify()
	if len(events) != 4 || events[3].Type != "item.open" || !strings.Contains(events[3].Content, h.standing.ID.String()) {
		t.Fatalf("events: %+v", events)
	}
	err := h.store.DB.Write(t.Context(), h.chair, func(tx db.Tx) error {
		return tx.Exec(`update room_event set at = at - interval '1 day' where seq = 1`).Error
	})
	if err == nil {
		t.Error("the server could change an event")
	}
	for name, change := range map[string]func(e []room.Event) []room.Event{
		"a changed time":    func(e []room.Event) []room.Event { e[1].At = e[1].At.AddDate(0, 0, 1); return e },
		"a changed actor":   func(e []room.Event) []room.Event { e[1].PersonID = e[0].PersonID; return e },
		"a changed content": func(e []room.Event) []room.Event { e[2].Content = "{}"; return e },
		"a changed sayings": func(e []room.Event) []room.Event { e[2].Says = "somebody else is here"; return e },
		"a lost event":      func(e []room.Event) []room.Event { return slices.Delete(e, 1, 2) },
		"a lost beginning":  func(e []room.Event) []room.Event { return e[1:] },
		"a swap":            func(e []room.Event) []room.Event { e[1], e[2] = e[2], e[1]; return e },
	} {
		if room.Verify(change(slices.Clone(events))) == nil {
			t.Errorf("%s went unseen", name)
		}
	}
	h.owner(`delete from room_event_content where meeting_id = $1 and seq = 3`, h.meeting.ID)
	if erased := h.verify(); erased[2].Salt != nil || erased[2].Content != "" {
		t.Error("the erased content is still there")
	}
}

// The protocol's list of commands is what the room understands, and a key it does not know is refused.
func TestReadChange(t *testing.T) {
	t.Parallel()
	change, err := room.ReadChange("ballot.cast", []byte(`{"vote_id":"`+uuid.NewString()+`","position":"consent"}`))
	if cast, ok := change.(room.CastBallot); err != nil || !ok || cast.Position != room.Consent {
		t.Errorf("got %+v, %v", change, err)
	}
	for name, data := range map[string]string{"ballot.cast": `{"positon":"consent"}`, "ballot.steal": `{}`, "vote.open": `{"start_on":"soon"}`, "meeting.start": `[`} {
		if _, err := room.ReadChange(name, []byte(data)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s %s: %v, want invalid", name, data, err)
		}
	}
	if n := len(room.CommandTypes()); n != 46 {
		t.Errorf("%d commands", n)
	}
}

// A meeting stops only between votes, and goes on after an adjournment.
func TestAdjournAndClose(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.refused(h.chair, room.CloseMeeting{}, fault.Conflict, "This meeting has not started yet. The chair starts it.")
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.refused(h.chair, room.CloseMeeting{}, fault.Conflict, "Voting on item 3 is open. Close it first.")
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.AdjournMeeting{Reason: "Fire alarm"})
	h.refused(h.chair, room.OpenItem{ItemID: h.name.ID}, fault.Conflict, "This meeting is adjourned. The chair starts it again.")
	h.do(h.chair, room.StartMeeting{})
	h.do(h.chair, room.CloseMeeting{})
	view := h.sees(h.ann)
	if view.Meeting.Status != panels.Closed || view.Item != nil {
		t.Errorf("after the close: %s, item %+v", view.Meeting.Status, view.Item)
	}
	h.refused(h.chair, room.StartMeeting{}, fault.Conflict, "This meeting has closed.")
}
