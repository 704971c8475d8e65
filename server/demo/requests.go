package demo

import (
	"context"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// ask writes a request and submits it. One that comes late can wait for the meeting after.
func (t *teller) ask(ctx context.Context, about requests.AboutAnswer, answers ...requests.Answer) (requests.Request, error) {
	presenter, err := t.as(ctx, "presenter")
	if err != nil {
		return requests.Request{}, err
	}
	if about.ForumID == uuid.Nil {
		about.ForumID = t.forums["mapac"].ID
	}
	begun, err := t.Requests.Begin(ctx, presenter, about)
	if err != nil {
		return begun, err
	}
	saved, err := t.Requests.Save(ctx, presenter, begun.ID, begun.Version, true, answers...)
	if err != nil {
		return saved, err
	}
	return t.Requests.Submit(ctx, presenter, saved.ID, saved.Version, requests.Lateness{Asked: true})
}

// request is the presenter's request for a case's package, shared much as the tracker says it is paid now.
func (t *teller) request(ctx context.Context, c tracker.Case) (requests.Request, error) {
	return t.requestOf(ctx, "mapac", c)
}

// requestOf is the same of another panel.
func (t *teller) requestOf(ctx context.Context, forum string, c tracker.Case) (requests.Request, error) {
	weekly := *c.WeeklyCostPence
	education := int64(0)
	if c.EHCP != nil && *c.EHCP {
		education = weekly / 5
	}
	return t.ask(ctx, requests.AboutAnswer{Kind: requests.New, ForumID: t.forums[forum].ID, CaseNumber: c.Reference()}, t.need(weekly, education, 250_000, t.today.AddDays(60))...)
}

// need are the sections of a request for a package of so much a week, of which so much is education.
func (t *teller) need(weekly, education, oneOff int64, starts clock.Date) []requests.Answer {
	health := weekly * 3 / 10
	answers := []requests.Answer{
		requests.OwedAnswer{
			Duties: []requests.Duty{requests.SectionF, requests.SectionG, requests.CareAct},
			Words: map[requests.Duty]string{
				requests.SectionF: "A college place of three days a week, with one-to-one support, until the end of the course.",
				requests.SectionG: "Staff trained in epilepsy rescue medication at all times.",
				requests.CareAct:  "Eligible needs from 18: nutrition, personal hygiene, being safe at home, and getting about.",
			},
		},
		requests.NeedAnswer{
			Need:     "Support through the day and waking nights, by staff trained in epilepsy rescue medication.",
			Outcomes: "A home of their own near family, and the college course finished.",
		},
		requests.OptionsAnswer{
			Options: []requests.TypedOption{
				{What: "A flat of their own with support", Why: "It keeps the college place and the staff who know the rescue plan.", Weekly: money.Typed(weekly)},
				{What: "Staying with family and more respite", Why: "The carers’ assessment rules it out."},
				{What: "A shared house", Why: "No vacancy within reach of the college.", Weekly: money.Typed(weekly * 9 / 10)},
			},
			Chosen: 1,
		},
		requests.LineAnswer{
			Kind: requests.Care, What: "support by day and waking nights", Provider: "Hazel House Support", Quantity: "1", Unit: requests.Week, Price: money.Typed(weekly - education), Paid: requests.EveryWeek,
		},
		requests.ContributionAnswer{Pays: "no"},
		requests.DatesAnswer{StartsOn: starts, ReviewOn: starts.AddMonths(3)},
	}
	if education > 0 {
		answers = append(answers, requests.LineAnswer{
			Kind: requests.EducationLine, What: "one-to-one support at college", Provider: "Marlshire College", Quantity: "1", Unit: requests.Week, Price: money.Typed(education), Paid: requests.EveryWeek,
		})
	}
	if oneOff > 0 {
		answers = append(answers, requests.LineAnswer{Kind: requests.Equipment, What: "ceiling hoist", Quantity: "1", Unit: requests.Item, Price: money.Typed(oneOff)})
	}
	return append(answers, requests.SplitAnswer{Shares: []requests.TypedShare{
		{AgencyID: t.agencies[panels.AdultSocialCare].ID, Weekly: money.Typed(weekly - health - education), OneOff: money.Typed(oneOff)},
		{AgencyID: t.agencies[panels.HealthContinuing].ID, Weekly: money.Typed(health)},
		{AgencyID: t.agencies[panels.Education].ID, Weekly: money.Typed(education)},
	}})
}

// otherKinds leaves the panel's clerk a change of what was decided, a package that has already begun,
// and the yearly uplift of four.
func (t *teller) otherKinds(ctx context.Context) error {
	t.at(1, 16)
	weekly := *t.cases[0].WeeklyCostPence
	_, err := t.ask(ctx, requests.AboutAnswer{Kind: requests.Change, CaseNumber: t.cases[0].Reference()}, append(
		t.need(weekly+85_000, 0, 0, t.today.AddDays(30)),
		requests.CircumstancesAnswer{Reason: "Seizures at night have doubled, and the consultant asks for a second member of staff from ten to six."},
	)...)
	if err != nil {
		return err
	}
	_, err = t.ask(ctx, requests.AboutAnswer{Kind: requests.Retrospective, CaseNumber: t.cases[6].Reference()}, append(
		t.need(*t.cases[6].WeeklyCostPence, 0, 0, t.today.AddDays(-9)),
		requests.CircumstancesAnswer{
			AuthorisedBy: "The head of service on call", AuthorisedOn: t.today.AddDays(-9),
			WhyNotWait: "The placement closed with a day’s notice, and the next panel was two weeks away.",
		},
	)...)
	if err != nil {
		return err
	}
	packages := requests.PackagesAnswer{}
	for _, c := range t.cases[7:11] {
		packages.Add = append(packages.Add, requests.TypedPackage{CaseNumber: c.Reference(), Provider: "Hazel House Support", Present: money.Typed(*c.WeeklyCostPence), After: "4.1%"})
	}
	presenter, err := t.as(ctx, "presenter")
	if err != nil {
		return err
	}
	begun, err := t.Requests.Begin(ctx, presenter, requests.AboutAnswer{Kind: requests.Uplift, ForumID: t.forums["mapac"].ID})
	if err != nil {
		return err
	}
	saved, err := t.Requests.Save(ctx, presenter, begun.ID, begun.Version, true, packages, requests.DatesAnswer{StartsOn: t.today.AddDays(45)},
		requests.CircumstancesAnswer{Reason: "The provider asked for 6.5%. Brokerage agreed 4.1%, the rise of the National Living Wage and of prices in the shares they have of its costs."})
	if err != nil {
		return err
	}
	saved, err = t.Requests.Save(ctx, presenter, saved.ID, saved.Version, true, requests.SplitAnswer{Shares: []requests.TypedShare{
		{AgencyID: t.agencies[panels.AdultSocialCare].ID, Weekly: money.Typed(saved.WeeklyPence)},
	}})
	if err != nil {
		return err
	}
	_, err = t.Requests.Submit(ctx, presenter, saved.ID, saved.Version, requests.Lateness{Asked: true})
	return err
}
