package agendas

import (
	"testing"
	"time"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// A guest is told of one item and learns from the message neither which nor about whom; a young person is told
// in words of their own.
func TestGuestsAreAskedWithoutTheItem(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	meeting := p.meeting(p.forum("mapac", ""), "2026-12-03")
	visitor := p.actor("Vic Visitor", func(*access.Actor) {})
	agency, family, guest := newID(), newID(), newID()
	p.write(func(tx db.Tx) error {
		item := Item{ID: newID(), MeetingID: meeting.ID, Position: 1, Kind: StandingItem, Title: "Thornbush", State: Listed, Reasons: []Reason{}, CreatedAt: tx.Now, Version: 1}
		if err := tx.Create(&item).Error; err != nil {
			return err
		}
		if err := tx.Exec(`insert into agency (id, name, short_name, kind) values (?, 'Fenwick Council', 'Fenwick', 'council'), (?, 'Young people and families', 'Families', 'family')`, agency, family).Error; err != nil {
			return err
		}
		return tx.Exec(`insert into meeting_guest (id, meeting_id, item_id, person_id, agency_id, added_by, added_at) values (?, ?, ?, ?, ?, ?, ?)`,
			guest, meeting.ID, item.ID, visitor.PersonID, agency, visitor.PersonID, tx.Now).Error
	})
	post := &notify.Store{DB: p.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	notice := notify.Notice{Kind: NoticeGuest, IDs: notify.IDs{"guest": guest}, To: visitor.PersonID}
	notifytest.Golden(t, post, notice, "guest_asked")
	p.write(func(tx db.Tx) error { return tx.Exec(`update meeting set agenda_version = 1`).Error })
	notifytest.Golden(t, post, notice, "guest_asked_published")
	p.write(func(tx db.Tx) error { return tx.Exec(`update meeting_guest set agency_id = ?`, family).Error })
	notifytest.Golden(t, post, notice, "guest_asked_family")
	p.clock.Set(meeting.EndsAt.Add(time.Hour))
	p.write(func(tx db.Tx) error { return tx.Exec(`update meeting_guest set ended_at = ?`, tx.Now).Error })
	notifytest.NotSent(t, post, notice)
}
