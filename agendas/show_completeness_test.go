package agendas

import (
	"fmt"
	"testing"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The proof that nobody is left off must itself leave nobody off.
func TestEverybodyDueIsOnTheAgendaOrNamedWithWhyNot(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	north, south := p.forum("locality", "North"), p.forum("locality", "South")
	clerk, meeting := p.clerk(north), p.meeting(north, "2026-12-08")
	p.meeting(south, "2026-12-15")
	due := func(locality string) *caseDue {
		c := young("2008-12-20")
		c.SupportPlanOn, c.Locality = clock.Date{}, locality
		p.add(&c)
		return &caseDue{c.ID.String(), c.Reference()}
	}
	on, taken, later := due("North"), due("north "), (*caseDue)(nil)
	due("South")
	lost := due("Nrth")
	p.build(clerk, meeting)
	for _, item := range p.items(meeting.ID) {
		if item.CaseID != nil && item.CaseID.String() == taken.id {
			if _, err := p.RemoveItem(t.Context(), clerk, item.ID, item.Version, "Heard in November"); err != nil {
				t.Fatal(err)
			}
		}
	}
	later = due("North")

	show := func(who access.Actor) (page Completeness, err error) {
		err = p.read(who, func(tx db.Tx) error { page, err = ShowCompleteness(tx, meeting.ID, nil); return err })
		return page, err
	}
	page, err := show(clerk)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range page.Missing {
		got[m.Case.Reference] = string(m.Why) + " " + m.Said
	}
	want := map[string]string{taken.reference: "taken_out Heard in November", later.reference: "found_late "}
	if fmt.Sprint(got) != fmt.Sprint(want) || page.Due != 3 || page.Listed != 1 {
		t.Errorf("%d due, %d listed, %v; want %v and %s listed", page.Due, page.Listed, got, want, on.reference)
	}
	var elsewhere []string
	for _, e := range page.Elsewhere {
		elsewhere = append(elsewhere, fmt.Sprint(e.Locality, e.Cases, e.Forum, e.Next, len(e.Unheard)))
	}
	if want := fmt.Sprint([]string{"Nrth1<nil>1", fmt.Sprint("South", 1, south.Name, day("2026-12-15"), 0)}); len(page.Elsewhere) != 2 || page.Elsewhere[0].Unheard[0].Reference != lost.reference || page.Elsewhere[1].Forum != south.Name || *page.Elsewhere[1].Next != day("2026-12-15") {
		t.Errorf("elsewhere %v, want %v", elsewhere, want)
	}
	if _, err := show(p.clerk(south)); !fault.Is(err, fault.Denied) {
		t.Errorf("another forum’s clerk: %v", err)
	}

	// Once it is built again, nobody is missing but whom somebody took out.
	p.build(clerk, meeting)
	if page, err = show(clerk); err != nil || len(page.Missing) != 1 || page.Listed != 2 {
		t.Errorf("built again: %+v %v", page.Missing, err)
	}
}

// caseDue is a case as the page names it.
type caseDue struct{ id, reference string }
