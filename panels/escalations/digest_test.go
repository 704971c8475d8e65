package escalations

import "testing"

// A count that is held back must not be found by taking the others away from the whole.
func TestCountsUnderFiveCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	themes := func(counts ...int) DigestContent {
		d := DigestContent{Asked: len(counts)}
		for i, n := range counts {
			d.Themes = append(d.Themes, DigestTheme{Kind: Kinds[i], YoungPeople: n})
			d.YoungPeople += n
		}
		return d
	}
	for want, d := range map[string]DigestContent{
		"fewer than 5": themes(4),
		"5":            themes(5),
		"more than 12": themes(12, 1),
		"more than 19": themes(12, 7, 2, 2),
		"17":           themes(12, 3, 2), // together they are five, and none can be told
		"6":            themes(3, 3),
	} {
		if got := d.affected(); got != want {
			t.Errorf("%v: %q, want %q", d.Themes, got, want)
		}
	}
	for _, f := range themes(12, 1).facts() {
		if f.value == "1" && f.name != "New" || f.value == "13" {
			t.Errorf("%s: %s", f.name, f.value)
		}
	}
}
