// Package jobs does what was promised for later, and what the calendar says is due, even when the
// machine stopped in between.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// A job that takes longer is stopped and tried again.
const longest = 2 * time.Minute

// One whose process died is given to another after this.
const abandoned = 5 * time.Minute

var actor = access.System("jobs")

// Config says what there is to do.
type Config struct {
	DB       *db.DB
	Registry *Registry
	Table    []Job  // what runs when
	Pulse    []Duty // what each process does all the time
	Workers  int    // jobs done at once in this process; 0 means 4
}

// Duty is something small that every process does each second while it runs, such as sealing the
// audit trail. Its Run is not called again before it has returned.
type Duty struct {
	Name string
	Run  func(ctx context.Context) error
}

// Runner does jobs.
type Runner struct {
	db        *db.DB
	log       *slog.Logger
	registry  *Registry
	ticking   sync.Mutex
	schedules []*scheduled
	pulse     []Duty
	river     *river.Client[pgx.Tx]

	cancel context.CancelFunc // ends the pulse
	beats  sync.WaitGroup     // the pulse's goroutines
}

// New checks the table of jobs and makes a runner of it; nothing runs before Start, Tick or Drain.
func New(config Config) (*Runner, error) {
	r := &Runner{db: config.DB, log: config.DB.Log(), registry: config.Registry}
	if config.Workers == 0 {
		config.Workers = 4
	}
	var err error
	if r.schedules, err = readTable(config.Table); err != nil {
		return nil, err
	}
	Handle(config.Registry, r.runPeriod)
	r.pulse = append([]Duty{{Name: "see what is due", Run: r.Tick}}, config.Pulse...)
	r.river, err = river.NewClient(riverpgxv5.New(config.DB.Pool()), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: config.Workers}},
		Workers:              config.Registry.workers,
		ErrorHandler:         failures{r.log},
		Logger:               slog.New(onlyWarnings{r.log.Handler()}),
		JobTimeout:           longest,
		RescueStuckJobsAfter: abandoned,
		PollOnly:             config.DB.Pooled(),
		ReindexerSchedule:    river.NeverSchedule(), // the server's role does not own the indexes
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return r, nil
}

// Start begins doing jobs. End it with Stop; the end of ctx alone does not.
func (r *Runner) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := r.river.Start(ctx); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	ctx, r.cancel = context.WithCancel(ctx)
	for _, duty := range r.pulse {
		r.beats.Go(func() { r.beat(ctx, duty) })
	}
	return nil
}

// Stop lets the jobs in hand finish until ctx ends, then tells them to give up: they will be done again.
func (r *Runner) Stop(ctx context.Context) error {
	if r.cancel == nil {
		return nil
	}
	r.cancel()
	r.beats.Wait()
	err := r.river.Stop(ctx)
	if ctx.Err() != nil {
		now, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = r.river.StopAndCancel(now)
	}
	if err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// beat does one duty each second. A failure is said once, and again when it is over.
func (r *Runner) beat(ctx context.Context, duty Duty) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	failing := false
	for {
		err := duty.Run(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			r.log.Error("a duty fails; it is tried again each second", "duty", duty.Name, "error", err)
		case err == nil && failing:
			r.log.Info("a duty works again", "duty", duty.Name)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// failures reports jobs that went wrong; River then tries them again, later and later.
type failures struct{ log *slog.Logger }

func (f failures) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	report(f.log, job.Kind, job.ID, job.Attempt, err)
	return nil
}

// HandlePanic is for a panic outside the handlers, which catch their own.
func (f failures) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	report(f.log, job.Kind, job.ID, job.Attempt, &panicked{kind: fmt.Sprintf("%T", value), stack: []byte(trace)})
	return nil
}

// onlyWarnings keeps River's account of its days out of ours.
type onlyWarnings struct{ slog.Handler }

func (h onlyWarnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h onlyWarnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return onlyWarnings{h.Handler.WithAttrs(attrs)}
}

func (h onlyWarnings) WithGroup(name string) slog.Handler {
	return onlyWarnings{h.Handler.WithGroup(name)}
}

// Drain does every job that waits in the queue, here and now, one after the other, those that these
// jobs enqueue included, and says how many it did. It stops at the first that fails, which the queue
// will try again. It is for tests and for commands that end when the work is done; it does not look at
// what is due: call Tick first.
func (r *Runner) Drain(ctx context.Context) (done int, err error) {
	for {
		var job struct {
			ID      int64
			Kind    string
			Args    string
			Attempt int
		}
		err := r.db.Write(ctx, actor, func(tx db.Tx) error {
			return tx.Raw(`update river_job set state = 'running', attempt = attempt + 1, attempted_at = now()
				where id = (select id from river_job where state = 'available'
					order by priority, scheduled_at, id limit 1 for update skip locked)
				returning id, kind, args::text, attempt`).Scan(&job).Error
		})
		if err != nil || job.ID == 0 {
			return done, err
		}
		failure := r.handle(ctx, job.Kind, []byte(job.Args))
		err = r.db.Write(ctx, actor, func(tx db.Tx) error {
			if failure != nil {
				return tx.Exec(`update river_job set state = 'retryable', scheduled_at = now() + make_interval(secs => attempt ^ 4)
					where id = ?`, job.ID).Error
			}
			return tx.Exec(`update river_job set state = 'completed', finalized_at = now() where id = ?`, job.ID).Error
		})
		if failure != nil {
			report(r.log, job.Kind, job.ID, job.Attempt, failure)
			return done, errors.Join(fmt.Errorf("jobs: %s: %w", job.Kind, failure), err)
		}
		if err != nil {
			return done, err
		}
		done++
	}
}

func (r *Runner) handle(ctx context.Context, kind string, args []byte) error {
	do, known := r.registry.handlers[kind]
	if !known {
		return errors.New("nobody handles this kind of job")
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return do(ctx, args)
}
