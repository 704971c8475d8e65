package room

import (
	"strings"

	"github.com/google/uuid"
)

// counted names, at this moment, everybody who counts towards an item's quorum and for whom: "Ann Bell for
// Adult social care; Sam Reed for Health, deputy for Hal Hart, by video or phone". It is kept with a vote
// when that closes and with a decision, because who was there is asked long after people have moved on.
//
// away is how somebody who is not in the room takes part.
func (t Table) counted(itemID uuid.UUID, away string) string {
	var people []string
	for _, place := range t.speaking(itemID) {
		sitter, taken := t.Sitting(place, itemID)
		if !taken {
			continue
		}
		words := sitter.Name
		switch {
		case place.Agency.Name != "":
			words += " for " + place.Agency.Name
		case place.Seat.Name != "":
			words += ", " + place.Seat.Name
		}
		if holder := place.Fills[0]; sitter.DeputyOrder > 0 && holder.DeputyOrder == 0 {
			words += ", deputy for " + holder.Name
		}
		if t.Here[sitter.PersonID].Remote {
			words += ", " + away
		}
		people = append(people, words)
	}
	return strings.Join(people, "; ")
}

// away is how somebody takes part who is not in the room: between meetings there is none, and they write.
func (s *sitting) away() string {
	if s.meeting.Between() {
		return "in writing"
	}
	return "by video or phone"
}
