package room_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A funder whose members all have an interest must neither vote by them nor be voted over: somebody independent
// speaks for it, in that item alone.
func TestAnIndependentAuthoriserSpeaksForAConflictedFunder(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ivy := access.Actor{PersonID: id(), Name: "Ivy Unseated", AgencyID: h.health.ID, Guests: []access.Guest{{ForumID: h.forum.ID, MeetingID: h.meeting.ID, ItemID: h.request.ID}}}
	officer := access.Actor{PersonID: id(), Name: "Otto Officer", AgencyID: h.health.ID}
	for _, person := range []access.Actor{ivy, officer} {
		h.owner(`insert into person (id, name, email, agency_id, created_at) values ($1, $2, $3, $4, now())`, person.PersonID, person.Name, person.PersonID.String()+"@example.org", h.health.ID)
	}
	h.owner(`update agency set officer_id = $1 where id = $2`, officer.PersonID, h.health.ID)
	name := room.NameAuthoriser{ItemID: h.request.ID, AgencyID: h.health.ID, PersonID: ivy.PersonID}
	const only = "An independent authoriser is named only for an agency that is asked to pay for item 3, whose members have all left for it, and that has none yet."

	h.refused(officer, name, fault.NotFound, "There is no such meeting.")
	waiting := func(reader access.Actor) (list []room.WaitingAuthoriser) {
		h.must(h.read(reader, func(tx db.Tx) (err error) { list, err = room.AuthorisersWaiting(tx); return err }))
		return list
	}
	onHome := officer
	onHome.OfficerOf = []uuid.UUID{h.health.ID}
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	if len(waiting(onHome)) != 0 {
		t.Error("Home asks for an authoriser while a deputy may speak")
	}
	h.refused(h.clerk, name, fault.Conflict, only) // their deputy may still speak
	if told, _ := h.waiting(room.NoticeAuthoriser); len(told) != 0 {
		t.Error("the officer is asked while a deputy may speak")
	}
	h.do(h.sam, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Professional, Reason: "x"})
	told, ids := h.waiting(room.NoticeAuthoriser)
	if len(told) != 1 || told[0] != officer.PersonID {
		t.Fatalf("told %v, want the officer", told)
	}
	notice := notify.Notice{Kind: room.NoticeAuthoriser, IDs: ids, To: officer.PersonID}
	for _, reader := range []access.Actor{onHome, h.clerk, h.chair} {
		if list := waiting(reader); len(list) != 1 || list[0].ItemID != h.request.ID || list[0].Item != "3" || list[0].Agency != "Health" {
			t.Errorf("%s’s Home: %+v", reader.Name, list)
		}
	}
	if len(waiting(h.ann))+len(waiting(h.hal)) != 0 {
		t.Error("a member’s Home asks for an authoriser")
	}
	notifytest.Golden(t, h.post(), notice, "authoriser_needed")

	h.inSession(h.ann, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if conflicted := h.sees(h.clerk).Item.Conflicted; len(conflicted) != 1 || conflicted[0].Text != "Health" {
		t.Errorf("the clerk is told of %+v", conflicted)
	}
	h.refused(h.ann, name, fault.Denied, "You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.refused(h.clerk, room.NameAuthoriser{ItemID: h.request.ID, AgencyID: h.asc.ID, PersonID: ivy.PersonID}, fault.Conflict, only)
	h.refused(h.clerk, room.NameAuthoriser{ItemID: h.request.ID, AgencyID: h.health.ID, PersonID: h.eve.PersonID}, fault.Invalid,
		"Choose somebody who works for Health or its legal body and has no seat at this meeting")
	var page room.Authorisers
	h.must(h.read(officer, func(tx db.Tx) (err error) { page, err = room.ShowAuthorisers(tx, h.request.ID); return err }))
	if len(page.Needed) != 1 || len(page.Needed[0].People) != 2 {
		t.Errorf("the officer’s page: %+v", page)
	}
	if err := h.read(h.stranger, func(tx db.Tx) error { _, err := room.ShowAuthorisers(tx, h.request.ID); return err }); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger’s page: %v", err)
	}
	h.do(officer, name)
	if len(waiting(onHome))+len(waiting(h.clerk)) != 0 {
		t.Error("Home asks for an authoriser who is named")
	}
	notifytest.NotSent(t, h.post(), notice)
	h.refused(h.clerk, name, fault.Conflict, only) // one is enough

	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, "This item cannot be voted on yet: Health is asked to pay and is not here.")
	h.do(ivy, room.RecordAttendance{Present: true, Remote: true})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	shown := h.shows(ivy)
	if !strings.Contains(shown, "CANARY-NEED") || strings.Contains(shown, "Welcome and apologies") {
		t.Errorf("an authoriser sees %s", shown)
	}
	vote, mine := h.sees(h.chair).Vote.ID, h.sees(ivy).Me.Positions
	if len(mine) != 1 || mine[0].For != "Health" || mine[0].Barred != "" {
		t.Fatalf("what Ivy gives: %+v", mine)
	}
	h.refused(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}, fault.Denied, "You have left for item 3, so you cannot vote on it.")
	h.do(ivy, room.CastBallot{VoteID: vote, SeatID: mine[0].SeatID, Position: room.Consent})
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	if got := h.sees(h.chair).Decision.Standing; got != "Decided" {
		t.Errorf("the decision stands as %q", got)
	}
	h.do(h.chair, room.FinishItem{ItemID: h.request.ID})
	if !h.outside(ivy) {
		t.Error("the authoriser is still in the room")
	}
	h.verify()
}
