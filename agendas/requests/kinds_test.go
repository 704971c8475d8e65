package requests

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// decided records what a panel agreed for a young person: so much by the council, so much by the NHS.
func (a *asking) decided(c tracker.Case, council, nhs int64) {
	a.t.Helper()
	m := a.meeting("2026-12-20", "2026-12-10")
	a.write(func(tx db.Tx) error {
		item, decision := newID(), newID()
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`insert into agenda_item (id, meeting_id, position, kind, case_id, minutes, created_at) values (?, ?, 1, 'case', ?, 10, ?)`, []any{item, m.ID, c.ID, tx.Now}},
			{`insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, quorum, weeks_thousandths, confirmed_by, confirmed_at)
				values (?, ?, ?, ?, ?, 'agreed', 'decided', 'r', 'q', 52000, ?, ?)`, []any{decision, m.ID, a.panel.ID, item, c.ID, a.clerk.PersonID, tx.Now.Add(-24 * time.Hour)}},
			{`insert into decision_share (decision_id, agency_id, weekly_pence, one_off_pence) values (?, ?, ?, 0), (?, ?, ?, 0)`, []any{decision, a.asc.ID, council, decision, a.health.ID, nhs}},
		} {
			if err := tx.Exec(step.sql, step.args...).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// A panel that is not shown what is paid now agrees a rise without knowing it.
func TestChangeShowsWhatIsPaidNow(t *testing.T) {
	t.Parallel()
	a := setup(t)
	if r := a.begin(Change); r.Previous != nil {
		t.Errorf("nothing is known of the present cost, and yet: %+v", r.Previous)
	}
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set weekly_cost_pence = 90000, asc_weekly_pence = 60000, health_weekly_pence = 30000 where id = ?`, a.about.ID).Error
	})
	r := a.begin(Change)
	if p := r.Previous; p == nil || p.FromDecision || p.WeeklyPence != 900_00 || p.Share(a.asc.ID).WeeklyPence != 600_00 || p.Words() != "From the tracker" {
		t.Errorf("from the tracker: %+v", p)
	}
	a.decided(a.about, 700_00, 300_00)
	r = a.save(r, a.complete()...)
	if p := r.Previous; p == nil || !p.FromDecision || p.WeeklyPence != 1000_00 || p.Share(a.health.ID).WeeklyPence != 300_00 || p.Compared(r.WeeklyPence) != "£1,000 a week now, £204.50 more" {
		t.Errorf("from the decision in force: %+v", p)
	}
	var form FormPage
	a.must(a.read(a.presenter, func(tx db.Tx) (err error) { form, err = ShowForm(tx, r.ID); return err }))
	filled := form.Preset(LastTime, SplitAnswer{})
	shares := map[uuid.UUID]string{}
	for _, share := range filled.Shares {
		shares[share.AgencyID] = share.Weekly
	}
	if shares[a.asc.ID] != "843.15" || shares[a.health.ID] != "361.35" || filled.LeftToShare(form.Written) != "Nothing left to share" {
		t.Errorf("as it is shared now: %+v", filled)
	}
	all := form.Preset(AllHealth, SplitAnswer{})
	if all.LeftToShare(form.Written) != "Nothing left to share" || len(form.Presets()) != 3 {
		t.Errorf("the NHS pays it all: %+v of %v", all, form.Presets())
	}
	equal := form.Preset(Equal, SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "1"}, {AgencyID: a.send.ID, Percent: "3"}, {AgencyID: a.health.ID}}})
	for _, share := range equal.Shares {
		if (share.AgencyID == a.asc.ID || share.AgencyID == a.send.ID) != (share.Weekly == "602.25") {
			t.Errorf("equal between those typed: %+v", equal.Shares)
		}
	}
}

func TestSmallerPackageCostsLess(t *testing.T) {
	t.Parallel()
	a := setup(t)
	a.decided(a.about, 700_00, 300_00)
	r := a.begin(Reduction)
	_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, CircumstancesAnswer{Reason: "Less is needed"})
	a.must(err)
	r.Version++
	_, err = a.Save(t.Context(), a.presenter, r.ID, r.Version, true, a.complete()...)
	if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "costs" || !strings.Contains(f.Fields[0].Sentence, "Make it less, or ask for a change instead") {
		t.Errorf("a smaller package that costs more: %+v", f)
	}
}

// Each kind asks what only it needs, and is taken only when that is said.
func TestEachKindSaysWhy(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for kind, c := range map[Kind]struct {
		lacks int
		says  CircumstancesAnswer
	}{
		Change:        {1, CircumstancesAnswer{Reason: "r"}},
		Extension:     {1, CircumstancesAnswer{Reason: "r"}},
		Ending:        {2, CircumstancesAnswer{Reason: "r", LastDay: day("2027-02-01")}},
		Notice:        {4, CircumstancesAnswer{Reason: "r", Provider: "Hazel House", NoticedOn: day("2020-01-04"), NoticeEndsOn: day("2027-01-04")}},
		Retrospective: {3, CircumstancesAnswer{AuthorisedBy: "The head of service", AuthorisedOn: day("2020-01-04"), WhyNotWait: "It closed"}},
	} {
		r := a.begin(kind)
		_, err := a.Save(t.Context(), a.presenter, r.ID, r.Version, true, CircumstancesAnswer{})
		if f := fault.As(err); f == nil || len(f.Fields) != c.lacks {
			t.Errorf("%s, nothing said: %+v", kind, f)
		}
		r = a.save(r, c.says)
		if kind == Ending {
			r = a.save(r, a.complete()[:2]...)
		} else {
			answers := append(a.complete(), DatesAnswer{StartsOn: day("2027-01-04"), EndsOn: day("2027-06-30")})
			if kind == Retrospective {
				answers = append(answers, DatesAnswer{StartsOn: day("2020-01-04")})
			}
			r = a.save(r, answers...)
		}
		sent := a.submit(r, Lateness{})
		page, err := a.show(a.clerk, sent.ID)
		if err != nil || page.Kind != kind || kind == Ending && (page.WeeklyPence != 0 || page.EndsOn != day("2027-02-01") || len(page.Lines) != 0) {
			t.Errorf("%s: %+v %v", kind, page.Request, err)
		}
	}
}

func TestUpliftIsManyPackagesInOneRequest(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx := t.Context()
	second, third := a.young("2008-05-06"), a.young("2010-05-06")
	a.link(second)
	a.link(third)
	r := a.begin(Uplift)
	pasted := PastedPackages(a.about.Reference() + "\tHazel House\t£1,204.50\t4.5%\n\n" + strings.TrimPrefix(second.Reference(), "Q") + "; Oak Lodge; 800; 820.00")
	r = a.save(r, PackagesAnswer{Pasted: true, Add: pasted}, CircumstancesAnswer{Reason: "The National Living Wage"}, DatesAnswer{StartsOn: day("2027-04-01")})
	if r.WeeklyPence != 54_20+20_00 || r.CaseID != nil || r.AnnualPence != 74_20*52 {
		t.Errorf("the rise: %+v", r)
	}
	wrong := PastedPackages(a.young("2009-01-01").Reference() + ";P;1;2\n" + third.Reference() + ";P;nothing;4%\n" + third.Reference() + ";P;1")
	_, err := a.Save(ctx, a.presenter, r.ID, r.Version, true, PackagesAnswer{Pasted: true, Add: wrong})
	f := fault.As(err)
	if f == nil || len(f.Fields) != 3 || f.Fields[0] != (fault.Field{Name: "pasted", Sentence: "Line 1: enter the number of a case you may bring, like Q1042"}) || !strings.HasPrefix(f.Fields[1].Sentence, "Line 2: enter the price") || !strings.HasPrefix(f.Fields[2].Sentence, "Line 3: enter the new price") {
		t.Errorf("what is wrong with each line: %+v", f)
	}
	r = a.save(r, PackagesAnswer{Add: []TypedPackage{{CaseNumber: second.Reference(), Provider: "oak lodge", Present: "800", After: "830"}, {CaseNumber: third.Reference(), Provider: "Oak Lodge", Present: "100", After: "5%"}}})
	if r.WeeklyPence != 54_20+30_00+5_00 {
		t.Errorf("typed again it is replaced: %+v", r)
	}
	r = a.save(r, SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "89.20"}}})
	sent := a.submit(r, Lateness{})
	if page, err := a.show(a.clerk, sent.ID); err != nil || len(page.Lines) != 3 || page.Closed != 0 || len(page.Cases) != 3 || page.Title() == "" {
		t.Errorf("to the clerk: %+v %v", page.Lines, err)
	}

	// Whoever declared an interest in one of them reads of the others, and what it all comes to.
	m := a.meeting("2026-12-21", "2026-12-11")
	a.write(func(tx db.Tx) error {
		item := newID()
		if err := tx.Exec(`insert into agenda_item (id, meeting_id, position, kind, case_id, minutes, created_at) values (?, ?, 1, 'case', ?, 10, ?)`, item, m.ID, second.ID, tx.Now).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) values (?, ?, ?, ?, 'family', 'r', ?, ?)`,
			newID(), m.ID, item, a.clerk.PersonID, tx.Now, a.clerk.PersonID).Error
	})
	page, err := a.show(a.clerk, sent.ID)
	if err != nil || len(page.Lines) != 2 || page.Closed != 1 || page.WeeklyPence != 89_20 {
		t.Errorf("with an interest in one: %+v %v", page.Lines, err)
	}
	for _, line := range page.Lines {
		if *line.CaseID == second.ID {
			t.Error("their package is still listed")
		}
	}

	// It is among the requests of each of its young people, and goes with its cases to another presenter.
	var rows []Row
	a.must(a.read(a.presenter, func(tx db.Tx) (err error) { rows, err = OfCase(tx, third.ID); return err }))
	if len(rows) != 1 || rows[0].ID != sent.ID || rows[0].Packages != 3 || rows[0].CaseNumber != 0 {
		t.Errorf("of the third: %+v", rows)
	}
	next := panels.Person{ID: a.person("Nia"), Name: "Nia"}
	a.write(func(tx db.Tx) error {
		return Belongings{}.PassOn(tx, panels.Owned{ID: sent.ID}, panels.Person{ID: a.presenter.PersonID}, next)
	})
	var links int
	a.write(func(tx db.Tx) error {
		return tx.Raw(`select count(*) from case_link where person_id = ?`, next.ID).Scan(&links).Error
	})
	if links != 3 {
		t.Errorf("the next presenter is linked to %d of 3 cases", links)
	}
}

