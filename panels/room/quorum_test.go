package room_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
)

// at makes a small id that reads well in a failure.
func at(n int) uuid.UUID { return uuid.UUID{15: byte(n)} }

var (
	asc     = panels.Agency{ID: at(101), Name: "Adult social care", Kind: panels.AdultSocialCare, Funder: true}
	nhs     = panels.Agency{ID: at(102), Name: "Health", Kind: panels.HealthContinuing, Funder: true}
	edu     = panels.Agency{ID: at(103), Name: "Education", Kind: panels.Education, Funder: true}
	theItem = at(200)
)

// place is a deciding member's seat of an agency, filled by people in order.
func place(n int, agency panels.Agency, people ...int) room.Place {
	p := room.Place{Agency: agency, Seat: panels.Seat{ID: at(n), AgencyID: &agency.ID, Name: agency.Name, Office: access.Member, Standing: access.Deciding, Position: n}}
	for order, person := range people {
		p.Fills = append(p.Fills, room.Sitter{PersonID: at(person), Name: fmt.Sprint("Person ", person), DeputyOrder: order})
	}
	return p
}

// seated is a table where these people are here.
func seated(places []room.Place, here ...int) room.Table {
	table := room.Table{Places: places, Here: map[uuid.UUID]room.Attendance{}}
	for _, person := range here {
		table.Here[at(person)] = room.Attendance{PersonID: at(person), Present: true}
	}
	return table
}

func left(table room.Table, person int) room.Table {
	table.Absences = append(slices.Clone(table.Absences), room.Absence{ItemID: theItem, PersonID: at(person)})
	return table
}

// A quorum counted wrongly either stops a decision a young person waits for, or makes one that binds nobody.
func TestQuorum(t *testing.T) {
	t.Parallel()
	places := []room.Place{place(1, asc, 1, 2), place(2, nhs, 3), place(3, edu, 4)}
	terms := panels.Terms{QuorumMembers: 2, QuorumAgencies: []panels.AgencyKind{panels.AdultSocialCare}}
	advisory := place(4, edu, 5)
	advisory.Seat.Standing = access.Advisory
	clerks := place(5, asc, 6)
	clerks.Seat.Office = access.Clerk
	elsewhere := seated(places, 1, 3)
	onlyHere := at(2)
	elsewhere.Here[at(1)] = room.Attendance{PersonID: at(1), Present: true, SeatID: &onlyHere}
	for _, c := range []struct {
		name    string
		table   room.Table
		funders []panels.Agency
		want    string
	}{
		{"OK", seated(places, 1, 3), []panels.Agency{asc, nhs}, "Quorate: 2 members are here and 2 are needed"},
		{"Nobody", seated(places), nil, "Not quorate: Adult social care is not here and 2 more members are needed"},
		{"OneShort", seated(places, 1), nil, "Not quorate: 1 more member is needed"},
		{"AgencyMissing", seated(places, 3, 4), nil, "Not quorate: Adult social care is not here"},
		{"FunderMissing", seated(places, 1, 4), []panels.Agency{asc, nhs}, "Not quorate: Health is asked to pay and is not here"},
		{"FunderNamedOnce", seated(places, 3, 4), []panels.Agency{asc, nhs}, "Not quorate: Adult social care is not here"},
		{"ADeputyCounts", seated(places, 2, 3), []panels.Agency{asc, nhs}, "Quorate: 2 members are here and 2 are needed"},
		{"HolderAndDeputyAreOneSeat", seated(places, 1, 2), nil, "Not quorate: 1 more member is needed"},
		{"WithdrawnDoesNotCount", left(seated(places, 1, 3), 3), []panels.Agency{asc, nhs}, "Not quorate: Health is asked to pay and is not here and 1 more member is needed"},
		{"DeputyForTheWithdrawn", left(seated(places, 1, 2, 3), 1), []panels.Agency{asc, nhs}, "Quorate: 2 members are here and 2 are needed"},
		{"AdvisersAndClerksDoNotCount", seated(append(slices.Clone(places), advisory, clerks), 1, 5, 6), nil, "Not quorate: 1 more member is needed"},
		{"OnePersonInTwoSeatsIsOneMember", seated([]room.Place{place(1, asc, 1), place(2, nhs, 1)}, 1), []panels.Agency{asc, nhs}, "Not quorate: 1 more member is needed"},
		{"OnlyInTheSeatTheyTook", elsewhere, nil, "Not quorate: Adult social care is not here and 1 more member is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := room.QuorumFor(c.table, terms, theItem, c.funders).Words(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// anyTable draws up to six seats of three agencies, filled by up to six people, some here, some withdrawn.
func anyTable(t *rapid.T) room.Table {
	agencies := []panels.Agency{asc, nhs, edu}
	person := rapid.IntRange(1, 6)
	var places []room.Place
	for n := range rapid.IntRange(1, 6).Draw(t, "seats") {
		people := rapid.SliceOfNDistinct(person, 1, 3, rapid.ID[int]).Draw(t, "fills")
		p := place(10+n, agencies[rapid.IntRange(0, 2).Draw(t, "agency")], people...)
		p.Seat.Standing = rapid.SampledFrom([]access.Standing{access.Deciding, access.Deciding, access.Advisory}).Draw(t, "standing")
		places = append(places, p)
	}
	table := seated(places, rapid.SliceOfDistinct(person, rapid.ID[int]).Draw(t, "here")...)
	for _, who := range rapid.SliceOfDistinct(person, rapid.ID[int]).Draw(t, "withdrawn") {
		table = left(table, who)
	}
	return table
}

// Whatever happens, nobody who left for an item or is absent speaks in it, and there is one position
// for each funder or member.
func TestQuorumProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		terms := panels.Terms{QuorumMembers: rapid.IntRange(1, 4).Draw(t, "members"), QuorumAgencies: []panels.AgencyKind{panels.AdultSocialCare}}
		funders := []panels.Agency{asc, nhs}[:rapid.IntRange(0, 2).Draw(t, "funders")]
		before := room.QuorumFor(table, terms, theItem, funders)
		who := rapid.IntRange(1, 6).Draw(t, "leaves")
		if before.Met != (len(before.Missing) == 0) {
			t.Fatal("met and missing disagree")
		}
		for _, voter := range room.Voters(left(table, who), theItem, funders) {
			if voter.PersonID == at(who) {
				t.Fatalf("person %d left and still speaks for %s", who, voter.Name)
			}
			if voter.PersonID != uuid.Nil && !table.Present(voter.PersonID) {
				t.Fatalf("somebody absent speaks for %s", voter.Name)
			}
		}
		positions := map[uuid.UUID]bool{}
		for _, voter := range room.Voters(table, theItem, funders) {
			if positions[voter.For] {
				t.Fatal("two positions for one funder or member")
			}
			positions[voter.For] = true
		}
		if len(funders) > 0 && len(positions) != len(funders) {
			t.Fatal("not one position for each funder")
		}
	})
}
