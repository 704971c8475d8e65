package packs

import (
	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// factsOf is what a meeting needs to know of a case, and no more: neither the tracker's reference nor the
// other systems' numbers leave the case's page. Where an address is protected, nothing here says where the
// young person lives or goes to school. heard is when they last were.
func factsOf(c tracker.Case, heard clock.Date) (facts []Fact) {
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, Fact{name, value})
		}
	}
	if is(c.ProtectedAddress) {
		add("Address", "Protected. Where they live, their placement and their school are left out of this pack.")
	} else {
		add("Locality", c.Locality)
		add("School or college", c.School)
		add("Placement", placement(c))
	}
	add("Primary need", c.PrimaryNeed)
	add("Education, health and care plan", plan(c))
	add("Legal status", c.LegalStatus)
	add("Social care status", c.SocialCareStatus)
	add("Section 117 after-care", yesNo(c.Section117))
	add("Deprivation of liberty authorised", yesNo(c.LibertyAuthorised))
	add("Tribunal or court date", ifKnown(c.CourtDateOn))
	add("Allocated worker", c.AllocatedWorker)
	add("Referred to the adult team", known(c.ReferredOn))
	add("Care Act assessment", known(c.CareActAssessedOn))
	add("Support plan", known(c.SupportPlanOn))
	add("Mental capacity assessment", known(c.MentalCapacityOn))
	add("NHS continuing healthcare", health(c))
	add("Pathway plan", ifKnown(c.PathwayPlanOn))
	if c.WeeklyCostPence != nil {
		add("Cost of the placement", money.Pounds(*c.WeeklyCostPence)+" a week")
	}
	add("Interpreter", c.Interpreter)
	add("Advocate", c.Advocate)
	add("Own views last recorded", known(heard))
	return facts
}

func is(answer *bool) bool { return answer != nil && *answer }

// yesNo leaves out what is not known.
func yesNo(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return "Yes"
	default:
		return "No"
	}
}

func known(d clock.Date) string {
	if d.IsZero() {
		return "Not on record"
	}
	return d.Long()
}

// ifKnown leaves out a day that is not known.
func ifKnown(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Long()
}

func plan(c tracker.Case) string {
	switch {
	case !is(c.EHCP):
		return yesNo(c.EHCP)
	case c.EHCPReviewOn.IsZero():
		return "Yes, next review not known"
	default:
		return "Yes, next review on " + c.EHCPReviewOn.Long()
	}
}

func placement(c tracker.Case) string {
	words := c.Placement
	if words == "" {
		return ""
	}
	if is(c.OutOfCounty) {
		words += ", out of county"
	}
	if !c.PlacementEndsOn.IsZero() {
		words += ", ends on " + c.PlacementEndsOn.Long()
	}
	return words
}

func health(c tracker.Case) string {
	words := c.CHCDecision
	if !c.CHCChecklistOn.IsZero() {
		if words != "" {
			words += ", "
		}
		words += "checklist on " + c.CHCChecklistOn.Long()
	}
	return words
}
