package live_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/live"
)

// seen gathers whom the hub says it has heard of.
type seen struct {
	mu      sync.Mutex
	signIns []uuid.UUID // protected by mu
}

func (s *seen) config(c *live.Config) {
	c.Note = 20 * time.Millisecond
	c.Seen = func(_ context.Context, signIns []uuid.UUID) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.signIns = append(s.signIns, signIns...)
		return nil
	}
}

// has waits a while for a sign-in to be among them.
func (s *seen) has(signIn uuid.UUID, within time.Duration) bool {
	for until := time.Now().Add(within); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		found := slices.Contains(s.signIns, signIn)
		s.mu.Unlock()
		if found || time.Now().After(until) {
			return found
		}
	}
}

func (b *browser) saysHere() {
	b.t.Helper()
	if err := b.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"here"}`)); err != nil {
		b.t.Fatal(err)
	}
}

// Whoever listens for two hours must still be signed in when the vote opens; whoever left a tab open
// behind others, or in a room where nothing goes on, must not be for ever.
func TestHavingAMeetingInSessionOnTheScreenIsASign(t *testing.T) {
	t.Parallel()
	var s seen
	h := setup(t, s.config)
	listens, hidden := h.signIn(h.ann), h.signIn(h.hal)
	ann, hal := h.open(listens, 0), h.open(hidden, 0)
	ann.next("frame")
	hal.next("frame")
	ann.saysHere()
	ann.send(uuid.Nil, room.StartMeeting{}) // refused, but answered after what was said before it
	ann.next("reply")
	if s.has(listens, 100*time.Millisecond) {
		t.Error("a meeting that has not begun keeps people signed in")
	}
	h.do(h.chair, room.StartMeeting{})
	ann.until(1)
	ann.saysHere()
	if !s.has(listens, patience) {
		t.Error("nobody heard that the meeting is on the screen")
	}
	if s.has(hidden, 100*time.Millisecond) {
		t.Error("a page that says nothing counts as a sign")
	}
	h.do(h.chair, room.RecordAttendance{Present: true})
	polls := h.signIn(h.clerk)
	if status, _, text := h.get(polls, "/frames?here=1"); status != http.StatusOK || !s.has(polls, patience) {
		t.Errorf("a poll that says so is no sign: %d %s", status, text)
	}
}

func TestDoingSomethingIsASign(t *testing.T) {
	t.Parallel()
	var s seen
	h := setup(t, s.config)
	signIn := h.signIn(h.ann)
	ann := h.open(signIn, 0)
	ann.next("frame")
	ann.send(id(), room.RecordAttendance{Present: true})
	ann.next("reply")
	if !s.has(signIn, patience) {
		t.Error("who does something counts as idle")
	}
}

// Two people share a computer: what one had typed must not reach the meeting in the other's name.
func TestAPageSpeaksForItsOwnPersonAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ann := h.signIn(h.ann)
	if status, _, text := h.get(ann, "/frames?person="+h.ann.PersonID.String()); status != http.StatusOK {
		t.Errorf("its own person: %d %s", status, text)
	}
	status, _, text := h.get(ann, "/frames?person="+h.hal.PersonID.String())
	if status != http.StatusUnauthorized {
		t.Errorf("somebody else’s page: %d %s", status, text)
	}
	url, header := h.address(ann, 0)
	if _, response, err := websocket.DefaultDialer.DialContext(t.Context(), url+"&person="+h.hal.PersonID.String(), header); err == nil || response == nil || response.StatusCode != http.StatusUnauthorized {
		t.Errorf("somebody else’s socket: %v %v", response, err)
	}
}

// A line must be known to be dead within seconds, however slow the database is just then.
func TestBeatsDoNotWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	defer close(held)
	h := setup(t, func(c *live.Config) {
		c.Beat = 20 * time.Millisecond
		still := c.Still
		c.Still = func(ctx context.Context, signIns []uuid.UUID) (map[uuid.UUID]access.Actor, error) {
			select {
			case <-held:
			case <-ctx.Done():
			}
			return still(context.WithoutCancel(ctx), signIns)
		}
	})
	ann := h.join(h.ann)
	began := time.Now()
	for time.Since(began) < 2500*time.Millisecond { // longer than the check of each second takes to begin
		before := time.Now()
		ann.next("beat")
		if waited := time.Since(before); waited > time.Second {
			t.Fatalf("a beat came after %s", waited)
		}
	}
}
