package money

import (
	"testing"

	"pgregory.net/rapid"
)

// A comma read as a decimal point is a package a hundred times too dear.
func TestParseReadsWhatPeopleType(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{
		"1204.50": 120450, "1,204.50": 120450, "£1,204.5": 120450, " £ 1 204 ": 120400, "0": 0, "0.07": 7, "12,345,678": 1234567800,
		"99999999.99": Most,
	} {
		if got, err := Parse(typed); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "£", "1,50", "12,34.00", ",123", "1.234", "1.", "-5", "abc", "1e5", "100000000", "١٢", "1234,567", "1.2.3"} {
		if got, err := Parse(typed); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", typed, got)
		}
	}
}

func TestPoundsReadsAsMoney(t *testing.T) {
	t.Parallel()
	for pence, want := range map[int64]string{0: "£0", 7: "£0.07", 120450: "£1,204.50", 5000000: "£50,000", 123456789: "£1,234,567.89", -100: "−£1"} {
		if got := Pounds(pence); got != want {
			t.Errorf("Pounds(%d) = %q, want %q", pence, got, want)
		}
	}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pence := rapid.Int64Range(1, Most).Draw(t, "pence")
		for _, text := range []string{Typed(pence), Pounds(pence)} {
			if got, err := Parse(text); err != nil || got != pence {
				t.Fatalf("%q read back as %d (%v), was %d", text, got, err, pence)
			}
		}
	})
}
