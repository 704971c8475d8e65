package panels

import (
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// tables are who sits on some forums over some days, and when each of them is away: enough to judge
// any number of meetings without asking again.
type tables struct {
	holdings map[uuid.UUID][]placeHolding // by forum, in the order of the table, holders before deputies
	away     map[uuid.UUID][]Away
}

// placeHolding is one person's time in one seat.
type placeHolding struct {
	ForumID     uuid.UUID
	SeatID      uuid.UUID
	Office      access.Office
	Standing    access.Standing
	Kind        AgencyKind
	PersonID    uuid.UUID
	Name        string
	DeputyOrder int
	FromDate    clock.Date
	ToDate      clock.Date
	EndedOn     clock.Date // the person left
}

// place is a seat on a day with its people, the one who would come first.
type place struct {
	seat     uuid.UUID
	office   access.Office
	standing access.Standing
	kind     AgencyKind
	people   []placeHolding
}

// decides is the seat's own rule.
func (p place) decides() bool { return Seat{Standing: p.standing, Office: p.office}.Decides() }

// readTables asks twice however many forums and days there are.
func readTables(tx db.Tx, forums []uuid.UUID, from, to clock.Date) (tables, error) {
	t := tables{holdings: map[uuid.UUID][]placeHolding{}, away: map[uuid.UUID][]Away{}}
	if len(forums) == 0 {
		return t, nil
	}
	var rows []placeHolding
	err := tx.Raw(`
		select s.forum_id, s.id as seat_id, s.office, s.standing, coalesce(a.kind, '') as kind,
			h.person_id, p.name, h.deputy_order, h.from_date, h.to_date, p.ended_on
		from seat s
		join seat_holding h on h.seat_id = s.id
		join person p on p.id = h.person_id
		left join agency a on a.id = s.agency_id
		where s.forum_id in @forums and h.from_date <= @to and (h.to_date is null or h.to_date >= @from)
		order by s.position, s.id, h.deputy_order, h.from_date, h.id`, map[string]any{"forums": forums, "from": from, "to": to}).Scan(&rows).Error
	if err != nil {
		return t, err
	}
	var people []uuid.UUID
	seen := map[uuid.UUID]bool{}
	for _, row := range rows {
		t.holdings[row.ForumID] = append(t.holdings[row.ForumID], row)
		if !seen[row.PersonID] {
			seen[row.PersonID], people = true, append(people, row.PersonID)
		}
	}
	t.away, err = AwayOn(tx, people, from, to)
	return t, err
}

// on is a forum's table on a day: the seats somebody is in, each with its people in order.
func (t tables) on(forum uuid.UUID, day clock.Date) []place {
	var places []place
	for _, h := range t.holdings[forum] {
		left := !h.EndedOn.IsZero() && !h.EndedOn.After(day)
		if left || h.FromDate.After(day) || !h.ToDate.IsZero() && h.ToDate.Before(day) {
			continue
		}
		if last := len(places) - 1; last >= 0 && places[last].seat == h.SeatID {
			places[last].people = append(places[last].people, h)
			continue
		}
		places = append(places, place{seat: h.SeatID, office: h.Office, standing: h.Standing, kind: h.Kind, people: []placeHolding{h}})
	}
	return places
}

// isAway is the person's absence that covers a day.
func (t tables) isAway(person uuid.UUID, on clock.Date) (Away, bool) {
	for _, away := range t.away[person] {
		if away.Covers(on) {
			return away, true
		}
	}
	return Away{}, false
}

// standIns names who could come to a meeting, or chair it, in place of somebody in a seat.
func (t tables) standIns(m Meeting, seat, person uuid.UUID) (names []string) {
	add := func(h placeHolding) {
		if _, away := t.isAway(h.PersonID, m.On()); !away && h.PersonID != person && !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	places := t.on(m.ForumID, m.On())
	at := slices.IndexFunc(places, func(p place) bool { return p.seat == seat })
	if at < 0 {
		return nil
	}
	for _, h := range places[at].people {
		add(h)
	}
	if places[at].office != access.Chair {
		return names
	}
	for _, office := range []access.Office{access.Chair, access.DeputyChair} {
		for _, p := range places {
			if p.office == office && p.seat != seat {
				add(p.people[0])
			}
		}
	}
	return names
}

// officeRank orders offices by how much a meeting needs whoever holds them.
func officeRank(o access.Office) int {
	switch o {
	case access.Chair:
		return 3
	case access.Clerk:
		return 2
	case access.DeputyChair:
		return 1
	default:
		return 0
	}
}
