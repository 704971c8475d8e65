package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/bench/attend"
)

const (
	voters    = 10
	onlookers = 54                     // who share the screens with the table, the chair and the clerk
	warmUp    = 20                     // clicks not counted
	clicks    = 600                    // counted, of each kind of work
	pace      = 100 * time.Millisecond // from one click to the next of the same kind: ten commands a second
	roomLasts = 4 * time.Minute        // however slow the machine
	fewest    = 100                    // clicks without which the figure is not worth printing
)

// screens are the browsers of one room, and the click they wait for.
type screens struct {
	lines   []*websocket.Conn
	waiting atomic.Pointer[click]
	failed  chan error
	replies map[int]chan struct{} // by line: those whose sender waits for them
	readers sync.WaitGroup
}

// click is one change on its way to every screen.
type click struct {
	seq  int64 // of the frame that holds it, or a later one
	of   int   // how many lines must get it: the first so many
	mu   sync.Mutex
	got  [][]byte // protected by mu: by line, what arrived
	left int      // protected by mu: screens that do not have it yet
	last time.Time
	done chan struct{}
}

// read takes in what one screen is sent, until its line ends.
func (s *screens) read(i int) {
	for {
		_, text, err := s.lines[i].ReadMessage()
		if err != nil {
			select {
			case s.failed <- fmt.Errorf("screen %d: %w", i, err):
			default:
			}
			return
		}
		now := time.Now()
		if heard := s.replies[i]; heard != nil && bytes.HasPrefix(text, []byte(`{"type":"reply"`)) {
			select {
			case heard <- struct{}{}:
			default: // nobody waits
			}
		}
		c := s.waiting.Load()
		if c == nil || i >= c.of || attend.FrameSeq(text) < c.seq {
			continue // a reply, a sign of life
		}
		c.mu.Lock()
		if c.got[i] == nil {
			c.got[i] = text
			if c.left--; c.left == 0 {
				c.last = now
				close(c.done)
			}
		}
		c.mu.Unlock()
	}
}

// watch begins to read what the lines from one on are sent.
func (s *screens) watch() {
	s.failed, s.replies = make(chan error, 1), map[int]chan struct{}{}
	for i := range flatSenders {
		s.replies[2+i] = make(chan struct{}, 1)
	}
	for i := range s.lines {
		s.readers.Go(func() { s.read(i) })
	}
}

// after makes a click and returns how long it took to the last of the first screens, and what each was sent.
func (s *screens) after(seq int64, of int, send func() error) (time.Duration, [][]byte, error) {
	c := &click{seq: seq, of: of, got: make([][]byte, of), left: of, done: make(chan struct{})}
	s.waiting.Store(c)
	began := time.Now()
	if err := send(); err != nil {
		return 0, nil, err
	}
	limit := time.NewTimer(comesBy)
	defer limit.Stop()
	select {
	case <-c.done:
		return c.last.Sub(began), c.got, nil
	case err := <-s.failed:
		return 0, nil, err
	case <-limit.C:
		c.mu.Lock()
		defer c.mu.Unlock()
		return 0, nil, fmt.Errorf("event %d did not reach %d of %d screens", seq, c.left, of)
	}
}

func (s *screens) close() {
	for _, line := range s.lines {
		line.Close()
	}
	s.readers.Wait()
}

// meeting is a panel in session, a vote open, with everybody's devices.
type meeting struct {
	*scene
	screens
	people int   // line i belongs to person i % people
	seq    int64 // of the last event
	turns  int
}

// convene seats the people, opens a vote and joins them on their devices.
func (h *house) convene(ctx context.Context, sockets int) (*meeting, error) {
	scene, err := h.setScene(ctx, voters, onlookers, 1)
	if err != nil {
		return nil, err
	}
	m := &meeting{scene: scene, people: 2 + voters + onlookers}
	if _, m.seq, err = h.begin(ctx, scene, 0, true); err != nil {
		return nil, err
	}
	everybody := scene.everybody()
	for i := range sockets {
		line, err := h.join(ctx, everybody[i%len(everybody)], scene.meetings[0])
		if err != nil {
			return nil, err
		}
		m.lines = append(m.lines, line.Conn)
	}
	// One of the table leaves for the item, and so sees another meeting than the rest.
	m.seq, err = ask(&attend.Line{Conn: m.lines[1+voters]}, room.DeclareInterest{ItemID: scene.items[0], Kind: room.Professional, Reason: "I assessed the placement"})
	if err != nil {
		return nil, err
	}
	m.watch()
	return m, nil
}