// Who left for what an uplift is about has left for the whole of it.
func TestInterestInAnUpliftClosesIt(t *testing.T) {
	t.Parallel()
	a := setup(t)
	r := a.begin(Uplift)
	r = a.save(r, PackagesAnswer{Add: []TypedPackage{{CaseNumber: a.about.Reference(), Provider: "Oak Lodge", Present: "800", After: "830"}}}, CircumstancesAnswer{Reason: "r"},
		DatesAnswer{StartsOn: day("2027-04-01")}, SplitAnswer{Shares: []TypedShare{{AgencyID: a.asc.ID, Weekly: "30"}}})
	sent := a.submit(r, Lateness{})
	m := a.meeting("2026-12-21", "2026-12-11")
	a.write(func(tx db.Tx) error {
		item := newID()
		if err := tx.Exec(`insert into agenda_item (id, meeting_id, position, kind, request_id, minutes, created_at) values (?, ?, 1, 'request', ?, 10, ?)`, item, m.ID, sent.ID, tx.Now).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into interest (id, meeting_id, item_id, person_id, kind, reason, declared_at, declared_by) values (?, ?, ?, ?, 'financial', 'r', ?, ?)`,
			newID(), m.ID, item, a.clerk.PersonID, tx.Now, a.clerk.PersonID).Error
	})
	if _, err := a.show(a.clerk, sent.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("read all the same: %v", err)
	}
}

// A late request slipped onto an agenda leaves members to decide what they have not read.
func TestLateRequestNeedsTheClerk(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx := t.Context()
	r := a.save(a.begin(New), a.complete()...)
	var today string
	a.write(func(tx db.Tx) error { today = tx.Today().AddDays(-1).String(); return nil })
	soon := a.meeting("2026-12-20", today)
	for _, c := range []struct {
		late  Lateness
		field string
	}{{Lateness{}, "late"}, {Lateness{Asked: true, Take: true, Reason: " "}, "late_reason"}, {Lateness{Asked: true, Take: true, Reason: strings.Repeat("x", 501)}, "late_reason"}} {
		_, err := a.Submit(ctx, a.presenter, r.ID, r.Version, c.late)
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%+v: %v", c.late, err)
		}
	}
	sent := a.submit(r, Lateness{Asked: true, Take: true, Reason: "The placement gave notice"})
	if !sent.AwaitsLateAnswer() || *sent.LateMeetingID != soon.ID || !sent.IsLateFor(soon.ID) {
		t.Errorf("late: %+v", sent)
	}
	if err := a.AnswerLate(ctx, a.presenter, sent.ID, sent.Version, LateAccepted); !fault.Is(err, fault.Denied) {
		t.Errorf("the presenter accepted it: %v", err)
	}
	if err := a.AnswerLate(ctx, a.clerk, sent.ID, sent.Version, "maybe"); !fault.Is(err, fault.Invalid) {
		t.Errorf("neither: %v", err)
	}
	a.must(a.AnswerLate(ctx, a.clerk, sent.ID, sent.Version, LateNext))
	page, err := a.show(a.clerk, sent.ID)
	if err != nil || !page.IsLateFor(soon.ID) || page.AwaitsLateAnswer() || page.Late.ID != soon.ID {
		t.Errorf("put to the next: %+v %v", page.Request, err)
	}
	a.must(a.AnswerLate(ctx, a.clerk, sent.ID, page.Version, LateAccepted))
	if page, _ = a.show(a.clerk, sent.ID); page.IsLateFor(soon.ID) || page.LateReason != "The placement gave notice" {
		t.Errorf("accepted: %+v", page.Request)
	}
	// One that can wait is not late for anything.
	second := a.submit(a.save(a.begin(New), a.complete()...), Lateness{Asked: true})
	if second.LateMeetingID != nil {
		t.Errorf("it waits: %+v", second)
	}
	var told []string
	a.write(func(tx db.Tx) error {
		return tx.Raw(`select kind from outbox order by seq`).Scan(&told).Error
	})
	if strings.Join(told, " ") != "request_late_answered" { // once: it is written when it goes out; nobody holds the clerk's seat here
		t.Errorf("told %v", told)
	}
	if err := a.AnswerLate(ctx, a.clerk, second.ID, second.Version, LateAccepted); !fault.Is(err, fault.Conflict) {
		t.Errorf("accepted though in time: %v", err)
	}
	stranger := access.Actor{PersonID: a.person("Sam"), Seats: []access.Seat{{SeatID: newID(), ForumID: newID(), Office: access.Clerk}}}
	if err := a.AnswerLate(ctx, stranger, sent.ID, 9, LateAccepted); !fault.Is(err, fault.NotFound) {
		t.Errorf("another panel’s clerk: %v", err)
	}
}

// A change asked beside last year's price would be agreed as a rise that is mostly the uplift.
func TestNowTakesAccountOfLaterUplifts(t *testing.T) {
	t.Parallel()
	a := setup(t)
	uplift := func(present, after int64, outcome, startOn string, days int) {
		m := a.meeting("2026-12-22", "2026-12-12")
		a.write(func(tx db.Tx) error {
			item, request := newID(), newID()
			if err := tx.Exec(`insert into funding_request (id, kind, forum_id, submitted_by, state, meeting_id, created_at) values (?, 'uplift', ?, ?, 'decided', ?, ?)`, request, a.panel.ID, a.presenter.PersonID, m.ID, tx.Now).Error; err != nil {
				return err
			}
			if err := tx.Exec(`insert into request_line (id, request_id, position, kind, unit, quantity, price_pence, paid, case_id, present_pence) values (?, ?, 1, 'care', 'week', 100, ?, 'every_week', ?, ?)`, newID(), request, after, a.about.ID, present).Error; err != nil {
				return err
			}
			if err := tx.Exec(`insert into agenda_item (id, meeting_id, position, kind, request_id, minutes, created_at) values (?, ?, 1, 'request', ?, 10, ?)`, item, m.ID, request, tx.Now).Error; err != nil {
				return err
			}
			return tx.Exec(`insert into decision (id, meeting_id, forum_id, item_id, request_id, outcome, standing, reasons, quorum, weeks_thousandths, confirmed_by, confirmed_at, start_on)
				values (?, ?, ?, ?, ?, ?, 'decided', 'r', 'q', 52000, ?, ?, ?)`, newID(), m.ID, a.panel.ID, item, request, outcome, a.clerk.PersonID, tx.Now.Add(time.Duration(days)*24*time.Hour), day(startOn)).Error
		})
	}
	now := func() *Previous { t.Helper(); return a.begin(Change).Previous }
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set weekly_cost_pence = 100000, asc_weekly_pence = 100000 where id = ?`, a.about.ID).Error
	})
	uplift(1000_00, 1050_00, "agreed", "2026-01-01", -60)
	if p := now(); p.WeeklyPence != 1050_00 || p.Share(a.asc.ID).WeeklyPence != 1050_00 || !strings.Contains(p.Words(), "From the tracker, and raised by the uplift decided on") {
		t.Errorf("the tracker before it was keyed: %+v", p)
	}
	a.write(func(tx db.Tx) error {
		return tx.Exec(`update cases set weekly_cost_pence = 105000, asc_weekly_pence = 105000 where id = ?`, a.about.ID).Error
	})
	if p := now(); p.WeeklyPence != 1050_00 || !p.RaisedOn.IsZero() {
		t.Errorf("the tracker with it already: %+v", p)
	}
	a.decided(a.about, 700_00, 300_01) // yesterday, so the uplift above is in it
	if p := now(); p.WeeklyPence != 1000_01 || !p.RaisedOn.IsZero() {
		t.Errorf("an uplift before the decision: %+v", p)
	}
	uplift(1000_01, 1045_01, "agreed", "2026-01-01", 0)
	uplift(1045_01, 1100_00, "agreed_in_part", "2026-01-01", 0) // nobody can say how much of it
	uplift(1045_01, 1200_00, "agreed", "2099-01-01", 0)         // not yet
	p := now()
	if p.WeeklyPence != 1045_01 || p.Share(a.asc.ID).WeeklyPence+p.Share(a.health.ID).WeeklyPence != 1045_01 || p.Share(a.asc.ID).WeeklyPence != 731_50 {
		t.Errorf("an uplift since: %+v", p)
	}
}
