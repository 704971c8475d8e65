package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/requests"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// requestTyped is a section's form as it came in: every field by its name.
func requestTyped(c *fiber.Ctx) views.Typed {
	t := views.Typed{Values: map[string]string{}, Ticked: ticked(c, "owed")}
	for name, value := range c.Context().PostArgs().All() {
		if _, there := t.Values[string(name)]; !there {
			t.Values[string(name)] = strings.TrimSpace(string(value))
		}
	}
	return t
}

// datesRead reads the dates of a section and notes those that are none.
type datesRead struct {
	typed  views.Typed
	unread requests.Unread
}

func (d *datesRead) date(name string) clock.Date {
	day, problem := govuk.ReadDate(d.typed.Of, name).Date()
	if problem != "" {
		d.unread = append(d.unread, fault.Field{Name: name, Sentence: problem})
	}
	return day
}

// aboutIn reads what is asked for, for whom and of which panel.
func aboutIn(t views.Typed) requests.AboutAnswer {
	a := requests.AboutAnswer{Kind: requests.Kind(t.Of("kind")), CaseNumber: t.Of("case_number")}
	if a.CaseNumber == "" {
		a.CaseNumber = t.Of("own_case")
	}
	a.ForumID, _ = uuid.Parse(t.Of("forum")) // what is no panel is refused with the form
	return a
}

// answerIn reads one section. There is none for what is no section, or has pages of its own.
func answerIn(section requests.Section, t views.Typed, w requests.Written) (requests.Answer, error) {
	dates := datesRead{typed: t}
	switch section {
	case requests.About:
		return aboutIn(t), nil
	case requests.OwedInLaw:
		a := requests.OwedAnswer{Words: map[requests.Duty]string{}}
		for _, duty := range t.Ticked {
			a.Duties = append(a.Duties, requests.Duty(duty))
			a.Words[requests.Duty(duty)] = t.Of(requests.OwedField(requests.Duty(duty)))
			if requests.Duty(duty) == requests.Order {
				a.On = dates.date("order_on")
			}
		}
		a.Unread = dates.unread
		return a, nil
	case requests.Circumstances:
		a := requests.CircumstancesAnswer{
			Reason: t.Of("reason"), AuthorisedBy: t.Of("authorised_by"), WhyNotWait: t.Of("why_not_wait"), Provider: t.Of("provider"),
			AuthorisedOn: dates.date("authorised_on"), NoticedOn: dates.date("noticed_on"), NoticeEndsOn: dates.date("notice_ends_on"), LastDay: dates.date("last_day"),
		}
		a.Unread = dates.unread
		return a, nil
	case requests.Need:
		return requests.NeedAnswer{Need: t.Of("need"), Outcomes: t.Of("outcomes")}, nil
	case requests.OptionsWeighed:
		return optionsIn(t), nil
	case requests.Contribution:
		return requests.ContributionAnswer{Pays: t.Of("pays"), Weekly: t.Of("client")}, nil
	case requests.Packages:
		return packagesIn(t), nil
	case requests.Dates:
		a := requests.DatesAnswer{StartsOn: dates.date("starts_on"), EndsOn: dates.date("ends_on"), ReviewOn: dates.date("review_on")}
		a.Unread = dates.unread
		return a, nil
	case requests.Split:
		return splitIn(t, w), nil
	}
	return nil, fault.New(fault.NotFound, "There is no such section.")
}

func optionsIn(t views.Typed) requests.OptionsAnswer {
	var a requests.OptionsAnswer
	for i := range max(min(whole(t.Of("options")), 20), 0) {
		a.Options = append(a.Options, requests.TypedOption{
			What: t.Of(requests.OptionField("what", i)), Why: t.Of(requests.OptionField("why", i)),
			Weekly: t.Of(requests.OptionField("weekly", i)), OneOff: t.Of(requests.OptionField("one_off", i)),
		})
	}
	a.Chosen = whole(t.Of("chosen"))
	return a
}

func packagesIn(t views.Typed) requests.PackagesAnswer {
	if id, err := uuid.Parse(t.Of("remove")); err == nil {
		return requests.PackagesAnswer{Remove: id}
	}
	if t.Of("do") == "paste" {
		return requests.PackagesAnswer{Pasted: true, Add: requests.PastedPackages(t.Of("pasted"))}
	}
	return requests.PackagesAnswer{Add: []requests.TypedPackage{{CaseNumber: t.Of("case_number"), Provider: t.Of("provider"), Present: t.Of("present"), After: t.Of("after")}}}
}

// splitIn reads a share for each agency that may be asked to pay.
func splitIn(t views.Typed, w requests.Written) requests.SplitAnswer {
	a := requests.SplitAnswer{ByPercent: t.Of("split_by") == "percent"}
	for _, agency := range w.Funders {
		a.Shares = append(a.Shares, requests.TypedShare{
			AgencyID: agency.ID, Weekly: t.Of(requests.ShareField("weekly", agency.ID)),
			OneOff: t.Of(requests.ShareField("one_off", agency.ID)), Percent: t.Of(requests.ShareField("percent", agency.ID)),
		})
	}
	return a
}

// lineIn reads one line of the costs.
func lineIn(t views.Typed, id uuid.UUID) requests.LineAnswer {
	a := requests.LineAnswer{
		ID: id, Remove: t.Of("do") == "remove", Kind: requests.LineKind(t.Of("line_kind")), What: t.Of("what"), Provider: t.Of("provider"),
		Quantity: t.Of("quantity"), Unit: requests.Unit(t.Of("unit")), Price: t.Of("price"), Paid: requests.Paid(t.Of("paid")), Weeks: t.Of("weeks_a_year"),
	}
	if a.Paid == requests.FixedWeeks {
		a.Weeks = t.Of("weeks_in_all")
	}
	return a
}

// more is the options form with one more to fill in.
func more(t views.Typed) views.Typed {
	t.Values["options"] = strconv.Itoa(max(whole(t.Of("options")), 2) + 1)
	return t
}
