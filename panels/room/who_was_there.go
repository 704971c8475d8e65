package room

import (
	"cmp"
	"maps"
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
	Course    []string   `json:"course"`    // when it started, paused, changed chairs, was adjourned and closed
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
	everybody := maps.Clone(came)
	for _, person := range p.people() {
		if timesThere := p.attended(came[person.PersonID]); timesThere != "" {
			capacity := p.capacity(person, came[person.PersonID])
			there.Present = append(there.Present, Presence{Name: person.Name, Capacity: capacity, Times: timesThere, ItemID: p.Table.onlyFor(person.PersonID)})
		}
		delete(came, person.PersonID)
	}
	if err := p.sinceGone(tx, came, &there); err != nil {
		return WhoWasThere{}, err
	}
	for _, place := range p.Table.Places {
		if len(place.Fills) == 0 || place.Fills[0].DeputyOrder != 0 || p.attended(everybody[place.Fills[0].PersonID]) != "" {
			continue
		}
		holder := place.Fills[0]
		missing := Missing{Name: holder.Name, Seat: place.Seat.Name}
		for _, deputy := range place.Fills[1:] {
			if p.attended(everybody[deputy.PersonID]) != "" {
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
	var err error
	there.Course, err = courseOf(tx, p.Meeting.ID)
	return there, err
}

// sinceGone adds who came to an earlier sitting and has no part in the meeting any more.
func (p projector) sinceGone(tx db.Tx, came map[uuid.UUID][]Attendance, there *WhoWasThere) error {
	if len(came) == 0 {
		return nil
	}
	var people []panels.Person
	if err := tx.Select("id", "name").Where("id in ?", slices.Collect(maps.Keys(came))).Order("name, id").Find(&people).Error; err != nil {
		return err
	}
	for _, person := range people {
		if timesThere := p.attended(came[person.ID]); timesThere != "" {
			there.Present = append(there.Present, Presence{Name: person.Name, Capacity: capacityThen(came[person.ID], ""), Times: timesThere})
		}
	}
	return nil
}

// capacityThen is in what part somebody came, as it was written down when they did, each part once;
// otherwise where nothing was.
func capacityThen(comings []Attendance, otherwise string) string {
	var parts []string
	for _, coming := range comings {
		if coming.Present && coming.Capacity != "" && !slices.Contains(parts, coming.Capacity) {
			parts = append(parts, coming.Capacity)
		}
	}
	return cmp.Or(strings.Join(parts, "; then "), otherwise)
}

// capacity is in what part somebody sits at the table, and whose deputy: only in one seat, or in all.
func (t Table) capacity(personID uuid.UUID, only *uuid.UUID) string {
	var parts []string
	for _, place := range t.Places {
		at := slices.IndexFunc(place.Fills, func(sitter Sitter) bool { return sitter.PersonID == personID })
		if at < 0 || only != nil && *only != place.Seat.ID {
			continue
		}
		words := place.Seat.Name
		if !strings.Contains(strings.ToLower(words), strings.ToLower(place.Agency.Name)) {
			words += ", " + place.Agency.Name
		}
		switch holder := place.Fills[0]; {
		case place.Fills[at].DeputyOrder == 0:
		case holder.DeputyOrder == 0:
			words = "deputy for " + holder.Name + ", " + words
		default:
			words = "deputy, " + place.Seat.Name
		}
		switch {
		case place.Seat.Standing == access.Advisory:
			words += " (advising)"
		case place.Seat.Standing == access.InAttendance && place.Seat.Office == access.Member:
			words += " (in attendance)"
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, "; ")
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
		if on := clock.DateOf(from.At); p.Meeting.FirstStartsAt != nil && on != p.Meeting.On() {
			words = on.Long() + ", " + words
		}
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

// capacity is in what part somebody came, as it was written down when they did, with what they presented.
func (p projector) capacity(person PersonView, comings []Attendance) string {
	var parts []string
	if seats := capacityThen(comings, p.Table.capacity(person.PersonID, p.Table.Here[person.PersonID].SeatID)); seats != "" {
		parts = append(parts, seats)
	}
	for _, seat := range person.Seats {
		if seat.Standing == guestStanding {
			parts = append(parts, seat.Name+", "+seat.Agency)
		}
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
