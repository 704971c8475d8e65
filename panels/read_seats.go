package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// TableSeat is a seat with its agency and the people in it on a day.
type TableSeat struct {
	Seat
	AgencyName string // "" for a seat that belongs to no agency
	ShortName  string
	Kind       AgencyKind
	LegalBody  string
	Funder     bool
	Holders    []Holder `gorm:"-"` // the holder first, then named deputies in order; empty when nobody holds it
}

// Holder is a person in a seat.
type Holder struct {
	HoldingID   uuid.UUID
	SeatID      uuid.UUID
	PersonID    uuid.UUID
	Name        string
	DeputyOrder int // 0 holds the seat
	FromDate    clock.Date
	ToDate      clock.Date // Not known: still held
	Version     int
	MailFails   bool // mail to their address comes back
}

// HeldBy is the seat's holder, or the zero Holder when nobody holds it.
func (s TableSeat) HeldBy() Holder {
	if len(s.Holders) > 0 && s.Holders[0].DeputyOrder == 0 {
		return s.Holders[0]
	}
	return Holder{}
}

// Deputies are the seat's named deputies in order.
func (s TableSeat) Deputies() []Holder {
	if s.HeldBy() == (Holder{}) {
		return s.Holders
	}
	return s.Holders[1:]
}

// SeatsOn lists a forum's seats in the order of the table, with those who hold them and deputise
// in them on a day. It asks twice however many seats there are.
func SeatsOn(tx db.Tx, forumID uuid.UUID, on clock.Date) ([]TableSeat, error) {
	all, err := seatsOver(tx, []uuid.UUID{forumID}, on, on)
	return all.on(forumID, on), err
}

// SeatsAt lists, for each of several meetings, the seats of its forum as they are held on its day. It
// asks twice however many meetings there are.
func SeatsAt(tx db.Tx, meetings []Meeting) (map[uuid.UUID][]TableSeat, error) {
	if len(meetings) == 0 {
		return nil, nil
	}
	var forums []uuid.UUID
	first, last := meetings[0].On(), meetings[0].On()
	for _, m := range meetings {
		if !slices.Contains(forums, m.ForumID) {
			forums = append(forums, m.ForumID)
		}
		first, last = earlier(first, m.On()), later(last, m.On())
	}
	all, err := seatsOver(tx, forums, first, last)
	if err != nil {
		return nil, err
	}
	seats := make(map[uuid.UUID][]TableSeat, len(meetings))
	for _, m := range meetings {
		seats[m.ID] = all.on(m.ForumID, m.On())
	}
	return seats, nil
}

// seating is the seats of some forums with everybody who holds them within some days.
type seating struct {
	seats   []TableSeat
	holders map[uuid.UUID][]Holder // by seat, in order
}

func seatsOver(tx db.Tx, forums []uuid.UUID, from, to clock.Date) (all seating, err error) {
	err = tx.Raw(`
		select s.*, coalesce(a.name, '') as agency_name, coalesce(a.short_name, '') as short_name, coalesce(a.kind, '') as kind,
			coalesce(a.legal_body, '') as legal_body, coalesce(a.funder, false) as funder
		from seat s left join agency a on a.id = s.agency_id
		where s.forum_id in ?
		order by s.position, s.id`, forums).Scan(&all.seats).Error
	if err != nil {
		return all, err
	}
	var holders []Holder
	err = tx.Raw(`
		select h.id as holding_id, h.seat_id, h.person_id, p.name, h.deputy_order, h.from_date, h.to_date, h.version,
			exists (select from address_failure f where f.person_id = p.id and f.email = p.email and f.hard and f.cleared_at is null) as mail_fails
		from seat s join seat_holding h on h.seat_id = s.id join person p on p.id = h.person_id
		where s.forum_id in @forums and h.from_date <= @to and (h.to_date is null or h.to_date >= @from)
		order by h.deputy_order, h.from_date, h.id`, map[string]any{"forums": forums, "from": from, "to": to}).Scan(&holders).Error
	all.holders = make(map[uuid.UUID][]Holder, len(all.seats))
	for _, holder := range holders {
		all.holders[holder.SeatID] = append(all.holders[holder.SeatID], holder)
	}
	return all, err
}

// on is a forum's table on a day.
func (s seating) on(forum uuid.UUID, day clock.Date) []TableSeat {
	var table []TableSeat
	for _, seat := range s.seats {
		if seat.ForumID != forum {
			continue
		}
		for _, holder := range s.holders[seat.ID] {
			if !holder.FromDate.After(day) && (holder.ToDate.IsZero() || !holder.ToDate.Before(day)) {
				seat.Holders = append(seat.Holders, holder)
			}
		}
		table = append(table, seat)
	}
	return table
}

// SeatByID finds a seat.
func SeatByID(tx db.Tx, id uuid.UUID) (Seat, error) {
	var seat Seat
	err := tx.Where("id = ?", id).Take(&seat).Error
	return seat, orNotFound(err, "There is no such seat.")
}

// Holdings lists everyone who has held a seat, deputised in it or will, newest first.
func Holdings(tx db.Tx, seatID uuid.UUID) ([]Holder, error) {
	var holders []Holder
	err := tx.Raw(`
		select h.id as holding_id, h.seat_id, h.person_id, p.name, h.deputy_order, h.from_date, h.to_date, h.version
		from seat_holding h join person p on p.id = h.person_id
		where h.seat_id = ?
		order by h.from_date desc, h.deputy_order, h.id`, seatID).Scan(&holders).Error
	return holders, err
}

// seatsHeldBy lists, for each person, the seats they hold on a day, as holder or as named deputy.
func seatsHeldBy(tx db.Tx, people []uuid.UUID, on clock.Date) (map[uuid.UUID][]access.Seat, error) {
	var rows []struct {
		PersonID uuid.UUID
		access.Seat
	}
	err := tx.Raw(`
		select h.person_id, s.id as seat_id, s.forum_id, s.agency_id, s.office, s.standing, f.board, f.locality, f.name as forum, h.deputy_order > 0 as deputy
		from seat_holding h join seat s on s.id = h.seat_id join forum f on f.id = s.forum_id
		where h.person_id in @people and h.from_date <= @on and (h.to_date is null or h.to_date >= @on)
		order by f.name, s.position, h.deputy_order`, map[string]any{"people": people, "on": on}).Scan(&rows).Error
	seats := make(map[uuid.UUID][]access.Seat, len(people))
	for _, row := range rows {
		seats[row.PersonID] = append(seats[row.PersonID], row.Seat)
	}
	return seats, err
}
