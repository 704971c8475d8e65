package api

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Rate is how often a token may ask: Burst at once, then one more each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// DefaultRate is two a second on average, and a minute's worth at once: enough to read a year of two
// hundred forums in one go.
var DefaultRate = Rate{Burst: 120, Every: 500 * time.Millisecond}

// buckets holds how often each token may still ask. It is kept in memory: a limit in the database
// would write a row for each reading, which is what the limit is there to spare it. So it holds for
// each replica by itself. Only tokens found good have a bucket, and a full one is forgotten.
type buckets struct {
	rate  Rate
	clock clock.Clock

	mu   sync.Mutex
	held map[uuid.UUID]bucket // protected by mu
}

// bucket is how many askings were left at a time.
type bucket struct {
	left float64
	at   time.Time
}

// mostBuckets bounds the memory: at that many the full ones are dropped, and then all.
const mostBuckets = 10_000

func newBuckets(rate Rate, now clock.Clock) *buckets {
	return &buckets{rate: rate, clock: now, held: map[uuid.UUID]bucket{}}
}

// take uses one asking up; else it says how long to wait for the next.
func (b *buckets) take(token uuid.UUID) time.Duration {
	now := b.clock()
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.leftAt(token, now)
	if left < 1 {
		return time.Duration((1 - left) * float64(b.rate.Every))
	}
	if len(b.held) >= mostBuckets {
		b.forget(now)
	}
	b.held[token] = bucket{left: left - 1, at: now}
	return 0
}

func (b *buckets) leftAt(token uuid.UUID, now time.Time) float64 {
	held, known := b.held[token]
	if !known {
		return float64(b.rate.Burst)
	}
	return min(float64(b.rate.Burst), held.left+max(0, float64(now.Sub(held.at))/float64(b.rate.Every)))
}

func (b *buckets) forget(now time.Time) {
	for token := range b.held {
		if b.leftAt(token, now) >= float64(b.rate.Burst) {
			delete(b.held, token)
		}
	}
	if len(b.held) >= mostBuckets {
		clear(b.held)
	}
}
