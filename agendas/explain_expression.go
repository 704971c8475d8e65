package agendas

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"
)

// expressionProblem is what is wrong with one of a rule's expressions, under its field of the editor.
type expressionProblem struct{ field, sentence string }

// byDates says how what depends on the meeting's day is written, for names that people expect.
var byDates = map[string]string{
	"age":        "A rule cannot ask for the age: what it says is kept, by dates. Write an age as the day it is reached, such as at_age(born, 198) for 16½, as the date it turns on or the day it lists from; the youngest and oldest age have fields of their own",
	"meeting_on": "A rule cannot ask for the meeting’s day: what it says is kept, by dates. Say from which day it lists instead, such as days_before(placement_ends_on, 90), in “The day it lists from”",
	"today":      "A rule cannot ask for today: what it says is kept, by dates. Say from which day it lists instead, such as days_before(placement_ends_on, 90), in “The day it lists from”",
}

var (
	unknownName   = regexp.MustCompile(`^unknown name (\w+)`)
	unexpected    = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?`)
	mismatched    = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types? (.+?)(?: and (.+))?\)`)
	wrongArgument = regexp.MustCompile(`^cannot use (.+) as argument \(type (.+)\) to call (\w+)`)
	argumentCount = regexp.MustCompile(`^(not enough|too many) arguments to call (\w+)`)
	wrongAnswer   = regexp.MustCompile(`^expected bool, but got (.+)`)
	notCallable   = regexp.MustCompile(` is not callable`)
	strangeLetter = regexp.MustCompile(`^unrecognized character: \S+ '(.+)'`)
)

// explain says in a sentence what the compiler found wrong, and where.
func (parameters asConstants) explain(source string, err error) string {
	message := err.Error()
	var where *file.Error
	place := ""
	if errors.As(err, &where) {
		message, place = where.Message, placeOf(source, where)
	}
	message = strings.TrimSpace(message)
	if m := unknownName.FindStringSubmatch(message); m != nil {
		if how, expected := byDates[m[1]]; expected {
			return how + place
		}
		sentence := fmt.Sprintf("There is no “%s” that a rule can use", m[1])
		if like := parameters.nearest(m[1]); like != "" {
			sentence += fmt.Sprintf(". Did you mean “%s”?", like)
		}
		return sentence + place
	}
	if m := unexpected.FindStringSubmatch(message); m != nil {
		switch {
		case m[1] == "EOF":
			return "The expression stops before it is complete. Is a bracket or a value missing at its end?"
		case m[2] == "=":
			return "Use == to compare two things" + place
		case m[2] == "&", m[2] == "|":
			return "Write “and” or “or” in full" + place
		case m[2] == ")":
			return "There is a closing bracket too many" + place
		default:
			return fmt.Sprintf("“%s” is not expected here. Is “and”, “or”, a comma or a bracket missing before it?", m[2]) + place
		}
	}
	if m := mismatched.FindStringSubmatch(message); m != nil {
		if m[3] == "" {
			return fmt.Sprintf("“%s” needs a yes or no, and what follows it is %s", m[1], namedKind(m[2])) + place
		}
		sentence := fmt.Sprintf("“%s” cannot stand between %s and %s", m[1], namedKind(m[2]), namedKind(m[3]))
		if m[2] == dateType.String() || m[3] == dateType.String() {
			sentence += ". Dates are compared with is_before(…) and is_after(…), and asked for with known(…) and missing(…)"
		}
		return sentence + place
	}
	if m := wrongArgument.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s needs %s here, and this is %s", callOf(m[3]), namedKind(m[2]), namedKind(m[1])) + place
	}
	if m := argumentCount.FindStringSubmatch(message); m != nil {
		much := "more"
		if m[1] == "too many" {
			much = "less"
		}
		return fmt.Sprintf("%s needs %s between its brackets", callOf(m[2]), much) + place
	}
	if m := wrongAnswer.FindStringSubmatch(message); m != nil {
		return "This must be a yes or no, such as missing(support_plan_on), and it is " + namedKind(m[1])
	}
	if m := strangeLetter.FindStringSubmatch(message); m != nil {
		sentence := fmt.Sprintf("“%s” has no meaning here", m[1])
		if strings.ContainsAny(m[1], "“”‘’") {
			sentence = `Write text between straight quotation marks, like "S20"`
		}
		return sentence + place
	}
	switch {
	case strings.HasSuffix(message, "is undefined"):
		return notInRules + place
	case notCallable.MatchString(message):
		return "What stands before the bracket is not a function" + place
	case strings.Contains(message, "literal not terminated"):
		return "A text begins with a quotation mark and does not end with one"
	case strings.Contains(message, "exceeds maximum allowed nodes"):
		return "This is too long for one rule. Make two rules of it"
	}
	return "This cannot be read: " + message + place
}

// placeOf is where an expression goes wrong, as people count.
func placeOf(source string, where *file.Error) string {
	letters := []rune(source)
	at := fmt.Sprintf(" (character %d", where.Column+1)
	if strings.Contains(source, "\n") {
		at = fmt.Sprintf(" (line %d, character %d", where.Line, where.Column+1)
	}
	if where.From >= 0 && where.From < where.To && where.To <= len(letters) {
		at += ", “" + string(letters[where.From:where.To]) + "”"
	}
	return at + ")"
}

// callOf is how a function is written, from the list beside the editor.
func callOf(name string) string {
	for _, f := range Functions() {
		if f.Name == name {
			return f.Form
		}
	}
	return name
}

// namedKind says what a type of the compiler's message is.
func namedKind(kind string) string {
	switch kind = strings.TrimSpace(kind); {
	case kind == dateType.String():
		return "a date"
	case kind == "string":
		return "text"
	case kind == "int", kind == "float64":
		return "a number"
	case kind == "bool":
		return "a yes or no"
	case strings.HasPrefix(kind, "func("):
		return "a function without its brackets"
	case strings.HasPrefix(kind, "["):
		return "a list"
	default:
		return "something else"
	}
}

func kindWords(kind reflect.Type) string { return namedKind(fmt.Sprint(kind)) }

// nearest is the name somebody probably meant, or "".
func (parameters asConstants) nearest(name string) string {
	names := slices.Collect(maps.Keys(parameters.vocabulary()))
	for _, f := range Functions() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	best, least := "", max(1, len(name)/4)+1
	for _, candidate := range names {
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to add, take away or change to make one word of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
