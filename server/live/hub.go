// Package live carries a meeting to the browsers that follow it, and brings back what people do in it.
package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Channel is the Postgres channel on which processes hint to each other that a meeting moved.
const Channel = "room"

// Config is what the hub needs of the rest of the program.
type Config struct {
	DB   *db.DB
	Room *room.Store
	Log  *slog.Logger

	// Origin is where people reach the product, "https://quorate.example.org". Sockets and commands
	// from pages of any other are refused.
	Origin string

	// Who reads who sent a request and by which sign-in. Nobody signed in is access.SignedOut and no error.
	Who func(r *http.Request) (access.Actor, uuid.UUID, error)

	// Still reads again who stands behind each sign-in; one that ended or was revoked is not in the answer.
	Still func(ctx context.Context, signIns []uuid.UUID) (map[uuid.UUID]access.Actor, error)

	// Seen notes a sign of the people of these sign-ins; nil: nobody asks.
	Seen func(ctx context.Context, signIns []uuid.UUID) error

	Beat time.Duration // between signs of life; 0 is 5 s
	Poll time.Duration // longest a long poll waits; 0 is 10 s
	Note time.Duration // between notes of who is active; 0 is 30 s
}

// Hub knows which meetings are followed in this process and by whom.
type Hub struct {
	Config
	system access.Actor

	mu         sync.Mutex
	gatherings map[uuid.UUID]*gathering // protected by mu
	hints      map[uuid.UUID]int64      // protected by mu: meetings the other processes are to hear of, and how far they are
	active     map[uuid.UUID]struct{}   // protected by mu: sign-ins whose people were heard of since that was last noted
	stopping   bool                     // protected by mu
	hint       chan struct{}            // holds one: hints is not empty
	working    sync.WaitGroup           // every goroutine of a gathering or a follower
}

// reading says what a gathering has read of its meeting.
type reading struct {
	at    time.Time // when all of it was last read
	stamp stamp
}

// stamp is what moves when a meeting does: by its own events, or by a change to its date or agenda.
type stamp struct {
	RoomSeq       int64
	Version       int
	AgendaVersion int
	Status        panels.MeetingStatus
}

const (
	checkEvery    = time.Second      // a lost hint costs this long, never an event
	readAgain     = 15 * time.Second // names, seats and cases change outside the room's own events
	mostReadAgain = 10               // meetings a second, the longest unread first: reading all of many at once would hold up their votes
	checkTimeout  = 5 * time.Second
)

// NewHub returns a hub. It serves once Run is running.
func NewHub(config Config) *Hub {
	if config.Beat == 0 {
		config.Beat = 5 * time.Second
	}
	if config.Poll == 0 {
		config.Poll = 10 * time.Second
	}
	if config.Note == 0 {
		config.Note = noteActivityEvery
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	return &Hub{
		Config: config, system: access.System("live"),
		gatherings: make(map[uuid.UUID]*gathering), hints: make(map[uuid.UUID]int64), active: make(map[uuid.UUID]struct{}), hint: make(chan struct{}, 1),
	}
}

// Run keeps followers up to date until ctx ends: it listens to the other processes, tells them what
// moved here, and once a second asks which meetings moved and who is still signed in.
func (h *Hub) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	if !h.DB.Pooled() {
		running.Go(func() { h.DB.Listen(ctx, Channel, h.heard, h.allMoved) })
	}
	running.Go(func() { h.tellOthers(ctx) })
	running.Go(func() { each(ctx, h.Note, func() { h.noteActivity(ctx) }) })
	running.Go(func() { each(ctx, h.Beat, h.sendBeat) }) // by itself: a slow database is no dead line
	each(ctx, checkEvery, func() { h.check(ctx) })
}

// each does something again and again until ctx ends.
func each(ctx context.Context, every time.Duration, do func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// Moved says that a command of this process moved a meeting: its followers here are told at once, and
// the other processes get a hint. room.Store calls it after each commit.
func (h *Hub) Moved(move room.Move) {
	h.mu.Lock()
	if g := h.gatherings[move.MeetingID]; g != nil {
		g.moves = append(g.moves, move)
		g.movedTo(move.Seq())
	}
	h.hints[move.MeetingID] = max(move.Seq(), h.hints[move.MeetingID])
	h.mu.Unlock()
	select {
	case h.hint <- struct{}{}:
	default:
	}
}

// tellOthers sends the hints. What moves while one is being sent is sent together with the next, so
// a burst of commands in one meeting is a few notices, not one each.
func (h *Hub) tellOthers(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.hint:
		}
		h.mu.Lock()
		hints := maps.Clone(h.hints)
		clear(h.hints)
		h.mu.Unlock()
		for meeting, seq := range hints {
			if err := h.DB.Notify(ctx, Channel, hintOf(meeting, seq)); err != nil && ctx.Err() == nil {
				h.Log.Warn("a hint to the other processes was lost; they ask within a second", "error", err)
			}
		}
	}
}

