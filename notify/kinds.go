package notify

import (
	"cmp"
	"fmt"
	"slices"
)

// Nature is what people are told of a kind of notice, and how it may reach them.
type Nature struct {
	Words string // what it tells, as the page of choices calls it: "An agenda is published or has changed"
	Group Group

	// Urgent kinds are useless an hour later: they are never bundled, and no quiet hours or throttle
	// hold them.
	Urgent bool

	// Fixed says in a sentence why its readers get it by email whatever they choose: the law asks for
	// it, or something is theirs to do. "": they choose.
	Fixed string

	// Subscription is a list that its readers may end with one click, such as a digest. It holds nothing
	// that is theirs to do.
	Subscription bool

	// Alone kinds carry something for the reader's calendar, which takes a message for each.
	Alone bool
}

// Group is the heading a kind stands under on the page of choices.
type Group string

// The groups, as they follow each other on that page.
const (
	Meetings   Group = "Your meetings"
	Dates      Group = "Finding a date"
	Agendas    Group = "Agendas and papers"
	Requests   Group = "Funding requests"
	Votes      Group = "Votes and decisions"
	Conditions Group = "Conditions"
	Minutes    Group = "Minutes"
	Letters    Group = "Letters and authorisations"
	Actions    Group = "Actions, and what was passed on"
	Blockers   Group = "Blockers and the board"
	Running    Group = "Running Quorate"
)

var groups = []Group{Meetings, Dates, Agendas, Requests, Votes, Conditions, Minutes, Letters, Actions, Blockers, Running}

// KnownKind is a kind with its nature.
type KnownKind struct {
	Kind Kind
	Nature
}

// written is a kind with whoever writes it.
type written struct {
	nature  Nature
	compose Compose
}

// Register says what a kind is and who writes its notices. It is called while the program starts, once
// a kind, and panics on a nature that people could not be told.
func (s *Store) Register(kind Kind, nature Nature, compose Compose) {
	if s.kinds == nil {
		s.kinds = map[Kind]written{}
	}
	if _, taken := s.kinds[kind]; taken {
		panic(fmt.Sprintf("notify: two composers for %q", kind))
	}
	if why := nature.wrong(); why != "" {
		panic(fmt.Sprintf("notify: %q %s", kind, why))
	}
	s.kinds[kind] = written{nature, compose}
}

// wrong is what keeps people from being told of a kind, "" when nothing does.
func (n Nature) wrong() string {
	switch {
	case n.Words == "":
		return "has no words"
	case !slices.Contains(groups, n.Group):
		return "stands in no group"
	case n.Subscription && (n.Urgent || n.Fixed != ""):
		return "is a subscription that cannot be ended"
	case n.Urgent && n.Fixed == "":
		return "is urgent, and may be put off to tomorrow's digest"
	default:
		return ""
	}
}

// Kinds is every kind there is, in the order of the page of choices.
func (s *Store) Kinds() []KnownKind {
	list := make([]KnownKind, 0, len(s.kinds))
	for kind, known := range s.kinds {
		list = append(list, KnownKind{kind, known.nature})
	}
	slices.SortFunc(list, func(a, b KnownKind) int {
		return cmp.Or(cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group)), cmp.Compare(a.Words, b.Words))
	})
	return list
}
