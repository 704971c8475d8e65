package calendar

import (
	"strings"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// A Pause is a span without meetings, both days included: August, or Christmas.
type Pause struct {
	From      clock.Date `json:"from"`
	To        clock.Date `json:"to"`
	Reason    string     `json:"reason"`
	EveryYear bool       `json:"every_year"` // again each year after the first
}

// Covers reports whether a day lies in the pause.
func (p Pause) Covers(d clock.Date) bool {
	if !p.EveryYear {
		return !d.Before(p.From) && !d.After(p.To)
	}
	for years := max(0, d.Year-p.From.Year-1); years <= d.Year-p.From.Year; years++ { // one that began last year may still go on
		if !d.Before(p.From.AddMonths(12*years)) && !d.After(p.To.AddMonths(12*years)) {
			return true
		}
	}
	return false
}

// Words is "1 August 2027 to 31 August 2027, every year: summer".
func (p Pause) Words() string {
	words := p.From.Long()
	if p.To != p.From {
		words += " to " + p.To.Long()
	}
	if p.EveryYear {
		words += ", every year"
	}
	return words + ": " + p.Reason
}

// Check says on a form what keeps a pause from being used. Its fields are field_from, field_to and
// field_reason.
func (p Pause) Check(form *fault.Form, field string) {
	form.Require(!p.From.IsZero(), field+"_from", "Enter the first day of the pause")
	form.Require(!p.To.IsZero(), field+"_to", "Enter the last day of the pause")
	form.Require(strings.TrimSpace(p.Reason) != "", field+"_reason", "Enter why there are no meetings then, like Summer")
	form.Require(len(p.Reason) <= 100, field+"_reason", "Shorten the reason to 100 characters or fewer")
	if p.From.IsZero() || p.To.IsZero() {
		return
	}
	form.Require(!p.To.Before(p.From), field+"_to", "The last day of the pause must be on or after its first")
	form.Require(p.To.Before(p.From.AddMonths(12)), field+"_to", "A pause must be shorter than a year. End the series instead")
}
