package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
	"quorate/server/base/dbtest"
	"quorate/server/bench/attend"
)

// When the disk is full nothing is acknowledged that is not kept, people are told so in a sentence, and
// the meeting goes on once there is room, without anybody mending anything by hand.
func TestSurvivesAFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a disk of its own needs root to be mounted")
	}
	ctx := t.Context()
	folder := shortFolder(t)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=512m,mode=711"); err != nil {
		t.Skipf("no disk of its own can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	data := filepath.Join(folder, "data")
	private, err := db.OpenPrivate(ctx, db.PrivateConfig{DataDir: data})
	if err != nil {
		t.Fatal(err)
	}
	release := func(p *db.Private) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := p.Release(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() { release(private) })
	database := dbtest.Open(t, db.Config{URL: private.OwnerURL(""), MaxConns: 4})
	program := start(ctx, t, freePort(t), "QUORATE_DATABASE_URL="+private.OwnerURL(""), "QUORATE_DATABASE_DIRECT_URL=", "QUORATE_BASE_URL=", "QUORATE_DATA_DIR="+data)
	p := openPanel(ctx, t, database, program.URL)
	chair := p.people[0]

	began := time.Now()
	ballast := filepath.Join(folder, "ballast")
	fill(t, ballast)
	refused, sentence := 0, ""
	for n := 0; n < 5_000 && refused < 20; n++ {
		reply, err := chair.ask(ctx, uuid.Must(uuid.NewV7()), comeAndGo(chair, n))
		switch {
		case err != nil:
			t.Fatal(err)
		case reply.Error == nil:
			p.record.write(acknowledged{reply.ID, reply.Seq, chair.Person, comeAndGo(chair, n)})
		case reply.Error.Kind == "unavailable":
			refused++
			sentence = reply.Error.Sentence
		default:
			t.Fatalf("with the disk full a command was answered with %s: %s", reply.Error.Kind, reply.Error.Sentence)
		}
	}
	if refused == 0 {
		t.Fatal("the disk never filled, so nothing was tried")
	}
	code, said := p.post(ctx, program, chair)
	if code != http.StatusServiceUnavailable {
		t.Errorf("with the disk full a command by post was answered %d: %s", code, said)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if database.Ping(ctx) != nil { // Postgres gave up where it could not write its log
		again, err := db.OpenPrivate(ctx, db.PrivateConfig{DataDir: data})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { release(again) })
	}
	reachable(ctx, t, database)
	within, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	for n := range 20 {
		p.must(chair.do(within, comeAndGo(chair, n)))
	}
	if err := p.survived(within, 0); err != nil {
		t.Fatal(err)
	}
	t.Logf("disk full: %d commands refused, none of them recorded, each told “%s”; %d acknowledged, lost 0; goes on by itself, %.1f s",
		refused, sentence, p.record.size.Load(), time.Since(began).Seconds())
}

// fill takes what room there is, to the last byte.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// post sends a command as a page without sockets does.
func (p *panel) post(ctx context.Context, program *attend.Program, who *person) (code int, said string) {
	p.t.Helper()
	change := comeAndGo(who, 0)
	data, err := json.Marshal(change)
	p.must(err)
	body, err := json.Marshal(map[string]any{"type": "command", "id": uuid.Must(uuid.NewV7()), "command": change.Type(), "data": json.RawMessage(data)})
	p.must(err)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/live/meetings/%s/commands", program.URL, p.Meeting.ID), bytes.NewReader(body))
	p.must(err)
	request.Header.Set("Origin", program.URL)
	request.AddCookie(&http.Cookie{Name: who.session.Name, Value: who.session.Value})
	response, err := http.DefaultClient.Do(request)
	p.must(err)
	defer response.Body.Close()
	var answer bytes.Buffer
	_, err = answer.ReadFrom(response.Body)
	p.must(err)
	return response.StatusCode, answer.String()
}
