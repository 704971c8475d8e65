package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// MeetingKind says whether people meet, or decide one item between two meetings.
type MeetingKind string

// The kinds of meeting.
const (
	Held           MeetingKind = "held"
	Correspondence MeetingKind = "correspondence" // each gives a position in writing, until a day
	ChairsAction   MeetingKind = "chairs_action"  // the chair decides what cannot wait
)

// Words is the kind as a tag says it; "" for a meeting that is held.
func (k MeetingKind) Words() string {
	switch k {
	case Correspondence:
		return "Vote by correspondence"
	case ChairsAction:
		return "Chair’s action"
	}
	return ""
}

// Between reports whether nobody meets: one item is decided between two meetings. There are no
// invitations, replies, forecasts, deadlines or minutes of it; the next meeting is asked to ratify it.
func (m Meeting) Between() bool { return m.Kind == Correspondence || m.Kind == ChairsAction }

// actionLasts is what a chair's action takes on the calendar, where everything has an end.
const actionLasts = 15 * time.Minute

// BeginBetween makes what stands for a meeting while one item is decided between two. It runs from now on,
// a vote by correspondence until it closes. The caller has asked who may; id is made where it was asked
// for, so that asking twice begins once.
func BeginBetween(tx db.Tx, id, forumID uuid.UUID, kind MeetingKind, closesAt time.Time) (Meeting, error) {
	if kind == ChairsAction {
		closesAt = tx.Now.Add(actionLasts)
	}
	meeting := Meeting{
		ID: id, ForumID: forumID, Kind: kind, StartsAt: tx.Now, EndsAt: closesAt.UTC(), Status: InSession,
		CreatedAt: tx.Now, ChangedAt: tx.Now, Version: 1,
	}
	if err := tx.Create(&meeting).Error; err != nil {
		return Meeting{}, err
	}
	return meeting, record(tx, "meeting.between", meeting.ID, forumID, nil, map[string]any{"kind": kind, "closes_at": meeting.EndsAt})
}
