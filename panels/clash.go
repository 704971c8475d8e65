package panels

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
)

// ClashKind is what is wrong with holding a meeting at a time.
type ClashKind string

// The kinds of clash.
const (
	ForumMeets   ClashKind = "forum"   // the forum already meets then
	InTwoPlaces  ClashKind = "person"  // somebody has a seat in two meetings at once
	RoomTaken    ClashKind = "room"    // another meeting has the room
	ChairAway    ClashKind = "chair"   // whoever chairs is away
	ClerkAway    ClashKind = "clerk"   // whoever clerks is away
	CannotQuorum ClashKind = "quorum"  // so many are away that it cannot be quorate
	DayOff       ClashKind = "day_off" // a bank holiday or a weekend
)

// ClashWeight is how much a clash matters.
type ClashWeight int

// The weights.
const (
	Slight  ClashWeight = iota + 1 // some who attend and do not decide
	Notable                        // a deciding member, a day off
	Serious                        // the chair, the clerk, the room, the quorum
)

// Words is the weight as people say it.
func (w ClashWeight) Words() string {
	switch w {
	case Slight:
		return "Minor"
	case Notable:
		return "Check"
	case Serious:
		return "Serious"
	default:
		return ""
	}
}

// Clash is one thing wrong with one slot.
type Clash struct {
	Slot      int // which of the slots asked about, from 0
	Kind      ClashKind
	Weight    ClashWeight
	Sentence  string    // for whoever asked: names no meeting they may not know of
	MeetingID uuid.UUID // the other meeting, where they may know of it; else uuid.Nil
}

// sitting is a meeting as the rule of clashes sees it: one in the calendar, or one that may be.
type sitting struct {
	Slot
	id        uuid.UUID // uuid.Nil for one that may be
	series    uuid.UUID // uuid.Nil for none
	forum     uuid.UUID
	forumName string
	known     bool // whoever asks may know of it
}

// calendarView is all that the rule of clashes reads.
type calendarView struct {
	tables tables
	terms  map[uuid.UUID][]Terms // each forum's versions
	days   calendar.WorkingDays
}

// clashes is the whole rule, pure: what is wrong with holding a meeting while others are held, worst
// first. Those that are the same meeting, or of the series it replaces, are the caller's to leave out.
func (v calendarView) clashes(wanted sitting, others []sitting) []Clash {
	on := wanted.On()
	places := v.tables.on(wanted.forum, on)
	terms, hasTerms := v.termsOn(wanted.forum, on)
	var found []Clash
	busy := map[uuid.UUID]bool{} // who is at another meeting then
	for _, other := range others {
		if !wanted.Overlaps(other.Slot) {
			continue
		}
		if other.forum == wanted.forum {
			found = append(found, other.clash(ForumMeets, Serious, "This forum already meets then: "+clock.Moment(other.StartsAt)+" to "+clock.Time(other.EndsAt)+"."))
			continue
		}
		there := v.tables.on(other.forum, other.On())
		for _, p := range there {
			busy[p.people[0].PersonID] = true
		}
		if shared := sharedPeople(places, there); len(shared) > 0 {
			sentence, weight := inTwoPlaces(shared, other)
			found = append(found, other.clash(InTwoPlaces, weight, sentence))
		}
		if wanted.SameRoom(other.Slot) {
			found = append(found, other.clash(RoomTaken, Serious, wanted.Venue+" is taken: "+other.heldThere()+"."))
		}
	}
	found = append(found, v.chairAway(terms, places, on, busy)...)
	found = append(found, v.clerkAway(places, on)...)
	if hasTerms {
		found = append(found, v.cannotBeQuorate(terms, places, on)...)
	}
	found = append(found, v.dayOff(wanted.forum, on)...)
	slices.SortStableFunc(found, func(a, b Clash) int { return cmp.Compare(b.Weight, a.Weight) })
	return found
}

func (s sitting) clash(kind ClashKind, weight ClashWeight, sentence string) Clash {
	clash := Clash{Kind: kind, Weight: weight, Sentence: sentence}
	if s.known {
		clash.MeetingID = s.id
	}
	return clash
}

// named is the meeting for a sentence. Of one that the reader may not know of, not even the hours are told.
func (s sitting) named() string {
	if !s.known {
		return "another meeting at that time"
	}
	return s.forumName + ", " + s.Times()
}

func (s sitting) heldThere() string {
	if !s.known {
		return "another meeting is held there at that time"
	}
	return s.forumName + " meets there, " + s.Times()
}

