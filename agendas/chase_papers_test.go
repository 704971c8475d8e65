package agendas

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// A request that misses its panel waits another month; whoever has submitted theirs needs no reminder.
func TestPapersAreChasedFromWhoOwesThem(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	meeting := p.meeting(forum, "2026-12-16")
	writing, done, clerk := p.actor("Will Writing", func(a *access.Actor) { a.Presenter = true }), p.actor("Dee Done", func(a *access.Actor) { a.Presenter = true }), uuid.Must(uuid.NewV7())
	p.write(func(tx db.Tx) error {
		if err := tx.Exec(`update meeting set papers_due_on = '2026-11-30', agenda_out_on = '2026-12-08' where id = ?`, meeting.ID).Error; err != nil {
			return err
		}
		young := newID()
		if err := tx.Exec(`insert into cases (id, person_reference, number, alias, forename, surname, date_of_birth, locality, created_at, updated_at, version)
			values (@id, 'P1', 9001, 'Heron 1', 'A', 'B', '2010-01-01', 'Central', @now, @now, 1)`, map[string]any{"id": young, "now": tx.Now}).Error; err != nil {
			return err
		}
		for state, by := range map[string]uuid.UUID{"draft": writing.PersonID, "returned": writing.PersonID, "submitted": done.PersonID} {
			if err := tx.Exec(`insert into funding_request (id, case_id, forum_id, submitted_by, state, created_at) values (?, ?, ?, ?, ?, ?)`,
				newID(), young, forum.ID, by, state, tx.Now).Error; err != nil {
				return err
			}
		}
		return nil
	})
	p.write(func(tx db.Tx) error {
		before, err := PapersToChase(tx, meeting, panels.Before, []uuid.UUID{clerk})
		if err != nil || len(before) != 1 || before[0].To != writing.PersonID || before[0].Kind != NoticePapersSoon {
			t.Errorf("before: %+v, %v", before, err)
		}
		after, err := PapersToChase(tx, meeting, panels.After, []uuid.UUID{clerk})
		if err != nil || len(after) != 1 || after[0].To != clerk || after[0].Kind != NoticePapersLate {
			t.Errorf("after: %+v, %v", after, err)
		}
		return nil
	})
	post := &notify.Store{DB: p.DB, BaseURL: "https://quorate.example.org"}
	RegisterNotices(post)
	about := notify.IDs{"meeting": meeting.ID}
	soon, late := notify.Notice{Kind: NoticePapersSoon, IDs: about, To: writing.PersonID}, notify.Notice{Kind: NoticePapersLate, IDs: about, To: writing.PersonID}
	notifytest.Golden(t, post, soon, "papers_soon")
	notifytest.NotSent(t, post, late)
	notifytest.NotSent(t, post, notify.Notice{Kind: NoticePapersSoon, IDs: about, To: done.PersonID})
	p.clock.Set(time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC))
	notifytest.Golden(t, post, late, "papers_late")
	notifytest.NotSent(t, post, soon)
}
