package requests

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/fault"
)

var day = clock.MustDate

// asking is a panel with its funders, a presenter who brings one case, and the panel's clerk.
type asking struct {
	Store
	t                *testing.T
	panel            panels.Forum
	asc, health      panels.Agency
	presenter, clerk access.Actor
	about            tracker.Case
}

func setup(t *testing.T) *asking {
	t.Helper()
	database, _ := dbtest.NewAt(t)
	a := &asking{Store: Store{DB: database}, t: t}
	ps := panels.Store{DB: database}
	admin := access.Actor{PersonID: a.person("Ada"), Administrator: true}
	var err error
	add := func(agency panels.Agency) panels.Agency {
		added, err := ps.AddAgency(t.Context(), admin, agency)
		if err != nil {
			t.Fatal(err)
		}
		return added
	}
	a.asc = add(panels.Agency{Name: "Adult social care", ShortName: "ASC", Kind: panels.AdultSocialCare, LegalBody: "Marlshire Council", Funder: true})
	add(panels.Agency{Name: "Children’s social care", ShortName: "CSC", Kind: panels.ChildrenSocialCare, LegalBody: "Marlshire Council", Funder: true})
	add(panels.Agency{Name: "Education and SEND", ShortName: "SEND", Kind: panels.Education, LegalBody: "Marlshire Council", Funder: true})
	a.health = add(panels.Agency{Name: "Marlshire ICB", ShortName: "ICB", Kind: panels.HealthContinuing, LegalBody: "NHS Marlshire ICB", Funder: true})
	if a.panel, err = ps.CreateForum(t.Context(), admin, panels.NewForum{Template: "mapac"}); err != nil {
		t.Fatal(err)
	}
	a.presenter = access.Actor{PersonID: a.person("Pat"), Presenter: true}
	a.clerk = access.Actor{PersonID: a.person("Clare"), Seats: []access.Seat{{SeatID: newID(), ForumID: a.panel.ID, Office: access.Clerk, Standing: access.InAttendance}}}
	a.about = a.young("2009-03-04")
	a.write(func(tx db.Tx) error {
		return tx.Exec(`insert into case_link (case_id, person_id, kind) values (?, ?, 'worker')`, a.about.ID, a.presenter.PersonID).Error
	})
	return a
}

func (a *asking) write(fn func(tx db.Tx) error) {
	a.t.Helper()
	if err := a.DB.Write(a.t.Context(), access.System("test"), fn); err != nil {
		a.t.Fatal(err)
	}
}

func (a *asking) person(name string) uuid.UUID {
	a.t.Helper()
	person := panels.Person{ID: newID(), Name: name, Email: uuid.NewString() + "@example.org", Version: 1}
	a.write(func(tx db.Tx) error { person.CreatedAt = tx.Now; return tx.Create(&person).Error })
	return person.ID
}

func (a *asking) young(born string) tracker.Case {
	a.t.Helper()
	c := tracker.Case{ID: newID(), PersonReference: uuid.NewString(), Alias: uuid.NewString(), Forename: "Tara", Surname: "Walker", DateOfBirth: day(born), Version: 1}
	a.write(func(tx db.Tx) error {
		c.CreatedAt, c.UpdatedAt = tx.Now, tx.Now
		if err := tx.Raw(`select nextval('case_number')`).Scan(&c.Number).Error; err != nil {
			return err
		}
		return tx.Create(&c).Error
	})
	return c
}

// complete is a form that can be submitted.
func (a *asking) complete() Form {
	return Form{
		CaseNumber: a.about.Reference(), ForumID: a.panel.ID, Need: "Support day and night", Outcomes: "Lives near college", OptionsConsidered: "At home; in a shared house",
		AlreadyOwed: "EHCP section F", Weekly: "1,204.50", OneOff: "300", StartsOn: day("2027-01-04"),
		Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "602.25", OneOff: "300.00"}, {AgencyID: a.health.ID, Weekly: "602.25"}},
	}
}

