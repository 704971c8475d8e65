package room_test

import (
	"testing"

	"quorate/panels/room"
	"quorate/server/base/fault"
)

// What the law stops must be stopped where it is decided, and still where it became known only after the vote.
func TestTheLawSpeaksAtTheVote(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve)
	const stopped = "Adult social care: from 18 this young person is eligible for NHS continuing healthcare, so the NHS pays for all health and social care. Take this share off"
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.owner(`update cases set chc_decision = 'Eligible', date_of_birth = '2008-12-01' where id = $1`, h.caseID)
	h.refused(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "x"}, fault.Invalid, stopped)
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Invalid, stopped)
	if law := h.sees(h.ann).Item.Law; len(law) != 1 || law[0] != "This young person is eligible for NHS continuing healthcare. From 18 the NHS pays for all health and social care, so a social care share is stopped. Education may remain." {
		t.Errorf("on the screen: %q", law)
	}
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: []room.Share{{AgencyID: h.health.ID, WeeklyPence: 120450, OneOffPence: 30000}}})
	h.do(h.chair, room.CloseVote{VoteID: h.sees(h.chair).Vote.ID})

	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.refused(h.chair, room.OpenVote{ItemID: h.name.ID, Outcome: room.Agreed, Text: "Agree that they are CHC eligible"}, fault.Invalid,
		"Whether somebody is eligible for NHS continuing healthcare is not voted on: a multidisciplinary team recommends, and the integrated care board decides. Ask the panel something else, such as to refer it")
}

// High-needs money that pays for care is taken from a school place.
func TestHighNeedsMoneyPaysOnlyForEducation(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.owner(`insert into request_line (id, request_id, position, kind, what, unit, quantity, price_pence, paid) values
		($1, $3, 1, 'education', 'School', 'week', 100, 20450, 'every_week'), ($2, $3, 2, 'care', 'Care', 'week', 100, 100000, 'every_week')`, id(), id(), h.requestID)
	h.inSession(h.ann, h.hal, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	split := func(edu int64) []room.Share {
		return []room.Share{{AgencyID: h.edu.ID, WeeklyPence: edu}, {AgencyID: h.asc.ID, WeeklyPence: 120450 - edu, OneOffPence: 30000}}
	}
	_, err := h.try(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(100000)})
	if refused := fault.As(err); refused == nil || len(refused.Fields) != 1 || refused.Fields[0].Name != "split" {
		t.Fatalf("got %v", err)
	}
	line := h.state().Items[2].Lines[0].Cost(52000).WeeklyPence
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Split: split(line)})
}
