package room

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// checkSplit makes sure that shares come to the totals to the penny, that each agency is named once
// and may be asked to pay, and that no share is below nil.
func checkSplit(split []Share, weekly, oneOff int64, agencies []panels.Agency) error {
	var form fault.Form
	var weeklySum, oneOffSum int64
	seen := map[uuid.UUID]bool{}
	for _, share := range split {
		agency, known := agencyIn(agencies, share.AgencyID)
		switch {
		case !known:
			form.Add("split", "Choose an agency from the list for each share")
		case seen[share.AgencyID]:
			form.Add("split", "%s has two shares. Give it one", agency.Name)
		case !agency.Funder:
			form.Add("split", "%s does not pay for packages, so it cannot have a share", agency.Name)
		case share.WeeklyPence < 0 || share.OneOffPence < 0:
			form.Add("split", "%s’s share cannot be less than nothing", agency.Name)
		case share.WithoutPrejudice && share.WeeklyPence == 0 && share.OneOffPence == 0:
			form.Add("interim", "%s has no share, so it pays nothing without prejudice. Give it one, or choose another agency", agency.Name)
		case share.WeeklyPence > money.Most || share.OneOffPence > money.Most:
			form.Add("split", "%s’s share is more than %s", agency.Name, money.Pounds(money.Most))
		}
		seen[share.AgencyID] = true
		weeklySum += share.WeeklyPence
		oneOffSum += share.OneOffPence
	}
	if err := form.Err(); err != nil {
		return err
	}
	if weeklySum != weekly {
		form.Add("split", "The shares come to %s a week. They must come to %s: %s", money.Pounds(weeklySum), money.Pounds(weekly), difference(weekly-weeklySum))
	}
	if oneOffSum != oneOff {
		form.Add("split", "The one-off shares come to %s. They must come to %s: %s", money.Pounds(oneOffSum), money.Pounds(oneOff), difference(oneOff-oneOffSum))
	}
	return form.Err()
}

func difference(pence int64) string {
	words := func(p int64) string {
		if p < 100 {
			return fmt.Sprintf("%dp", p)
		}
		return money.Pounds(p)
	}
	if pence > 0 {
		return words(pence) + " is left to share"
	}
	return words(-pence) + " too much is shared"
}

// payers lists the agencies of a split that would pay something, in the split's order.
func payers(split []Share, agencies []panels.Agency) []panels.Agency {
	var paying []panels.Agency
	for _, share := range split {
		if agency, known := agencyIn(agencies, share.AgencyID); known && (share.WeeklyPence > 0 || share.OneOffPence > 0) {
			paying = append(paying, agency)
		}
	}
	return paying
}

// fundersOf lists whose positions a split asks for, in its order. Where funders are counted by legal body,
// those of one body are one, under its name, and the first of them stands for all.
func fundersOf(split []Share, agencies []panels.Agency, byBody bool) []panels.Agency {
	var funders []panels.Agency
	for _, agency := range payers(split, agencies) {
		if byBody && agency.LegalBody != "" {
			if slices.ContainsFunc(funders, func(f panels.Agency) bool { return panels.SameBody(f.LegalBody, agency.LegalBody) }) {
				continue
			}
			agency.Name = agency.LegalBody
		}
		funders = append(funders, agency)
	}
	return funders
}

// funders lists whose positions a vote asks for.
func (v Vote) funders(agencies []panels.Agency) []panels.Agency {
	return fundersOf(v.split(), agencies, v.ByLegalBody)
}

// together are the shares that one position covers: an agency's own or, where funders are counted by legal
// body, all of its body's. The first of them is the agency whose position it is.
func (v Vote) together(agencyID uuid.UUID) []Share {
	at := slices.IndexFunc(v.Shares, func(s VoteShare) bool { return s.AgencyID == agencyID })
	if at < 0 {
		return nil
	}
	var shares []Share
	for i, share := range v.split() {
		same := v.ByLegalBody && v.Shares[at].LegalBody != "" && panels.SameBody(v.Shares[i].LegalBody, v.Shares[at].LegalBody)
		if (share.WeeklyPence > 0 || share.OneOffPence > 0) && (same || share.AgencyID == agencyID) {
			shares = append(shares, share)
		}
	}
	return shares
}

// position finds the ballot that stands for an agency's share.
func (v Vote) position(agencyID uuid.UUID) (Ballot, bool) {
	shares := v.together(agencyID)
	if len(shares) == 0 {
		return Ballot{}, false
	}
	return v.standing(shares[0].AgencyID)
}

func agencyIn(agencies []panels.Agency, id uuid.UUID) (panels.Agency, bool) {
	for _, agency := range agencies {
		if agency.ID == id {
			return agency, true
		}
	}
	return panels.Agency{}, false
}

// totals adds a split up.
func totals(split []Share) (weekly, oneOff int64) {
	for _, share := range split {
		weekly += share.WeeklyPence
		oneOff += share.OneOffPence
	}
	return weekly, oneOff
}

// amountWords is a share as people say it.
func amountWords(weekly, oneOff int64) string {
	switch {
	case weekly == 0 && oneOff == 0:
		return "Nothing"
	case oneOff == 0:
		return money.Pounds(weekly) + " a week"
	case weekly == 0:
		return money.Pounds(oneOff) + " once"
	default:
		return money.Pounds(weekly) + " a week and " + money.Pounds(oneOff) + " once"
	}
}
