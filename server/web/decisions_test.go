package web

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/auth"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// inSession seats Chas as MAPaC's chair and starts its first meeting with one item, decided by him.
func (h *house) inSession() (meeting panels.Meeting, decision uuid.UUID) {
	h.t.Helper()
	meeting = h.scheduled()
	sessions := auth.New(h.db)
	chas := h.person(sessions, "Chas", false)
	for _, seat := range h.seats() {
		if seat.Office == access.Chair {
			admin := access.Actor{PersonID: h.forum.ID, Administrator: true}
			if _, err := (panels.Store{DB: h.db}).FillSeat(h.t.Context(), admin, panels.NewHolding{SeatID: seat.ID, PersonID: chas}); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	item := agendas.Item{ID: uuid.Must(uuid.NewV7()), MeetingID: meeting.ID, Number: "1", Position: 1, Kind: agendas.StandingItem, Title: "Blockers", Minutes: 5, State: agendas.Listed, Reasons: []agendas.Reason{}, CreatedAt: h.clock.Now(), Version: 1}
	err := h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error {
		if err := tx.Create(&item).Error; err != nil {
			return err
		}
		return tx.Exec(`update meeting set agenda_version = 1 where id = ?`, meeting.ID).Error
	})
	if err != nil {
		h.t.Fatal(err)
	}
	session, err := sessions.Who(h.t.Context(), h.tokens["Chas"])
	if err != nil {
		h.t.Fatal(err)
	}
	store := &room.Store{DB: h.db}
	for _, change := range []room.Change{
		room.StartMeeting{}, room.RecordAttendance{Present: true}, room.OpenItem{ItemID: item.ID},
		room.WriteNote{NoteID: uuid.New(), ItemID: item.ID, Text: "Two blockers were heard"},
		room.RaiseAction{ItemID: &item.ID, OwnerID: chas, DueOn: clock.MustDate("2026-12-10"), Text: "Write to the provider"},
		room.ConfirmDecision{ItemID: item.ID, Outcome: room.EscalatedOn, Reasons: "No provider in the county"},
	} {
		if _, err := store.Do(h.t.Context(), session.Actor, meeting.ID, room.Command{ID: uuid.New(), Change: change}); err != nil {
			h.t.Fatalf("%s: %v", change.Type(), err)
		}
	}
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from decision`).Row().Scan(&decision) })
	return meeting, decision
}

// hidden finds a hidden field's value on a page.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no hidden field %q", name)
	}
	return found[1]
}

// What a meeting decided can be read by its forum, corrected beside the original, and by nobody else.
func TestDecisionAndMinutesPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting, decision := h.inSession()
	minutes, path := "/meetings/"+meeting.ID.String()+"/minutes", "/decisions/"+decision.String()
	want(t, h.get("Cleo", minutes), 200, "Minutes of", "Chas", "Item 1: Blockers", "Escalated", "Two blockers were heard", "Write to the provider", path)
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()), 200, minutes)
	want(t, h.get("Cleo", path), 200, "Decision: Blockers", "No provider in the county", "Confirmed")
	wantNot(t, h.get("Cleo", path), "Put a correction beside")
	want(t, h.get("Mo", minutes), 403)
	want(t, h.get("Mo", path), 403)
	want(t, h.get("Chas", "/decisions/"+uuid.NewString()), 404)
	want(t, h.get("Chas", "/decisions/nonsense"), 404)

	page := h.get("Chas", path)
	want(t, page, 200, "Put a correction beside")
	command := hidden(t, page.Body.String(), "command")
	form := []string{"command", command, "meeting", meeting.ID.String(), "form", "correct", "correct-wrong", "No provider in the county", "correct-right", "No provider within 30 miles"}
	want(t, h.post("Chas", path+"/correct", form...), 422, "Enter how the mistake came about", "No provider within 30 miles", command)
	want(t, h.post("Chas", path+"/correct", append(form, "correct-reason", "A figure was left out")...), 303)
	want(t, h.post("Chas", path+"/correct", append(form, "correct-reason", "A figure was left out")...), 303) // pressed twice
	want(t, h.get("Cleo", path), 200, "Corrected on", "No provider within 30 miles", "No provider in the county")
	h.read(func(tx db.Tx) error {
		var corrections int
		err := tx.Raw(`select count(*) from decision_correction`).Scan(&corrections).Error
		if corrections != 1 {
			t.Errorf("%d corrections, want one", corrections)
		}
		return err
	})
	want(t, h.post("Cleo", path+"/correct", append(form, "correct-reason", "x")...), 403)
}

// An action is marked as done by whoever owns it or keeps the record.
func TestActionsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.inSession()
	page := h.get("Chas", "/actions")
	want(t, page, 200, "Write to the provider", "10 December 2026", "Overdue (0)", "Due today or later (1)", "MAPaC")
	want(t, h.get("Cleo", "/actions"), 200, "No actions here")
	want(t, h.get("Cleo", "/actions?forum=mapac"), 200, "Write to the provider", "Change those you have chosen")
	want(t, h.get("Cleo", "/actions?whose=all&state=done"), 200, "No action matches")
	want(t, h.get("Cleo", "/actions?whose=all&case=Noor"), 200, "Enter a case number like Q1042")
	want(t, h.get("Mo", "/actions"), 200, "No actions here")
	want(t, h.get("Mo", "/actions?forum=mapac"), 404)
	var action uuid.UUID
	h.read(func(tx db.Tx) error { return tx.Raw(`select id from action`).Row().Scan(&action) })
	path := "/actions/" + action.String()
	post := func(who, form string, fields ...string) *httptest.ResponseRecorder {
		return h.post(who, path+"/"+form, append(fields, "command", uuid.NewString())...)
	}
	want(t, h.get("Mo", path), 404)
	want(t, post("Mo", "complete", "complete-text", "x"), 404)
	want(t, h.get("Chas", path), 200, "Add a progress note", "Give it another day")
	want(t, post("Chas", "progress", "progress-text", "Rang them"), 303)
	want(t, post("Cleo", "extend", "extend-due_on-day", "20", "extend-due_on-month", "13", "extend-due_on-year", "2026", "extend-text", "It is closed"), 422, "Enter a real date", "It is closed")
	want(t, post("Cleo", "extend", "extend-due_on-day", "20", "extend-due_on-month", "12", "extend-due_on-year", "2026", "extend-text", "It is closed"), 303)
	want(t, h.get("Chas", path), 200, "Rang them", "Due 20 December 2026 instead of 10 December 2026", "It is closed")
	want(t, post("Chas", "complete", "complete-text", ""), 422, "Enter what was done", `href="#complete-text"`)
	want(t, post("Chas", "complete", "complete-text", "Sent"), 303)
	want(t, h.get("Chas", "/actions"), 200, "No actions here")
	want(t, h.get("Chas", "/actions?state=done"), 200, "Write to the provider", "Done: Sent")
	want(t, post("Cleo", "reopen", "reopen-due_on-day", "22", "reopen-due_on-month", "12", "reopen-due_on-year", "2026", "reopen-text", "Wrong one"), 303)
	command := uuid.NewString()
	bulk := []string{"command", command, "back", "forum=mapac", "do", "done", "text", "By letter"}
	want(t, h.post("Cleo", "/actions/bulk", bulk...), 422, "Choose at least one action", "By letter")
	bulk = append(bulk, "action", action.String())
	want(t, h.post("Chas", "/actions/bulk", bulk...), 303)
	want(t, h.get("Chas", path), 200, "By letter")
}