func TestRequestGoesFromDraftToSubmittedToReturnedAndBack(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx := t.Context()
	draft, err := a.SaveDraft(ctx, a.presenter, uuid.Nil, 0, Form{CaseNumber: " q" + strings.TrimPrefix(a.about.Reference(), "Q"), ForumID: a.panel.ID, Need: "Support"})
	if err != nil || draft.State != Draft || draft.Number < 2001 {
		t.Fatalf("draft: %+v %v", draft, err)
	}
	if err := a.DB.Read(ctx, a.clerk, func(tx db.Tx) error { _, err := Show(tx, draft.ID); return err }); !fault.Is(err, fault.NotFound) {
		t.Errorf("the clerk read a draft: %v", err)
	}
	sent, err := a.Submit(ctx, a.presenter, draft.ID, draft.Version, a.complete())
	if err != nil || sent.State != Submitted {
		t.Fatalf("submitted: %+v %v", sent, err)
	}
	if _, err := a.Submit(ctx, a.presenter, draft.ID, sent.Version, a.complete()); !fault.Is(err, fault.Conflict) {
		t.Errorf("submitted twice: %v", err)
	}
	if err := a.Return(ctx, a.presenter, sent.ID, sent.Version, "Why?"); !fault.Is(err, fault.Denied) {
		t.Errorf("the presenter returned it: %v", err)
	}
	if err := a.Return(ctx, a.clerk, sent.ID, sent.Version, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("returned without a question: %v", err)
	}
	if err := a.Return(ctx, a.clerk, sent.ID, sent.Version, "What did the last review say?"); err != nil {
		t.Fatal(err)
	}
	var page Page
	if err := a.DB.Read(ctx, a.presenter, func(tx db.Tx) (err error) { page, err = Show(tx, sent.ID); return err }); err != nil {
		t.Fatal(err)
	}
	if page.State != Returned || page.Questions == "" || !page.MayMend || len(page.Shares) != 2 {
		t.Errorf("returned: %+v", page)
	}
	if want := int64(120450 * 52); page.Exposure.AnnualPence != want {
		t.Errorf("annual %d, want %d", page.Exposure.AnnualPence, want)
	}
	if _, err := a.Submit(ctx, a.presenter, sent.ID, page.Version, a.complete()); err != nil {
		t.Errorf("submitted again: %v", err)
	}
}

