package govuk

import (
	"strconv"
	"strings"
	"time"

	"quorate/server/base/clock"
)

// TypedDate is a date as it was typed into a DateInput, so that a form with an error keeps it.
type TypedDate struct{ Day, Month, Year string }

// TypeDate shows a known day in a DateInput; a day that is Not known leaves it empty.
func TypeDate(d clock.Date) TypedDate {
	if d.IsZero() {
		return TypedDate{}
	}
	return TypedDate{strconv.Itoa(d.Day), strconv.Itoa(int(d.Month)), strconv.Itoa(d.Year)}
}

// ReadDate takes the three fields of the DateInput called name from a form.
func ReadDate(value func(field string) string, name string) TypedDate {
	return TypedDate{
		strings.TrimSpace(value(name + "-day")), strings.TrimSpace(value(name + "-month")), strings.TrimSpace(value(name + "-year")),
	}
}

// IsEmpty reports whether nothing was typed.
func (t TypedDate) IsEmpty() bool { return t == TypedDate{} }

// Date is the day typed. Nothing typed is Not known and no problem; else problem says how to mend it.
func (t TypedDate) Date() (d clock.Date, problem string) {
	if t.IsEmpty() {
		return clock.Date{}, ""
	}
	var missing []string
	for _, part := range []struct{ typed, name string }{{t.Day, "day"}, {t.Month, "month"}, {t.Year, "year"}} {
		if part.typed == "" {
			missing = append(missing, part.name)
		}
	}
	if len(missing) > 0 {
		return clock.Date{}, "The date must include a " + strings.Join(missing, " and a ")
	}
	day, errDay := strconv.Atoi(t.Day)
	month, known := monthTyped(t.Month)
	year, errYear := strconv.Atoi(t.Year)
	if errDay == nil && known && errYear == nil && year >= 1900 && year <= 2200 {
		if d = clock.NewDate(year, month, day); d.Day == day && d.Month == month {
			return d, ""
		}
	}
	return clock.Date{}, "Enter a real date, like 27 3 2027"
}

// monthTyped reads "3", "March" or "mar".
func monthTyped(text string) (time.Month, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Month(n), n >= 1 && n <= 12
	}
	for m := time.January; m <= time.December; m++ {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(text)) {
			return m, true
		}
	}
	return 0, false
}

// Input is a DateInput that holds what was typed.
func (t TypedDate) Input(name, legend, hint, problem string) DateInput {
	return DateInput{
		Name: name, Legend: Legend{Text: legend, Size: Small}, Hint: hint, Error: problem, Day: t.Day, Month: t.Month, Year: t.Year,
	}
}
