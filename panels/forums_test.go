package panels

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func TestCreateForumFromEveryTemplate(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	for _, template := range Templates {
		locality := ""
		if template.PerLocality {
			locality = "North"
		}
		forum := p.forum(template.Key, locality)
		if forum.Board != template.Board || len(p.seats(forum, p.today())) != len(template.Seats) {
			t.Errorf("%s was made as %+v", template.Key, forum)
		}
		p.read(p.admin, func(tx db.Tx) error {
			terms, err := TermsInForce(tx, forum.ID, tx.Today())
			if terms.Number != 1 || terms.Purpose != template.Terms.Purpose || len(terms.QuorumAgencies) != len(template.Terms.QuorumAgencies) || len(terms.StandingItems) == 0 {
				t.Errorf("%s starts with %+v", template.Key, terms)
			}
			return err
		})
	}
	if got := p.audited("forum.created"); got != len(Templates) {
		t.Errorf("%d of %d forums are in the audit trail", got, len(Templates))
	}
}

// A seat that belongs to the wrong agency gives one agency's money to another's vote.
func TestSeatsGoToTheAgencyOfTheirKind(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	if forum.Slug != "mapac" {
		t.Errorf("its address is %q", forum.Slug)
	}
	for _, seat := range p.seats(forum, p.today()) {
		switch seat.Name {
		case "NHS continuing health care":
			if seat.ShortName != "ICB" || !seat.Funder {
				t.Errorf("health's seat is %+v", seat)
			}
		case "Brokerage":
			if seat.ShortName != "Brok" || seat.Standing != access.Advisory {
				t.Errorf("brokerage's seat is %+v", seat)
			}
		}
	}
	board := p.forum("strategic_board", "")
	if chair := p.seat(board, access.Chair); chair.AgencyID != nil {
		t.Errorf("the independent chair belongs to %s", chair.AgencyName)
	}
	for _, seat := range p.seats(board, p.today()) {
		if seat.Name == "Voluntary sector" && seat.AgencyID != nil {
			t.Error("a partnership without a voluntary agency gave its seat away")
		}
	}
}

func TestWhatIsStuckGoesToTheNextForumAbove(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	board := p.forum("strategic_board", "")
	north := p.forum("locality", "North") // no transitions panel here: straight to the board
	marp := p.forum("marp", "")
	mapac := p.forum("mapac", "")
	if north.EscalatesTo == nil || *north.EscalatesTo != board.ID {
		t.Errorf("North escalates to %v", north.EscalatesTo)
	}
	if mapac.EscalatesTo == nil || *mapac.EscalatesTo != marp.ID {
		t.Errorf("MAPaC escalates to %v", mapac.EscalatesTo)
	}
	if board.EscalatesTo != nil {
		t.Errorf("the board escalates to %v", board.EscalatesTo)
	}
}

func TestCreateForumSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.forum("mapac", "")
	nowhere := newID()
	for field, wanted := range map[string]NewForum{
		"template":      {Template: "committee"},
		"locality":      {Template: "locality"},
		"name":          {Template: "marp", Name: "multi-agency placement and commissioning panel (MAPaC)"},
		"mailbox_email": {Template: "marp", MailboxEmail: "the clerk"},
		"escalates_to":  {Template: "marp", EscalatesTo: &nowhere},
	} {
		_, err := p.CreateForum(t.Context(), p.admin, wanted)
		wantFault(t, err, fault.Invalid, field)
	}
	_, err := p.CreateForum(t.Context(), access.Actor{PersonID: newID()}, NewForum{Template: "marp"})
	wantFault(t, err, fault.Denied, "")
	if second := p.forum("cohort_group", "Looked after"); second.Slug != "cohort-group-looked-after" {
		t.Errorf("its address is %q", second.Slug)
	}
}

// A past meeting judged by today's terms could lose its quorum after the fact.
func TestTermsAreJudgedByTheDay(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	terms := p.terms(forum, "2026-11-26")
	terms.QuorumMembers, terms.InForceOn = 4, day("2027-01-01")
	if _, err := p.ChangeTerms(t.Context(), p.admin, forum.ID, 1, terms); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]int{"2026-01-01": 1, "2026-11-26": 1, "2026-12-31": 1, "2027-01-01": 2, "2030-01-01": 2} {
		if got := p.terms(forum, on).Number; got != want {
			t.Errorf("on %s version %d is in force, want %d", on, got, want)
		}
	}
	terms.InForceOn = day("2027-01-01") // a second version from the same day takes over
	if _, err := p.ChangeTerms(t.Context(), p.admin, forum.ID, 2, terms); err != nil {
		t.Fatal(err)
	}
	if got := p.terms(forum, "2027-01-01").Number; got != 3 {
		t.Errorf("version %d is in force, want 3", got)
	}
	if got := p.audited("terms.changed"); got != 2 {
		t.Errorf("%d changes in the audit trail", got)
	}
}

