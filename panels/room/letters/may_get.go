package letters

import (
	"slices"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Hold is why a letter goes to nobody until somebody decides that it does.
type Hold string

// The holds.
const (
	AddressProtected Hold = "address_protected"
	ContactBarred    Hold = "contact_barred"
	PersonDied       Hold = "died"
)

// Words is the hold in a sentence.
func (h Hold) Words() string {
	return map[Hold]string{
		AddressProtected: "The young person’s address is protected.",
		ContactBarred:    "Contact with somebody is barred.",
		PersonDied:       "The young person has died.",
	}[h]
}

// About is what the rules on who may get a letter ask about a young person.
type About struct {
	Born             clock.Date
	ProtectedAddress bool
	DiedOn           clock.Date
	Barred           string // with whom contact is barred, and by what
}

// Holds lists why nothing about a young person goes to anybody by itself. It holds every letter, those to
// agencies too: what was written in a meeting may tell where somebody is, or be read out to a family in grief.
func (a About) Holds() []Hold {
	holds := []Hold{}
	if a.ProtectedAddress {
		holds = append(holds, AddressProtected)
	}
	if a.Barred != "" {
		holds = append(holds, ContactBarred)
	}
	if !a.DiedOn.IsZero() {
		holds = append(holds, PersonDied)
	}
	return holds
}

// New reports whether one of these holds is not among those that somebody has decided about.
func newHolds(now, before []Hold) bool {
	return slices.ContainsFunc(now, func(h Hold) bool { return !slices.Contains(before, h) })
}

// ownFrom is the age from which a letter about a young person is theirs (Mental Capacity Act 2005).
const ownFrom = 16

// Own reports whether the letter is the young person's own on a day: before that it is handed to somebody
// with parental responsibility, for them.
func (a About) Own(on clock.Date) bool { return calendar.Age(a.Born, on) >= ownFrom }

// Basis is by what right a parent or carer gets a letter.
type Basis string

// The bases.
const (
	ByAgreement            Basis = "agreement"
	BestInterests          Basis = "best_interests"
	LegalAuthority         Basis = "legal_authority"
	ParentalResponsibility Basis = "parental_responsibility"
)

// Words is the basis as people say it.
func (b Basis) Words() string {
	return map[Basis]string{
		ByAgreement:            "The young person agrees",
		BestInterests:          "A recorded best-interests decision (Mental Capacity Act 2005)",
		LegalAuthority:         "Legal authority: a deputy, an attorney or a court order",
		ParentalResponsibility: "Parental responsibility: the young person is under 16",
	}[b]
}

// ParentBases are the ways in which a parent may get a letter on a day. From 16 parental responsibility is none.
func (a About) ParentBases(on clock.Date) []Basis {
	if a.Own(on) {
		return []Basis{ByAgreement, BestInterests, LegalAuthority}
	}
	return []Basis{ParentalResponsibility, LegalAuthority}
}
