package room

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// WhoWasThere is who came to a meeting and who did not.
type WhoWasThere struct {
	Present   []Presence `json:"present"`   // in the order of the table, then guests and presenters
	Apologies []Missing  `json:"apologies"` // holders of seats who had said that they cannot come
	Absent    []Missing  `json:"absent"`    // holders of seats who had not
}

// Presence is one person's.
type Presence struct {
	Name     string     `json:"name"`
	Capacity string     `json:"capacity"` // "Health, Marlshire ICB"; "deputy for Hal Hart, Health"; "presenting item 3"
	ItemID   *uuid.UUID `json:"item_id"`  // of a guest: whoever left for it is not told that they came
	Times    string     `json:"times"`    // "9:31am to 10:15am, 10:40am to the end by video or phone"
}

// Missing is somebody who holds a seat and did not come.
type Missing struct {
	Name string `json:"name"`
	Seat string `json:"seat"`
	Came string `json:"came"` // the deputy who did; "" for nobody
}

// whoWasThere is assembled from what was recorded as it happened.
func (p projector) whoWasThere(tx db.Tx) (WhoWasThere, error) {
	var comings []Attendance
	if err := tx.Raw(`select * from attendance where meeting_id = ? order by id`, p.Meeting.ID).Scan(&comings).Error; err != nil {
		return WhoWasThere{}, err
	}
	var replies []panels.Reply
	if err := tx.Raw(`select * from reply where meeting_id = ? and current`, p.Meeting.ID).Scan(&replies).Error; err != nil {
		return WhoWasThere{}, err
	}
	var there WhoWasThere
	came := map[uuid.UUID][]Attendance{}
	for _, coming := range comings {
		came[coming.PersonID] = append(came[coming.PersonID], coming)
	}
	for _, person := range p.people() {
		if timesThere := p.attended(came[person.PersonID]); timesThere != "" {
			there.Present = append(there.Present, Presence{Name: person.Name, Capacity: p.capacity(person), Times: timesThere, ItemID: p.Table.onlyFor(person.PersonID)})
		}
	}
	for _, place := range p.Table.Places {
		if len(place.Fills) == 0 || place.Fills[0].DeputyOrder != 0 || p.attended(came[place.Fills[0].PersonID]) != "" {
			continue
		}
		holder := place.Fills[0]
		missing := Missing{Name: holder.Name, Seat: place.Seat.Name}
		for _, deputy := range place.Fills[1:] {
			if p.attended(came[deputy.PersonID]) != "" {
				missing.Came = deputy.Name
				break
			}
		}
		said := slices.ContainsFunc(replies, func(r panels.Reply) bool {
			return r.PersonID == holder.PersonID && r.StandsFor(p.Meeting) && (r.Answer == panels.Apologies || r.Answer == panels.SendingDeputy)
		})
		if said {
			there.Apologies = append(there.Apologies, missing)
		} else {
			there.Absent = append(there.Absent, missing)
		}
	}
	return there, nil
}

// attended puts somebody's comings and goings into words; "" when they never came.
func (p projector) attended(comings []Attendance) string {
	var spells []string
	var from *Attendance
	spell := func(until string) {
		if from == nil {
			return
		}
		words := clock.Time(from.At) + until
		if from.Remote {
			words += " by video or phone"
		}
		spells, from = append(spells, words), nil
	}
	for i := range comings {
		coming := &comings[i]
		switch {
		case !coming.Present:
			spell(" to " + clock.Time(coming.At))
		case from == nil:
			from = coming
		case from.Remote != coming.Remote: // from the room to the line, or back
			spell(" to " + clock.Time(coming.At))
			from = coming
		}
	}
	if p.Meeting.Status == panels.Closed {
		spell(" to the end")
	} else {
		spell(" on")
	}
	return strings.Join(spells, ", ")
}

// capacity is in what part somebody came, and whose deputy.
func (p projector) capacity(person PersonView) string {
	var parts []string
	for _, seat := range person.Seats {
		only := p.Table.Here[person.PersonID].SeatID
		if only != nil && *only != seat.SeatID {
			continue
		}
		words := seat.Name
		if !strings.Contains(strings.ToLower(seat.Name), strings.ToLower(seat.Agency)) {
			words += ", " + seat.Agency
		}
		if place, found := p.Table.Place(seat.SeatID); found && seat.Deputy {
			words = "deputy for " + place.Fills[0].Name + ", " + words
			if place.Fills[0].DeputyOrder != 0 {
				words = "deputy, " + seat.Name
			}
		}
		switch access.Standing(seat.Standing) {
		case access.Advisory:
			words += " (advising)"
		case access.InAttendance:
			if seat.Office == string(access.Member) {
				words += " (in attendance)"
			}
		}
		parts = append(parts, words)
	}
	var presents []string
	for _, item := range p.Items {
		if item.PresenterID != nil && *item.PresenterID == person.PersonID && item.Number != "" {
			presents = append(presents, item.Number)
		}
	}
	switch len(presents) {
	case 0:
	case 1:
		parts = append(parts, "presenting item "+presents[0])
	default:
		parts = append(parts, "presenting items "+strings.Join(presents[:len(presents)-1], ", ")+" and "+presents[len(presents)-1])
	}
	return strings.Join(parts, "; ")
}

// closedAt is when the meeting was closed, the zero time while it is not.
func closedAt(tx db.Tx, meetingID uuid.UUID) (time.Time, error) {
	var at []time.Time
	err := tx.Raw(`select at from room_event where meeting_id = ? and type = ? order by seq desc limit 1`, meetingID, CloseMeeting{}.Type()).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0], nil
}
