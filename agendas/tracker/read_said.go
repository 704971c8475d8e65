package tracker

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"quorate/server/base/clock"
)

// read looks at how a record is written. What is written wrong is refused: it is a fault of the sender's
// program, and would be a fault in every record.
func (r *record) read() {
	for name := range r.said {
		if ruleOf[name] == nil {
			r.wrong("", "The record holds something the reference does not list. Remove it, or correct its name.")
			return
		}
	}
	for i := range fieldRules { // in one order
		rule := &fieldRules[i]
		value, said := r.said[rule.field]
		if !said {
			continue
		}
		r.fields = append(r.fields, rule.field)
		if problem := rule.written(value); problem != "" {
			r.wrong(rule.field, problem)
		}
	}
	reference, _ := r.said[PersonReference].(string)
	reference, problem := readReference(tidy(reference))
	switch {
	case r.refused():
	case problem != "":
		r.wrong(PersonReference, problem)
	case reference == "":
		r.wrong(PersonReference, "There is no person reference. Send it: the record cannot be matched without it.")
	}
	r.reference = reference
}

// written says what is wrong with the way a value is written.
func (r *fieldRule) written(value any) string {
	if value == nil {
		return ""
	}
	switch {
	case r.text != nil:
		if _, ok := value.(string); !ok {
			return "Write words here, in quotation marks."
		}
	case r.date != nil:
		text, _ := value.(string)
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "Write a day that there is like 2027-03-04."
		}
	case r.flag != nil:
		if _, ok := value.(bool); !ok {
			return "Write true, false or null."
		}
	default:
		if _, ok := value.(int64); !ok {
			return "Write whole pence, like 120450 for £1,204.50 a week."
		}
	}
	return ""
}

// load puts what a record says into the case it is about. What it says that cannot be so is Not known, with
// a warning, as in a file.
func (u *upsert) load(r *record) {
	if value, said := r.said[DateOfBirth]; said {
		text, _ := value.(string)
		switch born, problem := dayIn(text), ""; {
		case born.IsZero():
			r.wrong(DateOfBirth, "There is no date of birth. Send it like 2009-03-04.")
		default:
			if problem = u.dates.birthdayProblem(born); problem != "" {
				r.wrong(DateOfBirth, problem+" Check it and send it like 2009-03-04.")
			}
			r.now.DateOfBirth = born
		}
	}
	for _, field := range r.fields {
		rule, value := ruleOf[field], r.said[field]
		switch field {
		case PersonReference, DateOfBirth:
			continue
		case Forename, Surname:
			text, _ := value.(string)
			text = strings.ReplaceAll(tidy(text), "\n", " ")
			if saysNothing(text) || utf8.RuneCountInString(text) > 200 {
				r.wrong(field, fmt.Sprintf("There is no %s. Send the person’s %s.", field.Label(), field.Label()))
			}
			*rule.text(&r.now) = text
			continue
		}
		if problem := u.optional(rule, value, &r.now); problem != "" {
			r.warn(field, problem)
		}
	}
}

// optional loads a value that may be Not known. A problem leaves it so.
func (u *upsert) optional(rule *fieldRule, value any, into *Case) (problem string) {
	_ = rule.load(into, nil)
	if value == nil {
		return ""
	}
	switch {
	case rule.date != nil:
		when := dayIn(value.(string))
		if problem := u.dates.dateProblem(rule, when, into.DateOfBirth); problem != "" {
			problem += notKnownSoFar + " Send a date like 2027-03-04."
			if rule.field == Died || rule.field == MovedAway {
				problem += " Until then the person is still listed for meetings."
			}
			return problem
		}
		*rule.date(into) = when
	case rule.flag != nil:
		yes := value.(bool)
		*rule.flag(into) = &yes
	case rule.pence != nil:
		pence := value.(int64)
		switch {
		case pence < 0:
			return "A weekly cost cannot be less than nothing, so it is recorded as Not known. Send the weekly cost in pence, like 120450."
		case pence > mostPounds*100:
			return "This is more than £100,000 a week, so it is recorded as Not known. Send the weekly cost in pence, like 120450."
		}
		*rule.pence(into) = &pence
	default:
		*rule.text(into), problem = rule.wording("", tidy(value.(string)))
	}
	return problem
}

// dayIn is the day a text writes as 2027-03-04; it has been looked at before.
func dayIn(text string) clock.Date {
	when, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return clock.Date{}
	}
	return clock.NewDate(when.Year(), when.Month(), when.Day())
}

func sameName(a, b *Case) bool {
	return strings.EqualFold(a.Forename+" "+a.Surname, b.Forename+" "+b.Surname)
}

func copyField(field Field, into, from *Case) {
	rule := ruleOf[field]
	switch {
	case rule.text != nil:
		*rule.text(into) = *rule.text(from)
	case rule.date != nil:
		*rule.date(into) = *rule.date(from)
	case rule.flag != nil:
		*rule.flag(into) = *rule.flag(from)
	default:
		*rule.pence(into) = *rule.pence(from)
	}
}

// A Shape is how a record writes a field.
type Shape string

// The shapes.
const (
	Words Shape = "words" // text
	Day   Shape = "day"   // 2027-03-04
	YesNo Shape = "yes no"
	Pence Shape = "pence" // whole pence a week
)

// Shape is how a record writes the field.
func (f Field) Shape() Shape {
	switch rule := ruleOf[f]; {
	case rule.date != nil:
		return Day
	case rule.flag != nil:
		return YesNo
	case rule.pence != nil:
		return Pence
	default:
		return Words
	}
}
