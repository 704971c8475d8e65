package panels

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// MyMeeting is one of the actor's next meetings, and how they stand to it.
type MyMeeting struct {
	MeetingRow
	Asked    bool   // they are asked to come; false for a named deputy whose holder comes
	Answer   Answer // their reply about the meeting as it is now timed; "" when there is none
	Deputy   string // who comes instead
	SentBy   string // whose reply sends them
	OnlyItem bool   // they come for an item, without a seat
}

// longest is more than any meeting lasts, so that one that is going on is found by its start.
const longest = 24 * time.Hour

// MyMeetings lists the next meetings of the forums on which the actor has a seat, and of others
// they are asked to come to. It asks once however many there are.
func MyMeetings(tx db.Tx, count int) (rows []MyMeeting, err error) {
	if !tx.Actor.IsPerson() {
		return nil, nil
	}
	forums := append(seatForums(tx.Actor), uuid.Nil)
	err = tx.Raw(`
		with mine as materialized (
			select m.* from meeting m
			where m.starts_at > @after and m.ends_at >= @now and m.status in ('scheduled', 'in_session', 'adjourned') and m.kind = 'held'
				and (m.forum_id in @forums or (
					m.id in (select r.meeting_id from reply r where r.deputy_id = @person and r.current)
					or m.id in (select g.meeting_id from meeting_guest g where g.person_id = @person and g.ended_at is null)
				) and `+askedToCome+`)
			order by m.starts_at, m.id limit @count
		)
		select m.*, f.name as forum_name, f.slug as forum_slug, f.board,
			`+askedToCome+` as asked, coalesce(own.answer, '') as answer, coalesce(d.name, '') as deputy, coalesce(sent.name, '') as sent_by,
			m.forum_id not in @forums and exists (select from meeting_guest g where g.meeting_id = m.id and g.person_id = @person and g.ended_at is null) as only_item
		from mine m join forum f on f.id = m.forum_id
		left join reply own on own.meeting_id = m.id and own.person_id = @person and own.current and own.sequence >= m.timed_at_sequence
		left join person d on d.id = own.deputy_id
		left join lateral (
			select p.name from reply r join person p on p.id = r.person_id
			where r.meeting_id = m.id and r.deputy_id = @person and r.current and r.sequence >= m.timed_at_sequence
			order by r.answered_at limit 1
		) sent on true
		order by m.starts_at, m.id`, map[string]any{
		"forums": forums, "person": tx.Actor.PersonID, "after": tx.Now.Add(-longest), "now": tx.Now, "count": count,
	}).Scan(&rows).Error
	return rows, err
}