// shared is somebody wanted in two meetings at once.
type shared struct {
	person uuid.UUID
	name   string
	office access.Office // the more important of the two
	weight ClashWeight
}

// sharedPeople are those who would come to both of two meetings, the most important first.
func sharedPeople(here, there []place) []shared {
	atOther := map[uuid.UUID]shared{}
	for _, p := range there {
		keepWeightiest(atOther, p)
	}
	both := map[uuid.UUID]shared{}
	for _, p := range here {
		if other, ok := atOther[p.people[0].PersonID]; ok {
			keepWeightiest(both, p)
			s := both[other.person]
			if other.weight > s.weight {
				s.weight, s.office = other.weight, access.Member // needed there more than here
			}
			both[other.person] = s
		}
	}
	list := make([]shared, 0, len(both))
	for _, s := range both {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b shared) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(officeRank(b.office), officeRank(a.office)), cmp.Compare(a.name, b.name), cmp.Compare(a.person.String(), b.person.String()))
	})
	return list
}

// keepWeightiest notes whoever would come in a seat, in the weightiest of their seats.
func keepWeightiest(people map[uuid.UUID]shared, p place) {
	first := p.people[0]
	s := shared{person: first.PersonID, name: first.Name, office: p.office, weight: p.weight()}
	if before, ok := people[s.person]; !ok || s.weight > before.weight || s.weight == before.weight && officeRank(s.office) > officeRank(before.office) {
		people[s.person] = s
	}
}

func (p place) weight() ClashWeight {
	switch {
	case p.office == access.Chair || p.office == access.Clerk:
		return Serious
	case p.decides() || p.office == access.DeputyChair:
		return Notable
	default:
		return Slight
	}
}

// inTwoPlaces says who is wanted at another meeting: the chair, the clerk and deciding members by
// name, all others by number.
func inTwoPlaces(people []shared, other sitting) (string, ClashWeight) {
	var names []string
	unnamed := 0
	for _, s := range people {
		switch {
		case s.weight == Slight || len(names) == 6:
			unnamed++
		case officeRank(s.office) > 0:
			names = append(names, s.name+" ("+strings.ToLower(s.office.Words())+")")
		default:
			names = append(names, s.name)
		}
	}
	switch {
	case unnamed > 0 && len(names) == 0:
		names = append(names, counted(unnamed, "person who attends", "people who attend"))
	case unnamed > 0:
		names = append(names, counted(unnamed, "other", "others"))
	}
	verb := " are"
	if len(people) == 1 {
		verb = " is"
	}
	return andList(names) + verb + " also wanted at " + other.named() + ".", people[0].weight
}

// termsOn is the version of a forum's terms for a day; false where none were read.
func (v calendarView) termsOn(forum uuid.UUID, on clock.Date) (Terms, bool) {
	if len(v.terms[forum]) == 0 {
		return Terms{Chairing: OneChair}, false
	}
	return termsOn(v.terms[forum], on), true
}

