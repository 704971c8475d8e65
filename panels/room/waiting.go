package room

import (
	"time"

	"github.com/google/uuid"

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

// VotesWaiting lists the open votes in which the actor holds a deciding seat, or is the item's guest, has
// not left for the item and has given no position. For a funding vote their agency must be asked to pay;
// a guest is asked in no other.
func VotesWaiting(tx db.Tx) (waiting []WaitingVote, err error) {
	var seats []uuid.UUID
	for _, seat := range tx.Actor.Seats {
		if seat.Standing == access.Deciding {
			seats = append(seats, seat.SeatID)
		}
	}
	if len(seats) == 0 && len(tx.Actor.Guests) == 0 {
		return nil, nil
	}
	seats = append(seats, uuid.Nil) // a list in SQL is never empty
	err = tx.Raw(`
		select distinct v.meeting_id, f.name as forum_name, i.number as item
		from vote v join meeting m on m.id = v.meeting_id join forum f on f.id = m.forum_id
		join agenda_item i on i.id = v.item_id
		cross join lateral (
			select agency_id from seat where forum_id = m.forum_id and id in @seats
			union all select agency_id from guest_item g where g.item_id = v.item_id and g.person_id = @me and v.rule = 'funder_consent'
		) s
		where v.closed_at is null and v.method = 'devices' and m.status = 'in_session' and m.kind = 'held'
		and (v.rule <> 'funder_consent' or exists (
			select from vote_share x where x.vote_id = v.id and x.weekly_pence + x.one_off_pence > 0
				and (x.agency_id = s.agency_id or v.by_legal_body and exists (
					select from agency pays join agency speaks on speaks.legal_body = pays.legal_body and speaks.legal_body <> '' and speaks.funder
					where pays.id = x.agency_id and speaks.id = s.agency_id))))
		and not exists (select from ballot b where b.vote_id = v.id and b.person_id = @me and b.superseded_at is null)
		and not exists (select from left_item n where n.item_id = v.item_id and n.person_id = @me)
		and not exists (select from voteless_item n where n.item_id = v.item_id and n.person_id = @me)
		limit 20`, map[string]any{"seats": seats, "me": tx.Actor.PersonID}).Scan(&waiting).Error
	return waiting, err
}

// WaitingAction is an action of the reader's that is overdue or due within the week.
type WaitingAction struct {
	ActionID  uuid.UUID
	ForumName string
	Text      string
	DueOn     clock.Date
}

// ActionsWaiting lists the actor's own actions that are overdue or due within a week, the oldest
// first. One on an item they left is told to them at no time.
func ActionsWaiting(tx db.Tx) (waiting []WaitingAction, err error) {
	err = tx.Raw(`
		select a.id as action_id, f.name as forum_name, a.text, a.due_on
		from action_owner o join action a on a.id = o.action_id join forum f on f.id = a.forum_id
		where o.person_id = @me and o.ended_at is null and a.done_at is null and a.due_on <= @by and not `+closedTo("@me")+`
		order by a.due_on, a.id limit 20`,
		map[string]any{"me": tx.Actor.PersonID, "by": tx.Today().AddDays(7)}).Scan(&waiting).Error
	return waiting, err
}

// OpenActions is how many actions the actor has still to do, whenever they are due.
func OpenActions(tx db.Tx) (n int, err error) {
	err = tx.Raw(`
		select count(*) from action_owner o join action a on a.id = o.action_id
		where o.person_id = @me and o.ended_at is null and a.done_at is null and not `+closedTo("@me"), map[string]any{"me": tx.Actor.PersonID}).Scan(&n).Error
	return n, err
}

// PresentingAt lists the coming meetings at which the actor presents an item, or joins one as a guest, the next first.
func PresentingAt(tx db.Tx) (meetings []panels.MeetingRow, err error) {
	err = tx.Raw(`
		select m.*, f.name as forum_name, f.slug as forum_slug, f.board
		from meeting m join forum f on f.id = m.forum_id
		where m.ends_at >= @now and m.status in ('scheduled', 'in_session', 'adjourned') and m.kind = 'held' and (
			m.agenda_version > 0 and exists (select from agenda_item i where i.meeting_id = m.id and i.presenter_id = @me and i.state = 'listed')
			or exists (select from joined_item g where g.meeting_id = m.id and g.person_id = @me)
			or m.agenda_version = 0 and exists (select from meeting_guest g where g.meeting_id = m.id and g.person_id = @me and g.ended_at is null))
		order by m.starts_at limit 10`, map[string]any{"now": tx.Now, "me": tx.Actor.PersonID}).Scan(&meetings).Error
	return meetings, err
}

// WaitingDecision is a decision that waits for the reader to confirm it as the other chair.
type WaitingDecision struct {
	DecisionID uuid.UUID
	ForumName  string
	Item       string // its number
	StartsAt   time.Time
}

// DecisionsWaiting lists the decisions that one chair has confirmed and that wait for the actor: who
// holds the other chair, or stands in for it while its holder is not here, has left for the item or has
// confirmed for their other chair. What mayConfirmAlso asks of one, this asks of all.
func DecisionsWaiting(tx db.Tx) (waiting []WaitingDecision, err error) {
	chairs := false
	for _, seat := range tx.Actor.Seats {
		chairs = chairs || seat.Office == access.Chair || seat.Office == access.DeputyChair
	}
	if !chairs {
		return nil, nil
	}
	err = tx.Raw(`
		select w.id as decision_id, f.name as forum_name, i.number as item, m.starts_at
		from decision_waiting w join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id join agenda_item i on i.id = w.item_id
		where w.settled_at is null and w.confirmed_by <> @me and m.forum_id in @forums
		and not exists (select from left_item n where n.item_id = w.item_id and n.person_id = @me)
		and exists (
			select from seat s
			left join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 and h.from_date <= (m.starts_at at time zone 'Europe/London')::date
				and (h.to_date is null or h.to_date >= (m.starts_at at time zone 'Europe/London')::date)
			where s.forum_id = m.forum_id and s.office = 'chair' and s.id <> w.seat_id and (
				h.person_id = @me
				or (s.id in @seats or m.forum_id in @deputy_of) and (
					h.person_id is null or h.person_id = w.confirmed_by
					or not coalesce((select a.present from attendance a where a.meeting_id = m.id and a.person_id = h.person_id order by a.id desc limit 1), false)
					or exists (select from left_item n where n.item_id = w.item_id and n.person_id = h.person_id))))
		order by w.confirmed_at limit 20`, chairsOf(tx.Actor)).Scan(&waiting).Error
	return waiting, err
}

// chairsOf are the chairs' seats somebody sits in, the forums whose deputy chair they are, and both together.
func chairsOf(actor access.Actor) map[string]any {
	seats, forums, deputyOf := []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}
	for _, seat := range actor.Seats {
		switch seat.Office {
		case access.Chair:
			seats, forums = append(seats, seat.SeatID), append(forums, seat.ForumID)
		case access.DeputyChair:
			deputyOf, forums = append(deputyOf, seat.ForumID), append(forums, seat.ForumID)
		}
	}
	return map[string]any{"me": actor.PersonID, "seats": seats, "forums": forums, "deputy_of": deputyOf}
}

