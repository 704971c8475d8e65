package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"quorate/server/base/db"
	"quorate/server/bench/attend"
)

// house is the demo's partnership, served by the built product from a scratch folder.
type house struct {
	binary  string // the built program
	folder  string
	private *db.Private
	db      *db.DB
	program *attend.Program
}

func open(ctx context.Context, binary string) (_ *house, err error) {
	h := &house{binary: binary}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.folder, err = os.MkdirTemp("", "quorate-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(h.folder, 0o711); err != nil {
		return nil, err
	}
	if h.private, err = db.OpenPrivate(ctx, db.PrivateConfig{DataDir: h.folder}); err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	if h.db, err = db.Open(ctx, db.Config{URL: h.private.OwnerURL(""), MaxConns: 4, Log: quiet}); err != nil {
		return nil, err
	}
	port, err := attend.FreePort()
	if err != nil {
		return nil, err
	}
	h.program, err = attend.Start(ctx, binary, port, "QUORATE_DATA_DIR="+h.folder, "QUORATE_DATABASE_URL=", "QUORATE_BASE_URL=")
	return h, err
}

// close leaves nothing behind.
func (h *house) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var failed []error
	if h.program != nil {
		failed = append(failed, h.program.Stop(ctx))
	}
	if h.db != nil {
		failed = append(failed, h.db.Close())
	}
	if h.private != nil {
		failed = append(failed, h.private.Release(ctx))
		gone, err := db.DiscardPrivate(ctx, h.folder)
		if err == nil && !gone {
			err = fmt.Errorf("the Postgres of %s is still in use", h.folder)
		}
		failed = append(failed, err)
	}
	return errors.Join(append(failed, os.RemoveAll(h.folder))...)
}

// bareTable makes a table like one of the product's, with its indexes and nothing else, and a
// connection of the kind that has no product around it.
func (h *house) bareTable(ctx context.Context, name string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, h.private.OwnerURL(""))
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "create schema if not exists bare; create table bare."+name+" (like "+name+" including all)"); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}
