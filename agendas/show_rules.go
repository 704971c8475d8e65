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
	Judged   int       // how many cases it has been asked about since it changed
	Behind   bool      // it has not been asked about all of them yet
}

// RulesPage is every rule, and the tracker they are asked about.
type RulesPage struct {
	Rules   []RuleRow
	Cases   int // in the tracker
	Changed int // of them, changed since they were judged
}

// Behind reports whether judging goes on in the background.
func (p RulesPage) Behind() bool {
	for _, r := range p.Rules {
		if r.Behind {
			return true
		}
	}
	return p.Changed > 0
}

// ShowRules lists every rule with how many people it would list today, over the whole tracker and a
// year of 52 weeks. It counts; nobody's name is read.
func ShowRules(tx db.Tx) (page RulesPage, err error) {
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return page, err
	}
	rules, err := rulesKept(tx)
	if err != nil {
		return page, err
	}
	if err := tx.Raw(`select count(*) from cases where ` + standing).Scan(&page.Cases).Error; err != nil {
		return page, err
	}
	if err := tx.Raw(`select count(*) from case_unjudged`).Scan(&page.Changed).Error; err != nil {
		return page, err
	}
	page.Rules, err = countRules(tx, rules)
	return page, err
}

// ShowRule is one rule with its count.
func ShowRule(tx db.Tx, key string) (RuleRow, error) {
	if err := tx.Actor.Check(access.ReadRules, uuid.Nil); err != nil {
		return RuleRow{}, err
	}
	rules, err := rulesKept(tx)
	if err != nil {
		return RuleRow{}, err
	}
	for _, rule := range rules {
		if rule.Key == key {
			rows, err := countRules(tx, []ruleRow{rule})
			if err != nil {
				return RuleRow{}, err
			}
			return rows[0], nil
		}
	}
	return RuleRow{}, errNoRule
}

func countRules(tx db.Tx, rules []ruleRow) ([]RuleRow, error) {
	supplied, err := tracker.Supplied(tx)
	if err != nil {
		return nil, err
	}
	var judged []struct {
		Key            string
		Version, Cases int
	}
	if err := tx.Raw(`select key, version, cases from rule_judged`).Scan(&judged).Error; err != nil {
		return nil, err
	}
	var ask selection
	rows := make([]RuleRow, len(rules))
	for i, rule := range rules {
		rows[i] = RuleRow{Rule: rule.Rule, Unjudged: rule.unjudged(supplied), Behind: !rule.Kept}
		for _, j := range judged {
			if j.Key == rule.Key && j.Version == rule.Version {
				rows[i].Judged = j.Cases
			}
		}
		if rows[i].Unjudged == nil {
			ask.rules = append(ask.rules, rule) // one that is off still says what it would do
		}
	}
	ask.on, ask.weeks = tx.Today(), usualYear
	counts, err := ask.counts(tx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Lists = counts[rows[i].Key]
	}
	return rows, nil
}

// counts are how many cases each rule lists: kept ones are counted where they are, the rest is judged.
func (s selection) counts(tx db.Tx) (map[string]int, error) {
	counts := map[string]int{}
	if rules := s.kept(); len(rules) > 0 {
		var kept []struct {
			RuleKey string
			Lists   int
		}
		if err := tx.Raw(`select f.rule_key, count(*) as lists `+s.keptOn()+` group by f.rule_key`, s.keptValues(rules)).Scan(&kept).Error; err != nil {
			return nil, err
		}
		for _, k := range kept {
			counts[k.RuleKey] = k.Lists
		}
	}
	err := s.judgeRest(tx, func(*tracker.Case) {}, func(_ *tracker.Case, j *judge, _ span) { counts[j.Key]++ })
	return counts, err
}

// usualYear is 52 weeks, in thousandths, where no one forum's terms are meant.
const usualYear = 52000
