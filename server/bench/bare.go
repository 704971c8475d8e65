package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"

	"quorate/server/bench/attend"
)

// The bare limit of a room: what no product that keeps its promises can do without. A click arrives
// on a socket; one durable transaction locks the meeting, adds a ballot and an event that carries the
// hash of the one before, and numbers the meeting; then every socket is sent its frame, all frames that
// wait for one socket in one write. Nothing is checked, nobody's view is worked out: the benchmark has
// said beforehand what each socket is sent.

// bareTables are the product's own three, with their indexes, beside it in the same database.
const bareTables = `
	create schema if not exists bare;
	drop table if exists bare.meeting, bare.ballot, bare.room_event;
	create table bare.meeting (like meeting including all);
	create table bare.ballot (like ballot including all);
	create table bare.room_event (like room_event including all);
	insert into bare.meeting select * from meeting where id = '%[1]s';
	update bare.meeting set room_seq = 1;
	insert into bare.room_event (meeting_id, seq, command_id, type, at, digest, previous, hash)
		select '%[1]s', 1, '%[1]s', 'begin', now(), sha256(''), sha256(''), sha256('');`

// barely makes one click durable in four round trips, and says its number.
func barely(ctx context.Context, db *pgx.Conn, meeting uuid.UUID, click []byte) (seq int64, err error) {
	tx, err := db.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
		}
	}()
	if err := tx.QueryRow(ctx, `select room_seq + 1 from bare.meeting where id = $1 for no key update`, meeting).Scan(&seq); err != nil {
		return 0, err
	}
	id, command := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	digest := sha256.Sum256(click)
	var batch pgx.Batch
	batch.Queue(`insert into bare.ballot (id, vote_id, votes_for, seat_id, person_id, deputy, position, condition, cast_at, recorded_by)
		values ($1, $1, $2, $2, $2, false, 'consent', '', now(), $2)`, id, command)
	batch.Queue(`insert into bare.room_event (meeting_id, seq, command_id, type, person_id, at, digest, previous, hash)
		select $1, $2, $3, 'ballot.cast', $3, now(), $4, hash, sha256(hash || $4) from bare.room_event where meeting_id = $1 and seq = $5`, meeting, seq, command, digest[:], seq-1)
	batch.Queue(`update bare.meeting set room_seq = $2 where id = $1`, meeting, seq)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return 0, err
	}
	return seq, tx.Commit(ctx)
}

// limit is the bare room.
type limit struct {
	db      *pgx.Conn
	meeting uuid.UUID
	clicks  chan bareClick

	mu      sync.Mutex
	sockets map[int]*bareSocket // protected by mu: by the number each comes with
	tails   tails               // protected by mu
}

// tails are frames but for their beginning with its number, and which of them each socket is sent.
type tails struct {
	Texts [][]byte
	Whose []int // by socket
}

// bareSocket is one line with what waits for it.
type bareSocket struct {
	*websocket.Conn
	line net.Conn
	wake chan struct{} // holds one

	mu      sync.Mutex
	waiting []byte // protected by mu: frames, as they go on the wire
}

// bareClick is what arrived, and on which line.
type bareClick struct {
	text []byte
	from *bareSocket
}

// send lets a frame wait for its socket.
func (s *bareSocket) send(frame []byte) {
	s.mu.Lock()
	s.waiting = append(s.waiting, frame...)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// serveBare serves the limit until its standard input ends, and says on standard output where.
func serveBare(ctx context.Context, databaseURL string) error {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	l := &limit{db: conn, clicks: make(chan bareClick, 1024), sockets: map[int]*bareSocket{}}
	if err := conn.QueryRow(ctx, `select id from bare.meeting`).Scan(&l.meeting); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tails", l.told)
	mux.HandleFunc("GET /", l.serve)
	server := &http.Server{Handler: mux}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	go l.work(ctx)
	fmt.Printf("localhost:%d\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// told takes what each socket is to be sent from now on.
func (l *limit) told(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := json.NewDecoder(r.Body).Decode(&l.tails); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

var bareUpgrader = websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}

func (l *limit) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := bareUpgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer conn.Close()
	socket := &bareSocket{Conn: conn, line: conn.NetConn(), wake: make(chan struct{}, 1)}
	l.mu.Lock()
	number, _ := strconv.Atoi(r.URL.Query().Get("number")) // one that has none is sent nothing of its own
	l.sockets[number] = socket
	first := l.tails
	l.mu.Unlock()
	if r.URL.Query().Has("whole") { // somebody joins: they are sent the first text
		if err := conn.WriteMessage(websocket.TextMessage, first.Texts[0]); err != nil {
			return
		}
	}
	go l.write(socket)
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		l.clicks <- bareClick{message, socket}
	}
}

// write sends a socket what waits for it, all of it in one write.
func (l *limit) write(socket *bareSocket) {
	for range socket.wake {
		socket.mu.Lock()
		frames := socket.waiting
		socket.waiting = nil
		socket.mu.Unlock()
		if _, err := socket.line.Write(frames); err != nil {
			return
		}
	}
}

// work makes one click after another durable and hands every socket its frame.
func (l *limit) work(ctx context.Context) {
	for click := range l.clicks {
		seq, err := barely(ctx, l.db, l.meeting, click.text)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bare:", err)
			return
		}
		l.mu.Lock()
		frames := make([][]byte, len(l.tails.Texts))
		for i, tail := range l.tails.Texts {
			frames[i] = onTheWire(append(strconv.AppendInt(bytes.Clone(attend.FrameHead), seq, 10), tail...))
		}
		for i, socket := range l.sockets {
			socket.send(frames[l.tails.Whose[i%len(l.tails.Whose)]])
		}
		l.mu.Unlock()
		click.from.send(bareReply)
	}
}

var bareReply = onTheWire([]byte(`{"type":"reply"}`))

// onTheWire is a text message of a server, RFC 6455 section 5.2.
func onTheWire(text []byte) []byte {
	head := []byte{0x81}
	switch n := len(text); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = append(head, 126, byte(n>>8), byte(n))
	default:
		head = append(head, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, text...)
}
