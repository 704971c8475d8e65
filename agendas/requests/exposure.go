package requests

import (
	"math/big"
	"strconv"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Exposure is what a package costs beyond its week.
type Exposure struct {
	AnnualPence int64      // weekly costs over the forum's year
	WholePence  int64      // one-off, and weekly from the start to Until, both days included
	Until       clock.Date // the end; without one, the day before the 25th birthday
	Assumed     bool       // the request names no end
	ReviewPence int64      // one-off, and weekly from the start to the day before the review
	ReviewOn    clock.Date // Not known when no review after the start is named
}

// ExposureOf reckons a year as weeksThousandths weeks of a thousand: 52000, or 52143 where the forum
// counts 52.143. A day is a seventh of a week; parts of a penny are rounded to the nearest. Without a
// start only the annual cost is known.
func ExposureOf(cost Cost, starts, ends, review, born clock.Date, weeksThousandths int) Exposure {
	e := Exposure{AnnualPence: cost.AnnualPence, Until: ends}
	if e.AnnualPence == 0 {
		e.AnnualPence = AnnualPence(cost.WeeklyPence, weeksThousandths)
	}
	over := func(last clock.Date) int64 {
		return cost.OneOffPence + daysOf(e.AnnualPence, starts.DaysUntil(last)+1, weeksThousandths)
	}
	if !starts.IsZero() && review.After(starts) {
		e.ReviewOn, e.ReviewPence = review, over(review.AddDays(-1))
	}
	if ends.IsZero() && !born.IsZero() {
		e.Until, e.Assumed = calendar.Birthday(born, 25).AddDays(-1), true
	}
	if starts.IsZero() || e.Until.IsZero() || e.Until.Before(starts) {
		e.Until, e.Assumed = clock.Date{}, false
		return e
	}
	e.WholePence = over(e.Until)
	return e
}

// AnnualPence is a weekly cost over a year of weeksThousandths weeks of a thousand.
func AnnualPence(weekly int64, weeksThousandths int) int64 {
	return ratio(weekly, int64(weeksThousandths), 1000)
}

// YearWords says how many weeks a forum counts a year: "52 weeks", "52.143 weeks".
func YearWords(weeksThousandths int) string {
	return strconv.FormatFloat(float64(weeksThousandths)/1000, 'f', -1, 64) + " weeks"
}

// daysOf is what so many days cost of a yearly sum.
func daysOf(annual int64, days, weeksThousandths int) int64 {
	return ratio(annual, int64(days)*1000, 7*int64(weeksThousandths))
}

// ratio is amount × by ÷ per to the nearest, half up, without overflow on the way.
func ratio(amount, by, per int64) int64 {
	product := new(big.Int).Mul(big.NewInt(2*amount), big.NewInt(by))
	product.Add(product, big.NewInt(per))
	return product.Div(product, big.NewInt(2*per)).Int64()
}
