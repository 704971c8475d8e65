package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
)

// Voters lists the positions a vote asks for, and who can give each now.
//
// Where agencies are asked to pay, each funder gives one position, through its first deciding seat
// that somebody here may fill: members before the chair, holders before their deputies. One person in
// the seats of two funders gives one position for each. Where nobody is asked to pay, every person
// here in a deciding seat gives one position, however many seats they fill.
// Whoever has left for the item gives none. An agency from outside speaks through its guest, and only so.
func Voters(table Table, itemID uuid.UUID, funders []panels.Agency) []Voter {
	if len(funders) == 0 {
		return membersHere(table, itemID)
	}
	voters := make([]Voter, 0, len(funders))
	for _, funder := range funders {
		voters = append(voters, voterFor(table, itemID, funder))
	}
	return voters
}

func voterFor(table Table, itemID uuid.UUID, funder panels.Agency) Voter {
	voter := Voter{For: funder.ID, Name: funder.Name}
	someLeft := false
	for _, place := range table.speakingFor(itemID, funder) {
		if voter.SeatID == uuid.Nil {
			voter.SeatID = place.Seat.ID
		}
		if sitter, taken := table.Sitting(place, itemID); taken {
			voter.SeatID, voter.PersonID, voter.Person = place.Seat.ID, sitter.PersonID, sitter.Name
			voter.Deputy = sitter.DeputyOrder > 0
			return voter
		}
		for _, sitter := range place.Fills {
			someLeft = someLeft || table.Present(sitter.PersonID) && (table.Left(sitter.PersonID, itemID) || table.MaySpeakOnly(sitter.PersonID, itemID))
		}
	}
	switch {
	case table.conflicted(funder, itemID):
		voter.Absent = "Everybody who speaks for " + funder.Name + " has left for this item, so it needs an independent authoriser here"
	case voter.SeatID == uuid.Nil && funder.Outside:
		voter.Absent = funder.Name + " has no guest for this item"
	case voter.SeatID == uuid.Nil:
		voter.Absent = funder.Name + " has no deciding seat on this forum"
	case someLeft:
		voter.Absent = "Has left for this item, and no deputy is here"
	case table.Apart:
		voter.Absent = "Nobody sits for " + funder.Name
	default:
		voter.Absent = "Nobody from " + funder.Name + " is here"
	}
	return voter
}

func membersHere(table Table, itemID uuid.UUID) []Voter {
	var voters []Voter
	for _, place := range table.deciding() {
		sitter, taken := table.Sitting(place, itemID)
		counted := slices.ContainsFunc(voters, func(v Voter) bool { return v.PersonID == sitter.PersonID })
		if !taken || counted {
			continue
		}
		voters = append(voters, Voter{
			For: sitter.PersonID, Name: sitter.Name, SeatID: place.Seat.ID,
			PersonID: sitter.PersonID, Person: sitter.Name, Deputy: sitter.DeputyOrder > 0,
		})
	}
	return voters
}

// Result is what the positions come to.
type Result struct {
	Carried     bool
	Tied        bool
	Conditional bool // a funder consents on a condition, which then binds the decision
	Refused     bool // somebody said no: not even a provisional conclusion stands on this
	Words       string
}

// Tally works out a vote by its rule.
//
//   - Funder consent: carried when every funder asked consents to its own share. Abstaining, and
//     giving no position, is not consent; nobody is outvoted into paying.
//   - Consensus: carried when somebody is for and nobody is against.
//   - Simple majority: carried when more are for than against; equal numbers are a tie, which a chair
//     may break only where the terms of reference allow it.
//   - Two thirds: carried when at least two of every three who are for or against are for.
//
// Abstentions count towards none of the last three.
func Tally(rule panels.VotingRule, voters []Voter, ballots []Ballot) Result {
	positions := make(map[uuid.UUID]Ballot, len(ballots))
	for _, ballot := range ballots {
		positions[ballot.VotesFor] = ballot
	}
	if rule == panels.FunderConsent {
		return consents(voters, positions)
	}
	var result Result
	in, against, abstained := 0, 0, 0
	for _, ballot := range ballots {
		switch ballot.Position {
		case For:
			in++
		case Against:
			against++
		case Abstain:
			abstained++
		}
	}
	result.Refused = against > 0
	switch rule {
	case panels.Consensus:
		result.Carried = in > 0 && against == 0
	case panels.SimpleMajority:
		result.Carried = in > against
		result.Tied = in == against && in > 0
	case panels.TwoThirds:
		result.Carried = in > 0 && 3*in >= 2*(in+against)
	}
	verdict := "Not carried"
	if result.Carried {
		verdict = "Carried"
	} else if result.Tied {
		verdict = "Tied"
	}
	result.Words = fmt.Sprintf("%s: %d for, %d against, %d abstaining", verdict, in, against, abstained)
	return result
}

