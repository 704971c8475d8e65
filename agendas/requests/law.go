package requests

import (
	"fmt"
	"strings"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Law is what the law asks to know of a package before anybody is asked to pay for it.
type Law struct {
	CHCDecision string     // on NHS continuing healthcare, as the tracker says
	Section117  bool       // aftercare under the Mental Health Act is owed
	Owed        bool       // the request names something owed in law already
	Born        clock.Date // not known: no rule that goes by age applies
	StartsOn    clock.Date
	Lines       bool // the costs are known line by line
	Education   Cost // what the education lines come to
	Uplift      bool // its lines are packages and not kinds of cost
}

// NHSPaysAll reports whether the NHS pays all health and social care of the package: from 18 that is what
// NHS continuing healthcare means (National Framework).
func (l Law) NHSPaysAll() bool {
	return l.chcEligible() && adultBy(l.Born, l.StartsOn)
}

func (l Law) chcEligible() bool {
	return strings.EqualFold(strings.TrimSpace(l.CHCDecision), "eligible")
}

// Stops says why an agency of this kind may not be asked for a share, or "".
func (l Law) Stops(kind panels.AgencyKind, weekly, oneOff int64) string {
	switch {
	case weekly+oneOff == 0:
		return ""
	case (kind == panels.AdultSocialCare || kind == panels.ChildrenSocialCare) && l.NHSPaysAll():
		return "From 18 this young person is eligible for NHS continuing healthcare, so the NHS pays for all health and social care. Take this share off"
	case kind == panels.Education && l.Lines && !l.Uplift && (weekly > l.Education.WeeklyPence || oneOff > l.Education.OneOffPence):
		return fmt.Sprintf("Money for high needs pays only for education, and the education lines come to %s. Take the rest off this share, or say which line is education", costWords(l.Education))
	}
	return ""
}

// Says are the sentences a panel reads before it votes; pays tells which kinds of agency are asked.
func (l Law) Says(pays func(panels.AgencyKind) bool) []string {
	says := []string{}
	switch {
	case l.NHSPaysAll():
		says = append(says, "This young person is eligible for NHS continuing healthcare. From 18 the NHS pays for all health and social care, so a social care share is stopped. Education may remain.")
	case l.chcEligible() && !l.Born.IsZero():
		says = append(says, "This young person is eligible for NHS continuing healthcare. From their 18th birthday on "+calendar.Birthday(l.Born, 18).Long()+" the NHS pays for all health and social care.")
	case strings.TrimSpace(l.CHCDecision) != "" || pays(panels.HealthContinuing):
		says = append(says, noEligibilityVote)
	}
	if pays(panels.Education) && l.Lines && !l.Uplift {
		says = append(says, "Money for high needs pays only for education: here at most "+costWords(l.Education)+".")
	}
	if l.Section117 {
		says = append(says, "Aftercare under section 117 is owed by the NHS and the council together, and nobody is charged for it. The panel decides how it is met and who pays, never whether.")
	} else if l.Owed {
		says = append(says, "What is already owed in law is not for a vote. The panel decides how it is met and who pays, never whether.")
	}
	return says
}

const noEligibilityVote = "Whether somebody is eligible for NHS continuing healthcare is not voted on: a multidisciplinary team recommends, and the integrated care board decides."

// BarsProposal says why the words of a proposal cannot be put to a vote where nobody is asked to pay, or "".
// A panel does not vote on eligibility for NHS continuing healthcare.
func BarsProposal(text string) string {
	words := strings.ToLower(text)
	about := strings.Contains(words, "continuing healthcare") || strings.Contains(words, "continuing health care") || hasWord(words, "chc")
	if about && strings.Contains(words, "eligib") {
		return noEligibilityVote + " Ask the panel something else, such as to refer it"
	}
	return ""
}

func hasWord(text, word string) bool {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if one == word {
			return true
		}
	}
	return false
}

func costWords(c Cost) string {
	switch {
	case c.OneOffPence == 0:
		return money.Pounds(c.WeeklyPence) + " a week"
	case c.WeeklyPence == 0:
		return money.Pounds(c.OneOffPence) + " once"
	}
	return money.Pounds(c.WeeklyPence) + " a week and " + money.Pounds(c.OneOffPence) + " once"
}

func adultBy(born, on clock.Date) bool {
	return !born.IsZero() && !on.IsZero() && !on.Before(calendar.Birthday(born, 18))
}
