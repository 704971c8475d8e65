package main

import (
	"context"
	"database/sql"
	"fmt"

	"quorate/migrations"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

type migrateCommand struct{}

// Run brings the tables up to this version and says so.
func (migrateCommand) Run(ctx context.Context, s *Settings) error {
	database, err := db.Open(ctx, s.database(clock.System, s.log()))
	if err != nil {
		return err
	}
	defer database.Close()
	if err := migrate(ctx, database); err != nil {
		return err
	}
	fmt.Println("The database is up to date.")
	return nil
}

func migrate(ctx context.Context, database *db.DB) error {
	return database.AsOwner(ctx, func(owner *sql.DB) error { return migrations.Up(ctx, owner) })
}
