package requests

import (
	"slices"
	"strings"
	"testing"

	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func TestRequestGoesFromDraftToSubmittedToReturnedAndBack(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx := t.Context()
	draft, err := a.Begin(ctx, a.presenter, AboutAnswer{Kind: New, CaseNumber: " q" + strings.TrimPrefix(a.about.Reference(), "Q"), ForumID: a.panel.ID})
	if err != nil || draft.State != Draft || draft.Number < 2001 {
		t.Fatalf("draft: %+v %v", draft, err)
	}
	if _, err := a.show(a.clerk, draft.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the clerk read a draft: %v", err)
	}
	_, err = a.Submit(ctx, a.presenter, draft.ID, draft.Version, Lateness{})
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) < 6 {
		t.Errorf("an empty request was submitted: %+v", f)
	}
	saved := a.save(draft, a.complete()...)
	sent := a.submit(saved, Lateness{})
	if sent.State != Submitted || sent.WeeklyPence != 1204_50 || sent.OneOffPence != 300_00 || !strings.Contains(sent.AlreadyOwed, "A court or tribunal order of 4 March 2026: Full-time support") {
		t.Fatalf("submitted: %+v", sent)
	}
	if _, err := a.Submit(ctx, a.presenter, draft.ID, sent.Version, Lateness{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("submitted twice: %v", err)
	}
	why := []Question{{Section: Need, Words: "What did the last review say?"}}
	if err := a.Return(ctx, a.presenter, sent.ID, sent.Version, why); !fault.Is(err, fault.Denied) {
		t.Errorf("the presenter returned it: %v", err)
	}
	for _, none := range [][]Question{nil, {{Section: Need, Words: " "}}, {{Section: Packages, Words: "Which?"}}} {
		if err := a.Return(ctx, a.clerk, sent.ID, sent.Version, none); !fault.Is(err, fault.Invalid) {
			t.Errorf("returned with %v: %v", none, err)
		}
	}
	if err := a.Return(ctx, a.clerk, sent.ID, sent.Version-1, why); !fault.Is(err, fault.Stale) {
		t.Errorf("returned as it was before: %v", err)
	}
	a.must(a.Return(ctx, a.clerk, sent.ID, sent.Version, why))
	page, err := a.show(a.presenter, sent.ID)
	if err != nil || page.State != Returned || page.QuestionAbout(Need) == "" || !page.MayMend || len(page.Shares) != 2 || len(page.Lines) != 2 || len(page.Changed) != 0 {
		t.Errorf("returned: %+v %v", page, err)
	}
	if want := int64(1204_50 * 52); page.Exposure().AnnualPence != want {
		t.Errorf("annual %d, want %d", page.Exposure().AnnualPence, want)
	}
	again := a.save(page.Request, NeedAnswer{Need: "Support day and night, by two", Outcomes: "Lives near college"})
	a.submit(again, Lateness{})
	page, err = a.show(a.clerk, sent.ID)
	if err != nil || len(page.Changed) != 1 || page.Changed[0] != (Difference{Section: Need, Key: "What the young person needs", Before: "Support day and night", After: "Support day and night, by two"}) {
		t.Errorf("what changed: %+v %v", page.Changed, err)
	}
	if len(page.Questions) != 0 {
		t.Errorf("an answered question still stands: %+v", page.Questions)
	}
}

// A penny out is a split that no two funders agreed to; a section half right misleads a panel.
func TestEachSectionSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	a := setup(t)
	shares := func(change func([]TypedShare)) SplitAnswer {
		typed := []TypedShare{{AgencyID: a.asc.ID, Weekly: "602.25", OneOff: "300.00"}, {AgencyID: a.health.ID, Weekly: "602.25"}}
		change(typed)
		return SplitAnswer{Shares: typed}
	}
	percents := func(first, second string) SplitAnswer {
		return SplitAnswer{ByPercent: true, Shares: []TypedShare{{AgencyID: a.asc.ID, Percent: first}, {AgencyID: a.health.ID, Percent: second}}}
	}
	r := a.save(a.begin(New), a.complete()...)
	for name, c := range map[string]struct {
		answer      Answer
		field, want string
	}{
		"a penny short":          {shares(func(s []TypedShare) { s[1].Weekly = "602.24" }), "split", "Shares come to £1,204.49 a week; the cost is £1,204.50. Add 1p to a share."},
		"two pounds over":        {shares(func(s []TypedShare) { s[1].Weekly = "604.25" }), "split", "Shares come to £1,206.50 a week; the cost is £1,204.50. Take £2 off a share."},
		"one-off unshared":       {shares(func(s []TypedShare) { s[0].OneOff = "" }), "split", "Shares come to £0 as a one-off; the cost is £300. Add £300 to a share."},
		"not money":              {shares(func(s []TypedShare) { s[0].Weekly = "6,02" }), ShareField("weekly", a.asc.ID), "Enter the share in pounds a week, like 602.25"},
		"over 100 per cent":      {percents("50", "50.5"), "split", "Shares come to 100.5%. Take 0.5% off"},
		"no need":                {NeedAnswer{Need: " ", Outcomes: "o"}, "need", "Enter what the young person needs"},
		"nothing owed named":     {OwedAnswer{}, "owed", "Choose what is already owed, or that nothing is"},
		"an order with no date":  {OwedAnswer{Duties: []Duty{Order}, Words: map[Duty]string{Order: "o"}}, "order_on", "Enter the date of the order"},
		"owed and not owed":      {OwedAnswer{Duties: []Duty{CareAct, Nothing}, Words: map[Duty]string{CareAct: "o"}}, "owed", "Choose what is already owed, or that nothing is, not both"},
		"one option":             {OptionsAnswer{Options: []TypedOption{{What: "w", Why: "y"}}, Chosen: 1}, "what-1", "Enter at least two options: the one proposed, and one that is not"},
		"no option chosen":       {OptionsAnswer{Options: []TypedOption{{What: "w", Why: "y"}, {What: "x", Why: "z"}}}, "chosen", "Choose the option you propose"},
		"no quantity":            {LineAnswer{Kind: Care, Unit: Hour, Price: "10", Paid: EveryWeek}, "quantity", "Enter how many, like 37.5"},
		"52 weeks of a year":     {LineAnswer{Kind: Care, Unit: Hour, Quantity: "1", Price: "10", Paid: SomeWeeks, Weeks: "52"}, "weeks_a_year", "Enter how many weeks a year, from 1 to 51. For every week choose “Every week”"},
		"more than there is":     {LineAnswer{Kind: Care, Unit: Hour, Quantity: "9999", Price: "99999999.99", Paid: EveryWeek}, "price", "This line comes to more than £99,999,999.99. Check the number and the price"},
		"other, without a word":  {LineAnswer{Kind: OtherLine, Unit: Item, Quantity: "1", Price: "10", Paid: Once}, "what", "Enter what it is"},
		"they pay, but not what": {ContributionAnswer{Pays: "yes"}, "client", "Enter what they pay a week in pounds, like 104.65"},
		"they pay more":          {ContributionAnswer{Pays: "yes", Weekly: "2,000"}, "client", "The contribution, £2,000 a week, is more than the package, £1,204.50 a week"},
		"ends before it starts":  {DatesAnswer{StartsOn: day("2027-01-04"), EndsOn: day("2027-01-03")}, "ends_on", "The end must be on or after the start, 4 January 2027"},
		"has begun already":      {DatesAnswer{StartsOn: day("2020-01-04")}, "starts_on", "4 January 2020 has passed. Enter a later start, or ask for a package that has already begun"},
		"a case of others":       {AboutAnswer{Kind: New, CaseNumber: a.young("2009-01-01").Reference(), ForumID: a.panel.ID}, "case_number", ""},
		"a forum that is none":   {AboutAnswer{Kind: New, CaseNumber: a.about.Reference()}, "forum", "Choose the panel to ask"},
	} {
		_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, c.answer)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field || (c.want != "" && f.Fields[0].Sentence != c.want) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, percents("50", "45"))
	if f := fault.As(err); f == nil || len(f.Fields) != 2 || f.Fields[0].Sentence != "Shares come to £1,144.27 a week; the cost is £1,204.50. Add £60.23 to a share." {
		t.Errorf("95 per cent: %+v", f)
	}
	if page, err := a.show(a.presenter, r.ID); err != nil || page.Version != r.Version || page.WeeklyPence != 1204_50 {
		t.Errorf("something refused was kept: %+v %v", page.Request, err)
	}
}

