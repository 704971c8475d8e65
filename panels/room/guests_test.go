package room_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// guest adds another council, half of whose request it is to pay, and its funder as a guest of the item.
func (h *house) guest() (guest access.Actor, place uuid.UUID) {
	h.t.Helper()
	agency := id()
	h.owner(`insert into agency (id, name, short_name, kind, legal_body, funder, outside) values ($1, 'Wessel Council', 'Wessel', 'adult_social_care', 'Wessel Council', true, true)`, agency)
	h.owner(`update request_share set agency_id = $1 where request_id = $2 and agency_id = $3`, agency, h.requestID, h.health.ID)
	return h.guestOf("Gus Guest", agency, h.request.ID)
}

func (h *house) guestOf(name string, agency, item uuid.UUID) (guest access.Actor, place uuid.UUID) {
	h.t.Helper()
	guest = access.Actor{PersonID: id(), Name: name, AgencyID: agency, Guests: []access.Guest{{ForumID: h.forum.ID, MeetingID: h.meeting.ID, ItemID: item}}}
	place = id()
	h.owner(`insert into person (id, name, email, agency_id, created_at) values ($1, $2, $3, $4, now())`, guest.PersonID, name, guest.PersonID.String()+"@example.org", agency)
	h.owner(`insert into meeting_guest (id, meeting_id, item_id, person_id, agency_id, added_by, added_at) values ($1, $2, $3, $4, $5, $6, now())`,
		place, h.meeting.ID, item, guest.PersonID, agency, h.clerk.PersonID)
	return guest, place
}

// outside reports whether somebody has no part in the meeting.
func (h *house) outside(actor access.Actor) bool {
	h.t.Helper()
	_, takesPart := room.ViewerOf(h.state(), actor)
	_, err := h.try(actor, room.RecordAttendance{Present: true})
	if refused := fault.Is(err, fault.NotFound); refused == takesPart {
		h.t.Errorf("reading says %v takes part: %v; acting: %v", actor.Name, takesPart, err)
	}
	return !takesPart
}

// Another council's officer who reads one line too many reads about a child who is none of theirs.
func TestAGuestSeesOneItem(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.ListMode = true })
	guest, _ := h.guest()
	neighbour, _ := h.guestOf("Nia Neighbour", guest.AgencyID, h.name.ID)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	h.inSession(h.ann, h.hal, h.eve, neighbour)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "CANARY-NOTE"})
	h.do(h.clerk, room.RaiseAction{ItemID: &h.request.ID, OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "CANARY-ACTION"})
	sees := func(step string, want bool, words ...string) {
		t.Helper()
		for _, word := range words {
			if strings.Contains(h.shows(guest), word) != want {
				t.Errorf("%s: sees %q: %v, want %v", step, word, !want, want)
			}
		}
	}
	never := []string{"Welcome and apologies", "CANARY-INTEREST", "CANARY-NOTE", "CANARY-ACTION", "CANARY-REF", "Nia Neighbour", `"left_item":true`, h.name.ID.String(), h.caseID.String()}
	sees("before the item", true, "Noor Canary")
	sees("before the item", false, append(never, "CANARY-NEED")...)
	if view := h.sees(guest); len(view.Items) != 1 || len(view.List) != 0 || !view.Me.Guest || view.Me.Observing || view.Me.Chair || view.Me.Clerk {
		t.Errorf("a guest’s view: %+v %+v", view.Items, view.Me)
	}
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	sees("another item", false, append(never, "CANARY-NEED", "Nia Neighbour")...)
	if view := h.sees(guest); view.Item != nil || view.Vote != nil || view.Decision != nil {
		t.Errorf("while another item is open: %+v", view.Item)
	}
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	sees("their item", true, "CANARY-NEED", "Wessel Council")
	sees("their item", false, never...)
	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Deliberation})
	sees("private deliberation: they are a funder", true, "CANARY-NEED")
	sees("private deliberation", false, never...)
	for _, member := range []access.Actor{h.ann, h.chair} {
		if !strings.Contains(h.shows(member), "Gus Guest") {
			t.Errorf("%s does not see that a guest is there", member.Name)
		}
	}
	if strings.Contains(h.shows(h.eve), "Gus Guest") {
		t.Error("who left for the item sees who joins it")
	}
}

