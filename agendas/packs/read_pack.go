package packs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/db"
)

// Of is a version of a meeting's agenda as the transaction's actor may carry it; version 0 is the latest.
// Who may have one, and what it leaves out, is what agendas.ShowPublished says of the page. It asks the
// same number of times however many items there are. A board's pack names nobody.
func Of(tx db.Tx, meetingID uuid.UUID, version int, withheld agendas.Withheld) (p Pack, err error) {
	if p.PublishedPage, err = agendas.ShowPublished(tx, meetingID, version, withheld); err != nil {
		return p, err
	}
	p.Reader = tx.Actor.Name
	p.New, p.NewSince = agendas.Changes{}, 0 // what is new depends on when it is read
	p.Entries = make([]Entry, len(p.Lines))
	for i, line := range p.Lines {
		p.Entries[i].Line = line
	}
	terms, err := panels.TermsInForce(tx, p.Forum.ID, p.On())
	if err != nil {
		return p, err
	}
	if !p.OnlyOwn {
		if err := p.addAttendance(tx, terms); err != nil {
			return p, err
		}
	}
	if err := p.addPapers(tx); err != nil || p.Forum.Board {
		return p, err
	}
	cases, err := p.addFacts(tx)
	if err != nil {
		return p, err
	}
	return p, p.addRequests(tx, cases, terms)
}

// addAttendance says who is coming, by agency, and what the quorum looks like by the replies so far.
func (p *Pack) addAttendance(tx db.Tx, terms panels.Terms) error {
	forecasts, err := panels.ForecastOf(tx, p.Meeting)
	if err != nil {
		return err
	}
	forecast := forecasts[p.Meeting.ID]
	p.Forecast, p.Quorum = forecast.Forecast, quorumWords(terms)
	asked := map[uuid.UUID][]panels.Attendee{} // by seat
	for _, a := range forecast.Attendees {
		for _, seat := range a.Seats {
			asked[seat.ID] = append(asked[seat.ID], a)
		}
	}
	seats, err := panels.SeatsAt(tx, []panels.Meeting{p.Meeting})
	if err != nil {
		return err
	}
	for _, seat := range seats[p.Meeting.ID] {
		at := slices.IndexFunc(p.Agencies, func(a Agency) bool { return a.Name == seat.AgencyName })
		if at < 0 {
			p.Agencies, at = append(p.Agencies, Agency{Name: seat.AgencyName}), len(p.Agencies)
		}
		line := Seat{Name: seat.Name, Person: "Nobody", Decides: seat.Decides()}
		if len(asked[seat.ID]) == 0 {
			p.Agencies[at].Seats = append(p.Agencies[at].Seats, line)
		}
		for _, a := range asked[seat.ID] {
			line.Person, line.Says = a.Name, expectationWords[forecast.Expect[a.PersonID]]
			if a.DeputyFor != uuid.Nil {
				line.Person += ", deputy"
			}
			p.Agencies[at].Seats = append(p.Agencies[at].Seats, line)
		}
	}
	return nil
}

var expectationWords = map[panels.Expectation]string{
	panels.Declined: "Sends apologies", panels.AwayThen: "Away that day", panels.Unanswered: "Has not replied",
	panels.Unsure: "Says maybe", panels.Coming: "Coming",
}

// quorumWords is what the terms of reference ask for.
func quorumWords(terms panels.Terms) string {
	people := "1 deciding member"
	if terms.QuorumMembers != 1 {
		people = fmt.Sprintf("%d deciding members", terms.QuorumMembers)
	}
	if len(terms.QuorumAgencies) == 0 {
		return people
	}
	var kinds []string
	for _, kind := range terms.QuorumAgencies {
		kinds = append(kinds, kind.Words())
	}
	return people + ", with someone from each of: " + strings.Join(kinds, "; ")
}

// addPapers lists what is attached to the items, as far as the reader may open it now.
func (p *Pack) addPapers(tx db.Tx) error {
	attached, err := papers.Of(tx, p.Meeting.ID)
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Closed() {
			continue
		}
		for _, paper := range attached[e.ID] {
			e.Papers = append(e.Papers, Paper{ID: paper.ID, Name: paper.Name, Kind: paper.Kind.Words(), Bytes: paper.Bytes})
		}
	}
	return err
}

// addFacts reads the cases that are open to the reader. A guest sees the item and not the case.
func (p *Pack) addFacts(tx db.Tx) (map[uuid.UUID]tracker.Case, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, e := range p.Entries {
		if e.CaseID != nil && !e.Closed() {
			ids = append(ids, *e.CaseID)
		}
	}
	var rows []tracker.Case
	if err := tx.Raw(`select * from cases where id in ?`, ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	heard, err := tracker.LastHeard(tx, ids)
	if err != nil {
		return nil, err
	}
	cases := make(map[uuid.UUID]tracker.Case, len(rows))
	for _, c := range rows {
		cases[c.ID] = c
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Case != nil && e.CaseID != nil && !e.Case.NoAccess {
			e.Facts = factsOf(cases[*e.CaseID], heard[*e.CaseID])
		}
	}
	return cases, nil
}
