package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"quorate/server/base/db"
)

type serveCommand struct {
	Network `embed:""`
}

// Run serves the product until the program is told to stop.
func (c *serveCommand) Run(ctx context.Context, s *Settings) error {
	if s.Clock != "" {
		return errors.New("QUORATE_CLOCK sets the time of the demo only: start “quorate demo”, or unset it")
	}
	now, err := s.clock()
	if err != nil {
		return err
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
	if err := refuseDemo(ctx, database); err != nil {
		return err
	}
	kept, err := s.files(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	return serve(ctx, options{network: c.Network, database: database, files: kept, clock: now, log: log})
}

// The limits of the HTTP server. A page is read and answered well within them; sockets and long
// polling set their own deadlines.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 2 * time.Minute // a tracker of 100,000 rows over a slow line
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
)

// collectAt is how much garbage there may be, in per cent of what is in use, before it is collected: twice
// Go's own, because what is in use is little and each collection takes a processor from the room.
const collectAt = 200

// serve listens, starts what runs in the background, and answers until ctx ends. Stopping is in
// order: no new requests, sockets told to come back, what was asked is answered, jobs end, done.
func serve(ctx context.Context, o options) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	listener, err := net.Listen("tcp", o.network.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w. Set QUORATE_ADDR to a free address", o.network.Addr, err)
	}
	product, err := newApp(ctx, o, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: product.handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(o.log.Handler(), slog.LevelDebug),
	}
	if o.demo { // what its story set in motion is done by the time anybody looks
		if _, err := product.jobs.Drain(ctx); err != nil {
			o.log.Warn("a job of the demo’s story failed; it is tried again", "error", err)
		}
	}
	if err := product.jobs.Start(ctx); err != nil {
		return errors.Join(err, product.stopInbound(ctx), listener.Close())
	}
	follow, endFollowing := context.WithCancel(context.WithoutCancel(ctx))
	following := make(chan struct{})
	go func() {
		defer close(following)
		product.live.Run(follow)
	}()
	failed := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	o.log.Info("serving", "address", product.base.String())
	if o.ready != nil {
		o.ready(product)
	}

	select {
	case err = <-failed:
	case <-ctx.Done():
		o.log.Info("stopping")
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	product.draining.Store(true)
	err = errors.Join(err, product.live.Stop(stopping)) // first: a long poll is a request that would be waited for
	if stopErr := server.Shutdown(stopping); stopErr != nil {
		err = errors.Join(err, stopErr)
	}
	err = errors.Join(err, product.stopInbound(stopping))
	endFollowing()
	<-following
	return errors.Join(err, product.jobs.Stop(stopping))
}

// stopInbound answers the replies in hand and takes no more.
func (a *app) stopInbound(ctx context.Context) error {
	if a.inbound == nil {
		return nil
	}
	return a.inbound.Stop(ctx)
}
