package letters

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Month is a calendar month.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf is the month a day is in.
func MonthOf(d clock.Date) Month { return Month{d.Year, d.Month} }

// First and Last are its ends.
func (m Month) First() clock.Date { return clock.NewDate(m.Year, m.Month, 1) }

// Last is its last day.
func (m Month) Last() clock.Date { return clock.NewDate(m.Year, m.Month+1, 0) }

// Next is the month after.
func (m Month) Next() Month { return MonthOf(m.Last().AddDays(1)) }

// Previous is the month before.
func (m Month) Previous() Month { return MonthOf(m.First().AddDays(-1)) }

// Words is the month as people say it: "November 2026".
func (m Month) Words() string { return m.First().At(12, 0).Format("January 2006") }

// String is the month in an address: "2026-11".
func (m Month) String() string { return m.First().String()[:7] }

// Package is what was decided of one young person's support, for as long as it is in force.
type Package struct {
	DecisionID uuid.UUID
	CaseNumber int64
	Lead       uuid.UUID  // pays the provider
	From       clock.Date // its first day
	To         clock.Date // its last day; zero: it goes on
	Interim    bool       // without prejudice
	Shares     []PackageShare
}

// PackageShare is one agency's part.
type PackageShare struct {
	AgencyID    uuid.UUID
	WeeklyPence int64
	OneOffPence int64
}

// RechargeLine is what one agency repays another for a month.
type RechargeLine struct {
	ForMonth    Month
	DecisionID  uuid.UUID
	CaseNumber  int64
	PayerID     uuid.UUID // paid the provider, and is repaid
	DebtorID    uuid.UUID // repays it
	Interim     bool
	From, To    clock.Date // the days charged; zero where a line adjusts an earlier month
	Days        int
	WeeklyPence int64
	OneOffPence int64 // charged in full in the month of the first day
	Pence       int64 // of the whole line; less than nought gives back
}

// Recharge works out who repays whom for a month. A week's share is paid by the day: each day of the month on
// which the package is in force, its first and last day too, is a seventh of the week. A line is rounded once,
// half a penny up, so a month of 31 days is 31 sevenths whatever the year. What is spent once is repaid in the
// month of the package's first day. The agency that pays the provider repays itself nothing.
func Recharge(m Month, packages []Package) (lines []RechargeLine) {
	for _, p := range packages {
		from, to := p.From, p.To
		if from.Before(m.First()) {
			from = m.First()
		}
		if to.IsZero() || to.After(m.Last()) {
			to = m.Last()
		}
		days := 0
		if !to.Before(from) {
			days = from.DaysUntil(to) + 1
		}
		ended := !p.To.IsZero() && p.To.Before(p.From) // replaced before it began: nothing of it was ever paid
		for _, s := range p.Shares {
			if s.AgencyID == p.Lead || ended {
				continue
			}
			line := RechargeLine{
				ForMonth: m, DecisionID: p.DecisionID, CaseNumber: p.CaseNumber, PayerID: p.Lead, DebtorID: s.AgencyID, Interim: p.Interim,
				From: from, To: to, Days: days, WeeklyPence: s.WeeklyPence,
			}
			if MonthOf(p.From) == m {
				line.OneOffPence = s.OneOffPence
			}
			line.Pence = ByTheDay(s.WeeklyPence, days) + line.OneOffPence
			if line.Pence != 0 {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// ByTheDay is so many sevenths of a week's amount, half a penny rounded up.
func ByTheDay(weeklyPence int64, days int) int64 {
	sevenths := weeklyPence * int64(days)
	return (2*sevenths + 7) / 14
}

// owes is what a line is about, whatever it comes to: adjustments are worked out by it.
type owes struct {
	Month         Month
	Decision      uuid.UUID
	Payer, Debtor uuid.UUID
	Interim       bool
}

func (l RechargeLine) owes() owes {
	return owes{l.ForMonth, l.DecisionID, l.PayerID, l.DebtorID, l.Interim}
}

// Adjustments are what has to be charged or given back so that a month that was issued comes to what is known
// now: what was issued stands, with all its adjustments so far. In the order of months, then of the lines.
func Adjustments(now, issued []RechargeLine) (lines []RechargeLine) {
	differences := map[owes]int64{}
	var order []RechargeLine
	for i, list := range [][]RechargeLine{now, issued} {
		for _, line := range list {
			if _, known := differences[line.owes()]; !known {
				order = append(order, line)
			}
			if i == 0 {
				differences[line.owes()] += line.Pence
			} else {
				differences[line.owes()] -= line.Pence
			}
		}
	}
	for _, line := range order {
		if pence := differences[line.owes()]; pence != 0 {
			lines = append(lines, RechargeLine{
				ForMonth: line.ForMonth, DecisionID: line.DecisionID, CaseNumber: line.CaseNumber, PayerID: line.PayerID, DebtorID: line.DebtorID, Interim: line.Interim, Pence: pence,
			})
		}
	}
	slices.SortStableFunc(lines, func(a, b RechargeLine) int { return a.ForMonth.First().DaysUntil(b.ForMonth.First()) * -1 })
	return lines
}

// Total is what one agency repays another in all.
type Total struct {
	PayerID, DebtorID uuid.UUID
	Pence             int64 // firm
	InterimPence      int64 // without prejudice
}

// Totals adds lines up by who repays whom, in the order they first stand in.
func Totals(lines []RechargeLine) (totals []Total) {
	for _, line := range lines {
		at := slices.IndexFunc(totals, func(t Total) bool { return t.PayerID == line.PayerID && t.DebtorID == line.DebtorID })
		if at < 0 {
			totals, at = append(totals, Total{PayerID: line.PayerID, DebtorID: line.DebtorID}), len(totals)
		}
		if line.Interim {
			totals[at].InterimPence += line.Pence
		} else {
			totals[at].Pence += line.Pence
		}
	}
	return totals
}
