package agendas

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// maxNodes bounds an expression, so that no rule can be made that takes long over a case.
const maxNodes = 120

// facts are what an expression may say of a case. What is Not known is the zero date, "", 0 or false,
// so a rule asks missing(…) where not knowing is the point. There is no day among them and no age:
// what a rule says of a case is a span of days, kept until the case or the rule changes.
type facts struct {
	Born                clock.Date `expr:"born"`
	Locality            string     `expr:"locality"`
	PrimaryNeed         string     `expr:"primary_need"`
	EHCP                bool       `expr:"ehcp"`
	EHCPReviewOn        clock.Date `expr:"ehcp_review_on"`
	LegalStatus         string     `expr:"legal_status"`
	SocialCareStatus    string     `expr:"social_care_status"`
	ReferralSource      string     `expr:"referral_source"`
	ReferredOn          clock.Date `expr:"referred_on"`
	AllocatedWorker     string     `expr:"allocated_worker"`
	AllocatedOn         clock.Date `expr:"allocated_on"`
	CareActAssessedOn   clock.Date `expr:"care_act_assessed_on"`
	SupportPlanOn       clock.Date `expr:"support_plan_on"`
	MentalCapacityOn    clock.Date `expr:"mental_capacity_on"`
	CHCChecklistOn      clock.Date `expr:"chc_checklist_on"`
	CHCDecision         string     `expr:"chc_decision"`
	PathwayPlanOn       clock.Date `expr:"pathway_plan_on"`
	AdultSafeguardedOn  clock.Date `expr:"adult_safeguarded_on"`
	CourtDateOn         clock.Date `expr:"court_date_on"`
	Placement           string     `expr:"placement"`
	OutOfCounty         bool       `expr:"out_of_county"`
	PlacementEndsOn     clock.Date `expr:"placement_ends_on"`
	AnnualPence         int        `expr:"annual_pence"`
	WeeklyPence         int        `expr:"weekly_pence"`
	HealthWeeklyPence   int        `expr:"health_weekly_pence"`
	SafeguardingConcern bool       `expr:"safeguarding_concern"`
	LibertyAuthorised   bool       `expr:"liberty_authorised"`
	Section117          bool       `expr:"section_117"`
	ConsentRefused      bool       `expr:"consent_refused"`
	ViewsRecordedOn     clock.Date `expr:"views_recorded_on"`
}

// factColumns are the columns of cases that facts are read from, with what ends every rule. No name
// and no reference is among them: judging needs neither.
var factColumns = `cases.id, cases.number, cases.date_of_birth, cases.locality, cases.primary_need, cases.ehcp, cases.ehcp_review_on,
	cases.legal_status, cases.social_care_status, cases.referral_source, cases.referred_on, cases.allocated_worker, cases.allocated_on,
	cases.care_act_assessed_on, cases.support_plan_on, ` + tracker.JudgedOn("cases") + `, cases.chc_checklist_on, cases.chc_decision,
	cases.pathway_plan_on, cases.adult_safeguarded_on, cases.court_date_on, cases.placement, cases.out_of_county,
	cases.placement_ends_on, cases.weekly_cost_pence, cases.health_weekly_pence, cases.safeguarding_concern,
	cases.liberty_authorised, cases.section_117, cases.consent_refused, ` + tracker.LastHeardOn("cases") + `, cases.died_on, cases.moved_away_on,
	cases.version`

// scanFacts gives a row of factColumns its places in a case.
func scanFacts(c *tracker.Case) []any {
	return []any{
		&c.ID, &c.Number, &c.DateOfBirth, &c.Locality, &c.PrimaryNeed, &c.EHCP, &c.EHCPReviewOn,
		&c.LegalStatus, &c.SocialCareStatus, &c.ReferralSource, &c.ReferredOn, &c.AllocatedWorker, &c.AllocatedOn,
		&c.CareActAssessedOn, &c.SupportPlanOn, &c.MentalCapacityOn, &c.CHCChecklistOn, &c.CHCDecision,
		&c.PathwayPlanOn, &c.AdultSafeguardedOn, &c.CourtDateOn, &c.Placement, &c.OutOfCounty,
		&c.PlacementEndsOn, &c.WeeklyCostPence, &c.HealthWeeklyPence, &c.SafeguardingConcern,
		&c.LibertyAuthorised, &c.Section117, &c.ConsentRefused, &c.ViewsRecordedOn, &c.DiedOn, &c.MovedAwayOn,
		&c.Version,
	}
}

