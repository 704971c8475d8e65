package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// Job is something to be done after the transaction commits: an event struct with a name.
type Job struct {
	// Args is the event; its Kind names it for good, like "meeting.cancelled", and it is kept as JSON:
	// ids and dates, never what somebody wrote.
	Args interface{ Kind() string }
	// At is when to do it by the product's clock, to the second; the zero time and the past mean now.
	At time.Time
	// UniqueKey, when set, makes this the only job of its kind with that key for ever, done or not:
	// enqueuing it again changes nothing.
	UniqueKey string
}

// Enqueue adds jobs to the transaction. Nobody sees them before it commits, and a rollback leaves
// nothing. A job is done at least once: its handler must bear being called again.
func (tx Tx) Enqueue(jobs ...Job) error {
	if !tx.run.writes {
		return errors.New("db: Enqueue in a Read")
	}
	var now []river.InsertManyParams
	for _, job := range jobs {
		if job.UniqueKey != "" {
			claim := tx.Exec(`insert into job_key (kind, key, claimed_at) values (?, ?, ?) on conflict do nothing`,
				job.Args.Kind(), job.UniqueKey, tx.Now)
			if claim.Error != nil {
				return fmt.Errorf("db: enqueue %s: %w", job.Args.Kind(), claim.Error)
			}
			if claim.RowsAffected == 0 {
				continue
			}
		}
		if !job.At.After(tx.Now) {
			now = append(now, river.InsertManyParams{Args: job.Args})
			continue
		}
		// River runs on the machine's time; what comes later waits for the product's clock.
		args, err := json.Marshal(job.Args)
		if err != nil {
			return fmt.Errorf("db: enqueue %s: %w", job.Args.Kind(), err)
		}
		if err := tx.Exec(`insert into job_later (kind, args, due_at) values (?, ?, ?)`,
			job.Args.Kind(), string(args), job.At.UTC()).Error; err != nil {
			return fmt.Errorf("db: enqueue %s: %w", job.Args.Kind(), err)
		}
	}
	if len(now) == 0 {
		return nil
	}
	if err := tx.insert(now); err != nil {
		return fmt.Errorf("db: enqueue: %w", err)
	}
	return nil
}

// insert is the bridge between GORM's transaction and River, which speaks pgx: River's rows go in
// through the same connection, in a savepoint that looks to River like a transaction.
func (tx Tx) insert(jobs []river.InsertManyParams) error {
	ctx := tx.Context()
	if err := tx.run.flush(ctx); err != nil {
		return err
	}
	return tx.run.driver(func(conn *pgx.Conn) error {
		savepoint, err := conn.BeginTx(ctx, pgx.TxOptions{
			BeginQuery:  "savepoint enqueue",
			CommitQuery: "release savepoint enqueue",
		})
		if err != nil {
			return err
		}
		if _, err := tx.run.db.river.InsertManyTx(ctx, savepoint, jobs); err != nil {
			return err // not savepoint.Rollback: that would end the whole transaction here; Write does
		}
		return savepoint.Commit(ctx)
	})
}
