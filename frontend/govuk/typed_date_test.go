package govuk

import (
	"testing"

	"quorate/server/base/clock"
)

// A date read a day or a month out moves a meeting, or a birthday.
func TestTypedDateIsReadAsTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed TypedDate
		want  string
	}{
		{TypedDate{"27", "3", "2027"}, "2027-03-27"},
		{TypedDate{"4", "March", "2027"}, "2027-03-04"},
		{TypedDate{"29", "feb", "2028"}, "2028-02-29"},
	} {
		if got, problem := c.typed.Date(); got != clock.MustDate(c.want) || problem != "" {
			t.Errorf("%v was read as %s (%s)", c.typed, got, problem)
		}
	}
	for _, typed := range []TypedDate{
		{"29", "2", "2027"}, {"31", "6", "2027"}, {"0", "6", "2027"}, {"1", "13", "2027"}, {"1", "1", "27"}, {"one", "1", "2027"},
		{"1", "ma", "2027"}, {"", "3", "2027"}, {"1", "", ""},
	} {
		if got, problem := typed.Date(); !got.IsZero() || problem == "" {
			t.Errorf("%v was read as %s", typed, got)
		}
	}
	if got, problem := (TypedDate{}).Date(); !got.IsZero() || problem != "" {
		t.Errorf("nothing typed was read as %s (%s)", got, problem)
	}
	if _, problem := (TypedDate{Month: "3"}).Date(); problem != "The date must include a day and a year" {
		t.Errorf("said %q", problem)
	}
	if back := TypeDate(clock.MustDate("2027-03-04")); back != (TypedDate{"4", "3", "2027"}) {
		t.Errorf("shown as %v", back)
	}
}
