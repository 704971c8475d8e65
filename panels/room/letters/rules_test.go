package letters

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/agendas/requests"
	"quorate/panels/calendar"
	"quorate/panels/room"
	"quorate/server/base/clock"
)

var day = clock.MustDate

// Somebody who is owed a letter and gets none learns of a decision about their life by accident.
func TestEveryOutcomeSaysWhoIsOwedALetter(t *testing.T) {
	t.Parallel()
	want := map[room.Outcome]string{
		room.Agreed: "young_person referrer funder brokerage", room.AgreedWithConditions: "young_person referrer funder brokerage", room.AgreedInPart: "young_person referrer funder brokerage",
		room.AgreedInPrinciple: "young_person referrer funder brokerage", room.NotAgreed: "young_person referrer funder", room.NotEligible: "young_person referrer",
		room.Deferred: "young_person referrer", room.Referred: "young_person referrer", room.EscalatedOn: "young_person referrer", room.WithdrawnByReferrer: "referrer", room.Provisional: "",
	}
	for _, outcome := range room.Outcomes() {
		listed, said := want[outcome]
		var got []string
		for _, audience := range OwedFor(outcome).Audiences {
			got = append(got, string(audience))
		}
		if !said || strings.Join(got, " ") != listed {
			t.Errorf("%s owes %v, want %q", outcome, got, listed)
		}
	}
}

// A letter that has no template cannot be drafted, and everything after it in the same decision fails with it.
func TestEveryLetterOwedHasATemplateThatHolds(t *testing.T) {
	t.Parallel()
	for _, outcome := range room.Outcomes() {
		owed := OwedFor(outcome)
		audiences := owed.Audiences
		if slices.Contains(audiences, ToYoungPerson) {
			audiences = append(slices.Clone(audiences), ToParent)
		}
		for _, audience := range audiences {
			for _, easy := range []bool{false, true} {
				template, found := shipped[Key(audience, owed.Matter, easy)]
				if !found {
					t.Errorf("%s, %s has no template (easy: %t)", audience, outcome, easy)
					continue
				}
				if err := template.Check(); err != nil {
					t.Errorf("%s: %v", template.Key, err)
				}
				subject, body := template.Preview()
				if subject == "" || strings.ContainsAny(subject+body, "{}") {
					t.Errorf("%s leaves gaps:\n%s\n%s", template.Key, subject, body)
				}
			}
		}
	}
	if len(Keys()) != len(shipped) {
		t.Errorf("%d of %d templates are offered", len(Keys()), len(shipped))
	}
}

// Whoever reads easy read reads one short sentence at a time; a long one is not read at all.
func TestEasyReadHasShortSentences(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	for key, template := range shipped {
		if strings.HasSuffix(key, ".easy") {
			texts[key] = template.Body
		}
	}
	for route, words := range challengeEasy {
		texts[string(route)] = words
	}
	if len(texts) < 10 {
		t.Fatalf("only %d easy texts", len(texts))
	}
	for key, text := range texts {
		for line := range strings.Lines(text) {
			if n := len(strings.Fields(line)); n > 14 || strings.Count(line, ". ") > 0 {
				t.Errorf("%s: %d words, or two sentences, on a line: %q", key, n, line)
			}
		}
	}
}

func TestEveryRouteOfChallengeIsSaidToEveryReader(t *testing.T) {
	t.Parallel()
	for _, route := range []room.ChallengeRoute{room.ChallengeEHCP, room.ChallengeCHC, room.ChallengeCareAct, room.ChallengeChildrenAct} {
		for _, easy := range []bool{false, true} {
			if challengeIn(route, ToYoungPerson, easy) == "" || challengeIn(route, ToReferrer, false) == "" {
				t.Errorf("%s is not said", route)
			}
		}
	}
	if challengeIn("", ToYoungPerson, true) != "" {
		t.Error("no route says something")
	}
}

// A parent who opens a letter that was not theirs to have may be the person its address is kept from.
func TestWhoMayGetALetter(t *testing.T) {
	t.Parallel()
	today := day("2026-11-26")
	for name, c := range map[string]struct {
		about About
		own   bool
		bases []Basis
		holds []Hold
	}{
		"the day before 16":          {About{Born: day("2010-11-27")}, false, []Basis{ParentalResponsibility, LegalAuthority}, nil},
		"16 today":                   {About{Born: day("2010-11-26")}, true, []Basis{ByAgreement, BestInterests, LegalAuthority}, nil},
		"protected":                  {About{Born: day("2009-03-04"), ProtectedAddress: true}, true, []Basis{ByAgreement, BestInterests, LegalAuthority}, []Hold{AddressProtected}},
		"barred and has died":        {About{Born: day("2009-03-04"), Barred: "Father", DiedOn: day("2026-11-01")}, true, []Basis{ByAgreement, BestInterests, LegalAuthority}, []Hold{ContactBarred, PersonDied}},
		"on 29 February, to 1 March": {About{Born: day("2012-02-29")}, false, []Basis{ParentalResponsibility, LegalAuthority}, nil},
	} {
		if own := c.about.Own(today); own != c.own {
			t.Errorf("%s: own %t", name, own)
		}
		if bases := c.about.ParentBases(today); !slices.Equal(bases, c.bases) {
			t.Errorf("%s: bases %v", name, bases)
		}
		if holds := c.about.Holds(); !slices.Equal(holds, c.holds) && len(holds)+len(c.holds) > 0 {
			t.Errorf("%s: holds %v", name, holds)
		}
	}
}

