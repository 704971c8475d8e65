package live

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"quorate/panels"
)

// Whoever takes part in a meeting stays signed in. Doing something counts, and while the meeting is in
// session so does having it on the screen, which the page says now and then: hours may pass in which a
// member only listens. A page that is open and hidden says nothing. What was heard is written down twice
// a minute, for everybody at once, and never for a frame.

const noteActivityEvery = 30 * time.Second

// isHere reports whether a message is the page's word that its reader has it on the screen.
func isHere(message []byte) bool {
	if len(message) > 64 || !bytes.Contains(message, []byte(typeHere)) {
		return false
	}
	var here struct {
		Type string `json:"type"`
	}
	return json.Unmarshal(message, &here) == nil && here.Type == typeHere
}

// here takes the page's word, which counts while the meeting is in session.
func (h *Hub) here(f *follower) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.gatherings[f.meeting]; g != nil && g.last.stamp.Status == panels.InSession {
		h.active[f.signIn] = struct{}{}
	}
}

// acted notes that somebody did something in a meeting, whatever stands of it.
func (h *Hub) acted(f *follower) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.active[f.signIn] = struct{}{}
}

// noteActivity writes down who was heard of since the last time.
func (h *Hub) noteActivity(ctx context.Context) {
	h.mu.Lock()
	signIns := slices.Collect(maps.Keys(h.active))
	clear(h.active)
	h.mu.Unlock()
	if len(signIns) == 0 || h.Seen == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := h.Seen(ctx, signIns); err != nil && ctx.Err() == nil {
		h.Log.Warn("that people are active could not be noted; their pages say it again within a minute", "error", err)
	}
}
