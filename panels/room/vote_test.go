package room_test

import (
	"testing"

	"quorate/panels/room"
)

// A package is paid for only because both funders said yes to their own share.
func TestFundingVote(t *testing.T) {
	t.Parallel()
	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.inSession(h.ann, h.hal)
		vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
		h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
		h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})
		h.do(h.chair, room.CloseVote{VoteID: vote})
		h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
		view := h.sees(h.ann)
		if view.Decision == nil || view.Decision.Words != "Agreed" || view.Decision.Standing != "Decided" || len(view.Decision.Split) != 2 {
			t.Fatalf("decision: %+v", view.Decision)
		}
		if got := view.Decision.ReviewOn.String(); got != "2027-04-04" {
			t.Errorf("the review is on %s, want three months after the start", got)
		}
		if n := h.count(`select count(*) from due where kind = 'review' and forum_id = ? and due_on = '2027-04-04'`, h.forum.ID); n != 1 {
			t.Errorf("%d reviews come back to the panel, want 1", n)
		}
		if n := h.count(`select count(*) from funding_request where state = 'decided'`); n != 1 {
			t.Errorf("the request is not decided")
		}
	})
}
