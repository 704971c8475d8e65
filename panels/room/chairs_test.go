package room_test

import (
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// bothConfirm are terms under which each of two chairs confirms.
func bothConfirm(terms *panels.Terms) {
	terms.Chairing, terms.BothChairsConfirm = panels.TwoJointly, true
}

// secondChair gives the forum another chair, with a deputy, and a deputy chair.
func (h *house) secondChair() (other, deputy, deputyChair access.Actor) {
	h.t.Helper()
	sit := func(seat uuid.UUID, office access.Office, name string, order int) access.Actor {
		person := id()
		h.owner(`insert into person (id, name, email, created_at) values ($1, $2, $3, now())`, person, name, person.String()+"@example.org")
		h.owner(`insert into seat_holding (id, seat_id, person_id, deputy_order, from_date) values ($1, $2, $3, $4, '2026-01-01')`, id(), seat, person, order)
		return access.Actor{PersonID: person, Name: name, Seats: []access.Seat{{SeatID: seat, ForumID: h.forum.ID, Office: office, Standing: access.InAttendance, Deputy: order > 0}}}
	}
	chair, stands := id(), id()
	h.owner(`insert into seat (id, forum_id, name, office, standing, position) values ($1, $2, 'Chair, health', 'chair', 'in_attendance', 20), ($3, $2, 'Deputy chair', 'deputy_chair', 'in_attendance', 21)`,
		chair, h.forum.ID, stands)
	h.seat["Olga Other"] = chair
	return sit(chair, access.Chair, "Olga Other", 0), sit(chair, access.Chair, "Dee Deputy", 1), sit(stands, access.DeputyChair, "Dan Deputychair", 0)
}

func (h *house) waitingDecision() uuid.UUID {
	h.t.Helper()
	if h.sees(h.chair).Awaiting == nil {
		h.t.Fatal("no decision waits")
	}
	return h.sees(h.chair).Awaiting.ID
}

// deferral is a decision that has something following from it.
func (h *house) deferral() room.ConfirmDecision {
	return room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Deferred, Missing: "CANARY-MISSING", NextMeetingID: &h.next.ID}
}

// What one chair confirmed alone binds nobody: no agency may act on it, and nothing may follow from it.
func TestADecisionBindsWhenBothChairsHaveConfirmed(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann, other)
	h.do(h.chair, room.RecordAttendance{Present: true})
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()

	view := h.sees(h.ann)
	if view.Decision != nil || view.Awaiting == nil || view.Awaiting.WaitsFor != "Olga Other" || view.Awaiting.ConfirmedBy != "Cleo Chair" || view.Awaiting.Facts[0].Text != "CANARY-MISSING" {
		t.Errorf("while it waits a member sees %+v, %+v", view.Decision, view.Awaiting)
	}
	if h.count(`select count(*) from decision`)+h.count(`select count(*) from due`) != 0 || h.count(`select count(*) from funding_request where state = 'tabled'`) != 1 {
		t.Error("something followed from a decision that binds nobody")
	}
	if len(h.sees(h.ann).Items) == 0 || h.sees(h.ann).Items[2].Outcome != "" {
		t.Error("the agenda gives the item an outcome already")
	}
	h.refused(h.chair, room.SecondDecision{DecisionID: waiting}, fault.Denied, "You have confirmed this already. The other chair, or their deputy, confirms it too.")
	h.refused(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed}, fault.Conflict,
		"The decision on item 3 waits for the other chair. It must be confirmed or sent back first.")
	h.refused(h.ann, room.SecondDecision{DecisionID: waiting}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	if me := h.sees(other).Me; !me.Confirms || !me.SendsBack || h.sees(h.chair).Me.Confirms || !h.sees(h.chair).Me.SendsBack {
		t.Error("the page does not offer the confirmation to the other chair alone")
	}

	h.do(other, room.SecondDecision{DecisionID: waiting})
	decided := h.sees(h.ann)
	if decided.Awaiting != nil || decided.Decision == nil || decided.Decision.ID != waiting || decided.Decision.ConfirmedBy != "Cleo Chair and Olga Other" || decided.Decision.Facts[0].Text != "CANARY-MISSING" {
		t.Errorf("once both have confirmed a member sees %+v", decided.Decision)
	}
	if h.count(`select count(*) from due where kind = 'deferred'`) != 1 || h.count(`select count(*) from funding_request where state = 'submitted'`) != 1 {
		t.Error("nothing follows from the decision")
	}
	h.refused(other, room.SecondDecision{DecisionID: waiting}, fault.Conflict, "This decision does not wait any more. Look at how it stands now.")
	events := h.verify()
	if last := events[len(events)-1]; last.Type != "decision.second" || last.Says != "Item 3: deferred" {
		t.Errorf("the log ends with %q: %q", last.Type, last.Says)
	}
}

