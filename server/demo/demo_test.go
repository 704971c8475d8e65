package demo_test

import (
	"context"
	"testing"
	"time"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/invitations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/base/files"
	"quorate/server/demo"
)

func load(t *testing.T, present time.Time) *db.DB {
	t.Helper()
	timeline := demo.NewTimeline(clock.NewManual(present).Now)
	database := dbtest.NewWithClock(t, timeline.Now)
	err := database.Write(context.Background(), access.System("demo"), func(tx db.Tx) error {
		return tx.Exec(`insert into demo (started_at) values (?)`, tx.Now).Error
	})
	if err == nil {
		err = demo.Load(context.Background(), demo.Stores{
			DB: database, Panels: panels.Store{DB: database}, Agendas: agendas.Store{DB: database}, Requests: requests.Store{DB: database}, Tracker: tracker.Store{DB: database, Files: files.InMemory()},
			Room: &room.Store{DB: database, Answered: escalations.AnswerInMeeting}, Escalations: &escalations.Store{DB: database}, Invitations: invitations.Store{DB: database, Sender: "quorate@example.org"},
		}, timeline)
	}
	if err != nil {
		t.Fatal(err)
	}
	return database
}

// Somebody tries the product on a Sunday night or at Christmas, and must find a meeting about to begin.
func TestLiveMeetingsBeginInTenMinutesWhateverTheHour(t *testing.T) {
	t.Parallel()
	for name, present := range map[string]time.Time{
		"SundayNight":     clock.MustDate("2026-11-22").At(23, 55),
		"ChristmasDay":    clock.MustDate("2026-12-25").At(15, 0),
		"LeapDay":         clock.MustDate("2028-02-29").At(9, 5),
		"AutumnClockBack": clock.MustDate("2026-10-25").At(0, 55),
		"NewYearsEve":     clock.MustDate("2026-12-31").At(23, 55),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := load(t, present)
			var soon, waiting int
			err := database.Read(context.Background(), access.System("test"), func(tx db.Tx) error {
				err := tx.Raw(`select count(*) from meeting where starts_at between ? and ? and agenda_version = 1 and status = 'scheduled'`,
					present.Add(9*time.Minute), present.Add(11*time.Minute)).Row().Scan(&soon)
				if err != nil {
					return err
				}
				return tx.Raw(`select count(*) from escalation where state = 'waiting'`).Row().Scan(&waiting)
			})
			if err != nil || soon != 2 || waiting < 1 {
				t.Errorf("%d meetings about to begin, %d escalations waiting, %v", soon, waiting, err)
			}
		})
	}
}

// A newcomer who opens a first agenda marked late thinks that late is how things are done here.
func TestAgendasOfTheStoryAreOutInTime(t *testing.T) {
	t.Parallel()
	for _, present := range []time.Time{clock.MustDate("2026-11-24").At(9, 50), clock.MustDate("2026-12-29").At(10, 0), clock.MustDate("2027-04-06").At(8, 0)} {
		t.Run(clock.DateOf(present).String(), func(t *testing.T) {
			t.Parallel()
			database := load(t, present)
			var versions []agendas.Version
			var backwards int
			err := database.Read(context.Background(), access.System("test"), func(tx db.Tx) error {
				if err := tx.Where("version = 1 and meeting_id in (select id from meeting where kind = 'held')").Find(&versions).Error; err != nil {
					return err
				}
				return tx.Raw(`select count(*) from agenda_version v join meeting m on m.id = v.meeting_id where m.kind = 'held' and (v.published_at <= m.created_at or v.published_at >= m.starts_at)`).Row().Scan(&backwards)
			})
			if err != nil || len(versions) < 4 || backwards > 0 {
				t.Fatalf("%d agendas are out, %d before they were called or after they began: %v", len(versions), backwards, err)
			}
			for _, v := range versions {
				if v.Late() {
					t.Errorf("out on %s, and had to be by %s", clock.DateOf(v.PublishedAt), v.DueOn)
				}
			}
		})
	}
}

// What nobody meets in the demo nobody learns: each thing that waits for somebody waits there, at any time of the year.
func TestTheStoryLeavesSomethingForEverybody(t *testing.T) {
	t.Parallel()
	for _, present := range []time.Time{clock.MustDate("2026-11-24").At(9, 50), clock.MustDate("2026-12-29").At(10, 0)} {
		t.Run(clock.DateOf(present).String(), func(t *testing.T) {
			t.Parallel()
			database := load(t, present)
			err := database.Read(context.Background(), access.System("test"), func(tx db.Tx) error {
				for what, query := range map[string]string{
					"a position to confirm or dispute":  `select count(*) from written_position where answered_at is null and answer_by >= @today`,
					"a disputed position":               `select count(*) from written_position where disputed`,
					"a vote by correspondence":          `select count(*) from vote v join meeting m on m.id = v.meeting_id where m.kind = 'correspondence' and v.closed_at is null and m.ends_at > @now`,
					"a chair’s action to ratify":        `select count(*) from due d join decision x on x.id = d.source_id join meeting m on m.id = x.meeting_id where d.kind = 'ratify' and d.done_at is null and m.kind = 'chairs_action'`,
					"a consent list ahead":              `select count(*) from consent_item c join meeting m on m.id = c.meeting_id where c.taken_off_at is null and c.decided_at is null and m.starts_at > @now`,
					"a recommendation for its officer":  `select count(*) from decision_answerer where kind = 'authorisation' and officer`,
					"a provisional decision to endorse": `select count(*) from decision_answerer where kind = 'endorsement'`,
				} {
					var n int
					if err := tx.Raw(`with clock as (select cast(@now as timestamptz), cast(@today as date)) `+query, map[string]any{"now": tx.Now, "today": tx.Today()}).Row().Scan(&n); err != nil {
						return err
					}
					if n == 0 {
						t.Errorf("nobody meets %s", what)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// The messy tracker shows each treatment a row can get; if it stops being messy the demo shows nothing.
func TestMessyTrackerIsMessy(t *testing.T) {
	t.Parallel()
	database := load(t, clock.MustDate("2026-11-24").At(9, 50))
	ctx := context.Background()
	file, err := demo.MessyTracker(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	store := tracker.Store{DB: database, Files: files.InMemory()}
	result, err := store.RunImport(ctx, access.System("import"), "messy-tracker.xlsx", file, tracker.ImportOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	of := result.Import
	if of.NewCount != 3 || of.ChangedCount < 5 || of.UnchangedCount < 40 || len(result.Warnings) == 0 || len(result.Errors) < 4 {
		t.Errorf("new %d, changed %d, unchanged %d, warnings %v, errors %v", of.NewCount, of.ChangedCount, of.UnchangedCount, result.Warnings, result.Errors)
	}
}
