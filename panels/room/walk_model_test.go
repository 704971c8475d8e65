package room_test

import (
	"slices"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
)

// model is a meeting as somebody knows it who was told the terms and hears what is acknowledged, and nothing
// else. It reckons who speaks for whom, quorum, consent and money for itself and asks the product nothing.
type model struct {
	rules     panels.Terms
	kind      panels.MeetingKind
	running   bool
	acting    uuid.UUID // in the chair; nil: nobody yet, or two together
	lines     []line    // of this meeting's agenda
	caseOf    map[uuid.UUID]uuid.UUID
	places    []desk
	here      map[uuid.UUID]bool // or, where nobody meets, has read it
	interests map[uuid.UUID]*leaving
	polls     []*poll
	list      []uuid.UUID             // items that are to be decided together
	listed    map[uuid.UUID]uuid.UUID // to that, by funder: who agrees
	grounds   map[uuid.UUID]*grounds  // by item: what it was confirmed on, by the first chair where there are two
}

// line is an item of the agenda.
type line struct {
	ID         uuid.UUID
	Kind       agendas.ItemKind
	CaseID     *uuid.UUID
	RequestID  *uuid.UUID
	RatifiesID *uuid.UUID
}

// desk is a deciding seat, or a guest's for one item, with those who may fill it in their order.
type desk struct {
	id, agency uuid.UUID
	fills      []uuid.UUID
	limit      int64     // pence a year; 0: none
	item       uuid.UUID // a guest's
	outside    bool      // the guest's agency is
}

// leaving is a declared interest.
type leaving struct {
	person, item uuid.UUID
	extent       room.Extent
	withdrawn    bool
}

// poll is one run of a vote.
type poll struct {
	id, item                      uuid.UUID
	outcome                       room.Outcome
	text                          string
	shares                        []room.Share
	provisional, together         bool // opened without a quorum; decided on the consent list
	closed, quorate, carried, tie bool
	given                         map[uuid.UUID]given // by voice: the funder's, or the person's own
}

// given is a position that stands.
type given struct {
	person, place                  uuid.UUID
	position                       room.Position
	conditional, written, disputed bool
}

// grounds are what a decision rests on.
type grounds struct {
	poll    *poll // nil: there was none
	quorate bool  // without a poll: when it was confirmed
	alone   bool  // by the chair, between meetings
	casting room.Position
	by      uuid.UUID // who confirmed it, first
	outcome room.Outcome
	asked   uuid.UUID // provisional: the agency the chair named
}

func (p *poll) payers() (agencies []uuid.UUID) {
	for _, share := range p.shares {
		if share.WeeklyPence > 0 || share.OneOffPence > 0 {
			agencies = append(agencies, share.AgencyID)
		}
	}
	return agencies
}

func (p *poll) share(agency uuid.UUID) room.Share {
	for _, share := range p.shares {
		if share.AgencyID == agency {
			return share
		}
	}
	return room.Share{AgencyID: agency}
}

func (p *poll) consented(agency uuid.UUID) bool { return p.given[agency].position == room.Consent }

func (p *poll) conditional() bool {
	for _, agency := range p.payers() {
		if p.given[agency].conditional {
			return true
		}
	}
	return false
}

func (p *poll) refused() bool {
	for _, one := range p.given {
		if one.position == room.Refuse || one.position == room.Against {
			return true
		}
	}
	return false
}

// rule is what a poll is decided by: money by each payer's consent, the rest as the terms say.
func (m *model) rule(p *poll) panels.VotingRule {
	switch {
	case len(p.payers()) > 0:
		return panels.FunderConsent
	case m.rules.VotingRule == panels.FunderConsent:
		return panels.Consensus
	}
	return m.rules.VotingRule
}

// result is what the positions come to.
func (m *model) result(p *poll) (carried, tie bool) {
	in, against := 0, 0
	for _, one := range p.given {
		switch one.position {
		case room.For:
			in++
		case room.Against:
			against++
		}
	}
	switch m.rule(p) {
	case panels.FunderConsent:
		return !slices.ContainsFunc(p.payers(), func(agency uuid.UUID) bool { return !p.consented(agency) }), false
	case panels.Consensus:
		return in > 0 && against == 0, false
	case panels.TwoThirds:
		return in > 0 && in >= 2*against, false
	default:
		return in > against, in == against && in > 0
	}
}

