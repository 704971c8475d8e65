package money

import (
	"encoding/json"
	"os"
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

// The script that fills pounds in while percents are typed reads the same examples: if the two disagreed,
// somebody would agree to a share that is not the one saved.
func TestOddPenniesGoToTheLargestRemaindersThenTheEarlierFunder(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/splits.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Pence    int64
		Percents []int64
		Shares   []int64
	}
	if err := json.Unmarshal(content, &examples); err != nil || len(examples) < 10 {
		t.Fatalf("%d examples: %v", len(examples), err)
	}
	for _, e := range examples {
		if got := SplitPercent(e.Pence, e.Percents); !slices.Equal(got, e.Shares) {
			t.Errorf("%d by %v = %v, want %v", e.Pence, e.Percents, got, e.Shares)
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
