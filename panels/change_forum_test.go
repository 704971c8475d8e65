package panels

import (
	"testing"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A blocker that climbs in a circle never reaches anybody who can free it.
func TestAForumIsChangedInPlaceAndNeverEscalatesToItself(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	board, panel := p.forum("strategic_board", ""), p.forum("mapac", "")
	changed, err := p.ChangeForum(t.Context(), p.admin, Forum{ID: panel.ID, Version: panel.Version, Name: " Joint funding panel ", MailboxEmail: "Panel@example.org", EscalatesTo: &board.ID})
	if err != nil {
		t.Fatal(err)
	}
	if changed.Name != "Joint funding panel" || changed.MailboxEmail != "panel@example.org" || changed.Slug != panel.Slug || changed.Template != panel.Template {
		t.Errorf("kept %+v", changed)
	}
	_, err = p.ChangeForum(t.Context(), p.admin, Forum{ID: board.ID, Version: board.Version, Name: board.Name, EscalatesTo: &panel.ID})
	wantFault(t, err, fault.Invalid, "escalates_to")
	_, err = p.ChangeForum(t.Context(), p.admin, Forum{ID: board.ID, Version: board.Version, Name: board.Name, EscalatesTo: &board.ID})
	wantFault(t, err, fault.Invalid, "escalates_to")
	_, err = p.ChangeForum(t.Context(), p.admin, Forum{ID: board.ID, Version: board.Version, Name: "joint FUNDING panel"})
	wantFault(t, err, fault.Invalid, "name")
	_, err = p.ChangeForum(t.Context(), p.admin, Forum{ID: panel.ID, Version: panel.Version, Name: "Too late"})
	wantFault(t, err, fault.Stale, "")
	_, err = p.ChangeForum(t.Context(), p.clerkOf(panel), Forum{ID: panel.ID, Version: changed.Version, Name: "A clerk’s"})
	wantFault(t, err, fault.Denied, "")
	if n := p.audited("forum.changed"); n != 1 {
		t.Errorf("%d changes are audited", n)
	}
}

// Who is asked first when the holder is away must not change for a meeting that was held.
func TestDeputiesAreReorderedFromTodayOn(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	seat := p.seat(forum, access.Chair)
	for order, name := range []string{"Holder", "First", "Second"} {
		must(t)(p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: p.person(name).ID, DeputyOrder: order, From: day("2026-01-01")}))
	}
	second := p.seat(forum, access.Chair).Deputies()[1]
	if err := p.MoveDeputy(t.Context(), p.admin, second.HoldingID, second.Version, true); err != nil {
		t.Fatal(err)
	}
	names := func(on string) (list string) {
		for _, d := range p.seats(forum, day(on))[0].Deputies() {
			list += d.Name + " "
		}
		return list
	}
	if past, now := names("2026-11-25"), names("2026-11-26"); past != "First Second " || now != "Second First " {
		t.Errorf("yesterday %q, today %q", past, now)
	}
}

// A meeting is judged by the terms of its own day: the day a version takes effect is the new one’s,
// the day before is still the old one’s.
func TestTermsApplyFromTheirFirstDay(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	var terms Terms
	p.read(p.admin, func(tx db.Tx) (err error) { terms, err = TermsInForce(tx, forum.ID, p.today()); return err })
	terms.QuorumMembers, terms.InForceOn = terms.QuorumMembers-1, day("2026-12-10")
	must(t)(p.ChangeTerms(t.Context(), p.admin, forum.ID, 1, terms))
	for on, want := range map[string]int{"2020-01-01": 1, "2026-11-26": 1, "2026-12-09": 1, "2026-12-10": 2, "2026-12-11": 2, "2030-01-01": 2} {
		var judged Terms
		p.read(p.admin, func(tx db.Tx) (err error) { judged, err = TermsInForce(tx, forum.ID, day(on)); return err })
		if judged.Number != want {
			t.Errorf("a meeting on %s is judged by version %d, want %d", on, judged.Number, want)
		}
	}
}
