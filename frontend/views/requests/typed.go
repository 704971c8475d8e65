package requests

import (
	"strconv"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// Typed is a section's form as it was typed, or as it was saved: every field by its name, so that
// whatever is wrong with one, the others keep what they hold.
type Typed struct {
	Values map[string]string
	Ticked []string // boxes of the section's one group of checkboxes
}

// Of is what a field holds.
func (t Typed) Of(name string) string { return t.Values[name] }

func (t Typed) date(name string) govuk.TypedDate { return govuk.ReadDate(t.Of, name) }

// optionCount is how many options the form shows: those it holds and one more, two at least.
func (t Typed) optionCount() int {
	n, err := strconv.Atoi(t.Of("options"))
	if err != nil {
		return 2
	}
	return max(min(n, 8), 2)
}

// Saved is a section as it was saved.
func Saved(w requests.Written, section requests.Section) Typed {
	t := Typed{Values: map[string]string{}}
	set := func(name, value string) { t.Values[name] = value }
	date := func(name string, d clock.Date) {
		typed := govuk.TypeDate(d)
		set(name+"-day", typed.Day)
		set(name+"-month", typed.Month)
		set(name+"-year", typed.Year)
	}
	switch section {
	case requests.About:
		set("kind", string(w.Kind))
		set("forum", w.ForumID.String())
		if w.CaseID != nil {
			set("own_case", w.Case.Reference())
		}
	case requests.OwedInLaw:
		for _, o := range w.Owed {
			t.Ticked = append(t.Ticked, string(o.Duty))
			set(requests.OwedField(o.Duty), o.Words)
			if o.Duty == requests.Order {
				date("order_on", o.On)
			}
		}
	case requests.Circumstances:
		set("reason", w.Reason)
		set("authorised_by", w.AuthorisedBy)
		set("why_not_wait", w.WhyNotWait)
		set("provider", w.Provider)
		date("authorised_on", w.AuthorisedOn)
		date("noticed_on", w.NoticedOn)
		date("notice_ends_on", w.NoticeEndsOn)
		date("last_day", w.EndsOn)
	case requests.Need:
		set("need", w.Need)
		set("outcomes", w.Outcomes)
	case requests.OptionsWeighed:
		for i, o := range w.Options {
			set(requests.OptionField("what", i), o.What)
			set(requests.OptionField("why", i), o.Why)
			set(requests.OptionField("weekly", i), money.Typed(o.WeeklyPence))
			set(requests.OptionField("one_off", i), money.Typed(o.OneOffPence))
			if o.Chosen {
				set("chosen", strconv.Itoa(i+1))
			}
		}
		set("options", strconv.Itoa(len(w.Options)))
	case requests.Contribution:
		if w.ClientWeeklyPence != nil {
			set("pays", "no")
			if *w.ClientWeeklyPence > 0 {
				set("pays", "yes")
				set("client", money.Typed(*w.ClientWeeklyPence))
			}
		}
	case requests.Dates:
		date("starts_on", w.StartsOn)
		date("ends_on", w.EndsOn)
		date("review_on", w.ReviewOn)
	case requests.Split:
		linked, _ := w.TypedSplit().Linked(w) // what is saved can be read
		return SplitTyped(linked)
	}
	return t
}

// SplitTyped is a split as the form shows it.
func SplitTyped(a requests.SplitAnswer) Typed {
	t := Typed{Values: map[string]string{"split_by": "pounds"}}
	if a.ByPercent {
		t.Values["split_by"] = "percent"
	}
	for _, share := range a.Shares {
		t.Values[requests.ShareField("weekly", share.AgencyID)] = share.Weekly
		t.Values[requests.ShareField("one_off", share.AgencyID)] = share.OneOff
		t.Values[requests.ShareField("percent", share.AgencyID)] = share.Percent
	}
	return t
}

// SavedLine is a line of the costs as it was saved.
func SavedLine(l requests.Line) Typed {
	return Typed{Values: map[string]string{
		"line_kind": string(l.Kind), "what": l.What, "provider": l.Provider, "unit": string(l.Unit), "quantity": requests.PercentWords(l.Quantity), "price": money.Typed(l.PricePence),
		"paid": string(l.Paid), "weeks_a_year": weeksTyped(l, requests.SomeWeeks), "weeks_in_all": weeksTyped(l, requests.FixedWeeks),
	}}
}

func weeksTyped(l requests.Line, paid requests.Paid) string {
	if l.Paid != paid {
		return ""
	}
	return strconv.Itoa(l.Weeks)
}
