package room_test

import (
	"strings"
	"testing"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// What nobody contests is agreed together, and yet each funder has consented to each of its shares and each
// item has its own vote and decision: an appeal about one of them is about that one.
func TestConsentList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	put := func(item, reasons string) room.PutOnConsentList {
		return room.PutOnConsentList{ItemID: map[string]room.OpenItem{"name": {ItemID: h.name.ID}, "request": {ItemID: h.request.ID}, "standing": {ItemID: h.standing.ID}}[item].ItemID, Reasons: reasons}
	}
	h.refused(h.ann, put("request", "x"), fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.refused(h.chair, put("standing", "x"), fault.Conflict, "Item 1 cannot be on the consent list: it is not about a young person.")
	h.refused(h.chair, put("request", " "), fault.Invalid, "Enter the reasons for agreeing")
	h.do(h.chair, put("request", "Assessed need, as last year")) // before the meeting
	h.do(h.chair, put("name", "Short breaks go on"))
	h.refused(h.chair, put("name", "x"), fault.Conflict, "Item 2 is on the consent list already.")

	h.inSession(h.ann, h.hal, h.eve, h.ola)
	h.refused(h.chair, room.DecideConsent{}, fault.Conflict, "The consent list cannot be decided yet: Adult social care and Health still to agree.")
	consent := h.sees(h.ann).Consent
	if len(consent.Items) != 2 || len(consent.Voters) != 2 || consent.Items[1].Proposal != "£1,204.50 a week and £300 once from 4 January 2027" {
		t.Fatalf("the list as a member sees it: %+v", consent)
	}
	for who, actor := range map[string]access.Actor{"a presenter": h.pia, "an observer": h.observer()} {
		if h.sees(actor).Consent != nil {
			t.Errorf("%s sees the list", who)
		}
	}
	if mine := h.sees(h.eve).Me; len(mine.Consents) != 0 || !mine.Objects {
		t.Errorf("who pays nothing: %+v", mine.Consents)
	}
	agree := func(seat string) room.AgreeToConsent { return room.AgreeToConsent{SeatID: h.seat[seat], Agreed: true} }
	h.refused(h.eve, agree("Eve Lane"), fault.Denied, "Education is not asked to pay a share, so it gives no position.")
	h.refused(h.ann, agree("Hal Hart"), fault.Denied, "You neither hold that seat nor deputise for it.")
	h.do(h.ann, agree("Ann Bell"))
	h.do(h.hal, agree("Hal Hart"))
	h.do(h.hal, room.AgreeToConsent{SeatID: h.seat["Hal Hart"]}) // thought better of it
	h.refused(h.chair, room.DecideConsent{}, fault.Conflict, "The consent list cannot be decided yet: Health still to agree.")
	h.do(h.hal, agree("Hal Hart"))
	h.do(h.chair, room.DecideConsent{})

	for _, item := range h.state().Items[1:] {
		h.do(h.chair, room.OpenItem{ItemID: item.ID})
		decision := h.sees(h.chair).Decision
		if decision == nil || decision.Words != "Agreed" || decision.Standing != "Decided" {
			t.Fatalf("item %s: %+v", item.Number, decision)
		}
	}
	vote := h.sees(h.ann).Vote
	if vote == nil || vote.Open || !vote.Carried || len(vote.Voters) != 2 || vote.Voters[0].Position != room.Consent || vote.Voters[0].Name != "Ann Bell" ||
		vote.Text != "On the consent list, items 2 and 3 together: nobody objected." {
		t.Errorf("the vote on the record: %+v", vote)
	}
	if n := h.count(`select count(*) from funding_request where state = 'decided'`); n != 1 {
		t.Error("the request is not decided")
	}
	h.verify()
}

// One voice is enough to have an item heard, whoever's money it is.
func TestAnObjectionTakesAnItemOffTheConsentList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve, h.ola)
	for _, item := range []room.PutOnConsentList{{ItemID: h.request.ID, Reasons: "x"}, {ItemID: h.name.ID, Reasons: "x"}} {
		h.do(h.chair, item)
	}
	object := room.ObjectToConsent{ItemID: h.request.ID, Reason: "The school has not been asked"}
	h.refused(h.ola, object, fault.Denied, "Whoever votes here, and the chair, takes an item off the consent list.")
	h.do(h.eve, object)
	h.refused(h.hal, object, fault.Conflict, "Item 3 is not on the consent list any more.")
	consent := h.sees(h.chair).Consent
	if len(consent.Items) != 1 || len(consent.Off) != 1 || consent.Off[0].By != "Eve Lane" || len(consent.Voters) != 0 {
		t.Fatalf("after an objection: %+v", consent)
	}
	h.do(h.chair, room.DecideConsent{})
	if view := h.state(); len(view.Decisions) != 1 || view.Decisions[0].ItemID != h.name.ID || !strings.HasSuffix(view.Decisions[0].Reasons, "On the consent list: nobody objected.") {
		t.Errorf("decided: %+v", view.Decisions)
	}
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed}) // it is taken like any other
	h.consent(vote)
}

// Consent is to what was on the list, and an item in which somebody has an interest is never on it.
func TestTheConsentListIsAskedAgainWhenItGrows(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal, h.eve)
	h.do(h.chair, room.PutOnConsentList{ItemID: h.request.ID, Reasons: "x"})
	h.do(h.ann, room.AgreeToConsent{SeatID: h.seat["Ann Bell"], Agreed: true})
	h.do(h.chair, room.PutOnConsentList{ItemID: h.name.ID, Reasons: "x"})
	if agreed := h.sees(h.chair).Consent.Agreed; agreed != 0 {
		t.Errorf("%d agreed to what was not on the list yet", agreed)
	}
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: "family", Reason: "x"})
	if consent := h.sees(h.chair).Consent; len(consent.Items) != 0 {
		t.Errorf("an item somebody has left for is still on the list: %+v", consent.Items)
	}
	h.refused(h.chair, room.PutOnConsentList{ItemID: h.request.ID, Reasons: "x"}, fault.Conflict, "Item 3 cannot be on the consent list: it has somebody with an interest in it.")
}
