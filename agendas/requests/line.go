package requests

import (
	"strconv"

	"github.com/google/uuid"

	"quorate/server/base/money"
)

// LineKind is what a line of the costs buys.
type LineKind string

// The kinds of line.
const (
	Care                 LineKind = "care"
	EducationLine        LineKind = "education"
	Transport            LineKind = "transport"
	DirectPayment        LineKind = "direct_payment"
	PersonalHealthBudget LineKind = "personal_health_budget"
	Retainer             LineKind = "retainer"
	Equipment            LineKind = "equipment"
	OtherLine            LineKind = "other"
)

// LineKinds are all of them, as the form offers them.
var LineKinds = []LineKind{Care, EducationLine, Transport, DirectPayment, PersonalHealthBudget, Retainer, Equipment, OtherLine}

var lineKindWords = map[LineKind]string{
	Care: "Care and support", EducationLine: "Education", Transport: "Transport", DirectPayment: "Direct payment", PersonalHealthBudget: "Personal health budget",
	Retainer: "Retainer", Equipment: "Equipment", OtherLine: "Other",
}

// Words is the kind as people read it.
func (k LineKind) Words() string { return lineKindWords[k] }

// Unit is what a price is for.
type Unit string

// The units.
const (
	Hour    Unit = "hour"
	Day     Unit = "day"
	Night   Unit = "night"
	Week    Unit = "week"
	Mile    Unit = "mile"
	Journey Unit = "journey"
	Item    Unit = "item"
)

// Units are all of them, as the form offers them.
var Units = []Unit{Hour, Day, Night, Week, Mile, Journey, Item}

func (u Unit) known() bool {
	for _, unit := range Units {
		if u == unit {
			return true
		}
	}
	return false
}

// Words is the unit as people read it, of so many hundredths: "1 hour", "37.5 hours".
func (u Unit) Words(hundredths int64) string {
	words := string(u)
	if hundredths != oneUnit {
		words += "s"
	}
	return PercentWords(hundredths) + " " + words
}

// Paid says in which weeks a line is paid.
type Paid string

// When a line is paid.
const (
	EveryWeek  Paid = "every_week"
	SomeWeeks  Paid = "some_weeks"  // so many weeks of each year: 38 in term
	FixedWeeks Paid = "fixed_weeks" // so many weeks and no more
	Once       Paid = "once"
)

func (p Paid) known() bool { return p == EveryWeek || p == SomeWeeks || p == FixedWeeks || p == Once }

// oneUnit is a quantity of one.
const oneUnit int64 = 100

// Line is one thing that is to be paid for.
type Line struct {
	ID         uuid.UUID
	RequestID  uuid.UUID
	Position   int
	Kind       LineKind
	What       string // in words, when the kind does not say it
	Provider   string
	Unit       Unit
	Quantity   int64 // hundredths: in a week that is paid, or in all when it is paid once
	PricePence int64 // of one unit
	Paid       Paid
	Weeks      int // of each year, or in all

	CaseID       *uuid.UUID // an uplift's: whose package it is
	PresentPence *int64     // an uplift's: a week of it now
}

// TableName is request_line.
func (Line) TableName() string { return "request_line" }

// A Cost is what something comes to. Every amount is whole pence.
type Cost struct {
	WeeklyPence int64 // an average week of the year
	OneOffPence int64
	AnnualPence int64 // of what is paid week by week
}

// Pence is the line’s cost in a week that is paid, or once. Half a penny is rounded up.
func (l Line) Pence() int64 { return ratio(l.PricePence, l.Quantity, oneUnit) }

// Cost is what a line comes to in a forum’s year of weeksThousandths weeks of a thousand. A line paid
// in some weeks of the year costs exactly those weeks, and its average week is rounded to the nearest
// penny; a line paid for so many weeks and no more is money spent once.
func (l Line) Cost(weeksThousandths int) Cost {
	pence := l.Pence()
	switch l.Paid {
	case Once:
		return Cost{OneOffPence: pence}
	case FixedWeeks:
		return Cost{OneOffPence: ratio(pence, int64(l.Weeks), 1)}
	case SomeWeeks:
		if l.Weeks*1000 < weeksThousandths {
			annual := ratio(pence, int64(l.Weeks), 1)
			return Cost{WeeklyPence: ratio(annual, 1000, int64(weeksThousandths)), AnnualPence: annual}
		}
	}
	return Cost{WeeklyPence: pence, AnnualPence: AnnualPence(pence, weeksThousandths)}
}

// Add is both costs together.
func (c Cost) Add(other Cost) Cost {
	return Cost{c.WeeklyPence + other.WeeklyPence, c.OneOffPence + other.OneOffPence, c.AnnualPence + other.AnnualPence}
}

// Total is what lines come to together.
func Total(lines []Line, weeksThousandths int) (total Cost) {
	for _, line := range lines {
		total = total.Add(line.Cost(weeksThousandths))
	}
	return total
}

// ByKind is what the lines of each kind come to, in the order of LineKinds, those with none left out.
func ByKind(lines []Line, weeksThousandths int) (kinds []LineKind, costs []Cost) {
	for _, kind := range LineKinds {
		var of []Line
		for _, line := range lines {
			if line.Kind == kind {
				of = append(of, line)
			}
		}
		if len(of) > 0 {
			kinds, costs = append(kinds, kind), append(costs, Total(of, weeksThousandths))
		}
	}
	return kinds, costs
}

// Words says how a line is counted: "37.5 hours a week at £22.50, 38 weeks a year".
func (l Line) Words() string {
	text := l.Unit.Words(l.Quantity)
	price := " at " + money.Pounds(l.PricePence)
	if l.Quantity != oneUnit || l.Unit != Week {
		price += " each"
	}
	switch l.Paid {
	case Once:
		return text + price + ", once"
	case FixedWeeks:
		text = inAWeek(text, l) + price + ", for " + weeks(l.Weeks) + " in all"
	case SomeWeeks:
		text = inAWeek(text, l) + price + ", " + weeks(l.Weeks) + " a year"
	default:
		text = inAWeek(text, l) + price + ", every week"
	}
	return text
}

// inAWeek adds "a week" unless the unit is a week itself.
func inAWeek(quantity string, l Line) string {
	if l.Unit == Week {
		return quantity
	}
	return quantity + " a week"
}

// weeks counts them in words.
func weeks(n int) string {
	if n == 1 {
		return "1 week"
	}
	return strconv.Itoa(n) + " weeks"
}
