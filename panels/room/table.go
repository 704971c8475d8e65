package room

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
)

// A Table is who may sit where at one meeting, who is here, and who has left for which item. It is
// plain values, so that quorum and voting can be worked out, and tested, without a database.
type Table struct {
	Places    []Place
	Guests    []Guest                  // each there for one item
	Here      map[uuid.UUID]Attendance // the last word on each person who came
	Interests []Interest               // declared at this meeting, those that stand
	Absences  []Absence                // what follows from them, and from those declared at other meetings
	Voteless  []Absence                // who may speak on an item, by a dispensation, and not vote
	ByBody    bool                     // the terms of reference count funders by legal body
	Apart     bool                     // nobody meets: whoever holds a seat may speak for it, wherever they are
	InWriting bool                     // who is here is who has answered
}

// An Absence is a person who has left for an item: they declared an interest in it, or in another item
// about the same young person.
type Absence struct{ PersonID, ItemID uuid.UUID }

// A Place is a seat with everybody who may fill it, holder first, then deputies in order.
type Place struct {
	Seat   panels.Seat
	Agency panels.Agency // zero for a seat that belongs to no agency
	Fills  []Sitter
	Guest  bool // not a seat of the forum
}

// A Guest speaks for an agency in one item and nothing else: one from outside the partnership, or a funder
// of it whose own members have all left for the item.
type Guest struct {
	ID       uuid.UUID
	ItemID   uuid.UUID
	PersonID uuid.UUID
	Name     string
	Agency   panels.Agency

	Authoriser bool // the independent authoriser of a funder whose own members have all left for the item
	Family     bool // the young person whose item it is, or who supports them: they speak for nobody else
	Leads      bool // and chair it
}

// place is where a guest sits for their item: nobody deputises for them.
func (g Guest) place() Place {
	name := "Guest funder"
	if g.Authoriser {
		name = "Independent authoriser"
	}
	return Place{
		Seat:   panels.Seat{ID: g.ID, AgencyID: &g.Agency.ID, Name: name, Office: access.Member, Standing: access.Deciding},
		Agency: g.Agency, Fills: []Sitter{{PersonID: g.PersonID, Name: g.Name}}, Guest: true,
	}
}

// as is what a guest is called beside their name.
func (g Guest) as(place Place, number string) string {
	if g.Family {
		return "Joins their own item, " + number
	}
	return place.Seat.Name + " for item " + number
}

// A Sitter holds a seat or is named to deputise in it.
type Sitter struct {
	PersonID    uuid.UUID
	Name        string
	DeputyOrder int
}

// Attendance is a person's coming or going.
type Attendance struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	PersonID   uuid.UUID
	SeatID     *uuid.UUID // only in this seat
	Present    bool
	Remote     bool
	At         time.Time
	RecordedBy uuid.UUID
	Capacity   string // of somebody who comes: "deputy for Hal Hart, Health"
}

// Interest is why a person leaves for an item.
type Interest struct {
	ID              uuid.UUID
	MeetingID       uuid.UUID
	ItemID          uuid.UUID
	PersonID        uuid.UUID
	Kind            InterestKind
	Reason          string
	DeclaredAt      time.Time
	DeclaredBy      uuid.UUID
	WithdrawnAt     *time.Time
	WithdrawnBy     *uuid.UUID
	WithdrawnReason string

	Extent       Extent `gorm:"->;-:migration"` // how far the chair lets them take part; "" until the chair has answered
	AnswerReason string `gorm:"->;-:migration"`
}

// Present reports whether a person is recorded as here. Where nobody meets, nobody is absent.
func (t Table) Present(personID uuid.UUID) bool { return t.Apart || t.Here[personID].Present }

// left reports whether a person came and has gone again.
func (t Table) left(personID uuid.UUID) bool {
	here, came := t.Here[personID]
	return came && !here.Present
}

// Left reports whether a person has left for an item: an interest stands in it, or in the young person
// it is about.
func (t Table) Left(personID, itemID uuid.UUID) bool {
	return slices.Contains(t.Absences, Absence{PersonID: personID, ItemID: itemID})
}

// MaySpeakOnly reports whether a person has a dispensation to speak on an item and not to vote.
func (t Table) MaySpeakOnly(personID, itemID uuid.UUID) bool {
	return slices.Contains(t.Voteless, Absence{PersonID: personID, ItemID: itemID})
}

// Place finds a seat.
func (t Table) Place(seatID uuid.UUID) (Place, bool) {
	for _, place := range t.Places {
		if place.Seat.ID == seatID {
			return place, true
		}
	}
	if guest, found := t.guest(seatID); found {
		return guest.place(), true
	}
	return Place{}, false
}

