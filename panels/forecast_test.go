package panels

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/server/base/access"
)

// who makes a small id that reads well in a failure.
func who(n int) uuid.UUID { return uuid.UUID{15: byte(n)} }

// decidingSeat is a deciding member's seat of an agency, filled by people in order.
func decidingSeat(n int, kind AgencyKind, people ...int) TableSeat {
	agency := who(100 + slices.Index(AgencyKinds, kind))
	seat := TableSeat{Seat: Seat{ID: who(200 + n), AgencyID: &agency, Name: kind.Words(), Office: access.Member, Standing: access.Deciding}, Kind: kind}
	for order, person := range people {
		seat.Holders = append(seat.Holders, Holder{PersonID: who(person), DeputyOrder: order})
	}
	return seat
}

// A forecast that is wrong the kind way lets people travel to a meeting that can decide nothing; one
// that is wrong the other way calls off a decision a young person waits for.
func TestForecast(t *testing.T) {
	t.Parallel()
	seats := []TableSeat{decidingSeat(1, AdultSocialCare, 1, 2), decidingSeat(2, HealthContinuing, 3, 4), decidingSeat(3, Education, 5)}
	adviser, clerk := decidingSeat(4, HealthContinuing, 6), decidingSeat(5, HealthContinuing, 7)
	adviser.Standing, clerk.Office = access.Advisory, access.Clerk
	twoForHealth := append(slices.Clone(seats), decidingSeat(6, HealthContinuing, 8))
	terms := Terms{QuorumMembers: 2, QuorumAgencies: []AgencyKind{HealthContinuing}}
	three := Terms{QuorumMembers: 3}
	type answers = map[int]Expectation
	for _, c := range []struct {
		name    string
		terms   Terms
		seats   []TableSeat
		answers answers
		want    string
	}{
		{"AllSaidYes", terms, seats, answers{1: Coming, 3: Coming, 5: Coming}, "Quorate if all who said yes come: 3 expected and 2 needed"},
		{"EnoughSaidYes", terms, seats, answers{1: Coming, 3: Coming, 5: Unanswered}, "Quorate if all who said yes come: 2 expected and 2 needed"},
		{"NobodyFromHealth", terms, seats, answers{1: Coming, 3: Unanswered, 5: Coming}, "Not yet quorate: no one from health has replied"},
		{"NobodyAtAll", terms, seats, answers{1: Unanswered, 3: Unanswered, 5: Unanswered}, "Not yet quorate: no one from health has replied and 2 more members are needed"},
		{"HealthSendsApologies", terms, seats, answers{1: Coming, 3: Declined, 5: Coming}, "Not quorate: health sends apologies"},
		{"HealthIsOnLeave", terms, seats, answers{1: Coming, 3: AwayThen, 5: Coming}, "Not quorate: health is away that day"},
		{"HealthSaysMaybe", terms, seats, answers{1: Coming, 3: Unsure, 5: Coming}, "Not yet quorate: health says maybe"},
		{"TheDeputyComes", terms, seats, answers{1: Coming, 3: Declined, 4: Coming}, "Quorate if all who said yes come: 2 expected and 2 needed"},
		{"TheDeputyCannotEither", terms, seats, answers{1: Coming, 3: Declined, 4: Declined, 5: Coming}, "Not quorate: health sends apologies"},
		{"ADeputyNobodyAskedIsNotCounted", terms, seats, answers{1: Coming, 3: Declined, 4: NotAsked, 5: Coming}, "Not quorate: health sends apologies"},
		{"OneOfTwoForHealthDeclines", terms, twoForHealth, answers{1: Coming, 3: Declined, 8: Unanswered}, "Not yet quorate: no one from health has said yes and 1 more member is needed"},
		{"NobodySitsForHealth", terms, seats[:1], answers{1: Coming}, "Not quorate: no one from health can take part and only 1 member can come and 2 are needed"},
		{"TooManyApologies", three, seats, answers{1: Coming, 3: Declined, 5: Coming}, "Not quorate: only 2 members can come and 3 are needed"},
		{"NobodyComes", three, seats, answers{1: Declined, 3: Declined, 5: Declined}, "Not quorate: no member can come and 3 are needed"},
		{"OneShort", three, seats, answers{1: Coming, 3: Unanswered, 5: Coming}, "Not yet quorate: 1 more member is needed"},
		{"WhatIsLostComesFirst", Terms{QuorumMembers: 1, QuorumAgencies: []AgencyKind{Education, HealthContinuing}}, seats, answers{1: Coming, 3: Declined, 5: Unanswered}, "Not quorate: health sends apologies and no one from education and SEND has replied"},
		{"AdvisersAndClerksDoNotCount", terms, append(slices.Clone(seats), adviser, clerk), answers{1: Coming, 3: Unanswered, 5: Coming, 6: Coming, 7: Coming}, "Not yet quorate: no one from health has replied"},
		{"OnePersonInTwoSeatsIsOneMember", terms, []TableSeat{decidingSeat(1, AdultSocialCare, 1), decidingSeat(2, HealthContinuing, 1)}, answers{1: Coming}, "Not quorate: only 1 member can come and 2 are needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect := Expectations{}
			for person, expectation := range c.answers {
				expect[who(person)] = expectation
			}
			if got := ForecastQuorum(c.terms, c.seats, expect).Words(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What people said is what is expected of them: read wrongly, an apology fills a chair.
func TestExpectReadsWhatWasSaid(t *testing.T) {
	t.Parallel()
	deputy := who(2)
	said := func(answer Answer) *Reply { return &Reply{Answer: answer, Current: true} }
	on := day("2026-12-09")
	away := map[uuid.UUID][]Away{}
	for _, n := range []int{11, 12, 13} {
		away[who(n)] = []Away{{PersonID: who(n), FromDate: day("2026-12-09"), ToDate: day("2026-12-09")}}
	}
	away[who(14)] = []Away{{PersonID: who(14), FromDate: day("2026-12-10"), ToDate: day("2026-12-11")}}
	sends := &Reply{Answer: SendingDeputy, DeputyID: &deputy, Current: true}
	got := Expect([]Attendee{
		{PersonID: who(1), Reply: sends}, {PersonID: who(2), DeputyFor: who(1)}, {PersonID: who(3), DeputyFor: who(1), Reply: said(Apologies)},
		{PersonID: who(4), Reply: said(Attending)}, {PersonID: who(5), Reply: said(Tentative)}, {PersonID: who(6), Reply: said(Apologies)}, {PersonID: who(7)},
		{PersonID: who(11)}, {PersonID: who(12), Reply: said(Attending)}, {PersonID: who(13), DeputyFor: who(1)}, {PersonID: who(14)},
	}, away, on)
	want := map[int]Expectation{
		1: Declined, 2: Coming, 3: Declined, 4: Coming, 5: Unsure, 6: Declined, 7: Unanswered, 8: NotAsked, 11: AwayThen, 12: Coming, 13: AwayThen, 14: Unanswered,
	}
	for n, expectation := range want {
		if got[who(n)] != expectation {
			t.Errorf("of %d: %d, want %d", n, got[who(n)], expectation)
		}
	}
}

var kindsDrawn = []AgencyKind{AdultSocialCare, HealthContinuing, Education}

// anyTable draws up to four seats, each with a holder and up to two deputies of its own.
func anyTable(t *rapid.T) ([]TableSeat, Terms) {
	var seats []TableSeat
	person := 0
	for n := range rapid.IntRange(1, 4).Draw(t, "seats") {
		var people []int
		for range rapid.IntRange(0, 3).Draw(t, "people") {
			person++
			people = append(people, person)
		}
		seat := decidingSeat(n, rapid.SampledFrom(kindsDrawn).Draw(t, "kind"), people...)
		seat.Standing = rapid.SampledFrom([]access.Standing{access.Deciding, access.Deciding, access.Advisory}).Draw(t, "standing")
		seats = append(seats, seat)
	}
	return seats, Terms{
		QuorumMembers:  rapid.IntRange(1, 4).Draw(t, "members"),
		QuorumAgencies: rapid.SliceOfDistinct(rapid.SampledFrom(kindsDrawn), rapid.ID[AgencyKind]).Draw(t, "agencies"),
	}
}

func anyExpectations(t *rapid.T, seats []TableSeat) Expectations {
	expect := Expectations{}
	for _, seat := range seats {
		for _, holder := range seat.Holders {
			expect[holder.PersonID] = Expectation(rapid.IntRange(int(NotAsked), int(Coming)).Draw(t, "expectation"))
		}
	}
	return expect
}

// quorateWith counts, the long way, whether the people in come make a quorum.
func quorateWith(terms Terms, seats []TableSeat, come map[uuid.UUID]bool) bool {
	people, kinds := map[uuid.UUID]bool{}, map[AgencyKind]bool{}
	for _, seat := range seats {
		if seat.Standing != access.Deciding {
			continue
		}
		for _, holder := range seat.Holders {
			if come[holder.PersonID] {
				people[holder.PersonID], kinds[seat.Kind] = true, true
				break
			}
		}
	}
	for _, kind := range terms.QuorumAgencies {
		if !kinds[kind] {
			return false
		}
	}
	return len(people) >= terms.QuorumMembers
}

// The forecast is what trying every way the open answers could fall would find.
func TestForecastAgreesWithTryingEveryAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seats, terms := anyTable(t)
		expect := anyExpectations(t, seats)
		forecast := ForecastQuorum(terms, seats, expect)
		come := map[uuid.UUID]bool{}
		var open []uuid.UUID
		for person, expectation := range expect {
			if expectation == Coming {
				come[person] = true
			} else if expectation == Unanswered || expectation == Unsure {
				open = append(open, person)
			}
		}
		want := NotQuorate
		for ways := range 1 << len(open) {
			for bit, person := range open {
				come[person] = ways&(1<<bit) != 0
			}
			if quorateWith(terms, seats, come) {
				want = NotYetQuorate
				if ways == 0 {
					want = WillBeQuorate
				}
				break
			}
		}
		if forecast.Outlook != want {
			t.Fatalf("forecast %s, but trying every answer gives %s", forecast.Words(), want)
		}
		if (len(forecast.Reasons) == 0) != (want == WillBeQuorate) || (forecast.Severity() == 0) != (want == WillBeQuorate) {
			t.Fatalf("reasons %q of severity %d do not go with %s", forecast.Reasons, forecast.Severity(), want)
		}
	})
}

// A yes never makes the outlook worse, and apologies never make it better.
func TestForecastFollowsEachAnswer(t *testing.T) {
	t.Parallel()
	rank := map[Outlook]int{NotQuorate: 0, NotYetQuorate: 1, WillBeQuorate: 2}
	rapid.Check(t, func(t *rapid.T) {
		seats, terms := anyTable(t)
		expect := anyExpectations(t, seats)
		if len(expect) == 0 {
			t.Skip("nobody sits here")
		}
		before := rank[ForecastQuorum(terms, seats, expect).Outlook]
		person := who(rapid.IntRange(1, len(expect)).Draw(t, "person"))
		expect[person] = Coming
		if after := rank[ForecastQuorum(terms, seats, expect).Outlook]; after < before {
			t.Fatal("a yes made it worse")
		}
		expect[person] = Declined
		if after := rank[ForecastQuorum(terms, seats, expect).Outlook]; after > before {
			t.Fatal("apologies made it better")
		}
	})
}