func (p *partnership) terms(forum Forum, on string) (terms Terms) {
	p.t.Helper()
	p.read(p.admin, func(tx db.Tx) (err error) { terms, err = TermsInForce(tx, forum.ID, day(on)); return err })
	return terms
}

func TestChangeTermsCountsDeadlinesAnew(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	p.schedule(forum)
	published := p.meetings(forum)[3].Meeting
	p.set(published, "agenda_version", 1)
	terms := p.terms(forum, "2026-11-26")
	terms.AgendaOutDays, terms.PapersDueDays, terms.InForceOn = 7, 12, day("2027-01-01")
	if _, err := p.ChangeTerms(t.Context(), p.admin, forum.ID, 1, terms); err != nil {
		t.Fatal(err)
	}
	days := 0
	p.read(p.admin, func(tx db.Tx) error {
		working, err := WorkingDays(tx)
		for _, m := range p.meetingsIn(tx, forum) {
			want := 5
			if !m.On().Before(day("2027-01-01")) && m.ID != published.ID {
				want, days = 7, days+1
			}
			if got := working.ClearWorkingDaysBefore(m.On(), want); m.AgendaOutOn != got && m.On().After(day("2026-12-10")) {
				t.Errorf("the agenda for %s is out on %s, want %s", m.On(), m.AgendaOutOn, got)
			}
		}
		return err
	})
	if days == 0 {
		t.Error("no meeting falls under the new terms")
	}
}

func (p *partnership) meetingsIn(tx db.Tx, forum Forum) []MeetingRow {
	rows, err := ListMeetings(tx, p.today(), p.today().AddMonths(24), forum.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return rows
}

func TestChangeTermsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	good := p.terms(forum, "2026-11-26")
	good.InForceOn = day("2026-12-01")
	for field, spoil := range map[string]func(*Terms){
		"purpose":          func(t *Terms) { t.Purpose = "  " },
		"quorum_members":   func(t *Terms) { t.QuorumMembers = 9 },
		"quorum_agencies":  func(t *Terms) { t.QuorumAgencies = []AgencyKind{Brokerage} },
		"casting_vote":     func(t *Terms) { t.CastingVote = true },
		"voting_rule":      func(t *Terms) { t.VotingRule = "shout" },
		"voting_method":    func(t *Terms) { t.VotingMethod = "" },
		"cadence":          func(t *Terms) { t.Cadence = "FREQ=DAILY" },
		"start_time":       func(t *Terms) { t.StartTime = "half nine" },
		"duration_minutes": func(t *Terms) { t.DurationMinutes = 0 },
		"minutes_per_item": func(t *Terms) { t.MinutesPerItem = 999 },
		"papers_due_days":  func(t *Terms) { t.PapersDueDays = 1 },
		"standing_items":   func(t *Terms) { t.StandingItems = []StandingItem{{Minutes: 3}} },
		"weeks_per_year":   func(t *Terms) { t.WeeksPerYearThousandths = 1 },
		"in_force_on":      func(t *Terms) { t.InForceOn = day("2026-11-25") },
		"review_date":      func(t *Terms) { t.ReviewDate = day("2026-11-30") },
	} {
		terms := good
		spoil(&terms)
		_, err := p.ChangeTerms(t.Context(), p.admin, forum.ID, 1, terms)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", field, err)
			continue
		}
		wantFault(t, err, fault.Invalid, field)
	}
	_, err := p.ChangeTerms(t.Context(), p.admin, newID(), 1, good)
	wantFault(t, err, fault.NotFound, "")
	_, err = p.ChangeTerms(t.Context(), p.clerkOf(forum), forum.ID, 1, good)
	wantFault(t, err, fault.Denied, "")
}

