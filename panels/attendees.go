package panels

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// Attendee is somebody asked to come to a meeting.
type Attendee struct {
	PersonID  uuid.UUID
	Name      string
	Email     string
	Seats     []TableSeat // the seats they come in; none for a guest
	DeputyFor uuid.UUID   // whose reply sends them; uuid.Nil when asked in their own right
	Guest     bool        // comes for some items only
	Reply     *Reply      // as it stands; nil: has not answered since the meeting was last timed
}

// Attendees lists who is asked to come to a meeting: whoever holds each seat on its day, the first
// deputy of a seat nobody holds, deputies whom a reply sends, and guests. They are in the order of
// the table. It asks four times however many there are.
func Attendees(tx db.Tx, meeting Meeting) ([]Attendee, error) {
	seats, err := SeatsOn(tx, meeting.ForumID, meeting.On())
	if err != nil {
		return nil, err
	}
	var replies []Reply
	if err := tx.Raw(`select * from reply where meeting_id = ? and current`, meeting.ID).Scan(&replies).Error; err != nil {
		return nil, err
	}
	var guests []uuid.UUID
	if err := tx.Raw(`select distinct person_id from meeting_guest where meeting_id = ? and ended_at is null`, meeting.ID).Scan(&guests).Error; err != nil {
		return nil, err
	}

	var list []*Attendee
	byPerson := map[uuid.UUID]*Attendee{}
	add := func(person uuid.UUID) *Attendee {
		a := byPerson[person]
		if a == nil {
			a = &Attendee{PersonID: person}
			byPerson[person], list = a, append(list, a)
		}
		return a
	}
	for _, seat := range seats {
		if len(seat.Holders) > 0 {
			a := add(seat.Holders[0].PersonID)
			a.Seats = append(a.Seats, seat)
		}
	}
	for i := range replies {
		reply := &replies[i]
		if !reply.StandsFor(meeting) {
			continue
		}
		if a := byPerson[reply.PersonID]; a != nil {
			a.Reply = reply
		}
	}
	for _, holder := range slices.Clone(list) {
		if holder.Reply == nil || holder.Reply.Answer != SendingDeputy {
			continue
		}
		a := add(*holder.Reply.DeputyID)
		if len(a.Seats) == 0 {
			a.DeputyFor = holder.PersonID
		}
		for _, seat := range holder.Seats {
			if slices.ContainsFunc(seat.Holders, func(h Holder) bool { return h.PersonID == a.PersonID }) {
				a.Seats = append(a.Seats, seat)
			}
		}
	}
	for _, person := range guests {
		if byPerson[person] == nil {
			add(person).Guest = true
		}
	}
	for i := range replies { // those whom the first pass did not know yet: deputies and guests
		if a := byPerson[replies[i].PersonID]; a != nil && replies[i].StandsFor(meeting) {
			a.Reply = &replies[i]
		}
	}
	return withAddresses(tx, list, meeting)
}

// withAddresses adds names and addresses, and leaves out those who have left by the meeting's day.
func withAddresses(tx db.Tx, list []*Attendee, meeting Meeting) ([]Attendee, error) {
	ids := make([]uuid.UUID, len(list))
	for i, a := range list {
		ids[i] = a.PersonID
	}
	var people []Person
	err := tx.Raw(`select * from person where id in ? and (ended_on is null or ended_on > ?)`, ids, meeting.On()).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	slices.SortFunc(people, func(a, b Person) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	var attendees []Attendee
	for _, a := range list {
		at, found := slices.BinarySearchFunc(people, a.PersonID, func(p Person, id uuid.UUID) int { return cmp.Compare(p.ID.String(), id.String()) })
		if !found {
			continue
		}
		a.Name, a.Email = people[at].Name, people[at].Email
		attendees = append(attendees, *a)
	}
	return attendees, nil
}
