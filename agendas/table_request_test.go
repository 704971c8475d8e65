package agendas

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// submitted is a MAPaC with its clerk, and a request a presenter has submitted to it.
func submitted(t *testing.T) (p *partnership, mapac panels.Forum, clerk, presenter access.Actor, request requests.Request) {
	p = newPartnership(t)
	p.supply()
	mapac = p.forum("mapac", "")
	clerk = p.clerk(mapac)
	presenter = p.actor("Pat Presenter", func(a *access.Actor) { a.Presenter = true })
	c := young("2009-03-04")
	p.add(&c)
	var funder uuid.UUID
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select id from agency where short_name = 'ASC'`).Row().Scan(&funder)
	})
	if err := tracker.LinkPerson(t.Context(), p.DB, clerk, c.ID, presenter.PersonID, tracker.Worker); err != nil {
		t.Fatal(err)
	}
	return p, mapac, clerk, presenter, p.ask(presenter, mapac, c, funder, requests.Lateness{Asked: true})
}

// ask writes a request for £100 a week and submits it.
func (p *partnership) ask(presenter access.Actor, panel panels.Forum, c tracker.Case, funder uuid.UUID, late requests.Lateness) requests.Request {
	p.t.Helper()
	store := requests.Store{DB: p.DB}
	r, err := store.Begin(p.t.Context(), presenter, requests.AboutAnswer{Kind: requests.New, CaseNumber: c.Reference(), ForumID: panel.ID})
	if err == nil {
		r, err = store.Save(p.t.Context(), presenter, r.ID, r.Version, true,
			requests.OwedAnswer{Duties: []requests.Duty{requests.Nothing}},
			requests.NeedAnswer{Need: "n", Outcomes: "o"},
			requests.OptionsAnswer{Options: []requests.TypedOption{{What: "a", Why: "b"}, {What: "c", Why: "d"}}, Chosen: 1},
			requests.LineAnswer{Kind: requests.Care, Quantity: "1", Unit: requests.Week, Price: "100", Paid: requests.EveryWeek},
			requests.ContributionAnswer{Pays: "no"},
			requests.DatesAnswer{StartsOn: day("2027-01-04")},
			requests.SplitAnswer{Shares: []requests.TypedShare{{AgencyID: funder, Weekly: "100"}}})
	}
	if err == nil {
		r, err = store.Submit(p.t.Context(), presenter, r.ID, r.Version, late)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *partnership) request(id uuid.UUID) (r requests.Request) {
	p.t.Helper()
	p.write(func(tx db.Tx) (err error) { r, err = requests.ByID(tx, id); return err })
	return r
}

func (p *partnership) requestItem(meetingID, requestID uuid.UUID) Item {
	p.t.Helper()
	items := p.items(meetingID)
	at := slices.IndexFunc(items, func(i Item) bool { return i.RequestID != nil && *i.RequestID == requestID })
	if at < 0 {
		p.t.Fatal("the request is not on the agenda")
	}
	return items[at]
}

func TestTabledRequestIsOnTheAgendaWithItsPresenter(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	meeting := p.meeting(mapac, "2026-12-09")
	ctx := t.Context()
	if err := p.TableRequest(ctx, presenter, request.ID, request.Version, meeting.ID, ""); !fault.Is(err, fault.Denied) {
		t.Errorf("its presenter tabled it: %v", err)
	}
	other := p.meeting(p.forum("marp", ""), "2026-12-09")
	if err := p.TableRequest(ctx, p.clerk(panels.Forum{ID: other.ForumID}), request.ID, request.Version, other.ID, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("another panel’s clerk tabled it: %v", err)
	}
	if err := p.TableRequest(ctx, clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	item := p.requestItem(meeting.ID, request.ID)
	if item.Kind != RequestItem || *item.PresenterID != presenter.PersonID || item.LateReason != "" || item.Minutes != 20 {
		t.Errorf("item: %+v", item)
	}
	if r := p.request(request.ID); r.State != requests.Tabled || *r.MeetingID != meeting.ID {
		t.Errorf("request: %+v", r)
	}
	p.build(clerk, meeting) // a panel's agenda is its requests: building keeps them
	p.publish(clerk, meeting)
	if page, err := p.published(presenter, meeting, 0, nil); err != nil || len(page.Lines) != 1 || page.Lines[0].Request.Reference() != request.Reference() {
		t.Errorf("the presenter’s view: %+v %v", page.Lines, err)
	}

	// Taken off, it waits again, and comes back under its number.
	number := p.requestItem(meeting.ID, request.ID).Number
	if _, err := p.RemoveItem(ctx, clerk, item.ID, 0, "Costs are not ready"); err != nil {
		t.Fatal(err)
	}
	waiting := p.request(request.ID)
	if waiting.State != requests.Submitted || waiting.MeetingID != nil {
		t.Errorf("taken off: %+v", waiting)
	}
	if err := p.TableRequest(ctx, clerk, request.ID, waiting.Version, meeting.ID, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("late without a reason: %v", err)
	}
	if err := p.TableRequest(ctx, clerk, request.ID, waiting.Version, meeting.ID, "Costs came today"); err != nil {
		t.Fatal(err)
	}
	if back := p.requestItem(meeting.ID, request.ID); back.State != Listed || back.Number != number || number == "" {
		t.Errorf("back: %+v", back)
	}
}

// A request put off in the room must be on the next agenda without anyone remembering it.
func TestDeferredRequestComesBackTabled(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	next := p.meeting(mapac, "2026-12-23")
	p.write(func(tx db.Tx) error {
		return PutDue(tx, Due{ForumID: mapac.ID, Kind: "deferred", SourceID: newID(), CaseID: request.CaseID, RequestID: &request.ID, DueOn: day("2026-12-23"), Text: "Deferred on 9 December 2026: costs"})
	})
	p.build(clerk, next)
	item := p.requestItem(next.ID, request.ID)
	if *item.PresenterID != presenter.PersonID || len(item.Reasons) != 1 || item.Reasons[0].Rule != "deferred" {
		t.Errorf("item: %+v", item)
	}
	if r := p.request(request.ID); r.State != requests.Tabled || *r.MeetingID != next.ID {
		t.Errorf("request: %+v", r)
	}
	if again := p.build(clerk, next); again.Added+again.Changed+again.Dropped > 0 {
		t.Errorf("building again: %+v", again)
	}
}

// What comes after the papers were due reaches an agenda only when the clerk took it, and says there why.
func TestLateRequestIsTabledOnlyOnceItIsAccepted(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, first := submitted(t)
	meeting := p.meeting(mapac, "2026-12-09")
	p.write(func(tx db.Tx) error {
		return tx.Exec(`update meeting set papers_due_on = ? where id = ?`, tx.Today().AddDays(-1), meeting.ID).Error
	})
	var c tracker.Case
	var funder uuid.UUID
	p.write(func(tx db.Tx) error {
		if err := tx.Where("id = ?", *first.CaseID).Take(&c).Error; err != nil {
			return err
		}
		return tx.Raw(`select id from agency where short_name = 'ASC'`).Row().Scan(&funder)
	})
	late := p.ask(presenter, mapac, c, funder, requests.Lateness{Asked: true, Take: true, Reason: "The placement gave notice"})
	ctx := t.Context()
	if err := p.TableRequest(ctx, clerk, late.ID, late.Version, meeting.ID, "It is urgent"); !fault.Is(err, fault.Conflict) {
		t.Errorf("tabled though nobody accepted it: %v", err)
	}
	if err := (requests.Store{DB: p.DB}).AnswerLate(ctx, clerk, late.ID, late.Version, requests.LateAccepted); err != nil {
		t.Fatal(err)
	}
	if err := p.TableRequest(ctx, clerk, late.ID, late.Version+1, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	if item := p.requestItem(meeting.ID, late.ID); item.LateReason != "The placement gave notice" {
		t.Errorf("item: %+v", item)
	}
}
