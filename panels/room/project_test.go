package room_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// shows is everything a viewer is sent, as text, to search for what must not be there.
func (h *house) shows(actor access.Actor) string {
	h.t.Helper()
	text, err := json.Marshal(h.sees(actor))
	h.must(err)
	return string(text)
}

// Who sees what at each step. A wrong line here shows a neighbour's child to a neighbour, or a position
// to somebody who still has to give theirs.
func TestProject(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	h.inSession(h.ann, h.hal, h.eve, h.pia)
	everyone := map[string]access.Actor{"chair": h.chair, "clerk": h.clerk, "ann": h.ann, "hal": h.hal, "eve": h.eve, "ola": h.ola, "observer": h.observer(), "pia": h.pia}
	see := func(step, canary string, who ...string) {
		t.Helper()
		for name, actor := range everyone {
			shown := strings.Contains(h.shows(actor), canary)
			if want := slices.Contains(who, name); shown != want {
				t.Errorf("%s: %s sees %q: %v, want %v", step, name, canary, shown, want)
			}
		}
	}
	table := []string{"chair", "clerk", "ann", "hal", "ola"}
	outside := []string{"observer", "pia"}

	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	see("presenting", "CANARY-NEED", append(outside, table...)...)
	see("presenting", "You have left for this item", "eve")
	see("why somebody left", "CANARY-INTEREST", "chair", "clerk", "eve")
	see("the rest of the agenda", "Welcome and apologies", "chair", "clerk", "ann", "hal", "ola", "observer", "eve")

	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Deliberation})
	see("deliberation", "CANARY-NEED", table...)
	see("deliberation", "The panel is deliberating in private", "observer", "pia")

	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Text: "CANARY-PROPOSAL"})
	vote := h.sees(h.chair).Vote.ID
	see("an open vote", "CANARY-PROPOSAL", table...)
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent, Condition: "CANARY-CONDITION", Reason: "CANARY-WHY"})
	see("a position before the close", "CANARY-CONDITION", "ann")
	see("a reason before the close", "CANARY-WHY", "ann")
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	see("a position after the close", "CANARY-CONDITION", table...)
	see("a reason after the close", "CANARY-WHY", table...)

	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "CANARY-NOTE"})
	see("a note on the open item", "CANARY-NOTE", table...)
	h.do(h.clerk, room.RaiseAction{ItemID: &h.request.ID, OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "CANARY-ACTION"})
	see("an action", "CANARY-ACTION", table...)

	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.AgreedWithConditions, Reasons: "CANARY-REASONS",
		Conditions: []room.Condition{{Text: "Registration", EvidenceDue: clock.MustDate("2026-12-10"), OwnerID: h.hal.PersonID}}})
	see("a decision in deliberation", "CANARY-REASONS", table...)
	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions})
	see("a decision", "CANARY-REASONS", append(outside, table...)...)

	h.do(h.chair, room.OpenItem{ItemID: h.standing.ID})
	see("a note on an earlier item", "CANARY-NOTE", "chair", "clerk")
	see("the tracker’s reference", "CANARY-REF")
	see("the name, which item 2 has too", "Noor Canary", "chair", "clerk", "ann", "hal", "ola", "observer", "pia")
	for name, actor := range map[string]access.Actor{"eve": h.eve} {
		for _, line := range h.sees(actor).Items {
			if line.ID == h.request.ID && (line.Title != "" || line.Reference != "" || line.Outcome != "" || line.Number != "3") {
				t.Errorf("%s still sees of the item they left: %+v", name, line)
			}
		}
	}
}

// observer is a person with a seat in attendance and no office.
func (h *house) observer() access.Actor {
	return access.Actor{PersonID: id(), Name: "Obi Serve", Seats: []access.Seat{{ForumID: h.forum.ID, Office: access.Member, Standing: access.InAttendance}}}
}

// What the status region says aloud obeys the same rule as the screen.
func TestSays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	var events []room.Event
	h.must(h.store.DB.Read(t.Context(), h.clerk, func(tx db.Tx) (err error) {
		events, err = room.EventsAfter(tx, h.meeting.ID, 0, 100)
		return err
	}))
	ballot := events[len(events)-2]
	if ballot.Says != "1 of 2 agencies have voted" {
		t.Fatalf("the ballot says %q", ballot.Says)
	}
	state := h.state()
	for name, c := range map[string]struct {
		actor access.Actor
		want  string
	}{"member": {h.hal, ballot.Says}, "withdrawn": {h.eve, ""}, "observer": {h.observer(), ""}, "presenter": {h.pia, ""}} {
		viewer, _ := room.ViewerOf(state, c.actor)
		if got := viewer.Says(state, ballot); got != c.want {
			t.Errorf("%s hears %q, want %q", name, got, c.want)
		}
	}
}

// Viewers of one audience share every section but their own, so frames prepared once serve them all.
func TestAudiencesShareSections(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.eve, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	state := h.state()
	audiences := map[string]string{}
	for _, actor := range []access.Actor{h.chair, h.clerk, h.ann, h.ben, h.hal, h.sam, h.eve, h.ola, h.pia, h.observer()} {
		viewer, _ := room.ViewerOf(state, actor)
		view := room.Project(state, viewer)
		view.Me = room.MeView{}
		text, err := json.Marshal(view)
		h.must(err)
		if before, known := audiences[viewer.Audience()]; known && before != string(text) {
			t.Errorf("%s is shown something else than the rest of %q", actor.Name, viewer.Audience())
		}
		audiences[viewer.Audience()] = string(text)
	}
	if len(audiences) != 6 {
		t.Errorf("%d audiences, want chair, clerk, table, table without item 2, observer, presenter", len(audiences))
	}
}

// A board never reads who a young person is.
func TestBoardSeesAliases(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`update forum set board = true where id = $1`, h.forum.ID)
	h.inSession(h.ann)
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	text := h.shows(h.chair)
	for _, identity := range []string{"Noor", "Canary", "CANARY-REF", "2009-03-04", "Q1001", h.caseID.String()} {
		if strings.Contains(text, identity) {
			t.Errorf("the board’s room shows %q", identity)
		}
	}
	if item := h.sees(h.chair).Item; item.Title != "Heron-48" || item.AgeWords != "16–17" {
		t.Errorf("item: %+v", item)
	}
}

// Nothing in a view is null where a page or script expects a list.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.ListMode = true })
	check := func() {
		t.Helper()
		for _, actor := range []access.Actor{h.chair, h.clerk, h.ann, h.pia, h.observer()} {
			for _, list := range []string{"people", "seats", "items", "notes", "actions", "list", "missing", "reasons", "interests", "outcomes", "split", "voters", "earlier",
				"conditions", "facts", "corrections", "referred", "agencies", "owners", "forums", "meetings", "positions", "may", "presents"} {
				if strings.Contains(h.shows(actor), `"`+list+`":null`) {
					t.Errorf("%s: %q is null", actor.Name, list)
				}
			}
		}
	}
	check()
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	check()
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"})
	check()
}
