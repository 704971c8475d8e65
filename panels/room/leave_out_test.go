package room

import (
	"slices"
	"testing"
)

// A neighbour's child named in another child's record is a breach that no correction takes back.
func TestLeaveOut(t *testing.T) {
	t.Parallel()
	names := []Name{{"Tara Wälker", "another"}, {"Q1042", "another"}, {"Will Grant", "another"}, {"Anne-Marie O'Neill", "another"}, {"Jo Canary", "sibling"}}
	for text, want := range map[string]string{
		"Tara Wälker shares the flat.":              "[name left out] shares the flat.",
		"Like tara walker, he waits.":               "Like [name left out], he waits.",
		"Wälker, Tara (Q1042) waits.":               "[name left out], [name left out] ([name left out]) waits.",
		"It is Tara’s room and TARA'S bed.":         "It is [name left out] room and [name left out] bed.",
		"Taran and Tarantino stay.":                 "Taran and Tarantino stay.",
		"He will grant it. Will came, as did Grant": "He will grant it. [name left out] came, as did [name left out]",
		"Anne Marie and O’Neill":                    "[name left out] and [name left out]",
		"Jo and Noor Canary, jo":                    "[name left out] and Noor Canary, jo",
		"Noor’s plan":                               "Noor’s plan",
	} {
		if got := newLeaver("Noor Canary", names, nil).out(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	l := newLeaver("Noor Canary", names, []string{"Will"})
	if got := l.out("Will said Tara Wälker and Tara came."); got != "Will said [name left out] and [name left out] came." {
		t.Errorf("with Will left in: %q", got)
	}
	if len(l.taken) != 2 || l.taken[0] != (TakenOut{"Tara Wälker", "another", 1}) || !slices.Equal(l.shared, []string{"canary"}) {
		t.Errorf("taken out %+v, shared %v", l.taken, l.shared)
	}
}
