package room

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// asked is a command that waits for its answer.
type asked struct {
	ctx      context.Context
	actor    access.Actor
	command  Command
	answered chan struct{} // closed once the answer is there
	reply    Reply
	err      error
}

// late reports whether whoever asked has given up by now, and answers that nothing was recorded.
func (a *asked) late() bool {
	if !errors.Is(a.ctx.Err(), context.DeadlineExceeded) {
		return false
	}
	a.reply, a.err = Reply{}, fault.New(fault.Unavailable, "This took too long, and nothing was recorded. Try again in a moment.")
	return true
}

// queues are the commands that wait, by meeting. Those that come while one is being made durable are taken
// together next, so that a room in which everybody votes at once waits for the disk once, not once each.
type queues struct {
	mu      sync.Mutex
	waiting map[uuid.UUID][]*asked // protected by mu; a meeting that is here is being served
}

// mostTogether bounds how much one transaction holds, and how long the last of many waits for the first.
const mostTogether = 64

// add queues a command, and has the meeting's queue served if nobody does.
func (q *queues) add(meeting uuid.UUID, a *asked, do func(meeting uuid.UUID, together []*asked)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == nil {
		q.waiting = make(map[uuid.UUID][]*asked)
	}
	_, served := q.waiting[meeting]
	q.waiting[meeting] = append(q.waiting[meeting], a)
	if !served {
		go q.serve(meeting, do)
	}
}

// serve does what waits for a meeting until nothing does.
func (q *queues) serve(meeting uuid.UUID, do func(meeting uuid.UUID, together []*asked)) {
	for {
		q.mu.Lock()
		waiting := q.waiting[meeting]
		if len(waiting) == 0 {
			delete(q.waiting, meeting)
			q.mu.Unlock()
			return
		}
		together := waiting[:min(len(waiting), mostTogether)]
		q.waiting[meeting] = waiting[len(together):]
		q.mu.Unlock()
		answer(together, func() { do(meeting, together) })
	}
}

// answer does commands and answers each, even when doing them panics: a mistake in one must not leave the
// others, and whoever comes after them, waiting.
func answer(together []*asked, do func()) {
	defer func() {
		if failure := recover(); failure != nil {
			for _, one := range together {
				one.reply, one.err = Reply{}, errors.Join(errPanicked, fmt.Errorf("%T\n%s", failure, debug.Stack())) // never its value: it may hold a name
			}
		}
		for _, one := range together {
			close(one.answered)
		}
	}()
	do()
}

var errPanicked = errors.New("room: a command ended unexpectedly")
