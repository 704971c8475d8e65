package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
)

// ChairedBy is who chairs a meeting: one seat, or both where two chair together.
type ChairedBy struct {
	Seats []TableSeat // those in the chair, of the meeting's day; empty when the forum has no chair's seat
	Other *TableSeat  // where two chair in turn: the one whose turn it is not
}

// Names is "Ada Byron", "Ada Byron and Ben Carr", or what stands in their place: a deputy, the seat.
func (c ChairedBy) Names() string {
	words := ""
	for i, seat := range c.Seats {
		if i > 0 {
			words += " and "
		}
		words += nameIn(seat)
	}
	return words
}

// OtherName is the chair whose turn it is not, or "" where chairs take no turns.
func (c ChairedBy) OtherName() string {
	if c.Other == nil {
		return ""
	}
	return nameIn(*c.Other)
}

// nameIn is whoever holds a seat, else its first deputy, else the seat itself.
func nameIn(seat TableSeat) string {
	if len(seat.Holders) > 0 {
		return seat.Holders[0].Name
	}
	return seat.Name + " (nobody holds this seat)"
}

// Turn is which chair takes a meeting where two take turns: 1 the first at the table, 2 the second.
//
// It is counted over the meetings of the forum's series by the day their rule planned, whatever became
// of them: a meeting that is cancelled, moved or called in between changes nobody else's turn. A
// meeting outside the series falls to whoever is next. planned is how many meetings of the series were
// planned for an earlier day. Once a meeting has begun, its chair is written down and no count touches it.
func Turn(planned int) int { return planned%2 + 1 }

// ChairedAlways is who chairs every meeting of a forum whose chairs do not take turns.
func ChairedAlways(chairing Chairing, seats []TableSeat) ChairedBy {
	chairs := chairSeats(seats)
	if chairing != TwoJointly && len(chairs) > 1 {
		chairs = chairs[:1]
	}
	return ChairedBy{Seats: chairs}
}

// chairedInTurn is who chairs one meeting of a forum whose two chairs do.
func chairedInTurn(meeting Meeting, seats []TableSeat, planned int) ChairedBy {
	chairs := chairSeats(seats)
	if len(chairs) < 2 {
		return ChairedBy{Seats: chairs}
	}
	due := Turn(planned) - 1
	if meeting.ChairSeatID != nil {
		if given := slices.IndexFunc(chairs[:2], func(s TableSeat) bool { return s.ID == *meeting.ChairSeatID }); given >= 0 {
			due = given
		}
	}
	return ChairedBy{Seats: chairs[due : due+1], Other: &chairs[1-due]}
}

func chairSeats(seats []TableSeat) []TableSeat {
	var chairs []TableSeat
	for _, seat := range seats {
		if seat.Office == access.Chair {
			chairs = append(chairs, seat)
		}
	}
	return chairs
}

// ChairsOf says who chairs each of these meetings, asking twice however many there are.
func ChairsOf(tx db.Tx, meetings []Meeting) (map[uuid.UUID]ChairedBy, error) {
	chaired := make(map[uuid.UUID]ChairedBy, len(meetings))
	if len(meetings) == 0 {
		return chaired, nil
	}
	ids := make([]uuid.UUID, len(meetings))
	for i, meeting := range meetings {
		ids[i] = meeting.ID
	}
	var terms []struct {
		ID       uuid.UUID
		Chairing Chairing
		Planned  int
	}
	err := tx.Raw(`
		select m.id, t.chairing, case when t.chairing = 'two_alternating' then (
			select count(*) from series s join meeting p on p.series_id = s.id
			where s.forum_id = m.forum_id and p.status <> 'draft' and p.occurrence_on < coalesce(m.occurrence_on, (m.starts_at at time zone 'Europe/London')::date)
		) else 0 end as planned
		from meeting m
		cross join lateral (
			select chairing from terms_of_reference where forum_id = m.forum_id
			order by in_force_on > (m.starts_at at time zone 'Europe/London')::date, -- as TermsInForce chooses
				case when in_force_on <= (m.starts_at at time zone 'Europe/London')::date then in_force_on end desc,
				case when in_force_on <= (m.starts_at at time zone 'Europe/London')::date then -number else number end
			limit 1) t
		where m.id in ?`, ids).Scan(&terms).Error
	if err != nil {
		return nil, err
	}
	var rows []struct {
		MeetingID   uuid.UUID
		ID          uuid.UUID
		Name        string
		Position    int
		PersonID    *uuid.UUID
		PersonName  string
		DeputyOrder int
	}
	err = tx.Raw(`
		select m.id as meeting_id, s.id, s.name, s.position, h.person_id, coalesce(p.name, '') as person_name, coalesce(h.deputy_order, 0) as deputy_order
		from meeting m join seat s on s.forum_id = m.forum_id and s.office = 'chair'
		left join seat_holding h on h.seat_id = s.id and h.from_date <= (m.starts_at at time zone 'Europe/London')::date
			and (h.to_date is null or h.to_date >= (m.starts_at at time zone 'Europe/London')::date)
		left join person p on p.id = h.person_id
		where m.id in ?
		order by m.id, s.position, s.id, h.deputy_order, h.from_date, h.id`, ids).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	seats := make(map[uuid.UUID][]TableSeat, len(meetings))
	for _, row := range rows {
		of := seats[row.MeetingID]
		if len(of) == 0 || of[len(of)-1].ID != row.ID {
			of = append(of, TableSeat{Seat: Seat{ID: row.ID, Name: row.Name, Position: row.Position, Office: access.Chair}})
		}
		if row.PersonID != nil {
			last := &of[len(of)-1]
			last.Holders = append(last.Holders, Holder{SeatID: row.ID, PersonID: *row.PersonID, Name: row.PersonName, DeputyOrder: row.DeputyOrder})
		}
		seats[row.MeetingID] = of
	}
	byID := make(map[uuid.UUID]Meeting, len(meetings))
	for _, meeting := range meetings {
		byID[meeting.ID] = meeting
	}
	for _, t := range terms {
		if t.Chairing == TwoAlternating {
			chaired[t.ID] = chairedInTurn(byID[t.ID], seats[t.ID], t.Planned)
		} else {
			chaired[t.ID] = ChairedAlways(t.Chairing, seats[t.ID])
		}
	}
	return chaired, nil
}

// ChairOf says who chairs one meeting.
func ChairOf(tx db.Tx, meeting Meeting) (ChairedBy, error) {
	chaired, err := ChairsOf(tx, []Meeting{meeting})
	return chaired[meeting.ID], err
}