// click is the chair's next in the product: a member comes into the room or joins from elsewhere, which is
// on every screen. It takes until the last of the first screens has it.
func (m *meeting) click(of int) (time.Duration, [][]byte, error) {
	m.turns++
	who := m.members[m.turns%voters]
	change := room.RecordAttendance{PersonID: who.Person, Present: true, Remote: m.turns/voters%2 == 0}
	chair := &attend.Line{Conn: m.lines[0]}
	took, got, err := m.after(m.seq+1, of, func() error { return chair.Send(uuid.Must(uuid.NewV7()), change) })
	m.seq++
	if err != nil {
		return 0, nil, err
	}
	for i, text := range got {
		if !bytes.Contains(text, []byte(`"people":`)) {
			return 0, nil, fmt.Errorf("screen %d was not sent who is here", i)
		}
	}
	return took, got, nil
}

// bareRoom is the limit as this process sees it: its own process, and as many sockets.
type bareRoom struct {
	screens
	process *exec.Cmd
	address string
	end     func() error
	made    int
	worked  time.Duration // of its processor, over its clicks alone
}

func (h *house) bareRoom(ctx context.Context, meeting uuid.UUID, sockets int) (*bareRoom, error) {
	err := h.db.AsOwner(ctx, func(owner *sql.DB) error {
		_, err := owner.ExecContext(ctx, fmt.Sprintf(bareTables, meeting))
		return err
	})
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bareRoom{process: exec.CommandContext(ctx, self, "-bare", h.private.OwnerURL(""))}
	b.process.Stderr = os.Stderr
	input, err := b.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := b.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.process.Start(); err != nil {
		return nil, err
	}
	b.end = func() error {
		b.close()
		return errors.Join(input.Close(), b.process.Wait())
	}
	address, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, b.end())
	}
	b.address = strings.TrimSpace(address)
	for i := range sockets {
		line, _, err := websocket.DefaultDialer.DialContext(ctx, fmt.Sprintf("ws://%s?number=%d", b.address, i), nil)
		if err != nil {
			return nil, errors.Join(err, b.end())
		}
		b.lines = append(b.lines, line)
	}
	b.watch()
	return b, nil
}

// sends tells the limit what each socket is sent from now on: the product's very frames, but for their number.
func (b *bareRoom) sends(frames [][]byte) error {
	var t tails
	at := map[string]int{}
	for _, frame := range frames {
		tail := afterNumber(frame)
		which, known := at[string(tail)]
		if !known {
			which = len(t.Texts)
			at[string(tail)], t.Texts = which, append(t.Texts, tail)
		}
		t.Whose = append(t.Whose, which)
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	response, err := http.Post("http://"+b.address+"/tails", "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("the limit was not told what to send: %s", said)
	}
	return nil
}

// afterNumber is a frame from the end of its number on.
func afterNumber(frame []byte) []byte {
	rest := frame[len(attend.FrameHead):]
	return rest[bytes.IndexByte(rest, ','):]
}

// click makes the bare click, and checks that each socket got what the product sent its own.
func (b *bareRoom) click(frames [][]byte) (time.Duration, error) {
	if err := b.sends(frames); err != nil {
		return 0, err
	}
	before, err := processorTime(b.process.Process.Pid)
	if err != nil {
		return 0, err
	}
	b.made++
	took, got, err := b.after(int64(1+b.made), len(frames), func() error { return b.lines[2].WriteMessage(websocket.TextMessage, bareCommand) })
	for i := range got {
		if err == nil && !bytes.Equal(afterNumber(got[i]), afterNumber(frames[i])) {
			err = fmt.Errorf("the limit sent screen %d other bytes than the product", i)
		}
	}
	if err != nil {
		return 0, err
	}
	after, err := processorTime(b.process.Process.Pid)
	b.worked += after - before
	return took, err
}

var bareCommand = []byte(`{"type":"command","id":"019ab000-0000-7000-8000-000000000065","command":"attendance.record","data":{"present":true}}`)

// roomOf is the time from a click to the last of so many screens, at ten commands a second: its median, its
// 95th percentile, and at a thousand screens also what a delivery costs of the server's processor and how
// many commands a second reach all screens when everybody clicks without waiting. The product and the limit
// take turns within the same moments, on the same Postgres with the settings people get, each from its own
// process and sending the same frames.
func roomOf(sockets int) func(context.Context, *house) (printer, error) {
	return func(ctx context.Context, h *house) (_ printer, err error) {
		name := fmt.Sprintf("room-%d", sockets)
		m, err := h.convene(ctx, sockets)
		if err != nil {
			return nil, err
		}
		defer m.close()
		b, err := h.bareRoom(ctx, m.meetings[0], sockets)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, b.end()) }()
		f := figure{name: name, target: 1.25}
		work, err := f.alternate(ctx, m, b, h)
		if err == nil {
			err = h.everyClickIsThere(ctx, m, b)
		}
		if err != nil {
			return nil, err
		}
		f.print()
		tail := lines{{name: name + "-p95", target: 1.75, product: milliseconds(p95(f.product)), bare: milliseconds(p95(f.bare)), unit: "ms"}}
		if sockets < 1000 {
			return tail, nil
		}
		tail = append(tail, work)
		flat, err := m.flat(b, name+"-flat")
		return append(tail, flat), err
	}
}

