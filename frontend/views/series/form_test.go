package series

import (
	"testing"

	"quorate/panels"
	"quorate/panels/calendar"
)

// A date read wrongly is a meeting nobody comes to.
func TestListedDatesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"12 January 2027", "Tue 12th Jan 2027", "12/1/2027", "12.1.27", "2027-01-12", "12-jan-2027"} {
		rule, _, problem := Form{Often: ByDates, Dates: "\n" + line + "\r\n"}.ReadRule()
		if rule != "RDATE:20270112" {
			t.Errorf("%q was read as %s (%s)", line, rule, problem)
		}
	}
	for _, line := range []string{"", "soon", "31 2 2027", "January 2027", "12 January"} {
		if rule, field, problem := (Form{Often: ByDates, Dates: line}).ReadRule(); problem == "" || field != "dates" {
			t.Errorf("%q was read as %s", line, rule)
		}
	}
}

// What the form shows of a series must be that series when it is sent back unchanged.
func TestFormSaysEveryRuleAsItIs(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "FREQ=MONTHLY;BYDAY=+2TU,+4TU", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH",
		"FREQ=MONTHLY;BYMONTHDAY=15", "RDATE:20270112,20270309",
	} {
		want := calendar.MustRule(rule).Words()
		got, _, problem := Type(panels.Series{Rule: rule}).ReadRule()
		if problem != "" || calendar.MustRule(got).Words() != want {
			t.Errorf("%s came back as %s (%s)", want, got, problem)
		}
	}
}