// A chair who disagrees must be able to stop it; the panel then decides again.
func TestEitherChairSendsADecisionBack(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann, other)
	for _, sender := range []access.Actor{other, h.chair} {
		if h.sees(h.chair).Item == nil {
			h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
		}
		h.do(h.chair, h.deferral())
		waiting := h.waitingDecision()
		h.refused(sender, room.SendBackDecision{DecisionID: waiting, Reason: " "}, fault.Invalid, "Enter why it is sent back")
		h.do(sender, room.SendBackDecision{DecisionID: waiting, Reason: "Not what we said"})
		if h.sees(h.ann).Awaiting != nil {
			t.Error("it still waits")
		}
	}
	if h.count(`select count(*) from due`) != 0 {
		t.Error("while the meeting goes on, an item sent back needs no other agenda")
	}
}

// The absent chair reads it next day. What they send back must not be lost with the closed meeting.
func TestAWaitingDecisionOutlivesItsMeeting(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann)
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()
	h.do(h.chair, room.CloseMeeting{})
	home := func(actor access.Actor) (list []room.WaitingDecision) {
		h.must(h.read(actor, func(tx db.Tx) (err error) { list, err = room.DecisionsWaiting(tx); return err }))
		return list
	}
	if mine := home(other); len(mine) != 1 || mine[0].DecisionID != waiting || mine[0].Item != "3" || len(home(h.chair)) != 0 || len(home(h.ann)) != 0 {
		t.Errorf("on Home: %+v", mine)
	}
	show := func(actor access.Actor) (page room.DecisionPage, err error) {
		err = h.read(actor, func(tx db.Tx) error { page, err = room.ShowDecision(tx, waiting); return err })
		return page, err
	}
	if page, err := show(other); err != nil || page.Awaiting == nil || !page.MayConfirm || !page.MaySend {
		t.Errorf("the other chair’s page: %+v, %v", page, err)
	}
	if page, err := show(h.ann); err != nil || page.MayConfirm || page.MaySend || page.MayCorrect {
		t.Errorf("a member’s page: %+v, %v", page, err)
	}
	for _, outside := range []access.Actor{h.pia, h.observer(), h.stranger} {
		if _, err := show(outside); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", outside.Name, err)
		}
	}
	h.do(other, room.SendBackDecision{DecisionID: waiting, Reason: "I was not there"})
	if h.count(`select count(*) from due where kind = 'deferred' and request_id = ? and text like '%was sent back%I was not there'`, h.requestID) != 1 ||
		h.count(`select count(*) from funding_request where state = 'submitted'`) != 1 {
		t.Error("an item sent back after the close comes to no agenda")
	}
}

// One person in both chairs is one person; a deputy is only there for a chair who is not.
func TestWhoStandsForTheOtherChair(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, deputy, deputyChair := h.secondChair()
	h.inSession(h.ann, other)
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()
	onlyAbsent := "This waits for the other chair. A deputy confirms it only when that chair is not here."
	h.refused(deputy, room.SecondDecision{DecisionID: waiting}, fault.Denied, onlyAbsent)
	h.refused(deputyChair, room.SecondDecision{DecisionID: waiting}, fault.Denied, onlyAbsent)
	h.refused(deputyChair, room.SendBackDecision{DecisionID: waiting, Reason: "x"}, fault.Denied, onlyAbsent)
	h.do(h.chair, room.SendBackDecision{DecisionID: waiting, Reason: "Again"})

	h.do(other, room.RecordAttendance{Present: false})
	h.do(h.chair, h.deferral())
	h.do(deputyChair, room.SecondDecision{DecisionID: h.waitingDecision()})
	if by := h.sees(h.ann).Decision.ConfirmedBy; by != "Cleo Chair and Dan Deputychair" {
		t.Errorf("confirmed by %q", by)
	}
}

// Whoever holds both chairs must not make a decision of two out of one.
func TestOnePersonInBothChairsConfirmsOnce(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	_, deputy, _ := h.secondChair()
	h.owner(`update seat_holding set person_id = $1 where seat_id = $2 and deputy_order = 0`, h.chair.PersonID, h.seat["Olga Other"])
	h.inSession(h.ann)
	h.do(h.chair, room.RecordAttendance{Present: true})
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()
	h.refused(h.chair, room.SecondDecision{DecisionID: waiting}, fault.Denied, "You have confirmed this already. The other chair, or their deputy, confirms it too.")
	h.do(deputy, room.SecondDecision{DecisionID: waiting})
}

// A chair who left for the item must not confirm it in the other chair's place.
func TestAChairWhoLeftConfirmsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, deputy, _ := h.secondChair()
	h.inSession(h.ann, other)
	h.do(other, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()
	h.refused(other, room.SecondDecision{DecisionID: waiting}, fault.Denied, "You have left for item 3, so somebody else must chair it.")
	if h.sees(other).Awaiting != nil {
		t.Error("who left for the item sees what waits")
	}
	h.do(deputy, room.SecondDecision{DecisionID: waiting})
}

