package room_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// give raises an action for one or more people and returns its id.
func (h *house) give(item *uuid.UUID, due, text string, owner access.Actor, also ...access.Actor) uuid.UUID {
	h.t.Helper()
	raise := room.RaiseAction{ItemID: item, OwnerID: owner.PersonID, DueOn: clock.MustDate(due), Text: text}
	for _, other := range also {
		raise.AlsoIDs = append(raise.AlsoIDs, other.PersonID)
	}
	h.do(h.clerk, raise)
	var id uuid.UUID
	h.must(h.read(h.clerk, func(tx db.Tx) error { return tx.Raw(`select id from action order by id desc limit 1`).Row().Scan(&id) }))
	return id
}

func (h *house) find(actor access.Actor, filter room.ActionFilter) room.FoundActions {
	h.t.Helper()
	if filter.Limit == 0 {
		filter.Limit = 50
	}
	var found room.FoundActions
	h.must(h.read(actor, func(tx db.Tx) (err error) { found, err = room.FindActions(tx, filter); return err }))
	return found
}

func (h *house) show(actor access.Actor, id uuid.UUID) (page room.ActionPage, err error) {
	h.t.Helper()
	err = h.read(actor, func(tx db.Tx) (err error) { page, err = room.ShowAction(tx, id); return err })
	return page, err
}

func texts(lines []room.ActionLine) []string {
	list := []string{}
	for _, line := range lines {
		list = append(list, line.Text)
	}
	return list
}

