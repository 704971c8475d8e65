package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Action is something a person is to do by a day.
type Action struct {
	ID        uuid.UUID
	MeetingID uuid.UUID
	ForumID   uuid.UUID
	ItemID    *uuid.UUID
	CaseID    *uuid.UUID
	OwnerID   uuid.UUID
	AgencyID  *uuid.UUID
	Text      string
	DueOn     clock.Date
	RaisedBy  uuid.UUID
	RaisedAt  time.Time
	DoneAt    *time.Time
	DoneBy    *uuid.UUID
	DoneText  string

	Owner, Agency string `gorm:"->"` // names
}

// The record names who took the action on, though it may have passed to somebody else since.
const actionsOfMeeting = `
	select a.*, p.name as owner, coalesce(g.name, '') as agency
	from action a
	left join lateral (
		select h.from_id from handover_thing t join handover h on h.id = t.handover_id
		where t.kind = 'action' and t.thing_id = a.id and t.to_id is not null order by h.id limit 1
	) first on true
	join person p on p.id = coalesce(first.from_id, a.owner_id) left join agency g on g.id = a.agency_id
	where a.meeting_id = ? order by a.id`

// Referral sends a case to another forum.
type Referral struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	ItemID     uuid.UUID
	CaseID     uuid.UUID
	ToForumID  uuid.UUID
	Reason     string
	ReferredBy uuid.UUID
	ReferredAt time.Time

	ToForum string `gorm:"->"` // its name
}