// guest finds a guest's place.
func (t Table) guest(id uuid.UUID) (Guest, bool) {
	for _, guest := range t.Guests {
		if guest.ID == id && !guest.Family {
			return guest, true
		}
	}
	return Guest{}, false
}

// joins reports whether a person is a guest of an item.
func (t Table) joins(personID, itemID uuid.UUID) bool {
	return slices.ContainsFunc(t.Guests, func(g Guest) bool { return g.PersonID == personID && g.ItemID == itemID && !g.Family })
}

// leads reports whether a person chairs an item as the young person it is about, or who supports them.
func (t Table) leads(personID, itemID uuid.UUID) bool {
	return slices.ContainsFunc(t.Guests, func(g Guest) bool { return g.PersonID == personID && g.ItemID == itemID && g.Leads })
}

// Sitting is who is in a place for an item: the holder when here and free to vote on it, else the first
// named deputy of whom that is true. Somebody recorded in one seat only sits in no other.
func (t Table) Sitting(place Place, itemID uuid.UUID) (Sitter, bool) {
	for _, sitter := range place.Fills {
		if t.mayFill(sitter, place, itemID) {
			return sitter, true
		}
	}
	return Sitter{}, false
}

func (t Table) mayFill(sitter Sitter, place Place, itemID uuid.UUID) bool {
	here := t.Here[sitter.PersonID]
	if !t.Apart && (!here.Present || here.SeatID != nil && *here.SeatID != place.Seat.ID) {
		return false
	}
	return !t.Left(sitter.PersonID, itemID) && !t.MaySpeakOnly(sitter.PersonID, itemID)
}

// speaking lists the places that may speak for an agency in an item: those that decide, then the item's guests.
func (t Table) speaking(itemID uuid.UUID) []Place {
	places := t.deciding()
	for _, guest := range t.Guests {
		if guest.ItemID == itemID && !guest.Family {
			places = append(places, guest.place())
		}
	}
	return places
}

// speaksFor reports whether a place may speak for a funder: it is that agency's or, where funders are
// counted by legal body, another funder's of the same body.
func (t Table) speaksFor(place Place, funder panels.Agency) bool {
	return place.Agency.ID == funder.ID ||
		t.ByBody && place.Agency.Funder && funder.LegalBody != "" && panels.SameBody(place.Agency.LegalBody, funder.LegalBody)
}

// conflicted reports whether everybody who could speak for a funder of the partnership, its deputies too, has
// an interest that keeps them from an item: then it names an independent authoriser.
func (t Table) conflicted(funder panels.Agency, itemID uuid.UUID) bool {
	somebody := false
	for _, place := range t.deciding() {
		if !t.speaksFor(place, funder) {
			continue
		}
		for _, sitter := range place.Fills {
			if !t.Left(sitter.PersonID, itemID) && !t.MaySpeakOnly(sitter.PersonID, itemID) {
				return false
			}
			somebody = true
		}
	}
	return somebody
}

// speakingFor lists the places that may speak for a funder in an item, its own before those of the same body.
func (t Table) speakingFor(itemID uuid.UUID, funder panels.Agency) []Place {
	places := slices.DeleteFunc(t.speaking(itemID), func(p Place) bool { return !t.speaksFor(p, funder) })
	slices.SortStableFunc(places, func(a, b Place) int {
		own := func(p Place) int {
			if p.Agency.ID == funder.ID {
				return 0
			}
			return 1
		}
		return cmp.Compare(own(a), own(b))
	})
	return places
}

// leftBy lists the items somebody has left for.
func (t Table) leftBy(personID uuid.UUID) (items []uuid.UUID) {
	for _, absence := range t.Absences {
		if absence.PersonID == personID {
			items = append(items, absence.ItemID)
		}
	}
	return items
}

// deciding lists the places whose holders decide, in the order in which they speak for their agency:
// members before the chair, then by their order at the table.
func (t Table) deciding() []Place {
	var places []Place
	for _, place := range t.Places {
		if place.Seat.Decides() {
			places = append(places, place)
		}
	}
	slices.SortStableFunc(places, func(a, b Place) int {
		return cmp.Or(
			cmp.Compare(chairRank(a.Seat.Office), chairRank(b.Seat.Office)),
			cmp.Compare(a.Seat.Position, b.Seat.Position))
	})
	return places
}

func chairRank(office access.Office) int {
	if office == access.Member {
		return 0
	}
	return 1
}
