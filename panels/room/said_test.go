package room

import (
	"strings"
	"testing"

	"quorate/panels"
	"quorate/server/base/fault"
)

// A refusal without its reason leaves a family and an agency with nothing to answer; a condition without
// words binds nobody.
func TestSaid(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", longestReason+1)
	for name, c := range map[string]struct {
		rule  panels.VotingRule
		said  said
		kept  Position
		field string // what is wrong, or ""
	}{
		"Agree":                    {panels.FunderConsent, said{Position: Consent}, Consent, ""},
		"AgreeIf":                  {panels.FunderConsent, said{ConsentIf, "Reviewed in May", "New provider"}, Consent, ""},
		"AgreeIfNoCondition":       {panels.FunderConsent, said{ConsentIf, " ", "New provider"}, "", "condition"},
		"AgreeIfNoReason":          {panels.FunderConsent, said{ConsentIf, "Reviewed in May", " "}, "", "reason"},
		"AgreeWithConditionNoWhy":  {panels.FunderConsent, said{Consent, "Reviewed in May", ""}, "", "reason"},
		"Refuse":                   {panels.FunderConsent, said{Refuse, "", "Not our duty"}, Refuse, ""},
		"RefuseNoReason":           {panels.FunderConsent, said{Position: Refuse}, "", "reason"},
		"RefuseWithCondition":      {panels.FunderConsent, said{Refuse, "Only if", "Not our duty"}, "", "condition"},
		"AbstainNoReason":          {panels.FunderConsent, said{Position: Abstain}, "", "reason"},
		"Abstain":                  {panels.FunderConsent, said{Abstain, "", "New to the case"}, Abstain, ""},
		"For":                      {panels.SimpleMajority, said{Position: For}, For, ""},
		"ForIf":                    {panels.Consensus, said{ForIf, "x", "y"}, For, ""},
		"AgainstNoReason":          {panels.TwoThirds, said{Position: Against}, "", "reason"},
		"ConsentWhereNobodyPays":   {panels.SimpleMajority, said{Position: Consent}, "", "position"},
		"ForWhereFundersConsent":   {panels.FunderConsent, said{Position: For}, "", "position"},
		"Nothing":                  {panels.FunderConsent, said{}, "", "position"},
		"ReasonTooLong":            {panels.FunderConsent, said{Refuse, "", long}, "", "reason"},
		"ConditionTooLong":         {panels.FunderConsent, said{ConsentIf, long, "y"}, "", "condition"},
		"LengthIsCountedInLetters": {panels.FunderConsent, said{Refuse, "", long[:2*longestReason]}, Refuse, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept, err := c.said.read(c.rule)
			if c.field == "" {
				if err != nil || kept.Position != c.kept {
					t.Fatalf("kept as %q, %v; want %q", kept.Position, err, c.kept)
				}
				return
			}
			refused := fault.As(err)
			if refused == nil || len(refused.Fields) != 1 || refused.Fields[0].Name != c.field {
				t.Fatalf("got %v, want what is wrong with %q", err, c.field)
			}
		})
	}
}
