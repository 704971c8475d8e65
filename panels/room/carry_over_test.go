package room_test

import (
	"testing"

	"quorate/panels/room"
)

// A funder whose share is the same has answered already; one whose share grew has not, and must never be
// read as if it had.
func TestConsentIsAskedAgainOnlyOfWhoseShareChanged(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve)
	split := func(asc, health, edu int64) []room.Share {
		return []room.Share{{AgencyID: h.asc.ID, WeeklyPence: asc, OneOffPence: 30000}, {AgencyID: h.health.ID, WeeklyPence: health}, {AgencyID: h.edu.ID, WeeklyPence: edu}}
	}
	first := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed, Split: split(60000, 30000, 30450)})
	h.do(h.ann, room.CastBallot{VoteID: first, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	h.do(h.hal, room.CastBallot{VoteID: first, SeatID: h.seat["Hal Hart"], Position: room.Refuse, Reason: "Too much"})
	h.do(h.eve, room.CastBallot{VoteID: first, SeatID: h.seat["Eve Lane"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: first})

	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60000, 20000, 40450)})
	second := h.sees(h.chair).Vote
	for _, voter := range second.Voters {
		carried := voter.For == "Adult social care"
		if voter.Voted != carried || (voter.CarriedFrom == 1) != carried || voter.Position != "" {
			t.Errorf("%s: %+v", voter.For, voter)
		}
	}
	h.do(h.hal, room.CastBallot{VoteID: second.ID, SeatID: h.seat["Hal Hart"], Position: room.Consent})
	h.do(h.chair, room.CloseVote{VoteID: second.ID})
	if got := h.sees(h.chair).Vote.Result; got != "Not every funder consents: no consent was given for Education" {
		t.Errorf("education’s share grew and it said nothing: %q", got)
	}

	// Back from run 1 still, and nothing of whoever has an interest since.
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60000, 25000, 35450)})
	third := h.sees(h.chair).Vote
	if third.Voted != 1 || third.Voters[0].CarriedFrom != 1 {
		t.Errorf("the third run: %d voted, %+v", third.Voted, third.Voters[0])
	}
	h.do(h.chair, room.CloseVote{VoteID: third.ID})
	h.do(h.ann, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.do(h.ben, room.RecordAttendance{Present: true})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60000, 26000, 34450)})
	if got := h.sees(h.chair).Vote.Voted; got != 0 {
		t.Errorf("%d positions are carried over of somebody who has left", got)
	}
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})

	// The same split again, or another start, is asked of everybody.
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(60000, 26000, 34450)})
	if got := h.sees(h.chair).Vote.Voted; got != 0 {
		t.Errorf("%d positions are carried over into a vote on the same split", got)
	}
	h.verify()
}