// The meeting it is deferred to may be cancelled while it waits: nobody may confirm it into nowhere.
func TestWordsThatNoLongerHoldAreNotConfirmed(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann, other)
	h.decideOn(h.deferral())
	h.owner(`update meeting set status = 'cancelled' where id = $1`, h.next.ID)
	h.refused(other, room.SecondDecision{DecisionID: h.waitingDecision()}, fault.Conflict,
		"This cannot be confirmed as it stands. Select a later meeting that is still to happen: send it back, and put it right.")
}

// What waits is on the record as it was confirmed, even for somebody with the server's own hands.
func TestWhatWaitsNeverChanges(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	h.secondChair()
	h.inSession(h.ann)
	h.decideOn(h.deferral())
	for _, statement := range []string{`update decision_waiting set content = '{}'`, `update decision_waiting set confirmed_by = seat_id`, `delete from decision_waiting`} {
		if h.store.DB.Write(t.Context(), h.chair, func(tx db.Tx) error { return tx.Exec(statement).Error }) == nil {
			t.Errorf("%q was let through", statement)
		}
	}
}

// The chair who was not there learns of it; nothing about the young person is in the mail.
func TestTheOtherChairIsTold(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann)
	h.decideOn(h.deferral())
	people, ids := h.waiting(room.NoticeAwaiting)
	if len(people) != 1 || people[0] != other.PersonID {
		t.Fatalf("told %v, want the other chair: %v", people, other.PersonID)
	}
	notice := notify.Notice{Kind: room.NoticeAwaiting, IDs: ids, To: other.PersonID}
	notifytest.Golden(t, h.post(), notice, "decision_awaiting")
	h.do(other, room.SecondDecision{DecisionID: ids["decision"]})
	notifytest.NotSent(t, h.post(), notice)
}

// Two chairs in turn: the next step is for whose turn it is, the other may take over, and the record
// says who was in the chair.
func TestTheOtherChairTakesTheChair(t *testing.T) {
	t.Parallel()
	h := setup(t, func(terms *panels.Terms) { terms.Chairing = panels.TwoAlternating })
	other, _, _ := h.secondChair()
	if view := h.sees(other); view.Meeting.Chair != "Cleo Chair" || view.Meeting.OtherChair != "Olga Other" || view.Me.InChair || !h.sees(h.chair).Me.InChair {
		t.Errorf("before: %+v, in the chair: %v", view.Meeting, view.Me.InChair)
	}
	h.do(h.chair, room.StartMeeting{})
	if h.count(`select count(*) from meeting where id = ? and chair_seat_id = ?`, h.meeting.ID, h.seat["Cleo Chair"]) != 1 {
		t.Error("whose chair it was is not written down when the meeting starts")
	}
	h.refused(h.chair, room.TakeChair{}, fault.Denied, "Cleo Chair is in the chair already.")
	h.do(other, room.TakeChair{})
	if view := h.sees(other); view.Meeting.Chair != "Olga Other" || !view.Me.InChair || h.sees(h.chair).Me.InChair {
		t.Errorf("after: %+v", view.Meeting)
	}
	h.refused(h.ann, room.TakeChair{}, fault.Denied, "You do not have permission to run the meeting as chair here. Ask the forum’s clerk or your administrator.")
	h.verify()
}

// With one chair, or two together, nobody takes turns.
func TestNoTurnsWithoutTwo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.refused(h.chair, room.TakeChair{}, fault.Denied, "Cleo Chair is in the chair already.")
	if view := h.sees(h.chair); view.Meeting.Chair != "Cleo Chair" || view.Meeting.OtherChair != "" || !view.Me.InChair {
		t.Errorf("one chair: %+v", view.Meeting)
	}
}

// An interest declared while the decision waits must count: what a chair confirmed with an interest of
// their own may not come to bind by the other's hand.
func TestADecisionFirstConfirmedWithAnInterestIsOnlySentBack(t *testing.T) {
	t.Parallel()
	h := setup(t, bothConfirm)
	other, _, _ := h.secondChair()
	h.inSession(h.ann, other)
	h.decideOn(h.deferral())
	waiting := h.waitingDecision()
	h.do(h.chair, room.DeclareInterest{ItemID: h.request.ID, Kind: room.Family, Reason: "x"})
	h.refused(other, room.SecondDecision{DecisionID: waiting}, fault.Conflict,
		h.chair.Name+" confirmed this first and has since left for item 3 because of an interest. Send it back, and decide without them.")
	state := h.state()
	viewer, _ := room.ViewerOf(state, other)
	if me := room.Me(state, viewer); me.Confirms || !me.SendsBack {
		t.Errorf("offered to confirm: %t, to send back: %t", me.Confirms, me.SendsBack)
	}
	h.do(other, room.SendBackDecision{DecisionID: waiting, Reason: "An interest"})
}
