package panels

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Outlook is whether a meeting, or an item, is likely to be quorate.
type Outlook string

// The outlooks.
const (
	WillBeQuorate Outlook = "quorate"     // if all who said yes come
	NotYetQuorate Outlook = "not_yet"     // only if some who have not said yes come too
	NotQuorate    Outlook = "not_quorate" // even if all of those come
)

// Forecast is the outlook with its reasons.
type Forecast struct {
	Outlook  Outlook
	Expected int      // people who said yes and would count
	Needed   int      // people
	Reasons  []string // what is missing, the worst first; none when quorate
	Lost     int      // how many of the reasons no reply can mend any more
}

// Words is the forecast in one sentence.
func (f Forecast) Words() string {
	switch f.Outlook {
	case WillBeQuorate:
		return fmt.Sprintf("Quorate if all who said yes come: %d expected and %d needed", f.Expected, f.Needed)
	case NotYetQuorate:
		return "Not yet quorate: " + f.Why()
	default:
		return "Not quorate: " + f.Why()
	}
}

// Why are the reasons of a forecast in words, "" where it is quorate: "no one from health has replied".
func (f Forecast) Why() string { return andList(f.Reasons) }

// Severity orders forecasts: nought is quorate, and a greater one is worse news. What no reply can mend
// weighs most.
func (f Forecast) Severity() int { return 100*f.Lost + len(f.Reasons) }

// Expectation is what is known of somebody's coming to a meeting.
type Expectation int

// The expectations. Whoever is not asked to come is not expected.
const (
	NotAsked Expectation = iota
	Declined             // sends apologies, or a deputy in their place
	AwayThen             // has said nothing of the meeting, and is away that day
	Unanswered
	Unsure // a calendar's "maybe"
	Coming
)

// Expectations are what is known of each person.
type Expectations map[uuid.UUID]Expectation

// Expect reads what those asked to come have said; away is who is on leave, by person. A deputy who is
// sent counts as coming until they say otherwise, because whoever sends them has said so; an answer
// counts for more than leave, because it is about this meeting.
func Expect(attendees []Attendee, away map[uuid.UUID][]Away, on clock.Date) Expectations {
	expect := make(Expectations, len(attendees))
	for _, a := range attendees {
		switch {
		case a.Reply != nil && a.Reply.Answer == Attending:
			expect[a.PersonID] = Coming
		case a.Reply != nil && a.Reply.Answer == Tentative:
			expect[a.PersonID] = Unsure
		case a.Reply != nil:
			expect[a.PersonID] = Declined
		case isAway(away[a.PersonID], on):
			expect[a.PersonID] = AwayThen
		case a.DeputyFor != uuid.Nil:
			expect[a.PersonID] = Coming
		default:
			expect[a.PersonID] = Unanswered
		}
	}
	return expect
}

func isAway(absences []Away, on clock.Date) bool {
	for _, away := range absences {
		if away.Covers(on) {
			return true
		}
	}
	return false
}

// Comes reports whether somebody has said that they will come.
func (e Expectations) Comes(person uuid.UUID) bool { return e[person] == Coming }

// MayCome reports whether somebody has said so or may yet.
func (e Expectations) MayCome(person uuid.UUID) bool { return e[person] >= Unanswered }

// Prospect is a deciding place as a forecast looks at it.
type Prospect struct {
	Agency uuid.UUID // uuid.Nil when it belongs to none
	Kind   AgencyKind
	People []uuid.UUID // who may fill it, in order; without those who left for the item
}

