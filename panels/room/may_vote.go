package room

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/fault"
)

// asks finds the position that a seat would give in a vote: its agency's, where agencies are asked to
// pay, else the sitter's own.
func (v Vote) asks(table Table, funders []panels.Agency, seatID, personID uuid.UUID) (Voter, error) {
	place, found := table.Place(seatID)
	if !found || !table.mayEverFill(personID, seatID) {
		return Voter{}, fault.New(fault.Denied, "You neither hold that seat nor deputise for it.")
	}
	if guest, is := table.guest(seatID); is && (guest.ItemID != v.ItemID || v.Rule != panels.FunderConsent) {
		return Voter{}, fault.New(fault.Denied, "A guest gives a position only on what their own agency is asked to pay.")
	}
	whose := personID
	if v.Rule == panels.FunderConsent {
		at := slices.IndexFunc(funders, func(f panels.Agency) bool { return table.speaksFor(place, f) })
		if at < 0 {
			name := place.Agency.Name
			if name == "" {
				name = place.Seat.Name
			}
			return Voter{}, fault.New(fault.Denied, "%s is not asked to pay a share, so it gives no position.", name)
		}
		whose = funders[at].ID
	}
	for _, voter := range Voters(table, v.ItemID, funders) {
		if voter.For == whose {
			return voter, nil
		}
	}
	return Voter{For: whose, Name: place.Agency.Name}, nil
}

// mayGive says why a person may not give a position now, or nil.
//
// They must be here and not have left for the item. One position a funder: the first to give it may
// change it until the close, while they are still here; nobody gives it a second time. A named deputy
// gives it only when the holder is absent or has left for the item, and under the other rules only
// when nobody has voted in that seat yet: who votes and goes home leaves no second vote behind.
func (v Vote) mayGive(table Table, voter Voter, itemNumber string, personID uuid.UUID) error {
	switch {
	case table.Left(personID, v.ItemID):
		return fault.New(fault.Denied, "You have left for item %s, so you cannot vote on it.", itemNumber)
	case table.MaySpeakOnly(personID, v.ItemID):
		return fault.New(fault.Denied, "You may speak on item %s, and not vote on it.", itemNumber)
	case !table.Present(personID):
		return fault.New(fault.Denied, "You are not recorded as here. Say “I am here” first, then vote.")
	}
	if given, already := v.standing(voter.For); already {
		if given.PersonID == personID {
			return nil
		}
		if table.Present(given.PersonID) && !table.Left(given.PersonID, v.ItemID) {
			name, _ := table.name(given.PersonID)
			return fault.New(fault.Conflict, "%s’s position was already given by %s. Only they can change it before voting closes.", voter.Name, name)
		}
	}
	if given, already := v.fromSeat(voter.SeatID); already && v.Rule != panels.FunderConsent && given.PersonID != personID {
		name, _ := table.name(given.PersonID)
		return fault.New(fault.Conflict, "%s already voted in this seat before leaving. A seat votes once.", name)
	}
	switch {
	case voter.PersonID == personID:
		return nil
	case voter.PersonID == uuid.Nil:
		return fault.New(fault.Denied, "You do not sit in a deciding seat for this item.")
	case table.Apart:
		return fault.New(fault.Denied, "%s gives %s’s position. A deputy gives it only when the holder is away until voting closes, or has left for this item.", voter.Person, voter.Name)
	default:
		return fault.New(fault.Denied, "%s is here and gives %s’s position. A deputy votes only when the holder is absent.", voter.Person, voter.Name)
	}
}
