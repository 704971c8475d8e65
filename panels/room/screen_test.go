package room_test

import (
	"encoding/json"
	"strings"
	"testing"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// wall is the big screen that somebody puts up, as it reaches the browser.
func (h *house) wall(actor access.Actor) (view room.View, text string) {
	h.t.Helper()
	view, err := h.store.Screen(h.t.Context(), actor, h.meeting.ID)
	h.must(err)
	written, err := json.Marshal(view)
	h.must(err)
	return view, string(written)
}

// Everybody in the room reads the wall, family and visitors too: no name and nothing that was typed may
// ever stand on it, whatever happens in the meeting.
func TestTheBigScreenShowsNoNames(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) {
		terms.StandingItems = []panels.StandingItem{{Title: "Welcome and apologies"}}
	})
	h.owner(`insert into agenda_item (id, meeting_id, number, position, kind, title, minutes, state, reasons, created_at, version)
		values (gen_random_uuid(), $1, '4', 4, 'standing', 'CANARY-TITLE', 5, 'listed', '[]', now(), 1)`, h.meeting.ID)
	canaries := []string{"CANARY", "Noor", "Cleo", "Clem", "Ann Bell", "Ben Dale", "Hal Hart", "Sam Reed", "Eve Lane", "Ola Ash", "Pia Moss"}
	names := func(when string) room.View {
		t.Helper()
		var shown room.View
		for _, actor := range []access.Actor{h.chair, h.clerk} {
			view, text := h.wall(actor)
			for _, canary := range canaries {
				if strings.Contains(text, canary) {
					t.Errorf("%s the wall of %s says %q: %s", when, actor.Name, canary, text)
				}
			}
			shown = view
		}
		return shown
	}
	names("before the meeting")
	h.inSession(h.ann, h.hal)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Text: "CANARY-TEXT"})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent, Condition: "CANARY-CONDITION", Reason: "CANARY-WHY"})
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "CANARY-NOTE"})
	h.do(h.clerk, room.RaiseAction{ItemID: &h.request.ID, OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "CANARY-ACTION"})
	view := names("while the vote is open")
	if view.Item == nil || view.Item.Number != "3" || !strings.HasPrefix(view.Item.Reference, "Q") || view.Vote == nil || view.Vote.Voted != 1 || view.Vote.Of != 2 || view.Vote.Result != "" {
		t.Fatalf("the wall shows %+v and %+v", view.Item, view.Vote)
	}
	if view.Items[0].Title != "Welcome and apologies" || view.Items[3].Title != "" {
		t.Errorf("the wall lists %+v", view.Items)
	}
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if view := names("after the close"); view.Vote.Result != "Every funder consents, with a condition from Adult social care" {
		t.Errorf("the result reads %q", view.Vote.Result)
	}
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "CANARY-REASONS",
		Conditions: []room.Condition{{Text: "CANARY-SHOWN", EvidenceDue: clock.MustDate("2026-12-10"), OwnerID: h.hal.PersonID}}})
	if view := names("once decided"); view.Decision == nil || view.Decision.Words != "Agreed with conditions" {
		t.Errorf("the outcome reads %+v", view.Decision)
	}

	// Whoever left for an item puts up a wall that says nothing of it.
	h.do(h.clerk, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Personal, Reason: "x"})
	view, text := h.wall(h.clerk)
	if view.Item.Hidden == "" || view.Vote != nil || view.Decision != nil || strings.Contains(text, `"reference":"Q`) {
		t.Errorf("the wall of a clerk who left shows %s", text)
	}
}

// The wall is put up by whoever runs the meeting: a member's own line would tell visitors how a vote goes.
func TestOnlyTheChairAndTheClerkPutUpTheBigScreen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, actor := range []access.Actor{h.ann, h.ola, h.pia, h.observer(), h.stranger} {
		_, err := h.store.Screen(t.Context(), actor, h.meeting.ID)
		if f := fault.As(err); f == nil || f.Kind != fault.Denied && f.Kind != fault.NotFound {
			t.Errorf("%s is answered %v", actor.Name, err)
		}
	}
	var state room.State
	h.must(h.store.DB.Read(t.Context(), h.ann, func(tx db.Tx) (err error) {
		state, err = room.Load(tx, h.meeting.ID)
		return err
	}))
	viewer, _ := room.ViewerOf(state, h.ann)
	if _, may := viewer.OnScreen(); may {
		t.Error("a member may follow the meeting as the big screen")
	}
}