// factsOf reads a case. A year is weeksThousandths weeks of a thousand, as the forum's terms of
// reference count it.
func factsOf(c *tracker.Case, weeksThousandths int) facts {
	weekly := amount(c.WeeklyCostPence)
	return facts{
		Born: c.DateOfBirth, Locality: c.Locality, PrimaryNeed: c.PrimaryNeed, EHCP: is(c.EHCP), EHCPReviewOn: c.EHCPReviewOn,
		LegalStatus: c.LegalStatus, SocialCareStatus: c.SocialCareStatus,
		ReferralSource: c.ReferralSource, ReferredOn: c.ReferredOn, AllocatedWorker: c.AllocatedWorker, AllocatedOn: c.AllocatedOn,
		CareActAssessedOn: c.CareActAssessedOn, SupportPlanOn: c.SupportPlanOn, MentalCapacityOn: c.MentalCapacityOn,
		CHCChecklistOn: c.CHCChecklistOn, CHCDecision: c.CHCDecision, PathwayPlanOn: c.PathwayPlanOn,
		AdultSafeguardedOn: c.AdultSafeguardedOn, CourtDateOn: c.CourtDateOn,
		Placement: c.Placement, OutOfCounty: is(c.OutOfCounty), PlacementEndsOn: c.PlacementEndsOn,
		WeeklyPence: weekly, AnnualPence: weekly * weeksThousandths / 1000, HealthWeeklyPence: amount(c.HealthWeeklyPence),
		SafeguardingConcern: is(c.SafeguardingConcern), LibertyAuthorised: is(c.LibertyAuthorised), Section117: is(c.Section117),
		ConsentRefused: is(c.ConsentRefused), ViewsRecordedOn: c.ViewsRecordedOn,
	}
}

func is(yes *bool) bool { return yes != nil && *yes }

func amount(pence *int64) int {
	if pence == nil {
		return 0
	}
	return int(*pence)
}

// words are the functions of the rule language. A date that is Not known stays Not known through
// all of them, and a rule whose date is Not known lists nobody.
func words() []expr.Option {
	dates := func(name string, answer func(a, b clock.Date) any, like any) expr.Option {
		return expr.Function(name, func(p ...any) (any, error) { return answer(p[0].(clock.Date), p[1].(clock.Date)), nil }, like)
	}
	return []expr.Option{
		expr.Function("known", func(p ...any) (any, error) { return !p[0].(clock.Date).IsZero(), nil }, new(func(clock.Date) bool)),
		expr.Function("missing", func(p ...any) (any, error) { return p[0].(clock.Date).IsZero(), nil }, new(func(clock.Date) bool)),
		dateAndNumber("at_age", func(born clock.Date, months int) clock.Date {
			return calendar.DateAtAge(born, months/12, months%12)
		}),
		dateAndNumber("days_after", clock.Date.AddDays),
		dateAndNumber("days_before", func(d clock.Date, n int) clock.Date { return d.AddDays(-n) }),
		dateAndNumber("months_after", clock.Date.AddMonths),
		dateAndNumber("months_before", func(d clock.Date, n int) clock.Date { return d.AddMonths(-n) }),
		dates("earliest", func(a, b clock.Date) any {
			if a.IsZero() || (!b.IsZero() && b.Before(a)) {
				return b
			}
			return a
		}, new(func(clock.Date, clock.Date) clock.Date)),
		dates("latest", func(a, b clock.Date) any {
			if b.After(a) {
				return b
			}
			return a
		}, new(func(clock.Date, clock.Date) clock.Date)),
		dates("is_before", func(a, b clock.Date) any { return !a.IsZero() && !b.IsZero() && a.Before(b) }, new(func(clock.Date, clock.Date) bool)),
		dates("is_after", func(a, b clock.Date) any { return !a.IsZero() && !b.IsZero() && a.After(b) }, new(func(clock.Date, clock.Date) bool)),
		expr.Function("looked_after", func(p ...any) (any, error) { return tracker.SaysLookedAfter(p[0].(string)), nil }, new(func(string) bool)),
		expr.Function("mentions", func(p ...any) (any, error) {
			text := plainWords(p[0].(string))
			for _, phrase := range p[1:] {
				if mentionsPlain(text, plainWords(phrase.(string))) {
					return true, nil
				}
			}
			return false, nil
		}, new(func(string, ...string) bool)),
	}
}

