package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/bench/attend"
)

// panel is the demo's funding panel in session, with people at it and the database behind it.
type panel struct {
	attend.Panel
	t      *testing.T
	db     *db.DB
	people []*person
	vote   uuid.UUID // the one that is open
	record ledger

	silence time.Duration // a line that says nothing, or leaves a command unanswered, for so long is dead; 0: never
	asked   atomic.Int64  // how often somebody was told to ask again soon, and did
	lost    atomic.Int64  // lines that ended
}

// person is somebody at the panel with a browser that connects again by itself, as the product's page
// does, and what they do there.
type person struct {
	attend.Sitter
	panel *panel
	next  func(p *person, n int) room.Change // what they do for the nth time

	mu       sync.Mutex
	origin   string                     // protected by mu
	session  *http.Cookie               // protected by mu
	line     *attend.Line               // protected by mu: nil while there is none
	lost     chan struct{}              // protected by mu: closed when line is
	joined   chan struct{}              // protected by mu: closed when there is a line again
	seq      int64                      // protected by mu
	screen   map[string]json.RawMessage // protected by mu: the sections as the frames left them
	moved    chan struct{}              // protected by mu: closed at the next frame
	byes     []string                   // protected by mu: the reasons with which the server said goodbye
	replies  chan attend.Message
	acted    int
	finished sync.WaitGroup
}

// join gives a person a browser in the meeting, which stays until ctx ends.
func (p *panel) join(ctx context.Context, sitter attend.Sitter, origin string, next func(*person, int) room.Change) *person {
	p.t.Helper()
	who := &person{
		Sitter: sitter, panel: p, next: next, origin: origin, joined: make(chan struct{}), moved: make(chan struct{}),
		screen: map[string]json.RawMessage{}, replies: make(chan attend.Message, 8),
	}
	session, err := attend.SignIn(ctx, origin, sitter.Person)
	if err != nil {
		p.t.Fatalf("%s: %v", sitter.Name, err)
	}
	who.session = session
	p.people = append(p.people, who)
	who.finished.Go(func() { who.follow(ctx) })
	return who
}

// follow keeps the person connected, waiting a little longer after each failure.
func (p *person) follow(ctx context.Context) {
	const shortest, longest = 20 * time.Millisecond, 500 * time.Millisecond
	wait := shortest
	for ctx.Err() == nil {
		p.mu.Lock()
		origin, after := p.origin, p.seq
		p.mu.Unlock()
		joining, enough := context.WithTimeout(ctx, joinWithin)
		line, err := attend.Join(joining, origin, p.session, p.panel.Meeting.ID, after)
		enough()
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(wait + rand.N(wait/3)):
			}
			wait = min(2*wait, longest)
			continue
		}
		wait = shortest
		cut := context.AfterFunc(ctx, func() { line.Close() })
		p.hear(line, after)
		cut()
		line.Close()
	}
}

// hear takes in everything one line says, until it ends.
func (p *person) hear(line *attend.Line, after int64) {
	first := true
	for {
		if p.panel.silence > 0 {
			_ = line.SetReadDeadline(time.Now().Add(p.panel.silence)) // it fails only on a closed line
		}
		message, err := line.Hear()
		p.mu.Lock()
		switch {
		case err != nil:
			p.panel.lost.Add(1)
			if p.line == line {
				p.line = nil
				close(p.lost)
				p.joined = make(chan struct{})
			}
			p.mu.Unlock()
			return
		case message.Type == "frame":
			p.take(message, first, after)
			if first {
				p.line, p.lost = line, make(chan struct{})
				close(p.joined)
			}
			first = false
		case message.Type == "bye":
			p.byes = append(p.byes, message.Reason)
		case message.Type == "reply":
			p.replies <- message
		}
		p.mu.Unlock()
	}
}

