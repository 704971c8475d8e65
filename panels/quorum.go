package panels

import (
	"github.com/google/uuid"

	"quorate/server/base/access"
)

// Decides reports whether the seat counts towards a quorum and votes. A clerk's never does.
func (s Seat) Decides() bool { return s.Standing == access.Deciding && s.Office != access.Clerk }

// Speaker is whoever sits in one deciding seat, or is expected to: its holder, or a deputy.
type Speaker struct {
	PersonID uuid.UUID
	Kind     AgencyKind // of the seat's agency; "" for a seat that belongs to none
}

// QuorumCount is a quorum counted over some speakers.
type QuorumCount struct {
	Counted int          // people, each once however many seats they speak in
	Needed  int          // people
	Missing []AgencyKind // that must be there, and for which nobody speaks
	Funders []Agency     // asked to pay for the item, for whom nobody speaks and whose kind is not missing already; the room counts them
}

// CountQuorum is the terms' rule for a quorum: enough people, and every kind of agency they name.
// The room counts those who are here by it, and whoever looks ahead counts those expected.
func (t Terms) CountQuorum(speakers []Speaker) QuorumCount {
	people := map[uuid.UUID]bool{}
	kinds := map[AgencyKind]bool{}
	for _, speaker := range speakers {
		people[speaker.PersonID] = true
		kinds[speaker.Kind] = true
	}
	count := QuorumCount{Counted: len(people), Needed: t.QuorumMembers}
	for _, kind := range t.QuorumAgencies {
		if !kinds[kind] {
			count.Missing = append(count.Missing, kind)
		}
	}
	return count
}

// Short is how many more people are needed.
func (c QuorumCount) Short() int { return max(0, c.Needed-c.Counted) }

// Met reports whether that is a quorum.
func (c QuorumCount) Met() bool { return c.Short() == 0 && len(c.Missing) == 0 && len(c.Funders) == 0 }