// A penny out is a split that no two funders agreed to.
func TestSharesMustAddUpToThePenny(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for name, c := range map[string]struct {
		change func(*Form)
		field  string
		want   string
	}{
		"a penny short":             {func(f *Form) { f.Shares[1].Weekly = "602.24" }, "split", "Shares come to £1,204.49 a week; the cost is £1,204.50. Add 1p to a share."},
		"two pounds over":           {func(f *Form) { f.Shares[1].Weekly = "604.25" }, "split", "Shares come to £1,206.50 a week; the cost is £1,204.50. Take £2 off a share."},
		"one-off unshared":          {func(f *Form) { f.Shares[0].OneOff = "" }, "split", "Shares come to £0 as a one-off; the cost is £300. Add £300 to a share."},
		"95 per cent":               {func(f *Form) { f.ByPercent, f.Shares[0].Percent, f.Shares[1].Percent = true, "50", "45" }, "split", "Shares come to 95%. Share the other 5%"},
		"over 100 per cent":         {func(f *Form) { f.ByPercent, f.Shares[0].Percent, f.Shares[1].Percent = true, "50", "50.5" }, "split", "Shares come to 100.5%. Take 0.5% off"},
		"not money":                 {func(f *Form) { f.Weekly = "1,20" }, "weekly", "Enter the weekly cost in pounds, like 1,204.50"},
		"no need":                   {func(f *Form) { f.Need = " " }, "need", "Enter what the young person needs"},
		"nothing owed named":        {func(f *Form) { f.AlreadyOwed = "" }, "already_owed", "Enter what is already owed, or “Nothing”"},
		"ends before it starts":     {func(f *Form) { f.EndsOn = day("2027-01-03") }, "ends_on", "The end must be on or after the start, 4 January 2027"},
		"a case of somebody else’s": {func(f *Form) { f.CaseNumber = a.young("2009-01-01").Reference() }, "case_number", ""},
		"a forum that is no panel":  {func(f *Form) { f.ForumID = uuid.Max }, "forum", "Choose the panel to ask"},
	} {
		form := a.complete()
		c.change(&form)
		_, err := a.Submit(t.Context(), a.presenter, uuid.Nil, 0, form)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field || (c.want != "" && f.Fields[0].Sentence != c.want) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	var kept int64
	a.write(func(tx db.Tx) error { return tx.Raw(`select count(*) from funding_request`).Scan(&kept).Error })
	if kept != 0 {
		t.Errorf("%d refused requests were kept", kept)
	}
}

func TestPercentsBecomePoundsThatAddUp(t *testing.T) {
	t.Parallel()
	a := setup(t)
	form := a.complete()
	form.Weekly, form.OneOff, form.ByPercent = "100.01", "0.01", true
	form.Shares[0].Percent, form.Shares[1].Percent = "33.33", "66.67%"
	sent, err := a.Submit(t.Context(), a.presenter, uuid.Nil, 0, form)
	if err != nil {
		t.Fatal(err)
	}
	var shares []Share
	a.write(func(tx db.Tx) (err error) { shares, err = SharesOf(tx, sent.ID); return err })
	if len(shares) != 2 || shares[0].WeeklyPence+shares[1].WeeklyPence != 10001 || shares[0].OneOffPence+shares[1].OneOffPence != 1 {
		t.Errorf("shares: %+v", shares)
	}
}

// From 18 CHC means the NHS pays it all; a council share would be unlawful, and is asked for daily.
func TestCouncilShareStopsWhereTheNHSPaysAll(t *testing.T) {
	t.Parallel()
	a := setup(t)
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set chc_decision = 'Eligible' where id = ?`, a.about.ID).Error
	})
	form := a.complete()
	form.StartsOn = day("2027-03-04") // the 18th birthday
	_, err := a.Submit(t.Context(), a.presenter, uuid.Nil, 0, form)
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != ShareField("weekly", a.asc.ID) {
		t.Errorf("a council share from 18: %v", err)
	}
	form.StartsOn = day("2027-03-03")
	if _, err := a.Submit(t.Context(), a.presenter, uuid.Nil, 0, form); err != nil {
		t.Errorf("the day before 18: %v", err)
	}
}

func TestExposureCountsTheForumsYearAndTheDaysToTheEnd(t *testing.T) {
	t.Parallel()
	born := day("2009-03-04")
	for name, c := range map[string]struct {
		starts, ends string
		weeks        int
		want         Exposure
	}{
		"two weeks":             {"2027-01-04", "2027-01-17", 52000, Exposure{AnnualPence: 5_200_00, WholePence: 300_00, Until: day("2027-01-17")}},
		"one day":               {"2027-01-04", "2027-01-04", 52143, Exposure{AnnualPence: 5_214_30, WholePence: 114_29, Until: day("2027-01-04")}},
		"no end: to 25":         {"2034-02-18", "", 52000, Exposure{AnnualPence: 5_200_00, WholePence: 300_00, Until: day("2034-03-03"), Assumed: true}},
		"no end and already 25": {"2034-03-04", "", 52000, Exposure{AnnualPence: 5_200_00}},
		"no start":              {"", "2034-03-04", 52000, Exposure{AnnualPence: 5_200_00}},
	} {
		date := func(text string) clock.Date {
			if text == "" {
				return clock.Date{}
			}
			return day(text)
		}
		if got := ExposureOf(100_00, 100_00, date(c.starts), date(c.ends), born, c.weeks); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestLeftToShareSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	agency := panels.Agency{ID: uuid.New()}
	for want, f := range map[string]Form{
		"£0.01 a week left to share":           {Weekly: "10", Shares: []TypedShare{{AgencyID: agency.ID, Weekly: "9.99"}}},
		"£1 a week too much":                   {Weekly: "10", Shares: []TypedShare{{AgencyID: agency.ID, Weekly: "11"}}},
		"£5 of the one-off cost left to share": {OneOff: "5"},
		"5% left to share":                     {ByPercent: true, Weekly: "10", Shares: []TypedShare{{AgencyID: agency.ID, Percent: "95"}}},
		"Nothing left to share":                {Weekly: "10", Shares: []TypedShare{{AgencyID: agency.ID, Weekly: "10"}}},
	} {
		if got := f.LeftToShare([]panels.Agency{agency}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
