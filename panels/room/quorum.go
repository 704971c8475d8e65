package room

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
)

// Quorum is whether an item can be decided now, and what is missing if not.
type Quorum struct {
	Met       bool
	Counted   int      // deciding members here and not withdrawn, each person once
	Needed    int      // members
	Missing   []string // in words
	InWriting bool     // counted of those who answered
}

// QuorumFor counts an item's quorum: enough deciding members, every kind of agency the terms of
// reference name, and every funder asked to pay. Only people who are present, entitled (in a deciding
// seat, as its holder or as deputy for an absent one) and unconflicted count, and a person in two
// seats counts once by number, yet for both agencies. A funder whose share is nil is not asked. A guest
// counts as the funder they speak for in their item, and not by number; for the terms' kinds of agency only
// an independent authoriser does. Where funders are counted by legal body, one of them there is enough.
func QuorumFor(table Table, terms panels.Terms, itemID uuid.UUID, funders []panels.Agency) Quorum {
	count := countQuorum(table, terms, itemID, funders)
	quorum := Quorum{Met: count.Met(), Counted: count.Counted, Needed: count.Needed, InWriting: table.InWriting}
	absent := "is not here"
	if table.InWriting {
		absent = "has not answered"
	}
	for _, kind := range count.Missing {
		quorum.Missing = append(quorum.Missing, fmt.Sprintf("%s %s", kind.Words(), absent))
	}
	for _, funder := range count.Funders {
		quorum.Missing = append(quorum.Missing, fmt.Sprintf("%s is asked to pay and %s", funder.Name, absent))
	}
	if short := count.Short(); short == 1 {
		quorum.Missing = append(quorum.Missing, "1 more member is needed")
	} else if short > 1 {
		quorum.Missing = append(quorum.Missing, fmt.Sprintf("%d more members are needed", short))
	}
	return quorum
}

// answered is the table as a vote in writing counts its quorum: of those who gave a position, or said that
// they had read what was put to them. Where people meet it is the table as it is.
func (t Table) answered(runs []Vote) Table {
	if !t.Apart {
		return t
	}
	here := maps.Clone(t.Here)
	for _, vote := range runs {
		for _, ballot := range vote.Ballots {
			here[ballot.PersonID] = Attendance{PersonID: ballot.PersonID, Present: true}
		}
	}
	t.Apart, t.InWriting, t.Here = false, true, here
	return t
}

// countQuorum is the count that QuorumFor puts into words, and a forecast looks ahead with.
func countQuorum(table Table, terms panels.Terms, itemID uuid.UUID, funders []panels.Agency) panels.QuorumCount {
	var speakers []panels.Speaker
	var taken []Place
	kinds := map[panels.AgencyKind]bool{}
	for _, place := range table.speaking(itemID) {
		sitter, here := table.Sitting(place, itemID)
		if !here {
			continue
		}
		taken = append(taken, place)
		if place.Guest {
			continue
		}
		speakers = append(speakers, panels.Speaker{PersonID: sitter.PersonID, Kind: place.Agency.Kind})
		kinds[place.Agency.Kind] = true
	}
	count := terms.CountQuorum(speakers)
	for _, place := range taken {
		if place.Guest && !place.Agency.Outside { // an independent authoriser is there for the kind of agency too
			count.Missing = slices.DeleteFunc(count.Missing, func(kind panels.AgencyKind) bool { return kind == place.Agency.Kind })
			kinds[place.Agency.Kind] = true
		}
	}
	for _, funder := range funders {
		here := slices.ContainsFunc(taken, func(p Place) bool { return table.speaksFor(p, funder) })
		if here || !funder.Outside && slices.Contains(terms.QuorumAgencies, funder.Kind) && !kinds[funder.Kind] {
			continue // here, or already named by its kind
		}
		count.Funders = append(count.Funders, funder)
	}
	return count
}

// Words is the quorum in one sentence.
func (q Quorum) Words() string {
	if q.Met && q.InWriting {
		return fmt.Sprintf("Quorate: %s answered and %d %s needed", counted(q.Counted, "member has", "members have"), q.Needed, isAre(q.Needed))
	}
	here := fmt.Sprintf("%d %s here and %d %s needed", q.Counted, membersAre(q.Counted), q.Needed, isAre(q.Needed))
	if q.Met {
		return "Quorate: " + here
	}
	return "Not quorate: " + join(q.Missing)
}

func membersAre(n int) string {
	if n == 1 {
		return "member is"
	}
	return "members are"
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// join writes a list as people say it: "a", "a and b", "a, b and c".
func join(parts []string) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	all := parts[0]
	for _, part := range parts[1 : len(parts)-1] {
		all += ", " + part
	}
	return all + " and " + parts[len(parts)-1]
}