// A gap in a sentence makes a letter nobody trusts; what somebody typed in braces must stay what they typed.
func TestFillLeavesOutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	template := Template{Subject: "About {forename}", Body: "Dear {forename},\n\n## When\n\nIt starts on {start}.\n\n## Why\n\n{reasons}"}
	subject, body := template.Fill(map[string]string{"forename": "Noor", "reasons": "Because {start} was typed"})
	if subject != "About Noor" || body != "Dear Noor,\n\n## Why\n\nBecause {start} was typed" {
		t.Errorf("%q\n%q", subject, body)
	}
}

func TestTemplateThatNamesWhatCannotBePutInIsRefused(t *testing.T) {
	t.Parallel()
	for body, sentence := range map[string]string{
		"Dear {nobody}":             "{nobody} cannot be put into this letter",
		"You cost {amount}":         "{amount} cannot be put into this letter", // to the young person
		"{correction}":              "{correction} cannot",
		"Dear {forename":            "A brace stands alone",
		"":                          "Enter the letter",
		strings.Repeat("a", 12_001): "12,000 characters or fewer",
	} {
		err := Template{Key: "young_person.agreed", Subject: "s", Body: body}.Check()
		if err == nil || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
	if err := (Template{Key: "funder.agreed", Subject: "{case_number}", Body: "You pay {amount}"}).Check(); err != nil {
		t.Error(err)
	}
}

func TestBlocksReadHeadingsListsAndLines(t *testing.T) {
	t.Parallel()
	blocks := Blocks("Dear Noor,\r\nhello\r\n\r\n\r\n## Why\n- one\n- two\nafter")
	if len(blocks) != 4 || blocks[0].Lines[1] != "hello" || blocks[1].Heading != "Why" || len(blocks[2].Points) != 2 || blocks[3].Lines[0] != "after" {
		t.Errorf("%+v", blocks)
	}
}

func TestLatenessInWorkingDays(t *testing.T) {
	t.Parallel()
	work := calendar.NewWorkingDays()
	for today, want := range map[string]string{
		"2026-12-02": "Due Thursday 3 December 2026", "2026-12-03": "Due today", "2026-12-04": "1 working day late", "2026-12-05": "1 working day late", "2026-12-07": "2 working days late",
	} {
		words, late := Lateness(day("2026-12-03"), day(today), work)
		if words != want || late != strings.Contains(want, "late") {
			t.Errorf("%s: %s", today, words)
		}
	}
	if due := DueOn(day("2026-12-23"), 5, work); due != day("2027-01-04") { // Christmas, Boxing Day's substitute and New Year are no working days
		t.Errorf("due %s", due)
	}
}

var lead, other = uuid.New(), uuid.New()

func packageOf(from, to string, weekly, once int64) Package {
	p := Package{DecisionID: uuid.New(), Lead: lead, From: day(from), Shares: []PackageShare{{lead, 100000, 0}, {other, weekly, once}}}
	if to != "" {
		p.To = day(to)
	}
	return p
}

// A penny or a day too many, on every package every month, is a dispute between agencies.
func TestRechargeByTheDay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		p     Package
		month Month
		days  int
		pence int64
	}{
		"a whole month of 30":       {packageOf("2026-01-01", "", 70000, 0), Month{2026, 11}, 30, 300000},
		"a whole month of 31":       {packageOf("2026-01-01", "", 70000, 0), Month{2026, 12}, 31, 310000},
		"February":                  {packageOf("2026-01-01", "", 70000, 0), Month{2027, 2}, 28, 280000},
		"February of a leap year":   {packageOf("2026-01-01", "", 70000, 0), Month{2028, 2}, 29, 290000},
		"it starts in the month":    {packageOf("2026-11-16", "", 70000, 0), Month{2026, 11}, 15, 150000},
		"it starts on the last day": {packageOf("2026-11-30", "", 70000, 0), Month{2026, 11}, 1, 10000},
		"it ends in the month":      {packageOf("2026-01-01", "2026-11-10", 70000, 0), Month{2026, 11}, 10, 100000},
		"one day":                   {packageOf("2026-11-10", "2026-11-10", 70000, 0), Month{2026, 11}, 1, 10000},
		"half a penny goes up":      {packageOf("2026-11-01", "2026-11-01", 10003, 0), Month{2026, 11}, 1, 1429},
		"once, in its first month":  {packageOf("2026-11-10", "", 70000, 5000), Month{2026, 11}, 21, 215000},
		"once, and not again":       {packageOf("2026-10-10", "", 70000, 5000), Month{2026, 11}, 30, 300000},
		"over before":               {packageOf("2026-01-01", "2026-10-31", 70000, 0), Month{2026, 11}, 0, 0},
		"not begun":                 {packageOf("2026-12-01", "", 70000, 5000), Month{2026, 11}, 0, 0},
		"replaced before it began":  {packageOf("2026-11-10", "2026-11-09", 70000, 5000), Month{2026, 11}, 0, 0},
	} {
		lines := Recharge(c.month, []Package{c.p})
		if c.pence == 0 {
			if len(lines) != 0 {
				t.Errorf("%s: %+v", name, lines)
			}
			continue
		}
		if len(lines) != 1 || lines[0].Days != c.days || lines[0].Pence != c.pence || lines[0].PayerID != lead || lines[0].DebtorID != other {
			t.Errorf("%s: %+v, want %d days and %d", name, lines, c.days, c.pence)
		}
	}
}

