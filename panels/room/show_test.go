package room_test

import (
	"testing"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// read runs a query as somebody.
func (h *house) read(actor access.Actor, query func(tx db.Tx) error) error {
	return h.store.DB.Read(h.t.Context(), actor, query)
}

// The decision's own page is as closed to whoever left for the item as the room was.
func TestShowDecision(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	h.consent(vote)
	h.do(h.chair, room.CloseVote{VoteID: vote})
	h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
	id := h.sees(h.chair).Decision.ID
	show := func(actor access.Actor) (page room.DecisionPage, err error) {
		err = h.read(actor, func(tx db.Tx) error { page, err = room.ShowDecision(tx, id); return err })
		return page, err
	}
	for _, c := range []struct {
		actor access.Actor
		vote  bool
	}{{h.chair, true}, {h.clerk, true}, {h.ola, true}, {h.observer(), false}, {h.pia, false}} {
		page, err := show(c.actor)
		h.must(err)
		if page.Decision.Reasons != "Assessed need" || page.Item.Title != "Noor Canary" || page.Vote != nil != c.vote || page.MayCorrect != (c.actor.Name == h.chair.Name) {
			t.Errorf("%s: %+v", c.actor.Name, page)
		}
	}
	if _, err := show(h.eve); !fault.Is(err, fault.Denied) {
		t.Errorf("who left for the item: %v, want denied", err)
	}
	if _, err := show(h.stranger); !fault.Is(err, fault.NotFound) {
		t.Errorf("an outsider: %v, want not found", err)
	}
	ofCase := func(actor access.Actor) (lines []room.DecisionLine) {
		h.must(h.read(actor, func(tx db.Tx) (err error) { lines, err = room.DecisionsOfCase(tx, h.caseID); return err }))
		return lines
	}
	if lines := ofCase(h.ann); len(lines) != 1 || lines[0].WeeklyPence != 120450 || lines[0].OneOffPence != 30000 || lines[0].ItemNumber != "3" {
		t.Errorf("decisions of the case: %+v", lines)
	}
	if len(ofCase(h.pia)) != 1 || len(ofCase(h.eve)) != 0 || len(ofCase(h.stranger)) != 0 {
		t.Error("the case’s decisions are not those each person may read")
	}
}
