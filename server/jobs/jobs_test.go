package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/jobs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type reminder struct {
	To string `json:"to"`
}

func (reminder) Kind() string { return "test.reminder" }

// diary notes what was done, in order.
type diary struct {
	mu    sync.Mutex
	lines []string // protected by mu
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, " ")
}

func enqueue(t *testing.T, d *db.DB, list ...db.Job) {
	t.Helper()
	if err := d.Write(t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Enqueue(list...) }); err != nil {
		t.Fatal(err)
	}
}

func newRunner(t *testing.T, config jobs.Config) *jobs.Runner {
	t.Helper()
	if config.Registry == nil {
		config.Registry = jobs.NewRegistry()
	}
	r, err := jobs.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tickAndDrain does everything that is due.
func tickAndDrain(t *testing.T, runners ...*jobs.Runner) {
	t.Helper()
	for _, r := range runners {
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range runners {
		if _, err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A reminder sent before its time, or never, makes people stop trusting reminders.
func TestJobForLaterWaitsForTheProductsClock(t *testing.T) {
	t.Parallel()
	d, now := dbtest.NewAt(t)
	var done diary
	registry := jobs.NewRegistry()
	jobs.Handle(registry, func(_ context.Context, r reminder) error { done.note(r.To); return nil })
	r := newRunner(t, jobs.Config{DB: d, Registry: registry})
	enqueue(t, d,
		db.Job{Args: reminder{"week"}, At: now.Now().AddDate(0, 0, 7)},
		db.Job{Args: reminder{"day"}, At: now.Now().AddDate(0, 0, 1)},
		db.Job{Args: reminder{"now"}},
		db.Job{Args: reminder{"overdue"}, At: now.Now().Add(-time.Hour)})
	tickAndDrain(t, r)
	if got := done.String(); got != "now overdue" {
		t.Errorf("done at once: %q", got)
	}
	now.Advance(24 * time.Hour)
	tickAndDrain(t, r)
	now.Advance(30 * 24 * time.Hour)
	tickAndDrain(t, r)
	if got := done.String(); got != "now overdue day week" {
		t.Errorf("done: %q", got)
	}
}

// The board's digest must go out once a period: not twice from two replicas, and not five times after
// a long weekend with the server off.
func TestMissedPeriodIsCaughtUpOnceAndNeverTwice(t *testing.T) {
	t.Parallel()
	url := dbtest.NewURL(t)
	now := clock.NewManual(dbtest.Begin) // Thursday 26 November 2026, 9:30am
	var done diary
	replica := func() *jobs.Runner {
		d := dbtest.Open(t, db.Config{URL: url, Clock: now.Now})
		return newRunner(t, jobs.Config{DB: d, Table: []jobs.Job{{
			Name: "digest", Schedule: "0 6 * * *",
			Run: func(_ context.Context, due time.Time) error { done.note(due.Format("02T15:04Z")); return nil },
		}}})
	}
	one, two := replica(), replica()
	tickAndDrain(t, one, two)
	if got := done.String(); got != "" {
		t.Errorf("a job seen for the first time is owed nothing, but ran for %s", got)
	}
	for _, to := range []time.Time{
		time.Date(2026, 11, 27, 5, 59, 59, 0, time.UTC),
		time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 27, 6, 0, 1, 0, time.UTC),
		time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC), // four mornings missed
		time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC),
		time.Date(2026, 12, 2, 6, 30, 0, 0, time.UTC),
	} {
		now.Set(to)
		tickAndDrain(t, one, two)
	}
	restarted := replica()
	tickAndDrain(t, restarted)
	if got, want := done.String(), "27T06:00Z 01T06:00Z 02T06:00Z"; got != want {
		t.Errorf("ran for %s, want %s", got, want)
	}
}

// Both replicas wake in the same second; the unique row, not luck, must decide.
func TestReplicasAtTheSameMomentStartAPeriodOnce(t *testing.T) {
	t.Parallel()
	url := dbtest.NewURL(t)
	now := clock.NewManual(dbtest.Begin)
	var done diary
	var replicas []*jobs.Runner
	for range 4 {
		d := dbtest.Open(t, db.Config{URL: url, Clock: now.Now, MaxConns: 2})
		replicas = append(replicas, newRunner(t, jobs.Config{DB: d, Table: []jobs.Job{{
			Name: "minute", Schedule: "* * * * *",
			Run: func(_ context.Context, due time.Time) error { done.note(due.Format("04")); return nil },
		}}}))
	}
	tickAndDrain(t, replicas...)
	for range 5 {
		now.Advance(time.Minute)
		var together sync.WaitGroup
		for _, r := range replicas {
			together.Go(func() {
				if err := r.Tick(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		if _, err := replicas[0].Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := done.String(); got != "31 32 33 34 35" {
		t.Errorf("ran for minutes %s", got)
	}
}

// Six in the morning is six on the wall, in winter and in summer.
func TestScheduleIsLondonTime(t *testing.T) {
	t.Parallel()
	d, now := dbtest.NewAt(t)
	var done diary
	r := newRunner(t, jobs.Config{DB: d, Table: []jobs.Job{{
		Name: "morning", Schedule: "0 6 * * *",
		Run: func(_ context.Context, due time.Time) error { done.note(due.Format("01-02T15:04Z")); return nil },
	}}})
	now.Set(clock.MustDate("2027-03-27").At(5, 0))
	tickAndDrain(t, r)
	for day := clock.MustDate("2027-03-27"); day.Before(clock.MustDate("2027-03-30")); day = day.AddDays(1) {
		now.Set(day.At(7, 0))
		tickAndDrain(t, r)
	}
	if got, want := done.String(), "03-27T06:00Z 03-28T05:00Z 03-29T05:00Z"; got != want {
		t.Errorf("ran at %s, want %s", got, want)
	}
}

// A table with a mistake must stop the program at its start, not fail one night.
func TestTableIsChecked(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	run := func(context.Context, time.Time) error { return nil }
	for name, table := range map[string][]jobs.Job{
		"bad schedule": {{Name: "a", Schedule: "61 * * * *", Run: run}},
		"every":        {{Name: "a", Schedule: "@every 5m", Run: run}},
		"no name":      {{Schedule: "@daily", Run: run}},
		"no run":       {{Name: "a", Schedule: "@daily"}},
		"same name":    {{Name: "a", Schedule: "@daily", Run: run}, {Name: "a", Schedule: "@hourly", Run: run}},
	} {
		if _, err := jobs.New(jobs.Config{DB: d, Registry: jobs.NewRegistry(), Table: table}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// What a handler had in hand when it broke may be a young person's case.
func TestPanicIsReportedWithoutContent(t *testing.T) {
	t.Parallel()
	const secret = "canary-surname"
	var log bytes.Buffer
	d := dbtest.Open(t, db.Config{URL: dbtest.NewURL(t), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	registry := jobs.NewRegistry()
	jobs.Handle(registry, func(_ context.Context, r reminder) error { panic("cannot write to " + r.To) })
	r := newRunner(t, jobs.Config{DB: d, Registry: registry})
	enqueue(t, d, db.Job{Args: reminder{secret}})
	_, err := r.Drain(t.Context())
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("error: %v", err)
	}
	if text := log.String(); strings.Contains(text, secret) || !strings.Contains(text, "test.reminder") || !strings.Contains(text, "TestPanicIsReported") {
		t.Errorf("log: %s", text)
	}
}

// The real workers: done once, tried again when it failed, and nothing left running after Stop.
func TestWorkersDoRetryAndStop(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, db.Config{URL: dbtest.NewURL(t), MaxConns: 4, Log: slog.New(slog.DiscardHandler)})
	registry := jobs.NewRegistry()
	finished := make(chan string, 10)
	var failedOnce sync.Once
	jobs.Handle(registry, func(_ context.Context, r reminder) (err error) {
		if r.To == "unlucky" {
			failedOnce.Do(func() { err = errors.New("not this time") })
		}
		if err == nil {
			finished <- r.To
		}
		return err
	})
	beat := make(chan struct{}, 100)
	r := newRunner(t, jobs.Config{DB: d, Registry: registry, Pulse: []jobs.Duty{{
		Name: "beat", Run: func(context.Context) error { beat <- struct{}{}; return nil },
	}}})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	enqueue(t, d, db.Job{Args: reminder{"lucky"}}, db.Job{Args: reminder{"unlucky"}})
	got := map[string]int{<-finished: 1, <-finished: 1}
	if got["lucky"] != 1 || got["unlucky"] != 1 {
		t.Errorf("done: %v", got)
	}
	<-beat
	<-beat
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, err := r.Drain(t.Context()); again != 0 || err != nil || len(finished) != 0 {
		t.Errorf("left over: %d, %v, %d done twice", again, err, len(finished))
	}
}
