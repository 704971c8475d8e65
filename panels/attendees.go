package panels

import (
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
// the table.
func Attendees(tx db.Tx, meeting Meeting) ([]Attendee, error) {
	all, err := AttendeesOf(tx, meeting)
	return all[meeting.ID], err
}

// AttendeesOf is Attendees for several meetings. It asks five times however many there are.
func AttendeesOf(tx db.Tx, meetings ...Meeting) (map[uuid.UUID][]Attendee, error) {
	if len(meetings) == 0 {
		return nil, nil
	}
	seats, err := SeatsAt(tx, meetings)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(meetings))
	for i, m := range meetings {
		ids[i] = m.ID
	}
	var replies []Reply
	if err := tx.Raw(`select * from reply where meeting_id in ? and current order by id`, ids).Scan(&replies).Error; err != nil {
		return nil, err
	}
	var guests []struct{ MeetingID, PersonID uuid.UUID }
	err = tx.Raw(`
		select meeting_id, person_id from meeting_guest where meeting_id in ? and ended_at is null
		group by meeting_id, person_id order by min(added_at), person_id`, ids).Scan(&guests).Error
	if err != nil {
		return nil, err
	}
	asked := make(map[uuid.UUID][]Attendee, len(meetings))
	var everybody []uuid.UUID
	for _, m := range meetings {
		var at meetingReplies
		for _, reply := range replies {
			if reply.MeetingID == m.ID && reply.StandsFor(m) {
				at.replies = append(at.replies, reply)
			}
		}
		for _, guest := range guests {
			if guest.MeetingID == m.ID {
				at.guests = append(at.guests, guest.PersonID)
			}
		}
		asked[m.ID] = whoIsAsked(seats[m.ID], at)
		for _, a := range asked[m.ID] {
			everybody = append(everybody, a.PersonID)
		}
	}
	slices.SortFunc(everybody, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	var people []Person
	if err := tx.Raw(`select id, name, email, ended_on from person where id in ?`, slices.Compact(everybody)).Scan(&people).Error; err != nil {
		return nil, err
	}
	known := make(map[uuid.UUID]Person, len(people))
	for _, person := range people {
		known[person.ID] = person
	}
	for _, m := range meetings {
		asked[m.ID] = slices.DeleteFunc(asked[m.ID], func(a Attendee) bool { return known[a.PersonID].HasLeft(m.On()) })
		for i := range asked[m.ID] {
			a := &asked[m.ID][i]
			a.Name, a.Email = known[a.PersonID].Name, known[a.PersonID].Email
		}
	}
	return asked, nil
}

// meetingReplies are the replies that stand for one meeting, and its guests.
type meetingReplies struct {
	replies []Reply
	guests  []uuid.UUID
}

func (m meetingReplies) of(person uuid.UUID) *Reply {
	for i := range m.replies {
		if m.replies[i].PersonID == person {
			return &m.replies[i]
		}
	}
	return nil
}

// whoIsAsked works out who is asked to come to a meeting. A deputy is asked only while a seat of
// whoever sends them still names them.
func whoIsAsked(seats []TableSeat, at meetingReplies) []Attendee {
	var list []Attendee
	add := func(person uuid.UUID) *Attendee {
		for i := range list {
			if list[i].PersonID == person {
				return &list[i]
			}
		}
		list = append(list, Attendee{PersonID: person, Reply: at.of(person)})
		return &list[len(list)-1]
	}
	for _, seat := range seats {
		if len(seat.Holders) > 0 {
			a := add(seat.Holders[0].PersonID)
			a.Seats = append(a.Seats, seat)
		}
	}
	for _, sender := range slices.Clone(list) {
		if sender.Reply == nil || sender.Reply.Answer != SendingDeputy {
			continue
		}
		for _, seat := range sender.Seats {
			if !slices.ContainsFunc(seat.Holders[1:], func(h Holder) bool { return h.PersonID == *sender.Reply.DeputyID }) {
				continue
			}
			deputy := add(*sender.Reply.DeputyID)
			if len(deputy.Seats) == 0 {
				deputy.DeputyFor = sender.PersonID
			}
			deputy.Seats = append(deputy.Seats, seat)
		}
	}
	for _, person := range at.guests {
		if a := add(person); len(a.Seats) == 0 {
			a.Guest = true
		}
	}
	return list
}