// Two administrators with the form open: the second must see what the first did, not undo it.
func TestChangeTermsTwiceAtOnceKeepsTheFirst(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	terms := p.terms(forum, "2026-11-26")
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wait.Go(func() { _, errs[i] = p.ChangeTerms(t.Context(), p.admin, forum.ID, 1, terms) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("both or neither were kept: %v, %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			wantFault(t, err, fault.Stale, "")
		}
	}
}

func TestFillSeatKeepsThePast(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	seat := p.seat(forum, access.Chair)
	first, second := p.person("First"), p.person("Second")
	fill := func(person Person, from string) error {
		_, err := p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, From: day(from)})
		return err
	}
	if err := fill(first, "2026-01-01"); err != nil {
		t.Fatal(err)
	}
	if err := fill(second, "2026-12-01"); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2025-12-31": "", "2026-01-01": "First", "2026-11-30": "First", "2026-12-01": "Second", "2028-01-01": "Second"} {
		held := ""
		for _, s := range p.seats(forum, day(on)) {
			if s.ID == seat.ID {
				held = s.HeldBy().Name
			}
		}
		if held != want {
			t.Errorf("on %s the chair is %q, want %q", on, held, want)
		}
	}
	wantFault(t, fill(second, "2026-11-01"), fault.Invalid, "person") // already theirs in December
	wantFault(t, fill(p.person("Third"), "2026-11-01"), fault.Invalid, "from")
	if err := fill(p.person("Third"), "2026-12-01"); err != nil { // nobody has sat by Second's place yet
		t.Fatal(err)
	}
	if s := p.seats(forum, day("2026-12-02"))[0]; s.HeldBy().Name != "Third" || len(s.Holders) != 1 {
		t.Errorf("the seat is held by %+v", s.Holders)
	}
}

func TestSomebodyCoveringForAMonthGivesTheSeatBack(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	seat := p.seat(forum, access.Chair)
	for _, holding := range []NewHolding{
		{PersonID: p.person("Holder").ID},
		{PersonID: p.person("Cover").ID, From: day("2027-01-01"), To: day("2027-01-31")},
	} {
		holding.SeatID = seat.ID
		must(t)(p.FillSeat(t.Context(), p.admin, holding))
	}
	for on, want := range map[string]string{"2026-12-31": "Holder", "2027-01-01": "Cover", "2027-01-31": "Cover", "2027-02-01": "Holder", "2028-01-01": "Holder"} {
		if got := p.seats(forum, day(on))[0].HeldBy().Name; got != want {
			t.Errorf("on %s the chair is %q, want %q", on, got, want)
		}
	}
}

func TestFillSeatSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	seat := p.seat(forum, access.Chair)
	person := p.person("Pat")
	_, err := p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, From: day("2026-12-01"), To: day("2026-11-30")})
	wantFault(t, err, fault.Invalid, "to")
	_, err = p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: newID()})
	wantFault(t, err, fault.Invalid, "person")
	_, err = p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: newID(), PersonID: person.ID})
	wantFault(t, err, fault.NotFound, "")
	must(t)(p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID}))
	_, err = p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, DeputyOrder: 1})
	wantFault(t, err, fault.Invalid, "person") // nobody deputises for themselves

	clerk := p.clerkOf(forum)
	other := p.forum("marp", "")
	_, err = p.FillSeat(t.Context(), clerk, NewHolding{SeatID: p.seat(other, access.Chair).ID, PersonID: person.ID})
	wantFault(t, err, fault.Denied, "")
	must(t)(p.FillSeat(t.Context(), clerk, NewHolding{SeatID: p.seat(forum, access.DeputyChair).ID, PersonID: person.ID}))
}

// Someone who keeps a seat after leaving it keeps reading cases.
func TestAccessFollowsTheSeatByTheDay(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("locality", "North")
	person := p.person("Dee")
	seat := p.seat(forum, access.Member)
	holding, err := p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, DeputyOrder: 1})
	if err != nil {
		t.Fatal(err)
	}
	actor := p.actor(person)
	if len(actor.Seats) != 1 || !actor.Seats[0].Deputy || actor.Seats[0].Locality != "North" || !actor.May(access.ReadAgenda, forum.ID) {
		t.Fatalf("a deputy acts as %+v", actor)
	}
	err = p.VacateSeat(t.Context(), p.admin, holding.ID, holding.Version, p.today().AddDays(-2), Handing{})
	wantFault(t, err, fault.Invalid, "to")
	err = p.VacateSeat(t.Context(), p.admin, holding.ID, 7, p.today(), Handing{})
	wantFault(t, err, fault.Stale, "")
	if err := p.VacateSeat(t.Context(), p.admin, holding.ID, holding.Version, p.today(), Handing{}); err != nil {
		t.Fatal(err)
	}
	if !p.actor(person).May(access.ReadAgenda, forum.ID) {
		t.Error("the last day is not theirs any more")
	}
	p.clock.Set(p.clock.Now().AddDate(0, 0, 1))
	if p.actor(person).May(access.ReadAgenda, forum.ID) {
		t.Error("the day after the last is still theirs")
	}
}

