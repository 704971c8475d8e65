package room_test

import (
	"slices"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// why is the reason that somebody gives in a vote, which nobody else may read before the close.
func why(p *poll, who access.Actor) string { return "CANARY-WHY-" + p.id.String() + who.Name }

// splits are shares as people type them: as asked, moved between the funders, a penny out, and to nil.
func (w *walk) splits(item uuid.UUID) []room.Share {
	asc, edu := rapid.Int64Range(0, askedWeekly).Draw(w.rt, "asc"), int64(0)
	second := askedWeekly - asc
	if rapid.IntRange(0, 4).Draw(w.rt, "education too") == 0 {
		edu = rapid.Int64Range(0, second).Draw(w.rt, "education")
		second -= edu
	}
	if rapid.IntRange(0, 5).Draw(w.rt, "a penny out") == 0 {
		asc++
	}
	shares := []room.Share{{AgencyID: w.asc.ID, WeeklyPence: asc, OneOffPence: askedOnce}, {AgencyID: w.asked(item)[1].AgencyID, WeeklyPence: second}}
	if edu > 0 {
		shares = append(shares, room.Share{AgencyID: w.edu.ID, WeeklyPence: edu})
	}
	return shares
}

// smaller are the shares of agreeing to some of it.
func (w *walk) smaller(item uuid.UUID) []room.Share {
	shares := w.asked(item)
	shares[1].WeeklyPence -= rapid.Int64Range(1, 10_000).Draw(w.rt, "less")
	return shares
}

// swapped are the shares of the last vote with one payer's as it was, and the other two's moved: whose is the
// same is not asked again.
func (w *walk) swapped(last *poll) []room.Share {
	shares := slices.Clone(last.shares)
	for i := range shares {
		if i > 0 && shares[i].WeeklyPence > 100 && shares[i].AgencyID != w.edu.ID {
			shares[i].WeeklyPence -= 100
			at := slices.IndexFunc(shares, func(s room.Share) bool { return s.AgencyID == w.edu.ID })
			if at < 0 {
				return append(shares, room.Share{AgencyID: w.edu.ID, WeeklyPence: 100})
			}
			shares[at].WeeklyPence += 100
			return shares
		}
	}
	return shares
}

func (w *walk) proposal(item uuid.UUID) room.OpenVote {
	proposal := room.OpenVote{ItemID: item, Outcome: room.Agreed, Text: "As proposed"}
	if w.ofRequest(item) {
		switch last := w.last(item); rapid.IntRange(0, 5).Draw(w.rt, "shares") {
		case 0, 1:
			proposal.Split = w.splits(item)
		case 2:
			proposal.Outcome, proposal.Split = room.AgreedInPart, w.smaller(item)
		case 3:
			if last != nil {
				proposal.Outcome, proposal.Split = last.outcome, w.swapped(last)
			}
		}
	}
	if rapid.IntRange(0, 7).Draw(w.rt, "not agreed") == 0 {
		proposal.Outcome = room.NotAgreed
	}
	proposal.Provisional = w.often("as it is quorate") != w.quorate(item, w.proposed(proposal).payers())
	return proposal
}

func (w *walk) openVote(*rapid.T) { w.try(w.by(w.inTheChair()), w.proposal(w.openOr())) }

// said is what somebody says in a vote, mostly yes.
func (w *walk) said(p *poll) (position room.Position, condition string) {
	offered := []room.Position{room.For, room.For, room.For, room.ForIf, room.Against, room.Abstain}
	if w.rule(p) == panels.FunderConsent {
		offered = []room.Position{room.Consent, room.Consent, room.Consent, room.ConsentIf, room.Refuse, room.Abstain}
	}
	position = rapid.SampledFrom(offered).Draw(w.rt, "position")
	if position == room.ConsentIf || position == room.ForIf {
		condition = "A review in May"
	}
	return position, condition
}

// pollNow is the open vote or, rarely, one that has closed: who is late must be told.
func (w *walk) pollNow() *poll {
	if p := w.open(); p != nil {
		return p
	}
	if len(w.polls) == 0 || rapid.IntRange(0, 3).Draw(w.rt, "late") > 0 {
		w.rt.Skip("no vote is open")
	}
	return w.polls[len(w.polls)-1]
}

// aPlace draws one to speak from: mostly somebody's own.
func (w *walk) aPlace(who access.Actor) uuid.UUID {
	own := slices.IndexFunc(w.places, func(p desk) bool { return slices.Contains(p.fills, who.PersonID) })
	if own >= 0 && rapid.IntRange(0, 5).Draw(w.rt, "own place") > 0 {
		return w.places[own].id
	}
	if rapid.IntRange(0, 9).Draw(w.rt, "no deciding one") == 0 {
		return w.seat["Ola Ash"]
	}
	return w.places[rapid.IntRange(0, len(w.places)-1).Draw(w.rt, "place")].id
}

func (w *walk) position(*rapid.T) {
	p := w.pollNow()
	who := w.by(append(w.speakers(p.item, p.payers()), w.ann, w.ben, w.hal, w.sam, w.eve)...)
	position, condition := w.said(p)
	w.try(who, room.CastBallot{VoteID: p.id, SeatID: w.aPlace(who), Position: position, Condition: condition, Reason: why(p, who)})
}

// writeDown is the clerk's: what was spoken, or is spoken by somebody whose line is down.
func (w *walk) writeDown(*rapid.T) {
	p := w.pollNow()
	if !w.aloud() && rapid.IntRange(0, 2).Draw(w.rt, "a line is down") > 0 {
		w.rt.Skip("everybody votes on their own screen")
	}
	who := w.one("whose", w.ann, w.hal, w.eve, w.gus, w.ivy)
	position, condition := w.said(p)
	w.try(w.by(w.clerk), room.RecordPosition{VoteID: p.id, SeatID: w.aPlace(who), Position: position, Condition: condition, Reason: "As spoken"})
}

func (w *walk) answerWritten(*rapid.T) {
	written := w.writtenDown()
	if len(written) == 0 {
		w.rt.Skip("none")
	}
	of := written[rapid.IntRange(0, len(written)-1).Draw(w.rt, "position")]
	who := w.by(w.ann, w.hal, w.eve)
	if i := slices.IndexFunc(w.people, func(a access.Actor) bool { return a.PersonID == of.PersonID }); i >= 0 && w.often("theirs") {
		who = w.people[i]
	}
	answer := room.ConfirmPosition{BallotID: of.ID, Disputed: rapid.Bool().Draw(w.rt, "disputed")}
	if answer.Disputed {
		answer.Text = "I said something else"
	}
	w.try(who, answer)
}

func (w *walk) closeVote(*rapid.T) {
	w.try(w.by(w.inTheChair()), room.CloseVote{VoteID: w.pollNow().id})
}

// hear takes an item from its opening to its decision as a good meeting does, but for a step that is left
// out or goes otherwise here and there. Chance alone hardly ever gets so far.
func (w *walk) hear(*rapid.T) {
	item := w.undecided()
	if !w.apart() {
		w.comesTo(item)
		w.try(w.inTheChair(), w.proposal(item))
	}
	if p := w.open(); p != nil {
		for _, seat := range w.places {
			w.speaks(p, seat)
		}
		if wild() && rapid.IntRange(0, 2).Draw(w.rt, "something comes between") == 0 {
			w.meddles(p)
		}
		if w.often("closed") {
			w.try(w.inTheChair(), room.CloseVote{VoteID: p.id})
		}
	}
	if w.often("confirmed") {
		w.confirms(item)
	}
}

// meddles is what comes between the positions and the close: who gave one has an interest after all, or goes
// and somebody stands in, or whoever should not gives one.
func (w *walk) meddles(p *poll) {
	gave := []access.Actor{}
	for _, who := range w.people {
		for _, one := range p.given {
			if one.person == who.PersonID {
				gave = append(gave, who)
				break
			}
		}
	}
	position, condition := w.said(p)
	from := w.places[rapid.IntRange(0, len(w.places)-1).Draw(w.rt, "place")]
	cast := func(who access.Actor) {
		w.try(who, room.CastBallot{VoteID: p.id, SeatID: from.id, Position: position, Condition: condition, Reason: why(p, who)})
	}
	switch what := rapid.IntRange(0, 3).Draw(w.rt, "what"); {
	case what == 0 && len(gave) > 0:
		w.try(w.one("whose", gave...), room.DeclareInterest{ItemID: p.item, Kind: room.Family, Reason: "A cousin"})
	case what == 1 && len(gave) > 0 && !w.apart():
		w.try(w.one("whose", gave...), room.RecordAttendance{Present: false})
		fallthrough
	default: // who fills the place, one after the other, whether here or not
		for _, id := range from.fills {
			if i := slices.IndexFunc(w.people, func(a access.Actor) bool { return a.PersonID == id }); i >= 0 {
				if rapid.Bool().Draw(w.rt, "comes") {
					w.try(w.people[i], room.RecordAttendance{Present: true})
				}
				cast(w.people[i])
			}
		}
	}
}

// undecided is an item that has no decision, as a rule.
func (w *walk) undecided() uuid.UUID {
	item := w.item()
	for _, l := range w.lines {
		if w.grounds[item] != nil && w.grounds[l.ID] == nil && w.often("not decided yet") {
			item = l.ID
		}
	}
	return item
}

// comesTo has the meeting turn to an item with everybody there who is needed for it, as a rule.
func (w *walk) comesTo(item uuid.UUID) {
	if !w.running && w.often("in session") {
		w.comesAgain()
		w.try(w.chair, room.StartMeeting{})
	}
	if w.state.Meeting.PausedAt != nil {
		w.try(w.inTheChair(), room.ResumeMeeting{})
	}
	for _, who := range []access.Actor{w.ann, w.hal, w.gus} {
		if who.Name != "" && !w.here[who.PersonID] && w.often("is here") {
			w.try(who, room.RecordAttendance{Present: true})
		}
	}
	if open, _ := w.opened(); open != item && w.often("opened") {
		w.try(w.inTheChair(), room.OpenItem{ItemID: item})
	}
}

// speaks has whoever sits in a place give its position, on their screen or aloud.
func (w *walk) speaks(p *poll, from desk) {
	person := w.sitter(from, p.item, w.mayBe)
	i := slices.IndexFunc(w.people, func(a access.Actor) bool { return a.PersonID == person })
	if i < 0 || !w.often("speaks") {
		return
	}
	position, condition := w.said(p)
	if rapid.IntRange(0, 2).Draw(w.rt, "agrees") > 0 {
		position, condition = room.For, ""
		if w.rule(p) == panels.FunderConsent {
			position = room.Consent
		}
	}
	if w.aloud() {
		w.try(w.clerk, room.RecordPosition{VoteID: p.id, SeatID: from.id, Position: position, Condition: condition, Reason: "As spoken"})
		return
	}
	w.try(w.people[i], room.CastBallot{VoteID: p.id, SeatID: from.id, Position: position, Condition: condition, Reason: why(p, w.people[i])})
}
