package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// WaitingAuthoriser is an agency that needs an independent authoriser for an item.
type WaitingAuthoriser struct {
	ItemID    uuid.UUID
	Item      string // its number
	Agency    string
	ForumName string
	StartsAt  time.Time // of the meeting
}

// Published agendas are of meetings that lie this far back or ahead.
const (
	agendaBack  = -7 * 24 * time.Hour // one that went on past midnight
	agendaAhead = 100 * 24 * time.Hour
)

// AuthorisersWaiting lists the agencies asked to pay for an item whose members and deputies have all left for
// it, and for whom nobody is named: an officer’s own agencies, and all at the forums that the actor records
// or chairs. What State.conflicted asks of one item, this asks of all.
func AuthorisersWaiting(tx db.Tx) (waiting []WaitingAuthoriser, err error) {
	forums := forumsWhere(tx.Actor, func(seat access.Seat) bool { return tx.Actor.May(access.RecordMeeting, seat.ForumID) })
	if len(forums) == 0 && len(tx.Actor.OfficerOf) == 0 {
		return nil, nil
	}
	err = tx.Raw(`
		with item as (
			select i.id, i.number, i.request_id, m.forum_id, m.starts_at, (m.starts_at at time zone 'Europe/London')::date as day
			from meeting m join agenda_item i on i.meeting_id = m.id and i.state = 'listed' and i.request_id is not null
			where m.starts_at between @since and @until and m.agenda_version > 0 and m.kind = 'held' and m.status in ('scheduled', 'in_session', 'adjourned')
				and not exists (select from decision d where d.item_id = i.id)
				and not exists (select from left_item n where n.item_id = i.id and n.person_id = @me)
		), asked as (
			select i.*, x.agency_id, coalesce(v.by_legal_body, t.by_legal_body) as by_body
			from item i
			left join lateral (select id, by_legal_body from vote where item_id = i.id order by run desc limit 1) v on true
			left join lateral (select by_legal_body from terms_of_reference where forum_id = i.forum_id and in_force_on <= i.day order by in_force_on desc, number desc limit 1) t on true
			cross join lateral (
				select agency_id from vote_share where vote_id = v.id and weekly_pence + one_off_pence > 0
				union all
				select agency_id from request_share where v.id is null and request_id = i.request_id and weekly_pence + one_off_pence > 0
			) x
		)
		select q.id as item_id, q.number as item, a.name as agency, f.name as forum_name, q.starts_at
		from asked q
		join agency a on a.id = q.agency_id and a.funder and not a.outside
		join forum f on f.id = q.forum_id
		cross join lateral (
			select count(*) as sit, count(*) filter (where not exists (select from left_item n where n.item_id = q.id and n.person_id = h.person_id)
				and not exists (select from voteless_item n where n.item_id = q.id and n.person_id = h.person_id)) as may
			from seat s
			join agency o on o.id = s.agency_id
			join seat_holding h on h.seat_id = s.id and h.from_date <= q.day and (h.to_date is null or h.to_date >= q.day)
			where s.forum_id = q.forum_id and s.standing = 'deciding' and s.office <> 'clerk'
				and (o.id = a.id or q.by_body and o.funder and o.legal_body = a.legal_body and a.legal_body <> '')
		) speak
		where (q.forum_id in @forums or a.id in @agencies) and speak.sit > 0 and speak.may = 0
			and not exists (
				select from meeting_guest g join agency o on o.id = g.agency_id
				where g.item_id = q.id and g.ended_at is null and o.kind <> 'family'
					and (o.id = a.id or q.by_body and o.funder and o.legal_body = a.legal_body and a.legal_body <> ''))
		order by q.starts_at, q.id, a.name limit 20`,
		map[string]any{
			"me": tx.Actor.PersonID, "forums": append(forums, uuid.Nil), "agencies": append([]uuid.UUID{uuid.Nil}, tx.Actor.OfficerOf...),
			"since": tx.Now.Add(agendaBack), "until": tx.Now.Add(agendaAhead),
		}).Scan(&waiting).Error
	return waiting, err
}
