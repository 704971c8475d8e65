package agendas

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Rule says which cases come to which forums, when and why. It is data: an administrator reads it,
// sets its parameters and switches it off. Each change is a new version; the highest is in force.
type Rule struct {
	Key         string
	Version     int
	Position    int
	Name        string
	Text        string      // the reason, with {on}, the facts of reasonWords and the parameters filled in
	Law         string      // the law or policy it comes from; parameters are filled in here too
	Applies     string      // expression: does it concern this case?
	TurnsOn     string      // expression: the date behind it; "" when there is none
	ListedFrom  string      // expression: the first day it lists the case; "" is the date it turns on
	ListedUntil string      // expression: the last day it lists the case; "", or a date that is Not known, is no end
	Parameters  []Parameter `gorm:"serializer:json"`
	Templates   []string    `gorm:"serializer:json"` // the forum templates it serves
	Columns     []string    `gorm:"serializer:json"` // the tracker columns without which it cannot be judged
	FromAge     int         // completed years on the meeting's day, inclusive
	ToAge       int
	AsksConsent bool // stands back when consent was refused: that is a reason of its own, never overdue
	Weight      int  // 0 to 100: how much it matters beside the other rules
	Minutes     int  // minutes its item needs at least; 0 is the forum's usual
	Enabled     bool
	ChangedBy   *uuid.UUID // nil: shipped with the product
	ChangedAt   time.Time
}

// ComesBefore reports whether the rule is about something to be discussed before the date behind it: that
// is the last day on which it lists anybody. The last meeting before the date then lists the case, however
// few the days of notice.
func (r Rule) ComesBefore() bool { return r.TurnsOn != "" && r.ListedUntil == r.TurnsOn }

// TableName is rule.
func (Rule) TableName() string { return "rule" }

// Unit is what a parameter counts.
type Unit string

// The units of a parameter.
const (
	AgeInMonths Unit = "age" // 198 is 16½
	Days        Unit = "days"
	Months      Unit = "months"
	Pounds      Unit = "pounds"
)

// unitMost is the largest value of each unit that could be meant.
var unitMost = map[Unit]int{AgeInMonths: 26 * 12, Days: 3 * 365, Months: 36, Pounds: 10_000_000}

// Parameter is a period, an age or a sum that is local policy and so a setting.
type Parameter struct {
	Name  string `json:"name"` // as expressions and texts use it
	Label string `json:"label"`
	Unit  Unit   `json:"unit"`
	Value int    `json:"value"`
}

// Words is the value as people say it: "16½", "28", "£50,000".
func (p Parameter) Words() string {
	switch p.Unit {
	case AgeInMonths:
		return ageWords(p.Value)
	case Pounds:
		return money.Pounds(int64(p.Value) * 100)
	default:
		return fmt.Sprint(p.Value)
	}
}

func ageWords(months int) string {
	years, rest := months/12, months%12
	switch rest {
	case 0:
		return fmt.Sprint(years)
	case 3:
		return fmt.Sprintf("%d¼", years)
	case 6:
		return fmt.Sprintf("%d½", years)
	case 9:
		return fmt.Sprintf("%d¾", years)
	case 1:
		return fmt.Sprintf("%d years and 1 month", years)
	default:
		return fmt.Sprintf("%d years and %d months", years, rest)
	}
}

// ServesForum reports whether the rule lists cases for forums made from a template.
func (r Rule) ServesForum(template string) bool { return slices.Contains(r.Templates, template) }

