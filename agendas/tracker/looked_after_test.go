package tracker

import "testing"

// A status that is denied would put a pathway plan on somebody nobody looks after; one that is missed
// leaves a child in care off the list.
func TestLookedAfterIsNotFooledByADenial(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{
		"": false, "Section 20": true, "LAC (S31)": true, "Sec. 38": true, "interim care order, section 38": true, "Looked after": true, "CLA, not at risk": true, "Section 20 (no care order)": true,
		"S20 but not S31": true, "Section 31; section 20 ended": true, "Accommodated / s20": true,
		"not looked after": false, "Not LAC": false, "never looked after": false, "No": false, "none": false, "LAC: no": false, "LAC - No": false, "Looked after (no)": false, "never (LAC)": false,
		"no longer looked after": false, "previously S20": false, "S20 ended 3 May": false, "was LAC until 2024": false, "care order discharged": false, "non-LAC": false, "Black country": false,
		"Care leaver": false, "Care leaver, previously LAC": false,
	} {
		if got := SaysLookedAfter(status); got != want {
			t.Errorf("%q: %t", status, got)
		}
	}
	for status, want := range map[string]bool{"Care leaver": true, "former relevant": true, "not a care leaver": false, "Care leaver (never LAC)": true} {
		if got := LookedAfter(Case{LegalStatus: status}); got != want {
			t.Errorf("a pathway plan for %q: %t", status, got)
		}
	}
}
