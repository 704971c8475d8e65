package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

type demoCommand struct {
	Network `embed:""`
}

// Run serves the fictional partnership, making it first when it is not there yet.
func (c *demoCommand) Run(ctx context.Context, s *Settings) error {
	now, err := s.clock()
	if err != nil {
		return err
	}
	if s.DatabaseURL == "" && s.DataDir == "" {
		s.DataDir = filepath.Join(os.TempDir(), fmt.Sprintf("quorate-demo-%d", os.Getuid()))
	}
	log := s.log()
	database, err := db.Open(ctx, s.database(now, log))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	if err := claimForDemo(ctx, database); err != nil {
		return err
	}
	return serve(ctx, options{network: c.Network, database: database, clock: now, log: log, demo: true})
}

// claimForDemo marks an empty database as the demo's and refuses one that holds anybody real.
func claimForDemo(ctx context.Context, database *db.DB) error {
	return database.Write(ctx, access.System("demo"), func(tx db.Tx) error {
		var demo, used bool
		if err := tx.Raw(`select exists(select from demo), exists(select from person)`).Row().Scan(&demo, &used); err != nil {
			return err
		}
		if demo {
			return nil
		}
		if used {
			return fault.New(fault.Conflict, "This database is in use and is not a demo’s, so the demo will not touch it. Set QUORATE_DATA_DIR to an empty folder, or QUORATE_DATABASE_URL to an empty database.")
		}
		return tx.Exec(`insert into demo (started_at) values (?)`, tx.Now).Error
	})
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