// alternate fills in the times, the three kinds of click in another order each time, and says what each
// delivery took of either server's processor.
func (f *figure) alternate(ctx context.Context, m *meeting, b *bareRoom, h *house) (work line, err error) {
	work = line{name: "delivery-cpu", target: 1.3, unit: "µs"}
	_, frames, err := m.click(len(m.lines))
	if err != nil {
		return work, err
	}
	kinds := []*[]time.Duration{&f.product, &f.bare, &f.again}
	beat := time.NewTicker(pace / time.Duration(len(kinds)))
	defer beat.Stop()
	limit := time.After(roomLasts)
	var before time.Duration // what the product had worked when the counting began
	for n := range warmUp + clicks {
		rand.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		for _, times := range kinds {
			select {
			case <-beat.C:
			case <-ctx.Done():
				return work, ctx.Err()
			case <-limit:
				if len(f.product) < fewest {
					return work, fmt.Errorf("only %d clicks in %s: this machine is too busy to measure", n, roomLasts)
				}
				return work, nil
			}
			var took time.Duration
			if times == &f.product {
				took, frames, err = m.click(len(m.lines))
			} else {
				took, err = b.click(frames)
			}
			if err != nil {
				return work, err
			}
			if n < warmUp {
				continue
			}
			*times = append(*times, took)
		}
		if n == warmUp-1 {
			if before, err = processorTime(h.program.PID()); err != nil {
				return work, err
			}
			b.worked = 0
		}
		if n >= warmUp {
			now, err := processorTime(h.program.PID())
			if err != nil {
				return work, err
			}
			work.product = float64((now - before).Microseconds()) / float64(len(f.product)*len(m.lines))
			work.bare = float64(b.worked.Microseconds()) / float64((len(f.bare)+len(f.again))*len(m.lines))
		}
	}
	return work, nil
}

const (
	flatOut     = 400 // commands
	flatSenders = 8   // who send them
)

// flat is how many commands a second reach all screens when eight people send theirs, each the next as soon
// as the last is acknowledged.
func (m *meeting) flat(b *bareRoom, name string) (line, error) {
	l := line{name: name, target: 2, unit: "commands/s", rate: true}
	productTook, _, err := m.after(m.seq+flatOut, len(m.lines), m.screens.senders(func(i, n int) error {
		sender := &attend.Line{Conn: m.lines[2+i]}
		return sender.Send(uuid.Must(uuid.NewV7()), room.RecordAttendance{Present: true, Remote: n%2 == 0})
	}))
	if err != nil {
		return l, err
	}
	m.seq += flatOut
	bareTook, _, err := b.after(int64(1+b.made+flatOut), len(b.lines), b.senders(func(i, _ int) error {
		return b.lines[2+i].WriteMessage(websocket.TextMessage, bareCommand)
	}))
	b.made += flatOut
	l.product, l.bare = flatOut/productTook.Seconds(), flatOut/bareTook.Seconds()
	return l, err
}

// senders has everybody send their commands, one after the other.
func (s *screens) senders(send func(i, n int) error) func() error {
	return func() error {
		return inParallel(flatSenders, func(i int) error {
			select {
			case <-s.replies[2+i]: // to something before
			default:
			}
			for n := range flatOut / flatSenders {
				if err := send(i, n); err != nil {
					return err
				}
				select {
				case <-s.replies[2+i]:
				case <-time.After(comesBy):
					return fmt.Errorf("line %d got no reply", 2+i)
				}
			}
			return nil
		})
	}
}

// inParallel runs several at once and waits for all.
func inParallel(n int, run func(i int) error) error {
	failed := make([]error, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { failed[i] = run(i) })
	}
	running.Wait()
	return errors.Join(failed...)
}

// everyClickIsThere checks that both sides kept what they showed.
func (h *house) everyClickIsThere(ctx context.Context, m *meeting, b *bareRoom) error {
	var events, ballots int64
	err := h.db.Read(ctx, access.System("bench"), func(tx db.Tx) error {
		return tx.Raw(`select count(*) from room_event where meeting_id = ?`, m.meetings[0]).Row().Scan(&events)
	})
	if err == nil {
		err = h.db.AsOwner(ctx, func(owner *sql.DB) error {
			return owner.QueryRowContext(ctx, `select count(*) from bare.ballot`).Scan(&ballots)
		})
	}
	if err == nil && (events != m.seq || ballots != int64(b.made)) {
		err = fmt.Errorf("the product kept %d of %d events, the limit %d of %d", events, m.seq, ballots, b.made)
	}
	return err
}