// apart: nobody meets, so whoever holds a seat may speak for it.
func (m *model) apart() bool { return m.kind != panels.Held }

func (m *model) line(item uuid.UUID) line {
	for _, l := range m.lines {
		if l.ID == item {
			return l
		}
	}
	return line{ID: item}
}

func (m *model) ofRequest(item uuid.UUID) bool { return m.line(item).RequestID != nil }

// sameMatter: one item, or two about one young person.
func (m *model) sameMatter(a, b uuid.UUID) bool {
	first, about := m.caseOf[a]
	second, also := m.caseOf[b]
	return a == b || about && also && first == second
}

func (m *model) kept(person, item uuid.UUID, extents ...room.Extent) bool {
	for _, l := range m.interests {
		if !l.withdrawn && l.person == person && m.sameMatter(l.item, item) && slices.Contains(extents, l.extent) {
			return true
		}
	}
	return false
}

// left: has no part in the item. silent: may be there, and neither votes nor chairs.
func (m *model) left(person, item uuid.UUID) bool { return m.kept(person, item, "", room.StaysOut) }

func (m *model) silent(person, item uuid.UUID) bool {
	return m.left(person, item) || m.kept(person, item, room.MaySpeak)
}

func (m *model) deciding() (seats []desk) {
	for _, p := range m.places {
		if p.item == uuid.Nil {
			seats = append(seats, p)
		}
	}
	return seats
}

// sitter is who sits in a place for an item, or nil: its holder, or whoever comes next, if they are here and
// nothing keeps them from it.
func (m *model) sitter(p desk, item uuid.UUID, present func(uuid.UUID) bool) uuid.UUID {
	for _, person := range p.fills {
		if present(person) && !m.silent(person, item) {
			return person
		}
	}
	return uuid.Nil
}

func (m *model) mayBe(person uuid.UUID) bool { return m.apart() || m.here[person] }

// speaker is who gives an agency's position on an item, and from where.
func (m *model) speaker(agency, item uuid.UUID) (person uuid.UUID, from desk) {
	for _, p := range m.places { // seats come before guests
		if p.agency == agency && (p.item == uuid.Nil || p.item == item) {
			if person := m.sitter(p, item, m.mayBe); person != uuid.Nil {
				return person, p
			}
		}
	}
	return uuid.Nil, desk{}
}

// quorate: enough deciding people, adult social care among them, and everybody who is asked to pay. Of those
// who are here or, where nobody meets, of those who answered.
func (m *model) quorate(item uuid.UUID, payers []uuid.UUID) bool {
	present := func(person uuid.UUID) bool { return m.here[person] }
	if m.apart() {
		answered := map[uuid.UUID]bool{}
		for _, p := range m.polls {
			if p.item == item {
				for _, one := range p.given {
					answered[one.person] = true
				}
			}
		}
		present = func(person uuid.UUID) bool { return m.here[person] || answered[person] }
	}
	people, agencies, partners := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, p := range m.places {
		if p.item != uuid.Nil && p.item != item {
			continue
		}
		person := m.sitter(p, item, present)
		if person == uuid.Nil {
			continue
		}
		agencies[p.agency] = true
		if p.item == uuid.Nil {
			people[person] = true
		}
		if !p.outside {
			partners[p.agency] = true
		}
	}
	for _, payer := range payers {
		if !agencies[payer] {
			return false
		}
	}
	return len(people) >= m.rules.QuorumMembers && partners[m.deciding()[0].agency] // the first seat is adult social care's
}

// last is the latest run of a vote on an item, or nil.
func (m *model) last(item uuid.UUID) *poll {
	for _, p := range slices.Backward(m.polls) {
		if p.item == item {
			return p
		}
	}
	return nil
}

func (m *model) open() *poll {
	for _, p := range m.polls {
		if !p.closed {
			return p
		}
	}
	return nil
}

