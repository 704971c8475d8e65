package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/riverqueue/river"
)

// Event is what a job is about: a struct that the package which enqueues it declares, with a kind that
// never changes, kept as JSON.
type Event interface{ Kind() string }

// Registry knows who handles which kind of event. It is filled before the runner starts.
type Registry struct {
	workers  *river.Workers
	handlers map[string]func(ctx context.Context, args []byte) error
}

// NewRegistry is a registry that knows nobody yet.
func NewRegistry() *Registry {
	return &Registry{workers: river.NewWorkers(), handlers: map[string]func(context.Context, []byte) error{}}
}

// Handle registers do for events of type T. A job is done at least once: do re-reads the state, does
// nothing when there is nothing left to do, and bears being called again after it succeeded. When it
// returns an error it is called again, later and later, for about three weeks. Registering a kind
// twice is a mistake in the program and panics.
func Handle[T Event](r *Registry, do func(ctx context.Context, event T) error) {
	var zero T
	kind := zero.Kind()
	safely := func(ctx context.Context, event T) (err error) {
		defer func() {
			if value := recover(); value != nil {
				err = &panicked{kind: fmt.Sprintf("%T", value), stack: debug.Stack()}
			}
		}()
		return do(ctx, event)
	}
	river.AddWorker(r.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
		return safely(ctx, job.Args)
	}))
	r.handlers[kind] = func(ctx context.Context, args []byte) error {
		var event T
		if err := json.Unmarshal(args, &event); err != nil {
			return fmt.Errorf("jobs: %s: %w", kind, err)
		}
		return safely(ctx, event)
	}
}

// panicked stands for a panic. What was in hand may be somebody's case, so neither the log nor the
// queue's record of errors gets the value: the type and the place are enough to find it.
type panicked struct {
	kind  string
	stack []byte
}

func (p *panicked) Error() string { return "it panicked with a value of type " + p.kind }

// report writes a failed job to the log: which one and where, not what about.
func report(log *slog.Logger, kind string, id int64, attempt int, err error) {
	attrs := []any{"kind", kind, "job", id, "attempt", attempt, "error", err}
	var p *panicked
	if errors.As(err, &p) {
		attrs = append(attrs, "stack", string(p.stack))
	}
	log.Error("a job failed", attrs...)
}
