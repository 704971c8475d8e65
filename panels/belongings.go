package panels

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// OwnedKind is what sort of thing somebody has to see to.
type OwnedKind string

// The kinds of thing a person may own.
const (
	OwnedAction    OwnedKind = "action"
	OwnedBlocker   OwnedKind = "blocker"
	OwnedDirection OwnedKind = "direction" // what a board directed them to do
	OwnedRequest   OwnedKind = "request"   // a funding request not yet tabled
	OwnedItem      OwnedKind = "agenda_item"
	OwnedCondition OwnedKind = "condition" // of a decision, to be shown to be met
	OwnedDatePoll  OwnedKind = "date_poll" // a date to choose for an extraordinary meeting
)

var ownedWords = map[OwnedKind][2]string{
	OwnedAction: {"action", "actions"}, OwnedBlocker: {"blocker", "blockers"}, OwnedDirection: {"board direction", "board directions"},
	OwnedRequest: {"funding request", "funding requests"}, OwnedItem: {"agenda item to present", "agenda items to present"},
	OwnedDatePoll: {"date to choose", "dates to choose"}, OwnedCondition: {"condition to show", "conditions to show"},
}

// Words is the kind as people say it of so many.
func (k OwnedKind) Words(n int) string {
	words, known := ownedWords[k]
	switch {
	case !known:
		return "thing"
	case n == 1:
		return words[0]
	default:
		return words[1]
	}
}

// Owned is one thing that is a person's to see to.
type Owned struct {
	Kind          OwnedKind
	ID            uuid.UUID
	ForumID       uuid.UUID
	Forum         string // its name
	What          string // says nothing about a case: "Action due 4 March 2027, from the meeting of 4 February 2027"
	Details       string // what it says; "" unless the actor may read it
	ForPresenters bool   // its owner brings it to a meeting
	Suggested     uuid.UUID

	keeper Keeper
}

// Key names the thing in a form.
func (o Owned) Key() string { return string(o.Kind) + "-" + o.ID.String() }

// IsOwnedKey reports whether a form's field names something owned.
func IsOwnedKey(name string) bool {
	kind, id, found := strings.Cut(name, "-")
	_, known := ownedWords[OwnedKind(kind)]
	return found && known && uuid.Validate(id) == nil
}

// Keeper is whatever keeps a kind of thing that people own. The packages that keep actions, blockers,
// requests, items and polls are later words than this one, so they are handed in where the product is put
// together.
type Keeper interface {
	// Owned lists what a person has to see to on a forum, or with uuid.Nil on every one.
	Owned(tx db.Tx, person, forum uuid.UUID) ([]Owned, error)
	// PassOn makes another person the owner. A fault.Invalid says why they cannot be.
	PassOn(tx db.Tx, thing Owned, from, to Person) error
}

// owned lists everything a person has to see to, forum by forum.
func (s Store) owned(tx db.Tx, person, forum uuid.UUID) ([]Owned, error) {
	var all []Owned
	for _, keeper := range s.Keepers {
		things, err := keeper.Owned(tx, person, forum)
		if err != nil {
			return nil, err
		}
		for i := range things {
			things[i].keeper = keeper
		}
		all = append(all, things...)
	}
	slices.SortStableFunc(all, func(a, b Owned) int { return cmp.Compare(a.Forum, b.Forum) })
	return all, nil
}
