package live

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// gathering is one meeting as this process serves it: who follows it, and what each was last told.
// Its goroutine reads the meeting once for each wake, however many things happened meanwhile, works
// out what each audience sees, and sends each follower what is different for them.
type gathering struct {
	hub     *Hub
	meeting uuid.UUID
	wake    chan struct{} // holds one: the meeting may have moved since it was last read
	over    chan struct{} // closed when the last follower has gone

	followers map[*follower]struct{} // protected by hub.mu
	last      reading                // protected by hub.mu
	asked     int64                  // protected by hub.mu: a reading that has been asked for will find this event
	moves     []room.Move            // protected by hub.mu: made by this process since the meeting was last read
	afresh    bool                   // protected by hub.mu: more than events may have changed what is shown

	// owned by run
	audiences map[string]*audience
	state     *room.State
}

// moved asks for the meeting to be read again.
func (g *gathering) moved() {
	select {
	case g.wake <- struct{}{}:
	default: // already asked
	}
}

// movedTo asks for the meeting to be read at least up to an event. The caller holds hub.mu.
func (g *gathering) movedTo(seq int64) {
	g.asked = max(g.asked, seq)
	g.moved()
}

// changed asks for all of the meeting to be read again. The caller holds hub.mu.
func (g *gathering) changed() {
	g.afresh = true
	g.moved()
}

func (g *gathering) run() {
	for {
		select {
		case <-g.over:
			return
		case <-g.wake:
			g.refresh()
		}
	}
}

// readTimeout bounds one reading of a meeting.
const readTimeout = 10 * time.Second

func (g *gathering) refresh() {
	defer g.survive()
	g.letThemRead()
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	asked := g.hub.begins(g)
	asked.afresh = asked.afresh || g.state == nil
	state, events, err := g.read(ctx, asked)
	cancel()
	followers := asked.followers
	switch {
	case fault.Is(err, fault.NotFound):
		for _, f := range followers {
			g.turnAway(f)
		}
		return
	case err != nil:
		g.hub.Log.Warn("a meeting could not be read; trying again within a second", "meeting", g.meeting, "error", err)
		g.hub.wasNotRead(g)
		for _, f := range followers {
			if f.told == nil {
				f.admit(err)
			}
		}
		return
	}
	g.state = &state
	g.hub.wasRead(g, state, asked.afresh)
	before := g.audiences
	g.audiences = make(map[string]*audience)
	known := make(map[device]*seen)
	for _, f := range followers {
		g.tell(f, before, events, known)
	}
}

const (
	lookAgain   = 500 * time.Microsecond
	mostPatient = 100 * time.Millisecond
)

// letThemRead waits, for a moment at most, while most browsers have not yet been sent what they were told
// last. Telling them more would only lengthen their queues until they were let go; what happens meanwhile
// goes into one frame. A few that do not read hold up nobody.
func (g *gathering) letThemRead() {
	for waited := time.Duration(0); waited < mostPatient && g.hub.behind(g); waited += lookAgain {
		time.Sleep(lookAgain)
	}
}

// read is the meeting as it stands, with what happened since the last time. This process's own moves need no
// reading, unless somebody has just come, who may know more of other processes' than we do, or there is more
// to know than them.
func (g *gathering) read(ctx context.Context, a asked) (room.State, []room.Event, error) {
	newcomers := slices.ContainsFunc(a.followers, func(f *follower) bool { return f.told == nil })
	if !a.afresh && !newcomers {
		if state, events, all := after(*g.state, a.moves); all && state.Seq() >= a.upTo {
			return state, events, nil
		}
	}
	return g.hub.load(ctx, g.meeting, g.state, a.afresh)
}

// seen is what one person sees of the meeting as it stands, on each of their devices.
type seen struct {
	actor    *access.Actor
	viewer   room.Viewer
	entitled bool
	key      string // of their audience
	me       []byte
}

// device is whose line it is, and whether it is the big screen in the room.
type device struct {
	person uuid.UUID
	screen bool
}

// see works out what a follower sees, once for all the devices of their person.
func see(state room.State, f *follower, known map[device]*seen) *seen {
	actor := f.actor.Load()
	at := device{actor.PersonID, f.screen}
	if s := known[at]; s != nil && (s.actor == actor || reflect.DeepEqual(s.actor, actor)) {
		return s
	}
	s := &seen{actor: actor}
	if s.viewer, s.entitled = room.ViewerOf(state, *actor); s.entitled && f.screen {
		s.viewer, s.entitled = s.viewer.OnScreen()
	}
	if s.entitled {
		s.key, s.me = s.viewer.Audience(), words(room.Me(state, s.viewer))
	}
	known[at] = s
	return s
}

// tell sends one follower what is different for them since they were last told.
func (g *gathering) tell(f *follower, before map[string]*audience, events []room.Event, known map[device]*seen) {
	state := *g.state
	sees := see(state, f, known)
	if !sees.entitled {
		g.turnAway(f)
		return
	}
	seq, key, viewer, me := state.Seq(), sees.key, sees.viewer, sees.me
	a := g.audiences[key]
	if a == nil {
		likely := append([]*audience{before[key]}, slices.Collect(maps.Values(g.audiences))...)
		a = newAudience(seq, saysOf(viewer, state, events), sectionsOf(room.Project(state, viewer), likely...), before[key])
		g.audiences[key] = a
	}
	last := f.told
	f.told = &told{key: key, audience: a, me: me}
	switch {
	case last == nil && f.trusted && f.after == seq:
	case last == nil:
		f.send(a.frameWhole(me, f.after > 0 && seq > f.after+1))
	case last.key != key:
		f.send(a.frameWhole(me, seq > last.audience.seq+1))
	default:
		own := me
		if bytes.Equal(me, last.me) {
			own = nil
		}
		if seq != last.audience.seq || len(a.changed) > 0 || own != nil {
			f.send(a.frameOfChanges(own, seq > last.audience.seq+1))
		}
	}
	f.admit(nil)
	if state.Meeting.Status == panels.Cancelled {
		f.dismiss(byeCancelled)
	}
}

// mostSaid bounds what is said of a burst of events; the screen shows the rest.
const mostSaid = 3

// saysOf is what the events since the last reading tell this viewer, the latest last.
func saysOf(viewer room.Viewer, state room.State, events []room.Event) string {
	var said []string
	for _, event := range events {
		if sentence := viewer.Says(state, event); sentence != "" && !slices.Contains(said, sentence) {
			said = append(said, sentence)
		}
	}
	return strings.Join(said[max(0, len(said)-mostSaid):], ". ")
}

// turnAway ends the following of someone with no part in the meeting. To someone who has only just
// come, the meeting does not exist.
func (g *gathering) turnAway(f *follower) {
	f.admit(noSuchMeeting())
	f.dismiss(byeDenied)
}

// survive keeps one meeting that cannot be shown from ending the process, and with it all the others.
func (g *gathering) survive() {
	failure := recover()
	if failure == nil {
		return
	}
	err := g.hub.internal(fmt.Errorf("showing a meeting: %T\n%s", failure, debug.Stack())) // never its value: it may hold a name
	g.hub.wasNotRead(g)
	for _, f := range g.hub.followersOf(g) {
		f.admit(err)
	}
}
