package room_test

import (
	"testing"

	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
)

var funders = []room.Voter{{For: asc.ID, Name: asc.Name}, {For: nhs.ID, Name: nhs.Name}}

func ballots(positions ...room.Position) []room.Ballot {
	var list []room.Ballot
	for i, position := range positions {
		if position != "" {
			list = append(list, room.Ballot{VotesFor: at(101 + i), Position: position})
		}
	}
	return list
}

// Each rule at its edges. A package wrongly carried is paid for by somebody who never agreed.
func TestTally(t *testing.T) {
	t.Parallel()
	conditional := ballots(room.Consent, room.Consent)
	conditional[1].Condition = "Reviewed in a year"
	for _, c := range []struct {
		name    string
		rule    panels.VotingRule
		ballots []room.Ballot
		carried bool
		tied    bool
		words   string
	}{
		{"AllConsent", panels.FunderConsent, ballots(room.Consent, room.Consent), true, false, "Every funder consents to its own share"},
		{"OnACondition", panels.FunderConsent, conditional, true, false, "Every funder consents, with a condition from Health"},
		{"OneRefuses", panels.FunderConsent, ballots(room.Consent, room.Refuse), false, false, "Not every funder consents: Health does not consent"},
		{"OneAbstains", panels.FunderConsent, ballots(room.Abstain, room.Consent), false, false, "Not every funder consents: no consent was given for Adult social care"},
		{"OneSilent", panels.FunderConsent, ballots(room.Consent, ""), false, false, "Not every funder consents: no consent was given for Health"},
		{"BothRefuse", panels.FunderConsent, ballots(room.Refuse, room.Refuse), false, false, "Not every funder consents: Adult social care and Health do not consent"},
		{"ForIsNotConsent", panels.FunderConsent, ballots(room.For, room.For), false, false, "Not every funder consents: no consent was given for Adult social care and Health"},
		{"ConsensusOK", panels.Consensus, ballots(room.For, room.Abstain, room.For), true, false, "Carried: 2 for, 0 against, 1 abstaining"},
		{"ConsensusOneAgainst", panels.Consensus, ballots(room.For, room.For, room.Against), false, false, "Not carried: 2 for, 1 against, 0 abstaining"},
		{"ConsensusAllAbstain", panels.Consensus, ballots(room.Abstain, room.Abstain), false, false, "Not carried: 0 for, 0 against, 2 abstaining"},
		{"MajorityOK", panels.SimpleMajority, ballots(room.For, room.For, room.Against), true, false, "Carried: 2 for, 1 against, 0 abstaining"},
		{"MajorityTied", panels.SimpleMajority, ballots(room.For, room.Against, room.Abstain), false, true, "Tied: 1 for, 1 against, 1 abstaining"},
		{"MajorityNobodyVoted", panels.SimpleMajority, nil, false, false, "Not carried: 0 for, 0 against, 0 abstaining"},
		{"TwoThirdsExactly", panels.TwoThirds, ballots(room.For, room.For, room.Against), true, false, "Carried: 2 for, 1 against, 0 abstaining"},
		{"TwoThirdsShort", panels.TwoThirds, ballots(room.For, room.For, room.For, room.Against, room.Against), false, false, "Not carried: 3 for, 2 against, 0 abstaining"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := room.Tally(c.rule, funders, c.ballots)
			if got.Carried != c.carried || got.Tied != c.tied || got.Words != c.words {
				t.Errorf("got %+v\nwant %+v", got, c)
			}
		})
	}
}

// However the positions fall, funder consent carries exactly when every funder said yes, and one more
// person in favour never undoes a vote that carried.
func TestTallyProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(rapid.SampledFrom([]room.Position{room.Consent, room.Refuse, room.Abstain, ""}), 2, 2).Draw(t, "funders")
		all := drawn[0] == room.Consent && drawn[1] == room.Consent
		if got := room.Tally(panels.FunderConsent, funders, ballots(drawn...)); got.Carried != all || got.Tied {
			t.Fatalf("%v: %+v", drawn, got)
		}
		positions := rapid.SliceOfN(rapid.SampledFrom([]room.Position{room.For, room.Against, room.Abstain}), 0, 9).Draw(t, "members")
		for _, rule := range []panels.VotingRule{panels.Consensus, panels.SimpleMajority, panels.TwoThirds} {
			now := room.Tally(rule, nil, ballots(positions...))
			more := room.Tally(rule, nil, ballots(append(positions, room.For)...))
			if now.Carried && !more.Carried {
				t.Fatalf("%s: one more in favour of %v undid it", rule, positions)
			}
			if now.Carried && now.Tied {
				t.Fatalf("%s: carried and tied", rule)
			}
		}
	})
}