func dateAndNumber(name string, move func(clock.Date, int) clock.Date) expr.Option {
	return expr.Function(name, func(p ...any) (any, error) {
		d := p[0].(clock.Date)
		if d.IsZero() {
			return d, nil
		}
		return move(d, p[1].(int)), nil
	}, new(func(clock.Date, int) clock.Date))
}

// mentionsPlain reports whether text holds phrase as whole words; both are plain: "s20" is in
// "lac s20" and not in "s204".
func mentionsPlain(text, phrase string) bool {
	for rest := text; phrase != ""; {
		at := strings.Index(rest, phrase)
		if at < 0 {
			return false
		}
		end := at + len(phrase)
		if (at == 0 || rest[at-1] == ' ') && (end == len(rest) || rest[end] == ' ') {
			return true
		}
		rest = rest[at+1:]
	}
	return true
}

// plainWords is a text's words in lower case, one space between them.
func plainWords(text string) string {
	if plain(text) {
		return text
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// plain reports whether plainWords would change nothing, as of the phrases of most rules.
func plain(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		c := text[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == ' ' && before != ' ') {
			return false
		}
		before = c
	}
	return text == "" || before != ' '
}

// asConstants puts a rule's parameters into its expressions.
type asConstants map[string]int

func (parameters asConstants) Visit(node *ast.Node) {
	if name, ok := (*node).(*ast.IdentifierNode); ok {
		if value, ok := parameters[name.Value]; ok {
			ast.Patch(node, &ast.IntegerNode{Value: value})
		}
	}
}

// vocabulary is every name a rule's expressions may use, with a value of its kind.
func (parameters asConstants) vocabulary() map[string]any {
	names := make(map[string]any)
	blank := reflect.ValueOf(facts{})
	for i := range blank.NumField() {
		names[blank.Type().Field(i).Tag.Get("expr")] = blank.Field(i).Interface()
	}
	for name, value := range parameters {
		names[name] = value
	}
	return names
}

// judge is a rule made ready to be asked about many cases. Its dates are nil when the rule gives none.
type judge struct {
	Rule
	applies, turnsOn, listedFrom, listedUntil *vm.Program
	byYear                                    bool // asks for the cost of a year, which forums count differently
}

// programs are the rule's expressions, those it has.
func (j *judge) programs() []*vm.Program {
	return slices.DeleteFunc([]*vm.Program{j.applies, j.turnsOn, j.listedFrom, j.listedUntil}, func(p *vm.Program) bool { return p == nil })
}

var dateType = reflect.TypeFor[clock.Date]()

// compile turns the rule's expressions into programs; its problems are sentences under the fields of
// the rules page.
func (r Rule) compile() (*judge, []expressionProblem) {
	constants := asConstants{}
	for _, p := range r.Parameters {
		constants[p.Name] = p.Value
	}
	j := judge{Rule: r}
	var problems []expressionProblem
	for _, part := range []struct {
		field, source string
		date          bool
		program       **vm.Program
	}{
		{"applies", r.Applies, false, &j.applies}, {"turns_on", r.TurnsOn, true, &j.turnsOn},
		{"listed_from", r.ListedFrom, true, &j.listedFrom}, {"listed_until", r.ListedUntil, true, &j.listedUntil},
	} {
		if part.date && part.source == "" {
			continue
		}
		program, problem := constants.compile(part.source, part.date)
		if problem != "" {
			problems = append(problems, expressionProblem{part.field, problem})
			continue
		}
		*part.program = program
		j.byYear = j.byYear || slices.Contains(namesIn(program), "annual_pence")
	}
	return &j, problems
}

// compile reads an expression twice: once with parameters as names, because a checker that is
// patching misses unknown names inside calls, and once with their values put in, to run.
func (parameters asConstants) compile(source string, date bool) (_ *vm.Program, problem string) {
	if strings.TrimSpace(source) == "" {
		return nil, "Enter which cases it concerns, such as missing(support_plan_on)"
	}
	options := append(words(), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes))
	if !date {
		options = append(options, expr.AsBool())
	}
	if _, err := expr.Compile(source, append(options, expr.Env(parameters.vocabulary()))...); err != nil {
		return nil, parameters.explain(source, err)
	}
	var said grammar
	program, err := expr.Compile(source, append(options, expr.Env(facts{}), expr.Patch(parameters), expr.Patch(&said))...)
	if err != nil {
		return nil, parameters.explain(source, err)
	}
	if problem := said.sentence(source); problem != "" {
		return nil, problem
	}
	if date && program.Node().Type() != dateType {
		return nil, "This must be a date, such as at_age(born, 216), and it is " + kindWords(program.Node().Type())
	}
	return program, ""
}

