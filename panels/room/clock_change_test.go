package room_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quorate/panels/room"
	"quorate/server/base/clock"
)

// The clocks change in the night, and meetings by correspondence, far away or gone on too long are open
// then. Time on an item, who was there when, and the order of the log must not jump by an hour with them.
func TestTheClocksChangeDuringAMeeting(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]time.Time{
		"forward": time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC),  // 1am becomes 2am
		"back":    time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), // 2am becomes 1am
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.clock.Set(change.Add(-30 * time.Minute))
			h.owner(`update meeting set starts_at = $1, ends_at = $2 where id = $3`, change.Add(-30*time.Minute), change.Add(90*time.Minute), h.meeting.ID)
			h.owner(`update seat_holding set from_date = '2026-01-01'`)
			h.owner(`update terms_of_reference set in_force_on = '2026-01-01'`)
			h.meeting = h.state().Meeting
			came := h.clock.Now()
			h.inSession(h.ann, h.hal)
			vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
			h.clock.Set(change.Add(15 * time.Minute))
			h.consent(vote)
			h.do(h.chair, room.CloseVote{VoteID: vote})
			h.do(h.hal, room.RecordAttendance{Present: false})
			h.do(h.chair, room.FinishItem{ItemID: h.request.ID})
			h.do(h.chair, room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.Agreed, Reasons: "Assessed need"})
			for _, item := range h.state().Items {
				if item.ID == h.request.ID && item.SpentSeconds != 45*60 {
					t.Errorf("45 minutes on an item are %d seconds", item.SpentSeconds)
				}
			}
			h.clock.Set(change.Add(45 * time.Minute))
			h.do(h.chair, room.CloseMeeting{})
			for i, event := range h.verify() {
				if event.At.Before(came) || event.At.After(h.clock.Now()) || event.Seq != int64(i+1) {
					t.Errorf("event %d is of %s", event.Seq, event.At)
				}
			}
			m, err := h.minutes(h.clerk)
			h.must(err)
			gone := change.Add(15 * time.Minute)
			want := fmt.Sprintf("%s to %s", clock.Time(came), clock.Time(gone))
			for _, there := range m.There.Present {
				if there.Name == "Hal Hart" && there.Times != want {
					t.Errorf("Hal was there %q, want %q", there.Times, want)
				}
			}
			if !m.Ended.Equal(h.clock.Now()) {
				t.Errorf("it ended at %s", m.Ended)
			}
			if d := m.Items[2].Decision; d == nil || strings.Contains(d.Standing, "binds nobody") {
				t.Errorf("the decision: %+v", d)
			}
			if _, err := room.CheckSealedRecord(h.export(h.clerk)); err != nil {
				t.Error(err)
			}
		})
	}
}
