// Package requests shows what panels are asked to fund: the form, a request, and the lists of those who bring and those who table them.
package requests

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Href is a request's page.
func Href(id uuid.UUID) string { return "/requests/" + id.String() }

// SectionHref is the page of one section of the form.
func SectionHref(id uuid.UUID, section requests.Section) string {
	return Href(id) + "/edit/" + string(section)
}

// LineHref is the page of one line of the costs; uuid.Nil is for a new one.
func LineHref(id, line uuid.UUID) string {
	if line == uuid.Nil {
		return Href(id) + "/lines/new"
	}
	return Href(id) + "/lines/" + line.String()
}

func stateTag(s requests.State) govuk.Tag {
	colours := map[requests.State]govuk.Colour{
		requests.Draft: govuk.Grey, requests.Submitted: govuk.Blue, requests.Returned: govuk.Yellow, requests.Tabled: govuk.Purple, requests.Decided: govuk.Green,
	}
	return govuk.Tag{Text: s.Words(), Colour: colours[s]}
}

func cost(weekly, oneOff int64) string {
	switch {
	case weekly == 0 && oneOff == 0:
		return "Nothing yet"
	case oneOff == 0:
		return money.Pounds(weekly) + " a week"
	case weekly == 0:
		return money.Pounds(oneOff) + " once"
	default:
		return money.Pounds(weekly) + " a week and " + money.Pounds(oneOff) + " once"
	}
}

// rowCost is a request's cost as its kind says it.
func rowCost(r requests.Row) string {
	switch {
	case r.Kind == requests.Ending:
		return "Ends"
	case r.Kind == requests.Uplift && r.WeeklyPence > 0:
		return money.Pounds(r.WeeklyPence) + " a week more"
	}
	return cost(r.WeeklyPence, r.OneOffPence)
}

// about is whom a request concerns, in a list.
func about(r requests.Row) string {
	if r.Kind == requests.Uplift {
		return count(r.Packages, "package")
	}
	return "Q" + strconv.FormatInt(r.CaseNumber, 10) + " " + r.Person
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
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
	return requests.PercentWords(money.Percent(share, whole)) + "%"
}

// difference is how far a new amount is from the present one.
func difference(after, before int64) string {
	switch more := after - before; {
	case more > 0:
		return money.Pounds(more) + " more"
	case more < 0:
		return money.Pounds(-more) + " less"
	}
	return "The same"
}

func orNothing(pence int64) string {
	if pence == 0 {
		return "Nothing"
	}
	return money.Pounds(pence)
}

func orWords(words string) string {
	if words == "" {
		return "Not known"
	}
	return words
}

func dateWords(d clock.Date) string {
	if d.IsZero() {
		return "Not known"
	}
	return d.Long()
}

// named is a request with the young person it is about, above the title of each of its pages.
func named(w requests.Written) string {
	words := "Funding request " + w.Reference()
	if w.CaseID != nil {
		words += ", " + w.Case.Reference() + " " + w.Case.Name()
	}
	return words
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

func lineName(l requests.Line) string {
	if l.What != "" {
		return l.Kind.Words() + ": " + l.What
	}
	return l.Kind.Words()
}

// noLine is the id of a line that is not there yet.
var noLine uuid.UUID

// nowWords is what a funder pays now, where it is known who pays what.
func nowWords(p *requests.Previous, weekly int64) string {
	if len(p.Shares) == 0 {
		return "Not known"
	}
	return money.Pounds(weekly)
}

func percentNow(p *requests.Previous, weekly int64) string {
	if len(p.Shares) == 0 {
		return ""
	}
	return percent(weekly, p.WeeklyPence)
}