func TestArrangeSeat(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("mapac", "")
	seat, err := p.ArrangeSeat(t.Context(), p.admin, Seat{
		ForumID: forum.ID, Name: "Housing", Office: access.Member, Standing: access.Advisory,
	})
	if err != nil || seat.Position != 10 {
		t.Fatalf("%+v, %v", seat, err)
	}
	seat.Name, seat.DelegatedLimitPence = "Housing options", 5_000_000
	changed, err := p.ArrangeSeat(t.Context(), p.admin, seat)
	if err != nil || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	_, err = p.ArrangeSeat(t.Context(), p.admin, seat)
	wantFault(t, err, fault.Stale, "")
	for field, bad := range map[string]Seat{
		"name":            {Office: access.Member, Standing: access.Advisory},
		"office":          {Name: "Treasurer", Office: "treasurer", Standing: access.Advisory},
		"standing":        {Name: "Clerk", Office: access.Clerk, Standing: access.Deciding},
		"delegated_limit": {Name: "Education", Office: access.Member, Standing: access.Deciding, DelegatedLimitPence: -1},
	} {
		bad.ForumID = forum.ID
		_, err := p.ArrangeSeat(t.Context(), p.admin, bad)
		wantFault(t, err, fault.Invalid, field)
	}
}

func TestAnAgencyIsAddedOnce(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	_, err := p.AddAgency(t.Context(), p.admin, Agency{Name: "adult social care", ShortName: "X", Kind: AdultSocialCare})
	wantFault(t, err, fault.Invalid, "name")
	_, err = p.AddAgency(t.Context(), p.admin, Agency{Name: "Health trust", ShortName: "HT", Kind: HealthContinuing, Funder: true})
	wantFault(t, err, fault.Invalid, "legal_body")
	_, err = p.AddAgency(t.Context(), access.Actor{PersonID: newID()}, Agency{Name: "Housing", ShortName: "H", Kind: Housing})
	wantFault(t, err, fault.Denied, "")
	housing, err := p.AddAgency(t.Context(), p.admin, Agency{Name: "Housing", ShortName: "H", Kind: Housing})
	if err != nil {
		t.Fatal(err)
	}
	housing.Name = "Housing options"
	changed, err := p.ChangeAgency(t.Context(), p.admin, housing)
	if err != nil || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	_, err = p.ChangeAgency(t.Context(), p.admin, housing)
	wantFault(t, err, fault.Stale, "")
	changed.Name = "Adult social care"
	_, err = p.ChangeAgency(t.Context(), p.admin, changed)
	wantFault(t, err, fault.Invalid, "name")
}

// Someone who has left and still has a seat must not be given another.
func TestSomebodyWhoHasLeftFillsNoSeat(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	seat, person := p.seat(p.forum("mapac", ""), access.Chair), p.person("Lee")
	err := p.DB.Write(t.Context(), access.System("test"), func(tx db.Tx) error {
		return tx.Model(&person).Where("version = 1").Update("ended_on", day("2026-12-01")).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, From: day("2026-12-01")})
	wantFault(t, err, fault.Invalid, "person")
	must(t)(p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: person.ID, From: day("2026-11-30")}))
}

func TestListForumsSaysWhoChairsAndWhatComesNext(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum := p.forum("preparing_for_adulthood", "")
	for i, name := range []string{"Ada Byron", "Ben Carr"} {
		seat := p.seats(forum, p.today())[i]
		must(t)(p.FillSeat(t.Context(), p.admin, NewHolding{SeatID: seat.ID, PersonID: p.person(name).ID}))
	}
	p.schedule(forum)
	p.read(p.admin, func(tx db.Tx) error {
		rows, err := ListForums(tx)
		if err == nil && (len(rows) != 1 || rows[0].Chairs != "Ada Byron and Ben Carr" || rows[0].NextAt == nil || !strings.HasPrefix(rows[0].Cadence, "FREQ=MONTHLY")) {
			t.Errorf("the list is %+v", rows)
		}
		return err
	})
	if err := p.DB.Read(t.Context(), access.SignedOut, func(tx db.Tx) error { _, err := ListForums(tx); return err }); !fault.Is(err, fault.SignedOut) {
		t.Errorf("signed out: %v", err)
	}
	p.read(p.admin, func(tx db.Tx) error {
		page, err := ShowForum(tx, forum.Slug)
		if err == nil && (!page.MayChange || len(page.Seats) != 9 || len(page.Meetings) != 6 || len(page.Series) != 1) {
			t.Errorf("the forum's page is %+v", page)
		}
		_, missing := ShowForum(tx, uuid.NewString())
		wantFault(t, missing, fault.NotFound, "")
		return err
	})
}
