package room_test

import (
	"testing"

	"quorate/panels/room"
	"quorate/server/base/db"
)

// BenchmarkCastBallot is one position from command to commit.
func BenchmarkCastBallot(b *testing.B) {
	h := setup(b)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	for b.Loop() {
		h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	}
}

// BenchmarkLoad is one reading of the whole room, which a replica does once for each change.
func BenchmarkLoad(b *testing.B) {
	h := setup(b)
	h.inSession(h.ann, h.hal)
	h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	for b.Loop() {
		h.must(h.store.DB.Read(b.Context(), h.chair, func(tx db.Tx) error {
			_, err := room.Load(tx, h.meeting.ID)
			return err
		}))
	}
}

// BenchmarkFollow is the reading after one position.
func BenchmarkFollow(b *testing.B) {
	h := setup(b)
	h.inSession(h.ann, h.hal)
	vote := h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	before := h.state()
	h.do(h.ann, room.CastBallot{VoteID: vote, SeatID: h.seat["Ann Bell"], Position: room.Consent})
	for b.Loop() {
		h.must(h.store.DB.Read(b.Context(), h.chair, func(tx db.Tx) error {
			_, _, err := room.Follow(tx, before, 20)
			return err
		}))
	}
}

// BenchmarkProject is one audience's view.
func BenchmarkProject(b *testing.B) {
	h := setup(b)
	h.inSession(h.ann, h.hal)
	h.voteOn(h.request, room.OpenVote{Outcome: room.Agreed})
	state := h.state()
	viewer, _ := room.ViewerOf(state, h.ann)
	for b.Loop() {
		room.Project(state, viewer)
	}
}
