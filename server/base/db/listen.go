package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// A listener that hears nothing for this long asks whether anybody is still there.
const quiet = 30 * time.Second

type notice struct{ channel, payload string }

// Notify tells every listener on channel, in all processes. It takes a connection of its own: inside
// a transaction use tx.Notify. A notice is a hint that may be lost, so it does not wait for the disk.
func (d *DB) Notify(ctx context.Context, channel, payload string) error {
	_, err := d.pool.Exec(ctx, "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", channel, payload)
	return translate(ctx, err)
}

// Listen calls heard for each notice on channel until ctx ends, on one connection outside the pool,
// which it opens again by itself when it breaks. A notice sent while it was broken is lost, so resync
// is called each time listening begins, the first time too: read then what you lack.
// Both are called one after the other, from the goroutine that called Listen.
func (d *DB) Listen(ctx context.Context, channel string, heard func(payload string), resync func()) {
	const shortest, longest = 100 * time.Millisecond, 5 * time.Second
	wait := shortest
	for ctx.Err() == nil {
		began := time.Now()
		err := d.listenOnce(ctx, channel, heard, resync)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > longest {
			wait = shortest
		}
		d.log.Warn("listening to the database broke off; trying again", "channel", channel, "error", err, "wait", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, longest)
	}
}

func (d *DB) listenOnce(ctx context.Context, channel string, heard func(string), resync func()) error {
	conn, err := pgx.ConnectConfig(ctx, d.direct.Copy())
	if err != nil {
		return translate(ctx, err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing) // it is going away either way
	}()
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return translate(ctx, err)
	}
	resync()
	for {
		waiting, cancel := context.WithTimeout(ctx, quiet)
		n, err := conn.WaitForNotification(waiting)
		cancel()
		switch {
		case err == nil:
			heard(n.Payload)
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			if err := conn.Ping(ctx); err != nil {
				return translate(ctx, err)
			}
		default:
			return translate(ctx, err)
		}
	}
}
