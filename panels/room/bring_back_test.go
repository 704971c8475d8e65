package room_test

import (
	"testing"

	"quorate/panels/room"
)

// A request that was not reached, or was talked about and not decided, must not stay tabled at a meeting that is
// over: nobody could table it again or send it back, and somebody's care would wait for ever.
func TestWhatAClosedMeetingDidNotDecideComesToTheNext(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(h *house){
		"not reached":           func(h *house) {},
		"passed over":           func(h *house) { h.do(h.chair, room.PassItem{ItemID: h.request.ID, Reason: "No time"}) },
		"discussed and no more": func(h *house) { h.do(h.chair, room.OpenItem{ItemID: h.request.ID}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.owner(`update agenda_item set reasons = '[{"rule": "by_hand", "text": "The school asked", "on": "", "days_left": 0, "law": ""}]' where id = $1`, h.name.ID)
			h.inSession(h.ann, h.hal)
			before(h)
			h.do(h.chair, room.CloseMeeting{})
			if n := h.count(`select count(*) from funding_request where id = ? and state = 'submitted' and meeting_id is null`, h.requestID); n != 1 {
				t.Error("the request is still tabled at the meeting that is over")
			}
			if n := h.count(`select count(*) from due where request_id = ? and forum_id = ? and done_at is null`, h.requestID, h.forum.ID); n != 1 {
				t.Error("the request comes to no agenda")
			}
			if n := h.count(`select count(*) from due where source_id = ? and kind = 'put_over' and done_at is null`, h.caseID); n != 1 {
				t.Error("the young person somebody put on by hand is forgotten")
			}
		})
	}
}

// What was decided, and what the young person's item came to, is not brought back.
func TestWhatAClosedMeetingDecidedStaysDecided(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	h.do(h.chair, room.OpenItem{ItemID: h.name.ID})
	h.do(h.chair, room.FinishItem{ItemID: h.name.ID})
	h.owner(`update funding_request set state = 'decided' where id = $1`, h.requestID)
	h.do(h.chair, room.CloseMeeting{})
	if n := h.count(`select count(*) from due where done_at is null and kind <> 'minutes'`); n != 0 {
		t.Errorf("%d things are due again", n)
	}
}
