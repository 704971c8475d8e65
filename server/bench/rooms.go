package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/bench/attend"
)

const (
	manyRooms  = 200
	eachRoom   = 12
	roomsBeat  = 2 * time.Second // from one command of a room to its next
	roomsTurns = 5               // commands of each room
)

// oneRoom is a meeting with its lines.
type oneRoom struct {
	screens
	seq int64
}

// rooms200x12 is the time from a click to the last of a room's twelve screens while two hundred such rooms
// are busy, beside that of a room alone.
func rooms200x12(ctx context.Context, h *house) (printer, error) {
	s, err := h.setScene(ctx, eachRoom-2, 0, manyRooms)
	if err != nil {
		return nil, err
	}
	rooms := make([]*oneRoom, manyRooms)
	defer func() {
		for _, room := range rooms {
			if room != nil {
				room.close()
			}
		}
	}()
	for n := range rooms {
		rooms[n] = &oneRoom{}
		if _, rooms[n].seq, err = h.begin(ctx, s, n, false); err != nil {
			return nil, err
		}
		for _, who := range s.everybody() {
			line, err := h.join(ctx, who, s.meetings[n])
			if err != nil {
				return nil, err
			}
			rooms[n].lines = append(rooms[n].lines, line.Conn)
		}
		rooms[n].watch()
	}
	var alone []time.Duration
	for n := range warmUp + 100 {
		took, err := rooms[0].attend(n)
		if err != nil {
			return nil, err
		}
		if n >= warmUp {
			alone = append(alone, took)
		}
		time.Sleep(20 * time.Millisecond)
	}
	var (
		mu   sync.Mutex
		busy []time.Duration // protected by mu
	)
	err = inParallel(manyRooms, func(n int) error {
		time.Sleep(roomsBeat * time.Duration(n) / manyRooms)
		beat := time.NewTicker(roomsBeat)
		defer beat.Stop()
		for turn := range roomsTurns {
			took, err := rooms[n].attend(turn)
			if err != nil {
				return fmt.Errorf("room %d: %w", n, err)
			}
			mu.Lock()
			busy = append(busy, took)
			mu.Unlock()
			<-beat.C
		}
		return nil
	})
	return lines{{name: "rooms-200x12", target: 2, product: milliseconds(median(busy)), bare: milliseconds(median(alone)), unit: "ms"}}, err
}

// attend has somebody come or go, and says how long it took to the room's last screen.
func (r *oneRoom) attend(turn int) (time.Duration, error) {
	sender := &attend.Line{Conn: r.lines[2+turn%(len(r.lines)-2)]}
	took, _, err := r.after(r.seq+1, len(r.lines), func() error {
		return sender.Send(uuid.Must(uuid.NewV7()), room.RecordAttendance{Present: true, Remote: turn%2 == 0})
	})
	r.seq++
	return took, err
}

// slowReaders is the time to the last of the screens that read while one in twenty has stopped reading,
// beside the time when all read.
func slowReaders(ctx context.Context, h *house) (printer, error) {
	const (
		sockets = 200
		stopped = sockets / 20
		times   = 150
	)
	m, err := h.convene(ctx, sockets)
	if err != nil {
		return nil, err
	}
	defer m.close()
	measure := func() (took []time.Duration, err error) {
		beat := time.NewTicker(pace / 2)
		defer beat.Stop()
		for range times {
			one, _, err := m.click(sockets)
			if err != nil {
				return nil, err
			}
			took = append(took, one)
			<-beat.C
		}
		return took, nil
	}
	if _, err := measure(); err != nil { // the first of anything are slower
		return nil, err
	}
	all, err := measure()
	if err != nil {
		return nil, err
	}
	stalled := make([]*websocket.Conn, stopped) // joined beside the others, and never read from again
	for i := range stalled {
		line, err := h.join(ctx, m.everybody()[i%m.people], m.meetings[0])
		if err != nil {
			return nil, err
		}
		defer line.Close()
	}
	some, err := measure()
	return lines{{name: "slow-readers", target: 1.2, product: milliseconds(median(some)), bare: milliseconds(median(all)), unit: "ms"}}, err
}

// idleSocket is the memory that a line with nothing to say holds, beside that of the limit's. The target is
// 40 kB for the product.
func idleSocket(ctx context.Context, h *house) (printer, error) {
	const sockets, most = 1000, 40
	s, err := h.setScene(ctx, voters, onlookers, 1)
	if err != nil {
		return nil, err
	}
	if _, _, err := h.begin(ctx, s, 0, false); err != nil {
		return nil, err
	}
	before, err := memoryOf(h.program.PID())
	if err != nil {
		return nil, err
	}
	everybody := s.everybody()
	for i := range sockets {
		line, err := h.join(ctx, everybody[i%len(everybody)], s.meetings[0])
		if err != nil {
			return nil, err
		}
		defer line.Close()
	}
	after, err := memoryOf(h.program.PID())
	if err != nil {
		return nil, err
	}
	b, err := h.bareRoom(ctx, s.meetings[0], 0)
	if err != nil {
		return nil, err
	}
	bareBefore, err := memoryOf(b.process.Process.Pid)
	if err != nil {
		return nil, err
	}
	for i := range sockets {
		line, _, err := websocket.DefaultDialer.DialContext(ctx, fmt.Sprintf("ws://%s?number=%d", b.address, i), nil)
		if err != nil {
			return nil, err
		}
		defer line.Close()
	}
	bareAfter, err := memoryOf(b.process.Process.Pid)
	if err != nil {
		return nil, err
	}
	l := line{name: "idle-socket", product: (after - before) / sockets, bare: (bareAfter - bareBefore) / sockets, unit: "kB"}
	l.target = most / l.bare
	return lines{l}, b.end()
}

// join5000 is the time from asking for a meeting with five thousand events to its first whole view, beside a
// bare line over which the same words come. The target is 300 ms.
func join5000(ctx context.Context, h *house) (printer, error) {
	const events, times, most = 5000, 40, 300 * time.Millisecond
	s, err := h.setScene(ctx, voters, 3, 1)
	if err != nil {
		return nil, err
	}
	if _, _, err := h.begin(ctx, s, 0, true); err != nil {
		return nil, err
	}
	if err := h.goOn(ctx, s.meetings[0], events); err != nil {
		return nil, err
	}
	b, err := h.bareRoom(ctx, s.meetings[0], 0)
	if err != nil {
		return nil, err
	}
	var took, bare []time.Duration
	for n := range times {
		began := time.Now()
		line, err := attend.Join(ctx, h.program.URL, s.members[n%voters].session, s.meetings[0], 0)
		if err != nil {
			return nil, err
		}
		_, whole, err := line.ReadMessage()
		took = append(took, time.Since(began))
		if err == nil {
			err = line.Close()
		}
		if err == nil && attend.FrameSeq(whole) <= events {
			err = fmt.Errorf("the first frame is of event %d", attend.FrameSeq(whole))
		}
		if err == nil {
			err = b.sends([][]byte{whole})
		}
		if err != nil {
			return nil, err
		}
		began = time.Now()
		plain, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+b.address+"?whole", nil)
		if err != nil {
			return nil, err
		}
		_, _, err = plain.ReadMessage()
		bare = append(bare, time.Since(began))
		if err == nil {
			err = plain.Close()
		}
		if err != nil {
			return nil, err
		}
	}
	return lines{{name: "join-5000", target: most.Seconds() / median(bare).Seconds(), product: milliseconds(median(took)), bare: milliseconds(median(bare)), unit: "ms"}}, b.end()
}
