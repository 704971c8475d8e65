package requests

import (
	"strings"
	"testing"

	"quorate/panels"
	"quorate/server/base/clock"
)

// A share the law does not allow is money nobody can lawfully pay: whoever was told yes waits for it in vain.
func TestLawStops(t *testing.T) {
	t.Parallel()
	adult := Law{CHCDecision: "Eligible", Born: clock.MustDate("2008-03-04"), StartsOn: clock.MustDate("2026-03-04")}
	dayBefore := adult
	dayBefore.StartsOn = clock.MustDate("2026-03-03")
	notEligible := adult
	notEligible.CHCDecision = "Not eligible"
	school := Law{Lines: true, Education: Cost{WeeklyPence: 50000, OneOffPence: 1000}}
	uplift := school
	uplift.Uplift = true
	for name, c := range map[string]struct {
		law            Law
		kind           panels.AgencyKind
		weekly, oneOff int64
		says           string // the beginning of it; "" for allowed
	}{
		"AdultSocialCareOfCHC":    {adult, panels.AdultSocialCare, 1, 0, "From 18 this young person is eligible"},
		"ChildrensOfCHC":          {adult, panels.ChildrenSocialCare, 0, 1, "From 18 this young person is eligible"},
		"NilShareOfCHC":           {adult, panels.AdultSocialCare, 0, 0, ""},
		"NHSOfCHC":                {adult, panels.HealthContinuing, 100, 0, ""},
		"EducationOfCHCMayRemain": {adult, panels.Education, 100, 0, ""},
		"TheDayBeforeEighteen":    {dayBefore, panels.AdultSocialCare, 100, 0, ""},
		"NotEligible":             {notEligible, panels.AdultSocialCare, 100, 0, ""},
		"NoDateOfBirth":           {Law{CHCDecision: "eligible", StartsOn: adult.StartsOn}, panels.AdultSocialCare, 100, 0, ""},
		"SpacesAndCase":           {Law{CHCDecision: " ELIGIBLE ", Born: adult.Born, StartsOn: adult.StartsOn}, panels.AdultSocialCare, 100, 0, "From 18"},
		"EducationForEducation":   {school, panels.Education, 50000, 1000, ""},
		"APennyMore":              {school, panels.Education, 50001, 0, "Money for high needs pays only for education"},
		"OnceMore":                {school, panels.Education, 0, 1001, "Money for high needs pays only for education"},
		"UpliftHasNoKinds":        {uplift, panels.Education, 90000, 0, ""},
		"CostsNotByLine":          {Law{}, panels.Education, 90000, 0, ""},
		"CareIsNotEducation":      {school, panels.AdultSocialCare, 90000, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.law.Stops(c.kind, c.weekly, c.oneOff)
			if (got == "") != (c.says == "") || !strings.HasPrefix(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
		})
	}
}

// A panel that is not told the law before it votes finds out afterwards, when a family has been told.
func TestLawSays(t *testing.T) {
	t.Parallel()
	born := clock.MustDate("2008-03-04")
	nobody := func(panels.AgencyKind) bool { return false }
	pays := func(kind panels.AgencyKind) func(panels.AgencyKind) bool {
		return func(k panels.AgencyKind) bool { return k == kind }
	}
	for name, c := range map[string]struct {
		law  Law
		pays func(panels.AgencyKind) bool
		want []string // the beginnings
	}{
		"Nothing":          {Law{Born: born}, nobody, nil},
		"EligibleAdult":    {Law{CHCDecision: "eligible", Born: born, StartsOn: clock.MustDate("2027-01-01")}, nobody, []string{"This young person is eligible for NHS continuing healthcare. From 18 the NHS"}},
		"EligibleBefore":   {Law{CHCDecision: "eligible", Born: born, StartsOn: clock.MustDate("2026-01-01")}, nobody, []string{"This young person is eligible for NHS continuing healthcare. From their 18th birthday on 4 March 2026"}},
		"HealthAskedToPay": {Law{}, pays(panels.HealthContinuing), []string{"Whether somebody is eligible"}},
		"CHCNotDecided":    {Law{CHCDecision: "Checklist positive"}, nobody, []string{"Whether somebody is eligible"}},
		"EducationPays":    {Law{Lines: true, Education: Cost{WeeklyPence: 50000}}, pays(panels.Education), []string{"Money for high needs pays only for education: here at most £500 a week."}},
		"Section117":       {Law{Section117: true, Owed: true}, nobody, []string{"Aftercare under section 117"}},
		"Owed":             {Law{Owed: true}, nobody, []string{"What is already owed in law"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.law.Says(c.pays)
			if len(got) != len(c.want) {
				t.Fatalf("%q, want %q", got, c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("%q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

// Voting on eligibility would be a panel taking the integrated care board's decision; refusing everything
// that mentions it would stop its work.
func TestBarsProposal(t *testing.T) {
	t.Parallel()
	for text, barred := range map[string]bool{
		"Agree that Noor is CHC eligible":                                         true,
		"Not eligible for NHS continuing healthcare":                              true,
		"Confirm eligibility for NHS Continuing Health Care":                      true,
		"Refer to the CHC team for a checklist":                                   false,
		"Eligible for short breaks":                                               false,
		"Agree the TECHCO package for an eligible need":                           false,
		"Ask the integrated care board for its decision on continuing healthcare": false,
		"": false,
	} {
		if got := BarsProposal(text); (got != "") != barred {
			t.Errorf("%q: %q", text, got)
		}
	}
}
