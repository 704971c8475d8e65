package requests

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A split that loses a penny is one no funder can consent to.
func TestPercentsThatMakeAHundredAddUpToThePenny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pence := rapid.Int64Range(0, 99_999_999_99).Draw(t, "pence")
		percents := percentsOfTheWhole(t)
		shares := SplitPercent(pence, percents)
		if left := Left(pence, shares); left != 0 {
			t.Fatalf("%d split by %v leaves %d: %v", pence, percents, left, shares)
		}
		for i, share := range shares {
			floor, remainder := timesHundredths(pence, percents[i])
			if share < floor || share > floor+1 || (share > floor && remainder == 0) {
				t.Fatalf("share %d of %v is %d, expected %d rounded", i, percents, share, floor)
			}
		}
	})
}

// A funder asked for nothing pays nothing, not even the odd penny.
func TestNothingAskedIsNothingPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pence := rapid.Int64Range(0, 99_999_999_99).Draw(t, "pence")
		percents := append(percentsOfTheWhole(t), 0)
		if shares := SplitPercent(pence, percents); shares[len(shares)-1] != 0 {
			t.Fatalf("0%% of %d is %d", pence, shares[len(shares)-1])
		}
	})
}

func TestOddPenniesGoToTheLargestRemaindersThenTheEarlierFunder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pence    int64
		percents []int64
		want     []int64
	}{
		{100, []int64{3333, 3333, 3334}, []int64{33, 33, 34}},
		{120450, []int64{5000, 5000}, []int64{60225, 60225}},
		{1, []int64{5000, 5000}, []int64{1, 0}},
		{120449, []int64{5000, 2500, 2500}, []int64{60225, 30112, 30112}},
		{120450, []int64{5000, 4500}, []int64{60225, 54202}}, // 95%: rounding down, 5% is left to share
		{0, []int64{10000}, []int64{0}},
	} {
		if got := SplitPercent(c.pence, c.percents); !slices.Equal(got, c.want) {
			t.Errorf("%d by %v = %v, want %v", c.pence, c.percents, got, c.want)
		}
	}
}

func TestPercentIsForReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ share, whole, want int64 }{{60225, 120450, 5000}, {1, 3, 3333}, {2, 3, 6667}, {5, 0, 0}, {120450, 120450, WholePercent}} {
		if got := Percent(c.share, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %d, want %d", c.share, c.whole, got, c.want)
		}
	}
}

func percentsOfTheWhole(t *rapid.T) []int64 {
	left := WholePercent
	var percents []int64
	for range rapid.IntRange(0, 6).Draw(t, "funders") {
		percent := rapid.Int64Range(0, left).Draw(t, "percent")
		percents = append(percents, percent)
		left -= percent
	}
	return append(percents, left)
}

// Last time's split of a new cost adds up to the penny, and whoever paid nothing pays nothing.
func TestSplitLikeAnotherAddsUpToThePenny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pence := rapid.Int64Range(0, 99_999_999_99).Draw(t, "pence")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 99_999_999_99), 1, 6).Draw(t, "weights")
		shares := SplitLike(pence, weights)
		var whole int64
		for i, weight := range weights {
			whole += weight
			if weight == 0 && shares[i] != 0 || shares[i] < 0 {
				t.Fatalf("%v of %d is %v", weights, pence, shares)
			}
		}
		if left := Left(pence, shares); whole > 0 && left != 0 || whole == 0 && left != pence {
			t.Fatalf("%d like %v leaves %d: %v", pence, weights, left, shares)
		}
	})
}

// What a rise is said to be is what it was typed as, to a hundredth of a per cent of any real price.
func TestRiseIsReadAsItWasTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		present := rapid.Int64Range(100_00, 99_999_999).Draw(t, "present")
		percent := rapid.Int64Range(0, WholePercent).Draw(t, "percent")
		if got := RisePercent(present, Risen(present, percent)); got < percent-1 || got > percent+1 {
			t.Fatalf("%d raised by %d reads as %d", present, percent, got)
		}
	})
}
