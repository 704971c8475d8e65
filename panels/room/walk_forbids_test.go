package room_test

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// forbids says why a change must not be accepted from somebody, as far as the model can tell, or "". It is
// asked before the change is tried: that it was refused needs no reason here, that it was accepted does.
func (w *walk) forbids(actor access.Actor, change room.Change) string {
	me := actor.PersonID
	if w.running && w.acting != uuid.Nil && w.acting != me && runs(change) {
		return "somebody else is in the chair"
	}
	switch c := change.(type) { // of those below, some may be done by whoever has left
	case room.ConfirmPosition:
		if w.personOf(c.BallotID) != me {
			return "the position is somebody else’s"
		}
	case room.EndorseDecision:
		return w.forbidsAnswer(me, c.DecisionID)
	case room.AuthoriseDecision:
		return w.forbidsAnswer(me, c.DecisionID)
	case room.SecondDecision:
		if g := w.grounds[w.awaiting()[c.DecisionID]]; g == nil || g.by == me {
			return "one person confirms for both chairs"
		}
	case room.AgreeToConsent:
		return w.forbidsAgreement(me, c)
	case room.DecideConsent:
		return w.forbidsList()
	}
	item := w.itemOf(change)
	if item == uuid.Nil {
		return ""
	}
	if w.left(me, item) {
		return "they have left for the item"
	}
	switch c := change.(type) {
	case room.OpenVote:
		p := w.proposed(c)
		if !w.apart() && !c.Provisional && !w.quorate(item, p.payers()) {
			return "the item is not quorate"
		}
		if !w.addsUp(p) {
			return "the shares do not add up"
		}
	case room.CastBallot:
		return w.forbidsPosition(me, w.pollOf(c.VoteID), c.SeatID, false)
	case room.RecordPosition:
		from, _ := w.place(c.SeatID)
		return w.forbidsPosition(w.sitter(from, item, w.mayBe), w.pollOf(c.VoteID), c.SeatID, true)
	case room.ConfirmDecision:
		return w.forbidsDecision(c)
	case room.RatifyDecision:
		if !w.quorate(item, nil) {
			return "the item is not quorate"
		}
	case room.NameAuthoriser:
		if person, _ := w.speaker(c.AgencyID, item); person != uuid.Nil {
			return "somebody speaks for that funder"
		}
		for _, p := range w.deciding() {
			if p.agency == c.AgencyID && slices.ContainsFunc(p.fills, func(person uuid.UUID) bool { return !w.silent(person, item) }) {
				return "one of that funder’s own may speak, though they are not here"
			}
		}
	}
	return ""
}

// forbidsPosition: a position is given by who speaks for that voice, here and unconflicted, and nobody's is
// given over the head of somebody who gave it and is still here.
func (w *walk) forbidsPosition(person uuid.UUID, p *poll, seat uuid.UUID, written bool) string {
	from, found := w.place(seat)
	switch {
	case p == nil || p.closed:
		return "no such vote is open"
	case !found || from.item != uuid.Nil && from.item != p.item:
		return "nobody decides from there"
	case person == uuid.Nil || !w.mayBe(person):
		return "they are not here"
	case w.silent(person, p.item):
		return "they have an interest"
	case !slices.Contains(from.fills, person):
		return "it is not their seat"
	}
	voice := w.voice(p, from, person)
	before, again := p.given[voice]
	if w.rule(p) == panels.FunderConsent {
		if !slices.Contains(p.payers(), from.agency) {
			return "that agency is not asked to pay"
		}
		speaker, _ := w.speaker(from.agency, p.item)
		if speaker != person && !(again && before.person == person) {
			return "somebody else speaks for that agency"
		}
	} else {
		if from.item != uuid.Nil {
			return "a guest votes on money alone"
		}
		for _, one := range p.given {
			if one.place == seat && one.person != person {
				return "a seat votes once"
			}
		}
	}
	if again && before.person != person && w.mayBe(before.person) && !w.silent(before.person, p.item) {
		return "who gave the position is still here"
	}
	if again && written && !before.written && w.rules.VotingMethod == panels.Devices {
		return "they gave it on their own screen"
	}
	return ""
}

// forbidsDecision: what agrees to something rests on a quorum and on everybody's consent who pays.
func (w *walk) forbidsDecision(c room.ConfirmDecision) string {
	p := w.last(c.ItemID)
	if p != nil && !p.closed {
		return "the vote is open"
	}
	if c.Outcome == room.Provisional && p != nil && p.refused() {
		return "somebody said no"
	}
	if !agrees(c.Outcome) {
		return ""
	}
	switch {
	case w.kind == panels.ChairsAction:
		return "a chair alone commits nobody"
	case p == nil && w.ofRequest(c.ItemID):
		return "nobody was asked to pay"
	case p == nil:
		if !w.quorate(c.ItemID, nil) {
			return "the item is not quorate"
		}
	case !p.quorate || p.provisional:
		return "the vote had no quorum"
	case !agrees(p.outcome):
		return "the vote was on another proposal"
	case !p.carried && !(p.tie && c.CastingVote == room.For && w.rules.CastingVote):
		return "the vote was not carried"
	case p.conditional() && len(c.Conditions) == 0:
		return "a funder’s condition is left out"
	}
	if p != nil {
		for _, agency := range p.payers() {
			if !p.consented(agency) {
				return "a payer did not consent"
			}
		}
	}
	return ""
}

// forbidsAnswer: whoever voted on an item, confirmed it or left for it does not answer for an agency too.
func (w *walk) forbidsAnswer(me, decision uuid.UUID) string {
	item := w.itemOfDecision(decision)
	for _, p := range w.polls {
		for _, one := range p.given {
			if p.item == item && one.person == me {
				return "they voted on the item"
			}
		}
	}
	switch g := w.grounds[item]; {
	case w.left(me, item):
		return "they have left for the item"
	case g != nil && g.by == me:
		return "they confirmed it"
	}
	return ""
}

func (w *walk) forbidsAgreement(me uuid.UUID, c room.AgreeToConsent) string {
	from, found := w.place(c.SeatID)
	if !found || from.item != uuid.Nil {
		return "nobody decides from there"
	}
	person := me
	if w.rules.VotingMethod == panels.Spoken {
		person = w.sitter(from, uuid.Nil, w.mayBe)
	}
	before, again := w.listed[from.agency]
	switch {
	case person == uuid.Nil || !w.here[person]:
		return "they are not here"
	case !slices.Contains(from.fills, person):
		return "it is not their seat"
	case w.sitter(from, uuid.Nil, w.mayBe) != person && !(again && before == person):
		return "somebody else speaks for that agency"
	case again && before != person && w.here[before]:
		return "who gave the position is still here"
	}
	return ""
}

// forbidsList: each item of the list rests on what a vote of its own would.
func (w *walk) forbidsList() string {
	if len(w.list) == 0 {
		return "nothing is on the list"
	}
	for _, item := range w.list {
		p := w.proposed(room.OpenVote{ItemID: item})
		if !w.quorate(item, p.payers()) {
			return "an item of the list is not quorate"
		}
		for _, agency := range p.payers() {
			if w.listed[agency] == uuid.Nil {
				return "a payer did not agree to the list"
			}
		}
		for _, l := range w.interests {
			if !l.withdrawn && w.sameMatter(l.item, item) && l.extent != room.MaySpeakVotes {
				return "somebody has an interest in an item of the list"
			}
		}
	}
	return ""
}
