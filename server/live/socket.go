package live

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/base/fault"
)

const (
	pingEvery   = 20 * time.Second
	silence     = 60 * time.Second // a browser from which nothing came for this long, not even a pong, is gone
	writeWait   = 5 * time.Second  // the longest one write may take
	lingerWait  = time.Second      // how long the last words have to arrive before the line is cut
	commandWait = 15 * time.Second
	mostFaulty  = 5 // unreadable messages in a row before the socket is closed
)

// socket is one browser's line: one goroutine reads commands and does them in turn, one writes what
// waits in the follower's queue.
type socket struct {
	*follower
	hub     *Hub
	conn    *websocket.Conn
	line    *corked
	readers sync.WaitGroup // the reader, which the writer waits for before its last words

	mu      sync.Mutex
	leaving bool // protected by mu: no more is read
}

// serveSocket answers GET /live/meetings/{meeting}.
func (h *Hub) serveSocket(w http.ResponseWriter, r *http.Request) {
	f, err := h.followerOf(r)
	if err == nil {
		err = h.join(r.Context(), f)
	}
	if err != nil {
		h.refuse(w, err)
		return
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: writeWait, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10,
		CheckOrigin: func(*http.Request) bool { return true }, // ownPagesOnly has looked
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			http.Error(w, http.StatusText(status), status)
		},
	}
	corking := &corking{ResponseWriter: w}
	conn, err := upgrader.Upgrade(corking, r, nil)
	if err != nil {
		h.part(f)
		return // Upgrade has answered
	}
	s := &socket{follower: f, hub: h, conn: conn, line: corking.conn}
	s.readers.Add(1)
	// Neither runs in the request's own goroutine: what the request held, its buffers and the stack it came
	// down, is more than all an idle line needs, and a line lasts for hours.
	go s.read()
	go func() {
		defer h.part(f)
		s.write()
		s.readers.Wait()
	}()
}

// read does the browser's commands one after the other, until the line ends or the follower is dismissed.
func (s *socket) read() {
	defer s.readers.Done()
	defer s.dismiss(byeRestart) // where nothing else was said, the line has dropped: the reason reaches nobody
	s.conn.SetReadLimit(largestMessage)
	s.listenOn()
	s.conn.SetPongHandler(func(string) error { s.listenOn(); return nil })
	for faulty := 0; ; {
		kind, message, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		s.listenOn()
		if isHere(message) {
			s.hub.here(s.follower)
			continue
		}
		command, err := readCommand(message)
		if err == nil && kind != websocket.TextMessage {
			err = unreadable()
		}
		if err != nil {
			s.send(newMessage(words(replyTo(command.ID, room.Reply{}, err, s.hub.internal))))
			if faulty++; faulty == mostFaulty {
				s.dismiss(byeUnreadable)
				return
			}
			continue
		}
		faulty = 0
		s.send(newMessage(words(s.hub.do(s.follower, command))))
	}
}

// listenOn gives the browser another while to be heard, unless nothing more is to be read.
func (s *socket) listenOn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.leaving {
		_ = s.line.SetReadDeadline(time.Now().Add(silence)) // it fails only on a closed line, which the next read finds
	}
}

// stopReading makes the reader finish the command in hand, if any, and read no more.
func (s *socket) stopReading() {
	s.mu.Lock()
	s.leaving = true
	_ = s.line.SetReadDeadline(time.Unix(1, 0))
	s.mu.Unlock()
	s.readers.Wait()
}

// do runs one command. It is not cut short when the line drops: the browser will ask again with the
// same id and get the same reply.
func (h *Hub) do(f *follower, command room.Command) replyMessage {
	if f.screen {
		return replyTo(command.ID, room.Reply{}, fault.New(fault.Denied, "The big screen only shows the meeting. Use the meeting room."), h.internal)
	}
	h.acted(f)
	ctx, cancel := context.WithTimeout(context.Background(), commandWait)
	defer cancel()
	reply, err := h.Room.Do(ctx, *f.actor.Load(), f.meeting, command)
	return replyTo(command.ID, reply, err, h.internal)
}

// write sends what waits, everything that waits in one write, until the follower is dismissed. Then it
// sends what is left and says goodbye.
func (s *socket) write() {
	defer s.conn.Close()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-s.gone:
			s.sayGoodbye()
			return
		case m := <-s.queue:
			err = s.writeTogether(append([]message{m}, s.waiting()...))
		case <-ping.C:
			err = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait))
		}
		if err != nil {
			s.dismiss(byeSlow) // the line is broken; whatever the reason, it reaches nobody
			_ = s.conn.Close() // ends the reader
			s.readers.Wait()
			return
		}
	}
}

// waiting takes everything that waits in the queue.
func (s *socket) waiting() []message {
	var all []message
	for len(s.queue) > 0 {
		all = append(all, <-s.queue)
	}
	return all
}

// writeTogether sends messages in one write.
func (s *socket) writeTogether(messages []message) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	if len(messages) > 1 {
		s.line.hold()
	}
	for _, m := range messages {
		if err := s.conn.WritePreparedMessage(m.wire); err != nil {
			return err
		}
	}
	return s.line.release()
}

// sayGoodbye sends every reply already given, then why the line ends. A browser that was too slow gets
// the reason alone: what it lacks it will ask for.
func (s *socket) sayGoodbye() {
	s.stopReading()
	last := s.waiting()
	if s.reason == byeSlow {
		last = nil
	}
	if s.writeTogether(append(last, newMessage(words(s.reason.message())))) != nil {
		return
	}
	closing := websocket.FormatCloseMessage(s.reason.code(), string(s.reason))
	if s.conn.WriteControl(websocket.CloseMessage, closing, time.Now().Add(writeWait)) != nil {
		return
	}
	// Closing at once would, on a line with anything unread, throw away what is still on its way out.
	_ = s.line.SetReadDeadline(time.Now().Add(lingerWait))
	_, _ = io.Copy(io.Discard, s.line.Conn)
}
