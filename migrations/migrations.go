// Package migrations makes the tables and changes them, one numbered step at a time.
//
// A step is a file NNNNN_name.sql beginning with "-- +goose Up"; it is embedded by being here. Steps
// only go forward: what was wrong is put right by a later one. The owner runs them; each new table is
// open to the server's role by default, and a step that must narrow that says REVOKE.
// A step must leave the version of the product before it working, because replicas are replaced one
// at a time.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// Up brings the database to the newest step. Several processes may call it at once: one does the
// work and the others wait for it. It needs a connection of the owner's that no pooler shares out.
func Up(ctx context.Context, owner *sql.DB) error {
	steps, err := provider(owner)
	if err != nil {
		return err
	}
	if _, err := steps.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// Pending reports whether there are steps the database has not taken.
func Pending(ctx context.Context, owner *sql.DB) (bool, error) {
	steps, err := provider(owner)
	if err != nil {
		return false, err
	}
	pending, err := steps.HasPending(ctx)
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	return pending, nil
}

func provider(owner *sql.DB) (*goose.Provider, error) {
	// Ask each second for five minutes: a replica that waits for a long step should start soon after it.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, owner, files,
		goose.WithSessionLocker(locker),
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(2, &goose.GoFunc{RunDB: upRiver}, nil)),
		goose.WithAllowOutofOrder(true), // two changes in hand may take numbers in either order
		goose.WithSlog(slog.New(slog.DiscardHandler)),
	)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}

// Fingerprint changes whenever a step does; tests keep a ready-made database under it.
func Fingerprint() string {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		panic(err) // impossible: the files are in the program
	}
	fmt.Fprintf(hash, "river %d", riverVersion)
	return hex.EncodeToString(hash.Sum(nil)[:8])
}
