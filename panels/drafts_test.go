package panels

import (
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Dates that are still being talked about must not reach anybody's diary.
func TestDraftMeetingsAreSeenByThoseWhoScheduleOnly(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	clerk := p.clerkOf(forum)
	member := p.person("Mo Member")
	for _, seat := range p.seats(forum, p.today()) {
		if seat.Office == access.Member {
			must(t)(p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: member.ID}))
			break
		}
	}
	_, made, err := p.ScheduleSeries(t.Context(), clerk, Series{ForumID: forum.ID, Draft: true})
	if err != nil || made == 0 {
		t.Fatal(made, err)
	}
	drafts := p.meetings(forum)
	sees := func(actor access.Actor) (listed, next, mine int) {
		p.read(actor, func(tx db.Tx) error {
			rows, err := ListMeetings(tx, p.today(), p.today().AddMonths(24), uuid.Nil)
			if err != nil {
				return err
			}
			soon, err := NextMeetings(tx, forum.ID, 6)
			if err != nil {
				return err
			}
			own, err := MyMeetings(tx, 5)
			listed, next, mine = len(rows), len(soon), len(own)
			return err
		})
		return listed, next, mine
	}
	if listed, next, mine := sees(clerk); listed != made || next != 6 || mine != 0 {
		t.Errorf("the clerk sees %d in the calendar, %d on the forum’s page, %d at home", listed, next, mine)
	}
	if listed, _, _ := sees(p.admin); listed != made {
		t.Errorf("the administrator sees %d", listed)
	}
	actor := p.actor(member)
	if listed, next, mine := sees(actor); listed != 0 || next != 0 || mine != 0 {
		t.Errorf("a member sees %d in the calendar, %d on the forum’s page, %d at home", listed, next, mine)
	}
	p.read(actor, func(tx db.Tx) error {
		_, err := ShowMeeting(tx, drafts[0].ID)
		wantFault(t, err, fault.NotFound, "")
		_, err = MeetingByID(tx, drafts[0].ID)
		wantFault(t, err, fault.NotFound, "")
		rows, err := ListForums(tx)
		for _, row := range rows {
			if row.NextAt != nil {
				t.Errorf("%s is said to meet next at %s", row.Name, row.NextAt)
			}
		}
		return err
	})
	p.read(p.admin, func(tx db.Tx) error {
		if _, ok, err := MeetingBefore(tx, drafts[3].Meeting); ok || err != nil {
			t.Errorf("a draft comes before another meeting (%v)", err)
		}
		return nil
	})
	if p.announced() != 0 {
		t.Error("a draft was announced")
	}
}

// announced counts the announcements of changed meetings that wait to be acted on.
func (p *partnership) announced() (count int) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) error {
		return tx.Raw(`select count(*) from river_job where kind = ?`, MeetingsChanged{}.Kind()).Scan(&count).Error
	})
	return count
}