// WaitingInterest is a declared interest that waits for the reader's answer as chair.
type WaitingInterest struct {
	MeetingID uuid.UUID
	ForumName string
	StartsAt  time.Time
	Count     int // that wait in this meeting
}

// InterestsWaiting counts, by meeting, the declared interests that nobody has answered and that the actor
// may answer: they chair the forum or deputise, it is not their own, they have not left for the item, and
// the item is not decided.
func InterestsWaiting(tx db.Tx) (waiting []WaitingInterest, err error) {
	forums := chairsOf(tx.Actor)["forums"]
	if len(forums.([]uuid.UUID)) == 1 {
		return nil, nil // of no forum
	}
	err = tx.Raw(`
		select m.id as meeting_id, f.name as forum_name, m.starts_at, count(*)::int as count
		from answered_interest n
		join agenda_item i on i.id = n.item_id and i.state = 'listed'
		join meeting m on m.id = n.meeting_id and m.status in ('scheduled', 'in_session', 'adjourned') and m.forum_id in @forums
		join forum f on f.id = m.forum_id
		where n.extent = '' and n.person_id <> @me
			and not exists (select from left_item l where l.item_id = n.item_id and l.person_id = @me)
			and not exists (select from decision d where d.item_id = n.item_id)
		group by m.id, f.name, m.starts_at order by m.starts_at limit 20`,
		map[string]any{"me": tx.Actor.PersonID, "forums": forums}).Scan(&waiting).Error
	return waiting, err
}