// Months that do not add up to the days leave money with the wrong agency for good.
func TestMonthsTogetherChargeEveryDayOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := day("2026-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 900).Draw(t, "length"))
		p := packageOf(from.String(), to.String(), rapid.Int64Range(100, 2_000_000).Draw(t, "weekly"), 0)
		days, months, pence := 0, int64(0), int64(0)
		for m := MonthOf(from); !m.First().After(to); m = m.Next() {
			for _, line := range Recharge(m, []Package{p}) {
				days, months, pence = days+line.Days, months+1, pence+line.Pence
			}
		}
		if want := from.DaysUntil(to) + 1; days != want && pence > 0 {
			t.Fatalf("%d days charged of %d", days, want)
		}
		exact := ByTheDay(p.Shares[1].WeeklyPence, from.DaysUntil(to)+1)
		if off := pence - exact; off > months || off < -months {
			t.Fatalf("%d months come to %d, all days at once to %d", months, pence, exact)
		}
	})
}

// What was issued and what is known now must meet after the adjustment, whichever way it was wrong.
func TestAdjustmentsBringWhatWasIssuedToWhatIsKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := func(label string) RechargeLine {
			return RechargeLine{
				ForMonth: Month{2026, 10}, PayerID: lead, DebtorID: other, Interim: rapid.Bool().Draw(t, label+" interim"), Pence: rapid.Int64Range(-100, 100).Draw(t, label),
				DecisionID: uuid.NewSHA1(lead, []byte{byte(rapid.IntRange(0, 2).Draw(t, label+" decision"))}),
			}
		}
		var now, issued []RechargeLine
		for range rapid.IntRange(0, 5).Draw(t, "now") {
			now = append(now, line("n"))
		}
		for range rapid.IntRange(0, 5).Draw(t, "issued") {
			issued = append(issued, line("i"))
		}
		after := append(slices.Clone(issued), Adjustments(now, issued)...)
		if again := Adjustments(now, after); len(again) != 0 {
			t.Fatalf("still to adjust: %+v", again)
		}
	})
}

func TestTotalsKeepInterimPaymentsApart(t *testing.T) {
	t.Parallel()
	totals := Totals([]RechargeLine{{PayerID: lead, DebtorID: other, Pence: 5}, {PayerID: lead, DebtorID: other, Interim: true, Pence: 7}, {PayerID: other, DebtorID: lead, Pence: 1}})
	if len(totals) != 2 || totals[0].Pence != 5 || totals[0].InterimPence != 7 || totals[1].Pence != 1 {
		t.Errorf("%+v", totals)
	}
}

// A penny lost between cost codes is an invoice that never balances.
func TestSharesAreLaidOnKindsOfSupportToThePenny(t *testing.T) {
	t.Parallel()
	kinds := []requests.LineKind{requests.Care, requests.Transport}
	lines := shareOut(10001, 500, kinds, []requests.Cost{{WeeklyPence: 2}, {WeeklyPence: 1}})
	var weekly, once int64
	for _, l := range lines {
		weekly, once = weekly+l.WeeklyPence, once+l.OneOffPence
	}
	if weekly != 10001 || once != 500 || lines[0].WeeklyPence != 6667 || lines[1].WeeklyPence != 3334 || lines[2].Support != "" {
		t.Errorf("%+v", lines)
	}
	if whole := shareOut(700, 0, nil, nil); len(whole) != 1 || whole[0].WeeklyPence != 700 {
		t.Errorf("%+v", whole)
	}
}
