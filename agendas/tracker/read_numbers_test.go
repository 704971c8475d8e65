package tracker

import "testing"

// A slip of one digit must not make two people one, nor two ways of writing a number make one person two.
func TestNumbersThatTellPeopleApart(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]string{
		"943 476 5919": "9434765919", "943-476-5919": "9434765919", "9434765919": "9434765919", "9434765919.0": "9434765919",
		"9434765918": "", "943476591": "", "94347659190": "", "943476591X": "", "1000000010": "", "4010232137": "4010232137",
	} {
		if got, problem := readNHSNumber(shown); got != want || (problem == "") != (want != "") {
			t.Errorf("NHS number %q is read as %q, %q", shown, got, problem)
		}
	}
	for shown, want := range map[string]string{"a123456789012": "A123456789012", "L1234 5678901B": "L12345678901B", "B123456789012": "", "1123456789012": "", "A12345": "", "A12345678901?": ""} {
		if got, problem := readUPN(shown); got != want || (problem == "") != (want != "") {
			t.Errorf("UPN %q is read as %q, %q", shown, got, problem)
		}
	}
}