// take puts a frame on the screen, as the product's page does.
func (p *person) take(frame attend.Message, first bool, after int64) {
	switch {
	case frame.Seq < p.seq:
		p.panel.t.Errorf("%s had event %d and was then sent a frame of event %d", p.Name, p.seq, frame.Seq)
	case first && !frame.Whole:
		p.panel.t.Errorf("%s joined after event %d and was not sent the whole meeting", p.Name, after)
	case !first && frame.Seq > p.seq+1 && !frame.CatchingUp:
		p.panel.t.Errorf("%s was sent event %d after event %d and not told of the gap", p.Name, frame.Seq, p.seq)
	}
	if frame.Whole {
		clear(p.screen)
	}
	maps.Copy(p.screen, frame.Sections)
	p.seq = frame.Seq
	close(p.moved)
	p.moved = make(chan struct{})
}

// connected waits for a line; lost is closed when that line ends.
func (p *person) connected(ctx context.Context) (line *attend.Line, lost <-chan struct{}, err error) {
	for {
		p.mu.Lock()
		line, lost, joined := p.line, p.lost, p.joined
		p.mu.Unlock()
		if line != nil {
			return line, lost, nil
		}
		select {
		case <-joined:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("%s did not come back: %w", p.Name, ctx.Err())
		}
	}
}

// ask sends a command until it is answered, over as many lines as it takes, always with the same id.
func (p *person) ask(ctx context.Context, id uuid.UUID, change room.Change) (attend.Message, error) {
	for {
		line, lost, err := p.connected(ctx)
		if err != nil {
			return attend.Message{}, err
		}
		if line.Send(id, change) != nil {
			line.Close() // its reader finds out, and a new line comes
		}
		reply, answered, err := p.answer(ctx, id, line, lost)
		if answered || err != nil {
			return reply, err
		}
	}
}

func (p *person) answer(ctx context.Context, id uuid.UUID, line *attend.Line, lost <-chan struct{}) (reply attend.Message, answered bool, err error) {
	var tooLong <-chan time.Time
	if p.panel.silence > 0 {
		tooLong = time.After(p.panel.silence)
	}
	for {
		select {
		case reply = <-p.replies:
		case <-ctx.Done():
			return reply, false, fmt.Errorf("%s got no answer: %w", p.Name, ctx.Err())
		case <-tooLong:
			line.Close()
			return reply, false, nil
		case <-lost:
			select {
			case reply = <-p.replies: // it was said before the line went
			default:
				return reply, false, nil
			}
		}
		if reply.ID == id {
			return reply, true, nil
		} // else the late answer to a question already answered on an earlier line
	}
}

// askAgainSoon reports whether a reply says that nothing could be recorded just now: the database was
// away, or somebody else held the meeting.
func askAgainSoon(reply attend.Message) bool {
	return reply.Error != nil && (reply.Error.Kind == "unavailable" ||
		reply.Error.Kind == "conflict" && strings.HasPrefix(reply.Error.Sentence, "Somebody else is changing this"))
}

// do has a change recorded and writes the acknowledgement down. Told to try again in a moment, people do.
func (p *person) do(ctx context.Context, change room.Change) error {
	id := uuid.Must(uuid.NewV7())
	reply, err := p.ask(ctx, id, change)
	for err == nil && askAgainSoon(reply) {
		p.panel.asked.Add(1)
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was told to try again until the end: %s", p.Name, reply.Error.Sentence)
		case <-time.After(50 * time.Millisecond):
		}
		reply, err = p.ask(ctx, id, change)
	}
	if err != nil {
		return err
	}
	if reply.Error != nil {
		return fmt.Errorf("%s: %s was refused: %s: %s", p.Name, change.Type(), reply.Error.Kind, reply.Error.Sentence)
	}
	p.panel.record.write(acknowledged{id, reply.Seq, p.Person, change})
	return nil
}

// reaches waits until the person's screen stands at an event, and returns what it shows.
func (p *person) reaches(ctx context.Context, seq int64) (map[string]json.RawMessage, error) {
	for {
		p.mu.Lock()
		at, moved, screen := p.seq, p.moved, maps.Clone(p.screen)
		p.mu.Unlock()
		if at >= seq {
			return screen, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s stands at event %d, not %d: %w", p.Name, at, seq, ctx.Err())
		}
	}
}

