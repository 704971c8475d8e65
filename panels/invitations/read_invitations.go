package invitations

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/db"
)

// Standing is what became of one person's invitation to a meeting.
type Standing struct {
	PersonID  uuid.UUID
	Name      string
	State     State
	At        time.Time // when it arrived, or is to go out
	Cancelled bool      // their calendar was told that the meeting is off for them
	Asked     bool      // they are asked to come
}

// State is how far an invitation has got.
type State string

// The states of an invitation.
const (
	NotYet   State = "not yet"  // nothing was to be sent: they were asked after it had begun, or before invitations were
	Waiting  State = "waiting"  // it goes out when it has settled, or the mail server is there
	OnItsWay State = "sending"  // with the mail server
	Arrived  State = "sent"     // the mail server took it
	Refused  State = "not sent" // refused for good, or tried too often
)

// MayGoAgain reports whether it makes sense to send it once more.
func (s Standing) MayGoAgain() bool {
	return s.Asked && (s.State == Arrived || s.State == Refused || s.State == NotYet)
}

// StandingsOf lists what became of everybody's invitation to a meeting: those asked to come, in the
// order of the table, then those whose calendars were told that they no longer are. It asks eight times
// however many they are.
func StandingsOf(tx db.Tx, meeting panels.Meeting) ([]Standing, error) {
	attendees, err := panels.Attendees(tx, meeting)
	if err != nil {
		return nil, err
	}
	told, err := invitationsTo(tx, meeting)
	if err != nil {
		return nil, err
	}
	var posted []struct {
		Recipient uuid.UUID
		State     notify.State
		DueAt     time.Time
	}
	err = tx.Raw(`
		select distinct on (recipient) recipient, state, due_at from outbox
		where ids ->> 'meeting' = ? and kind = ? and state <> 'dropped' order by recipient, seq desc`,
		meeting.ID.String(), Notice).Scan(&posted).Error
	if err != nil {
		return nil, err
	}
	standing := func(person uuid.UUID, name string, asked bool) Standing {
		s := Standing{PersonID: person, Name: name, Asked: asked, State: NotYet}
		if i := told[meeting.ID][person]; i != nil {
			s.Cancelled = i.Cancelled
			if i.ToldAt != nil {
				s.State, s.At = Arrived, *i.ToldAt
			}
		}
		for _, p := range posted {
			if p.Recipient != person {
				continue
			}
			switch p.State {
			case notify.Waiting:
				s.State, s.At = Waiting, p.DueAt
			case notify.Sending:
				s.State = OnItsWay
			case notify.Dead:
				s.State = Refused
			}
		}
		return s
	}
	var list []Standing
	for _, a := range attendees {
		list = append(list, standing(a.PersonID, a.Name, toCome(meeting)))
	}
	gone, err := namesOf(tx, told[meeting.ID], attendees)
	if err != nil {
		return nil, err
	}
	for _, p := range gone {
		list = append(list, standing(p.ID, p.Name, false))
	}
	return list, nil
}

// namesOf are the people who were told of a meeting and are not asked to it any more, by name.
func namesOf(tx db.Tx, told map[uuid.UUID]*Invitation, attendees []panels.Attendee) ([]panels.Person, error) {
	var ids []uuid.UUID
	for person := range told {
		if !slices.ContainsFunc(attendees, func(a panels.Attendee) bool { return a.PersonID == person }) {
			ids = append(ids, person)
		}
	}
	var gone []panels.Person
	if len(ids) == 0 {
		return nil, nil
	}
	err := tx.Raw(`select * from person where id in ?`, ids).Scan(&gone).Error
	slices.SortFunc(gone, func(a, b panels.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return gone, err
}