func consents(voters []Voter, positions map[uuid.UUID]Ballot) Result {
	var result Result
	var refused, silent, conditional []string
	for _, voter := range voters {
		ballot, gave := positions[voter.For]
		switch {
		case gave && ballot.Position == Consent:
			if ballot.Condition != "" {
				conditional = append(conditional, voter.Name)
			}
		case gave && ballot.Position == Refuse:
			refused = append(refused, voter.Name)
		default:
			silent = append(silent, voter.Name)
		}
	}
	result.Refused = len(refused) > 0
	result.Conditional = len(conditional) > 0
	result.Carried = len(voters) > 0 && len(refused) == 0 && len(silent) == 0
	switch {
	case result.Carried && result.Conditional:
		result.Words = "Every funder consents, with a condition from " + join(conditional)
	case result.Carried:
		result.Words = "Every funder consents to its own share"
	default:
		var why []string
		if len(refused) == 1 {
			why = append(why, refused[0]+" does not consent")
		} else if len(refused) > 1 {
			why = append(why, join(refused)+" do not consent")
		}
		if len(silent) > 0 {
			why = append(why, "no consent was given for "+join(silent))
		}
		result.Words = "Not every funder consents: " + join(why)
	}
	return result
}

// ruleFor is the rule a proposal is decided by. Where agencies are asked to pay it is always each
// funder's own consent, whatever the forum's rule; a forum of funders with nothing to pay for
// decides by consensus.
func ruleFor(terms panels.Terms, funders int) panels.VotingRule {
	switch {
	case funders > 0:
		return panels.FunderConsent
	case terms.VotingRule == panels.FunderConsent:
		return panels.Consensus
	default:
		return terms.VotingRule
	}
}

var ruleWords = map[panels.VotingRule]string{
	panels.FunderConsent:  "Each funder consents to its own share",
	panels.Consensus:      "Agreed when nobody is against",
	panels.SimpleMajority: "Agreed when more are for than against",
	panels.TwoThirds:      "Agreed when at least two thirds are for",
}

// choices are the positions a rule offers.
func choices(rule panels.VotingRule) []Position {
	if rule == panels.FunderConsent {
		return []Position{Consent, ConsentIf, Refuse, Abstain}
	}
	return []Position{For, ForIf, Against, Abstain}
}

// asked lists the positions of a vote with whoever gave each: those who may give one now, and those
// who gave one and have gone since.
func (v Vote) asked(table Table, funders []panels.Agency) []Voter {
	voters := Voters(table, v.ItemID, funders)
	for _, ballot := range v.Ballots {
		name, _ := table.name(ballot.PersonID)
		at := slices.IndexFunc(voters, func(voter Voter) bool { return voter.For == ballot.VotesFor })
		if at < 0 { // a member who has gone, and whose seat nobody votes in again
			at = slices.IndexFunc(voters, func(voter Voter) bool {
				_, voted := v.standing(voter.For)
				return voter.SeatID == ballot.SeatID && !voted
			})
			if at >= 0 {
				voters[at].For, voters[at].Name = ballot.VotesFor, name
			}
		}
		if at < 0 {
			voters = append(voters, Voter{For: ballot.VotesFor, Name: name})
			at = len(voters) - 1
		}
		voters[at].SeatID, voters[at].PersonID, voters[at].Person = ballot.SeatID, ballot.PersonID, name
		voters[at].Deputy, voters[at].Absent = ballot.Deputy, ""
	}
	return voters
}