// Foresee looks ahead with a quorum rule it is given: count says what the rule makes of some people
// coming. If it is met by those who said yes, the outlook is good; if not even by those who may yet,
// it is bad.
func Foresee(places []Prospect, expect Expectations, count func(comes func(person uuid.UUID) bool) QuorumCount) Forecast {
	sure, most := count(expect.Comes), count(expect.MayCome)
	f := Forecast{Outlook: NotYetQuorate, Expected: sure.Counted, Needed: sure.Needed}
	switch {
	case sure.Met():
		f.Outlook = WillBeQuorate
		return f
	case !most.Met():
		f.Outlook = NotQuorate
	}
	var certain, open []string // what can no longer be mended by a reply, and what can
	note := func(lost bool, reason string) {
		if lost {
			certain = append(certain, reason)
		} else {
			open = append(open, reason)
		}
	}
	for _, kind := range sure.Missing {
		people := peopleIn(places, func(p Prospect) bool { return p.Kind == kind })
		note(slices.Contains(most.Missing, kind), expect.missing(lowerFirst(kind.Words()), people))
	}
	for _, funder := range sure.Funders {
		people := peopleIn(places, func(p Prospect) bool { return p.Agency == funder.ID })
		note(slices.ContainsFunc(most.Funders, func(a Agency) bool { return a.ID == funder.ID }), expect.missingFunder(funder.Name, people))
	}
	switch {
	case most.Short() > 0:
		note(true, fmt.Sprintf("%s can come and %d are needed", atMost(most.Counted), most.Needed))
	case sure.Short() == 1:
		note(false, "1 more member is needed")
	case sure.Short() > 1:
		note(false, fmt.Sprintf("%d more members are needed", sure.Short()))
	}
	f.Reasons, f.Lost = append(certain, open...), len(certain)
	return f
}

func atMost(people int) string {
	switch people {
	case 0:
		return "no member"
	case 1:
		return "only 1 member"
	default:
		return fmt.Sprintf("only %d members", people)
	}
}

// silence is why nobody is counted on of some people.
type silence int

const (
	nobodyCan silence = iota // nobody is asked, or all have left for the item
	nobodyReplied
	someReplied // and some have not
	perhaps
	apologies
	onLeave
)

func (e Expectations) silenceOf(people []uuid.UUID) silence {
	answers := map[Expectation]int{}
	for _, person := range people {
		answers[e[person]]++
	}
	switch {
	case answers[Unanswered] > 0 && answers[Declined]+answers[Unsure]+answers[AwayThen] == 0:
		return nobodyReplied
	case answers[Unanswered] > 0:
		return someReplied
	case answers[Unsure] > 0:
		return perhaps
	case answers[Declined] > 0:
		return apologies
	case answers[AwayThen] > 0:
		return onLeave
	default:
		return nobodyCan
	}
}

// missing says why a kind of agency that must be there is not counted on.
func (e Expectations) missing(who string, people []uuid.UUID) string {
	switch e.silenceOf(people) {
	case nobodyReplied:
		return "no one from " + who + " has replied"
	case someReplied:
		return "no one from " + who + " has said yes"
	case perhaps:
		return who + " says maybe"
	case apologies:
		return who + " sends apologies"
	case onLeave:
		return who + " is away that day"
	default:
		return "no one from " + who + " can take part"
	}
}

// missingFunder says why one that is asked to pay is not counted on.
func (e Expectations) missingFunder(who string, people []uuid.UUID) string {
	who += " is asked to pay and "
	switch e.silenceOf(people) {
	case nobodyReplied:
		return who + "has not replied"
	case someReplied:
		return who + "has not said yes"
	case perhaps:
		return who + "says maybe"
	case apologies:
		return who + "sends apologies"
	case onLeave:
		return who + "is away that day"
	default:
		return who + "nobody can speak for it"
	}
}

func peopleIn(places []Prospect, of func(Prospect) bool) []uuid.UUID {
	var people []uuid.UUID
	for _, place := range places {
		if of(place) {
			people = append(people, place.People...)
		}
	}
	return people
}

// ForecastQuorum is the outlook of a whole meeting: its terms' quorum over the deciding seats, each
// filled by the first of its people who comes.
func ForecastQuorum(terms Terms, seats []TableSeat, expect Expectations) Forecast {
	var places []Prospect
	for _, seat := range seats {
		if !seat.Decides() {
			continue
		}
		place := Prospect{Kind: seat.Kind}
		if seat.AgencyID != nil {
			place.Agency = *seat.AgencyID
		}
		for _, holder := range seat.Holders {
			place.People = append(place.People, holder.PersonID)
		}
		places = append(places, place)
	}
	return Foresee(places, expect, func(comes func(uuid.UUID) bool) QuorumCount {
		var speakers []Speaker
		for _, place := range places {
			for _, person := range place.People {
				if comes(person) {
					speakers = append(speakers, Speaker{PersonID: person, Kind: place.Kind})
					break
				}
			}
		}
		return terms.CountQuorum(speakers)
	})
}