// A hint is a meeting's id and the number of its last event.
func hintOf(meeting uuid.UUID, seq int64) string {
	return meeting.String() + " " + strconv.FormatInt(seq, 10)
}

// heard takes a hint from another process. The echo of our own asks for nothing new.
func (h *Hub) heard(payload string) {
	id, number, _ := strings.Cut(payload, " ")
	meeting, err := uuid.Parse(id)
	if err != nil {
		return
	}
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.gatherings[meeting]; g != nil && seq > g.asked {
		g.movedTo(seq)
	}
}

// allMoved is for when hints may have been lost.
func (h *Hub) allMoved() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range h.gatherings {
		g.changed()
	}
}

// check asks once for all meetings which moved, and once for all followers who is still signed in.
func (h *Hub) check(ctx context.Context) {
	h.mu.Lock()
	meetings := slices.Collect(maps.Keys(h.gatherings))
	signIns := make(map[uuid.UUID]struct{})
	for _, g := range h.gatherings {
		for f := range g.followers {
			signIns[f.signIn] = struct{}{}
		}
	}
	h.mu.Unlock()
	if len(meetings) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	// While the database does not answer nothing new can be read, so nobody is sent anything they may
	// no longer see.
	if err := h.checkSignIns(ctx, slices.Collect(maps.Keys(signIns))); err != nil && ctx.Err() == nil {
		h.Log.Warn("who is still signed in could not be checked; trying again in a second", "error", err)
	}
	if err := h.checkMeetings(ctx, meetings); err != nil && ctx.Err() == nil {
		h.Log.Warn("which meetings moved could not be checked; trying again in a second", "error", err)
	}
}

func (h *Hub) checkSignIns(ctx context.Context, signIns []uuid.UUID) error {
	still, err := h.Still(ctx, signIns)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := make(map[uuid.UUID]*access.Actor, len(signIns)) // nil: it has ended
	for _, signIn := range signIns {
		asked[signIn] = nil
		if actor, open := still[signIn]; open {
			asked[signIn] = &actor
		}
	}
	for _, g := range h.gatherings {
		for f := range g.followers {
			actor, known := asked[f.signIn]
			switch {
			case !known: // came while we asked
			case actor == nil:
				f.dismiss(byeSignedOut)
			default:
				if before := f.actor.Swap(actor); !reflect.DeepEqual(before, actor) {
					g.changed() // a seat began or ended: what they see is different
				}
			}
		}
	}
	return nil
}

func (h *Hub) checkMeetings(ctx context.Context, meetings []uuid.UUID) error {
	var rows []struct {
		ID    uuid.UUID
		Stamp stamp `gorm:"embedded"`
	}
	err := h.DB.Read(ctx, h.system, func(tx db.Tx) error {
		return tx.Raw(`select id, room_seq, version, agenda_version, status from meeting where id in ?`, meetings).Scan(&rows).Error
	})
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var old []*gathering
	for _, row := range rows {
		g := h.gatherings[row.ID]
		switch {
		case g == nil:
		case row.Stamp.RoomSeq > g.asked:
			g.movedTo(row.Stamp.RoomSeq)
		case row.Stamp.RoomSeq == g.last.stamp.RoomSeq && row.Stamp != g.last.stamp:
			g.changed()
		case time.Since(g.last.at) > readAgain:
			old = append(old, g)
		}
	}
	slices.SortFunc(old, func(a, b *gathering) int { return a.last.at.Compare(b.last.at) })
	for _, g := range old[:min(len(old), mostReadAgain)] {
		g.changed()
	}
	return nil
}

func (h *Hub) sendBeat() {
	beat := newMessage(words(beatMessage{Type: typeBeat, Now: h.DB.Now()}))
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range h.gatherings {
		for f := range g.followers {
			f.send(beat)
		}
	}
}

// errStopping answers those who come while the process goes.
var errStopping = fault.New(fault.Unavailable, "Quorate is restarting. Try again in a few seconds.")

