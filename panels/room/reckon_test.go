package room

import (
	"encoding/json"
	"os"
	"testing"

	"quorate/server/base/clock"
)

// A year's cost that the chair's screen and the record reckon differently is one of them wrong before
// people who commit money by it. The TypeScript of the room reads the same examples.
func TestWhatAShareComesToInAYear(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/reckoning.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Weekly, Once, Pence     int64
		Start, End, First, Last clock.Date
	}
	if err := json.Unmarshal(text, &examples); err != nil || len(examples) < 5 {
		t.Fatal(err)
	}
	for _, e := range examples {
		if got := inYear(Share{WeeklyPence: e.Weekly, OneOffPence: e.Once}, e.Start, e.End, e.First, e.Last); got != e.Pence {
			t.Errorf("%+v comes to %d", e, got)
		}
	}
}

// The public bodies' year turns on 1 April.
func TestFinancialYear(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2027-03-31": "2026-04-01", "2027-04-01": "2027-04-01", "2026-11-26": "2026-04-01"} {
		first, last := financialYear(clock.MustDate(day))
		if first.String() != want || last != first.AddMonths(12).AddDays(-1) {
			t.Errorf("%s is in the year from %s to %s", day, first, last)
		}
	}
}
