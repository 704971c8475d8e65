package agendas

import (
	"strings"
	"testing"

	"quorate/agendas/tracker"
	"quorate/server/base/fault"
)

// One rule that fails for one case, or takes a second over each, is every clerk without an agenda: what could
// must be refused while its author is still looking at it.
func TestWhatCouldFailOrTakeForEverIsNoRule(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	rule := p.rules()[3]
	for _, expression := range []string{
		"weekly_pence % health_weekly_pence == 0",
		"locality matches primary_need",
		`primary_need[0] == "A"`,
		`primary_need[0:3] == "Aut"`,
		`(ehcp ? true : "no") == true`,
		"ehcp ? true : 1",
		"known(at_age(born, ehcp ? 216 : locality))",
		"missing(ehcp ? born : 1)",
		"weekly_pence in 1..1000000",
		"(1..999999) == (1..999999)",
		`let a = locality + locality; let b = a + a; b == ""`,
		"born.Year > 2000",
		"missing(born.AddDays(1))",
		"{\"a\": 1} == {\"a\": 1}",
		"weekly_pence ** 99 > 1",
		"(legal_status ?? locality) == \"\"",
		"ehcp == nil",
		`[1, "a"][weekly_pence] == 1`,
		"legal_status | known(born)",
		`mentions(locality, "` + strings.Repeat("North ", 400) + `")`,
		strings.Repeat("(", 3000) + "ehcp" + strings.Repeat(")", 3000),
	} {
		change := rule.Change()
		change.Applies = expression
		if err := rule.With(change).Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.60s is kept as a rule: %v", expression, err)
		} else if sentence := fault.As(err).Fields[0].Sentence; strings.Contains(sentence, "%!") || strings.Contains(sentence, "cannot be read: ") {
			t.Errorf("%.60s: %s", expression, sentence)
		}
	}
	change := rule.Change()
	change.TurnsOn = `ehcp ? born : "2027-01-01"`
	if err := rule.With(change).Validate(); !fault.Is(err, fault.Invalid) {
		t.Errorf("a text for a date: %v", err)
	}
}

// What people do write must go on working, for a case of which nothing is known too.
func TestWhatRulesSayIsReadAndNeverFails(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	p.supply()
	rule := p.rules()[3]
	full := young("2009-01-01")
	leap := tracker.Case{DateOfBirth: day("2008-02-29")}
	for _, expression := range []string{
		`legal_status in ["S20", "S31"]`, `legal_status not in ["S20"]`, `locality contains "o" or locality startsWith "N" or not (locality endsWith "h")`,
		"weekly_pence * 52 - 100 > -5", "ehcp ? out_of_county : !ehcp", "known(ehcp ? born : referred_on)", "known(earliest(born, referred_on))",
		"missing(at_age(born, 999999999999)) or known(days_after(born, 99999999999)) or known(months_before(born, 9999999999))",
		"is_before(days_before(born, 900000000), months_after(born, 90000000))", `mentions(primary_need)`, `mentions(primary_need, "", "…")`, "weekly_pence / 0 > 1 or weekly_pence > 0.5",
		"weekly_pence * 9223372036854775807 > 0",
	} {
		change := rule.Change()
		change.Applies, change.ListedFrom = expression, "days_before(at_age(born, weekly_pence * 99999999999), notice * 99999999)"
		with := rule.With(change)
		if err := with.Validate(); err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		judges, err := CompileRules([]Rule{with})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []*tracker.Case{&full, &leap, {}} {
			if _, err := judges.Judge(c, day("2026-12-08"), usualYear); err != nil {
				t.Errorf("%s: %v", expression, err)
			}
		}
	}
}
