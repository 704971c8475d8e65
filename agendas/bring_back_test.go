package agendas

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// cancels cancels a meeting, or has it held after all, and does what follows from that.
func (p *partnership) cancels(meeting panels.Meeting, cancelled bool) {
	p.t.Helper()
	read := func() (m panels.Meeting) {
		p.write(func(tx db.Tx) (err error) { m, err = panels.MeetingByID(tx, meeting.ID); return err })
		return m
	}
	var err error
	if cancelled {
		_, err = p.panels.CancelMeeting(p.t.Context(), p.admin, meeting.ID, read().Version, "Snow")
	} else {
		_, err = p.panels.RestoreMeeting(p.t.Context(), p.admin, meeting.ID, read().Version)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	for range 2 { // a job is done at least once
		if err := p.MeetingsChanged(p.t.Context(), panels.MeetingsChanged{Meetings: []uuid.UUID{meeting.ID}}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// A request left behind on a meeting that is not held could neither be tabled again nor returned: somebody's
// care would wait for a meeting that never comes.
func TestRequestOfACancelledMeetingComesToTheNext(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, _, request := submitted(t)
	meeting, next := p.meeting(mapac, "2026-12-09"), p.meeting(mapac, "2026-12-23")
	if err := p.TableRequest(t.Context(), clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	byHand := young("2009-06-08")
	p.add(&byHand)
	if _, err := p.AddCase(t.Context(), clerk, meeting.ID, byHand.Reference(), "The school asked"); err != nil {
		t.Fatal(err)
	}
	p.cancels(meeting, true)
	if r := p.request(request.ID); r.State != requests.Submitted || r.MeetingID != nil {
		t.Fatalf("it waits at a meeting that is not held: %+v", r)
	}
	p.build(clerk, next)
	item := p.requestItem(next.ID, request.ID)
	if item.State != Listed || !strings.Contains(item.Reasons[0].Text, "The meeting of 9 December 2026 was cancelled") {
		t.Errorf("item: %+v", item)
	}
	found := false
	for _, item := range p.items(next.ID) {
		found = found || item.CaseID != nil && *item.CaseID == byHand.ID && item.Kind == CaseItem
	}
	if !found {
		t.Error("the case put on by hand is forgotten")
	}

	// Held after all: what has gone on meanwhile stays where it went.
	p.cancels(meeting, false)
	if was := p.requestItem(meeting.ID, request.ID); was.State != Removed {
		t.Errorf("on two agendas: %+v", was)
	}
	if r := p.request(request.ID); r.State != requests.Tabled || *r.MeetingID != next.ID {
		t.Errorf("request: %+v", r)
	}
}

// A meeting cancelled by mistake has its requests again when it is restored, and they are due nowhere else.
func TestRestoredMeetingHasItsRequestsAgain(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, _, request := submitted(t)
	meeting, next := p.meeting(mapac, "2026-12-09"), p.meeting(mapac, "2026-12-23")
	if err := p.TableRequest(t.Context(), clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	p.cancels(meeting, true)
	p.cancels(meeting, false)
	if r := p.request(request.ID); r.State != requests.Tabled || *r.MeetingID != meeting.ID {
		t.Errorf("request: %+v", r)
	}
	p.build(clerk, next)
	for _, item := range p.items(next.ID) {
		if item.RequestID != nil {
			t.Errorf("due at the next meeting too: %+v", item)
		}
	}
}

// rewritten is a request taken off its agenda, sent back, changed by its presenter and submitted again.
func (p *partnership) rewritten(clerk, presenter access.Actor, item Item, late requests.Lateness, about requests.AboutAnswer) requests.Request {
	p.t.Helper()
	ctx, store := p.t.Context(), requests.Store{DB: p.DB}
	if _, err := p.RemoveItem(ctx, clerk, item.ID, 0, "Not ready"); err != nil {
		p.t.Fatal(err)
	}
	r := p.request(*item.RequestID)
	if err := store.Return(ctx, clerk, r.ID, r.Version, []requests.Question{{Section: requests.Need, Words: "What else?"}}); err != nil {
		p.t.Fatal(err)
	}
	saved, err := store.Save(ctx, presenter, r.ID, r.Version+1, true, about)
	if err == nil {
		saved, err = store.Submit(ctx, presenter, r.ID, saved.Version, late)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return saved
}

// A request that comes back about somebody else must not stand under the first young person's name and number,
// where those who declared an interest in either would see the other.
func TestRequestThatIsAboutSomebodyElseNowGetsALineOfItsOwn(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	meeting := p.meeting(mapac, "2026-12-09")
	if err := p.TableRequest(t.Context(), clerk, request.ID, request.Version, meeting.ID, ""); err != nil {
		t.Fatal(err)
	}
	p.build(clerk, meeting)
	p.publish(clerk, meeting)
	first := p.requestItem(meeting.ID, request.ID)
	other := young("2009-07-01")
	p.add(&other)
	if err := tracker.LinkPerson(t.Context(), p.DB, clerk, other.ID, presenter.PersonID, tracker.Worker); err != nil {
		t.Fatal(err)
	}
	again := p.rewritten(clerk, presenter, first, requests.Lateness{Asked: true}, requests.AboutAnswer{Kind: requests.New, CaseNumber: other.Reference(), ForumID: mapac.ID})
	if _, err := p.RestoreItem(t.Context(), clerk, first.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("the line of the first young person came back: %v", err)
	}
	if err := p.TableRequest(t.Context(), clerk, again.ID, again.Version, meeting.ID, "It was about somebody else"); err != nil {
		t.Fatal(err)
	}
	lines := map[uuid.UUID]Item{}
	for _, item := range p.items(meeting.ID) {
		if item.RequestID != nil {
			lines[*item.CaseID] = item
		}
	}
	if was := lines[*request.CaseID]; was.State != TakenOff || was.Number != first.Number {
		t.Errorf("the first: %+v", was)
	}
	if is := lines[other.ID]; is.State != Listed || is.LateReason != "It was about somebody else" {
		t.Errorf("the second: %+v", is)
	}
	before := p.items(meeting.ID)
	p.build(clerk, meeting)
	if after := p.items(meeting.ID); len(after) != len(before) {
		t.Errorf("building made %d lines of %d", len(after), len(before))
	}
	var page Completeness
	if err := p.read(clerk, func(tx db.Tx) (err error) { page, err = ShowCompleteness(tx, meeting.ID, nil); return err }); err != nil || page.Due != page.Listed+len(page.Missing) {
		t.Errorf("%d due, %d listed, %d missing (%v)", page.Due, page.Listed, len(page.Missing), err)
	}
}

// A request that its presenter put to another panel is not this one's to read any more.
func TestRequestPutToAnotherPanelDoesNotComeBack(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	meeting, marp := p.meeting(mapac, "2026-12-09"), p.forum("joint_solutions", "")
	p.write(func(tx db.Tx) error {
		return PutDue(tx, Due{ForumID: mapac.ID, Kind: "deferred", SourceID: newID(), CaseID: request.CaseID, RequestID: &request.ID, DueOn: day("2026-12-01"), Text: "Deferred: costs"})
	})
	p.build(clerk, meeting)
	p.publish(clerk, meeting)
	item := p.requestItem(meeting.ID, request.ID)
	p.rewritten(clerk, presenter, item, requests.Lateness{Asked: true}, requests.AboutAnswer{Kind: requests.New, CaseNumber: "Q" + p.numberOf(*request.CaseID), ForumID: marp.ID})
	if _, err := p.RestoreItem(t.Context(), clerk, item.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("put back on the agenda of a panel it is no longer put to: %v", err)
	}
	next := p.meeting(mapac, "2026-12-23")
	p.build(clerk, next)
	for _, i := range p.items(next.ID) {
		if i.RequestID != nil {
			t.Errorf("built onto it: %+v", i)
		}
	}
	if r := p.request(request.ID); r.State != requests.Submitted || r.ForumID != marp.ID {
		t.Errorf("request: %+v", r)
	}
}

// What was sent in again too late is the clerk's to accept, and neither building nor putting it back does that
// for them.
func TestLateRequestIsNotLetInByBuildingOrPuttingItBack(t *testing.T) {
	t.Parallel()
	p, mapac, clerk, presenter, request := submitted(t)
	meeting := p.meeting(mapac, "2026-12-09")
	p.write(func(tx db.Tx) error {
		if err := tx.Exec(`update meeting set papers_due_on = ? where id = ?`, tx.Today().AddDays(-1), meeting.ID).Error; err != nil {
			return err
		}
		return PutDue(tx, Due{ForumID: mapac.ID, Kind: "deferred", SourceID: newID(), CaseID: request.CaseID, RequestID: &request.ID, DueOn: day("2026-12-01"), Text: "Deferred: costs"})
	})
	p.build(clerk, meeting)
	item := p.requestItem(meeting.ID, request.ID)
	late := p.rewritten(clerk, presenter, item, requests.Lateness{Asked: true, Take: true, Reason: "The costs came late"},
		requests.AboutAnswer{Kind: requests.New, CaseNumber: "Q" + p.numberOf(*request.CaseID), ForumID: mapac.ID})
	if _, err := p.RestoreItem(t.Context(), clerk, item.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("put back though nobody accepted it: %v", err)
	}
	p.write(func(tx db.Tx) error { return tx.Exec(`delete from agenda_item where id = ?`, item.ID).Error })
	p.build(clerk, meeting)
	for _, i := range p.items(meeting.ID) {
		if i.RequestID != nil {
			t.Errorf("built on though nobody accepted it: %+v", i)
		}
	}
	if err := (requests.Store{DB: p.DB}).AnswerLate(t.Context(), clerk, late.ID, late.Version, requests.LateAccepted); err != nil {
		t.Fatal(err)
	}
	p.build(clerk, meeting)
	if p.requestItem(meeting.ID, request.ID).State != Listed {
		t.Error("accepted, and not on the agenda")
	}
}

func (p *partnership) numberOf(caseID uuid.UUID) (number string) {
	p.t.Helper()
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select number::text from cases where id = ?`, caseID).Row().Scan(&number)
	})
	return number
}

// Between two sittings a clerk may change what is left of an agenda, not what was dealt with: a decision under
// an item that reads “Taken off” is a record that contradicts itself.
func TestWhatAnAdjournedMeetingDealtWithStaysOn(t *testing.T) {
	t.Parallel()
	p, clerk, meeting, of, ref := withOneCase(t)
	p.publish(clerk, meeting)
	item := of(ref)
	p.write(func(tx db.Tx) error {
		if err := tx.Exec(`update meeting set status = 'adjourned' where id = ?`, meeting.ID).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into item_progress (item_id, meeting_id, progress) values (?, ?, 'done')`, item.ID, meeting.ID).Error
	})
	if _, err := p.RemoveItem(t.Context(), clerk, item.ID, 0, "Too late"); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken off after it was dealt with: %v", err)
	}
	p.write(func(tx db.Tx) error { return tx.Exec(`update item_progress set progress = 'passed'`).Error })
	if _, err := p.RemoveItem(t.Context(), clerk, item.ID, 0, "No time at the second sitting either"); err != nil {
		t.Errorf("passed over, and it cannot be taken off: %v", err)
	}
}