// What was typed and is only not finished must not be lost because the rest is missing.
func TestHalfASectionIsKeptForLater(t *testing.T) {
	t.Parallel()
	a := setup(t)
	r := a.begin(New)
	r, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, false, NeedAnswer{Need: "Support"}, SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "1"}}})
	a.must(err)
	var form FormPage
	a.must(a.read(a.presenter, func(tx db.Tx) (err error) { form, err = ShowForm(tx, r.ID); return err }))
	if form.Need != "Support" || len(form.Shares) != 1 || form.Progress[Need] != Incomplete || form.Progress[OwedInLaw] != NotStarted || form.Progress[About] != Complete || form.Ready() {
		t.Errorf("kept: %+v", form.Progress)
	}
	if _, err := a.Save(t.Context(), a.presenter, r.ID, r.Version-1, false, NeedAnswer{Need: "Other"}); !fault.Is(err, fault.Stale) {
		t.Errorf("another window wrote over it: %v", err)
	}
	if _, err := a.Save(t.Context(), a.clerk, r.ID, r.Version, false, NeedAnswer{}); err == nil {
		t.Error("the clerk wrote a presenter’s request")
	}
}

// Each line counted wrongly is money nobody agreed to, or a bill nobody pays.
func TestLinesComeToWhatTheySay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line Line
		year int
		want Cost
	}{
		"37.5 hours every week":      {Line{Unit: Hour, Quantity: 37_50, PricePence: 22_50, Paid: EveryWeek}, 52000, Cost{WeeklyPence: 843_75, AnnualPence: 43_875_00}},
		"and in a year of 52.143":    {Line{Unit: Hour, Quantity: 37_50, PricePence: 22_50, Paid: EveryWeek}, 52143, Cost{WeeklyPence: 843_75, AnnualPence: 43_995_66}},
		"half a penny is rounded up": {Line{Unit: Mile, Quantity: 50, PricePence: 45, Paid: EveryWeek}, 52000, Cost{WeeklyPence: 23, AnnualPence: 11_96}},
		"38 weeks of term":           {Line{Unit: Week, Quantity: 100, PricePence: 300_00, Paid: SomeWeeks, Weeks: 38}, 52000, Cost{WeeklyPence: 219_23, AnnualPence: 11_400_00}},
		"a retainer for six weeks":   {Line{Unit: Week, Quantity: 100, PricePence: 250_00, Paid: FixedWeeks, Weeks: 6}, 52000, Cost{OneOffPence: 1_500_00}},
		"a hoist":                    {Line{Unit: Item, Quantity: 100, PricePence: 2_500_00, Paid: Once}, 52000, Cost{OneOffPence: 2_500_00}},
		"as many weeks as there are": {Line{Unit: Week, Quantity: 100, PricePence: 1_00, Paid: SomeWeeks, Weeks: 52}, 52000, Cost{WeeklyPence: 1_00, AnnualPence: 52_00}},
	} {
		if got := c.line.Cost(c.year); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The young person's own contribution is theirs: no funder is asked for it, and it is never a share.
func TestContributionStandsApartFromWhatFundersShare(t *testing.T) {
	t.Parallel()
	a := setup(t)
	r := a.save(a.begin(New), append(a.complete()[:5],
		ContributionAnswer{Pays: "yes", Weekly: "104.50"}, DatesAnswer{StartsOn: day("2027-04-04")},
		SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "1,100", OneOff: "300"}}})...)
	if r.WeeklyPence != 1100_00 || r.AnnualPence != 1100_00*52 || *r.ClientWeeklyPence != 104_50 {
		t.Errorf("%+v", r)
	}
	sent := a.submit(r, Lateness{})
	page, err := a.show(a.clerk, sent.ID)
	if err != nil || page.Gross().WeeklyPence != 1204_50 || len(page.Split) != 1 || page.Split[0].WeeklyPence != 1100_00 {
		t.Errorf("%+v %v", page.Split, err)
	}
}

