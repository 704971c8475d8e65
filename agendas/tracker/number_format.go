package tracker

import (
	"fmt"
	"math"
	"strings"

	"quorate/server/base/clock"
)

// A dateSystem is the day a workbook counts its dates from.
type dateSystem struct{ from1904 bool }

// day is the calendar day of a serial number. The hour is dropped, never rounded up to the next
// day, save for the half second that floating point loses.
func (s dateSystem) day(serial float64) (clock.Date, bool) {
	if math.IsNaN(serial) || serial < 0 || serial > 2_958_465 { // 31 December 9999
		return clock.Date{}, false
	}
	whole := int(math.Floor(serial + 0.5/86_400))
	switch {
	case s.from1904:
		return clock.NewDate(1904, 1, 1).AddDays(whole), true
	case whole > 60:
		return clock.NewDate(1899, 12, 30).AddDays(whole), true
	case whole > 0 && whole < 60: // before the 29 February 1900 that spreadsheets believe in
		return clock.NewDate(1899, 12, 31).AddDays(whole), true
	default:
		return clock.Date{}, false
	}
}

// typedDay writes a day as people type it in a cell: 04/03/2009.
func typedDay(day clock.Date) string {
	return fmt.Sprintf("%02d/%02d/%04d", day.Day, int(day.Month), day.Year)
}

// A numberFormat is what a cell's number format says about its number.
type numberFormat struct {
	date    bool  // it shows a day
	percent bool  // it shows hundredths: 0.4 as 40%
	pad     uint8 // it shows at least this many digits
}

// builtinFormat reads the formats every workbook has without writing them down (ECMA-376, 18.8.30).
func builtinFormat(id int) numberFormat {
	switch {
	case id >= 14 && id <= 17, id == 22, // day, month, year
		id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58: // the same in East Asian books
		return numberFormat{date: true}
	case id == 9 || id == 10: // 0% and 0.00%
		return numberFormat{percent: true}
	default:
		return numberFormat{}
	}
}

// readFormat reads a format a workbook spells out, such as dd/mm/yyyy or [$-809]d mmmm yyyy.
func readFormat(code string) numberFormat {
	first, _, _ := strings.Cut(code, ";") // the part for positive numbers
	if digits := strings.Trim(first, "0"); digits == "" && len(first) > 1 {
		return numberFormat{pad: uint8(min(len(first), 100))}
	}
	for i := 0; i < len(first); i++ {
		switch letter := first[i]; letter {
		case '"': // words shown as they are
			end := strings.IndexByte(first[i+1:], '"')
			if end < 0 {
				return numberFormat{}
			}
			i += end + 1
		case '\\', '_', '*': // one letter shown, skipped or repeated
			i++
		case '[': // a colour, a currency, a language
			end := strings.IndexByte(first[i:], ']')
			if end < 0 {
				return numberFormat{}
			}
			i += end
		case 'd', 'D', 'y', 'Y':
			return numberFormat{date: true}
		case '%':
			return numberFormat{percent: true}
		case 'G', 'g': // General
			if strings.HasPrefix(strings.ToLower(first[i:]), "general") {
				i += len("general") - 1
			}
		}
	}
	return numberFormat{}
}
