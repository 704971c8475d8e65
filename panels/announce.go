package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/db"
)

// MeetingsChanged is announced when meetings are arranged, moved, cancelled or restored: whoever
// keeps people's calendars right acts on it. It says which, never what; the meeting says that.
type MeetingsChanged struct {
	Meetings []uuid.UUID `json:"meetings"`
}

// Kind names the event.
func (MeetingsChanged) Kind() string { return "meetings.changed" }

// SeatsChanged is announced when somebody else is to sit at a forum's meetings to come.
type SeatsChanged struct {
	Forum uuid.UUID `json:"forum"`
}

// Kind names the event.
func (SeatsChanged) Kind() string { return "seats.changed" }

// announce tells, once the change is committed, that meetings are not as they were.
func announce(tx db.Tx, meetings ...uuid.UUID) error {
	if len(meetings) == 0 {
		return nil
	}
	return tx.Enqueue(db.Job{Args: MeetingsChanged{Meetings: meetings}})
}

func announceSeats(tx db.Tx, forum uuid.UUID) error {
	return tx.Enqueue(db.Job{Args: SeatsChanged{Forum: forum}})
}