func TestPercentsBecomePoundsThatAddUp(t *testing.T) {
	t.Parallel()
	a := setup(t)
	r := a.save(a.begin(New),
		LineAnswer{Kind: Care, Quantity: "1", Unit: Week, Price: "100.01", Paid: EveryWeek}, LineAnswer{Kind: Equipment, Quantity: "1", Unit: Item, Price: "0.01"},
		SplitAnswer{ByPercent: true, Shares: []TypedShare{{AgencyID: a.asc.ID, Percent: "33.33"}, {AgencyID: a.health.ID, Percent: "66.67%"}}})
	page, err := a.show(a.presenter, r.ID)
	if err != nil || len(page.Shares) != 2 {
		t.Fatalf("%+v %v", page.Shares, err)
	}
	if page.Shares[0].WeeklyPence+page.Shares[1].WeeklyPence != 10001 || page.Shares[0].OneOffPence+page.Shares[1].OneOffPence != 1 {
		t.Errorf("shares: %+v", page.Shares)
	}
}

// From 18 CHC means the NHS pays it all; a council share would be unlawful, and is asked for daily.
func TestCouncilShareStopsWhereTheNHSPaysAll(t *testing.T) {
	t.Parallel()
	a := setup(t)
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set chc_decision = 'Eligible' where id = ?`, a.about.ID).Error
	})
	r := a.save(a.begin(New), a.complete()...) // starts before 18
	answers := a.complete()
	_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, DatesAnswer{StartsOn: day("2027-03-04")}, answers[len(answers)-1]) // the 18th birthday
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != ShareField("weekly", a.asc.ID) {
		t.Errorf("a council share from 18: %v", err)
	}
	if _, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, DatesAnswer{StartsOn: day("2027-03-03")}, answers[len(answers)-1]); err != nil {
		t.Errorf("the day before 18: %v", err)
	}
}

// High-needs money spent on care is money the council has to give back.
func TestHighNeedsMoneyPaysForEducationAndNothingElse(t *testing.T) {
	t.Parallel()
	a := setup(t)
	care := LineAnswer{Kind: Care, Quantity: "1", Unit: Week, Price: "900", Paid: EveryWeek}
	college := LineAnswer{Kind: EducationLine, Quantity: "1", Unit: Week, Price: "300", Paid: EveryWeek}
	split := func(asc, send string) SplitAnswer {
		return SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: asc}, {AgencyID: a.send.ID, Weekly: send}}}
	}
	r := a.save(a.begin(New), care, college)
	_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, split("899.99", "300.01"))
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != ShareField("weekly", a.send.ID) || !strings.Contains(f.Fields[0].Sentence, "the education lines come to £300 a week") {
		t.Errorf("a penny of care: %+v", f)
	}
	a.save(r, split("900", "300"))
}

func TestExposureCountsTheForumsYearAndTheDaysToTheEnd(t *testing.T) {
	t.Parallel()
	born := day("2009-03-04")
	for name, c := range map[string]struct {
		starts, ends, review string
		weeks                int
		want                 Exposure
	}{
		"two weeks":             {"2027-01-04", "2027-01-17", "", 52000, Exposure{AnnualPence: 5_200_00, WholePence: 300_00, Until: day("2027-01-17")}},
		"one day":               {"2027-01-04", "2027-01-04", "", 52143, Exposure{AnnualPence: 5_214_30, WholePence: 114_29, Until: day("2027-01-04")}},
		"to the review":         {"2027-01-04", "2027-02-14", "2027-01-18", 52000, Exposure{AnnualPence: 5_200_00, WholePence: 700_00, Until: day("2027-02-14"), ReviewOn: day("2027-01-18"), ReviewPence: 300_00}},
		"no end: to 25":         {"2034-02-18", "", "", 52000, Exposure{AnnualPence: 5_200_00, WholePence: 300_00, Until: day("2034-03-03"), Assumed: true}},
		"no end and already 25": {"2034-03-04", "", "", 52000, Exposure{AnnualPence: 5_200_00}},
		"no start":              {"", "2034-03-04", "", 52000, Exposure{AnnualPence: 5_200_00}},
	} {
		date := func(text string) clock.Date {
			if text == "" {
				return clock.Date{}
			}
			return day(text)
		}
		if got := ExposureOf(Cost{WeeklyPence: 100_00, OneOffPence: 100_00}, date(c.starts), date(c.ends), date(c.review), born, c.weeks); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Whoever types percents must see the pounds that would be saved, and whoever types pounds what part it is,
// with script or without; what cannot be read stays as it was typed, so that it can be mended.
func TestPoundsAndPercentAreLinked(t *testing.T) {
	t.Parallel()
	one, two, three := panels.Agency{ID: newID()}, panels.Agency{ID: newID()}, panels.Agency{ID: newID()}
	w := Written{Request: Request{WeeklyPence: 100_01, OneOffPence: 50_00}, Funders: []panels.Agency{one, two, three}}
	percents := SplitAnswer{ByPercent: true, Shares: []TypedShare{{AgencyID: one.ID, Percent: "33.33%"}, {AgencyID: two.ID, Percent: "33.33"}, {AgencyID: three.ID, Percent: "33.34"}}}
	got, err := percents.Linked(w)
	want := SplitAnswer{ByPercent: true, Shares: []TypedShare{
		{AgencyID: one.ID, Weekly: "33.33", OneOff: "16.67", Percent: "33.33%"}, {AgencyID: two.ID, Weekly: "33.33", OneOff: "16.66", Percent: "33.33"}, {AgencyID: three.ID, Weekly: "33.35", OneOff: "16.67", Percent: "33.34"},
	}}
	if err != nil || !slices.Equal(got.Shares, want.Shares) || !got.ByPercent {
		t.Errorf("from percents: %+v", got.Shares)
	}
	pounds := SplitAnswer{Shares: []TypedShare{{AgencyID: one.ID, Weekly: "60"}, {AgencyID: two.ID, Weekly: "", OneOff: "50", Percent: "9"}}}
	linked, err := pounds.Linked(w)
	if got := linked.Shares; err != nil || got[0].Percent != "59.99" || got[1].Percent != "" || got[0].Weekly != "60" || got[1].OneOff != "50" {
		t.Errorf("from pounds: %+v", got)
	}
	for _, unread := range []SplitAnswer{
		{Shares: []TypedShare{{AgencyID: one.ID, Weekly: "sixty"}}}, {ByPercent: true, Shares: []TypedShare{{AgencyID: one.ID, Percent: "half"}}},
		{ByPercent: true, Shares: []TypedShare{{AgencyID: one.ID, Percent: "60"}, {AgencyID: two.ID, Percent: "60", Weekly: "1"}}},
		{Shares: []TypedShare{{AgencyID: one.ID, Weekly: "50"}, {AgencyID: two.ID, Percent: "50"}}}, // typed on the side not chosen
		{ByPercent: true, Shares: []TypedShare{{AgencyID: one.ID, Percent: "50"}, {AgencyID: two.ID, Weekly: "50"}}},
	} {
		if got, err := unread.Linked(w); err == nil || !slices.Equal(got.Shares, unread.Shares) {
			t.Errorf("%+v became %+v", unread.Shares, got.Shares)
		}
	}
}

func TestLeftToShareSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	agency, other := panels.Agency{ID: newID()}, panels.Agency{ID: newID()}
	shares := func(weekly string) SplitAnswer {
		return SplitAnswer{Shares: []TypedShare{{AgencyID: agency.ID, Weekly: weekly}}}
	}
	for want, c := range map[string]struct {
		weekly, oneOff int64
		typed          SplitAnswer
	}{
		"£0.01 a week left to share":           {10_00, 0, shares("9.99")},
		"£1 a week too much":                   {10_00, 0, shares("11")},
		"£5 of the one-off cost left to share": {0, 5_00, SplitAnswer{}},
		"5%; £0.50 a week left to share":       {10_00, 0, SplitAnswer{ByPercent: true, Shares: []TypedShare{{AgencyID: agency.ID, Percent: "95"}}}},
		"1% too much":                          {10_00, 0, SplitAnswer{ByPercent: true, Shares: []TypedShare{{AgencyID: agency.ID, Percent: "60"}, {AgencyID: other.ID, Percent: "41"}}}},
		"Nothing left to share":                {10_00, 0, shares("10")},
		"":                                     {0, 0, shares("10")},
	} {
		w := Written{Request: Request{WeeklyPence: c.weekly, OneOffPence: c.oneOff}, Funders: []panels.Agency{agency, other}}
		if got := c.typed.LeftToShare(w); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