// shows compares the person's screen, once it stands at an event, with what it must be.
func (p *person) shows(ctx context.Context, seq int64, want map[string]json.RawMessage) error {
	screen, err := p.reaches(ctx, seq)
	if err != nil {
		return err
	}
	return sameScreen(p.Name, screen, want)
}

func sameScreen(name string, screen, want map[string]json.RawMessage) error {
	if len(screen) != len(want) {
		return fmt.Errorf("%s sees %d sections, want %d", name, len(screen), len(want))
	}
	for section := range want {
		if !bytes.Equal(screen[section], want[section]) {
			return fmt.Errorf("%s sees another %q than the rows say:\n%s\n%s", name, section, screen[section], want[section])
		}
	}
	return nil
}

// openPanel brings the demo's panel to an open vote, with people who act: funders change their position, the clerk a note, two others how they take part.
func openPanel(ctx context.Context, t *testing.T, database *db.DB, origin string) *panel {
	t.Helper()
	found, err := attend.FindPanel(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	p := &panel{Panel: found, t: t, db: database}
	t.Cleanup(func() { // ctx has ended by then
		for _, who := range p.people {
			who.finished.Wait()
		}
	})
	chair := p.join(ctx, p.Chair, origin, comeAndGo)
	p.must(chair.do(ctx, room.StartMeeting{}))
	p.must(chair.do(ctx, room.RecordAttendance{Present: true}))
	for _, voter := range p.Voters {
		p.must(p.join(ctx, voter, origin, changePosition).do(ctx, room.RecordAttendance{Present: true}))
	}
	p.join(ctx, p.Clerk, origin, rewriteNote())
	p.must(p.join(ctx, p.Others[0], origin, comeAndGo).do(ctx, room.RecordAttendance{Present: true}))
	p.must(chair.do(ctx, room.OpenItem{ItemID: p.Item}))
	p.must(chair.do(ctx, room.OpenVote{ItemID: p.Item, Outcome: room.Agreed}))
	state, err := p.state(ctx)
	p.must(err)
	p.vote = state.Votes[0].ID
	return p
}

func comeAndGo(_ *person, n int) room.Change {
	return room.RecordAttendance{Present: true, Remote: n%2 == 0}
}

func changePosition(p *person, n int) room.Change {
	position, condition := room.ConsentIf, fmt.Sprintf("change %d", n)
	if n%3 == 0 {
		position, condition = room.Refuse, ""
	}
	return room.CastBallot{VoteID: p.panel.vote, SeatID: p.Seat, Position: position, Condition: condition, Reason: "Change"}
}

func rewriteNote() func(*person, int) room.Change {
	note := uuid.Must(uuid.NewV7())
	return func(p *person, n int) room.Change {
		return room.WriteNote{NoteID: note, ItemID: p.panel.Item, BaseVersion: n, Text: fmt.Sprintf("Version %d of what was said.", n+1)}
	}
}

func (p *panel) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *panel) state(ctx context.Context) (state room.State, err error) {
	err = p.db.Read(ctx, access.System("survival"), func(tx db.Tx) error {
		state, err = room.Load(tx, p.Meeting.ID)
		return err
	})
	return state, err
}

// act has everybody act at once, one command after the other, until rest is closed; a command in hand
// is seen through, over a new line if it must be.
func (p *panel) act(ctx context.Context, rest <-chan struct{}) (wait func() error) {
	var (
		acting sync.WaitGroup
		failed = make([]error, len(p.people))
	)
	for i, who := range p.people {
		acting.Go(func() {
			for failed[i] == nil {
				select {
				case <-rest:
					return
				default:
				}
				failed[i] = who.do(ctx, who.next(who, who.acted))
				who.acted++
			}
		})
	}
	return func() error {
		acting.Wait()
		return errors.Join(failed...)
	}
}

// waitForAcknowledgements returns when so many have been written down altogether.
func (p *panel) waitForAcknowledgements(n int64) {
	p.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	limit := time.After(patience)
	for p.record.size.Load() < n {
		select {
		case <-look.C:
		case <-limit:
			p.t.Fatalf("%d commands were acknowledged, want %d", p.record.size.Load(), n)
		}
	}
}
