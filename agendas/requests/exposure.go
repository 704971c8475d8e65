package requests

import (
	"math/big"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Exposure is what a package costs beyond its week.
type Exposure struct {
	AnnualPence int64      // weekly cost over the forum's year
	WholePence  int64      // one-off, and weekly from the start to Until, both days included
	Until       clock.Date // the end; without one, the day before the 25th birthday
	Assumed     bool       // the request names no end
}

// ExposureOf reckons a year as weeksThousandths weeks of a thousand: 52000, or 52143 where the forum
// counts 52.143. A day is a seventh of a week; parts of a penny are rounded to the nearest. Without a
// start only the annual cost is known.
func ExposureOf(weekly, oneOff int64, starts, ends, born clock.Date, weeksThousandths int) Exposure {
	e := Exposure{AnnualPence: AnnualPence(weekly, weeksThousandths), Until: ends}
	if ends.IsZero() && !born.IsZero() {
		e.Until, e.Assumed = calendar.Birthday(born, 25).AddDays(-1), true
	}
	if starts.IsZero() || e.Until.IsZero() || e.Until.Before(starts) {
		e.Until, e.Assumed = clock.Date{}, false
		return e
	}
	e.WholePence = oneOff + ratio(weekly, int64(starts.DaysUntil(e.Until)+1), 7)
	return e
}

// AnnualPence is a weekly cost over a year of weeksThousandths weeks of a thousand.
func AnnualPence(weekly int64, weeksThousandths int) int64 {
	return ratio(weekly, int64(weeksThousandths), 1000)
}

// ratio is amount × by ÷ per to the nearest, half up, without overflow.
func ratio(amount, by, per int64) int64 {
	product := new(big.Int).Mul(big.NewInt(2*amount), big.NewInt(by))
	product.Add(product, big.NewInt(per))
	return product.Div(product, big.NewInt(2*per)).Int64()
}
