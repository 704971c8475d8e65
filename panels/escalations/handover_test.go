package escalations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// estate is the world with somebody who owns one of every kind of thing at MAPaC.
type estate struct {
	*world
	panels                panels.Store
	holding               panels.SeatHolding
	action, request, item uuid.UUID
	blocker, direction    uuid.UUID
	heir, presenter       uuid.UUID
}

func newEstate(t *testing.T) *estate {
	e := &estate{world: newWorld(t), action: uuid.Must(uuid.NewV7()), request: uuid.Must(uuid.NewV7())}
	panels.RegisterNotices(e.post)
	e.panels = panels.Store{DB: e.DB, Keepers: []panels.Keeper{agendas.Belongings{}, requests.Belongings{}, room.Belongings{}, escalations.Belongings{}}}
	e.heir, e.presenter = e.person("Heir"), e.person("Presenter")
	owner := e.member.PersonID
	_, asked := e.raiseToBoard()
	given := agreed
	given.OwnerID = owner
	if err := e.AnswerEscalation(t.Context(), e.boardChair, asked, given); err != nil {
		t.Fatal(err)
	}
	e.direction = scan[[]uuid.UUID](e.world, `select id from board_answer`)[0]
	e.blocker = scan[[]uuid.UUID](e.world, `select id from blocker`)[0]
	e.item = e.world.item
	e.write(func(tx db.Tx) error {
		for _, change := range []struct {
			sql  string
			args []any
		}{
			{`update person set presenter = true where id = ?`, []any{e.presenter}},
			{`update blocker set owner_id = ?`, []any{owner}},
			{`update agenda_item set presenter_id = ? where id = ?`, []any{owner, e.item}},
			{`insert into action (id, meeting_id, forum_id, item_id, case_id, text, due_on, due_set_at, raised_by, raised_at) values (?, ?, ?, ?, ?, ?, '2026-12-10', ?, ?, ?)`,
				[]any{e.action, e.meeting, e.mapac.ID, e.item, e.kase, canary + "action", tx.Now, e.clerk.PersonID, tx.Now}},
			{`insert into action_owner (action_id, person_id, position, took_on) values (?, ?, 1, true)`, []any{e.action, owner}},
			{`insert into funding_request (id, case_id, forum_id, submitted_by, state, need, created_at) values (?, ?, ?, ?, 'draft', ?, ?)`,
				[]any{e.request, e.kase, e.mapac.ID, owner, canary + "need", tx.Now}},
		} {
			if err := tx.Exec(change.sql, change.args...).Error; err != nil {
				return err
			}
		}
		return tx.Where("person_id = ?", owner).Take(&e.holding).Error
	})
	e.arrived()
	return e
}

func (e *estate) ownersNow() map[string]string {
	return map[string]string{
		"action":    scan[string](e.world, `select p.name from action_owner o join person p on p.id = o.person_id where o.ended_at is null`),
		"blocker":   scan[string](e.world, `select p.name from blocker a join person p on p.id = a.owner_id`),
		"direction": scan[string](e.world, `select p.name from direction_owner o join person p on p.id = o.owner_id`),
		"request":   scan[string](e.world, `select p.name from funding_request a join person p on p.id = a.submitted_by`),
		"item":      scan[string](e.world, `select p.name from agenda_item a join person p on p.id = a.presenter_id`),
	}
}

// Whoever leaves a seat must not take the only knowledge of what is to be done with them.
func TestASeatEndsOnlyWithSomebodyForEverythingItsHolderOwns(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	today := clock.DateOf(e.clock.Now())
	end := func(handing panels.Handing) error {
		return e.panels.VacateSeat(t.Context(), e.clerk, e.holding.ID, e.holding.Version, today, handing)
	}
	err := end(panels.Handing{})
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != panels.NobodyChosen {
		t.Fatalf("with nobody chosen: %v", err)
	}
	err = end(panels.Handing{To: e.heir})
	if f := fault.As(err); f == nil || len(f.Fields) != 2 || !strings.Contains(f.Sentence, "Choose a presenter") {
		t.Fatalf("a request and an item for somebody who brings none: %v", err)
	}
	blocker := "blocker-" + e.blocker.String()
	kept := panels.Handing{To: e.heir, Each: map[string]panels.HandingTo{
		"request-" + e.request.String():  {To: e.presenter},
		"agenda_item-" + e.item.String(): {To: e.presenter},
		blocker:                          {Keep: true},
	}}
	if f := fault.As(end(kept)); f == nil || f.Fields[0].Name != "hand_reason" {
		t.Fatalf("kept without a reason: %v", f)
	}
	if ended := scan[int](e.world, `select count(*) from seat_holding where id = ? and to_date is not null`, e.holding.ID); ended != 0 {
		t.Fatal("a refused handover ended the place")
	}
	if diff := cmp.Diff(map[string]string{"action": "MAPaC member", "blocker": "MAPaC member", "direction": "MAPaC member", "request": "MAPaC member", "item": "MAPaC member"}, e.ownersNow()); diff != "" {
		t.Fatalf("a refused handover left something:\n%s", diff)
	}

	kept.Reason = "They keep the housing work in their new post."
	if err := end(kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"action": "Heir", "blocker": "MAPaC member", "direction": "Heir", "request": "Presenter", "item": "Presenter"}, e.ownersNow()); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	if due := scan[string](e.world, `select text from due where kind = 'action' and done_at is null`); !strings.HasPrefix(due, "Action for Heir due 10 December 2026") {
		t.Errorf("it comes back to the agenda as %q", due)
	}
	for action, want := range map[string]int{"action.passed_on": 1, "direction.passed_on": 1, "request.passed_on": 1, "agenda_item.passed_on": 1, "blocker.kept": 1, "seat.holding_ended": 1} {
		if got := scan[int](e.world, `select count(*) from audit_entry where action = ?`, action); got != want {
			t.Errorf("%s is audited %d times", action, got)
		}
	}
	got := e.arrived()
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"heir: Now yours at MAPaC: 1 action, 1 board direction.",
		"heir: Strategic transitions board asks you to act by 15 January 2027.",
		"presenter: Now yours at MAPaC: 1 agenda item to present, 1 funding request.",
	}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// The message is read on a locked screen by whoever walks past.
