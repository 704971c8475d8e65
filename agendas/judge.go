package agendas

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"quorate/agendas/tracker"
	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// maxNodes bounds an expression, so that no rule can be made that takes long over a case.
const maxNodes = 120

// facts are what an expression may say of a case on a meeting's day. What is Not known is the zero
// date, "", 0 or false, so a rule asks missing(…) where not knowing is the point.
type facts struct {
	MeetingOn           clock.Date `expr:"meeting_on"`
	Born                clock.Date `expr:"born"`
	Age                 int        `expr:"age"`
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
	ConsentRefused      bool       `expr:"consent_refused"`
	ViewsRecordedOn     clock.Date `expr:"views_recorded_on"`
}

// factsOf reads a case on a meeting's day. A year is weeksThousandths weeks of a thousand, as the
// forum's terms of reference count it.
func factsOf(c tracker.Case, meetingOn clock.Date, weeksThousandths int) facts {
	weekly := amount(c.WeeklyCostPence)
	return facts{
		MeetingOn: meetingOn, Born: c.DateOfBirth, Age: calendar.Age(c.DateOfBirth, meetingOn),
		Locality: c.Locality, PrimaryNeed: c.PrimaryNeed, EHCP: is(c.EHCP), EHCPReviewOn: c.EHCPReviewOn,
		LegalStatus: c.LegalStatus, SocialCareStatus: c.SocialCareStatus,
		ReferralSource: c.ReferralSource, ReferredOn: c.ReferredOn, AllocatedWorker: c.AllocatedWorker, AllocatedOn: c.AllocatedOn,
		CareActAssessedOn: c.CareActAssessedOn, SupportPlanOn: c.SupportPlanOn, MentalCapacityOn: c.MentalCapacityOn,
		CHCChecklistOn: c.CHCChecklistOn, CHCDecision: c.CHCDecision, PathwayPlanOn: c.PathwayPlanOn,
		AdultSafeguardedOn: c.AdultSafeguardedOn, CourtDateOn: c.CourtDateOn,
		Placement: c.Placement, OutOfCounty: is(c.OutOfCounty), PlacementEndsOn: c.PlacementEndsOn,
		WeeklyPence: weekly, AnnualPence: weekly * weeksThousandths / 1000, HealthWeeklyPence: amount(c.HealthWeeklyPence),
		SafeguardingConcern: is(c.SafeguardingConcern), LibertyAuthorised: is(c.LibertyAuthorised),
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
		expr.Function("mentions", func(p ...any) (any, error) {
			for _, phrase := range p[1:] {
				if mentions(p[0].(string), phrase.(string)) {
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

// mentions reports whether text holds phrase as whole words, whatever the case: "S20" is in
// "LAC (s20)" and not in "S204".
func mentions(text, phrase string) bool {
	return strings.Contains(" "+plainWords(text)+" ", " "+plainWords(phrase)+" ")
}

func plainWords(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
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

// judge is a rule made ready to be asked about many cases.
type judge struct {
	Rule
	applies, turnsOn, listedFrom *vm.Program // the dates are nil when the rule gives none
	law                          string
}

var dateType = reflect.TypeFor[clock.Date]()

// compile turns the rule's expressions into programs; its errors are sentences for the rules page.
func (r Rule) compile() (*judge, error) {
	constants := asConstants{}
	for _, p := range r.Parameters {
		constants[p.Name] = p.Value
	}
	j := judge{Rule: r, law: r.LawWords()}
	var err error
	if j.applies, err = constants.compile("which cases it concerns", r.Applies, expr.AsBool()); err != nil {
		return nil, err
	}
	if j.turnsOn, err = constants.compileDate("the date it turns on", r.TurnsOn); err != nil {
		return nil, err
	}
	if j.listedFrom, err = constants.compileDate("the day it lists from", r.ListedFrom); err != nil {
		return nil, err
	}
	return &j, nil
}

// compile reads an expression twice: once with parameters as names, because a checker that is
// patching misses unknown names inside calls, and once with their values put in, to run.
func (parameters asConstants) compile(part, source string, more ...expr.Option) (*vm.Program, error) {
	options := append(words(), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes))
	options = append(options, more...)
	if _, err := expr.Compile(source, append(options, expr.Env(parameters.vocabulary()))...); err != nil {
		return nil, cannotRead(part, err)
	}
	program, err := expr.Compile(source, append(options, expr.Env(facts{}), expr.Patch(parameters))...)
	if err != nil {
		return nil, cannotRead(part, err)
	}
	return program, nil
}

func (parameters asConstants) compileDate(part, source string) (*vm.Program, error) {
	if source == "" {
		return nil, nil
	}
	program, err := parameters.compile(part, source)
	if err != nil {
		return nil, err
	}
	if program.Node().Type() != dateType {
		return nil, fmt.Errorf("%s must be a date, such as at_age(born, 216)", part)
	}
	return program, nil
}

func cannotRead(part string, err error) error {
	var where *file.Error
	if errors.As(err, &where) {
		return fmt.Errorf("the rule cannot be read where it says %s: %s, at character %d", part, strings.TrimSpace(where.Message), where.Column+1)
	}
	return fmt.Errorf("the rule cannot be read where it says %s: %w", part, err)
}

// Judges are the rules in force for a forum, compiled once for all its cases, and those that the
// tracker's columns do not let anyone judge.
type Judges struct {
	judges   []*judge
	Unjudged []Unjudged
}

// CompileRules makes the enabled rules ready. supplied says whether the tracker has a column.
func CompileRules(rules []Rule, supplied func(column string) bool) (Judges, error) {
	var ready Judges
	for _, rule := range rules {
		if !rule.Enabled {
			continue
		}
		if missing := rule.lacking(supplied); len(missing) > 0 {
			ready.Unjudged = append(ready.Unjudged, Unjudged{Rule: rule.Key, Name: rule.Name, Columns: missing})
			continue
		}
		compiled, err := rule.compile()
		if err != nil {
			return Judges{}, fmt.Errorf("agendas: rule %s version %d: %w", rule.Key, rule.Version, err)
		}
		ready.judges = append(ready.judges, compiled)
	}
	return ready, nil
}

// Finding is a rule that lists a case, with what ranking needs.
type Finding struct {
	Reason
	Weight  int
	Minutes int
}

// Judge asks every rule about a case on a meeting's day. Someone who has died or moved away is
// listed by none. Annual cost counts a year as weeksThousandths weeks of a thousand.
func (js Judges) Judge(c tracker.Case, meetingOn clock.Date, weeksThousandths int) ([]Finding, error) {
	if Gone(c, meetingOn) {
		return nil, nil
	}
	seen := factsOf(c, meetingOn, weeksThousandths)
	var findings []Finding
	for _, j := range js.judges {
		reason, lists, err := j.ask(seen)
		if err != nil {
			return nil, fmt.Errorf("agendas: rule %s: %w", j.Key, err)
		}
		if lists {
			findings = append(findings, Finding{reason, j.Weight, j.Minutes})
		}
	}
	return findings, nil
}

// Gone reports whether the person had died or moved away by a day, which stops every rule.
func Gone(c tracker.Case, on clock.Date) bool {
	return byThen(c.DiedOn, on) || byThen(c.MovedAwayOn, on)
}

func byThen(event, on clock.Date) bool { return !event.IsZero() && !event.After(on) }

func (j *judge) ask(seen facts) (Reason, bool, error) {
	if seen.Age < j.FromAge || seen.Age > j.ToAge || (j.AsksConsent && seen.ConsentRefused) {
		return Reason{}, false, nil
	}
	applies, err := expr.Run(j.applies, seen)
	if err != nil || !applies.(bool) {
		return Reason{}, false, err
	}
	on, err := runDate(j.turnsOn, seen)
	if err != nil {
		return Reason{}, false, err
	}
	from := on
	if j.listedFrom != nil {
		if from, err = runDate(j.listedFrom, seen); err != nil {
			return Reason{}, false, err
		}
	}
	if j.turnsOn != nil && (on.IsZero() || from.IsZero() || from.After(seen.MeetingOn)) {
		return Reason{}, false, nil
	}
	return Reason{
		Rule: j.Key, Text: j.reasonText(seen, on), On: on, DaysLeft: daysLeft(seen.MeetingOn, on), Law: j.law,
	}, true, nil
}

func runDate(program *vm.Program, seen facts) (clock.Date, error) {
	if program == nil {
		return clock.Date{}, nil
	}
	on, err := expr.Run(program, seen)
	if err != nil {
		return clock.Date{}, err
	}
	return on.(clock.Date), nil
}

func (j *judge) reasonText(seen facts, on clock.Date) string {
	return fill(j.Text, func(name string) (string, bool) {
		if words, ok := j.parameterWords(name); ok {
			return words, true
		}
		switch name {
		case "on":
			return on.Long(), true
		case "age":
			return fmt.Sprint(seen.Age), true
		case "weekly":
			return money.Pounds(int64(seen.WeeklyPence)), true
		case "annual":
			return money.Pounds(int64(seen.AnnualPence)), true
		case "referred_on":
			return seen.ReferredOn.Long(), true
		case "placement_ends_on":
			return seen.PlacementEndsOn.Long(), true
		default:
			return "", false
		}
	})
}
