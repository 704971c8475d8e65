package room_test

import (
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/notify/notifytest"
	"quorate/panels/room"
	"quorate/server/base/db"
)

func (h *house) post() *notify.Store {
	post := &notify.Store{DB: h.store.DB, BaseURL: "https://quorate.example.org"}
	room.RegisterNotices(post)
	return post
}

// waiting are the people a kind of notice waits for.
func (h *house) waiting(kind notify.Kind) (people []uuid.UUID, ids notify.IDs) {
	h.t.Helper()
	var rows []struct {
		Recipient uuid.UUID
		IDs       notify.IDs `gorm:"serializer:json;column:ids"`
	}
	h.must(h.store.DB.Read(h.t.Context(), h.chair, func(tx db.Tx) error {
		return tx.Table("outbox").Select("recipient, ids").Where("kind = ? and state = 'waiting'", kind).Order("seq").Find(&rows).Error
	}))
	for _, row := range rows {
		people, ids = append(people, row.Recipient), row.IDs
	}
	return people, ids
}

// An agency whose seat is empty at the vote must hear of it in time to come; whoever is here, and
// whoever left for the item, must not.
func TestAnOpenVoteIsToldToThoseMissingFromIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.do(h.clerk, room.RecordAttendance{PersonID: h.clerk.PersonID, Present: true})
	h.do(h.chair, room.OpenItem{ItemID: h.request.ID})
	h.do(h.chair, room.OpenVote{ItemID: h.request.ID, Outcome: room.Agreed, Provisional: true})
	people, ids := h.waiting(room.NoticeVoteOpen)
	if len(people) != 1 || people[0] != h.hal.PersonID {
		t.Fatalf("told %v, want health's member alone: %v", people, h.hal.PersonID)
	}
	notice := notify.Notice{Kind: room.NoticeVoteOpen, IDs: ids, To: h.hal.PersonID}
	notifytest.Golden(t, h.post(), notice, "vote_open")
	h.do(h.chair, room.CloseVote{VoteID: ids["vote"]})
	notifytest.NotSent(t, h.post(), notice)
}

// Who brought a request has waited weeks for its outcome.
func TestAnOutcomeIsToldToWhoBroughtTheItem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann)
	h.decideOn(room.ConfirmDecision{ItemID: h.request.ID, Outcome: room.NotAgreed, Reasons: "Met already", Meanwhile: "It goes on", Challenge: room.ChallengeEHCP})
	people, ids := h.waiting(room.NoticeDecision)
	if len(people) != 1 || people[0] != h.pia.PersonID {
		t.Fatalf("told %v, want who presented and sent it, once: %v", people, h.pia.PersonID)
	}
	notifytest.Golden(t, h.post(), notify.Notice{Kind: room.NoticeDecision, IDs: ids, To: h.pia.PersonID}, "decision_recorded")
	if n := h.count(`select count(*) from river_job where kind = 'decision.confirmed'`); n != 1 {
		t.Errorf("%d announcements of the decision", n)
	}
}
