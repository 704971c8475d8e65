package agendas

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RuleChange is what an administrator may set of a rule.
type RuleChange struct {
	Enabled    bool
	Text, Law  string
	Parameters map[string]int // by name; those not named stay
	FromAge    int
	ToAge      int
	Weight     int
	Minutes    int
	Applies    string
	TurnsOn    string
	ListedFrom string
}

// Change is the rule's settings as they are, to start a change from.
func (r Rule) Change() RuleChange {
	values := make(map[string]int, len(r.Parameters))
	for _, p := range r.Parameters {
		values[p.Name] = p.Value
	}
	return RuleChange{
		Enabled: r.Enabled, Text: r.Text, Law: r.Law, Parameters: values, FromAge: r.FromAge, ToAge: r.ToAge,
		Weight: r.Weight, Minutes: r.Minutes, Applies: r.Applies, TurnsOn: r.TurnsOn, ListedFrom: r.ListedFrom,
	}
}

// With is the rule as a change would leave it.
func (r Rule) With(change RuleChange) Rule {
	parameters := make([]Parameter, len(r.Parameters))
	for i, p := range r.Parameters {
		if value, ok := change.Parameters[p.Name]; ok {
			p.Value = value
		}
		parameters[i] = p
	}
	r.Enabled, r.Text, r.Law, r.Parameters = change.Enabled, strings.TrimSpace(change.Text), strings.TrimSpace(change.Law), parameters
	r.FromAge, r.ToAge, r.Weight, r.Minutes = change.FromAge, change.ToAge, change.Weight, change.Minutes
	r.Applies, r.TurnsOn, r.ListedFrom = strings.TrimSpace(change.Applies), strings.TrimSpace(change.TurnsOn), strings.TrimSpace(change.ListedFrom)
	return r
}

// RuleInForce is the newest version of a rule.
func RuleInForce(tx db.Tx, key string) (Rule, error) {
	var rule Rule
	err := tx.Where("key = ?", key).Order("version desc").Take(&rule).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rule, fault.New(fault.NotFound, "There is no such rule.")
	}
	return rule, err
}

// ChangeRule makes the next version of a rule, if it can be read and judged. basedOn is the version
// the administrator saw.
func (s Store) ChangeRule(ctx context.Context, actor access.Actor, key string, basedOn int, change RuleChange) (rule Rule, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeRules, uuid.Nil); err != nil {
			return err
		}
		before, err := RuleInForce(tx, key)
		if err != nil {
			return err
		}
		stale := fault.New(fault.Stale, "Version %d of this rule was made while you were working. Look at it, then make your change again.", basedOn+1)
		if before.Version != basedOn {
			return stale
		}
		rule = before.With(change)
		if err := rule.Validate(); err != nil {
			return err
		}
		rule.Version, rule.ChangedBy, rule.ChangedAt = before.Version+1, &actor.PersonID, tx.Now
		if err := tx.Create(&rule).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return stale
			}
			return err
		}
		return record(tx, "rule.changed", key, uuid.Nil, before.Change(), rule.Change())
	})
	return rule, err
}
