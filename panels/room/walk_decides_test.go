package room_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

func (w *walk) confirm(*rapid.T) { w.confirms(w.openOr()) }

func (w *walk) confirms(item uuid.UUID) {
	outcome := rapid.SampledFrom([]room.Outcome{room.Agreed, room.Agreed, room.Agreed, room.AgreedWithConditions, room.AgreedWithConditions, room.Provisional, room.Provisional, room.AgreedInPart, room.Deferred, room.NotAgreed}).Draw(w.rt, "outcome")
	if p := w.last(item); p != nil && p.closed && w.often("fits the vote") {
		switch {
		case p.quorate && p.carried && p.conditional():
			outcome = room.AgreedWithConditions
		case p.quorate && p.carried && p.outcome == room.Agreed:
			outcome = rapid.SampledFrom([]room.Outcome{room.Agreed, room.AgreedWithConditions}).Draw(w.rt, "agreed")
		case p.quorate && p.carried:
			outcome = p.outcome
		case !p.refused():
			outcome = room.Provisional
		}
	}
	if w.kind == panels.ChairsAction && w.often("as a chair may") {
		outcome = room.Provisional
	}
	c := room.ConfirmDecision{
		ItemID: item, Outcome: outcome, Reasons: "CANARY-REASONS", Meanwhile: "As now", Challenge: room.ChallengeEHCP, Missing: "The report",
		EndorsedByID: &rapid.SampledFrom([]*panels.Agency{&w.health, &w.asc, &w.edu}).Draw(w.rt, "endorsed by").ID, AssessorPresent: true,
	}
	if outcome == room.Deferred {
		c.NextMeetingID = &w.next.ID
	}
	if outcome == room.AgreedWithConditions || outcome == room.Provisional && rapid.Bool().Draw(w.rt, "with a condition") {
		c.Conditions = []room.Condition{{Text: "A review in May", EvidenceDue: clock.MustDate("2027-05-01"), OwnerID: w.pia.PersonID}}
	}
	if rapid.IntRange(0, 3).Draw(w.rt, "casting vote") == 0 {
		c.CastingVote = rapid.SampledFrom([]room.Position{room.For, room.Against}).Draw(w.rt, "cast")
	}
	if w.ofRequest(item) && rapid.IntRange(0, 7).Draw(w.rt, "other shares") == 0 {
		c.Split = w.splits(item)
	}
	w.try(w.by(w.inTheChair(), w.inTheChair(), w.otherOr(w.inTheChair())), c)
}

// otherOr is the other chair, where there is one.
func (w *walk) otherOr(otherwise access.Actor) access.Actor {
	if w.olga.Name == "" {
		return otherwise
	}
	return w.olga
}

