package agendas

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Whoever is not told that the agenda is out comes unprepared; whoever is told of a meeting that is
// cancelled comes for nothing.
func TestEverybodyAtTheMeetingIsToldThatTheAgendaIsOut(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	meeting := p.meeting(forum, "2026-12-03")
	member, left := p.actor("Mel Member", func(*access.Actor) {}), p.actor("Lee Left", func(*access.Actor) {})
	presenter := p.actor("Pat Presenter", func(a *access.Actor) { a.Presenter = true })
	p.write(func(tx db.Tx) error {
		seats, err := panels.SeatsOn(tx, forum.ID, tx.Today())
		if err != nil {
			return err
		}
		for _, held := range []panels.SeatHolding{
			{ID: newID(), SeatID: seats[0].ID, PersonID: left.PersonID, FromDate: day("2026-01-01"), ToDate: day("2026-11-30"), Version: 1},
			{ID: newID(), SeatID: seats[0].ID, PersonID: member.PersonID, FromDate: day("2026-12-01"), Version: 1},
		} {
			if err := tx.Create(&held).Error; err != nil {
				return err
			}
		}
		item := Item{ID: newID(), MeetingID: meeting.ID, Position: 1, Kind: StandingItem, Title: "A visitor", PresenterID: &presenter.PersonID, State: Listed, Reasons: []Reason{}, CreatedAt: tx.Now, Version: 1}
		if err := tx.Create(&item).Error; err != nil {
			return err
		}
		return tx.Exec(`update meeting set agenda_version = 1 where id = ?`, meeting.ID).Error
	})

	for _, version := range []int{1, 1, 7} { // a job may come twice, and an old one late
		if err := p.TellPublished(t.Context(), Published{MeetingID: meeting.ID, Version: version}); err != nil {
			t.Fatal(err)
		}
	}
	var told []uuid.UUID
	p.write(func(tx db.Tx) error { return tx.Raw(`select recipient from outbox order by seq`).Scan(&told).Error })
	if len(told) != 2 || !slices.Contains(told, member.PersonID) || !slices.Contains(told, presenter.PersonID) {
		t.Errorf("told %v, want the member %v and the presenter %v once each", told, member.PersonID, presenter.PersonID)
	}

	post := &notify.Store{DB: p.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	notice := notify.Notice{Kind: NoticePublished, IDs: notify.IDs{"meeting": meeting.ID}, To: member.PersonID}
	notifytest.Golden(t, post, notice, "agenda_published")
	p.write(func(tx db.Tx) error { return tx.Exec(`update meeting set agenda_version = 2`).Error })
	notifytest.Golden(t, post, notice, "agenda_published_again")
	p.clock.Set(meeting.StartsAt.Add(time.Minute))
	notifytest.NotSent(t, post, notice)
}
