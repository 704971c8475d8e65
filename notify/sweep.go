package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

const (
	sweepMost = 500 // people read at once: what waits may be a million rows, and memory stays as it is
	// sweepFor is how long one sweep goes on. The next minute's takes over, in whichever process.
	sweepFor = 45 * time.Second
)

// DrainDue tells whatever is due to anybody: what a lost job, a crash, a hold or a weekend without a mail
// server left behind. It runs each minute, and when mail goes again. Whoever has waited longest is first,
// each person's messages keep their order, and a few people are written to side by side.
func (s *Store) DrainDue(ctx context.Context) error {
	ends := time.Now().Add(sweepFor)
	for {
		people, err := s.due(ctx)
		if err != nil || len(people) == 0 {
			return err
		}
		taken, err := s.drainAll(ctx, people, ends)
		if err != nil || taken == 0 || len(people) < sweepMost || time.Now().After(ends) {
			return err
		}
	}
}

// due is who has something due, whoever has waited longest first.
func (s *Store) due(ctx context.Context) (people []uuid.UUID, err error) {
	err = s.DB.Read(ctx, sender, func(tx db.Tx) error {
		return tx.Raw(`
			select recipient from outbox
			where state = 'waiting' and stood_at is null and stands_at <= @now
				or @sends and (state = 'waiting' and due_at <= @now or state = 'sending' and claimed_at <= @stale)
			group by recipient order by min(seq) limit @most`,
			map[string]any{"now": tx.Now, "stale": tx.Now.Add(-claimFor), "sends": s.Driver != nil, "most": sweepMost}).Scan(&people).Error
	})
	return people, err
}

// drainAll writes to these people, a few side by side, until all is sent or the time is up. What is wrong
// with one person's holds back nobody else's.
func (s *Store) drainAll(ctx context.Context, people []uuid.UUID, ends time.Time) (taken int, err error) {
	var (
		together sync.WaitGroup
		mu       sync.Mutex
		next     int     // protected by mu
		failed   []error // protected by mu
	)
	for range min(max(1, s.SideBySide), len(people)) {
		together.Go(func() {
			for {
				mu.Lock()
				at := next
				next++
				mu.Unlock()
				if at >= len(people) || time.Now().After(ends) || ctx.Err() != nil {
					return
				}
				n, err := s.drain(ctx, people[at])
				mu.Lock()
				taken += n
				failed = append(failed, err)
				mu.Unlock()
			}
		})
	}
	together.Wait()
	return taken, errors.Join(failed...)
}