// otherChair confirms, or sends back, what waits for them.
func (w *walk) otherChair(*rapid.T) {
	waiting := w.awaiting()
	ids := slices.SortedFunc(maps.Keys(waiting), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	if len(ids) == 0 {
		w.rt.Skip("nothing waits")
	}
	other := w.olga
	if g := w.grounds[waiting[ids[0]]]; g != nil && g.by == w.olga.PersonID {
		other = w.chair
	}
	who := w.by(other, other, other, w.dee)
	if rapid.IntRange(0, 2).Draw(w.rt, "sent back") == 0 {
		w.try(who, room.SendBackDecision{DecisionID: ids[0], Reason: "Not what we said"})
		return
	}
	w.try(who, room.SecondDecision{DecisionID: ids[0]})
}

func (w *walk) correct(*rapid.T) {
	if len(w.state.Decisions) == 0 {
		w.rt.Skip("none")
	}
	d := rapid.SampledFrom(w.state.Decisions).Draw(w.rt, "decision")
	w.try(w.by(w.inTheChair()), room.CorrectDecision{DecisionID: d.ID, Wrong: "Five", Right: "Six", Reason: "A slip"})
}

// answerNeed is an agency's yes or no to a decision that waits for it.
func (w *walk) answerNeed(*rapid.T) {
	open := rowsOf[struct {
		DecisionID, AgencyID uuid.UUID
		Kind                 room.NeedKind
	}](w, `select n.decision_id, n.agency_id, n.kind from decision_need n join decision d on d.id = n.decision_id
		where d.meeting_id = ? and not exists (select from decision_answer a where a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id)
		order by n.decision_id, n.kind, n.agency_id`, w.meeting.ID)
	if len(open) == 0 {
		w.rt.Skip("nothing waits")
	}
	need := open[rapid.IntRange(0, len(open)-1).Draw(w.rt, "need")]
	own := map[uuid.UUID][]access.Actor{w.asc.ID: {w.ola, w.ann, w.ben}, w.health.ID: {w.stranger, w.hal, w.sam}, w.edu.ID: {w.eve}}[need.AgencyID]
	who := w.by(append(own, w.ola, w.stranger)...)
	agreed := rapid.IntRange(0, 3).Draw(w.rt, "agreed") > 0
	if need.Kind == room.Authorisation {
		w.try(who, room.AuthoriseDecision{DecisionID: need.DecisionID, AgencyID: need.AgencyID, Agreed: agreed, Reason: "Read"})
		return
	}
	w.try(who, room.EndorseDecision{DecisionID: need.DecisionID, AgencyID: need.AgencyID, Agreed: agreed, Reason: "Read"})
}

// condition: its owner shows something, and somebody else says whether that is enough.
func (w *walk) condition(*rapid.T) {
	conditions := rowsOf[struct {
		ID       uuid.UUID
		Evidence *uuid.UUID
	}](w, `select c.id, (select e.id from condition_evidence e where e.condition_id = c.id order by e.id desc limit 1) as evidence
		from decision_condition c join decision d on d.id = c.decision_id where d.meeting_id = ? order by c.id`, w.meeting.ID)
	if len(conditions) == 0 {
		w.rt.Skip("none")
	}
	c := conditions[rapid.IntRange(0, len(conditions)-1).Draw(w.rt, "condition")]
	if c.Evidence == nil || rapid.IntRange(0, 3).Draw(w.rt, "more of it") == 0 {
		w.try(w.by(w.pia, w.clerk), room.RecordEvidence{ConditionID: c.ID, Text: "It was reviewed"})
		return
	}
	judged := room.JudgeEvidence{ConditionID: c.ID, EvidenceID: *c.Evidence, Accepted: rapid.Bool().Draw(w.rt, "accepted")}
	if !judged.Accepted {
		judged.Reason, judged.DueOn = "Not by the school", clock.MustDate("2027-06-01")
	}
	w.try(w.by(w.clerk, w.chair), judged)
}

// consentList puts an item on, agrees, or decides.
func (w *walk) consentList(*rapid.T) {
	switch rapid.IntRange(0, 5).Draw(w.rt, "what") {
	case 0, 1, 2:
		w.try(w.by(w.inTheChair()), room.PutOnConsentList{ItemID: w.undecided(), Reasons: "As last year"})
	case 3, 4:
		who := w.by(w.ann, w.hal, w.ben)
		agreed := room.AgreeToConsent{SeatID: w.aPlace(who), Agreed: rapid.IntRange(0, 3).Draw(w.rt, "agreed") > 0}
		if w.aloud() {
			who = w.by(w.clerk)
		}
		w.try(who, agreed)
	default:
		w.try(w.by(w.inTheChair()), room.DecideConsent{})
	}
}

// object takes an item off the list.
func (w *walk) object(*rapid.T) {
	if len(w.list) == 0 {
		w.rt.Skip("nothing is on the list")
	}
	w.try(w.by(w.ann, w.hal, w.eve, w.inTheChair()), room.ObjectToConsent{ItemID: w.list[0], Reason: "Not yet"})
}

// wholeList takes everything from the list to its decision, but for what is left out here and there.
func (w *walk) wholeList(*rapid.T) {
	if w.apart() || !w.running {
		w.rt.Skip("nobody meets")
	}
	for _, who := range []access.Actor{w.ann, w.hal} {
		if !w.here[who.PersonID] && w.often("is here") {
			w.try(who, room.RecordAttendance{Present: true})
		}
	}
	for _, l := range w.lines {
		if l.CaseID != nil && !slices.Contains(w.list, l.ID) && w.grounds[l.ID] == nil && w.often("put on") {
			w.try(w.inTheChair(), room.PutOnConsentList{ItemID: l.ID, Reasons: "As last year"})
		}
	}
	for _, seat := range w.deciding()[:2] {
		person := w.sitter(seat, uuid.Nil, w.mayBe)
		i := slices.IndexFunc(w.people, func(a access.Actor) bool { return a.PersonID == person })
		if i >= 0 && w.aloud() {
			w.try(w.clerk, room.AgreeToConsent{SeatID: seat.id, Agreed: true})
		} else if i >= 0 && w.often("agrees") {
			w.try(w.people[i], room.AgreeToConsent{SeatID: seat.id, Agreed: true})
		}
	}
	w.try(w.inTheChair(), room.DecideConsent{})
}