// A funder from outside consents to its own share and to nothing else.
func TestAGuestVotesTheirOwnShare(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, place := h.guest()
	h.inSession(h.ann, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, "This item cannot be voted on yet: Wessel Council is asked to pay and is not here.")
	h.do(guest, room.RecordAttendance{Present: true, Remote: true})
	if q := h.sees(h.ann).Quorum; !q.Quorate || q.Counted != 2 {
		t.Errorf("a guest counts as the funder asked to pay and not by number: %+v", q)
	}
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.chair).Vote.ID
	mine := h.sees(guest).Me.Positions
	if len(mine) != 1 || mine[0].SeatID != place || mine[0].For != "Wessel Council" || mine[0].Share == nil || mine[0].Share.WeeklyPence != 60225 || mine[0].Barred != "" {
		t.Fatalf("what a guest may give: %+v", mine)
	}
	h.refused(guest, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent}, fault.Denied, "You neither hold that seat nor deputise for it.")
	h.refused(h.ann, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent}, fault.Denied, "You neither hold that seat nor deputise for it.")
	var waiting []room.WaitingVote
	h.must(h.read(guest, func(tx db.Tx) (err error) { waiting, err = room.VotesWaiting(tx); return err }))
	if len(waiting) != 1 || waiting[0].Item != "3" {
		t.Errorf("on the guest’s Home: %+v", waiting)
	}
	h.do(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent, Condition: "From April", Reason: "x"})
	h.do(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	if seen := h.sees(guest).Vote; seen == nil || !seen.Carried || len(seen.Voters) != 2 || seen.Voters[1].Name != "Gus Guest" {
		t.Errorf("the closed vote as the guest sees it: %+v", seen)
	}
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	h.verify()
}

// A guest votes in no other vote, and speaks for nobody where nobody pays.
func TestAGuestIsAskedOnlyForMoney(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.VotingRule = panels.Consensus })
	guest, place := h.guest()
	joins, other := h.guestOf("Gil Two", guest.AgencyID, h.name.ID)
	h.inSession(h.ann, h.hal, guest, joins)
	vote := h.voteOn(h.name, room.OpenVote{Outcome: room.Agreed, Text: "Refer to housing"})
	only := "A guest gives a position only on what their own agency is asked to pay."
	h.refused(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.For}, fault.Denied, only)
	h.refused(joins, room.CastBallot{VoteID: vote, SeatID: other, Position: room.For}, fault.Denied, only)
	if of := h.sees(h.ann).Vote.Of; of != 2 {
		t.Errorf("%d are asked, want the two members", of)
	}
	h.refused(guest, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"}, fault.NotFound, "That item is not on this meeting’s agenda.")
	h.refused(guest, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "x"}, fault.Denied, "You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.refused(guest, room.CloseVote{VoteID: vote}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
}

// When their business is over they are a stranger again, but for the decision that binds their agency.
func TestAGuestLeavesWithTheItem(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]func(h *house){
		"finished":           func(h *house) { h.do(h.chair, room.FinishItem{ItemID: h.request.ID}) },
		"another was opened": func(h *house) { h.do(h.chair, room.OpenItem{ItemID: h.standing.ID}) },
		"passed over":        func(h *house) { h.do(h.chair, room.PassItem{ItemID: h.request.ID, Reason: "No time"}) },
		"the meeting closed": func(h *house) { h.do(h.chair, room.CloseMeeting{}) },
		"taken off":          func(h *house) { h.owner(`update agenda_item set state = 'taken_off' where id = $1`, h.request.ID) },
		"withdrawn":          func(h *house) { h.owner(`update meeting_guest set ended_at = now()`) },
		"unpublished":        func(h *house) { h.owner(`update meeting set agenda_version = 0 where id = $1`, h.meeting.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			guest, place := h.guest()
			h.inSession(h.ann, h.eve, guest)
			vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
			h.do(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent})
			h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
			h.do(h.chair, room.CloseVote{VoteID: vote})
			h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "CANARY-REASONS"})
			decision := h.sees(guest).Decision.ID
			if h.outside(guest) {
				t.Fatal("the item is still open, and its guest is out")
			}
			over(h)
			if !h.outside(guest) {
				t.Error("the guest is still in the room")
			}
			var page room.DecisionPage
			err := h.read(guest, func(tx db.Tx) (err error) { page, err = room.ShowDecision(tx, decision); return err })
			if slices.Contains([]string{"withdrawn", "taken off"}, name) {
				if err == nil {
					t.Errorf("the decision of an item that is %s is shown", name)
				}
				return
			}
			h.must(err)
			if !page.Named || page.Decision.Reasons != "CANARY-REASONS" || page.Item.Title != "Noor Canary" || page.Vote != nil || page.Request != nil || len(page.Interests) > 0 || page.MayCorrect {
				t.Errorf("the decision that names them: %+v", page)
			}
		})
	}
}

// A decision that asks nothing of their agency is none of a guest's business afterwards.
func TestAGuestWhoseAgencyPaysNothingKeepsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, _ := h.guest()
	h.inSession(h.ann, guest)
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.WithdrawnByReferrer})
	decision := h.sees(guest).Decision.ID
	h.do(h.chair, room.FinishItem{ItemID: h.request.ID})
	err := h.read(guest, func(tx db.Tx) error { _, err := room.ShowDecision(tx, decision); return err })
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("the decision: %v, want not found", err)
	}
}