// Everyone finds what they have to do; a forum's list is for that forum, and whoever left for an item
// finds nothing of it, nor counts it.
func TestFindActions(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.give(&h.name.ID, "2026-12-10", "later", h.ann)
	h.give(nil, "2026-12-01", "sooner", h.ann, h.eve)
	pias := h.give(&h.name.ID, "2026-12-05", "Pia’s", h.pia)
	mine := h.find(h.ann, room.ActionFilter{Mine: true})
	if got := texts(mine.Lines); !slices.Equal(got, []string{"sooner", "later"}) || mine.Lines[1].ItemNumber != "2" || mine.Lines[1].Reference() == "" || !mine.Lines[0].MayWork || mine.Lines[0].MayRecord {
		t.Fatalf("Ann’s: %+v", mine.Lines)
	}
	if mine.Lines[0].Owner != "Ann Bell, Eve Lane" {
		t.Errorf("two people’s action is %q’s", mine.Lines[0].Owner)
	}
	if got := texts(h.find(h.eve, room.ActionFilter{Mine: true}).Lines); !slices.Equal(got, []string{"sooner"}) {
		t.Errorf("Eve’s, who does it with Ann: %v", got)
	}
	all := h.find(h.hal, room.ActionFilter{Forums: []string{"mapac"}})
	if len(all.Lines) != 3 || all.Lines[0].MayWork || len(all.Owners) != 3 || all.Counts[room.ActionDue] != 3 {
		t.Errorf("the forum’s, for Hal: %+v", all)
	}
	if got := texts(h.find(h.hal, room.ActionFilter{Owners: []uuid.UUID{h.eve.PersonID, h.pia.PersonID}}).Lines); !slices.Equal(got, []string{"sooner", "Pia’s"}) {
		t.Errorf("Eve’s and Pia’s: %v", got)
	}
	number := mine.Lines[1].Reference()
	if got := texts(h.find(h.hal, room.ActionFilter{Case: strings.ToLower(number)}).Lines); !slices.Equal(got, []string{"Pia’s", "later"}) {
		t.Errorf("about %s: %v", number, got)
	}
	if found := h.find(h.hal, room.ActionFilter{Case: "Noor"}); found.CaseSaid == "" || len(found.Lines) != 0 {
		t.Errorf("a name is no case number: %+v", found)
	}
	h.do(h.pia, room.CompleteAction{ActionID: pias, Text: "Sent"})
	if done := h.find(h.clerk, room.ActionFilter{States: []room.ActionState{room.ActionDone}}); len(done.Lines) != 1 || done.Lines[0].Text != "Pia’s" || done.Lines[0].DoneText != "Sent" {
		t.Errorf("done: %+v", done)
	}
	h.clock.Set(clock.MustDate("2026-12-02").At(9, 0))
	if found := h.find(h.clerk, room.ActionFilter{States: []room.ActionState{room.ActionOverdue}}); len(found.Lines) != 1 || found.Lines[0].Text != "sooner" || found.Counts[room.ActionDue] != 1 {
		t.Errorf("overdue: %+v", found)
	}
	if second := h.find(h.clerk, room.ActionFilter{Limit: 1, Offset: 1}); len(second.Lines) != 1 || second.Lines[0].Text != "later" || second.Total != 2 {
		t.Errorf("the second page: %+v", second)
	}
	h.do(h.hal, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	left := h.find(h.hal, room.ActionFilter{States: room.ActionStates})
	if got := texts(left.Lines); !slices.Equal(got, []string{"sooner"}) || left.Counts[room.ActionDone] != 0 || len(left.Owners) != 2 {
		t.Errorf("for Hal, who left for item 2: %+v", left)
	}
	if _, err := h.show(h.hal, pias); !fault.Is(err, fault.NotFound) {
		t.Errorf("Hal, who left for item 2, opens its action: %v", err)
	}
	err := h.read(h.pia, func(tx db.Tx) error {
		_, err := room.FindActions(tx, room.ActionFilter{Forums: []string{"mapac"}})
		return err
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("the forum’s, for a presenter: %v, want not found", err)
	}
}

// An owner who could move the day would be late for nothing. Whoever asked for it by a day may, and the day
// that was stays on the record.
func TestOnlyTheClerkAndTheChairMoveADay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	id := h.give(&h.name.ID, "2026-12-10", "Chase the report", h.ann, h.eve)
	later := clock.MustDate("2026-12-20")
	for _, owner := range []access.Actor{h.ann, h.eve} {
		h.refused(owner, room.ExtendAction{ActionID: id, DueOn: later, Text: "Busy"}, fault.Denied,
			"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
		h.do(owner, room.NoteProgress{ActionID: id, Text: "Rang the school, " + owner.Name})
	}
	h.refused(h.hal, room.NoteProgress{ActionID: id, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.refused(h.chair, room.ExtendAction{ActionID: id, DueOn: later}, fault.Invalid, "Enter why the day changes")
	h.refused(h.chair, room.ExtendAction{ActionID: id, DueOn: clock.MustDate("2026-12-10"), Text: "x"}, fault.Invalid, "Enter another day than the one it is due on now")
	h.do(h.chair, room.ExtendAction{ActionID: id, DueOn: later, Text: "The school is closed"})
	if n := h.count(`select count(*) from due where kind = 'action' and source_id = ? and due_on = ? and done_at is null`, id, later); n != 1 {
		t.Error("the action does not come back to the agenda on its new day")
	}
	h.do(h.eve, room.CompleteAction{ActionID: id, Text: "It came"})
	h.refused(h.chair, room.ExtendAction{ActionID: id, DueOn: later.AddDays(1), Text: "x"}, fault.Conflict, "This action is done, so its day cannot change. Reopen it to set another.")
	h.refused(h.eve, room.ReopenAction{ActionID: id, DueOn: later, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.do(h.clerk, room.ReopenAction{ActionID: id, DueOn: later, Text: "The wrong report"})
	page, err := h.show(h.hal, id)
	h.must(err)
	var kinds []string
	for _, step := range page.Steps {
		kinds = append(kinds, string(step.Kind))
	}
	if want := []string{"reopened", "done", "moved", "progress", "progress"}; !slices.Equal(kinds, want) {
		t.Fatalf("history %v, want %v", kinds, want)
	}
	if moved := page.Steps[2]; moved.DueWas != clock.MustDate("2026-12-10") || moved.DueOn != later || moved.By != "Cleo Chair" || moved.Text != "The school is closed" {
		t.Errorf("the move: %+v", moved)
	}
	if page.DoneAt != nil || page.DueOn != later || page.Moved != 1 {
		t.Errorf("the action: %+v", page.ActionLine)
	}
	if n := h.count(`select count(*) from due where kind = 'action' and source_id = ? and done_at is null`, id); n != 1 {
		t.Error("the reopened action comes back to no agenda")
	}
}

// Actions return at each meeting until they are done: the next meeting walks through them, its own log has
// what it said, and nobody who left for what one is about is told of it there.
func TestTheNextMeetingTakesUpWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	about := h.give(&h.name.ID, "2026-12-01", "Chase the report", h.ann)
	plain := h.give(nil, "2026-12-20", "Book a room", h.eve)
	h.give(nil, "2026-12-21", "Done in time", h.eve)
	third := h.find(h.clerk, room.ActionFilter{}).Lines[2].ID
	h.do(h.hal, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	h.do(h.eve, room.CompleteAction{ActionID: third, Text: "Yes"})
	h.do(h.chair, room.CloseMeeting{})
	first := h.meeting
	h.clock.Set(h.next.StartsAt)
	h.meeting = h.next
	h.do(h.chair, room.StartMeeting{})

	arising := h.sees(h.eve).Arising
	if len(arising) != 2 || arising[0].Text != "Chase the report" || arising[0].Late == 0 || arising[0].Reference == "" || !strings.Contains(arising[0].From, "item 2") || arising[1].Late != 0 {
		t.Fatalf("arising: %+v", arising)
	}
	if seen := h.sees(h.hal).Arising; len(seen) != 1 || seen[0].Text != "Book a room" {
		t.Errorf("Hal, who left for item 2, sees %+v", seen)
	}
	h.refused(h.hal, room.CarryAction{ActionID: about, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.refused(h.chair, room.CarryAction{ActionID: about}, fault.Invalid, "Enter why it is not done yet")
	h.do(h.chair, room.CarryAction{ActionID: about, Text: "The school has not answered"})
	h.do(h.clerk, room.CompleteAction{ActionID: plain, Text: "Booked"})
	arising = h.sees(h.clerk).Arising
	if arising[0].Heard != "Not done: The school has not answered" || arising[0].Done || arising[1].Heard != "Done: Booked" || !arising[1].Done {
		t.Errorf("what this meeting said: %+v", arising)
	}
	if n := h.count(`select count(*) from room_event where meeting_id = ? and type like 'action.%'`, h.next.ID); n != 2 {
		t.Errorf("%d of them are in this meeting’s log, want 2", n)
	}
	var minutes room.Minutes
	h.must(h.read(h.hal, func(tx db.Tx) (err error) { minutes, err = room.ShowMinutes(tx, h.next.ID); return err }))
	if len(minutes.Arising) != 1 || minutes.Arising[0].Text != "Book a room" {
		t.Errorf("minutes for Hal: %+v", minutes.Arising)
	}
	h.meeting = first
	h.refused(h.clerk, room.CompleteAction{ActionID: plain, Text: "x"}, fault.Conflict, "This action is already done.")
}

// Whoever leaves passes on their part; who took it on with them keeps theirs, and the record says who
// took it on.
func TestOneOfTwoOwnersLeaves(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	id := h.give(&h.name.ID, "2026-12-10", "Chase the report", h.ann, h.eve)
	keeper := room.Belongings{}
	pass := func(from, to access.Actor) error {
		return h.store.DB.Write(t.Context(), h.clerk, func(tx db.Tx) error {
			things, err := keeper.Owned(tx, from.PersonID, h.forum.ID)
			if err != nil || len(things) != 1 {
				t.Fatalf("%s owns %+v (%v)", from.Name, things, err)
			}
			return keeper.PassOn(tx, things[0], panels.Person{ID: from.PersonID, Name: from.Name}, panels.Person{ID: to.PersonID, Name: to.Name})
		})
	}
	h.must(pass(h.ann, h.ola))
	page, err := h.show(h.clerk, id)
	h.must(err)
	if page.Owner != "Eve Lane, Ola Ash" || page.TookOn != "Ann Bell, Eve Lane" || page.Steps[0].From != "Ann Bell" || page.Steps[0].To != "Ola Ash" {
		t.Errorf("after the handover: %+v", page)
	}
	if actions := h.sees(h.clerk).Actions; actions[0].Owner != "Ann Bell, Eve Lane" {
		t.Errorf("the record says %q took it on", actions[0].Owner)
	}
	h.refused(h.ann, room.NoteProgress{ActionID: id, Text: "x"}, fault.Denied,
		"You do not have permission to record attendance, notes and actions here. Ask the forum’s clerk or your administrator.")
	h.must(pass(h.ola, h.eve)) // who has it already
	if page, err = h.show(h.clerk, id); err != nil || page.Owner != "Eve Lane" {
		t.Errorf("passed to its other owner: %q (%v)", page.Owner, err)
	}
	h.must(pass(h.eve, h.ann)) // and back
	if page, err = h.show(h.clerk, id); err != nil || page.Owner != "Ann Bell" {
		t.Errorf("passed back: %q (%v)", page.Owner, err)
	}
}

// A reminder on a Sunday is read by nobody, and one for a day that was set after it annoys.
func TestStageOn(t *testing.T) {
	t.Parallel()
	days := calendar.NewWorkingDays()
	for _, c := range []struct {
		today, due, set string
		want            room.ReminderStage
	}{
		{"2026-12-02", "2026-12-10", "2026-11-26", ""},
		{"2026-12-03", "2026-12-10", "2026-11-26", room.WeekBefore},
		{"2026-12-09", "2026-12-10", "2026-11-26", room.WeekBefore}, // missed on the day: still true
		{"2026-12-04", "2026-12-10", "2026-12-03", ""},              // set when the week had begun
		{"2026-12-10", "2026-12-10", "2026-12-03", room.OnTheDay},
		{"2026-12-10", "2026-12-10", "2026-12-10", ""},
		{"2026-12-11", "2026-12-10", "2026-12-10", room.WhenLate},
		{"2026-12-11", "2026-12-12", "2026-11-26", room.OnTheDay}, // due on a Saturday: told on Friday
		{"2026-12-12", "2026-12-12", "2026-11-26", ""},            // and not on the day itself
		{"2026-12-14", "2026-12-12", "2026-11-26", room.WhenLate},
		{"2027-03-01", "2026-12-12", "2026-11-26", room.WhenLate},
	} {
		if got := room.StageOn(clock.MustDate(c.today), clock.MustDate(c.due), clock.MustDate(c.set), days); got != c.want {
			t.Errorf("on %s of what is due %s, set %s: %q, want %q", c.today, c.due, c.set, got, c.want)
		}
	}
}

// Each stage is told once to each owner, whatever happens between, and never to somebody who may not know
// of it or whose it is no longer.
func TestRemindOwners(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	id := h.give(&h.name.ID, "2026-12-10", "Chase the report", h.ann, h.eve)
	h.give(&h.name.ID, "2026-12-10", "Hal’s", h.hal)
	h.give(nil, "2026-12-10", "Also Ann’s", h.ann)
	h.do(h.hal, room.DeclareInterest{ItemID: h.name.ID, Kind: room.Family, Reason: "x"})
	morning := func(day string) []uuid.UUID {
		t.Helper()
		h.clock.Set(clock.MustDate(day).At(7, 20))
		h.must(h.store.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(`update outbox set state = 'sent'`).Error }))
		for range 2 { // a restart in the morning
			if _, err := h.store.RemindOwners(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		people, _ := h.waiting(room.NoticeActionsDue)
		return people
	}
	both := []uuid.UUID{h.ann.PersonID, h.eve.PersonID}
	same := func(got, want []uuid.UUID) bool {
		slices.SortFunc(got, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
		return slices.Equal(got, want)
	}
	for _, c := range []struct {
		day  string
		want []uuid.UUID
	}{
		{"2026-12-02", nil}, {"2026-12-03", both}, {"2026-12-04", nil}, {"2026-12-05", nil}, {"2026-12-10", both},
	} {
		if got := morning(c.day); !same(got, c.want) {
			t.Fatalf("on %s %d are reminded, want %d", c.day, len(got), len(c.want))
		}
	}
	h.must(h.store.DB.Write(t.Context(), h.clerk, func(tx db.Tx) error {
		thing := panels.Owned{Kind: panels.OwnedAction, ID: id}
		return room.Belongings{}.PassOn(tx, thing, panels.Person{ID: h.eve.PersonID}, panels.Person{ID: h.ola.PersonID, Name: "Ola Ash"})
	}))
	if got := morning("2026-12-21"); len(got) != 2 || slices.Contains(got, h.eve.PersonID) || !slices.Contains(got, h.ola.PersonID) { // after an outage of ten days
		t.Fatalf("overdue: %v are reminded", got)
	}
	var annsNotice notify.Notice
	h.must(h.read(h.clerk, func(tx db.Tx) error {
		var reminding uuid.UUID
		err := tx.Raw(`select id from action_reminding where person_id = ? order by id desc limit 1`, h.ann.PersonID).Row().Scan(&reminding)
		annsNotice = notify.Notice{Kind: room.NoticeActionsDue, IDs: notify.IDs{"reminding": reminding}, To: h.ann.PersonID}
		return err
	}))
	notifytest.Golden(t, h.post(), annsNotice, "actions_due")
	for _, line := range h.find(h.ann, room.ActionFilter{Mine: true}).Lines {
		h.do(h.ann, room.CompleteAction{ActionID: line.ID, Text: "Done"})
	}
	notifytest.NotSent(t, h.post(), annsNotice)
	if got := morning("2026-12-22"); len(got) != 0 {
		t.Errorf("told again: %v", got)
	}
}