func TestTheMailAboutThingsPassedOnCountsThemAlone(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	err := e.panels.VacateSeat(t.Context(), e.clerk, e.holding.ID, e.holding.Version, clock.DateOf(e.clock.Now()), panels.Handing{To: e.presenter})
	if err != nil {
		t.Fatal(err)
	}
	handover := scan[[]uuid.UUID](e.world, `select id from handover`)[0]
	notifytest.Golden(t, e.post, notify.Notice{Kind: panels.NoticePassedOn, IDs: notify.IDs{"handover": handover}, To: e.presenter}, "things_passed_on")
	notifytest.NotSent(t, e.post, notify.Notice{Kind: panels.NoticePassedOn, IDs: notify.IDs{"handover": handover}, To: e.heir})
}

// Minutes say who took an action on that day, whoever does it in the end.
func TestTheMinutesKeepWhoTookAnActionOn(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	before := e.minuted()
	err := e.panels.VacateSeat(t.Context(), e.clerk, e.holding.ID, e.holding.Version, clock.DateOf(e.clock.Now()), panels.Handing{To: e.presenter})
	if err != nil {
		t.Fatal(err)
	}
	if after := e.minuted(); before != "MAPaC member" || after != before {
		t.Errorf("minuted as %q, then as %q", before, after)
	}
}

func (e *estate) minuted() string {
	e.t.Helper()
	var minutes room.Minutes
	err := e.DB.Read(e.t.Context(), e.clerk, func(tx db.Tx) (err error) {
		minutes, err = room.ShowMinutes(tx, e.meeting)
		return err
	})
	if err != nil || len(minutes.Items) != 1 || len(minutes.Items[0].Actions) != 1 {
		e.t.Fatalf("%v: %+v", err, minutes.Items)
	}
	return minutes.Items[0].Actions[0].Owner
}

// An administrator ends an account without seeing what its actions say.
func TestWhoeverLeavesKeepsNothingAndNothingIsShownOfCases(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	var page panels.HandoverPage
	read := func(actor access.Actor, show func(db.Tx) (panels.HandoverPage, error)) {
		if err := e.DB.Read(t.Context(), actor, func(tx db.Tx) (err error) { page, err = show(tx); return err }); err != nil {
			t.Fatal(err)
		}
	}
	read(e.clerk, func(tx db.Tx) (panels.HandoverPage, error) { return e.panels.ShowEnding(tx, e.holding.ID, uuid.Nil) })
	if told := fmt.Sprint(page.Things); len(page.Things) != 5 || !strings.Contains(told, canary+"action") {
		t.Errorf("the clerk is asked about %s", told)
	}
	read(e.admin, func(tx db.Tx) (panels.HandoverPage, error) { return e.panels.ShowLeaving(tx, e.member.PersonID) })
	if told := fmt.Sprint(page.Things); len(page.Things) != 5 || strings.Contains(told, canary) || strings.Contains(told, "Q1") {
		t.Errorf("the administrator is shown %s", told)
	}
	if len(page.Places) != 1 {
		t.Errorf("places: %q", page.Places)
	}

	leave := func(handing panels.Handing) error {
		return e.panels.PersonLeaves(t.Context(), e.admin, e.member.PersonID, page.From.Version, clock.DateOf(e.clock.Now()).AddDays(-30), handing)
	}
	keep := panels.Handing{To: e.presenter, Each: map[string]panels.HandingTo{"blocker-" + e.blocker.String(): {Keep: true}}, Reason: "No."}
	if err := leave(keep); !fault.Is(err, fault.Invalid) {
		t.Fatalf("somebody who has gone keeps a blocker: %v", err)
	}
	if err := leave(panels.Handing{To: e.presenter}); err != nil {
		t.Fatal(err)
	}
	for thing, owner := range e.ownersNow() {
		if owner != "Presenter" {
			t.Errorf("%s is %s’s", thing, owner)
		}
	}
	// They sat there until yesterday, whatever day they are said to have left: past meetings keep it.
	if until := scan[string](e.world, `select to_date::text from seat_holding where id = ?`, e.holding.ID); until != "2026-11-25" {
		t.Errorf("the place ends on %s", until)
	}
	if ended := scan[string](e.world, `select ended_on::text from person where id = ?`, e.member.PersonID); ended != "2026-10-28" {
		t.Errorf("the account ends on %s", ended)
	}
	if err := leave(panels.Handing{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("leaving twice: %v", err)
	}
}

// A successor's first day must not lose what the one before had promised.
func TestFillingASeatAsksAboutWhatTheHolderOwns(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	wanted := panels.NewHolding{SeatID: e.holding.SeatID, PersonID: e.presenter}
	if _, err := e.panels.FillSeat(t.Context(), e.clerk, wanted); !fault.Is(err, fault.Invalid) {
		t.Fatalf("filled without asking: %v", err)
	}
	wanted.To = clock.DateOf(e.clock.Now()).AddDays(20) // a cover: the holder comes back to it
	if _, err := e.panels.FillSeat(t.Context(), e.clerk, wanted); err != nil {
		t.Fatal(err)
	}
	if owner := e.ownersNow()["action"]; owner != "MAPaC member" {
		t.Errorf("a cover took the action over: %s", owner)
	}
}