// A guest with an interest leaves like anybody: no vote, no content, then or later.
func TestAGuestWithAnInterestSeesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, place := h.guest()
	h.inSession(h.ann, h.eve, guest)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent})
	h.do(guest, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	if shown := h.shows(guest); strings.Contains(shown, "Noor Canary") || strings.Contains(shown, "CANARY-NEED") {
		t.Error("a guest who left for the item still sees it")
	}
	if voted := h.sees(h.ann).Vote.Voted; voted != 0 {
		t.Errorf("%d positions stand after who gave one has left", voted)
	}
	h.refused(guest, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent}, fault.Denied, "You have left for item 3, so you cannot vote on it.")
}

// What the status region says to a guest obeys the same rule as their screen.
func TestWhatAGuestHears(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest, _ := h.guest()
	neighbour, _ := h.guestOf("Nia Neighbour", guest.AgencyID, h.name.ID)
	h.inSession(h.ann, h.eve, guest, neighbour)
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.do(h.clerk, room.RaiseAction{ItemID: &h.request.ID, OwnerID: h.ann.PersonID, DueOn: clock.MustDate("2026-12-10"), Text: "x"})
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	state := h.state()
	viewer, _ := room.ViewerOf(state, guest)
	var events []room.Event
	h.must(h.read(h.clerk, func(tx db.Tx) (err error) { events, err = room.EventsAfter(tx, h.meeting.ID, 0, 100); return err }))
	var heard []string
	for _, event := range events {
		if says := viewer.Says(state, event); says != "" {
			heard = append(heard, says)
		}
	}
	want := []string{"The meeting has started", "Ann Bell is here", "Eve Lane is here", "Gus Guest is here", "Item 3 is open", "Voting is open on item 3"}
	if !slices.Equal(heard, want) {
		t.Errorf("hears %q\nwant  %q", heard, want)
	}
}

// A young person hears their own item discussed, and nothing that is not theirs to hear: not another
// child's, not how agencies vote about them, not what is said when the panel is alone.
func TestAYoungPersonJoinsTheirOwnItem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	families := id()
	h.owner(`insert into agency (id, name, short_name, kind, outside) values ($1, 'Young people and families', 'Families', 'family', true)`, families)
	young, place := h.guestOf("Robin Young", families, h.request.ID)
	young.Guests[0].Family = true
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "CANARY-INTEREST"})
	h.inSession(h.chair, h.ann, h.hal, h.pia, young)
	h.do(h.clerk, room.WriteNote{NoteID: id(), ItemID: h.request.ID, Text: "CANARY-NOTE"})
	sees := func(step string, want bool, words ...string) {
		t.Helper()
		for _, word := range words {
			if strings.Contains(h.shows(young), word) != want {
				t.Errorf("%s: sees %q: %v, want %v", step, word, !want, want)
			}
		}
	}
	never := []string{"Welcome and apologies", "CANARY-INTEREST", "CANARY-NOTE", "CANARY-REF", "CANARY-REASONS", `"left_item":true`, h.name.ID.String(), h.caseID.String(), `"weekly_pence":1`, "is asked to pay"}
	if view := h.sees(young); len(view.Items) != 1 || !view.Me.Family || view.Me.Observing || view.Me.Chair || len(view.List) != 0 {
		t.Errorf("a young person’s view: %+v %+v", view.Items, view.Me)
	}
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	sees("their item", true, "CANARY-NEED", "Noor Canary")
	sees("their item", false, never...)
	h.refused(young, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.owner(`update meeting_guest set leads = true where id = $1`, place)
	if view := h.sees(h.ann); view.Item.LedBy != "Robin Young" || !h.sees(young).Me.Leads {
		t.Errorf("who chairs the item: %q", view.Item.LedBy)
	}
	h.do(young, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions})
	h.refused(young, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.refused(young, room.MoveStage{ItemID: h.name.ID, Stage: room.Questions}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.do(young, room.MoveStage{ItemID: h.request.ID, Stage: room.Deliberation})
	sees("deliberation", false, append(never, "CANARY-NEED", "Noor Canary")...)
	sees("deliberation", true, "The panel is deliberating in private")
	h.refused(young, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions}, fault.Conflict, "Item 3 is with the panel now.")

	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.chair).Vote.ID
	h.refused(young, room.CastBallot{VoteID: vote, SeatID: place, Position: room.Consent}, fault.Denied, "You do not have permission to vote for an agency here. Ask the forum’s clerk or your administrator.")
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "CANARY-REASONS"})
	h.do(h.chair, room.MoveStage{ItemID: h.request.ID, Stage: room.Questions})
	sees("called back", true, "CANARY-NEED")
	sees("called back", false, append(never, `"outcome":"Agreed"`)...)
	if view := h.sees(young); view.Vote != nil || view.Decision != nil || len(view.Notes)+len(view.Actions) != 0 {
		t.Errorf("called back: %+v", view)
	}
	h.do(h.chair, room.FinishItem{ItemID: h.request.ID})
	if !h.outside(young) {
		t.Error("the item is over, and the young person is still in the room")
	}
	h.verify()
}
