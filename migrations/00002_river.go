package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// riverVersion is the version of River's own tables that this step makes. An upgrade of River that
// brings a newer one gets a step of its own.
const riverVersion = 8

// upRiver makes the tables of the job queue. River takes its own small steps, each committed before
// the next (a later one uses an enum value an earlier one added) and each skipped when already taken.
func upRiver(ctx context.Context, owner *sql.DB) error {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return err
	}
	if config.ConnConfig, err = connConfig(ctx, owner); err != nil {
		return err
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion}); err != nil {
		return fmt.Errorf("river: %w", err)
	}
	return nil
}

// connConfig is how the owner's connections reach the database.
func connConfig(ctx context.Context, owner *sql.DB) (*pgx.ConnConfig, error) {
	conn, err := owner.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var config *pgx.ConnConfig
	err = conn.Raw(func(driverConn any) error {
		config = driverConn.(*stdlib.Conn).Conn().Config().Copy()
		return nil
	})
	return config, err
}
