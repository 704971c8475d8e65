package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"quorate/server/auth"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/web"
)

// options is what a server is made from.
type options struct {
	network  Network
	database *db.DB
	clock    clock.Clock
	log      *slog.Logger
	demo     bool
	ready    func(*app) // told once the server answers
}

// app is the product: its stores, its pages, its rooms and what runs in the background.
type app struct {
	options
	base     *url.URL
	auth     *auth.Store
	site     *web.Site
	draining atomic.Bool // the server is stopping: a load balancer sends nobody new

	background sync.WaitGroup
	end        context.CancelFunc
}

// newApp makes every part and hands each what it needs, in the order of the product's sentence.
func newApp(ctx context.Context, o options, listening net.Addr) (*app, error) {
	base, err := o.network.baseURL(listening)
	if err != nil {
		return nil, err
	}
	a := &app{options: o, base: base, auth: auth.New(o.database)}
	a.site = &web.Site{
		DB: o.database, Auth: a.auth,
		BaseURL: base, Demo: o.demo, ProtectiveMark: o.network.ProtectiveMark, TrustProxy: o.network.TrustProxy, Log: o.log, Clock: o.clock,
	}
	return a, nil
}

// handler answers every request of the product.
func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", a.readiness)
	mux.Handle("/", a.site.Handler(nil))
	return mux
}

// readiness says whether this replica can take requests: it is not stopping and its database answers.
func (a *app) readiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	switch {
	case a.draining.Load():
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	case a.database.Ping(ctx) != nil:
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
	default:
		_, _ = w.Write([]byte("ready\n"))
	}
}

// start sets going what runs beside the requests.
func (a *app) start(ctx context.Context) error {
	ctx, a.end = context.WithCancel(ctx)
	a.every(ctx, time.Second, "seal the audit trail", func(ctx context.Context) error {
		_, err := audit.Seal(ctx, a.database)
		return err
	})
	return nil
}

// stop waits for what start set going.
func (a *app) stop(context.Context) {
	a.end()
	a.background.Wait()
}

// every runs do once a period until ctx ends. A failure is logged and the next period tries again.
func (a *app) every(ctx context.Context, period time.Duration, what string, do func(context.Context) error) {
	a.background.Add(1)
	go func() {
		defer a.background.Done()
		tick := time.NewTicker(period)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := do(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("a background task failed", "task", what, "error", err)
			}
		}
	}()
}
