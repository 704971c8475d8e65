package dates_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/dates"
	"quorate/server/base/access"
)

// at makes a small id that reads well in a failure.
func at(n int) uuid.UUID { return uuid.UUID{15: byte(n)} }

var noon = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC)

// slot is the nth date: as many days from now.
func slot(n int) dates.Slot {
	start := noon.AddDate(0, 0, n)
	return dates.Slot{ID: at(200 + n), StartsAt: start, EndsAt: start.Add(time.Hour)}
}

// seat is a deciding member's seat of an agency, held and deputised in by people in order.
func seat(kind panels.AgencyKind, people ...int) panels.TableSeat {
	s := panels.TableSeat{Seat: panels.Seat{Office: access.Member, Standing: access.Deciding}, Kind: kind}
	for order, person := range people {
		s.Holders = append(s.Holders, panels.Holder{PersonID: at(person), DeputyOrder: order})
	}
	return s
}

// say is one person's answers to dates 1, 2 and so on: y, i or n; anything else is none.
func say(letters string) dates.Answers {
	answers := dates.Answers{}
	for i, letter := range letters {
		if answer, given := map[rune]dates.Answer{'y': dates.Yes, 'i': dates.IfNeedBe, 'n': dates.No}[letter]; given {
			answers[at(200+i+1)] = answer
		}
	}
	return answers
}