// join begins a following, and waits until the meeting has been read for it.
func (h *Hub) join(ctx context.Context, f *follower) error {
	h.mu.Lock()
	if h.stopping {
		h.mu.Unlock()
		return errStopping
	}
	g := h.gatherings[f.meeting]
	if g == nil {
		g = &gathering{
			hub: h, meeting: f.meeting, wake: make(chan struct{}, 1), over: make(chan struct{}), followers: make(map[*follower]struct{}),
		}
		h.gatherings[f.meeting] = g
		h.working.Go(g.run)
	}
	g.followers[f] = struct{}{}
	h.working.Add(1)
	g.moved()
	h.mu.Unlock()

	var err error
	select {
	case err = <-f.admitted:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		h.part(f)
	}
	return err
}

// part ends a following that join began.
func (h *Hub) part(f *follower) {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.working.Done()
	g := h.gatherings[f.meeting]
	delete(g.followers, f)
	if len(g.followers) == 0 {
		delete(h.gatherings, f.meeting)
		close(g.over)
	}
}

func (h *Hub) followersOf(g *gathering) []*follower {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(g.followers))
}

// mostEvents is how many events of one gap are read for their sentences.
const mostEvents = 20

// behind reports whether more than half of a meeting's followers have something waiting to be sent.
func (h *Hub) behind(g *gathering) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	waiting := 0
	for f := range g.followers {
		if len(f.queue) > 0 {
			waiting++
		}
	}
	return waiting*2 > len(g.followers)
}

// load reads a meeting, and what has happened in it since it was read before: only what its events can
// have changed, or with afresh all of it.
func (h *Hub) load(ctx context.Context, meeting uuid.UUID, before *room.State, afresh bool) (state room.State, events []room.Event, err error) {
	err = h.DB.Read(ctx, h.system, func(tx db.Tx) error {
		if before != nil && !afresh {
			state, events, err = room.Follow(tx, *before, mostEvents)
			return err
		}
		if state, err = room.Load(tx, meeting); err != nil || before == nil {
			return err
		}
		events, err = room.EventsAfter(tx, meeting, max(before.Seq(), state.Seq()-mostEvents), mostEvents)
		return err
	})
	return state, events, err
}

// after is the room after moves that follow one another from before, and their events; false when some
// of it must be read.
func after(before room.State, moves []room.Move) (state room.State, events []room.Event, all bool) {
	slices.SortFunc(moves, func(a, b room.Move) int { return cmp.Compare(a.Seq(), b.Seq()) })
	state, all = before, true
	for _, move := range moves {
		if move.Seq() <= before.Seq() {
			continue // it was read before it was told of
		}
		if state, all = move.After(state); !all {
			return before, nil, false
		}
		events = append(events, move.Event)
	}
	return state, events, all
}

// asked is what a gathering is to find out, and for whom.
type asked struct {
	followers []*follower
	afresh    bool        // all of the meeting is to be read
	moves     []room.Move // that this process has made since the last time
	upTo      int64       // an event that is known to be there
}

// begins takes what a gathering has been asked. Who comes later asks again.
func (h *Hub) begins(g *gathering) asked {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := asked{followers: slices.Collect(maps.Keys(g.followers)), afresh: g.afresh, moves: g.moves, upTo: g.asked}
	g.afresh, g.moves = false, nil
	return a
}

func (h *Hub) wasRead(g *gathering, state room.State, afresh bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := state.Meeting
	g.last.stamp = stamp{m.RoomSeq, m.Version, m.AgendaVersion, m.Status}
	if afresh {
		g.last.at = time.Now()
	}
}

// wasNotRead makes the next check ask for the meeting again.
func (h *Hub) wasNotRead(g *gathering) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.last = reading{}
	g.afresh = true
}

// Stop tells every follower to come back, waits until what was acknowledged has been sent, and
// returns when nobody follows any more or ctx ends.
func (h *Hub) Stop(ctx context.Context) error {
	h.mu.Lock()
	h.stopping = true
	for _, g := range h.gatherings {
		for f := range g.followers {
			f.dismiss(byeRestart)
		}
	}
	h.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		h.working.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return errors.New("live: some browsers were still being told to come back")
	}
}

// internal is what people are told of an error they cannot mend: a reference, which the log has too.
func (h *Hub) internal(err error) *fault.Fault {
	reference := rand.Text()[:8]
	h.Log.Error("command failed", "reference", reference, "error", err)
	return fault.New("internal", "Nothing was recorded. Try again in a minute. If it happens again, tell your administrator the reference %s.", reference)
}
