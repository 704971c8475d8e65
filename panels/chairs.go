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

// ChairsOf says who chairs each of these meetings. It asks four times however many there are.
func ChairsOf(tx db.Tx, meetings []Meeting) (map[uuid.UUID]ChairedBy, error) {
	chaired := make(map[uuid.UUID]ChairedBy, len(meetings))
	terms, err := TermsAt(tx, meetings)
	if err != nil {
		return nil, err
	}
	seats, err := SeatsAt(tx, meetings)
	if err != nil {
		return nil, err
	}
	var inTurn []uuid.UUID
	for _, meeting := range meetings {
		if terms[meeting.ID].Chairing == TwoAlternating {
			inTurn = append(inTurn, meeting.ID)
		}
	}
	before, err := plannedBefore(tx, inTurn)
	if err != nil {
		return nil, err
	}
	for _, meeting := range meetings {
		if chairing := terms[meeting.ID].Chairing; chairing == TwoAlternating {
			chaired[meeting.ID] = chairedInTurn(meeting, seats[meeting.ID], before[meeting.ID])
		} else {
			chaired[meeting.ID] = ChairedAlways(chairing, seats[meeting.ID])
		}
	}
	return chaired, nil
}

// plannedBefore counts, for meetings whose chairs take turns, the days that their forum's series
// planned before them, whatever became of those.
func plannedBefore(tx db.Tx, meetings []uuid.UUID) (map[uuid.UUID]int, error) {
	before := make(map[uuid.UUID]int, len(meetings))
	if len(meetings) == 0 {
		return before, nil
	}
	var rows []struct {
		ID      uuid.UUID
		Planned int
	}
	err := tx.Raw(`
		select m.id, (
			select count(*) from series s join meeting p on p.series_id = s.id
			where s.forum_id = m.forum_id and p.status <> 'draft' and p.occurrence_on < coalesce(m.occurrence_on, (m.starts_at at time zone 'Europe/London')::date)
		) as planned
		from meeting m where m.id in ?`, meetings).Scan(&rows).Error
	for _, row := range rows {
		before[row.ID] = row.Planned
	}
	return before, err
}

// ChairOf says who chairs one meeting.
func ChairOf(tx db.Tx, meeting Meeting) (ChairedBy, error) {
	chaired, err := ChairsOf(tx, []Meeting{meeting})
	return chaired[meeting.ID], err
}
