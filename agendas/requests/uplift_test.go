package requests

import (
	"testing"

	"pgregory.net/rapid"

	"quorate/server/base/money"
)

// What a rise is said to be is what it was typed as, to a hundredth of a per cent of any real price.
func TestRiseIsReadAsItWasTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		present := rapid.Int64Range(100_00, 99_999_999).Draw(t, "present")
		percent := rapid.Int64Range(0, money.WholePercent).Draw(t, "percent")
		if got := RisePercent(present, Risen(present, percent)); got < percent-1 || got > percent+1 {
			t.Fatalf("%d raised by %d reads as %d", present, percent, got)
		}
	})
}
