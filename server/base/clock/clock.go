// Package clock says what time it is, what a day is, and how Europe/London writes them.
package clock

import (
	"sync"
	"time"
	_ "time/tzdata" // a bare machine may hold no time zones; Europe/London must always load
)

// London is Europe/London, the only zone people see.
var London = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // impossible: tzdata is embedded
	}
	return zone
}

// A Clock tells the current instant. It is passed in; nothing that decides calls time.Now.
type Clock func() time.Time

// System is the machine's own clock.
func System() time.Time { return time.Now() }

// StartingAt is a clock that reads start now and then runs at the usual pace.
func StartingAt(start time.Time) Clock {
	began := time.Now()
	return func() time.Time { return start.Add(time.Since(began)) }
}

// Manual is a clock for tests: it stands still until it is moved.
type Manual struct {
	mu  sync.Mutex
	now time.Time // protected by mu
}

// NewManual returns a clock standing at now.
func NewManual(now time.Time) *Manual { return &Manual{now: now} }

// Now reads the clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock forward by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// Set moves the clock to now.
func (m *Manual) Set(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
}
