package web

import (
	"testing"

	"quorate/panels"
)

// Who asks for one person's meetings and is shown everybody's plans their week by the wrong list.
func TestCalendarIsFilteredByForumAndPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	month := "/meetings?month=" + meeting.On().String()[:7]
	cleo := h.idOf("Cleo")

	want(t, h.get("Ada", month), 200, "Cleo", "MAPaC", "Agenda out")
	filtered := h.get("Ada", month+"&forum=mapac&person="+cleo)
	want(t, filtered, 200, meeting.On().LongWithWeekday(), "Filters in use", "Clear all filters", "Year planner")
	want(t, h.get("Cleo", month+"&person=me"), 200, meeting.On().LongWithWeekday(), "Only my own meetings")
	want(t, h.get("Cleo", month+"&person="+cleo), 200, "Only my own meetings")
	mine := h.get("Ada", month+"&person=me") // an administrator, without a seat
	want(t, mine, 200, "No meeting fits the filters in use")
	want(t, h.get("Ada", month+"&forum=none"), 404, "There is no such forum in your calendar")
	want(t, h.get("Mo", month+"&forum=mapac"), 404)
	want(t, h.get("Mo", month+"&person="+cleo), 404, "sits on none of your forums")
	wantNot(t, h.get("Mo", month), "Cleo")
}

// A draft that the table sees looks settled: somebody books leave round a meeting that never is.
func TestCalendarShowsDraftsToWhoeverSchedules(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	month := "/meetings?month=" + meeting.On().String()[:7]
	h.write(`update meeting set status = 'draft'`)
	want(t, h.get("Cleo", month), 200, "Draft", meeting.On().LongWithWeekday())
	want(t, h.get("Ada", "/forums/mapac/planner?from="+meeting.On().String()[:7]), 200, "(draft)")
	wantNot(t, h.get("Mo", month), "Draft")
	want(t, h.get("Cleo", "/"), 200, "You have no meetings coming up")
}

func TestPlannerHoldsTwelveMonths(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	page := h.get("Cleo", "/forums/mapac/planner?from=2026-12")
	want(t, page, 200, "Year planner, December 2026 to November 2027", "Meeting, 1:30pm", "Papers due for", "Agenda out for", "Christmas Day",
		"/meetings/"+meeting.ID.String(), "q-landscape", "planner?from=2025-12", "planner?from=2027-12")
	h.write(`update series set pauses = '[{"from":"2027-07-26","to":"2027-08-31","reason":"Summer","every_year":true}]'`)
	want(t, h.get("Cleo", "/forums/mapac/planner?from=2027-08"), 200, "No meetings to 31 Aug: Summer", "Sun 1")
	want(t, h.get("Cleo", "/forums/mapac/planner?from=nonsense"), 200, "November 2026 to October 2027")
	want(t, h.get("Cleo", "/forums/nowhere/planner"), 404)
	want(t, h.get("Mo", "/forums/mapac/planner"), 403)
}

// Somebody who answered and is told they have not answers twice, or rings the clerk.
func TestHomeSaysWhatIReplied(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	meeting := h.scheduled()
	want(t, h.get("Cleo", "/"), 200, "You have not replied", "Papers due", "See all my meetings", "/meetings?person=me")
	reply := func(answer panels.Answer) {
		h.write(`update reply set current = false`)
		h.write(`insert into reply (id, meeting_id, person_id, answer, via, sequence, answered_at)
			values (gen_random_uuid(), '` + meeting.ID.String() + `', '` + h.idOf("Cleo") + `', '` + string(answer) + `', 'page', 0, now())`)
	}
	reply(panels.Attending)
	want(t, h.get("Cleo", "/"), 200, "You are coming")
	reply(panels.Apologies)
	want(t, h.get("Cleo", "/"), 200, "You sent apologies")
	h.write(`update meeting set sequence = 1, timed_at_sequence = 1`)
	page := h.get("Cleo", "/")
	want(t, page, 200, "You have not replied")
	wantNot(t, page, "You sent apologies")
}