func (m *model) pollOf(id uuid.UUID) *poll {
	for _, p := range m.polls {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (m *model) place(id uuid.UUID) (desk, bool) {
	i := slices.IndexFunc(m.places, func(p desk) bool { return p.id == id })
	if i < 0 {
		return desk{}, false
	}
	return m.places[i], true
}

// voice is for whom a position from a place is given: an agency's, or a person's own.
func (m *model) voice(p *poll, from desk, person uuid.UUID) uuid.UUID {
	if m.rule(p) == panels.FunderConsent {
		return from.agency
	}
	return person
}

// aboveLimit: the share of a year is more than a place may commit alone.
func (p *poll) aboveLimit(from desk) bool {
	share := p.share(from.agency)
	return from.limit > 0 && share.WeeklyPence*52+share.OneOffPence > from.limit
}

// needs names whose yes a decision on these grounds waits for.
func (m *model) needs(g *grounds, item uuid.UUID, shares []room.Share) (needs []string) {
	add := func(kind room.NeedKind, agency uuid.UUID) {
		if need := string(kind) + " " + agency.String(); !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
	}
	if !agrees(g.outcome) && g.outcome != room.Provisional {
		return nil
	}
	if g.outcome == room.Provisional {
		add(room.Endorsement, g.asked)
	}
	asked := &poll{item: item, shares: shares, given: map[uuid.UUID]given{}}
	if g.poll != nil {
		asked.given = g.poll.given
	}
	for _, agency := range asked.payers() {
		var speaks []desk
		for _, p := range m.places {
			if p.agency == agency && (p.item == uuid.Nil || p.item == item) {
				speaks = append(speaks, p)
			}
		}
		if from, found := m.place(asked.given[agency].place); asked.consented(agency) && found {
			speaks = []desk{from}
		}
		above := len(speaks) > 0 && !slices.ContainsFunc(speaks, func(p desk) bool { return !asked.aboveLimit(p) })
		if !asked.consented(agency) {
			if g.outcome == room.Provisional {
				add(room.Endorsement, agency)
			}
		}
		if above || !m.rules.Decides {
			add(room.Authorisation, agency)
		}
	}
	if !m.rules.Decides && len(asked.payers()) == 0 {
		for _, p := range m.deciding() {
			add(room.Authorisation, p.agency)
		}
	}
	slices.Sort(needs)
	return needs
}

func agrees(outcome room.Outcome) bool {
	return slices.Contains([]room.Outcome{room.Agreed, room.AgreedWithConditions, room.AgreedInPart, room.AgreedInPrinciple}, outcome)
}

// itemOf is the item a change is about, nil for none.
func (m *model) itemOf(change room.Change) uuid.UUID {
	switch c := change.(type) {
	case room.MoveStage:
		return c.ItemID
	case room.OpenVote:
		return c.ItemID
	case room.ConfirmDecision:
		return c.ItemID
	case room.PutOnConsentList:
		return c.ItemID
	case room.ObjectToConsent:
		return c.ItemID
	case room.WriteNote:
		return c.ItemID
	case room.TakePen:
		return c.ItemID
	case room.HandOverPen:
		return c.ItemID
	case room.UpdateList:
		return c.ItemID
	case room.RatifyDecision:
		return c.ItemID
	case room.NameAuthoriser:
		return c.ItemID
	case room.CastBallot:
		return m.itemOfVote(c.VoteID)
	case room.RecordPosition:
		return m.itemOfVote(c.VoteID)
	case room.CloseVote:
		return m.itemOfVote(c.VoteID)
	}
	return uuid.Nil
}

func (m *model) itemOfVote(id uuid.UUID) uuid.UUID {
	if p := m.pollOf(id); p != nil {
		return p.item
	}
	return uuid.Nil
}

// runs reports whether only whoever is in the chair does this while the meeting runs.
func runs(change room.Change) bool {
	switch change.(type) {
	case room.PauseMeeting, room.ResumeMeeting, room.AdjournMeeting, room.CloseMeeting, room.OpenItem, room.FinishItem, room.PassItem, room.OpenVote, room.CloseVote,
		room.PutOnConsentList, room.DecideConsent, room.ConfirmDecision, room.CorrectDecision, room.RatifyDecision, room.ApproveMinutes, room.HandChair, room.AnswerInterest:
		return true
	}
	return false
}
