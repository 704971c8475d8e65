// Package demo makes a fictional partnership, with a past, so that a newcomer can watch a panel meet ten minutes after starting.
package demo

import (
	"context"
	"sync"
	"time"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/escalations"
	"quorate/panels/invitations"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Stores are the use cases the demo plays its people's parts through.
type Stores struct {
	DB          *db.DB
	Panels      panels.Store
	Agendas     agendas.Store
	Tracker     tracker.Store
	Requests    requests.Store
	Room        *room.Store
	Escalations *escalations.Store
	Invitations invitations.Store
}

// Timeline is the demo's clock. While the past is being made it reads an instant that the story sets;
// afterwards it is the clock it was given.
type Timeline struct {
	present clock.Clock
	mu      sync.Mutex
	past    time.Time // protected by mu; zero: the present
}

// NewTimeline returns a timeline that stands in the present.
func NewTimeline(present clock.Clock) *Timeline { return &Timeline{present: present} }

// Now reads the clock.
func (t *Timeline) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.past.IsZero() {
		return t.present()
	}
	t.past = t.past.Add(time.Millisecond) // things that follow one another are seen to
	return t.past
}

// Present is the clock the timeline was given.
func (t *Timeline) Present() time.Time { return t.present() }

// Go moves to an instant of the past.
func (t *Timeline) Go(to time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.past = to
}

// Return goes back to the present for good.
func (t *Timeline) Return() { t.Go(time.Time{}) }

// teller tells the story: it holds what is needed from one scene to the next.
type teller struct {
	Stores
	time     *Timeline
	today    clock.Date
	admin    access.Actor
	agencies map[panels.AgencyKind]panels.Agency
	outside  panels.Agency // another council
	families panels.Agency // young people, and who supports them
	people   map[string]panels.Person
	forums   map[string]panels.Forum
	cases    []tracker.Case // the presenter’s, the costliest first
}

// Load makes the partnership in an empty database. It tells nothing twice: a database whose demo is
// complete is left as it is.
func Load(ctx context.Context, stores Stores, timeline *Timeline) error {
	var loaded bool
	err := stores.DB.Read(ctx, setUp, func(tx db.Tx) error {
		return tx.Raw(`select exists(select from demo where loaded_at is not null)`).Row().Scan(&loaded)
	})
	if err != nil || loaded {
		return err
	}
	t := &teller{
		Stores: stores, time: timeline, today: clock.DateOf(timeline.Present()), admin: setUp,
		agencies: map[panels.AgencyKind]panels.Agency{}, people: map[string]panels.Person{}, forums: map[string]panels.Forum{},
	}
	defer timeline.Return()
	for _, scene := range []func(context.Context) error{t.partnership, t.tracker, t.past, t.ahead, t.present, t.lately} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	timeline.Return()
	if err := stores.Invitations.Adopt(ctx, setUp); err != nil { // everybody has their year in their calendar already
		return err
	}
	return stores.DB.Write(ctx, setUp, func(tx db.Tx) error {
		return tx.Exec(`update demo set loaded_at = ?`, tx.Now).Error
	})
}

// setUp is whoever starts the demo: it administers the partnership it makes.
var setUp = access.Actor{System: "demo", Administrator: true}
