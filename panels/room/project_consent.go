package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
)

// consent is the consent list as those at the table see it; nil when nothing is or was on it and, for the
// chair, nothing could be.
func (p projector) consent() *ConsentView {
	view := &ConsentView{Items: []ConsentLine{}, Off: []ConsentOff{}, Voters: []ConsentVoter{}, MayPut: []Choice{}}
	items := p.consentItems()
	for _, item := range items {
		if p.viewer.hides(p.State, item) != "" {
			continue
		}
		line := p.line(item)
		shown := ConsentLine{ItemID: item.ID, Number: item.Number, Title: line.Title, Reference: line.Reference}
		if weekly, oneOff := totals(item.Shares); weekly > 0 || oneOff > 0 {
			shown.Proposal = amountWords(weekly, oneOff) + " from " + item.StartsOn.Long()
			if !item.EndsOn.IsZero() {
				shown.Proposal += " to " + item.EndsOn.Long()
			}
			var shares []string
			for _, share := range p.shares(item.Shares, p.Terms.WeeksPerYearThousandths) {
				if share.WeeklyPence > 0 || share.OneOffPence > 0 {
					shares = append(shares, share.Agency+" "+share.Words)
				}
			}
			shown.Shares = strings.Join(shares, "; ")
		}
		for _, listed := range p.Consent.Items {
			if listed.ItemID == item.ID {
				shown.Reasons = listed.Reasons
			}
		}
		view.Items = append(view.Items, shown)
	}
	for _, listed := range p.Consent.Items {
		item, found := p.State.item(listed.ItemID)
		if listed.TakenOffAt == nil || !found || p.viewer.hides(p.State, item) != "" {
			continue
		}
		if _, decided := p.State.decision(item.ID); !decided {
			view.Off = append(view.Off, ConsentOff{ItemID: item.ID, Number: item.Number, By: listed.TakenOffName, Reason: listed.TakenOffReason})
		}
	}
	for _, voter := range p.consentVoters() {
		shown := ConsentVoter{For: voter.Name, ForID: voter.For, SeatID: voter.SeatID, Name: voter.Person, Deputy: voter.Deputy, Share: p.consentShare(voter.For), Absent: voter.Absent}
		if given, agreed := p.Consent.position(voter.For); agreed {
			name, _ := p.Table.name(given.PersonID)
			shown.Agreed, shown.Name, shown.Deputy, shown.SeatID, shown.Absent = true, name, given.Deputy, given.SeatID, ""
			view.Agreed++
		}
		view.Voters = append(view.Voters, shown)
	}
	if len(items) > 0 {
		view.Barred = p.barsDeciding(items)
	}
	if p.viewer.Chair && !p.Terms.ListMode && p.Meeting.Status != panels.Closed {
		on := p.Consent.on()
		for _, item := range p.Items {
			if !slices.Contains(on, item.ID) && p.viewer.hides(p.State, item) == "" && p.barsConsent(item) == "" {
				view.MayPut = append(view.MayPut, Choice{ID: item.ID, Text: "Item " + item.Number + ": " + p.title(item)})
			}
		}
	}
	if len(view.Items) == 0 && len(view.Off) == 0 && len(view.MayPut) == 0 {
		return nil
	}
	return view
}

// consentShare is what a funder pays of everything on the list, in words.
func (s State) consentShare(funder uuid.UUID) string {
	var weekly, oneOff int64
	agency, _ := agencyIn(s.Agencies, funder)
	for _, item := range s.consentItems() {
		for _, share := range item.Shares {
			other, _ := agencyIn(s.Agencies, share.AgencyID)
			same := s.Terms.ByLegalBody && agency.LegalBody != "" && panels.SameBody(agency.LegalBody, other.LegalBody)
			if share.AgencyID == funder || same {
				weekly, oneOff = weekly+share.WeeklyPence, oneOff+share.OneOffPence
			}
		}
	}
	return amountWords(weekly, oneOff)
}

// myConsents are the positions on the whole list that a person gives, or would if nothing stood against it.
func (s State) myConsents(personID uuid.UUID) []MyConsent {
	mine := []MyConsent{}
	if s.Terms.VotingMethod == panels.Spoken {
		return mine // said aloud: the clerk records it
	}
	for _, place := range s.Table.deciding() {
		if !s.Table.mayEverFill(personID, place.Seat.ID) {
			continue
		}
		voter, err := s.mayConsent(place.Seat.ID, personID)
		if voter.For == uuid.Nil || slices.ContainsFunc(mine, func(m MyConsent) bool { return m.For == voter.Name }) {
			continue // not asked to pay for anything on it
		}
		my := MyConsent{SeatID: place.Seat.ID, For: voter.Name, Share: s.consentShare(voter.For)}
		if refused := fault.As(err); refused != nil {
			my.Barred = refused.Sentence
		}
		given, agreed := s.Consent.position(voter.For)
		my.Agreed = agreed && given.PersonID == personID
		mine = append(mine, my)
	}
	return mine
}

// decides reports whether a person holds or deputises in a seat that votes.
func (t Table) decides(personID uuid.UUID) bool {
	return slices.ContainsFunc(t.deciding(), func(p Place) bool { return t.mayEverFill(personID, p.Seat.ID) })
}
