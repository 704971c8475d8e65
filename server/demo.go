package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/migrations"
	"quorate/notify"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/invitations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/demo"
)

type demoCommand struct {
	Network `embed:""`
	Reset   bool `help:"Begin again: forget what was done in the demo."`
	Keep    bool `hidden:"" help:"Keep what was done however long ago, so that a test can let weeks pass."`
}

// stale is how old a demo may be when it is started: its meetings were made to begin ten minutes after
// it was first loaded, so an older one begins again.
const stale = 12 * time.Hour

// Run serves the fictional partnership, making it first when it is not there yet.
func (c *demoCommand) Run(ctx context.Context, s *Settings) error {
	present, err := s.clock()
	if err != nil {
		return err
	}
	if s.DatabaseURL == "" && s.DataDir == "" {
		s.DataDir = filepath.Join(os.TempDir(), fmt.Sprintf("quorate-demo-%d", os.Getuid()))
	}
	if os.Getenv("QUORATE_LOG_LEVEL") == "" {
		s.LogLevel = "warn" // what it prints is for the person who started it
	}
	log := s.log()
	timeline := demo.NewTimeline(present)
	database, err := db.Open(ctx, s.database(timeline.Now, log))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	if err := claimForDemo(ctx, database, c.Reset, c.Keep); err != nil {
		return err
	}
	kept, err := s.files(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	if c.InboundAddr == "" { // calendars' replies are taken on this machine alone
		c.InboundAddr, c.InboundDomain = "127.0.0.1:0", "reply.quorate.example.org"
	}
	err = demo.Load(ctx, demo.Stores{
		DB: database, Panels: panels.Store{DB: database}, Agendas: agendas.Store{DB: database}, Requests: requests.Store{DB: database}, Tracker: tracker.Store{DB: database, Files: kept},
		Room: &room.Store{DB: database, Answered: escalations.AnswerInMeeting}, Escalations: &escalations.Store{DB: database},
		Invitations: invitations.Store{DB: database, Sender: c.MailFrom, Inbound: c.InboundDomain},
	}, timeline)
	if err != nil {
		return err
	}
	mailbox := notify.DemoMailbox{DB: database}
	smtp, stop, err := mailbox.Listen()
	if err != nil {
		return err
	}
	c.SMTPURL = smtp
	err = serve(ctx, options{network: c.Network, database: database, files: kept, clock: timeline.Now, log: log, demo: true, ready: sayWhereToLook})
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(err, stop(ending))
}

func sayWhereToLook(a *app) {
	fmt.Printf(`
Quorate’s demo is at %s

Nobody in it is real. The sign-in page has a card for each role: choose one and you are them.
Two meetings begin in ten minutes: the funding panel (MAPaC) and the Central locality meeting.

To watch a vote, open these two windows and choose Join on Home in both:
  1. a window           %[1]s   as Chair of MAPaC
  2. a private window   %[1]s   as Member for the NHS

E-mail goes to the mailbox page, %[1]s/mailbox. Ctrl-C stops the demo; --reset begins again.
`, a.base)
}

// claimForDemo marks an empty database as the demo's and refuses one that holds anybody real. A demo
// that is stale, half made or to be reset is emptied first.
func claimForDemo(ctx context.Context, database *db.DB, reset, keep bool) error {
	var demos []struct {
		StartedAt time.Time
		LoadedAt  *time.Time
	}
	var used bool
	err := database.Read(ctx, access.System("demo"), func(tx db.Tx) error {
		if err := tx.Raw(`select started_at, loaded_at from demo`).Scan(&demos).Error; err != nil {
			return err
		}
		return tx.Raw(`select exists(select from person)`).Row().Scan(&used)
	})
	if err != nil {
		return err
	}
	if len(demos) == 0 && used {
		return fault.New(fault.Conflict, "This database is in use and is not a demo’s, so the demo will not touch it. Set QUORATE_DATA_DIR to an empty folder, or QUORATE_DATABASE_URL to an empty database.")
	}
	if len(demos) > 0 {
		if !reset && demos[0].LoadedAt != nil && (keep || database.Now().Sub(demos[0].StartedAt).Abs() < stale) {
			return nil
		}
		if err := database.AsOwner(ctx, empty); err != nil {
			return err
		}
	}
	return database.Write(ctx, access.System("demo"), func(tx db.Tx) error {
		return tx.Exec(`insert into demo (started_at) values (?)`, tx.Now).Error
	})
}

// empty takes every table away and makes them again.
func empty(owner *sql.DB) error {
	if _, err := owner.Exec(`drop schema public cascade; create schema public`); err != nil {
		return err
	}
	return migrations.Up(context.Background(), owner)
}

// refuseDemo keeps the product from serving a demo's database as if its people were real.
func refuseDemo(ctx context.Context, database *db.DB) error {
	var demo bool
	err := database.Read(ctx, access.System("serve"), func(tx db.Tx) error {
		return tx.Raw(`select exists(select from demo)`).Row().Scan(&demo)
	})
	if err == nil && demo {
		err = errors.New("this database belongs to the demo: start “quorate demo”, or set QUORATE_DATABASE_URL or QUORATE_DATA_DIR to another")
	}
	return err
}