// namesIn are the facts a program asks for.
func namesIn(program *vm.Program) []string {
	var names namesAsked
	node := program.Node()
	ast.Walk(&node, &names)
	return names
}

// namesAsked gathers the facts that an expression names.
type namesAsked []string

// Visit notes a fact; functions are names to the parser too.
func (n *namesAsked) Visit(node *ast.Node) {
	if name, ok := (*node).(*ast.IdentifierNode); ok && !slices.Contains(*n, name.Value) {
		if _, fact := factNames[name.Value]; fact {
			*n = append(*n, name.Value)
		}
	}
}

// factNames are all that facts hold.
var factNames = asConstants{}.vocabulary()

// Judges are rules made ready to be asked about many cases, one after the other.
type Judges struct {
	judges  []*judge
	machine vm.VM
	seen    facts
}

// CompileRules makes rules ready that were found sound when they were saved.
func CompileRules(rules []Rule) (*Judges, error) {
	ready := &Judges{}
	for _, rule := range rules {
		judge, err := compiled(rule)
		if err != nil {
			return nil, err
		}
		ready.judges = append(ready.judges, judge)
	}
	return ready, nil
}

// ask tells fn what each rule that ever lists a case says of it, in a year of weeksThousandths weeks
// of a thousand.
func (js *Judges) ask(c *tracker.Case, weeksThousandths int, fn func(*judge, span)) error {
	js.seen = factsOf(c, weeksThousandths)
	for _, j := range js.judges {
		says, ever, err := j.span(&js.machine, c, &js.seen)
		if err != nil {
			return err
		}
		if ever {
			fn(j, says)
		}
	}
	return nil
}

// Judge asks every rule about a case on a meeting's day. Someone who has died or moved away is
// listed by none. Annual cost counts a year as weeksThousandths weeks of a thousand.
func (js *Judges) Judge(c *tracker.Case, meetingOn clock.Date, weeksThousandths int) (findings []Finding, err error) {
	err = js.ask(c, weeksThousandths, func(j *judge, says span) {
		if says.lists(meetingOn) {
			findings = append(findings, j.finding(c, says.on, meetingOn, weeksThousandths))
		}
	})
	return findings, err
}

// compiled is a rule that was found sound when it was saved, made ready.
func compiled(rule Rule) (*judge, error) {
	j, problems := rule.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("agendas: rule %s version %d: %s: %s", rule.Key, rule.Version, problems[0].field, problems[0].sentence)
	}
	return j, nil
}

// Finding is a rule that lists a case, with what ranking needs.
type Finding struct {
	Reason
	Weight  int
	Minutes int
}

// span is what a rule says of a case: the date behind it, if it has one, and the days on which the
// case is listed, from the first up to and without the last.
type span struct {
	on, from, until clock.Date
}

// lastBefore reports whether a meeting is the last one before the date behind the rule: the one after it is
// on that day at the soonest.
func (s span) lastBefore(on, next clock.Date) bool {
	return !s.on.IsZero() && !s.on.Before(on) && !s.on.After(next) && on.Before(s.until)
}

func (s span) lists(on clock.Date) bool { return !on.Before(s.from) && on.Before(s.until) }