// chairAway: each holder of the chair who is away, and who would chair instead. Two who chair together
// are missed one by one: the other may have to chair alone. Where nobody would chair, the words are stronger.
func (v calendarView) chairAway(terms Terms, places []place, on clock.Date, busy map[uuid.UUID]bool) []Clash {
	isFree := func(h placeHolding) bool {
		_, away := v.tables.isAway(h.PersonID, on)
		return !away && !busy[h.PersonID]
	}
	var gone, inTheirPlace, could []string
	alone := false // of two who chair together, one seat stays empty
	chairs := 0
	for _, office := range []access.Office{access.Chair, access.DeputyChair} {
		for _, p := range places {
			if p.office != office {
				continue
			}
			free := ""
			for _, h := range p.people {
				if isFree(h) && !slices.Contains(could, h.Name) {
					could = append(could, h.Name)
					if free == "" {
						free = h.Name
					}
				}
			}
			if office != access.Chair {
				continue
			}
			chairs++
			away, is := v.tables.isAway(p.people[0].PersonID, on)
			if !is || terms.Chairing == OneChair && chairs > 1 { // where one chairs, a second chair only stands in
				continue
			}
			gone = append(gone, p.people[0].Name+" (chair) is away "+away.Words())
			if free == "" {
				alone = true
			} else {
				inTheirPlace = append(inTheirPlace, free)
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	sentence, weight := andList(gone), Notable
	switch {
	case len(could) == 0:
		sentence, weight = sentence+", and no deputy chair is free: nobody could chair this meeting.", Serious
	case terms.Chairing != TwoJointly || chairs < 2:
		sentence += ". " + could[0] + " could chair."
	case alone && terms.BothChairsConfirm:
		sentence += ". " + could[0] + " could chair alone: decisions wait until both chairs have confirmed them."
	case alone:
		sentence += ". " + could[0] + " could chair alone."
	default:
		sentence += ". " + andList(inTheirPlace) + " could chair in their place."
	}
	return []Clash{{Kind: ChairAway, Weight: weight, Sentence: sentence}}
}

func (v calendarView) clerkAway(places []place, on clock.Date) []Clash {
	var gone []string
	for _, p := range places {
		if p.office != access.Clerk {
			continue
		}
		for _, h := range p.people {
			away, is := v.tables.isAway(h.PersonID, on)
			if !is {
				return nil
			}
			gone = append(gone, h.Name+" (clerk) is away "+away.Words())
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return []Clash{{Kind: ClerkAway, Weight: Notable, Sentence: andList(gone) + ", and nobody else is its clerk."}}
}

// cannotBeQuorate: the meeting could have been quorate but for those who are away. A forum whose seats
// are empty lacks people, not a better day.
func (v calendarView) cannotBeQuorate(terms Terms, places []place, on clock.Date) []Clash {
	everybody := terms.CountQuorum(couldSpeak(places, func(uuid.UUID) bool { return true }))
	there := terms.CountQuorum(couldSpeak(places, func(person uuid.UUID) bool {
		_, away := v.tables.isAway(person, on)
		return !away
	}))
	var missing []string
	for _, kind := range there.Missing {
		if !slices.Contains(everybody.Missing, kind) {
			missing = append(missing, "everyone from "+lowerFirst(kind.Words())+" is away")
		}
	}
	if everybody.Short() == 0 && there.Short() > 0 {
		missing = append(missing, fmt.Sprintf("only %s could come and %d are needed", counted(there.Counted, "deciding member", "deciding members"), there.Needed))
	}
	if len(missing) == 0 {
		return nil
	}
	return []Clash{{Kind: CannotQuorum, Weight: Serious, Sentence: "It cannot be quorate: " + andList(missing) + "."}}
}

// couldSpeak fills the deciding seats, each by its holder or a named deputy, with as many different
// people as can be: the most that a quorum could count.
func couldSpeak(places []place, free func(person uuid.UUID) bool) []Speaker {
	seatOf := map[uuid.UUID]int{} // whom the count so far puts where
	var fill func(at int, tried map[uuid.UUID]bool) bool
	fill = func(at int, tried map[uuid.UUID]bool) bool {
		for _, h := range places[at].people {
			if !free(h.PersonID) || tried[h.PersonID] {
				continue
			}
			tried[h.PersonID] = true
			if other, taken := seatOf[h.PersonID]; !taken || fill(other, tried) {
				seatOf[h.PersonID] = at
				return true
			}
		}
		return false
	}
	var speakers []Speaker
	for at, p := range places {
		if !p.decides() {
			continue
		}
		fill(at, map[uuid.UUID]bool{})
		// The first who is free is counted by now, here or in another seat: only the kind is new.
		if first := slices.IndexFunc(p.people, func(h placeHolding) bool { return free(h.PersonID) }); first >= 0 {
			speakers = append(speakers, Speaker{PersonID: p.people[first].PersonID, Kind: p.kind})
		}
	}
	for person, at := range seatOf {
		speakers = append(speakers, Speaker{PersonID: person, Kind: places[at].kind})
	}
	return speakers
}

// dayOff: a bank holiday, or a weekend on which the forum does not meet by its terms.
func (v calendarView) dayOff(forum uuid.UUID, on clock.Date) []Clash {
	if name := v.days.BankHoliday(on); name != "" {
		return []Clash{{Kind: DayOff, Weight: Notable, Sentence: on.LongWithWeekday() + " is a bank holiday: " + name + "."}}
	}
	if v.days.IsWorkingDay(on) || v.meetsOn(forum, on) {
		return nil
	}
	return []Clash{{Kind: DayOff, Weight: Notable, Sentence: on.LongWithWeekday() + " is at a weekend."}}
}

func (v calendarView) meetsOn(forum uuid.UUID, on clock.Date) bool {
	terms, known := v.termsOn(forum, on)
	rule, err := calendar.ParseRule(terms.Cadence)
	if !known || err != nil {
		return false
	}
	pattern, ok := rule.Pattern()
	return ok && pattern.Day == on.Weekday()
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// andList writes a list as people say it: "a", "a and b", "a, b and c".
func andList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// lowerFirst keeps NHS and SEND as they are.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