// Parameter finds a parameter by name.
func (r Rule) Parameter(name string) (Parameter, bool) {
	for _, p := range r.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// LawWords is the law or policy with the parameters filled in.
func (r Rule) LawWords() string { return fill(r.Law, r.parameterWords) }

// TextWords is the reason as the rules page shows it, before there is a case: dates stay "a date".
func (r Rule) TextWords() string {
	return fill(r.Text, func(name string) (string, bool) {
		if words, ok := r.parameterWords(name); ok {
			return words, true
		}
		general, ok := reasonWords[name]
		return general, ok
	})
}

func (r Rule) parameterWords(name string) (string, bool) {
	p, ok := r.Parameter(name)
	return p.Words(), ok
}

// reasonWords are the facts a reason's text may name, and what the rules page says in their place.
var reasonWords = map[string]string{
	"on": "[date]", "age": "[age]", "annual": "[cost]", "weekly": "[cost]", "referred_on": "[date]", "placement_ends_on": "[date]",
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func fill(text string, words func(name string) (string, bool)) string {
	return placeholder.ReplaceAllStringFunc(text, func(hole string) string {
		if w, ok := words(strings.Trim(hole, "{}")); ok {
			return w
		}
		return hole
	})
}

// expressionLimit is the most characters an expression may have: each case is compared with its texts.
const expressionLimit = 2000

// Validate says what is wrong with a rule in words its administrator can act on, compiling its
// expressions; a rule that passes can be judged for every case.
func (r Rule) Validate() error {
	var form fault.Form
	form.Require(strings.TrimSpace(r.Name) != "", "name", "Enter a name")
	form.Require(strings.TrimSpace(r.Law) != "", "law", "Enter the law or policy the rule comes from")
	for _, part := range []struct {
		field, text, words string
		most               int
	}{
		{"name", r.Name, "the name", 120}, {"text", r.Text, "the reason", reasonLimit}, {"law", r.Law, "the law or policy", reasonLimit},
		{"applies", r.Applies, "the expression", expressionLimit}, {"turns_on", r.TurnsOn, "the expression", expressionLimit},
		{"listed_from", r.ListedFrom, "the expression", expressionLimit}, {"listed_until", r.ListedUntil, "the expression", expressionLimit},
	} {
		form.Require(len([]rune(part.text)) <= part.most, part.field, fmt.Sprintf("Shorten %s to %d characters or fewer", part.words, part.most))
	}
	form.Require(r.Weight >= 0 && r.Weight <= 100, "weight", "Weight must be a whole number from 0 to 100")
	form.Require(r.Minutes >= 0 && r.Minutes <= 240, "minutes", "Minutes must be a whole number from 0 to 240")
	form.Require(r.FromAge >= 0 && r.ToAge <= 30 && r.FromAge <= r.ToAge, "from_age", "The youngest age must not be over the oldest, and both must be from 0 to 30")
	r.validateParameters(&form)
	for _, hole := range placeholder.FindAllStringSubmatch(r.Text+r.Law, -1) {
		_, isParameter := r.Parameter(hole[1])
		_, isFact := reasonWords[hole[1]]
		form.Require(isParameter || isFact, "text", fmt.Sprintf("The text names “%s”, which is neither a fact nor a parameter", hole[1]))
	}
	for _, column := range r.Columns {
		known := slices.Contains(tracker.Fields(), tracker.Field(column))
		form.Require(known, "columns", fmt.Sprintf("“%s” is not a column of the tracker", column))
	}
	form.Require(len(r.Templates) > 0, "templates", "Select at least one kind of forum")
	for _, key := range r.Templates {
		template, known := panels.TemplateByKey(key)
		form.Require(known && !template.Board, "templates", fmt.Sprintf("“%s” is no kind of forum that cases come to", key))
	}
	_, problems := r.compile()
	for _, p := range problems {
		form.Add(p.field, "%s", p.sentence)
	}
	return form.Err()
}

// parameterName is how expressions and texts may call a parameter.
var parameterName = regexp.MustCompile(`^[a-z][a-z_]{0,29}$`)

func (r Rule) validateParameters(form *fault.Form) {
	taken := asConstants{}.vocabulary()
	for _, f := range Functions() {
		taken[f.Name] = true
	}
	for name := range reasonWords {
		taken[name] = true
	}
	for _, p := range r.Parameters {
		most, known := unitMost[p.Unit]
		_, used := taken[p.Name]
		switch {
		case !parameterName.MatchString(p.Name):
			form.Add(p.Name, "A setting’s name is small letters and underscores, such as notice; “%s” is not", p.Name)
		case used:
			form.Add(p.Name, "“%s” already has a meaning. Call the setting something else", p.Name)
		case strings.TrimSpace(p.Label) == "":
			form.Add(p.Name, "Enter what “%s” is, in words", p.Name)
		case !known:
			form.Add(p.Name, "Select what “%s” counts", p.Label)
		case p.Value < 0 || p.Value > most:
			form.Add(p.Name, "“%s” must be a whole number from 0 to %d", p.Label, most)
		}
		taken[p.Name] = true
	}
}

// Unjudged is a rule that lists nobody because the tracker lacks what it needs.
type Unjudged struct {
	Rule    string
	Name    string
	Columns []string // in words
}

// Sentence is "Cannot be judged: no column for placement end date".
func (u Unjudged) Sentence() string {
	return "Cannot be judged: no column for " + joinWords(u.Columns)
}

// lacking names the columns a rule needs that the tracker has not supplied.
func (r Rule) lacking(supplied func(column string) bool) []string {
	var missing []string
	for _, column := range r.Columns {
		if !supplied(column) {
			missing = append(missing, tracker.Field(column).Label())
		}
	}
	return missing
}

// unjudged says that the tracker lacks what the rule needs, or is nil.
func (r Rule) unjudged(supplied tracker.SuppliedFields) *Unjudged {
	if missing := r.lacking(supplied.Has); len(missing) > 0 {
		return &Unjudged{Rule: r.Key, Name: r.Name, Columns: missing}
	}
	return nil
}

func joinWords(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	}
}

// daysLeft counts from the meeting's day; a reason without a date has none to count.
func daysLeft(meetingOn, on clock.Date) int {
	if on.IsZero() {
		return 0
	}
	return meetingOn.DaysUntil(on)
}
