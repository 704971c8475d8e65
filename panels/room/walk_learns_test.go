package room_test

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// learns takes an acknowledged change into the model. Of the rows it asks only under which id something new
// is kept.
func (w *walk) learns(actor access.Actor, change room.Change) {
	me := actor.PersonID
	switch c := change.(type) {
	case room.StartMeeting:
		w.running = true
		if w.rules.Chairing != panels.TwoJointly {
			w.acting = me
		}
	case room.AdjournMeeting:
		w.running, w.acting = false, uuid.Nil
		clear(w.here) // everybody goes home
	case room.CloseMeeting:
		w.running = false
	case room.TakeChair:
		w.acting = me
	case room.HandChair:
		w.acting = c.PersonID
	case room.RecordAttendance:
		w.here[whose(c.PersonID, me)] = c.Present
	case room.DeclareInterest:
		l := &leaving{person: whose(c.PersonID, me), item: c.ItemID}
		w.interests[w.newest("interest", "meeting_id", w.meeting.ID)] = l
		w.takesOut(l)
		w.list = slices.DeleteFunc(w.list, func(item uuid.UUID) bool { return w.sameMatter(l.item, item) })
	case room.AnswerInterest:
		l := w.interests[c.InterestID]
		if l.extent = c.Extent; c.Extent != room.MaySpeakVotes {
			w.takesOut(l)
		}
	case room.WithdrawInterest:
		w.interests[c.InterestID].withdrawn = true
	case room.NameAuthoriser:
		w.places = append(w.places, desk{id: w.newest("meeting_guest", "item_id", c.ItemID), agency: c.AgencyID, fills: []uuid.UUID{c.PersonID}, item: c.ItemID})
	case room.OpenVote:
		p := w.proposed(c)
		p.id = w.newest("vote", "item_id", c.ItemID)
		p.provisional = !w.quorate(p.item, p.payers())
		w.carriesOver(w.last(p.item), p)
		w.polls = append(w.polls, p)
	case room.CastBallot:
		w.gives(w.pollOf(c.VoteID), me, c.SeatID, c.Position, false)
	case room.RecordPosition:
		p := w.pollOf(c.VoteID)
		from, _ := w.place(c.SeatID)
		w.gives(p, w.sitter(from, p.item, w.mayBe), c.SeatID, c.Position, true)
	case room.ConfirmPosition:
		w.disputes(c)
	case room.CloseVote:
		w.ends(w.pollOf(c.VoteID))
	case room.StopBetween:
		if p := w.open(); p != nil {
			w.ends(p)
		}
		w.running = false
	case room.PutOnConsentList:
		w.list = append(w.list, c.ItemID)
		clear(w.listed)
	case room.ObjectToConsent:
		w.list = slices.DeleteFunc(w.list, func(item uuid.UUID) bool { return item == c.ItemID })
	case room.AgreeToConsent:
		from, _ := w.place(c.SeatID)
		delete(w.listed, from.agency)
		if c.Agreed {
			w.listed[from.agency] = me
			if w.rules.VotingMethod == panels.Spoken {
				w.listed[from.agency] = w.sitter(from, uuid.Nil, w.mayBe)
			}
		}
	case room.DecideConsent:
		for _, item := range w.list {
			w.decidesTogether(item, me)
		}
		w.list = nil
	case room.ConfirmDecision:
		w.grounds[c.ItemID] = &grounds{poll: w.last(c.ItemID), quorate: w.quorate(c.ItemID, nil), alone: w.kind == panels.ChairsAction, casting: c.CastingVote, by: me, outcome: c.Outcome, asked: w.asks(c)}
		if w.apart() && !w.rules.BothChairsConfirm {
			w.running = false
		}
	case room.SendBackDecision:
		waiting := slices.Collect(maps.Values(w.awaiting()))
		maps.DeleteFunc(w.grounds, func(item uuid.UUID, _ *grounds) bool {
			return w.decisionOf(item) == uuid.Nil && !slices.Contains(waiting, item)
		})
	}
}

func whose(person, me uuid.UUID) uuid.UUID {
	if person == uuid.Nil {
		return me
	}
	return person
}

