package room_test

import (
	"testing"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// interestOf is the declaration somebody made at the meeting.
func (h *house) interestOf(person access.Actor) uuid.UUID {
	h.t.Helper()
	for _, interest := range h.state().Table.Interests {
		if interest.PersonID == person.PersonID {
			return interest.ID
		}
	}
	h.t.Fatalf("%s has declared no interest", person.Name)
	return uuid.Nil
}

// Somebody with a declared interest must be out until the chair says otherwise, and afterwards exactly as
// far in as the chair said: a vote by somebody who may only speak could be set aside by a court.
func TestAnswerInterest(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Professional, Reason: "CANARY-WHY"}) // before the meeting
	h.inSession(h.ann, h.hal, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	if hidden := h.sees(h.hal).Item.Hidden; hidden != "You have left for this item" {
		t.Fatalf("before the chair answers, hal sees the item: %q", hidden)
	}
	interest := h.interestOf(h.hal)
	answer := func(extent room.Extent, reason string) room.AnswerInterest {
		return room.AnswerInterest{InterestID: interest, Extent: extent, Reason: reason}
	}
	h.refused(h.ann, answer(room.MaySpeak, "x"), fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.refused(h.chair, answer(room.MaySpeak, " "), fault.Invalid, "Enter the reason for the dispensation")
	h.refused(h.chair, answer("", ""), fault.Invalid, "Select whether you accept it or give a dispensation")

	h.do(h.chair, answer(room.MaySpeak, "CANARY-DISPENSATION"))
	see := h.sees(h.hal)
	if see.Item.Hidden != "" || see.Item.Request == nil {
		t.Error("whoever may speak does not see what is spoken about")
	}
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict, "This item cannot be voted on yet: Health is asked to pay and is not here.")
	if shown := h.sees(h.ann).Item.Interests[0]; shown.Words != "may speak on this item, and does not vote" || shown.Reason != "" || shown.Answer != "" {
		t.Errorf("another member is told: %+v", shown)
	}
	if shown := h.sees(h.clerk).Item.Interests[0]; shown.Reason != "CANARY-WHY" || shown.Answer != "CANARY-DISPENSATION" {
		t.Errorf("the clerk is told: %+v", shown)
	}
	h.refused(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"}, fault.Conflict, "Hal Hart has declared an interest in item 3 already. The chair can answer it anew.")

	h.do(h.chair, answer(room.MaySpeakVotes, "Knows the service best"))
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed})
	vote := h.sees(h.chair).Vote.ID
	h.do(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent})

	h.do(h.chair, answer(room.MaySpeak, "Thought better of it"))
	if n := h.count(`select count(*) from ballot where vote_id = ? and superseded_at is null`, vote); n != 0 {
		t.Error("a position stands of somebody who may only speak")
	}
	h.refused(h.hal, room.CastBallot{VoteID: vote, SeatID: h.seat["Hal Hart"], Position: room.Consent}, fault.Denied, "You may speak on item 3, and not vote on it.")

	h.do(h.chair, answer(room.StaysOut, ""))
	if hidden := h.sees(h.hal).Item.Hidden; hidden != "You have left for this item" {
		t.Errorf("after the chair accepted it, hal sees the item: %q", hidden)
	}
	if n := h.count(`select count(*) from interest_answer where interest_id = ?`, interest); n != 4 {
		t.Errorf("%d answers are on the record, want all 4", n)
	}
	h.verify()
}

// A chair must not let themselves back in.
func TestAnswerOwnInterest(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.chair, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.refused(h.chair, room.AnswerInterest{InterestID: h.interestOf(h.chair), Extent: room.MaySpeakVotes, Reason: "x"}, fault.Denied,
		"You cannot answer your own declaration. Ask the deputy chair.")
}

// What a person reads of interests before the meeting must be as in it: the reason is not for colleagues.
func TestShowInterests(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Professional, Reason: "CANARY-WHY"})
	shown := func(actor access.Actor) (seen room.ItemInterests) {
		h.must(h.store.DB.Read(t.Context(), actor, func(tx db.Tx) error {
			_, items, err := room.ShowInterests(tx, h.meeting.ID)
			for _, item := range items {
				if item.Line.ID == h.request.ID {
					seen = item
				}
			}
			return err
		}))
		return seen
	}
	if own := shown(h.hal); own.Line.Title != "" || len(own.Interests) != 1 || own.Interests[0].Reason != "CANARY-WHY" {
		t.Errorf("whoever declared sees %+v", own)
	}
	if other := shown(h.ann); len(other.Interests) != 1 || other.Interests[0].Reason != "" {
		t.Errorf("a colleague sees %+v", other)
	}
	if chair := shown(h.chair); chair.Interests[0].Reason != "CANARY-WHY" {
		t.Errorf("the chair sees %+v", chair)
	}
}

// An interest nobody answers keeps somebody out, or lets a decision be set aside: the chair hears of it at
// once, in the room whatever item is open and on Home, and the minutes say what came of it.
func TestAnInterestWaitsForItsChair(t *testing.T) {
	t.Parallel()
	h := setup(t)
	waiting := func(actor access.Actor) (n int) {
		h.must(h.read(actor, func(tx db.Tx) error {
			list, err := room.InterestsWaiting(tx)
			for _, w := range list {
				n += w.Count
			}
			return err
		}))
		return n
	}
	h.do(h.hal, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Professional, Reason: "Knows the service"})
	if chair, clerk, own := waiting(h.chair), waiting(h.clerk), waiting(h.hal); chair != 1 || clerk != 0 || own != 0 {
		t.Errorf("waiting: chair %d, clerk %d, who declared %d", chair, clerk, own)
	}
	h.inSession(h.ann, h.eve)
	h.do(h.chair, room.OpenItem{ItemID: h.standing.ID})
	if answers := h.sees(h.chair).Me.Answers; len(answers) != 1 || answers[0].Item != "3" || answers[0].Reason != "Knows the service" {
		t.Fatalf("the chair is told: %+v", answers)
	}
	if member := h.sees(h.ann).Me.Answers; len(member) != 0 {
		t.Errorf("a member is told: %+v", member)
	}
	h.do(h.chair, room.AnswerInterest{InterestID: h.interestOf(h.hal), Extent: room.MaySpeak, Reason: "CANARY-DISPENSATION"})
	if len(h.sees(h.chair).Me.Answers) != 0 || waiting(h.chair) != 0 {
		t.Error("an answered interest still waits")
	}
	h.do(h.eve, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.do(h.chair, room.AnswerInterest{InterestID: h.interestOf(h.eve), Extent: room.StaysOut})
	h.do(h.chair, room.CloseMeeting{})
	const spoke = "Hal Hart declared an interest. The chair gave a dispensation to speak on this item and not vote"
	for _, c := range []struct {
		actor access.Actor
		want  string
	}{{h.clerk, spoke + ", because: CANARY-DISPENSATION."}, {h.hal, spoke + ", because: CANARY-DISPENSATION."}, {h.ann, spoke + "."}} {
		m, err := h.minutes(c.actor)
		h.must(err)
		list := m.Items[2].Interests
		if len(list) != 2 || list[0].Sentence() != c.want || list[1].Sentence() != "Eve Lane declared an interest, which the chair accepted, and left for this item." {
			t.Errorf("%s reads %+v", c.actor.Name, list)
		}
	}
}
