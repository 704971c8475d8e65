package live

import (
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"quorate/server/base/access"
)

// longestQueue is how many messages may wait for one browser. One that falls further behind is let
// go, and catches up when it comes back.
const longestQueue = 64

// follower is one browser following one meeting, by socket or long poll.
type follower struct {
	meeting uuid.UUID
	signIn  uuid.UUID
	actor   atomic.Pointer[access.Actor] // read again each second
	after   int64                        // the number the browser says it has
	trusted bool                         // at that number it needs nothing: a long poll between two frames
	screen  bool                         // the big screen, which shows no names and does nothing

	admitted chan error    // one value: nil once the follower may be told, else why not
	queue    chan message  // what waits to be sent
	gone     chan struct{} // closed by dismiss
	once     sync.Once
	reason   byeReason // why; read after gone is closed

	told *told // owned by the gathering's goroutine
}

// told is what a follower was last sent.
type told struct {
	key      string // the audience it belonged to
	audience *audience
	me       []byte
}

func newFollower(meeting, signIn uuid.UUID, actor access.Actor, after int64) *follower {
	f := &follower{
		meeting: meeting, signIn: signIn, after: after,
		admitted: make(chan error, 1), queue: make(chan message, longestQueue), gone: make(chan struct{}),
	}
	f.actor.Store(&actor)
	return f
}

// admit answers, once, whether the follower may follow.
func (f *follower) admit(err error) {
	select {
	case f.admitted <- err:
	default: // answered before
	}
}

// send queues a message without ever waiting: nobody's slow line may hold up the others.
func (f *follower) send(m message) {
	select {
	case f.queue <- m:
	default:
		f.dismiss(byeSlow)
	}
}

// dismiss ends the following; the first reason counts.
func (f *follower) dismiss(reason byeReason) {
	f.once.Do(func() {
		f.reason = reason
		close(f.gone)
	})
}