// span asks the rule about a case. A case it never lists has none.
func (j *judge) span(machine *vm.VM, c *tracker.Case, seen *facts) (span, bool, error) {
	if j.AsksConsent && seen.ConsentRefused {
		return span{}, false, nil
	}
	applies, err := machine.Run(j.applies, seen)
	if err != nil || !applies.(bool) {
		return span{}, false, j.fails(err)
	}
	s := span{from: calendar.Birthday(seen.Born, j.FromAge), until: calendar.Birthday(seen.Born, j.ToAge+1)}
	listedFrom := j.turnsOn
	if s.on, err = runDate(machine, j.turnsOn, seen); err != nil || (j.turnsOn != nil && !ofAnEra(s.on)) {
		return span{}, false, j.fails(err)
	}
	first := s.on
	if j.listedFrom != nil {
		listedFrom = j.listedFrom
		if first, err = runDate(machine, j.listedFrom, seen); err != nil || first.IsZero() {
			return span{}, false, j.fails(err)
		}
	}
	if listedFrom != nil && first.After(s.from) {
		s.from = first
	}
	last, err := runDate(machine, j.listedUntil, seen)
	if err != nil {
		return span{}, false, j.fails(err)
	}
	if !last.IsZero() {
		s.until = earlier(s.until, last.AddDays(1))
	}
	s.until = earlier(earlier(s.until, c.DiedOn), c.MovedAwayOn) // from then on every rule is silent
	return s, s.from.Before(s.until), nil
}

// ofAnEra reports whether a day is known and near enough to be meant.
func ofAnEra(day clock.Date) bool { return day.Year >= 1900 && day.Year <= 2999 }

func (j *judge) fails(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("agendas: rule %s version %d: %w", j.Key, j.Version, err)
}

// earlier is a day, or other when that is known and comes before it.
func earlier(day, other clock.Date) clock.Date {
	if !other.IsZero() && other.Before(day) {
		return other
	}
	return day
}

func runDate(machine *vm.VM, program *vm.Program, seen *facts) (clock.Date, error) {
	if program == nil {
		return clock.Date{}, nil
	}
	on, err := machine.Run(program, seen)
	if err != nil {
		return clock.Date{}, err
	}
	return on.(clock.Date), nil
}

// Gone reports whether the person had died or moved away by a day, which stops every rule.
func Gone(c tracker.Case, on clock.Date) bool {
	return byThen(c.DiedOn, on) || byThen(c.MovedAwayOn, on)
}

func byThen(event, on clock.Date) bool { return !event.IsZero() && !event.After(on) }

// finding is the reason the rule gives for a case that it lists on a meeting's day.
func (r Rule) finding(c *tracker.Case, on, meetingOn clock.Date, weeksThousandths int) Finding {
	return Finding{
		Reason: Reason{Rule: r.Key, Text: r.reasonText(c, on, meetingOn, weeksThousandths), On: on, DaysLeft: daysLeft(meetingOn, on), Law: r.LawWords()},
		Weight: r.Weight, Minutes: r.Minutes,
	}
}

// reasonColumns are the columns of cases that a reason's text may fill in.
const reasonColumns = `c.id, c.number, c.locality, c.date_of_birth, c.referred_on, c.placement_ends_on, c.weekly_cost_pence`

// scanReason gives a row of reasonColumns its places in a case.
func scanReason(c *tracker.Case) []any {
	return []any{&c.ID, &c.Number, &c.Locality, &c.DateOfBirth, &c.ReferredOn, &c.PlacementEndsOn, &c.WeeklyCostPence}
}

func (r Rule) reasonText(c *tracker.Case, on, meetingOn clock.Date, weeksThousandths int) string {
	return fill(r.Text, func(name string) (string, bool) {
		if words, ok := r.parameterWords(name); ok {
			return words, true
		}
		switch name {
		case "on":
			return on.Long(), true
		case "age":
			return fmt.Sprint(calendar.Age(c.DateOfBirth, meetingOn)), true
		case "weekly":
			return money.Pounds(int64(amount(c.WeeklyCostPence))), true
		case "annual":
			return money.Pounds(int64(amount(c.WeeklyCostPence) * weeksThousandths / 1000)), true
		case "referred_on":
			return c.ReferredOn.Long(), true
		case "placement_ends_on":
			return c.PlacementEndsOn.Long(), true
		default:
			return "", false
		}
	})
}
