package room

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// WaitingMinutes are minutes sent for comment that wait for the reader.
type WaitingMinutes struct {
	MeetingID     uuid.UUID
	ForumName     string
	StartsAt      time.Time // of the meeting
	CommentsUntil clock.Date
	Unanswered    int // comments without an answer
}

// MinutesToComment lists the minutes on which the actor may still comment, who had a seat at the meeting and
// has said nothing of them; the first to close first. Whoever clerks the forum wrote them and is not asked.
func MinutesToComment(tx db.Tx) ([]WaitingMinutes, error) {
	forums := forumsWhere(tx.Actor, func(seat access.Seat) bool {
		return seat.Office != access.Clerk && tx.Actor.May(access.ReadDecisions, seat.ForumID)
	})
	return minutesWaiting(tx, forums, `
		x.comments_until >= @today and not exists (select from minutes_comment c where c.meeting_id = m.id and c.person_id = @me)
		and exists (
			select from seat_holding h join seat s on s.id = h.seat_id
			where h.person_id = @me and s.forum_id = m.forum_id and s.office <> 'clerk' and h.from_date <= (m.starts_at at time zone 'Europe/London')::date
				and (h.to_date is null or h.to_date >= (m.starts_at at time zone 'Europe/London')::date))`)
}

// MinutesToFinish lists, for a clerk, the minutes whose time for comments is over and that are not final.
func MinutesToFinish(tx db.Tx) ([]WaitingMinutes, error) {
	forums := forumsWhere(tx.Actor, func(seat access.Seat) bool { return seat.Office == access.Clerk })
	return minutesWaiting(tx, forums, `x.comments_until < @today`)
}

func minutesWaiting(tx db.Tx, forums []uuid.UUID, where string) (waiting []WaitingMinutes, err error) {
	if len(forums) == 0 {
		return nil, nil
	}
	err = tx.Raw(`
		select m.id as meeting_id, f.name as forum_name, m.starts_at, x.comments_until,
			(select count(*) from minutes_comment c where c.meeting_id = m.id and c.answered_at is null) as unanswered
		from minutes x join meeting m on m.id = x.meeting_id join forum f on f.id = m.forum_id
		where x.state = 'for_comment' and m.forum_id in @forums and `+where+`
		order by x.comments_until, m.id limit 20`,
		map[string]any{"forums": forums, "today": tx.Today(), "me": tx.Actor.PersonID}).Scan(&waiting).Error
	return waiting, err
}

// forumsWhere lists the forums of an actor's seats of which something is true.
func forumsWhere(actor access.Actor, holds func(access.Seat) bool) (forums []uuid.UUID) {
	for _, seat := range actor.Seats {
		if !slices.Contains(forums, seat.ForumID) && holds(seat) {
			forums = append(forums, seat.ForumID)
		}
	}
	return forums
}
