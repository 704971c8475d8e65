package room

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// NeedKind is what an agency is asked for before a decision binds.
type NeedKind string

// The kinds of need.
const (
	Endorsement   NeedKind = "endorsement"   // a conclusion it was not there for
	Authorisation NeedKind = "authorisation" // a recommendation, by its named officer
)

// The reasons why an agency's yes is needed.
const (
	forQuorum = "quorum" // there was no quorum, or the agency gave no consent to its share
	forLimit  = "limit"  // its share is above its seat's delegated limit
	forAdvice = "advice" // the forum only advises
)

// Need is one agency's yes that a decision waits for. It is written with the decision and never changes.
type Need struct {
	DecisionID uuid.UUID
	Kind       NeedKind
	AgencyID   uuid.UUID
	Why        string

	Agency  string     `gorm:"->;-:migration"`
	Officer bool       `gorm:"->;-:migration"` // the agency has a named officer
	Answer  *Answer    `gorm:"-"`
	Asked   []Answerer `gorm:"-"` // who may answer now
}

// TableName is decision_need.
func (Need) TableName() string { return "decision_need" }

// Answer is what an agency answered, once and for good.
type Answer struct {
	DecisionID uuid.UUID
	Kind       NeedKind
	AgencyID   uuid.UUID
	PersonID   uuid.UUID
	Officer    bool // as the agency's authorising officer
	Agreed     bool
	Reason     string
	AnsweredAt time.Time
	By         string `gorm:"->;-:migration"`
}

// TableName is decision_answer.
func (Answer) TableName() string { return "decision_answer" }

// Answerer is somebody who may give an answer.
type Answerer struct {
	PersonID uuid.UUID
	Name     string
}

// needs lists whose yes a decision waits for.
//
//   - A provisional one waits for the endorsement of the agency the chair named, and of every agency that
//     is asked to pay and gave no consent: nobody is outvoted, or left out, into paying.
//   - A board's answer commits nobody's money and waits for nobody.
//   - What agrees to something waits for the named officer of each agency whose share is above the
//     delegated limit of the seat that speaks for it; and where the forum only advises, of each that is
//     to pay, or, with nothing to pay, of each that decides here.
func needs(d Decision, table Table, terms panels.Terms, vote *Vote) []Need {
	if !d.Outcome.agrees() && d.Outcome != Provisional || d.EscalationID != nil {
		return nil
	}
	var list []Need
	add := func(kind NeedKind, agency uuid.UUID, why string) {
		if !slices.ContainsFunc(list, func(n Need) bool { return n.Kind == kind && n.AgencyID == agency }) {
			list = append(list, Need{DecisionID: d.ID, Kind: kind, AgencyID: agency, Why: why})
		}
	}
	if d.Outcome == Provisional && d.EndorsedByID != nil {
		add(Endorsement, *d.EndorsedByID, forQuorum)
	}
	paying := false
	for _, share := range d.Shares {
		if share.WeeklyPence == 0 && share.OneOffPence == 0 {
			continue
		}
		paying = true
		consented, above := false, false
		if vote != nil {
			ballot, gave := vote.position(share.AgencyID)
			consented = gave && (ballot.Position == Consent || ballot.Position == ConsentIf)
			above = consented && ballot.Recommendation || !consented && vote.aboveEveryLimit(share.AgencyID, d.ItemID, table, terms)
		}
		if d.Outcome == Provisional && !consented {
			add(Endorsement, share.AgencyID, forQuorum)
		}
		switch {
		case above:
			add(Authorisation, share.AgencyID, forLimit)
		case !terms.Decides:
			add(Authorisation, share.AgencyID, forAdvice)
		}
	}
	if !terms.Decides && !paying {
		for _, place := range table.deciding() {
			if place.Seat.AgencyID != nil {
				add(Authorisation, *place.Seat.AgencyID, forAdvice)
			}
		}
	}
	return list
}

// aboveEveryLimit reports whether no seat of an agency may commit its share alone.
func (v Vote) aboveEveryLimit(agencyID, itemID uuid.UUID, table Table, terms panels.Terms) bool {
	above := false
	at := slices.IndexFunc(v.Shares, func(s VoteShare) bool { return s.AgencyID == agencyID })
	if at < 0 {
		return false
	}
	funder := panels.Agency{ID: agencyID, LegalBody: v.Shares[at].LegalBody}
	for _, place := range table.speakingFor(itemID, funder) {
		if !v.aboveLimit(place, terms) {
			return false
		}
		above = true
	}
	return above
}

// refused is the answer that keeps a decision from ever binding, or nil.
func (d Decision) refused() *Need {
	for i := range d.Needs {
		if answer := d.Needs[i].Answer; answer != nil && !answer.Agreed {
			return &d.Needs[i]
		}
	}
	return nil
}

// waits lists the needs of a kind that are not answered.
func (d Decision) waits(kind NeedKind) []Need {
	var open []Need
	for _, need := range d.Needs {
		if need.Kind == kind && need.Answer == nil {
			open = append(open, need)
		}
	}
	return open
}

// boundAt is since when the decision binds; nil while it does not. The view binding_decision says the
// same to queries.
func (d Decision) boundAt() *time.Time {
	if len(d.Needs) == 0 && d.Standing != Decided {
		return nil
	}
	at := d.ConfirmedAt
	for _, need := range d.Needs {
		if need.Answer == nil || !need.Answer.Agreed {
			return nil
		}
		if need.Answer.AnsweredAt.After(at) {
			at = need.Answer.AnsweredAt
		}
	}
	return &at
}

