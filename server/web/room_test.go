package web

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/db"
)

// formOf finds a form of the room's page: its command id, and its address.
func formOf(t *testing.T, page, command string) (id string) {
	t.Helper()
	found := regexp.MustCompile(`action="[^"]*/room/` + regexp.QuoteMeta(command) + `"[^>]*>\s*<input type="hidden" name="command_id" value="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no form for %s", command)
	}
	return found[1]
}

func (h *house) events() (n int64) {
	h.t.Helper()
	h.read(func(tx db.Tx) error { return tx.Raw(`select max(room_seq) from meeting`).Row().Scan(&n) })
	return n
}

// Where scripts are blocked the room must still work, and a page sent twice must count once.
func TestRoomWorksByForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	path := "/meetings/" + meeting.ID.String() + "/room"
	page := h.get("Chas", path)
	want(t, page, 200, "Refresh", `<script id="room-view" type="application/json">`, "Your next step", "Decision: Escalated", "Two blockers were heard")
	before := h.events()

	id := formOf(t, page.Body.String(), "item.finish")
	fields := []string{"command_id", id, "form", "finish", "finish-item_id", hidden(t, page.Body.String(), "finish-item_id")}
	for range 2 {
		if answer := h.post("Chas", path+"/item.finish", fields...); answer.Code != 303 || answer.Header().Get("Location") != path {
			t.Fatalf("finishing an item was answered %d to %q\n%s", answer.Code, answer.Header().Get("Location"), answer.Body)
		}
	}
	if after := h.events(); after != before+1 {
		t.Errorf("the form sent twice counted %d times", after-before)
	}
}

// What somebody typed must stand there still when it is refused.
func TestRoomKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	path := "/meetings/" + meeting.ID.String() + "/room"
	before, id := h.events(), uuid.NewString()
	answer := h.post("Chas", path+"/action.raise", "command_id", id, "form", "action", "action-text", "Ring the “provider”", "action-due_on-day", "30", "action-due_on-month", "2", "action-due_on-year", "2027")
	want(t, answer, 422, "There is a problem", "Enter a real date", `href="#action-due_on"`)
	if !strings.Contains(html.UnescapeString(answer.Body.String()), `value="Ring the “provider”"`) {
		t.Error("what was typed is gone")
	}
	answer = h.post("Chas", path+"/action.raise", "command_id", id, "form", "action", "action-text", "Ring them", "action-due_on-day", "10", "action-due_on-month", "12", "action-due_on-year", "2026")
	want(t, answer, 422, "Select who does it", `href="#action-owner_id"`, `value="Ring them"`)
	if h.events() != before {
		t.Error("a refused form changed something")
	}
}

// A decision is looked at once more before it is final.
func TestDecisionByFormIsCheckedFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, decision := h.inSession()
	var item string
	h.read(func(tx db.Tx) error {
		return tx.Raw(`select item_id from decision where id = ?`, decision).Row().Scan(&item)
	})
	path := "/meetings/" + meeting.ID.String() + "/room/decision.confirm"
	before := h.events()
	fields := []string{
		"command_id", uuid.NewString(), "form", "decide", "decide-item_id", item, "decide-outcome", string(room.EscalatedOn), "decide-reasons", "No provider near home",
	}
	check := h.post("Chas", path, fields...)
	want(t, check, 200, "Check the decision before it is final", "No provider near home", "Confirm the decision")
	if h.events() != before {
		t.Fatal("looking at a decision made it")
	}
	// This item has its decision already, so confirming it again is refused, with every answer kept.
	refused := h.post("Chas", path, append(fields, "answers", "checked")...)
	want(t, refused, 409, "already has its decision")
	if h.events() != before {
		t.Fatal("an item was decided twice")
	}
}

// Whoever has no part in a meeting learns nothing of it, and can do nothing in it.
func TestRoomIsForThoseWithAPartInIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, _ := h.inSession()
	path := "/meetings/" + meeting.ID.String() + "/room"
	want(t, h.get("Cleo", path), 200, "Notes for item 1")
	if answer := h.get("Mo", path); answer.Code != 403 && answer.Code != 404 {
		t.Errorf("somebody without a seat was answered %d", answer.Code)
	}
	wantNot(t, h.get("Mo", path), "Two blockers were heard")
	if answer := h.get("", path); answer.Code != 303 {
		t.Errorf("somebody signed out was answered %d", answer.Code)
	}
	want(t, h.post("Chas", path+"/meeting.explode", "command_id", uuid.NewString(), "form", "x"), 404)
	want(t, h.post("Cleo", path+"/meeting.close", "command_id", uuid.NewString(), "form", "close"), 403)
}