// takesOut takes the positions of whoever has an interest out of the vote that is open.
func (m *model) takesOut(l *leaving) {
	if p := m.open(); p != nil && m.sameMatter(l.item, p.item) {
		for voice, one := range p.given {
			if one.person == l.person {
				delete(p.given, voice)
			}
		}
	}
}

func (m *model) gives(p *poll, person, seat uuid.UUID, position room.Position, written bool) {
	from, _ := m.place(seat)
	said := given{person: person, place: seat, position: position, written: written}
	switch position {
	case room.ConsentIf:
		said.position, said.conditional = room.Consent, true
	case room.ForIf:
		said.position, said.conditional = room.For, true
	}
	p.given[m.voice(p, from, person)] = said
}

func (m *model) ends(p *poll) {
	p.quorate = m.quorate(p.item, p.payers())
	p.carried, p.tie = m.result(p)
	p.closed = true
}

// carriesOver: where the shares were changed and nothing else, who is asked for the same as before has said
// it already, unless they dispute it or have an interest since.
func (m *model) carriesOver(last, next *poll) {
	if last == nil || m.rule(last) != panels.FunderConsent || m.rule(next) != panels.FunderConsent || last.outcome != next.outcome || last.text != next.text {
		return
	}
	same := func(agency uuid.UUID) bool { return last.share(agency) == next.share(agency) }
	if !slices.ContainsFunc(append(last.payers(), next.payers()...), func(agency uuid.UUID) bool { return !same(agency) }) {
		return // the same once more is asked of everybody
	}
	for _, agency := range next.payers() {
		if one, gave := last.given[agency]; gave && same(agency) && !one.disputed && !m.silent(one.person, next.item) {
			next.given[agency] = one
		}
	}
}

// proposed is what a vote would be on.
func (w *walk) proposed(c room.OpenVote) *poll {
	p := &poll{item: c.ItemID, outcome: c.Outcome, text: c.Text, shares: c.Split, given: map[uuid.UUID]given{}}
	if len(p.shares) == 0 && w.ofRequest(c.ItemID) {
		p.shares = w.asked(c.ItemID)
	}
	return p
}

// addsUp: the shares come to what was asked for, or in part to less.
func (w *walk) addsUp(p *poll) bool {
	if !w.ofRequest(p.item) {
		return true
	}
	weekly, oneOff := int64(0), int64(0)
	for _, share := range p.shares {
		weekly, oneOff = weekly+share.WeeklyPence, oneOff+share.OneOffPence
	}
	if p.outcome == room.AgreedInPart {
		return weekly <= askedWeekly && oneOff <= askedOnce && weekly+oneOff < askedWeekly+askedOnce
	}
	return weekly == askedWeekly && oneOff == askedOnce
}

// decidesTogether is one item of the consent list: each payer's agreement is its consent.
func (w *walk) decidesTogether(item, me uuid.UUID) {
	g := &grounds{quorate: w.quorate(item, nil), by: me, outcome: room.Agreed}
	if p := w.proposed(room.OpenVote{ItemID: item, Outcome: room.Agreed}); len(p.payers()) > 0 {
		p.id, p.together = w.newest("vote", "item_id", item), true
		for _, agency := range p.payers() {
			for _, seat := range w.deciding() {
				if seat.agency == agency {
					p.given[agency] = given{person: w.listed[agency], place: seat.id, position: room.Consent}
				}
			}
		}
		w.ends(p)
		w.polls = append(w.polls, p)
		g.poll = p
	}
	w.grounds[item] = g
}

// disputes keeps what somebody says of what was written down for them: a later answer takes the place of an earlier.
func (w *walk) disputes(c room.ConfirmPosition) {
	vote, voice := w.voiceOf(c.BallotID)
	if p := w.pollOf(vote); p != nil {
		one := p.given[voice]
		one.disputed = c.Disputed
		p.given[voice] = one
	}
}

// asks is the agency that a provisional decision names; a chair alone who names none asks the largest payer.
func (w *walk) asks(c room.ConfirmDecision) uuid.UUID {
	if c.EndorsedByID != nil {
		return *c.EndorsedByID
	}
	return uuid.Nil
}
