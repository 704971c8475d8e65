package room

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// WaitingVote is an open vote that waits for the reader's position.
type WaitingVote struct {
	MeetingID uuid.UUID
	ForumName string
	Item      string // its number
}

// VotesWaiting lists the open votes in which the actor holds a deciding seat, has not left for the
// item and has given no position. For a funding vote their agency must be asked to pay.
func VotesWaiting(tx db.Tx) (waiting []WaitingVote, err error) {
	var seats []uuid.UUID
	for _, seat := range tx.Actor.Seats {
		if seat.Standing == access.Deciding {
			seats = append(seats, seat.SeatID)
		}
	}
	if len(seats) == 0 {
		return nil, nil
	}
	err = tx.Raw(`
		select distinct v.meeting_id, f.name as forum_name, i.number as item
		from vote v join meeting m on m.id = v.meeting_id join forum f on f.id = m.forum_id
		join agenda_item i on i.id = v.item_id join seat s on s.forum_id = m.forum_id and s.id in @seats
		where v.closed_at is null and v.method = 'devices' and m.status = 'in_session'
		and (v.rule <> 'funder_consent' or exists (
			select from vote_share x where x.vote_id = v.id and x.agency_id = s.agency_id and x.weekly_pence + x.one_off_pence > 0))
		and not exists (select from ballot b where b.vote_id = v.id and b.person_id = @me and b.superseded_at is null)
		and not exists (select from left_item n where n.item_id = v.item_id and n.person_id = @me)
		limit 20`, map[string]any{"seats": seats, "me": tx.Actor.PersonID}).Scan(&waiting).Error
	return waiting, err
}

// WaitingAction is an action of the reader's that is overdue or due within the week.
type WaitingAction struct {
	MeetingID uuid.UUID
	ForumName string
	Text      string
	DueOn     clock.Date
}

// ActionsWaiting lists the actor's own actions that are overdue or due within a week, the oldest
// first. One on an item they left is told to them at no time.
func ActionsWaiting(tx db.Tx) (waiting []WaitingAction, err error) {
	err = tx.Raw(`
		select a.meeting_id, f.name as forum_name, a.text, a.due_on
		from action a join forum f on f.id = a.forum_id
		where a.owner_id = ? and a.done_at is null and a.due_on <= ?
		and not exists (select from left_item n where n.item_id = a.item_id and n.person_id = a.owner_id)
		and not exists (`+tracker.InterestIn("a.owner_id", "a.case_id")+`)
		order by a.due_on, a.id limit 20`,
		tx.Actor.PersonID, tx.Today().AddDays(7)).Scan(&waiting).Error
	return waiting, err
}

// PresentingAt lists the coming meetings at which the actor presents an item, the next first.
func PresentingAt(tx db.Tx) (meetings []panels.MeetingRow, err error) {
	err = tx.Raw(`
		select m.*, f.name as forum_name, f.slug as forum_slug, f.board
		from meeting m join forum f on f.id = m.forum_id
		where m.ends_at >= @now and m.status in ('scheduled', 'in_session', 'adjourned') and m.agenda_version > 0
		and exists (select from agenda_item i where i.meeting_id = m.id and i.presenter_id = @me and i.state = 'listed')
		order by m.starts_at limit 10`, map[string]any{"now": tx.Now, "me": tx.Actor.PersonID}).Scan(&meetings).Error
	return meetings, err
}
