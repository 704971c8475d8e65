package web

import (
	"strings"
	"testing"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// scheduled gives MAPaC its meetings and returns the first.
func (h *house) scheduled() panels.Meeting {
	h.t.Helper()
	admin := access.Actor{PersonID: h.forum.ID, Administrator: true}
	if _, _, err := (panels.Store{DB: h.db}).ScheduleSeries(h.t.Context(), admin, panels.Series{ForumID: h.forum.ID, Venue: "County Hall"}); err != nil {
		h.t.Fatal(err)
	}
	return h.meetings()[0].Meeting
}

func TestCalendarListsTheMonth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	month := "/meetings?month=" + meeting.On().String()[:7]
	page := h.get("Cleo", month)
	want(t, page, 200, meeting.On().LongWithWeekday(), "1:30pm to 4pm", "County Hall", "/meetings/"+meeting.ID.String()+"/move", "Papers due")
	want(t, h.get("Cleo", month+"&view=grid"), 200, "by day", "MAPaC")
	want(t, h.get("Cleo", month+"&forum=mapac"), 200, "Remove filter")
	want(t, h.get("Cleo", "/meetings?month=nonsense"), 200, "November 2026")
	want(t, h.get("Ada", "/meetings?month=2026-12"), 200, "Christmas Day", "MAPaC")
	nobody := h.get("Mo", month)
	want(t, nobody, 200, "No meetings in")
	wantNot(t, nobody, "County Hall")
	wantNot(t, nobody, "MAPaC")
}

func TestHomeListsMyNextMeetings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	want(t, h.get("Cleo", "/"), 200, "MAPaC", "/meetings/"+meeting.ID.String(), "County Hall")
	wantNot(t, h.get("Mo", "/"), "MAPaC")
}

func TestMeetingPageIsForItsForumOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	path := "/meetings/" + meeting.ID.String()
	want(t, h.get("Cleo", path), 200, meeting.On().LongWithWeekday(), "Papers due", "Cleo", "Move this meeting", "Download a calendar file")
	want(t, h.get("Ada", path), 200, "Agenda out")
	want(t, h.get("Mo", path), 403)
	want(t, h.get("Cleo", "/meetings/not-an-id"), 404)
	want(t, h.get("Cleo", "/meetings/0199aaaa-0000-7000-8000-000000000000"), 404)

	file := h.get("Cleo", path+"/meeting.ics")
	want(t, file, 200, "BEGIN:VEVENT\r\n", "SUMMARY:MAPaC\r\n", "LOCATION:County Hall\r\n", "SEQUENCE:0\r\n", "UID:"+meeting.ID.String()+"\r\n")
	if kind := file.Header().Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
		t.Errorf("its type is %q", kind)
	}
	if name := file.Header().Get("Content-Disposition"); !strings.Contains(name, "meeting-"+meeting.On().String()+".ics") {
		t.Errorf("it is kept as %q", name)
	}
	want(t, h.get("Mo", path+"/meeting.ics"), 403)
}

func TestMoveMeetingByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	path := "/meetings/" + meeting.ID.String() + "/move"
	form := []string{"version", "1", "starts_on-day", "25", "starts_on-month", "12", "starts_on-year", "2026", "start_time", "10am", "duration_minutes", "60", "venue", "Town Hall"}
	want(t, h.get("Cleo", path), 200, `value="1:30pm"`, `value="150"`)
	bad := append([]string{"start_time", "half ten"}, form...)
	want(t, h.post("Cleo", path, bad...), 422, "Enter a time, like 9:30am or 14:00", "half ten", "Town Hall")
	want(t, h.post("Cleo", path, form...), 409, "is a bank holiday: Christmas Day", "Town Hall", `name="version" value="1"`)
	kept := []string{"held_at", "keep 2026-12-25T10:00:00Z 2026-12-25T11:00:00Z Town Hall"}
	form = append(form, kept...)
	moved := h.post("Cleo", path, form...)
	want(t, moved, 303)
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()), 200, "Friday 25 December 2026", "Moved from")
	want(t, h.post("Cleo", path, form...), 409, "Somebody else changed this", "Town Hall", `name="version" value="2"`)

	h.write(`update meeting set agenda_version = 1`)
	form[1] = "2"
	want(t, h.post("Cleo", path, form...), 409, "I know that the agenda is published", `href="#agenda_is_out"`)
	form[3] = "28" // Boxing Day is typed instead, and is weighed anew
	want(t, h.post("Cleo", path, append(form, "agenda_is_out", "yes")...), 409, "Boxing Day", "the new time too")
	form = append(form[:len(form)-2], "agenda_is_out", "yes", "held_at", "2026-12-30T10:00:00Z")
	want(t, h.post("Cleo", path, form...), 303)
	want(t, h.get("Cleo", "/meetings/"+meeting.ID.String()), 200, "Wednesday 30 December 2026", "Town Hall")
	h.write(`update meeting set status = 'in_session'`)
	form[1] = "3"
	want(t, h.post("Cleo", path, form...), 409, "This meeting is in session")
	want(t, h.post("Mo", path, form...), 403)
}

func TestCancelMeetingByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	path := "/meetings/" + meeting.ID.String()
	want(t, h.get("Cleo", path+"/cancel"), 200, "Why is it cancelled?")
	want(t, h.post("Cleo", path+"/cancel", "version", "1", "reason", " "), 422, "Enter why the meeting is cancelled")
	want(t, h.post("Cleo", path+"/cancel", "version", "7", "reason", "Heavy snow"), 409, "Heavy snow")
	want(t, h.post("Cleo", path+"/cancel", "version", "1", "reason", "Heavy snow"), 303)
	page := h.get("Cleo", path)
	want(t, page, 200, "This meeting is cancelled", "Heavy snow")
	wantNot(t, page, "Move this meeting")
	want(t, h.get("Cleo", path+"/meeting.ics"), 200, "STATUS:CANCELLED\r\n", "SEQUENCE:1\r\n")
	want(t, h.post("Cleo", path+"/cancel", "version", "2", "reason", "Again"), 409, "was cancelled")
}

func TestCallExtraordinaryMeetingByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.get("Cleo", "/forums/mapac/meetings/new"), 200, "Call this meeting", `value="1:30pm"`)
	form := []string{"starts_on-day", "29", "starts_on-month", "11", "starts_on-year", "2026", "start_time", "11.55pm", "duration_minutes", "60", "joining_link", "https://meet.example.org/urgent"}
	want(t, h.post("Cleo", "/forums/mapac/meetings", "start_time", "9am", "venue", "Kept"), 422, "Enter the day", "Kept")
	asked := h.post("Cleo", "/forums/mapac/meetings", form...)
	want(t, asked, 409, "Sunday 29 November 2026 is at a weekend.", "https://meet.example.org/urgent", `value="2026-12-02T23:55:00Z"`, "hold it then all the same")
	called := h.post("Cleo", "/forums/mapac/meetings", append(form, "held_at", "keep 2026-11-29T23:55:00Z 2026-11-30T00:55:00Z")...)
	want(t, called, 303)
	want(t, h.get("Cleo", called.Header().Get("Location")), 200, "Extraordinary", "11:55pm to Monday 30 November 2026, 12:55am", "Join online")
	want(t, h.post("Mo", "/forums/mapac/meetings", form...), 403)

	h.write(`update meeting set status = 'cancelled', version = version + 1`)
	want(t, h.get("Cleo", called.Header().Get("Location")), 200, "What is against restoring it", "is at a weekend")
}

func (h *house) write(statement string) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), access.System("test"), func(tx db.Tx) error { return tx.Exec(statement).Error })
	if err != nil {
		h.t.Fatal(err)
	}
}