// A date wrongly called quorate brings people to a meeting that binds nobody; one wrongly passed over
// makes a young person wait.
func TestOneDateIsJudgedByTheForumsOwnQuorum(t *testing.T) {
	t.Parallel()
	table := []panels.TableSeat{seat(panels.AdultSocialCare, 1, 2), seat(panels.HealthContinuing, 3), seat(panels.Education, 4)}
	terms := panels.Terms{QuorumMembers: 2, QuorumAgencies: []panels.AgencyKind{panels.AdultSocialCare}}
	advisory := seat(panels.HealthContinuing, 5)
	advisory.Standing = access.Advisory
	clerks := seat(panels.AdultSocialCare, 6)
	clerks.Office = access.Clerk
	for _, c := range []struct {
		name    string
		table   []panels.TableSeat
		answers map[int]string
		want    string
	}{
		{"OK", table, map[int]string{1: "y", 3: "y"}, "Quorate"},
		{"NobodyAnswered", table, nil, "Not quorate: Adult social care is missing and 2 more members are needed"},
		{"NoIsNotYes", table, map[int]string{1: "n", 3: "y", 4: "y"}, "Not quorate: Adult social care is missing"},
		{"OneShort", table, map[int]string{1: "y"}, "Not quorate: 1 more member is needed"},
		{"IfNeedBe", table, map[int]string{1: "y", 3: "i"}, "Quorate if those who said “if need be” come"},
		{"ADeputyCountsForTheSeat", table, map[int]string{1: "n", 2: "y", 3: "y"}, "Quorate"},
		{"HolderAndDeputyAreOneSeat", table, map[int]string{1: "y", 2: "y"}, "Not quorate: 1 more member is needed"},
		{"AdvisersAndClerksDoNotCount", append(slices.Clone(table), advisory, clerks), map[int]string{1: "y", 5: "y", 6: "y"}, "Not quorate: 1 more member is needed"},
		{"OnePersonInTwoSeatsIsOneByNumber", []panels.TableSeat{seat(panels.AdultSocialCare, 1), seat(panels.HealthContinuing, 1)}, map[int]string{1: "y"}, "Not quorate: 1 more member is needed"},
		{"OnePersonSpeaksForBothAgencies", []panels.TableSeat{seat(panels.HealthContinuing, 1), seat(panels.AdultSocialCare, 1), seat(panels.Education, 4)}, map[int]string{1: "y", 4: "y"}, "Quorate"},
		{"AYesBeforeAnIfNeedBe", []panels.TableSeat{seat(panels.AdultSocialCare, 1, 2), seat(panels.HealthContinuing, 1)}, map[int]string{1: "i", 2: "y"}, "Quorate if those who said “if need be” come"},
		{"WhoeverIsNotSeatedDoesNotCount", table, map[int]string{1: "y", 9: "y"}, "Not quorate: 1 more member is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := map[uuid.UUID]dates.Answers{}
			for person, letters := range c.answers {
				answers[at(person)] = say(letters)
			}
			ranked := dates.Rank([]dates.Candidate{{Slot: slot(1), Terms: terms, Seats: c.table}}, answers, noon)
			if got := ranked[0].Words(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The clerk picks from the top of the list.
func TestTheBestDateComesFirst(t *testing.T) {
	t.Parallel()
	table := []panels.TableSeat{seat(panels.AdultSocialCare, 1), seat(panels.HealthContinuing, 2), seat(panels.Education, 3)}
	terms := panels.Terms{QuorumMembers: 2, QuorumAgencies: []panels.AgencyKind{panels.AdultSocialCare}}
	for _, c := range []struct {
		name    string
		answers []string // of persons 1, 2, 3 to dates 1, 2, 3
		now     time.Time
		want    []int
	}{
		{"QuorateBeforeNot", []string{"nyy", "yyy", "yyy"}, noon, []int{2, 3, 1}},
		{"YesBeforeIfNeedBe", []string{"iyn", "yyy", "yny"}, noon, []int{2, 1, 3}},
		{"MoreYesFirst", []string{"yyy", "yyy", "nyn"}, noon, []int{2, 1, 3}},
		{"MoreIfNeedBeFirst", []string{"yyy", "yyy", "nni"}, noon, []int{3, 1, 2}},
		{"LeastLackingFirst", []string{"n-n", "nyn", "nny"}, noon, []int{2, 3, 1}},
		{"EarlierAmongEquals", []string{"yyy", "yyy", "yyy"}, noon, []int{1, 2, 3}},
		{"PastLast", []string{"ynn", "ynn", "ynn"}, noon.AddDate(0, 0, 1), []int{2, 3, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := map[uuid.UUID]dates.Answers{}
			for i, letters := range c.answers {
				answers[at(i+1)] = say(letters)
			}
			var candidates []dates.Candidate
			for n := 1; n <= 3; n++ {
				candidates = append(candidates, dates.Candidate{Slot: slot(n), Terms: terms, Seats: table})
			}
			var got []int
			for _, p := range dates.Rank(candidates, answers, c.now) {
				got = append(got, int(p.Slot.ID[15])-200)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// Whatever people answer: the order is the same however the dates were typed, no date that is not
// quorate stands before one that is, counting "if need be" as well takes nothing away, and a count never
// holds more people than said they could come.
func TestRankProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := []panels.AgencyKind{panels.AdultSocialCare, panels.HealthContinuing, panels.Education}
		person := rapid.IntRange(1, 6)
		terms := panels.Terms{QuorumMembers: rapid.IntRange(1, 4).Draw(t, "members"), QuorumAgencies: kinds[:rapid.IntRange(0, 2).Draw(t, "agencies")]}
		var candidates []dates.Candidate
		for n := range rapid.IntRange(1, 6).Draw(t, "dates") {
			var table []panels.TableSeat // another on each day: seats change hands
			for range rapid.IntRange(0, 5).Draw(t, "seats") {
				s := seat(rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SliceOfNDistinct(person, 0, 3, rapid.ID[int]).Draw(t, "people")...)
				s.Standing = rapid.SampledFrom([]access.Standing{access.Deciding, access.Deciding, access.Advisory}).Draw(t, "standing")
				table = append(table, s)
			}
			candidates = append(candidates, dates.Candidate{Slot: slot(n - 1), Terms: terms, Seats: table})
		}
		answers := map[uuid.UUID]dates.Answers{}
		for n := 1; n <= 6; n++ {
			given := dates.Answers{}
			for _, c := range candidates {
				given[c.Slot.ID] = rapid.SampledFrom([]dates.Answer{"", dates.Yes, dates.IfNeedBe, dates.No}).Draw(t, fmt.Sprint("answer of ", n))
			}
			answers[at(n)] = given
		}
		ranked := dates.Rank(candidates, answers, noon)
		shuffled := rapid.Permutation(slices.Clone(candidates)).Draw(t, "order")
		again := dates.Rank(shuffled, maps.Clone(answers), noon)
		standing := func(p dates.Prospect) int {
			switch {
			case p.Past:
				return 3
			case p.Sure.Met():
				return 0
			case p.Likely.Met():
				return 1
			default:
				return 2
			}
		}
		if len(ranked) != len(candidates) {
			t.Fatalf("%d of %d dates are ranked", len(ranked), len(candidates))
		}
		for i, p := range ranked {
			if p.Slot.ID != again[i].Slot.ID {
				t.Fatalf("another order of typing gives another order: %v and %v", p.Slot.ID, again[i].Slot.ID)
			}
			if i > 0 && standing(ranked[i-1]) > standing(p) {
				t.Fatalf("%q stands before %q", ranked[i-1].Words(), p.Words())
			}
			if p.Sure.Met() && !p.Likely.Met() || p.Likely.Counted < p.Sure.Counted || len(p.Likely.Missing) > len(p.Sure.Missing) {
				t.Fatalf("counting those who could come if need be takes away: %+v, %+v", p.Sure, p.Likely)
			}
			if p.Sure.Counted > p.Yes || p.Likely.Counted > p.Yes+p.IfNeedBe || p.Yes+p.IfNeedBe+p.No > 6 {
				t.Fatalf("more are counted than answered: %+v", p)
			}
		}
	})
}
