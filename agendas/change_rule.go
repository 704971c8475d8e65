package agendas

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// RuleChange is everything an administrator may set of a rule.
type RuleChange struct {
	Name        string
	Enabled     bool
	Text, Law   string
	Parameters  []Parameter
	Templates   []string
	FromAge     int
	ToAge       int
	AsksConsent bool
	Weight      int
	Minutes     int
	Applies     string
	TurnsOn     string
	ListedFrom  string
	ListedUntil string
}

// Change is the rule's settings as they are, to start a change from.
func (r Rule) Change() RuleChange {
	return RuleChange{
		Name: r.Name, Enabled: r.Enabled, Text: r.Text, Law: r.Law, Parameters: slices.Clone(r.Parameters), Templates: slices.Clone(r.Templates),
		FromAge: r.FromAge, ToAge: r.ToAge, AsksConsent: r.AsksConsent, Weight: r.Weight, Minutes: r.Minutes,
		Applies: r.Applies, TurnsOn: r.TurnsOn, ListedFrom: r.ListedFrom, ListedUntil: r.ListedUntil,
	}
}

// With is the rule as a change would leave it. The columns without which it cannot be judged follow
// its expressions: one that they newly name is added, one they no longer name is dropped.
func (r Rule) With(change RuleChange) Rule {
	before := r.fieldsNamed()
	r.Name, r.Enabled, r.Text, r.Law = strings.TrimSpace(change.Name), change.Enabled, strings.TrimSpace(change.Text), strings.TrimSpace(change.Law)
	r.Parameters, r.Templates = append([]Parameter{}, change.Parameters...), append([]string{}, change.Templates...)
	r.FromAge, r.ToAge, r.AsksConsent, r.Weight, r.Minutes = change.FromAge, change.ToAge, change.AsksConsent, change.Weight, change.Minutes
	r.Applies, r.TurnsOn = strings.TrimSpace(change.Applies), strings.TrimSpace(change.TurnsOn)
	r.ListedFrom, r.ListedUntil = strings.TrimSpace(change.ListedFrom), strings.TrimSpace(change.ListedUntil)
	columns := []string{}
	for _, field := range r.fieldsNamed() {
		if slices.Contains(r.Columns, field) || !slices.Contains(before, field) {
			columns = append(columns, field)
		}
	}
	r.Columns = columns
	return r
}

// alwaysThere are the columns that every case has.
var alwaysThere = []string{"date_of_birth", "locality"}

// fieldsNamed are the tracker's columns that the rule's expressions name; none of what cannot be read.
func (r Rule) fieldsNamed() (fields []string) {
	j, _ := r.compile()
	for _, program := range j.programs() {
		for _, name := range namesIn(program) {
			field := string(fieldOf(name))
			if _, parameter := r.Parameter(name); !parameter && !slices.Contains(alwaysThere, field) && !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// RuleSettings are what a clerk may set of a rule: whether it is on, and its days, ages and sums.
type RuleSettings struct {
	Enabled bool
	Values  map[string]int // by parameter; those not named stay
}

// Set is the rule as a clerk's settings would leave it.
func (r Rule) Set(settings RuleSettings) Rule {
	change := r.Change()
	change.Enabled = settings.Enabled
	for i, p := range change.Parameters {
		if value, ok := settings.Values[p.Name]; ok {
			change.Parameters[i].Value = value
		}
	}
	return r.With(change)
}

var errNoRule = fault.New(fault.NotFound, "There is no such rule.")

// RuleInForce is the newest version of a rule.
func RuleInForce(tx db.Tx, key string) (Rule, error) {
	var rule Rule
	err := tx.Where("key = ?", key).Order("version desc").Take(&rule).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rule, errNoRule
	}
	return rule, err
}

// ChangeRule makes the next version of a rule, if it can be read and judged. basedOn is the version
// the administrator saw.
func (s Store) ChangeRule(ctx context.Context, actor access.Actor, key string, basedOn int, change RuleChange) (Rule, error) {
	return s.nextVersion(ctx, actor, access.ChangeRules, key, basedOn, func(r Rule) Rule { return r.With(change) })
}

// SetRule switches a rule on or off and sets its days, ages and sums, as its next version.
func (s Store) SetRule(ctx context.Context, actor access.Actor, key string, basedOn int, settings RuleSettings) (Rule, error) {
	return s.nextVersion(ctx, actor, access.SetRules, key, basedOn, func(r Rule) Rule { return r.Set(settings) })
}

func (s Store) nextVersion(ctx context.Context, actor access.Actor, action access.Action, key string, basedOn int, change func(Rule) Rule) (rule Rule, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(action, uuid.Nil); err != nil {
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
		rule = change(before)
		if err := rule.Validate(); err != nil {
			return err
		}
		if rule.says() == before.says() {
			return fault.New(fault.Conflict, "Nothing has changed, so there is nothing to save.")
		}
		rule.Version, rule.ChangedBy, rule.ChangedAt = before.Version+1, &actor.PersonID, tx.Now
		if err := tx.Create(&rule).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return stale
			}
			return err
		}
		if err := record(tx, "rule.changed", key, uuid.Nil, before.Change(), rule.Change()); err != nil {
			return err
		}
		return judgeAnew(tx, before, rule)
	})
	return rule, err
}

// judgeAnew has every case judged by a rule's new version in the background. When only its words, its
// weight or its place changed it says of each case what it said before, so what is kept stands.
func judgeAnew(tx db.Tx, before, after Rule) error {
	if before.judgement() == after.judgement() {
		return tx.Exec(`update rule_judged set version = ? where key = ? and version = ?`, after.Version, after.Key, before.Version).Error
	}
	return tx.Enqueue(db.Job{Args: RulesChanged{}})
}

// judgement is everything of a rule that decides which cases it lists, and when.
func (r Rule) judgement() string {
	values := make([]string, len(r.Parameters))
	for i, p := range r.Parameters {
		values[i] = fmt.Sprintf("%s=%d", p.Name, p.Value)
	}
	return fmt.Sprintf("%q %q %q %q %q %d %d %t", r.Applies, r.TurnsOn, r.ListedFrom, r.ListedUntil, values, r.FromAge, r.ToAge, r.AsksConsent)
}

// says is everything of a rule that somebody may change.
func (r Rule) says() string { return fmt.Sprintf("%#v", r.Change()) }

// CreateRule adds a rule of the partnership's own. It is the last on the rules page.
func (s Store) CreateRule(ctx context.Context, actor access.Actor, change RuleChange) (rule Rule, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeRules, uuid.Nil); err != nil {
			return err
		}
		rule = Rule{}.With(change)
		if err := rule.Validate(); err != nil {
			return err
		}
		rules, err := RulesInForce(tx)
		if err != nil {
			return err
		}
		for _, r := range rules {
			rule.Position = max(rule.Position, r.Position+1)
			if strings.EqualFold(r.Name, rule.Name) {
				return nameTaken()
			}
		}
		rule.Key, rule.Version, rule.ChangedBy, rule.ChangedAt = fmt.Sprintf("%s%d", ownKey, rule.Position), 1, &actor.PersonID, tx.Now
		if err := tx.Create(&rule).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return fault.New(fault.Conflict, "Somebody else added a rule at the same moment. Save it again.")
			}
			return err
		}
		if err := record(tx, "rule.created", rule.Key, uuid.Nil, nil, rule.Change()); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: RulesChanged{}})
	})
	return rule, err
}

// ownKey begins the key of a rule that somebody added.
const ownKey = "own_"

func nameTaken() error {
	var form fault.Form
	form.Add("name", "Another rule has this name. Choose a different one")
	return form.Err()
}
