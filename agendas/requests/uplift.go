package requests

import (
	"math/big"

	"quorate/server/base/money"
)

// Risen is a price raised by hundredths of a per cent, to the nearest penny, half up.
func Risen(pence, hundredths int64) int64 {
	return pence + ratio(pence, hundredths, money.WholePercent)
}

// RisePercent is how much more the new price is than the present one, in hundredths of a per cent,
// for people to read. Of nothing it is nothing.
func RisePercent(present, now int64) int64 {
	if present == 0 {
		return 0
	}
	product := new(big.Int).Mul(big.NewInt(2*(now-present)), big.NewInt(money.WholePercent))
	product.Add(product, big.NewInt(present))
	return new(big.Int).Div(product, big.NewInt(2*present)).Int64()
}

// UpliftTotal is what the packages of an uplift cost a week now and afterwards.
func UpliftTotal(lines []Line) (present, after int64) {
	for _, line := range lines {
		if line.PresentPence != nil {
			present += *line.PresentPence
			after += line.PricePence
		}
	}
	return present, after
}
