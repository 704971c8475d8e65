package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/robfig/cron/v3"

	"quorate/server/base/db"
)

// Job is one row of the table of what runs when.
type Job struct {
	Name string // for good: it is kept with what has run
	// Schedule is in cron's five fields, in Europe/London unless it begins with CRON_TZ=. Between 1am
	// and 2am an hour is skipped in March and repeated in October: choose another.
	Schedule string
	// Run does the work of one period, which fell due at due. It is done at least once and must bear
	// being called again; on an error it is called again for some hours.
	Run func(ctx context.Context, due time.Time) error
}

type scheduled struct {
	Job
	schedule cron.Schedule
	next     time.Time // nothing is due before it; protected by Runner.ticking
}

func readTable(table []Job) ([]*scheduled, error) {
	var schedules []*scheduled
	seen := map[string]bool{}
	for _, job := range table {
		if job.Name == "" || job.Run == nil || seen[job.Name] {
			return nil, fmt.Errorf("jobs: the table needs a name of its own and a Run for %q", job.Name)
		}
		seen[job.Name] = true
		spec := job.Schedule
		if !strings.HasPrefix(spec, "CRON_TZ=") {
			spec = "CRON_TZ=Europe/London " + spec
		}
		schedule, err := cron.ParseStandard(spec)
		if err != nil {
			return nil, fmt.Errorf("jobs: the schedule of %q: %w", job.Name, err)
		}
		if _, ok := schedule.(*cron.SpecSchedule); !ok {
			return nil, fmt.Errorf("jobs: the schedule of %q must name times of the clock: two processes would not agree on @every", job.Name)
		}
		schedules = append(schedules, &scheduled{Job: job, schedule: schedule})
	}
	return schedules, nil
}

// period is the event that a scheduled job fell due.
type period struct {
	Name string    `json:"name"`
	Due  time.Time `json:"due"`
}

// Kind names the event in the queue.
func (period) Kind() string { return "jobs.period" }

// InsertOpts bounds the tries to some hours: the next period comes.
func (period) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 10} }

// Tick looks at the product's clock and sends what is due to the queue: jobs that were for later, and
// scheduled jobs whose period has come since they were last started. Of several periods missed, while
// the machine was off or the clock was moved on, the latest is run, once. Any number of processes may
// call it at once: a period has one row, whoever writes it first.
//
// A job that has never been seen before is not owed anything: its first period is the next one.
func (r *Runner) Tick(ctx context.Context) error {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	if err := r.release(ctx); err != nil {
		return fmt.Errorf("jobs: release what was for later: %w", err)
	}
	for _, s := range r.schedules {
		if r.db.Now().Before(s.next) {
			continue
		}
		if err := r.startPeriod(ctx, s); err != nil {
			return fmt.Errorf("jobs: start %s: %w", s.Name, err)
		}
	}
	return nil
}

func (r *Runner) startPeriod(ctx context.Context, s *scheduled) error {
	var next time.Time
	err := r.db.Write(ctx, actor, func(tx db.Tx) error {
		var last sql.NullTime
		if err := tx.Raw(`select max(due_at) from job_run where name = ?`, s.Name).Scan(&last).Error; err != nil {
			return err
		}
		if !last.Valid {
			next = s.schedule.Next(tx.Now)
			return tx.Exec(`insert into job_run (name, due_at, done_at) values (?, ?, ?) on conflict do nothing`,
				s.Name, tx.Now, tx.Now).Error
		}
		due := latestDue(s.schedule, last.Time, tx.Now)
		if due.IsZero() {
			next = s.schedule.Next(last.Time)
			return nil
		}
		next = s.schedule.Next(due)
		claim := tx.Exec(`insert into job_run (name, due_at) values (?, ?) on conflict do nothing`, s.Name, due)
		if claim.Error != nil || claim.RowsAffected == 0 {
			return claim.Error // another process was first
		}
		return tx.Enqueue(db.Job{Args: period{Name: s.Name, Due: due}})
	})
	if err == nil {
		s.next = next
	}
	return err
}

// latestDue is the last time after last and no later than now that the schedule names, or zero.
// It looks at the last hour first, then further back: a frequent job that was off for long would
// otherwise be walked through minute by minute.
func latestDue(schedule cron.Schedule, last, now time.Time) time.Time {
	for _, back := range []time.Duration{time.Hour, 48 * time.Hour, 40 * 24 * time.Hour} {
		from := now.Add(-back)
		if from.After(last) && !schedule.Next(from).After(now) {
			last = from
			break
		}
	}
	var due time.Time
	for next := schedule.Next(last); !next.IsZero() && !next.After(now); next = schedule.Next(next) {
		due = next
	}
	return due.UTC()
}

// runPeriod does a scheduled job's work for one period, and notes that it is done.
func (r *Runner) runPeriod(ctx context.Context, p period) error {
	for _, s := range r.schedules {
		if s.Name != p.Name {
			continue
		}
		if err := s.Run(ctx, p.Due); err != nil {
			return err
		}
		return r.db.Write(ctx, actor, func(tx db.Tx) error {
			return tx.Exec(`update job_run set done_at = ? where name = ? and due_at = ?`, tx.Now, p.Name, p.Due).Error
		})
	}
	return nil // the table no longer has it
}

const releaseAtOnce = 500

// later is a job that waited in job_later.
type later struct {
	kind string
	args json.RawMessage
}

func (l later) Kind() string                 { return l.kind }
func (l later) MarshalJSON() ([]byte, error) { return l.args, nil }

// release sends what has become due to the queue, in the order it became so.
func (r *Runner) release(ctx context.Context) error {
	for {
		type row struct {
			ID         int64
			Kind, Args string
		}
		var rows []row
		err := r.db.Write(ctx, actor, func(tx db.Tx) error {
			rows = nil
			err := tx.Raw(`with due as (
					delete from job_later where id in (
						select id from job_later where due_at <= ? order by due_at, id limit ? for update skip locked)
					returning id, kind, args, due_at)
				select id, kind, args::text from due order by due_at, id`, tx.Now, releaseAtOnce).Scan(&rows).Error
			if err != nil || len(rows) == 0 {
				return err
			}
			jobs := make([]db.Job, len(rows))
			for i, row := range rows {
				jobs[i] = db.Job{Args: later{kind: row.Kind, args: json.RawMessage(row.Args)}}
			}
			return tx.Enqueue(jobs...)
		})
		if err != nil || len(rows) < releaseAtOnce {
			return err
		}
	}
}
