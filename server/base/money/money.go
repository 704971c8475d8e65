// Package money writes and reads amounts in pounds and pence, exactly.
package money

import (
	"errors"
	"strconv"
	"strings"
)

// Most is the largest amount that can be typed: £99,999,999.99.
const Most int64 = 99_999_999_99

// Pounds writes pence as people read money: "£1,204.50", and "£50,000" when there are no pence.
func Pounds(pence int64) string {
	sign := ""
	if pence < 0 {
		sign, pence = "−", -pence
	}
	text := sign + "£" + thousands(pence/100)
	if rest := pence % 100; rest != 0 {
		text += "." + twoDigits(rest)
	}
	return text
}

// Typed writes pence as a form field holds them: "1204.50", and "" for none.
func Typed(pence int64) string {
	if pence == 0 {
		return ""
	}
	return strconv.FormatInt(pence/100, 10) + "." + twoDigits(pence%100)
}

var errNotMoney = errors.New("not an amount of money")

// Parse reads an amount as people type it: "1204.5", "£1,204.50", " 1 204 ". Commas may only stand
// between thousands, so that "1,50" is never read as a hundred and fifty pounds.
func Parse(typed string) (pence int64, err error) {
	text := strings.TrimPrefix(strings.TrimSpace(typed), "£")
	text = strings.Join(strings.Fields(text), "")
	whole, part, hasPart := strings.Cut(text, ".")
	if hasPart && (len(part) < 1 || len(part) > 2) {
		return 0, errNotMoney
	}
	if groups := strings.Split(whole, ","); len(groups) > 1 {
		if len(groups[0]) == 0 || len(groups[0]) > 3 {
			return 0, errNotMoney
		}
		for _, group := range groups[1:] {
			if len(group) != 3 {
				return 0, errNotMoney
			}
		}
		whole = strings.Join(groups, "")
	}
	digits := whole + (part + "00")[:2]
	if whole == "" || len(digits) > 10 {
		return 0, errNotMoney
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, errNotMoney
		}
	}
	return strconv.ParseInt(digits, 10, 64)
}

func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
