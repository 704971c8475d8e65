package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"
)

// The bare limit of a room: what no product that keeps its promises can do without. A click arrives
// on a socket; one durable transaction locks the meeting, adds a ballot and an event that carries the
// hash of the one before, and numbers the meeting; then every socket is sent its bytes. Nothing is
// checked, nobody's view is worked out: each socket has said beforehand what it wants to be sent.

// bareTables are the product's own three, with their indexes, beside it in the same database.
const bareTables = `
	create schema if not exists bare;
	create table bare.meeting (like meeting including all);
	create table bare.ballot (like ballot including all);
	create table bare.room_event (like room_event including all);
	insert into bare.meeting select * from meeting where id = '%[1]s';
	insert into bare.room_event (meeting_id, seq, command_id, type, at, digest, previous, hash)
		select '%[1]s', greatest(room_seq, 1), '%[1]s', 'begin', now(), sha256(''), sha256(''), sha256('') from meeting where id = '%[1]s';`

// limit is the bare room.
type limit struct {
	db      *pgx.Conn
	meeting uuid.UUID

	mu      sync.Mutex
	sockets map[*websocket.Conn][]byte // protected by mu: what each is sent at the next click
}

// serveBare serves the limit until its standard input ends, and says on standard output where.
func serveBare(ctx context.Context, databaseURL string) error {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	l := &limit{db: conn, sockets: map[*websocket.Conn][]byte{}}
	if err := conn.QueryRow(ctx, `select id from bare.meeting`).Scan(&l.meeting); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(l.serve)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Printf("ws://%s\n", listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		for socket := range l.sockets {
			_ = socket.Close()
		}
	}()
	if err := <-ended; err != http.ErrServerClosed {
		return err
	}
	return nil
}

var bareUpgrader = websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}

func (l *limit) serve(w http.ResponseWriter, r *http.Request) {
	socket, err := bareUpgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer socket.Close()
	l.mu.Lock()
	l.sockets[socket] = nil
	l.mu.Unlock()
	for {
		kind, message, err := socket.ReadMessage()
		if err != nil {
			l.mu.Lock()
			delete(l.sockets, socket)
			l.mu.Unlock()
			return
		}
		l.mu.Lock()
		if kind == websocket.BinaryMessage {
			l.sockets[socket] = message
			err = socket.WriteMessage(websocket.BinaryMessage, nil) // heard
		} else if err = l.commit(r.Context(), message); err == nil {
			err = l.broadcast()
		}
		l.mu.Unlock()
		if err != nil {
			fmt.Fprintln(os.Stderr, "bare:", err)
			return
		}
	}
}

// commit makes the click durable, in four round trips.
func (l *limit) commit(ctx context.Context, click []byte) error {
	tx, err := l.db.Begin(ctx)
	if err != nil {
		return err
	}
	var (
		seq      int64
		previous []byte
	)
	err = tx.QueryRow(ctx, `select m.room_seq, e.hash from bare.meeting m, lateral (
		select hash from bare.room_event where meeting_id = m.id order by seq desc limit 1) e
		where m.id = $1 for update of m`, l.meeting).Scan(&seq, &previous)
	if err != nil {
		return err
	}
	seq = max(seq+1, 2)
	digest := sha256.Sum256(click)
	hash := sha256.Sum256(append(previous, digest[:]...))
	id, command := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	var batch pgx.Batch
	batch.Queue(`insert into bare.ballot (id, vote_id, votes_for, seat_id, person_id, deputy, position, condition, cast_at, recorded_by)
		values ($1, $1, $2, $2, $2, false, 'consent', '', now(), $2)`, id, command)
	batch.Queue(`insert into bare.room_event (meeting_id, seq, command_id, type, person_id, at, digest, previous, hash)
		values ($1, $2, $3, 'ballot.cast', $3, now(), $4, $5, $6)`, l.meeting, seq, command, digest[:], previous, hash[:])
	batch.Queue(`update bare.meeting set room_seq = $2 where id = $1`, l.meeting, seq)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func (l *limit) broadcast() error {
	for socket, bytes := range l.sockets {
		if err := socket.WriteMessage(websocket.TextMessage, bytes); err != nil {
			return err
		}
	}
	return nil
}