func agencyNames(list []Need) string {
	names := make([]string, len(list))
	for i, need := range list {
		names[i] = need.Agency
	}
	return join(names)
}

// standingWords is how far a decision binds today.
func (d Decision) standingWords() string {
	endorse, authorise := d.waits(Endorsement), d.waits(Authorisation)
	switch no := d.refused(); {
	case no != nil && no.Kind == Endorsement:
		return "Not endorsed: " + no.Agency + " refused on " + clock.DateOf(no.Answer.AnsweredAt).Long() + ", so it binds nobody"
	case no != nil:
		return "Not authorised: " + no.Agency + " refused on " + clock.DateOf(no.Answer.AnsweredAt).Long() + ", so it binds nobody"
	case len(endorse) > 0:
		return "Provisional: needs endorsement by " + agencyNames(endorse) + ", and binds nobody until then"
	case len(authorise) > 0:
		return "Recommended: needs authorisation by " + agencyNames(authorise) + ", and binds nobody until then"
	case len(d.Needs) > 0:
		return "Decided: binds since " + clock.DateOf(*d.boundAt()).Long()
	case d.Standing == StandsIfEndorsed:
		return "Provisional: needs endorsement by " + d.Names.EndorsedBy + ", and binds nobody until then"
	case d.Standing == Recommended:
		return "Recommended: binds nobody until it is authorised"
	}
	return "Decided"
}

// words is a need as a sentence: how it stands, or whom it waits for.
func (n Need) words() string {
	verb, answered, refused := "endorse it", "Endorsed", "Refused to endorse it"
	if n.Kind == Authorisation {
		verb, answered, refused = "authorise it", "Authorised", "Refused to authorise it"
	}
	if n.Answer != nil {
		words := answered
		if !n.Answer.Agreed {
			words = refused
		}
		words += " on " + clock.DateOf(n.Answer.AnsweredAt).Long() + ": " + n.Answer.By
		if n.Answer.Officer {
			words += ", authorising officer"
		}
		if n.Answer.Reason != "" {
			words += ". “" + n.Answer.Reason + "”"
		}
		return words
	}
	names := make([]string, len(n.Asked))
	for i, asked := range n.Asked {
		names[i] = asked.Name
	}
	if len(names) > 0 {
		return "Waits for " + strings.Join(names, " or ") + " to " + verb
	}
	return "Nobody can " + verb + ". " + n.remedy()
}

// remedy says how somebody comes to be able to answer.
func (n Need) remedy() string {
	if n.Officer {
		return n.Agency + "’s authorising officer took part in this decision, left for the item or has left the partnership: an administrator names another on the agency’s page"
	}
	return n.Agency + " has no authorising officer: an administrator names one on the agency’s page"
}

// asks reports whether a person may answer for an agency now, or has answered.
func (d Decision) asks(personID uuid.UUID) bool {
	return slices.ContainsFunc(d.Needs, func(n Need) bool {
		return n.Answer != nil && n.Answer.PersonID == personID || n.asks(personID)
	})
}

func (n Need) asks(personID uuid.UUID) bool {
	return slices.ContainsFunc(n.Asked, func(a Answerer) bool { return a.PersonID == personID })
}

// conditionOf reports whether a person is to show that one of its conditions is met.
func (d Decision) conditionOf(personID uuid.UUID) bool {
	return slices.ContainsFunc(d.Conditions, func(c DecisionCondition) bool { return c.Now.OwnerID == personID })
}

// loadNeeds reads what decisions wait for, who may answer, and what was answered.
func loadNeeds(tx db.Tx, ids []uuid.UUID, at map[uuid.UUID]*Decision) error {
	var all []Need
	err := tx.Raw(`
		select n.*, a.name as agency, a.officer_id is not null as officer
		from decision_need n join agency a on a.id = n.agency_id
		where n.decision_id in ? order by n.kind desc, a.name`, ids).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return err
	}
	var answers []Answer
	if err := tx.Raw(`select a.*, p.name as by from decision_answer a join person p on p.id = a.person_id where a.decision_id in ?`, ids).Scan(&answers).Error; err != nil {
		return err
	}
	var asked []struct {
		DecisionID, AgencyID uuid.UUID
		Kind                 NeedKind
		Answerer
	}
	err = tx.Raw(`
		select r.decision_id, r.kind, r.agency_id, r.person_id, p.name
		from decision_answerer r join person p on p.id = r.person_id
		where r.decision_id in ? order by r.officer desc, p.name`, ids).Scan(&asked).Error
	if err != nil {
		return err
	}
	for _, need := range all {
		for i := range answers {
			if a := answers[i]; a.DecisionID == need.DecisionID && a.Kind == need.Kind && a.AgencyID == need.AgencyID {
				need.Answer = &answers[i]
			}
		}
		for _, a := range asked {
			if a.DecisionID == need.DecisionID && a.Kind == need.Kind && a.AgencyID == need.AgencyID {
				need.Asked = append(need.Asked, a.Answerer)
			}
		}
		at[need.DecisionID].Needs = append(at[need.DecisionID].Needs, need)
	}
	return nil
}
