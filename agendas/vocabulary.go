package agendas

import (
	"reflect"

	"quorate/agendas/tracker"
)

// A Fact is something a rule's expressions may ask of a case.
type Fact struct {
	Name  string // as it is written
	Kind  string // "date", "text", "number" or "yes or no"
	Means string // what it is, and what Not known is
	Field tracker.Field
}

// factFields are the facts that are not named as the tracker's field is.
var factFields = map[string]tracker.Field{
	"born": tracker.DateOfBirth, "weekly_pence": tracker.WeeklyCost, "annual_pence": tracker.WeeklyCost, "health_weekly_pence": tracker.HealthWeekly,
}

// factUnits say what a number counts.
var factUnits = map[string]string{
	"weekly_pence":        "cost of a week, in pence: £1,204.50 is 120450",
	"annual_pence":        "cost of a year, in pence, by the weeks in a year of the forum",
	"health_weekly_pence": "the NHS’s share of the cost of a week, in pence",
}

// Facts are everything of a case that an expression may name, in the order of the case page.
func Facts() []Fact {
	kinds := map[string]string{dateType.String(): "date", "string": "text", "int": "number", "bool": "yes or no"}
	blank := reflect.TypeFor[facts]()
	list := make([]Fact, blank.NumField())
	for i := range list {
		name := blank.Field(i).Tag.Get("expr")
		f := Fact{Name: name, Kind: kinds[blank.Field(i).Type.String()], Field: fieldOf(name)}
		if f.Means = factUnits[name]; f.Means == "" {
			f.Means = f.Field.Label()
		}
		list[i] = f
	}
	return list
}

func fieldOf(fact string) tracker.Field {
	if field, other := factFields[fact]; other {
		return field
	}
	return tracker.Field(fact)
}

// A Function is a word of the rule language.
type Function struct {
	Name  string
	Form  string // how it is written
	Gives string // the kind of its answer
	Means string
}

// Functions are all of them.
func Functions() []Function {
	return []Function{
		{"known", "known(date)", "yes or no", "the date is on record"},
		{"missing", "missing(date)", "yes or no", "the date is Not known"},
		{"mentions", `mentions(text, "words", "other words")`, "yes or no", "the text holds any of these as whole words, in capitals or not"},
		{"looked_after", "looked_after(legal_status)", "yes or no", "the text says that the council looks after the person now: by section 20, 31 or 38, or in words. “Not looked after” and “LAC: no” are no"},
		{"is_before", "is_before(date, date)", "yes or no", "the first day is earlier; no when either is Not known"},
		{"is_after", "is_after(date, date)", "yes or no", "the first day is later; no when either is Not known"},
		{"at_age", "at_age(born, months)", "date", "the day an age in months is reached: 192 is 16, 198 is 16½, 216 is 18"},
		{"days_after", "days_after(date, days)", "date", "that many days later"},
		{"days_before", "days_before(date, days)", "date", "that many days earlier"},
		{"months_after", "months_after(date, months)", "date", "that many months later"},
		{"months_before", "months_before(date, months)", "date", "that many months earlier"},
		{"earliest", "earliest(date, date)", "date", "whichever comes first; one that is Not known is passed over"},
		{"latest", "latest(date, date)", "date", "whichever comes last; one that is Not known is passed over"},
	}
}
