package room

import (
	"slices"

	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// law is what the law asks to know of an item's package, were it to start on a day.
func (i Item) law(startsOn clock.Date, weeksThousandths int) requests.Law {
	return requests.Law{
		CHCDecision: i.CHCDecision, Section117: i.Section117, Owed: i.AlreadyOwed != "", Born: i.Born, StartsOn: startsOn,
		Lines: len(i.Lines) > 0, Education: requests.EducationCost(i.Lines, weeksThousandths), Uplift: i.RequestKind == string(requests.Uplift),
	}
}

// checkLaw refuses a split that the law does not allow, with the reason, and a vote on what is not a panel's to decide.
func checkLaw(law requests.Law, split []Share, text string, agencies []panels.Agency) error {
	var form fault.Form
	for _, share := range split {
		if agency, known := agencyIn(agencies, share.AgencyID); known {
			if stopped := law.Stops(agency.Kind, share.WeeklyPence, share.OneOffPence); stopped != "" {
				form.Add("split", "%s: %s", agency.Name, lowerFirst(stopped))
			}
		}
	}
	if len(split) == 0 {
		if barred := requests.BarsProposal(text); barred != "" {
			form.Add("text", "%s", barred)
		}
	}
	return form.Err()
}

// lawOf are the sentences of the law that a panel reads before it votes on an item.
func (s State) lawOf(item Item) []string {
	if s.Forum.Board || item.CaseID == nil && item.RequestID == nil {
		return []string{}
	}
	paying := payers(item.Shares, s.Agencies)
	if runs := s.runs(item.ID); len(runs) > 0 {
		paying = payers(runs[len(runs)-1].split(), s.Agencies)
	}
	starts := item.StartsOn
	if starts.IsZero() {
		starts = s.Meeting.On()
	}
	return item.law(starts, s.Terms.WeeksPerYearThousandths).Says(func(kind panels.AgencyKind) bool {
		return slices.ContainsFunc(paying, func(f panels.Agency) bool { return f.Kind == kind })
	})
}
