// Package requests shows what panels are asked to fund: the form, a request, and the lists of those who bring and those who table them.
package requests

import (
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Href is a request's page.
func Href(id uuid.UUID) string { return "/requests/" + id.String() }

func stateTag(s requests.State) govuk.Tag {
	colours := map[requests.State]govuk.Colour{
		requests.Draft: govuk.Grey, requests.Submitted: govuk.Blue, requests.Returned: govuk.Yellow, requests.Tabled: govuk.Purple, requests.Decided: govuk.Green,
	}
	return govuk.Tag{Text: s.Words(), Colour: colours[s]}
}

func cost(weekly, oneOff int64) string {
	switch {
	case weekly == 0 && oneOff == 0:
		return "Not known"
	case oneOff == 0:
		return money.Pounds(weekly) + " a week"
	case weekly == 0:
		return money.Pounds(oneOff) + " once"
	default:
		return money.Pounds(weekly) + " a week and " + money.Pounds(oneOff) + " once"
	}
}

func wholeLife(e requests.Exposure) string {
	switch {
	case e.Until.IsZero():
		return ""
	case e.Assumed:
		return fmt.Sprintf("%s to the 25th birthday, as no end is named", money.Pounds(e.WholePence))
	default:
		return fmt.Sprintf("%s to %s", money.Pounds(e.WholePence), e.Until.Long())
	}
}

func percent(share, whole int64) string {
	if whole == 0 {
		return ""
	}
	return requests.PercentWords(requests.Percent(share, whole)) + "%"
}

func panelOptions(forums []panels.Forum) []govuk.Option {
	all := []govuk.Option{{Text: "Choose a panel"}}
	for _, f := range forums {
		all = append(all, govuk.Option{Value: f.ID.String(), Text: f.Name})
	}
	return all
}

func caseOptions(cases []tracker.Case) []govuk.Option {
	all := []govuk.Option{{Text: "Choose a case"}}
	for _, c := range cases {
		all = append(all, govuk.Option{Value: c.Reference(), Text: c.Reference() + " " + c.Name() + ", born " + c.DateOfBirth.Long()})
	}
	return all
}

func caseLabel(own []tracker.Case) string {
	if len(own) == 0 {
		return "Case number"
	}
	return "Or another case, by its number"
}

func meetingOptions(meetings []panels.Meeting) []govuk.Option {
	all := []govuk.Option{}
	for _, m := range meetings {
		text := clock.Moment(m.StartsAt)
		if m.AgendaVersion > 0 {
			text += " (agenda published)"
		}
		all = append(all, govuk.Option{Value: m.ID.String(), Text: text})
	}
	return all
}

// typedShare finds what was typed for a funder.
func typedShare(f requests.Form, agencyID uuid.UUID) requests.TypedShare {
	for _, share := range f.Shares {
		if share.AgencyID == agencyID {
			return share
		}
	}
	return requests.TypedShare{AgencyID: agencyID}
}
