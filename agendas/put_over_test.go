package agendas

import (
	"fmt"
	"strings"
	"testing"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Whoever there is no time for must be named, come back by themselves, and not be forgotten twice.
func TestWhatDoesNotFitComesToTheNextMeeting(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	forum := p.forum("locality", "North")
	clerk := p.clerk(forum)
	meeting, next := p.meeting(forum, "2026-12-08"), p.meeting(forum, "2027-01-12")
	var cases []*tracker.Case
	for n := range 60 { // 3 minutes each, and standing items: 180 do not hold them
		c := young("2008-12-20")
		c.DateOfBirth, c.SupportPlanOn = c.DateOfBirth.AddDays(n), clock.Date{}
		cases = append(cases, &c)
	}
	p.add(cases...)
	p.build(clerk, meeting)
	states := func(m string) (listed, over []Item) {
		on := meeting
		if m == "next" {
			on = next
		}
		for _, item := range p.items(on.ID) {
			switch {
			case item.Kind != CaseItem:
			case item.State == PutOver:
				over = append(over, item)
			default:
				listed = append(listed, item)
			}
		}
		return listed, over
	}
	listed, over := states("this")
	if len(listed)+len(over) != 60 || len(over) == 0 || fit(p.items(meeting.ID), 180).Over() > 0 {
		t.Fatalf("%d listed, %d put over, %+v", len(listed), len(over), fit(p.items(meeting.ID), 180))
	}
	for _, item := range over {
		if reason, passes := item.Passes(next.On()); !passes && item.Reasons[0].On.Before(next.On()) {
			t.Errorf("%v is not warned of: %+v", item.Reasons, reason)
		}
	}
	room := over[0]
	if _, err := p.RestoreItem(t.Context(), clerk, room.ID, room.Version); err != nil {
		t.Fatal(err)
	}
	p.build(clerk, meeting)
	if listed, over = states("this"); len(over) == 0 || len(listed)+len(over) != 60 {
		t.Fatalf("%d listed, %d put over", len(listed), len(over))
	}
	for _, item := range over {
		if item.ID == room.ID {
			t.Error("room was made, and the next build put it over again")
		}
	}
	p.publish(clerk, meeting)
	var due []string
	p.write(func(tx db.Tx) error {
		return tx.Raw(`select due_on || ' ' || text from due where kind = 'put_over' and done_at is null order by case_id`).Scan(&due).Error
	})
	if len(due) != len(over) || due[0] != "2027-01-12 Put over from 8 December 2026: there was no time" {
		t.Fatalf("%d due for %d put over: %v", len(due), len(over), due)
	}
	p.build(clerk, next)
	listed, _ = states("next")
	carried := 0
	for _, item := range listed {
		if strings.Contains(fmt.Sprint(item.Reasons), "Put over from 8 December 2026") {
			carried++
		}
	}
	if carried != len(over) {
		t.Errorf("%d of %d come first at the next meeting", carried, len(over))
	}
}
