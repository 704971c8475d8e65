package agendas

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// RuleRow is a rule on the rules page.
type RuleRow struct {
	Rule
	Lists    int       // how many people it would list today if it is switched on
	Unjudged *Unjudged // why it lists nobody
}

// ShowRules lists every rule with how many people it would list today, over the whole tracker and a
// year of 52 weeks. It counts; nobody's name is read.
func ShowRules(tx db.Tx) ([]RuleRow, error) {
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return nil, err
	}
	rules, err := RulesInForce(tx)
	if err != nil {
		return nil, err
	}
	return countRules(tx, rules)
}

// ShowRule is one rule with its count.
func ShowRule(tx db.Tx, key string) (RuleRow, error) {
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return RuleRow{}, err
	}
	rule, err := RuleInForce(tx, key)
	if err != nil {
		return RuleRow{}, err
	}
	rows, err := countRules(tx, []Rule{rule})
	if err != nil {
		return RuleRow{}, err
	}
	return rows[0], nil
}

func countRules(tx db.Tx, rules []Rule) ([]RuleRow, error) {
	supplied, err := tracker.Supplied(tx)
	if err != nil {
		return nil, err
	}
	rows := make([]RuleRow, len(rules))
	var compiled Judges
	for i, rule := range rules {
		rows[i].Rule = rule
		rule.Enabled = true // a rule that is off still says what it would do
		one, err := CompileRules([]Rule{rule}, supplied.Has)
		if err != nil {
			return nil, err
		}
		if len(one.Unjudged) > 0 {
			rows[i].Unjudged = &one.Unjudged[0]
		}
		compiled.judges = append(compiled.judges, one.judges...)
	}
	counts, err := countCases(tx, compiled)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Lists = counts[rows[i].Key]
	}
	return rows, nil
}

// countCases judges a page of cases at a time, so that memory stays small whatever the tracker's size.
func countCases(tx db.Tx, judges Judges) (map[string]int, error) {
	const page = 2000
	counts := make(map[string]int)
	for last := int64(0); ; {
		var cases []tracker.Case
		// Name and reference are left out: a count needs neither.
		err := tx.Raw(`
			select number, date_of_birth, locality, primary_need, ehcp, ehcp_review_on, legal_status, social_care_status,
				referral_source, referred_on, allocated_worker, allocated_on, care_act_assessed_on, support_plan_on,
				mental_capacity_on, chc_checklist_on, chc_decision, pathway_plan_on, adult_safeguarded_on, court_date_on,
				placement, out_of_county, placement_ends_on, weekly_cost_pence, health_weekly_pence, safeguarding_concern,
				liberty_authorised, views_recorded_on, consent_refused, died_on, moved_away_on
			from cases where number > ? order by number limit ?`, last, page).Scan(&cases).Error
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			findings, err := judges.Judge(c, tx.Today(), usualYear)
			if err != nil {
				return nil, err
			}
			for _, f := range findings {
				counts[f.Rule]++
			}
			last = c.Number
		}
		if len(cases) < page {
			return counts, nil
		}
	}
}

// usualYear is 52 weeks, in thousandths, where no one forum's terms are meant.
const usualYear = 52000
