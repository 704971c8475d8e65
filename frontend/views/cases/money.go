package cases

import (
	"fmt"
	"strings"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/panels"
	"quorate/server/base/money"
)

// payer is who shares the weekly cost: by the tracker, and by the decisions in force.
type payer struct {
	name            string
	tracked         *int64 // nil: the tracker does not say
	decided, yearly int64
}

// payers are the tracker's four, and any other agency that a decision asks to pay.
func (p Page) payers() []payer {
	c := p.Case
	list := []payer{
		{name: "Adult social care", tracked: c.ASCWeeklyPence}, {name: "Children’s social care", tracked: c.CSCWeeklyPence},
		{name: "Education", tracked: c.EducationWeeklyPence}, {name: "Health", tracked: c.HealthWeeklyPence},
	}
	at := map[panels.AgencyKind]int{panels.AdultSocialCare: 0, panels.ChildrenSocialCare: 1, panels.Education: 2, panels.HealthContinuing: 3}
	for _, paid := range p.InForce {
		i, known := at[paid.Kind]
		if !known {
			list = append(list, payer{name: paid.Agency})
			i = len(list) - 1
		}
		list[i].decided += paid.WeeklyPence
		list[i].yearly += paid.AnnualPence
	}
	return list
}

func (p Page) moneyKnown() bool {
	if p.Case.WeeklyCostPence != nil || len(p.InForce) > 0 {
		return true
	}
	for _, payer := range p.payers() {
		if payer.tracked != nil {
			return true
		}
	}
	return false
}

func (p Page) moneyTable() govuk.Table {
	table := govuk.Table{
		ID: "money", Wide: true, Caption: "What is paid for them now, by payer, in a year of " + p.weeks() + " weeks", CaptionHidden: true,
		Columns: []govuk.Column{{Heading: "Payer"}, {Heading: "Tracker, a week", Numeric: true}, {Heading: "Tracker, a year", Numeric: true}},
	}
	decisions := len(p.InForce) > 0
	if decisions {
		table.Columns = append(table.Columns, govuk.Column{Heading: "Decided, a week", Numeric: true}, govuk.Column{Heading: "Decided, a year", Numeric: true})
	}
	row := func(name string, tracked *int64, decided, yearly int64) govuk.Row {
		cells := []string{name, "Not known", "Not known"}
		if tracked != nil {
			cells[1], cells[2] = money.Pounds(*tracked), money.Pounds(requests.AnnualPence(*tracked, p.WeeksYear))
		}
		if decisions {
			cells = append(cells, money.Pounds(decided), money.Pounds(yearly))
		}
		return govuk.Cells(cells...)
	}
	var decided, yearly int64
	for _, payer := range p.payers() {
		if payer.tracked == nil && payer.decided == 0 {
			continue
		}
		decided += payer.decided
		yearly += payer.yearly
		table.Rows = append(table.Rows, row(payer.name, payer.tracked, payer.decided, payer.yearly))
	}
	total := row("Total", p.Case.WeeklyCostPence, decided, yearly)
	table.Total = &total
	return table
}

func (p Page) weeks() string {
	if p.WeeksYear%1000 == 0 {
		return fmt.Sprint(p.WeeksYear / 1000)
	}
	return fmt.Sprintf("%d.%03d", p.WeeksYear/1000, p.WeeksYear%1000)
}

// moneyGaps says where the figures do not agree: with each other in the tracker, and with what was decided.
func (p Page) moneyGaps() (gaps []string) {
	var shared, decided int64
	shares := false
	var differ []string
	for _, payer := range p.payers() {
		decided += payer.decided
		if payer.tracked != nil {
			shares = true
			shared += *payer.tracked
			if *payer.tracked != payer.decided {
				differ = append(differ, fmt.Sprintf("%s pays %s a week in the tracker, and %s was decided", payer.name, money.Pounds(*payer.tracked), money.Pounds(payer.decided)))
			}
		} else if payer.decided > 0 && p.Supplied[shareFields[payer.name]] {
			differ = append(differ, fmt.Sprintf("%s pays nothing known in the tracker, and %s was decided", payer.name, money.Pounds(payer.decided)))
		}
	}
	if total := p.Case.WeeklyCostPence; total != nil {
		if shares && shared != *total {
			gaps = append(gaps, fmt.Sprintf("The payers’ shares in the tracker add up to %s, not %s.", money.Pounds(shared), money.Pounds(*total)))
		}
		if len(p.InForce) > 0 && !shares && decided != *total {
			differ = append(differ, fmt.Sprintf("the tracker says %s a week in all, and %s was decided", money.Pounds(*total), money.Pounds(decided)))
		}
	}
	if len(p.InForce) > 0 && len(differ) > 0 {
		gaps = append(gaps, "The tracker and the decisions in force do not agree: "+strings.Join(differ, "; ")+".")
	}
	return gaps
}

var shareFields = map[string]tracker.Field{
	"Adult social care": tracker.ASCWeekly, "Children’s social care": tracker.CSCWeekly, "Education": tracker.EducationWeekly, "Health": tracker.HealthWeekly,
}
