package agendas

import (
	"github.com/expr-lang/expr"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
)

// limitRules are the rules that expect a step of everybody, with the parameter that says when.
var limitRules = []struct {
	rule, parameter string
	limit           func(*tracker.Limits) *tracker.Limit
}{
	{"no_referral", "at", func(l *tracker.Limits) *tracker.Limit { return &l.Referral }},
	{"referral_unallocated", "after", func(l *tracker.Limits) *tracker.Limit { return &l.Worker }},
	{"chc_not_screened", "at", func(l *tracker.Limits) *tracker.Limit { return &l.Checklist }},
	{"chc_no_decision", "at", func(l *tracker.Limits) *tracker.Limit { return &l.CHCDecision }},
	{"no_pathway_plan", "by", func(l *tracker.Limits) *tracker.Limit { return &l.PathwayPlan }},
	{"no_capacity_assessment", "at", func(l *tracker.Limits) *tracker.Limit { return &l.Capacity }},
	{"no_assessment", "at", func(l *tracker.Limits) *tracker.Limit { return &l.Assessment }},
	{"no_support_plan", "at", func(l *tracker.Limits) *tracker.Limit { return &l.SupportPlan }},
	{"safeguarding_at_17", "at", func(l *tracker.Limits) *tracker.Limit { return &l.Safeguarding }},
}

// LimitsFor are the ages and periods the rules in force expect of a case, for the steps on its page. A
// rule that is switched off lists nobody, and its age still says when the step is expected.
func LimitsFor(tx db.Tx, c tracker.Case) (tracker.Limits, error) {
	var limits tracker.Limits
	rules, err := RulesInForce(tx)
	if err != nil {
		return limits, err
	}
	for _, rule := range rules {
		for _, each := range limitRules {
			if each.rule != rule.Key {
				continue
			}
			if at, found := rule.Parameter(each.parameter); found {
				*each.limit(&limits) = tracker.Limit{Count: at.Value, Law: rule.LawWords()}
			}
		}
		if rule.Key == "safeguarding_at_17" {
			if limits.Protection, err = rule.concerns(&c); err != nil {
				return limits, err
			}
		}
	}
	return limits, nil
}

// concerns reports whether what a rule is about applies to a case, whatever its age.
func (r Rule) concerns(c *tracker.Case) (bool, error) {
	ready, err := compiled(r)
	if err != nil {
		return false, err
	}
	applies, err := expr.Run(ready.applies, factsOf(c, usualYear))
	if err != nil {
		return false, ready.fails(err)
	}
	return applies.(bool), nil
}
