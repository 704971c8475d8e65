package money

import (
	"cmp"
	"math/big"
	"slices"
)

// WholePercent is a hundred per cent, in hundredths of a per cent.
const WholePercent int64 = 100_00

// SplitPercent divides an amount by percents given in hundredths, so 33.33% is 3333. Every share is
// a whole number of pence. Shares that make 100% add up to the amount exactly: the pennies that
// rounding down leaves go one each to the largest remainders, the earlier funder first. Shares that
// make less leave the rest unshared.
func SplitPercent(pence int64, hundredths []int64) []int64 {
	shares := make([]int64, len(hundredths))
	remainders := make([]int64, len(hundredths))
	var whole, given int64
	for i, percent := range hundredths {
		shares[i], remainders[i] = timesHundredths(pence, percent)
		whole += percent
		given += shares[i]
	}
	meant, _ := timesHundredths(pence, whole)
	order := make([]int, len(shares))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order {
		if given >= meant {
			break
		}
		if hundredths[i] > 0 {
			shares[i]++
			given++
		}
	}
	return shares
}

// timesHundredths is pence × percent ÷ 100, rounded down, and what rounding left. It works beyond
// int64 so that no amount that can be typed overflows.
func timesHundredths(pence, percent int64) (share, remainder int64) {
	product := new(big.Int).Mul(big.NewInt(pence), big.NewInt(percent))
	quotient, rest := product.QuoRem(product, big.NewInt(WholePercent), new(big.Int))
	return quotient.Int64(), rest.Int64()
}

// Left is what is still to share: more than nought while some is unshared, less when the shares
// come to more than the cost.
func Left(pence int64, shares []int64) int64 {
	for _, share := range shares {
		pence -= share
	}
	return pence
}

// Percent is a share of the whole in hundredths of a per cent, rounded to the nearest, for people
// to read; money is never worked out from it.
func Percent(share, whole int64) int64 {
	if whole == 0 {
		return 0
	}
	return (2*share*WholePercent + whole) / (2 * whole)
}

// SplitLike divides an amount as other amounts are divided, to the penny: last time's shares of a new
// cost. When those come to nothing, nothing is shared.
func SplitLike(pence int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	remainders := make([]*big.Int, len(weights))
	whole := new(big.Int)
	for _, weight := range weights {
		whole.Add(whole, big.NewInt(weight))
	}
	if whole.Sign() == 0 {
		return shares
	}
	left := pence
	order := make([]int, len(weights))
	for i, weight := range weights {
		product := new(big.Int).Mul(big.NewInt(pence), big.NewInt(weight))
		quotient, rest := product.QuoRem(product, whole, new(big.Int))
		shares[i], remainders[i], order[i] = quotient.Int64(), rest, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return remainders[b].Cmp(remainders[a]) })
	for _, i := range order {
		if left == 0 {
			break
		}
		shares[i]++
		left--
	}
	return shares
}
